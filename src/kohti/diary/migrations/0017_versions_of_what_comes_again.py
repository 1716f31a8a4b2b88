"""Absences and drop-ins count their changes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns with a constant default: adding them touches no row."""

    dependencies = (("diary", "0016_told_by_who_moves_it"),)

    operations = (
        migrations.AddField("absence", "version", models.IntegerField(db_default=1)),
        migrations.AddField("dropin", "version", models.IntegerField(db_default=1)),
    )
