"""Links of people to their appointments, how late they said they would be, and what they are told by themselves."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import kohti.kernel.ids
from kohti.kernel.together import carries_service


def _to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to=model
    )


class Migration(migrations.Migration):
    """Columns with defaults, quick on a table of any size, and one new table."""

    dependencies = (("diary", "0009_calendar_feeds"), ("team", "0012_centre_telephone"))

    operations = (
        migrations.AddField(
            "kind",
            "public",
            models.JSONField(db_default={}, default=dict, help_text="what it is called in messages and behind links"),
        ),
        migrations.AddField(
            "kind", "bring", models.JSONField(db_default={}, default=dict, help_text="what to bring, a list by language")
        ),
        migrations.AddField("kind", "reminds", models.BooleanField(db_default=True, default=True)),
        migrations.AddField(
            "booking",
            "link",
            models.IntegerField(
                db_default=1, default=1, help_text="which of its person's links holds: it counts up with each end"
            ),
        ),
        migrations.AddField(
            "booking",
            "late_minutes",
            models.SmallIntegerField(null=True, help_text="how late its person said they would be"),
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("booked", "Booked"),
                            ("moved", "Moved"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("hours", models.SmallIntegerField(default=0)),
                ("version", models.IntegerField(default=0)),
                (
                    "starts",
                    models.DateTimeField(help_text="of the appointment, as this message says it"),
                ),
                ("due", models.DateTimeField()),
                ("channel", models.CharField(blank=True, max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("written", "Written"),
                            ("taken-back", "Taken Back"),
                            ("no-way", "No Way"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.CharField(blank=True, help_text="why there was no way, as a code", max_length=20),
                ),
                ("message_id", models.UUIDField(null=True)),
                ("booking", _to("diary.booking")),
                ("centre", _to("team.centre")),
                ("service", _to("team.service")),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("service"),
                        models.F("due"),
                        condition=models.Q(("state", "waiting")),
                        name="reminders_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("booking"),
                        models.F("about"),
                        models.F("hours"),
                        models.F("starts"),
                        models.F("version"),
                        name="reminder_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("about__in", ("before", "booked", "moved", "cancelled"))),
                        name="reminder_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "written", "taken-back", "no-way"))),
                        name="reminder_state",
                    ),
                ],
            },
        ),
        carries_service("diary_reminder", "centre_id", "team_centre"),
        carries_service("diary_reminder", "booking_id", "diary_booking"),
    )
