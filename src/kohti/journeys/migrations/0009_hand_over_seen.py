"""Whoever asked a colleague to take somebody over is told once they have read it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty at first."""

    dependencies = [("journeys", "0008_handing_over")]

    operations = [
        migrations.AddField(
            "handover",
            "seen_at",
            models.DateTimeField(help_text="when who was asked read it on Today", null=True),
        ),
    ]
