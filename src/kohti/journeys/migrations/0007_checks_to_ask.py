"""Which checks of what was reached wait for an answer, by their day, from an index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = (("journeys", "0006_how_a_way_ended"),)

    operations = (
        migrations.AddIndex(
            model_name="lastingcheck",
            index=models.Index(
                "service", "due_on", name="checks_to_ask", condition=models.Q(("answered_at", None))
            ),
        ),
    )
