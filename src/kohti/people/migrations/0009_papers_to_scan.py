"""Papers that nobody has scanned are found at once, however many there are."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = (("people", "0008_what_the_desk_heeds"),)
    operations = (
        migrations.AddIndex(
            "attachment",
            models.Index(
                fields=("service", "at"),
                condition=Q(scanned="unscanned", ended_at=None),
                name="attachments_to_scan",
            ),
        ),
    )
