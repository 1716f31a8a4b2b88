"""Invitations, why a membership ended, and roles that administer."""

import django.db.models.deletion
from django.db import migrations, models

import kohti.kernel.ids
from kohti.kernel.together import carries_service

SCOPES = ("none", "day", "centre", "service")


def _scope(scopes: tuple[str, ...]) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(("scope__in", scopes)), name="role_scope")


def _to(model: str, **how: object) -> models.ForeignKey:
    return models.ForeignKey(
        model, db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, **how
    )


class Migration(migrations.Migration):
    dependencies = (("team", "0004_what_a_blueprint_brings"),)
    operations = (
        migrations.RemoveConstraint("role", "role_scope"),
        migrations.AlterField("role", "scope", models.CharField(max_length=20)),
        migrations.AddConstraint("role", _scope((*SCOPES, "administration"))),
        migrations.AddField(
            "membership",
            "because",
            models.CharField(
                blank=True, default="", help_text="why it ended: a word of ENDED", max_length=10
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=kohti.kernel.ids.new_id, primary_key=True, serialize=False)),
                (
                    "service",
                    models.ForeignKey(
                        "team.service",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                    ),
                ),
                ("full_name", models.TextField()),
                ("folded", models.TextField()),
                ("sort_key", models.TextField()),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("organisation", _to("team.organisation")),
                ("centre", _to("team.centre")),
                ("role", _to("team.role")),
                ("starts", models.DateTimeField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_by", _to("team.membership", null=True, related_name="invited")),
                ("made_at", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("used_by", _to("team.membership", null=True, related_name="accepted")),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("used_at", None), ("ended_at", None), _connector="OR"),
                        name="invitation_used_or_ended",
                    )
                ],
            },
        ),
        carries_service("team_invitation", "organisation_id", "team_organisation"),
        carries_service("team_invitation", "centre_id", "team_centre"),
        carries_service("team_invitation", "role_id", "team_role"),
        carries_service("team_invitation", "made_by_id", "team_membership"),
        carries_service("team_invitation", "used_by_id", "team_membership"),
    )
