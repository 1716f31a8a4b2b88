"""A membership can be pointed to from within its service."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("team", "0002_within_one_service"),)
    operations = (
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint("service", "id", name="membership_in_service"),
        ),
    )
