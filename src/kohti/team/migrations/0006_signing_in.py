"""Sessions of our own, shared counters, PINs, ways back.

Everybody signs in again after it: what the library's sessions held is not moved. It cannot be undone without
that either, so the library's table does not come back.
"""

from __future__ import annotations

import django.db.models.deletion as deletion
from django.db import migrations, models

import kohti.kernel.ids

USER = "team.user"


def key(target: str, how: object = deletion.CASCADE, **more: object) -> models.ForeignKey:
    return models.ForeignKey(to=target, on_delete=how, **more)


class Migration(migrations.Migration):
    dependencies = (("team", "0005_administration"),)

    operations = (
        migrations.RunSQL("drop table if exists django_session", migrations.RunSQL.noop),
        migrations.CreateModel(
            "Session",
            (
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user", key(USER, null=True)),
                ("device", models.CharField(max_length=80, blank=True)),
                ("began", models.DateTimeField()),
                ("last_used", models.DateTimeField()),
                ("idle_s", models.IntegerField()),
                ("locks", models.BooleanField(default=False)),
            ),
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.CreateModel(
            "Counter",
            (
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("service", key("team.service", deletion.PROTECT)),
                ("name", models.CharField(max_length=80, blank=True)),
                ("since", models.DateTimeField()),
            ),
        ),
        migrations.CreateModel(
            "AtCounter",
            (
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("counter", key("team.counter")),
                ("user", key(USER)),
                ("member_id", models.UUIDField()),
                ("name", models.TextField()),
                ("until", models.DateTimeField()),
                ("strong", models.BooleanField(default=False, help_text="a second factor was given")),
                ("wrong_pins", models.IntegerField(default=0)),
            ),
            options={
                "constraints": [models.UniqueConstraint("counter", "user", name="at_a_counter_once")],
            },
        ),
        migrations.CreateModel(
            "Pin",
            (
                (
                    "user",
                    models.OneToOneField(
                        to=USER, on_delete=deletion.CASCADE, primary_key=True, serialize=False
                    ),
                ),
                ("hash", models.CharField(max_length=256)),
                ("set_at", models.DateTimeField()),
            ),
        ),
        migrations.CreateModel(
            "WayBack",
            (
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("service", key("team.service", deletion.PROTECT)),
                ("user", key(USER)),
                ("digest", models.CharField(max_length=64)),
                ("given_by", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "told_at",
                    models.DateTimeField(null=True, help_text="when the colleague was told that it was given"),
                ),
            ),
            options={"indexes": [models.Index("user", "given_at", name="ways_back_of_a_user")]},
        ),
    )
