"""Lists show towns as they are written."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_what_the_world_finds_it_by")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="in_towns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(
            """
            update partners_listing set in_towns = found.towns
            from (
                select a.listing_id, array_agg(distinct p.town) as towns
                from partners_listedat a join partners_place p on p.id = a.place_id
                where a.gone_since is null and p.gone_since is null and p.town <> ''
                group by a.listing_id) found
            where found.listing_id = partners_listing.id
            """,
            "",
        ),
    ]
