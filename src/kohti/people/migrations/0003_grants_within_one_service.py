"""A grant to a member stays in its service too."""

import django.db.models.deletion
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (
        ("people", "0002_within_one_service"),
        ("team", "0003_membership_in_service"),
    )
    operations = (
        migrations.AlterField(
            model_name="grant",
            name="to_member",
            field=models.ForeignKey(
                null=True,
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="team.membership",
            ),
        ),
        carries_service("people_grant", "to_member_id", "team_membership"),
    )
