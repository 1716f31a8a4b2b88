"""A person may have two records: what it takes to make them one, and two again."""

import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_who_has_died'),
        ('team', '0010_left_alone_by_role'),
    ]

    operations = [
        migrations.CreateModel(
            name='Apart',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('by_member', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('by_member', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('restricted', models.BooleanField(default=False, help_text='whether the merged record is')),
                ('totals', models.JSONField(default=dict, help_text='by table: how many rows the merged record had')),
                ('undone_at', models.DateTimeField(null=True)),
                ('forgotten_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MergedRow',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('table_name', models.CharField(max_length=63)),
                ('row_id', models.UUIDField()),
                ('made', models.BooleanField(default=False)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='an empty record that leads to this one', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(models.F('merged_into'), condition=models.Q(('merged_into__isnull', False)), name='people_merged'),
        ),
        migrations.AddField(
            model_name='apart',
            name='other',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='apart',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='apart',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.service'),
        ),
        migrations.AddField(
            model_name='merge',
            name='by_staff',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.staff'),
        ),
        migrations.AddField(
            model_name='merge',
            name='centre',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.centre'),
        ),
        migrations.AddField(
            model_name='merge',
            name='gone',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='merge',
            name='kept',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='merge',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.service'),
        ),
        migrations.AddField(
            model_name='merge',
            name='undone_by_staff',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.staff'),
        ),
        migrations.AddField(
            model_name='mergedrow',
            name='merge',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.merge'),
        ),
        migrations.AddField(
            model_name='mergedrow',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.service'),
        ),
        migrations.AddIndex(
            model_name='apart',
            index=models.Index(models.F('other'), name='apart_from_the_other'),
        ),
        migrations.AddConstraint(
            model_name='apart',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('other')), _negated=True), name='apart_are_two'),
        ),
        migrations.AddConstraint(
            model_name='apart',
            constraint=models.UniqueConstraint(models.F('person'), models.F('other'), name='apart_once'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(models.F('kept'), models.OrderBy(models.F('at'), descending=True), name='merges_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('kept', models.F('gone')), _negated=True), name='merge_of_two'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(models.F('gone'), condition=models.Q(('undone_at', None)), name='merged_once'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(models.F('service'), models.F('id'), name='merge_in_service'),
        ),
        migrations.AddIndex(
            model_name='mergedrow',
            index=models.Index(models.F('merge'), models.F('table_name'), name='rows_of_a_merge'),
        ),
        migrations.AddIndex(
            model_name='mergedrow',
            index=models.Index(models.F('row_id'), name='merged_rows_by_row'),
        ),
        carries_service("people_person", "merged_into_id", "people_person"),
        carries_service("people_merge", "kept_id", "people_person"),
        carries_service("people_merge", "gone_id", "people_person"),
        carries_service("people_merge", "centre_id", "team_centre"),
        carries_service("people_merge", "by_staff_id", "team_staff"),
        carries_service("people_merge", "undone_by_staff_id", "team_staff"),
        carries_service("people_mergedrow", "merge_id", "people_merge"),
        carries_service("people_apart", "person_id", "people_person"),
        carries_service("people_apart", "other_id", "people_person"),
    ]
