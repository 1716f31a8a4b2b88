"""A colleague's own appointments of a day, from an index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = (("diary", "0006_absence_read"),)

    operations = (
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                models.F("staff"),
                models.F("day"),
                condition=models.Q(("staff__isnull", False)),
                name="bookings_of_a_colleague",
            ),
        ),
    )
