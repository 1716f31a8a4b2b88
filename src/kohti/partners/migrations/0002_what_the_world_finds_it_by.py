import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_the_directory")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="told_by",
            field=django.contrib.postgres.search.SearchVectorField(null=True),
        ),
        migrations.RunSQL(
            """
            update partners_listing set told_by = to_tsvector(speech::regconfig, told) || to_tsvector('simple', told)
            from (
                select id as told_id, concat_ws(' . ', name, record->>'alternate_name', record->>'description') as told
                from partners_listing) t
            where id = told_id
            """,
            "",
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(fields=["told_by"], name="listings_told_by"),
        ),
    ]
