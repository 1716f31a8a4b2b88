"""Whoever would come earlier than their appointment, if a time became free."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff

from .models import Booking


class Wish(models.Model):
    """An appointment that its person would rather have earlier: with whom, on which days, between which hours.

    It ends when the appointment was moved earlier or cancelled, and with the appointment's day. Those who wait longest
    stand first.
    """

    class Ended(models.TextChoices):
        FILLED = "filled"
        GONE = "gone"
        TAKEN_BACK = "back"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    booking = models.ForeignKey(Booking, models.PROTECT, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    weekdays = ArrayField(models.SmallIntegerField(), default=list, help_text="0 Monday; none: any")
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    before = models.DateTimeField(help_text="earlier than this: when the appointment was, as they asked")
    asked_at = models.DateTimeField()
    by_member = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=6, choices=Ended, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("booking", condition=Q(ended_at=None), name="wish_once_a_booking"),
            models.CheckConstraint(condition=Q(ended__in=("", "filled", "gone", "back")), name="wish_ended"),
        )
        indexes = (
            models.Index("centre", "asked_at", name="wishes_of_a_centre", condition=Q(ended_at=None)),
            models.Index("person", name="wishes_of_a_person"),
        )
