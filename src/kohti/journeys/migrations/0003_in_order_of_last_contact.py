"""A centre's ways in the order of their last contact, from an index."""

from __future__ import annotations

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = (("journeys", "0002_within_one_service"),)

    operations = (
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                models.F("centre"),
                django.db.models.functions.comparison.Coalesce("last_contact_at", "opened_at"),
                models.F("id"),
                condition=models.Q(("closed_at", None)),
                name="centre_by_contact",
            ),
        ),
    )
