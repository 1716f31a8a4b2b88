"""A person's record stays in one service; contacts are compared."""

from django.db import migrations

from kohti.kernel.together import carries_service

PLAIN = """
update people_contact set plain = case when kind = 'phone'
    then right(regexp_replace(value, '\\D', '', 'g'), 8) else lower(trim(value)) end
"""


class Migration(migrations.Migration):
    dependencies = (("people", "0004_a_persons_record"),)
    operations = (
        *(
            carries_service(f"people_{table}", "person_id", "people_person")
            for table in (
                "mark",
                "why",
                "representative",
                "household",
                "note",
                "notebefore",
                "restriction",
                "transfer",
                "alert",
            )
        ),
        carries_service("people_household", "other_id", "people_person"),
        carries_service("people_note", "by_staff_id", "team_staff"),
        carries_service("people_note", "changed_by_id", "team_staff"),
        carries_service("people_restriction", "ask_staff_id", "team_staff"),
        carries_service("people_transfer", "from_centre_id", "team_centre"),
        carries_service("people_transfer", "to_centre_id", "team_centre"),
        carries_service("people_transfer", "keep_member_id", "team_membership"),
        carries_service("people_alert", "centre_id", "team_centre"),
        carries_service("people_alert", "by_staff_id", "team_staff"),
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
    )
