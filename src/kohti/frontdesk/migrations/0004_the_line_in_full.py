"""The line in full: what was promised, who is parked or handed over, how a visit ended, who asks for help."""

import django.db.models.deletion
from django.db import migrations, models

from kohti.kernel.ids import new_id
from kohti.kernel.together import carries_service


def whose(**how: object) -> models.ForeignKey:
    """A colleague."""
    return models.ForeignKey(
        "team.staff", django.db.models.deletion.PROTECT, db_constraint=False, db_index=False, related_name="+", **how
    )


class Migration(migrations.Migration):
    dependencies = (("frontdesk", "0003_visits_of_a_person_in_order"), ("team", "0001_initial"))
    operations = (
        migrations.AddField(
            "stream", "promise_minutes", models.SmallIntegerField(db_default=20, help_text="nobody should wait longer")
        ),
        migrations.AddField(
            "stream",
            "talk_minutes",
            models.SmallIntegerField(db_default=10, help_text="as a rule, until the day itself says"),
        ),
        migrations.AddField(
            "day", "alarm_at", models.DateTimeField(help_text="everybody out, until it opens again", null=True)
        ),
        migrations.AddField(
            "visit",
            "parked_until",
            models.DateTimeField(help_text="then it is in the line again, at its old place", null=True),
        ),
        migrations.AddField(
            "visit",
            "word",
            models.TextField(blank=True, db_default="", help_text="said with parking or handing over"),
        ),
        migrations.AddField("visit", "handed_by", whose(null=True)),
        migrations.AddField("visit", "noticed_by", whose(null=True)),
        migrations.AddField(
            "visit",
            "ending",
            models.CharField(
                blank=True,
                choices=[
                    ("left", "Left"),
                    ("seen", "Seen"),
                    ("again", "Again"),
                    ("passed-on", "Passed On"),
                    ("hours", "Hours"),
                    ("alarm", "Alarm"),
                ],
                db_default="",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            "period",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("called", "Called"),
                    ("serving", "Serving"),
                    ("done", "Done"),
                    ("absent", "Did Not Come"),
                    ("left", "Left"),
                    ("undone", "Undone"),
                    ("parked", "parked"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Help",
            fields=[
                ("id", models.UUIDField(default=new_id, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("desk", models.CharField(blank=True, max_length=20)),
                ("asked_at", models.DateTimeField()),
                ("comes_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        "team.centre", django.db.models.deletion.PROTECT, db_constraint=False, db_index=False
                    ),
                ),
                ("comes", whose(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        "team.service", django.db.models.deletion.PROTECT, db_constraint=False, db_index=False
                    ),
                ),
                ("staff", whose()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("centre"),
                        models.F("day"),
                        condition=models.Q(("ended_at", None)),
                        name="help_asked_now",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("centre"),
                        models.F("staff"),
                        models.F("day"),
                        condition=models.Q(("ended_at", None)), name="help_asked_once"
                    )
                ],
            },
        ),
        carries_service("frontdesk_visit", "handed_by_id", "team_staff"),
        carries_service("frontdesk_visit", "noticed_by_id", "team_staff"),
        carries_service("frontdesk_help", "centre_id", "team_centre"),
        carries_service("frontdesk_help", "staff_id", "team_staff"),
        carries_service("frontdesk_help", "comes_id", "team_staff"),
    )
