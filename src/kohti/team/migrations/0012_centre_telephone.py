"""The telephone of a centre."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = (("team", "0011_kiosks_and_boards"),)

    operations = (
        migrations.AddField(
            "centre",
            "phone",
            models.TextField(blank=True, db_default="", default="", help_text="as people dial it"),
        ),
    )
