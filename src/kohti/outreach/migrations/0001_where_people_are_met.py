"""Spots, rounds, who is met there, and who of them is one person."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("diary", "0017_versions_of_what_comes_again"),
        ("people", "0014_what_is_promised"),
        ("team", "0013_devices_seen"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reached",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("nickname", models.TextField(blank=True, default="")),
                ("folded", models.TextField(blank=True, default="")),
                ("made_at", models.DateTimeField()),
                ("last_at", models.DateTimeField(help_text="when they were met last")),
                ("became_at", models.DateTimeField(null=True)),
                ("made_person", models.BooleanField(default=False)),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "joined_into",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.reached",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.person",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.service",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("day", models.DateField(help_text="local, of the beginning")),
                ("starts", models.DateTimeField()),
                ("back_by", models.DateTimeField()),
                (
                    "spots",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "phone",
                    models.TextField(blank=True, default="", help_text="on which they are reached out there"),
                ),
                ("by_member", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("late_at", models.DateTimeField(null=True)),
                ("leader_at", models.DateTimeField(null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.service",
                    ),
                ),
                (
                    "watcher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Goer",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="diary.booking",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.service",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.staff",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.round",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Spot",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.CharField(max_length=40)),
                ("place", models.TextField(blank=True, default="", help_text="where it is, in words")),
                ("safety", models.TextField(blank=True, default="")),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.service",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Encounter",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "about",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "sealed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "given",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("next", models.CharField(blank=True, default="", max_length=40)),
                ("nickname", models.TextField(blank=True, default="")),
                ("text", models.TextField(blank=True, default="")),
                ("by_member", models.UUIDField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "by_staff",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.staff",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.person",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.service",
                    ),
                ),
                (
                    "own",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.reached",
                    ),
                ),
                (
                    "reached",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.reached",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.round",
                    ),
                ),
                (
                    "spot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="outreach.spot",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="reached",
            index=models.Index(
                models.F("centre"),
                models.OrderBy(models.F("last_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="reached_lately",
            ),
        ),
        migrations.AddIndex(
            model_name="reached",
            index=models.Index(
                models.F("person"), condition=models.Q(("person__isnull", False)), name="reached_of_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="reached",
            index=models.Index(
                models.F("joined_into"),
                condition=models.Q(("joined_into__isnull", False)),
                name="reached_joined",
            ),
        ),
        migrations.AddConstraint(
            model_name="reached",
            constraint=models.UniqueConstraint(
                models.F("service"), models.F("id"), name="reached_in_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="reached",
            constraint=models.CheckConstraint(
                condition=models.Q(("joined_into", models.F("id")), _negated=True),
                name="reached_not_into_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                models.F("centre"), models.F("day"), models.F("starts"), name="rounds_of_a_centre"
            ),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(
                models.F("service"),
                models.F("back_by"),
                condition=models.Q(("cancelled_at", None), ("ended_at", None)),
                name="rounds_not_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(models.F("service"), models.F("id"), name="round_in_service"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("back_by__gt", models.F("starts"))), name="round_ends_after_it_starts"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("cancelled_at", None), _connector="OR"),
                name="round_ended_or_cancelled",
            ),
        ),
        migrations.AddIndex(
            model_name="goer",
            index=models.Index(models.F("staff"), name="rounds_of_a_colleague"),
        ),
        migrations.AddConstraint(
            model_name="goer",
            constraint=models.UniqueConstraint(models.F("round"), models.F("staff"), name="goer_once"),
        ),
        migrations.AddConstraint(
            model_name="spot",
            constraint=models.UniqueConstraint(models.F("service"), models.F("id"), name="spot_in_service"),
        ),
        migrations.AddConstraint(
            model_name="spot",
            constraint=models.UniqueConstraint(
                models.F("centre"),
                models.F("name"),
                condition=models.Q(("ended_at", None)),
                name="spot_name_once_a_centre",
            ),
        ),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(
                models.F("reached"), models.OrderBy(models.F("at"), descending=True), name="encounters_of_one"
            ),
        ),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(
                models.F("person"),
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("person__isnull", False)),
                name="encounters_of_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(
                models.F("centre"),
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="encounters_of_a_centre",
            ),
        ),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(models.F("service"), models.F("at"), name="encounters_in_order"),
        ),
        carries_service("outreach_spot", "centre_id", "team_centre"),
        carries_service("outreach_round", "centre_id", "team_centre"),
        carries_service("outreach_round", "watcher_id", "team_membership"),
        carries_service("outreach_goer", "centre_id", "team_centre"),
        carries_service("outreach_goer", "round_id", "outreach_round"),
        carries_service("outreach_goer", "staff_id", "team_staff"),
        carries_service("outreach_goer", "booking_id", "diary_booking"),
        carries_service("outreach_reached", "centre_id", "team_centre"),
        carries_service("outreach_reached", "person_id", "people_person"),
        carries_service("outreach_reached", "joined_into_id", "outreach_reached"),
        carries_service("outreach_encounter", "centre_id", "team_centre"),
        carries_service("outreach_encounter", "spot_id", "outreach_spot"),
        carries_service("outreach_encounter", "round_id", "outreach_round"),
        carries_service("outreach_encounter", "reached_id", "outreach_reached"),
        carries_service("outreach_encounter", "own_id", "outreach_reached"),
        carries_service("outreach_encounter", "person_id", "people_person"),
        carries_service("outreach_encounter", "by_staff_id", "team_staff"),
    ]
