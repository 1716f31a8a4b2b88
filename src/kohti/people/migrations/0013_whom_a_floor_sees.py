"""Who is seen on a floor today, without reading the grants of the days to come."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for another."""

    dependencies = (("people", "0012_found_with_their_names"),)

    operations = (
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                models.F("to_centre"), models.F("ends"), models.F("starts"), name="grants_to_a_floor"
            ),
        ),
        migrations.RemoveIndex(model_name="grant", name="grants_of_a_centre"),
    )
