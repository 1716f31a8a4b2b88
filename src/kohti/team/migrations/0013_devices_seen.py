"""When a kiosk or board last asked for anything."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty until the device asks again."""

    dependencies = (("team", "0012_centre_telephone"),)

    operations = (
        migrations.AddField(
            "device", "seen_at", models.DateTimeField(null=True, help_text="within ten minutes")
        ),
    )
