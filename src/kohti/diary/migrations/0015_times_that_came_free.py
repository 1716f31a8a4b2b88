"""Times that came free, and to whom they were offered."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

import kohti.diary.models
from kohti.kernel.ids import new_id
from kohti.kernel.together import carries_service


def _to(model: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(to=model, on_delete=PROTECT, db_constraint=False, db_index=False, null=null)


def _id() -> models.UUIDField:
    return models.UUIDField(default=new_id, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = (("diary", "0014_as_soon_as_there_is_a_time"),)

    operations = (
        migrations.CreateModel(
            name="Freed",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                ("staff", _to("team.staff")),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(F("service"), F("starts"), name="freed_of_a_service")],
                "constraints": [
                    models.UniqueConstraint(F("staff"), F("starts"), F("ends"), name="freed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                ("wish", _to("diary.wish")),
                ("person", _to("people.person")),
                ("booking", _to("diary.booking", null=True)),
                ("kind", _to("diary.kind")),
                ("staff", _to("team.staff")),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="the answer counts until then")),
                (
                    "state",
                    models.CharField(
                        max_length=4,
                        default="open",
                        choices=[
                            ("open", "Open"),
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("late", "Late"),
                            ("gone", "Gone"),
                            ("back", "Taken Back"),
                        ],
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("channel", models.CharField(max_length=4)),
                ("message_id", models.UUIDField()),
            ],
            options={
                "indexes": [models.Index(F("person"), F("starts"), name="offers_of_a_person")],
                "constraints": [
                    ExclusionConstraint(
                        name="offer_one_open_of_a_time",
                        expressions=[
                            (F("staff"), RangeOperators.EQUAL),
                            (
                                kohti.diary.models._During("starts", "ends", RangeBoundary()),
                                RangeOperators.OVERLAPS,
                            ),
                        ],
                        condition=Q(state="open"),
                    ),
                    models.UniqueConstraint(
                        F("wish"), condition=Q(state="open"), name="offer_one_open_of_a_wish"
                    ),
                    models.UniqueConstraint(F("wish"), F("starts"), name="offer_once_of_a_time"),
                    models.CheckConstraint(
                        condition=Q(state__in=("open", "yes", "no", "late", "gone", "back")),
                        name="offer_state",
                    ),
                ],
            },
        ),
        carries_service("diary_freed", "centre_id", "team_centre"),
        carries_service("diary_freed", "staff_id", "team_staff"),
        carries_service("diary_offer", "centre_id", "team_centre"),
        carries_service("diary_offer", "wish_id", "diary_wish"),
        carries_service("diary_offer", "person_id", "people_person"),
        carries_service("diary_offer", "booking_id", "diary_booking"),
        carries_service("diary_offer", "kind_id", "diary_kind"),
        carries_service("diary_offer", "staff_id", "team_staff"),
    )
