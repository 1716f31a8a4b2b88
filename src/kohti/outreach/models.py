"""Outreach: where people are found, the rounds to there, whom one meets, and who of them is one person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kohti.diary.models import Booking
from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Centre, Membership, Service, Staff


class Spot(models.Model):
    """A place where people are found. `kind`: a word of the blueprint; `safety`: what to heed there."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    name = models.TextField()
    kind = models.CharField(max_length=40)
    place = models.TextField(blank=True, default="", help_text="where it is, in words")
    safety = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="spot_in_service"),
            models.UniqueConstraint(
                "centre", "name", condition=Q(ended_at=None), name="spot_name_once_a_centre"
            ),
        )


class Round(models.Model):
    """A round that was planned: from when until when they should be back, to which spots, and who watches.

    Times were said as local wall times and stand here as the instants they are. `late_at`: when the watcher was told
    that they are not back; `leader_at`: when the team leader was.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    day = models.DateField(help_text="local, of the beginning")
    starts = models.DateTimeField()
    back_by = models.DateTimeField()
    spots = ArrayField(models.UUIDField(), default=list)
    phone = models.TextField(blank=True, default="", help_text="on which they are reached out there")
    watcher = belongs(Membership)
    by_member = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    leader_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="round_in_service"),
            models.CheckConstraint(condition=Q(back_by__gt=F("starts")), name="round_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(cancelled_at=None), name="round_ended_or_cancelled"
            ),
        )
        indexes = (
            models.Index("centre", "day", "starts", name="rounds_of_a_centre"),
            models.Index(
                "service", "back_by", name="rounds_not_back", condition=Q(ended_at=None, cancelled_at=None)
            ),
        )


class Goer(models.Model):
    """A colleague on a round, with the time it takes in their diary."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    round = belongs(Round)
    staff = belongs(Staff)
    booking = belongs(Booking)

    class Meta:
        constraints = (models.UniqueConstraint("round", "staff", name="goer_once"),)
        indexes = (models.Index("staff", name="rounds_of_a_colleague"),)


class Reached(models.Model):
    """Somebody who was met out there: a nickname or nothing. All encounters of one are one person reached.

    `person`: who they became; `made_person`: their record was made then. `joined_into`: it turned out to be the same as
    that one, and has no encounters of its own while it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    nickname = models.TextField(blank=True, default="")
    folded = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="when they were met last")
    person = belongs(Person, null=True)
    became_at = models.DateTimeField(null=True)
    made_person = models.BooleanField(default=False)
    joined_into = belongs("self", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="reached_in_service"),
            models.CheckConstraint(condition=~Q(joined_into=F("id")), name="reached_not_into_itself"),
        )
        indexes = (
            models.Index("centre", F("last_at").desc(), F("id").desc(), name="reached_lately"),
            models.Index("person", name="reached_of_a_person", condition=Q(person__isnull=False)),
            models.Index("joined_into", name="reached_joined", condition=Q(joined_into__isnull=False)),
        )


class Encounter(models.Model):
    """A meeting out there, written in seconds: where, what about, what was given, what next.

    `reached`: whose it is; `own`: the one it was first written for, to whom it goes back when it is taken apart.
    `about`: fields of life; those of them that are sealed stand in `sealed` and ask for their keys once there is a person.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    spot = belongs(Spot)
    round = belongs(Round, null=True)
    reached = belongs(Reached)
    own = belongs(Reached, related_name="+")
    person = belongs(Person, null=True)
    at = models.DateTimeField()
    about = ArrayField(models.CharField(max_length=40), default=list)
    sealed = ArrayField(models.CharField(max_length=40), default=list)
    given = ArrayField(models.CharField(max_length=40), default=list)
    next = models.CharField(max_length=40, blank=True, default="")
    nickname = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    by_member = models.UUIDField(null=True)
    by_staff = belongs(Staff, null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index("reached", F("at").desc(), name="encounters_of_one"),
            models.Index(
                "person",
                F("at").desc(),
                F("id").desc(),
                name="encounters_of_a_person",
                condition=Q(person__isnull=False),
            ),
            models.Index("centre", F("at").desc(), F("id").desc(), name="encounters_of_a_centre"),
            models.Index("service", "at", name="encounters_in_order"),
        )
