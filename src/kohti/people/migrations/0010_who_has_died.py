"""That somebody has died: when, and who said so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("people", "0009_papers_to_scan"),)
    operations = (
        migrations.AddField("person", "died_on", models.DateField(null=True)),
        migrations.AddField(
            "person", "died_said", models.TextField(blank=True, default="", help_text="who said that they have died")
        ),
    )
