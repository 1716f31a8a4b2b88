"""A service's logo and its name; a column with a default is added at once, however many services there are."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("team", "0007_sample_accounts_say_more"),)

    operations = (
        migrations.AddField("service", "picture", models.CharField(default="", max_length=40)),
        migrations.AddField("service", "logo", models.BinaryField(default=b"")),
    )
