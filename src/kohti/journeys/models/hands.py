"""In whose hands a way is: owners, stand-ins, hand-overs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Membership, Service

from .base import one_of
from .journey import Journey


class Owning(models.Model):
    """Who had somebody's way in hand, from when until when. Two overlap while a hand-over is under way."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    member = belongs(Membership)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index("journey", "since", name="owners_of_a_journey"),
            models.Index("member", "until", name="handing_over", condition=Q(until__isnull=False)),
        )


class Cover(models.Model):
    """A colleague stands in for the owner of a way for a while."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    member = belongs(Membership)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="cover_in_order"),)
        indexes = (
            models.Index("journey", name="covers_of_a_journey"),
            models.Index("member", "ends", name="covers_by_a_member"),
        )


class HandOver(models.Model):
    """One coach asks another to take somebody's way over; it moves when that one accepts."""

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        TAKEN_BACK = "back"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    from_member = belongs(Membership, null=True, related_name="+")
    to_member = belongs(Membership, related_name="+")
    from_day = models.DateField(help_text="when the new coach begins")
    until_day = models.DateField(help_text="the former coach's last day")
    words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, help_text="when who was asked read it on Today")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", condition=Q(state="asked"), name="one_hand_over_asked"),
            one_of("hand_over_state", "state", "asked", "accepted", "declined", "back"),
            models.CheckConstraint(condition=Q(until_day__gte=F("from_day")), name="hand_over_in_order"),
        )
        indexes = (
            models.Index("to_member", name="hand_overs_asked_of", condition=Q(state="asked")),
            models.Index("journey", name="hand_overs_of_a_journey"),
            models.Index("from_member", "answered_at", name="hand_overs_by_a_member"),
        )
