"""Who waits also without an appointment, with any colleague, until a last day."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    """Three columns of the waiting list, and an appointment no longer asked of each of its rows."""

    dependencies = (("diary", "0013_names_of_rooms"),)

    operations = (
        migrations.AddField(
            "wish",
            "anybody",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="another colleague than the appointment's suits too",
            ),
        ),
        migrations.AddField(
            "wish",
            "kind",
            models.ForeignKey(
                to="diary.kind", on_delete=PROTECT, null=True, db_constraint=False, db_index=False
            ),
        ),
        migrations.AddField(
            "wish", "until", models.DateField(null=True, help_text="the last day that suits")
        ),
        migrations.AlterField(
            "wish",
            "before",
            models.DateTimeField(
                help_text="earlier than this: when the appointment was, as they asked, or the end of the last day"
            ),
        ),
        migrations.AlterField(
            "wish",
            "booking",
            models.ForeignKey(
                to="diary.booking", on_delete=PROTECT, null=True, db_constraint=False, db_index=False
            ),
        ),
        migrations.AlterField(
            "wish",
            "ended",
            models.CharField(
                max_length=6,
                blank=True,
                choices=[("filled", "Filled"), ("gone", "Gone"), ("back", "Taken Back"), ("over", "Over")],
            ),
        ),
        migrations.RemoveConstraint("wish", "wish_ended"),
        migrations.AddConstraint(
            "wish",
            models.CheckConstraint(
                condition=Q(ended__in=("", "filled", "gone", "back", "over")), name="wish_ended"
            ),
        ),
        migrations.AddConstraint(
            "wish", models.UniqueConstraint(F("service"), F("id"), name="wish_in_service")
        ),
        migrations.AddConstraint(
            "wish",
            models.CheckConstraint(
                condition=Q(booking__isnull=True, kind__isnull=False)
                | Q(booking__isnull=False, kind__isnull=True),
                name="wish_for_one_of_two",
            ),
        ),
        carries_service("diary_wish", "kind_id", "diary_kind"),
    )
