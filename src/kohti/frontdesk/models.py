"""The front desk: who is here, in which line, and what has happened to them since."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.diary.models import Booking
from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff


class Stream(models.Model):
    """A line people wait in, from the blueprint."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40)
    letter = models.CharField(max_length=1)
    title = models.JSONField()
    of_appointments = models.BooleanField(default=False)
    everybody = models.BooleanField(default=False)
    position = models.SmallIntegerField()
    retired = models.BooleanField(default=False)

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

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="reason_code"),
            models.UniqueConstraint("service", "id", name="reason_in_service"),
        )


class Day(models.Model):
    """One day at one centre: its last ticket, and when it was closed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField()
    last_ticket = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

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
    state = models.CharField(max_length=8, choices=State)
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
