"""What is shared of somebody with another organisation."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0014_what_is_promised'),
        ('team', '0014_whose_name_tells'),
    ]

    operations = [
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('members', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('what_for', models.TextField()),
                ('basis', models.CharField(choices=[('public-task', 'Public Task'), ('legal-duty', 'Legal Duty'), ('contract', 'Contract'), ('consent', 'Consent'), ('vital', 'Vital')], max_length=11)),
                ('told', models.TextField(blank=True, help_text='how they were told or agreed, and when they said so')),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('review_on', models.DateField()),
                ('sealed', models.CharField(blank=True, default='', max_length=40)),
                ('because_kind', models.CharField(blank=True, default='', max_length=20)),
                ('because_id', models.UUIDField(null=True)),
                ('by_member', models.UUIDField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.UUIDField(null=True)),
                ('ended_why', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(models.F('to_organisation'), models.F('ends'), condition=models.Q(('to_organisation__isnull', False)), name='grants_of_an_organisation'),
        ),
        migrations.AddField(
            model_name='share',
            name='by_staff',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.staff'),
        ),
        migrations.AddField(
            model_name='share',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person'),
        ),
        migrations.AddField(
            model_name='share',
            name='service',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service'),
        ),
        migrations.AddField(
            model_name='share',
            name='to_organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.organisation'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(models.F('person'), models.OrderBy(models.F('starts'), descending=True), name='shares_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(models.F('by_member'), models.F('review_on'), condition=models.Q(('ended_at', None)), name='shares_to_review'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(models.F('to_organisation'), condition=models.Q(('ended_at', None)), name='shares_with_organisation'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(models.F('because_id'), condition=models.Q(('because_id__isnull', False)), name='shares_because'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(models.F('service'), models.F('id'), name='share_in_service'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ('public-task', 'legal-duty', 'contract', 'consent', 'vital'))), name='share_basis'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='share_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('ended_why', ''), _negated=True), _connector='OR'), name='share_ended_for_a_reason'),
        ),
        carries_service("people_share", "person_id", "people_person"),
        carries_service("people_share", "to_organisation_id", "team_organisation"),
        carries_service("people_share", "by_staff_id", "team_staff"),
    ]
