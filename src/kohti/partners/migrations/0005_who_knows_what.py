"""Colleagues say what they know."""

import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.deletion
import kohti.kernel.ids
from django.db import migrations, models

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_referrals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Expertise",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
                ("known", models.TextField(blank=True, default="")),
                ("reached", models.TextField(blank=True, default="")),
                ("words", models.TextField(blank=True, default="")),
                ("folded", models.TextField(blank=True, default="")),
                ("speech", models.CharField(default="simple", max_length=20)),
                ("found_by", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("kept_at", models.DateTimeField()),
                (
                    "kept_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "staff",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="team.staff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("service"), models.F("staff"), name="expertise_once_a_colleague"
                    )
                ],
            },
        ),
        carries_service("partners_expertise", "staff_id", "team_staff"),
        carries_service("partners_expertise", "kept_by_id", "team_staff"),
    ]
