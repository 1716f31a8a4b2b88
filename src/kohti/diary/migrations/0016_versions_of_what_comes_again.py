"""Absences and drop-ins count their changes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns with a constant default: adding them touches no row."""

    dependencies = (("diary", "0015_times_that_came_free"),)

    operations = (
        migrations.AddField("absence", "version", models.IntegerField(db_default=1)),
        migrations.AddField("dropin", "version", models.IntegerField(db_default=1)),
    )
