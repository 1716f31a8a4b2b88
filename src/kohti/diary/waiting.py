"""Whoever would come earlier than their appointment, or as soon as there is a time, if one became free."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff

from .models import Booking, Kind


class Wish(models.Model):
    """Somebody who waits: for an earlier time than their appointment, or for a time at all of a `kind`.

    With whom, on which days, between which hours, by when. It ends when it is fulfilled, with the day of the
    appointment, and with the last day that suits. Those who wait longest stand first.
    """

    class Ended(models.TextChoices):
        FILLED = "filled"
        GONE = "gone"
        TAKEN_BACK = "back"
        OVER = "over"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, db_constraint=False, db_index=False)
    kind = models.ForeignKey(Kind, models.PROTECT, null=True, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    anybody = models.BooleanField(
        default=False, db_default=False, help_text="another colleague than the appointment's suits too"
    )
    weekdays = ArrayField(models.SmallIntegerField(), default=list, help_text="0 Monday; none: any")
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    until = models.DateField(null=True, help_text="the last day that suits")
    before = models.DateTimeField(
        help_text="earlier than this: when the appointment was, as they asked, or the end of the last day"
    )
    asked_at = models.DateTimeField()
    by_member = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=6, choices=Ended, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("booking", condition=Q(ended_at=None), name="wish_once_a_booking"),
            models.UniqueConstraint("service", "id", name="wish_in_service"),
            models.CheckConstraint(
                condition=Q(ended__in=("", "filled", "gone", "back", "over")), name="wish_ended"
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=True, kind__isnull=False)
                | Q(booking__isnull=False, kind__isnull=True),
                name="wish_for_one_of_two",
            ),
        )
        indexes = (
            models.Index("centre", "asked_at", name="wishes_of_a_centre", condition=Q(ended_at=None)),
            models.Index("person", name="wishes_of_a_person"),
        )
