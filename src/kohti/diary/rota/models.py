"""Which colleagues of which organisation are placed at a centre. Read from the end of the room's `models.py`."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.team.models import Centre, Organisation, Service, Staff

from ..models import Room


class _Days(Func):
    """Days from one to another; the second is no longer one of them, unless a third word says `[]`."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Rota(models.Model):
    """On which weekdays people of an organisation are placed at a centre, from a day until another rota replaces it.

    Never edited: a change is another rota from its day on, which ends this one. `ends` is the day from which on it
    holds no more; where that is its first day, it never held.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    organisation = belongs(Organisation)
    starts = models.DateField()
    ends = models.DateField(null=True)
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="rota_in_order"),
            models.UniqueConstraint("service", "id", name="rota_in_service"),
            ExclusionConstraint(
                name="rota_one_at_a_time",
                expressions=[
                    (F("centre"), RangeOperators.EQUAL),
                    (F("organisation"), RangeOperators.EQUAL),
                    (_Days("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        )


class RotaLine(models.Model):
    """Somebody is there every week on a weekday, between two local wall times, at a desk or in a room.

    Without a colleague: whoever the organisation sends. The times are never kept as instants: `kohti.placed_between`
    works them out for the days that are asked for, so that nine stays nine when the clock changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    rota = belongs(Rota)
    staff = belongs(Staff, null=True)
    room = belongs(Room, null=True)
    weekday = models.SmallIntegerField(help_text="0 Monday")
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="rota_line_opens_first"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="rota_line_weekday"),
        )
        indexes = (
            models.Index("rota", "weekday", name="rota_lines"),
            models.Index("staff", name="rota_lines_of_a_colleague", condition=Q(staff__isnull=False)),
        )


class RotaChange(models.Model):
    """From a day to a day, both included, it is otherwise: nobody of an organisation comes, or somebody stands in.

    Without a colleague it is the organisation's holiday; with one, `cover` is there in their place. That a colleague
    is away and nobody stands in is an absence, like anybody's. Never edited: it is taken back.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    organisation = belongs(Organisation)
    first = models.DateField()
    last = models.DateField()
    staff = belongs(Staff, null=True, related_name="+")
    cover = belongs(Staff, null=True, related_name="+")
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="taken back then")

    class Meta:
        constraints = (
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
                    (_Days("first", "last", models.Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None, staff__isnull=False),
            ),
        )
        indexes = (models.Index("centre", "last", name="rota_changes_at_a_centre"),)
