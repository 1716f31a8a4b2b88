"""A person's visits are found newest first, for their timeline."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("frontdesk", "0002_within_one_service"),)
    operations = (
        migrations.RemoveIndex(model_name="visit", name="visits_of_a_person"),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                models.F("person"),
                models.F("arrived_at").desc(),
                condition=models.Q(("person__isnull", False)),
                name="visits_of_a_person",
            ),
        ),
    )
