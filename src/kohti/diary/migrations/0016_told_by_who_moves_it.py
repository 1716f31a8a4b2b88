"""Whether an appointment was moved is said by who moved it."""

from __future__ import annotations

from django.db import migrations

GONE = "set role kohti_definer; drop function if exists kohti.confirm(uuid[]); reset role"


class Migration(migrations.Migration):
    """`kohti.confirm` takes one thing more; the functions of this version are written after the migrations."""

    dependencies = (("diary", "0015_times_that_came_free"),)

    operations = (migrations.RunSQL(GONE, migrations.RunSQL.noop),)
