"""A held file says what it holds: a diary, or a caseload."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = (("diary", "0004_absences"),)

    operations = (
        migrations.AddField(
            model_name="importedfile",
            name="kind",
            field=models.CharField(default="diary", max_length=20),
        ),
    )
