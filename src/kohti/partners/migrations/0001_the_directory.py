"""The directory: partners, places, listings."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("team", "0013_devices_seen"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
                ("name", models.TextField()),
                ("neutral", models.TextField(blank=True, default="")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.organisation",
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
            name="Listing",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
                ("name", models.TextField()),
                ("status", models.CharField(default="active", max_length=20)),
                (
                    "chosen_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), null=True, size=None
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "towns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
                ("free", models.BooleanField(null=True)),
                ("words", models.TextField(blank=True, default="")),
                ("folded", models.TextField(blank=True, default="")),
                ("speech", models.CharField(default="simple", max_length=20)),
                ("found_by", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirm_by", models.DateField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.staff",
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
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="partners.partner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
                ("name", models.TextField(blank=True)),
                ("address", models.TextField(blank=True, help_text="in one line")),
                ("town", models.TextField(blank=True)),
                (
                    "centre",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.centre",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="partners.partner",
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
            name="ListedAt",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
                (
                    "listing",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="partners.listing",
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
                    "place",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="partners.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Taxonomy",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
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
            name="Term",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("hsds_id", models.UUIDField()),
                ("source", models.TextField(blank=True, default="")),
                ("record", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                ("gone_since", models.DateTimeField(null=True)),
                ("public", models.BooleanField(default=True)),
                ("name", models.TextField()),
                ("field", models.CharField(blank=True, default="", max_length=40)),
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
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(models.F("service"), models.F("hsds_id"), name="partner_once"),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                models.F("service"), models.F("id"), name="partner_in_service"
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(fields=["found_by"], name="listings_by_words"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["folded"], name="listings_by_letters", opclasses=("gin_trgm_ops",)
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(models.F("partner"), name="listings_of_a_partner"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(models.F("service"), models.F("confirm_by"), name="listings_to_confirm"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(models.F("service"), models.F("hsds_id"), name="listing_once"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(models.F("service"), models.F("id"), name="listing_in_service"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("active", "inactive", "defunct", "temporarily closed"))),
                name="listing_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(models.F("service"), models.F("hsds_id"), name="place_once"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(models.F("service"), models.F("id"), name="place_in_service"),
        ),
        migrations.AddIndex(
            model_name="listedat",
            index=models.Index(models.F("place"), name="listed_at_a_place"),
        ),
        migrations.AddConstraint(
            model_name="listedat",
            constraint=models.UniqueConstraint(
                models.F("service"), models.F("hsds_id"), name="listed_at_once"
            ),
        ),
        migrations.AddIndex(
            model_name="listedat",
            index=models.Index(models.F("listing"), models.F("place"), name="listed_at_of_a_listing"),
        ),
        migrations.AddConstraint(
            model_name="taxonomy",
            constraint=models.UniqueConstraint(
                models.F("service"), models.F("hsds_id"), name="taxonomy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(models.F("service"), models.F("hsds_id"), name="term_once"),
        ),
        carries_service("partners_partner", "organisation_id", "team_organisation"),
        carries_service("partners_place", "partner_id", "partners_partner"),
        carries_service("partners_place", "centre_id", "team_centre"),
        carries_service("partners_listing", "partner_id", "partners_partner"),
        carries_service("partners_listing", "confirmed_by_id", "team_staff"),
        carries_service("partners_listedat", "listing_id", "partners_listing"),
        carries_service("partners_listedat", "place_id", "partners_place"),
    ]
