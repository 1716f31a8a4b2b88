"""Who of which organisation is placed at a centre, when, and when it is otherwise."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.deletion import PROTECT

from kohti.diary.rota.models import _Days
from kohti.kernel.ids import new_id
from kohti.kernel.together import carries_service


def _to(model: str, *, null: bool = False, **how: str) -> models.ForeignKey:
    return models.ForeignKey(
        to=model, on_delete=PROTECT, db_constraint=False, db_index=False, null=null, **how
    )


def _id() -> models.UUIDField:
    return models.UUIDField(default=new_id, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Three tables."""

    dependencies = (("diary", "0017_versions_of_what_comes_again"),)

    operations = (
        migrations.CreateModel(
            name="Rota",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                ("organisation", _to("team.organisation")),
                ("starts", models.DateField()),
                ("ends", models.DateField(null=True)),
                ("by_member", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends=None) | Q(ends__gte=F("starts")), name="rota_in_order"
                    ),
                    ExclusionConstraint(
                        name="rota_one_at_a_time",
                        expressions=[
                            (F("centre"), RangeOperators.EQUAL),
                            (F("organisation"), RangeOperators.EQUAL),
                            (_Days("starts", "ends"), RangeOperators.OVERLAPS),
                        ],
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RotaLine",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("rota", _to("diary.rota")),
                ("staff", _to("team.staff", null=True)),
                ("room", _to("diary.room", null=True)),
                ("weekday", models.SmallIntegerField(help_text="0 Monday")),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="rota_line_opens_first"),
                    models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="rota_line_weekday"),
                ],
                "indexes": [
                    models.Index(F("rota"), F("weekday"), name="rota_lines"),
                    models.Index(
                        F("staff"), name="rota_lines_of_a_colleague", condition=Q(staff__isnull=False)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RotaChange",
            fields=[
                ("id", _id()),
                ("service", _to("team.service")),
                ("centre", _to("team.centre")),
                ("organisation", _to("team.organisation")),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("staff", _to("team.staff", null=True, related_name="+")),
                ("cover", _to("team.staff", null=True, related_name="+")),
                ("by_member", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True, help_text="taken back then")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(last__gte=F("first")), name="rota_change_in_order"),
                    models.CheckConstraint(
                        condition=Q(staff=None, cover=None)
                        | (Q(staff__isnull=False, cover__isnull=False) & ~Q(staff=F("cover"))),
                        name="rota_change_holiday_or_cover",
                    ),
                    ExclusionConstraint(
                        name="rota_change_one_cover",
                        expressions=[
                            (F("centre"), RangeOperators.EQUAL),
                            (F("staff"), RangeOperators.EQUAL),
                            (_Days("first", "last", Value("[]")), RangeOperators.OVERLAPS),
                        ],
                        condition=Q(ended_at=None, staff__isnull=False),
                    ),
                ],
                "indexes": [models.Index(F("centre"), F("last"), name="rota_changes_at_a_centre")],
            },
        ),
        migrations.AddConstraint(
            "rota", models.UniqueConstraint(F("service"), F("id"), name="rota_in_service")
        ),
        carries_service("diary_rota", "centre_id", "team_centre"),
        carries_service("diary_rota", "organisation_id", "team_organisation"),
        carries_service("diary_rotaline", "rota_id", "diary_rota"),
        carries_service("diary_rotaline", "staff_id", "team_staff"),
        carries_service("diary_rotaline", "room_id", "diary_room"),
        carries_service("diary_rotachange", "centre_id", "team_centre"),
        carries_service("diary_rotachange", "organisation_id", "team_organisation"),
        carries_service("diary_rotachange", "staff_id", "team_staff"),
        carries_service("diary_rotachange", "cover_id", "team_staff"),
    )
