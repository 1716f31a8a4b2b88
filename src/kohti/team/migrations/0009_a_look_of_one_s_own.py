"""What an administrator chose instead of the blueprint's colour and logo; columns with a default are added at once."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("team", "0008_a_services_logo"),)

    operations = (
        migrations.AddField("service", "chosen", models.JSONField(default=dict)),
        migrations.AddField("service", "chosen_logo", models.BinaryField(default=b"")),
    )
