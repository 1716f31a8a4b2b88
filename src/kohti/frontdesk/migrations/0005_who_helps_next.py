"""A visit knows who was asked to come to it, who helps next, and which promises were kept."""

import django.db.models.deletion
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (
        ("frontdesk", "0004_the_line_in_full"),
        ("team", "0011_kiosks_and_boards"),
    )
    operations = (
        migrations.AddField(
            model_name="visit",
            name="asked_staff",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="team.staff",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="asked_at",
            field=models.DateTimeField(
                help_text="when that colleague was asked to come to them", null=True
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="next_help",
            field=models.JSONField(
                help_text="who helps next, as it stands on the card they left with", null=True
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="promises",
            field=models.JSONField(help_text="of what was promised them: kept, or why not", null=True),
        ),
        carries_service("frontdesk_visit", "asked_staff_id", "team_staff"),
    )
