"""That somebody objects to what is shared of them, and what was answered."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Shares keep objections; an index finds those that wait."""

    dependencies = (("people", "0015_what_is_shared"),)

    operations = (
        migrations.AddField("share", "objected_at", models.DateTimeField(null=True)),
        migrations.AddField("share", "objection", models.TextField(blank=True, default="", db_default="")),
        migrations.AddField(
            "share",
            "answer",
            models.TextField(blank=True, default="", db_default="", help_text="why it goes on although they object"),
        ),
        migrations.AddIndex(
            "share",
            models.Index(
                "person",
                name="shares_objected_to",
                condition=models.Q(ended_at=None, answer="", objected_at__isnull=False),
            ),
        ),
    )
