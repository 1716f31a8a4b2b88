"""A line and its reason may belong to a drop-in that was added by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("frontdesk", "0005_who_helps_next"),)
    operations = tuple(
        migrations.AddField(
            model_name=name,
            name="by_hand",
            field=models.BooleanField(db_default=False, default=False, help_text="of a drop-in added here"),
        )
        for name in ("stream", "reason")
    )
