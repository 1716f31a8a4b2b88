"""Kiosks and boards: what stands at a centre and signs in with a token of its own."""

from __future__ import annotations

import django.db.models.deletion as deletion
from django.db import migrations, models

import kohti.kernel.ids
from kohti.kernel.together import carries_service


def key(target: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(to=target, on_delete=deletion.PROTECT, db_constraint=False, **more)


class Migration(migrations.Migration):
    dependencies = (("team", "0010_left_alone_by_role"),)

    operations = (
        migrations.CreateModel(
            "Device",
            (
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("service", key("team.service")),
                ("centre", key("team.centre", db_index=False)),
                ("kind", models.CharField(max_length=10, choices=(("kiosk", "Kiosk"), ("board", "Board")))),
                ("name", models.TextField(help_text="where it stands")),
                ("settings", models.JSONField(default=dict, help_text="sound, languages")),
                ("code_hash", models.CharField(max_length=64, blank=True)),
                ("code_until", models.DateTimeField(null=True)),
                ("token_hash", models.CharField(max_length=64, blank=True)),
                ("made_by", key("team.membership", null=True, db_index=False, related_name="+")),
                ("made_at", models.DateTimeField()),
                ("paired_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ),
            options={
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(kind__in=("kiosk", "board")), name="device_kind"
                    ),
                    models.UniqueConstraint(
                        "token_hash", condition=~models.Q(token_hash=""), name="device_token"
                    ),
                    models.UniqueConstraint(
                        "code_hash", condition=~models.Q(code_hash=""), name="device_code"
                    ),
                )
            },
        ),
        carries_service("team_device", "centre_id", "team_centre"),
        carries_service("team_device", "made_by_id", "team_membership"),
    )
