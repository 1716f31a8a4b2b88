"""Questions to the authority, and what it ruled."""


import django.contrib.postgres.fields
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0010_who_helps_with_a_step'),
        ('partners', '0005_who_knows_what'),
        ('people', '0015_what_is_shared'),
        ('team', '0014_whose_name_tells'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('words', models.TextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('asked_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('taken', 'Taken'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='asked', max_length=9)),
                ('taken_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('if', 'If')], default='', max_length=3)),
                ('reason', models.TextField(blank=True, default='')),
                ('step', models.TextField(blank=True, default='')),
                ('due_on', models.DateField(null=True)),
                ('version_id', models.UUIDField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('centre', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.centre')),
                ('journey', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='journeys.journey')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
                ('taken_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
            ],
            options={
                'indexes': [models.Index(models.F('journey'), models.F('asked_at'), name='rulings_of_a_journey'), models.Index(models.F('person'), name='rulings_of_a_person'), models.Index(models.F('centre'), models.F('asked_at'), condition=models.Q(('closed_at', None)), name='rulings_open'), models.Index(models.F('asked_by'), models.F('asked_at'), condition=models.Q(('read_at', None)), name='rulings_to_read')],
                'constraints': [models.UniqueConstraint(models.F('service'), models.F('id'), name='ruling_in_service'), models.CheckConstraint(condition=models.Q(('state__in', ('asked', 'taken', 'answered', 'withdrawn'))), name='ruling_state'), models.CheckConstraint(condition=models.Q(('answer__in', ('', 'yes', 'no', 'if'))), name='ruling_answer'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(models.Q(('answer', ''), _negated=True), ('taken_by__isnull', False)), _connector='OR'), name='ruling_answered_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ('asked', 'taken'))), models.Q(('closed_at__isnull', False), ('state__in', ('answered', 'withdrawn'))), _connector='OR'), name='ruling_closed_when')],
            },
        ),
        carries_service("partners_ruling", "centre_id", "team_centre"),
        carries_service("partners_ruling", "person_id", "people_person"),
        carries_service("partners_ruling", "journey_id", "journeys_journey"),
        carries_service("partners_ruling", "asked_by_id", "team_membership"),
        carries_service("partners_ruling", "taken_by_id", "team_membership"),
    ]
