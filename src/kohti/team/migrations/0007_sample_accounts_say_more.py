"""What the sample's accounts are told with has changed its shape: made anew with the row policies after this."""

from __future__ import annotations

from django.db import migrations

GONE = "set role kohti_definer; drop function if exists kohti.sample_accounts(); reset role"


class Migration(migrations.Migration):
    dependencies = (("team", "0006_signing_in"),)

    operations = (migrations.RunSQL(GONE, migrations.RunSQL.noop),)
