"""Each end of a way stands by itself, with who asks later how it goes; ends of before are written down as such."""

import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service

OF_ITS_WAY = "journeys_ending_of_its_way"


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0005_contact_of_a_note'),
        ('people', '0008_what_the_desk_heeds'),
        ('team', '0008_a_services_logo'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('words', models.TextField(blank=True, help_text='what was done, what was not, and thanks')),
                ('by_member', models.UUIDField(null=True)),
                ('follow_up_on', models.DateField(help_text='when we ask how it goes', null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, help_text='how it goes, when asked')),
                ('again_at', models.DateTimeField(help_text='when the way was taken up again', null=True)),
                ('again_why', models.TextField(blank=True)),
                ('journey', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='journeys.journey')),
                ('member', models.ForeignKey(db_constraint=False, db_index=False, help_text='who asks', null=True, on_delete=django.db.models.deletion.PROTECT, to='team.membership')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
            ],
            options={
                'indexes': [models.Index(models.F('journey'), models.F('at'), name='ends_of_a_journey'), models.Index(models.F('service'), models.F('follow_up_on'), models.F('id'), condition=models.Q(('again_at', None), ('asked_at', None), ('follow_up_on__isnull', False)), name='follow_ups_due')],
                'constraints': [models.UniqueConstraint(models.F('journey'), condition=models.Q(('again_at', None)), name='one_end_that_holds'), models.CheckConstraint(condition=models.Q(('again_at', None), ('again_at__gte', models.F('at')), _connector='OR'), name='begins_again_after_its_end')],
            },
        ),
        migrations.RunSQL(
            f'alter table "journeys_ending" add constraint "{OF_ITS_WAY}" foreign key (service_id, journey_id, person_id)'
            " references journeys_journey (service_id, id, person_id) on update cascade deferrable initially deferred",
            f'alter table "journeys_ending" drop constraint "{OF_ITS_WAY}"',
        ),
        carries_service("journeys_ending", "member_id", "team_membership"),
        migrations.RunSQL(
            "insert into journeys_ending (id, service_id, person_id, journey_id, at, words, follow_up_on, member_id,"
            " answer, again_why) select gen_random_uuid(), service_id, person_id, id, closed_at, closed_with,"
            " follow_up_on, owner_id, '', '' from journeys_journey where closed_at is not null",
            migrations.RunSQL.noop,
        ),
        # The indexes are made at the end of this transaction: by then nothing may wait to be looked at.
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
    ]
