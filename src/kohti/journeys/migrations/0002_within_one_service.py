"""Foreign keys that carry the service, and for the parts of a way the person it is about."""

from django.db import migrations

from kohti.kernel.together import carries_service

PARTS = (
    "entryfact", "stagespell", "pause", "extension", "owning", "cover", "handover", "contact", "need", "answers",
    "aim", "step", "planversion", "planchange", "outcome", "lastingcheck",
)  # fmt: skip


def of_its_way(part: str) -> migrations.RunSQL:
    """A part of a way is about the person whose way it is, and goes with it when two records become one."""
    name = f"journeys_{part}_of_its_way"
    return migrations.RunSQL(
        f'alter table "journeys_{part}" add constraint "{name}" foreign key (service_id, journey_id, person_id)'
        " references journeys_journey (service_id, id, person_id) on update cascade deferrable initially deferred",
        f'alter table "journeys_{part}" drop constraint "{name}"',
    )


class Migration(migrations.Migration):
    dependencies = (("journeys", "0001_initial"), ("people", "0008_what_the_desk_heeds"), ("team", "0008_a_services_logo"))
    operations = (
        carries_service("journeys_journey", "centre_id", "team_centre"),
        carries_service("journeys_journey", "person_id", "people_person"),
        carries_service("journeys_journey", "owner_id", "team_membership"),
        migrations.RunSQL(
            "alter table journeys_journey add constraint way_of_its_person unique (service_id, id, person_id)",
            "alter table journeys_journey drop constraint way_of_its_person",
        ),
        *(of_its_way(part) for part in PARTS),
        # Services that are older than their ways: their blueprint has said it already.
        migrations.RunSQL(
            "insert into journeys_rules (id, service_id, contact_days, climb_days, most_months)"
            " select gen_random_uuid(), s.id, coalesce((v.rules->>'contact_days')::int, 30),"
            " coalesce((v.rules->>'climb_days')::int, 3), (v.rules->>'most_months')::int"
            " from team_service s left join lateral (select plan->'plan' as rules from team_blueprintversion"
            "     where service_id = s.id order by number desc limit 1) v on true",
            migrations.RunSQL.noop,
        ),
        carries_service("journeys_owning", "member_id", "team_membership"),
        carries_service("journeys_cover", "member_id", "team_membership"),
        carries_service("journeys_handover", "from_member_id", "team_membership"),
        carries_service("journeys_handover", "to_member_id", "team_membership"),
        carries_service("journeys_contact", "by_staff_id", "team_staff"),
        carries_service("journeys_need", "contact_id", "journeys_contact"),
        carries_service("journeys_step", "aim_id", "journeys_aim"),
        carries_service("journeys_planversion", "contact_id", "journeys_contact"),
        carries_service("journeys_planchange", "plan_version_id", "journeys_planversion"),
        carries_service("journeys_outcome", "verified_by_id", "team_staff"),
        carries_service("journeys_lastingcheck", "outcome_id", "journeys_outcome"),
    )
