"""Whose people somebody still has in hand, and what became of what they asked, are found by an index."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Two indexes."""

    dependencies = [("journeys", "0007_checks_to_ask")]

    operations = [
        migrations.AddIndex(
            "owning", models.Index("member", "until", name="handing_over", condition=Q(until__isnull=False))
        ),
        migrations.AddIndex(
            "handover", models.Index("from_member", "answered_at", name="hand_overs_by_a_member")
        ),
    ]
