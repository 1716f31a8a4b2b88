"""What comes again every week, ways between centres, days that end early, and who would come earlier."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from kohti.kernel.ids import new_id
from kohti.kernel.together import carries_service


def _to(model: str, *, null: bool = False, hidden: bool = False) -> models.ForeignKey:
    names = {"related_name": "+"} if hidden else {}
    return models.ForeignKey(to=model, on_delete=PROTECT, db_constraint=False, db_index=False, null=null, **names)


def _id() -> models.UUIDField:
    return models.UUIDField(default=new_id, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Three tables, two columns, and an index by which free times read each booking once."""

    dependencies = (
        ("diary", "0010_links_and_reminders"),
        ("people", "0013_whom_a_floor_sees"),
        ("team", "0011_kiosks_and_boards"),
    )

    operations = (
        migrations.AddField(
            "closure",
            "closes",
            models.TimeField(null=True, help_text="open until then; none: closed all day"),
        ),
        migrations.AddField(
            "room",
            "has",
            ArrayField(
                models.CharField(max_length=20),
                default=list,
                db_default=[],
                help_text="step-free, quiet, children, loop",
            ),
        ),
        migrations.CreateModel(
            name="DropIn",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                (
                    "code",
                    models.CharField(
                        max_length=40, blank=True, help_text="of the blueprint; none when added by hand"
                    ),
                ),
                ("title", models.JSONField()),
                ("open_access", models.BooleanField(default=False, help_text="computers, not advice")),
                ("organisation", _to("team.organisation", null=True)),
                ("staff", _to("team.staff", null=True)),
                ("room", _to("diary.room", null=True)),
                (
                    "stream",
                    models.CharField(
                        max_length=40, blank=True, help_text="the line its visitors wait in, by code"
                    ),
                ),
                ("weekday", models.SmallIntegerField(help_text="0 Monday")),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("first", models.DateField()),
                ("last", models.DateField(null=True)),
                ("except_days", ArrayField(models.DateField(), default=list)),
                (
                    "skipped_days",
                    ArrayField(models.DateField(), default=list, help_text="taken out here, by hand"),
                ),
            ],
            options={
                "indexes": [models.Index(F("centre"), F("weekday"), name="drop_ins_of_a_centre")],
                "constraints": [
                    models.UniqueConstraint(
                        F("centre"), F("code"), F("weekday"), condition=~Q(code=""), name="drop_in_code"
                    ),
                    models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="drop_in_opens_first"),
                    models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="drop_in_weekday"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Travel",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("one", _to("team.centre", hidden=True)),
                ("other", _to("team.centre", hidden=True)),
                ("minutes", models.SmallIntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(F("one"), F("other"), name="travel_once")]},
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                ("person", _to("people.person")),
                ("booking", _to("diary.booking")),
                ("staff", _to("team.staff", null=True)),
                (
                    "weekdays",
                    ArrayField(models.SmallIntegerField(), default=list, help_text="0 Monday; none: any"),
                ),
                ("opens", models.TimeField(null=True)),
                ("closes", models.TimeField(null=True)),
                (
                    "before",
                    models.DateTimeField(
                        help_text="earlier than this: when the appointment was, as they asked"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("by_member", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended",
                    models.CharField(
                        max_length=6,
                        blank=True,
                        choices=[("filled", "Filled"), ("gone", "Gone"), ("back", "Taken Back")],
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        F("centre"), F("asked_at"), condition=Q(ended_at=None), name="wishes_of_a_centre"
                    ),
                    models.Index(F("person"), name="wishes_of_a_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        F("booking"), condition=Q(ended_at=None), name="wish_once_a_booking"
                    ),
                    models.CheckConstraint(
                        condition=Q(ended__in=("", "filled", "gone", "back")), name="wish_ended"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            "booking",
            models.Index(
                fields=("staff", "starts"),
                include=("ends", "centre", "id"),
                name="bookings_in_order",
                condition=Q(staff__isnull=False, holds=True),
            ),
        ),
        carries_service("diary_dropin", "centre_id", "team_centre"),
        carries_service("diary_dropin", "organisation_id", "team_organisation"),
        carries_service("diary_dropin", "staff_id", "team_staff"),
        carries_service("diary_dropin", "room_id", "diary_room"),
        carries_service("diary_travel", "one_id", "team_centre"),
        carries_service("diary_travel", "other_id", "team_centre"),
        carries_service("diary_wish", "centre_id", "team_centre"),
        carries_service("diary_wish", "person_id", "people_person"),
        carries_service("diary_wish", "booking_id", "diary_booking"),
        carries_service("diary_wish", "staff_id", "team_staff"),
    )
