"""Days closed here, beside those of the blueprint."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("diary", "0002_within_one_service"),)
    operations = (
        migrations.AddField(
            "closure",
            "by_hand",
            models.BooleanField(default=False, help_text="added here, and kept when the blueprint changes"),
        ),
    )
