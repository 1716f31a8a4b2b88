"""After how many minutes of nothing a role is signed out; a column without a default is added at once."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("team", "0009_a_look_of_one_s_own"),)

    operations = (migrations.AddField("role", "idle_minutes", models.SmallIntegerField(null=True)),)
