"""The front desk: who is here, in which line, and what has happened to them since."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.diary.models import Booking
from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff


class Stream(models.Model):
    """A line people wait in: of the blueprint, or of a drop-in that was added by hand, at its centre alone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40)
    letter = models.CharField(max_length=1)
    title = models.JSONField()
    of_appointments = models.BooleanField(default=False)
    everybody = models.BooleanField(default=False)
    promise_minutes = models.SmallIntegerField(db_default=20, help_text="nobody should wait longer")
    talk_minutes = models.SmallIntegerField(db_default=10, help_text="as a rule, until the day itself says")
    position = models.SmallIntegerField()
    retired = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, db_default=False, help_text="of a drop-in added here")

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="stream_code"),
            models.UniqueConstraint("service", "id", name="stream_in_service"),
        )


class Reason(models.Model):
    """Why somebody walks in, from the blueprint."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40)
    title = models.JSONField()
    stream = models.ForeignKey(Stream, models.PROTECT, db_constraint=False, db_index=False)
    urgency = models.SmallIntegerField()
    in_files = models.JSONField(default=list)
    position = models.SmallIntegerField()
    retired = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, db_default=False, help_text="of a drop-in added here")

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="reason_code"),
            models.UniqueConstraint("service", "id", name="reason_in_service"),
        )


class Day(models.Model):
    """One day at one centre: its last ticket, when it was closed, and since when everybody is out of the building."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField()
    last_ticket = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True, help_text="everybody out, until it opens again")

    class Meta:
        constraints = (models.UniqueConstraint("centre", "day", name="day_once_a_centre"),)


class State(models.TextChoices):
    """Where a visit stands. The first three are open; a day ends with none of them."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    DID_NOT_COME = "absent"
    LEFT = "left"
    UNDONE = "undone"


OPEN = (State.WAITING, State.CALLED, State.SERVING)
PARKED = "parked"
"""A stretch of a waiting visit during which nobody is called: until `parked_until` it is not in the line."""
IN_LINE = "(v.parked_until is null or v.parked_until <= kohti.now())"
"""Of a waiting visit `v`: it is not parked, or not any longer. Time brings it back, and nothing else has to."""


class Ending(models.TextChoices):
    """Why a visit ended when the day did, or the building was emptied."""

    LEFT = "left"
    SEEN = "seen"
    AGAIN = "again"
    PASSED_ON = "passed-on"
    HOURS = "hours"
    ALARM = "alarm"


class Visit(models.Model):
    """A person in the building, from the door to the end, under a ticket."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField(help_text="local")
    number = models.IntegerField()
    letter = models.CharField(max_length=1)
    stream = models.ForeignKey(Stream, models.PROTECT, db_constraint=False, db_index=False)
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, db_constraint=False, db_index=False)
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_constraint=False, db_index=False)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    with_staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    given_name = models.TextField(blank=True, help_text="as a walk-in gave it, if they did")
    door_note = models.TextField(blank=True, help_text="seen at the door, or the booking's own note")
    title = models.JSONField(help_text="what they come for, as it was called when they came")
    urgency = models.SmallIntegerField(default=0)
    agreed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    order_at = models.DateTimeField(help_text="agreed time, or arrival without one")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    state_since = models.DateTimeField()
    desk = models.CharField(max_length=20, blank=True)
    parked_until = models.DateTimeField(null=True, help_text="then it is in the line again, at its old place")
    word = models.TextField(blank=True, db_default="", help_text="said with parking or handing over")
    handed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    noticed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    ending = models.CharField(max_length=9, choices=Ending, blank=True, db_default="")
    asked_staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, help_text="when that colleague was asked to come to them")
    next_help = models.JSONField(
        null=True, help_text="who helps next, as it stands on the card they left with"
    )
    promises = models.JSONField(null=True, help_text="of what was promised them: kept, or why not")
    version = models.IntegerField(default=1)
    # What the indexes look at changes only at the end of a visit, so that its steps touch none of them.
    is_open = models.GeneratedField(
        expression=Q(state__in=("waiting", "called", "serving")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    counts = models.GeneratedField(
        expression=~Q(state="undone"),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint("centre", "day", "number", name="ticket_once_a_day"),
            models.UniqueConstraint(
                "booking",
                condition=Q(booking__isnull=False, counts=True),
                name="visit_once_a_booking",
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="visit_state"),
            models.CheckConstraint(condition=Q(urgency__in=(0, 1, 2)), name="visit_urgency"),
            models.UniqueConstraint("service", "id", name="visit_in_service"),
        )
        indexes = (
            models.Index(
                "centre",
                "day",
                "order_at",
                condition=Q(is_open=True),
                name="visits_open",
            ),
            models.Index(
                F("person"),
                F("arrived_at").desc(),
                name="visits_of_a_person",
                condition=Q(person__isnull=False),
            ),
        )


class Period(models.Model):
    """How long a visit stood in one state: every change of a visit is a timed row."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField()
    visit = models.ForeignKey(Visit, models.PROTECT, db_constraint=False, db_index=False)
    state = models.CharField(max_length=8, choices=[*State.choices, (PARKED, PARKED)])
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("visit", condition=Q(ends=None), name="period_one_running"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="period_ends_after_it_starts"
            ),
        )
        indexes = (models.Index("visit", "starts", name="periods_of_a_visit"),)


class Help(models.Model):
    """A colleague asks for help at a desk: who asked, who goes, and when it was over. Never about whom."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField()
    desk = models.CharField(max_length=20, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    asked_at = models.DateTimeField()
    comes = models.ForeignKey(
        Staff, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    comes_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "centre", "staff", "day", condition=Q(ended_at=None), name="help_asked_once"
            ),
        )
        indexes = (models.Index("centre", "day", condition=Q(ended_at=None), name="help_asked_now"),)
