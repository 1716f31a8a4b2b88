"""Calendars of colleagues: their secret addresses, and when an appointment was changed last."""

from __future__ import annotations

import django.db.models.deletion as deletion
from django.db import migrations, models

import kohti.kernel.ids
from kohti.kernel.together import carries_service


def key(target: str) -> models.ForeignKey:
    return models.ForeignKey(to=target, on_delete=deletion.PROTECT, db_constraint=False, db_index=False)


class Migration(migrations.Migration):
    """One table, and one column that is empty for what was booked before."""

    dependencies = (("diary", "0008_the_book"), ("team", "0011_kiosks_and_boards"))

    operations = (
        migrations.AddField(
            "booking",
            "changed_at",
            models.DateTimeField(help_text="when it was made, or its version counted up", null=True),
        ),
        migrations.CreateModel(
            "Feed",
            (
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("service", key("team.service")),
                ("member", key("team.membership")),
                ("token_hash", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=10)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("stamp", models.CharField(blank=True, max_length=32)),
                ("stamped_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ),
            options={
                "constraints": (
                    models.UniqueConstraint("token_hash", name="feed_token"),
                    models.UniqueConstraint(
                        "member", condition=models.Q(ended_at=None), name="feed_one_at_a_time"
                    ),
                )
            },
        ),
        carries_service("diary_feed", "member_id", "team_membership"),
    )
