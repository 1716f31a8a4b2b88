"""Who helps with a step of somebody's plan."""


import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0009_hand_over_seen'),
        ('people', '0015_what_is_shared'),
        ('team', '0014_whose_name_tells'),
    ]

    operations = [
        migrations.CreateModel(
            name='Helping',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('until', models.DateField()),
                ('sealed', models.CharField(blank=True, default='', max_length=40)),
                ('by_member', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('news', models.TextField(blank=True, default='')),
                ('news_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.UUIDField(null=True)),
                ('journey', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='journeys.journey')),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.membership')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
                ('step', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='journeys.step')),
            ],
            options={
                'indexes': [models.Index(models.F('journey'), name='helpers_of_a_journey'), models.Index(models.F('journey'), condition=models.Q(('news_at__isnull', False), ('seen_at', None)), name='news_of_helpers')],
                'constraints': [models.UniqueConstraint(models.F('step'), models.F('member'), condition=models.Q(('ended_at', None)), name='helps_once')],
            },
        ),
        carries_service("journeys_helping", "person_id", "people_person"),
        carries_service("journeys_helping", "journey_id", "journeys_journey"),
        carries_service("journeys_helping", "step_id", "journeys_step"),
        carries_service("journeys_helping", "member_id", "team_membership"),
    ]
