"""Searching answers with what a list shows, no longer with identifiers alone."""

from django.db import migrations

GONE = (
    "set role kohti_definer;"
    " drop function if exists kohti.find_people(text[], date, text, text, integer); reset role"
)


class Migration(migrations.Migration):
    dependencies = [("people", "0011_two_records_of_one")]

    operations = [migrations.RunSQL(GONE, migrations.RunSQL.noop)]
