"""Theme, version and second factor, kinds of organisations, and the blueprint as it was read.

What applied blueprints say of these comes with their next version; until then there is the product's look.
"""

from __future__ import annotations

from django.db import migrations, models

VERSION = """
update team_service s set version = v.number
from (select service_id, max(number) as number from team_blueprintversion group by service_id) v
where v.service_id = s.id
"""


class Migration(migrations.Migration):
    dependencies = (("team", "0003_membership_in_service"),)

    operations = (
        migrations.RemoveField("service", "theme"),
        migrations.AddField(
            "service",
            "theme",
            models.JSONField(default=dict, help_text="accent, host and logo, as the blueprint's [theme]"),
        ),
        migrations.AddField(
            "service", "version", models.IntegerField(default=0, help_text="of the blueprint in force")
        ),
        migrations.RunSQL(VERSION, migrations.RunSQL.noop),
        migrations.AddField(
            "blueprintversion",
            "plan",
            models.JSONField(
                default=dict, help_text="the text as read: kernel.blueprint.Blueprint.as_json"
            ),
        ),
        migrations.AddField("organisation", "kind", models.CharField(max_length=20, default="")),
        migrations.AddField("role", "second_factor", models.BooleanField(default=False)),
    )
