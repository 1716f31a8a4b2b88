"""A room that is no more gives its name to another."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """One constraint, for the rooms there are."""

    dependencies = (("diary", "0012_codes"),)

    operations = (
        migrations.RemoveConstraint("room", "room_name"),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(
                F("centre"), F("name"), condition=Q(retired=False), name="room_name"
            ),
        ),
    )
