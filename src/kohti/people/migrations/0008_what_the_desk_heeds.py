"""A person's row says what the desk heeds of their marks, so that lists of hundreds ask for nothing more."""

from django.db import migrations, models

HEED = """
update people_person set heed = held.heed from (
    select person_id, jsonb_agg(jsonb_build_array(kind, words, ends_on)
                                order by kind <> 'danger', created_at, id) as heed
    from people_mark where ended_at is null and sealed = '' group by person_id) held
where held.person_id = people_person.id
"""


class Migration(migrations.Migration):
    dependencies = (("people", "0007_contacts_that_fail"),)
    operations = (
        migrations.AddField(
            "person",
            "heed",
            models.JSONField(
                null=True, editable=False, help_text="unsealed marks that hold, kept by the database"
            ),
        ),
        migrations.RunSQL(HEED, migrations.RunSQL.noop),
    )
