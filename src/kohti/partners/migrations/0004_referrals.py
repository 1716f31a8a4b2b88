"""Referrals, what is said in them, and the links of partners without an account."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    """Three tables, and what a partner's name tells."""

    dependencies = [
        ('partners', '0003_towns_as_written'),
        ('people', '0015_what_is_shared'),
        ('team', '0014_whose_name_tells'),
    ]

    operations = [
        migrations.AddField(
            model_name='partner',
            name='tells',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('to_name', models.TextField(blank=True)),
                ('to_address', models.TextField(blank=True, help_text='where a link goes by mail; empty: it is given by hand')),
                ('how', models.CharField(choices=[('walk', 'Walk'), ('call', 'Call'), ('appointment', 'Appointment'), ('message', 'Message')], max_length=11)),
                ('about', models.TextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('why', models.JSONField(default=dict)),
                ('basis', models.CharField(max_length=12)),
                ('consent_how', models.TextField(blank=True)),
                ('until', models.DateField()),
                ('ends', models.DateTimeField()),
                ('sealed', models.CharField(blank=True, max_length=40)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('seen', 'Seen'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('waiting', 'Waiting'), ('started', 'Started'), ('done', 'Done'), ('withdrawn', 'Withdrawn')], default='draft', max_length=9)),
                ('since', models.DateTimeField(help_text='in this state since')),
                ('at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('reply_by', models.DateField(null=True)),
                ('leader_on', models.DateField(null=True)),
                ('climbed_at', models.DateTimeField(null=True)),
                ('theirs_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('ours_at', models.DateTimeField(null=True)),
                ('read_there_at', models.DateTimeField(null=True)),
                ('share_id', models.UUIDField(help_text='the share that it wrote', null=True)),
                ('booking_id', models.UUIDField(help_text='the appointment that was made for it', null=True)),
                ('version', models.IntegerField(default=1)),
                ('centre', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.centre')),
                ('climbed_to', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('from_member', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('from_organisation', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.organisation')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
                ('to_listing', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='partners.listing')),
                ('to_member', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('to_organisation', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.organisation')),
                ('to_partner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='partners.partner')),
            ],
        ),
        migrations.CreateModel(
            name='ReferralLink',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('browser_hash', models.CharField(blank=True, default='', max_length=64)),
                ('made_by', models.UUIDField(null=True)),
                ('made_at', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(help_text='when somebody asked for a new one in its place', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('referral', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='partners.referral')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
            ],
        ),
        migrations.CreateModel(
            name='ReferralTurn',
            fields=[
                ('id', models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('here', models.BooleanField()),
                ('by_member', models.UUIDField(null=True)),
                ('name', models.TextField(blank=True)),
                ('state', models.CharField(blank=True, max_length=9)),
                ('words', models.TextField(blank=True)),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='people.person')),
                ('referral', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='partners.referral')),
                ('service', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='team.service')),
            ],
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('to_organisation'), models.F('at'), models.F('id'), condition=models.Q(('closed_at', None), ('sent_at__isnull', False)), name='referrals_in'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('to_member'), models.F('at'), condition=models.Q(('closed_at', None)), name='referrals_to_a_member'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('centre'), models.F('at'), models.F('id'), condition=models.Q(('closed_at', None)), name='referrals_of_a_centre'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('from_member'), models.F('at'), models.F('id'), condition=models.Q(('closed_at', None)), name='referrals_by_a_member'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('person'), models.OrderBy(models.F('at'), descending=True), name='referrals_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(models.F('service'), models.F('reply_by'), condition=models.Q(('reply_by__isnull', False)), name='referrals_due'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(models.F('service'), models.F('id'), name='referral_in_service'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'sent', 'seen', 'accepted', 'declined', 'waiting', 'started', 'done', 'withdrawn'))), name='referral_state'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ('walk', 'call', 'appointment', 'message'))), name='referral_how'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ('public-task', 'contract', 'consent', 'legal-duty', 'vital'))), name='referral_basis'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('to_partner__isnull', False), ('to_organisation__isnull', False), _connector='OR'), name='referral_is_to_somebody'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('declined', 'done', 'withdrawn'))), models.Q(('closed_at', None), ('state__in', ('draft', 'sent', 'seen', 'accepted', 'waiting', 'started'))), _connector='OR'), name='referral_closed_when'),
        ),
        migrations.AddIndex(
            model_name='referrallink',
            index=models.Index(models.F('referral'), models.F('made_at'), name='links_of_a_referral'),
        ),
        migrations.AddIndex(
            model_name='referralturn',
            index=models.Index(models.F('referral'), models.F('at'), models.F('id'), name='turns_of_a_referral'),
        ),
        carries_service("partners_referral", "person_id", "people_person"),
        carries_service("partners_referral", "centre_id", "team_centre"),
        carries_service("partners_referral", "from_member_id", "team_membership"),
        carries_service("partners_referral", "from_organisation_id", "team_organisation"),
        carries_service("partners_referral", "to_listing_id", "partners_listing"),
        carries_service("partners_referral", "to_partner_id", "partners_partner"),
        carries_service("partners_referral", "to_organisation_id", "team_organisation"),
        carries_service("partners_referral", "to_member_id", "team_membership"),
        carries_service("partners_referral", "climbed_to_id", "team_membership"),
        carries_service("partners_referralturn", "person_id", "people_person"),
        carries_service("partners_referralturn", "referral_id", "partners_referral"),
        carries_service("partners_referrallink", "person_id", "people_person"),
        carries_service("partners_referrallink", "referral_id", "partners_referral"),
    ]
