"""The appointment book: rooms from the blueprint, why something was cancelled, and booked once more on purpose.

The constraint of colleagues is built anew, which holds up bookings for as long as it reads them once.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import migrations, models
from django.db.models import F, Q

import kohti.diary.models


class Migration(migrations.Migration):
    """Three columns of a room, two of a booking."""

    dependencies = (("diary", "0007_days_of_a_colleague"),)

    operations = (
        migrations.AddField("room", "code", models.CharField(blank=True, db_default="", max_length=40)),
        migrations.AddField(
            "room",
            "kind",
            models.CharField(
                choices=[("room", "Room"), ("desk", "Desk"), ("quiet", "Quiet")],
                db_default="room",
                default="room",
                max_length=5,
            ),
        ),
        migrations.AddField("room", "retired", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "room", models.UniqueConstraint(F("centre"), F("code"), condition=~Q(code=""), name="room_code")
        ),
        migrations.AddConstraint(
            "room",
            models.CheckConstraint(condition=Q(kind__in=("room", "desk", "quiet")), name="room_kind"),
        ),
        migrations.AddField(
            "booking",
            "beside_by",
            models.UUIDField(help_text="the member who booked the colleague on purpose once more", null=True),
        ),
        migrations.AddField(
            "booking",
            "reason",
            models.TextField(blank=True, db_default="", help_text="why it was cancelled"),
        ),
        migrations.RemoveConstraint("booking", "booking_never_two_of_staff"),
        migrations.AddConstraint(
            "booking",
            ExclusionConstraint(
                name="booking_never_two_of_staff",
                expressions=[
                    (F("staff"), RangeOperators.EQUAL),
                    (
                        kohti.diary.models._During("starts", "ends", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(holds=True) & Q(staff__isnull=False) & Q(beside_by__isnull=True),
            ),
        ),
    )
