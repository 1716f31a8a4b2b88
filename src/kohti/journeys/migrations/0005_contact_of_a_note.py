"""Which contact a note belongs to is found at once: on a timeline what was said stands with it, not twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("journeys", "0004_choices_and_what_lasts"),)
    operations = (
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("note_id"), condition=models.Q(("note_id__isnull", False)), name="contact_of_a_note"
            ),
        ),
    )
