"""A way to reach somebody may be known not to work: what is sent there comes back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("people", "0006_attachments"),)
    operations = (
        migrations.AddField(
            "contact",
            "fails_since",
            models.DateTimeField(null=True, help_text="what is sent there comes back"),
        ),
    )
