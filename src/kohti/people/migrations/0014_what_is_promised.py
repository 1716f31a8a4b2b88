"""What helps somebody holds from a day, and says what is promised them whenever they come."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("people", "0013_whom_a_floor_sees"), ("team", "0011_kiosks_and_boards"))
    operations = (
        migrations.AddField(
            "mark", "starts_on", models.DateField(help_text="empty: from the beginning", null=True)
        ),
        migrations.AddField(
            "mark",
            "promises",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=11),
                db_default=[],
                default=list,
                help_text="quiet, face, companion, ...",
                size=None,
            ),
        ),
        migrations.AddField(
            "mark",
            "face",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="the known face that was promised",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="team.staff",
            ),
        ),
        migrations.AddIndex(
            "mark",
            models.Index(
                models.F("by_member"),
                models.F("review_on"),
                condition=models.Q(("ended_at", None)),
                name="marks_to_review",
            ),
        ),
        carries_service("people_mark", "face_id", "team_staff"),
    )
