"""What people are told of their appointments by themselves: the rows of it. Read from `models.py`'s end."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.team.models import Centre, Service

from .models import Booking


class Reminder(models.Model):
    """One message about one appointment at one time: due, written, taken back, or with no safe way to send it.

    `hours` is how long before it a reminder goes; `version` which change of the booking a confirmation is about.
    Nothing can be there twice.
    """

    class About(models.TextChoices):
        BEFORE = "before"
        BOOKED = "booked"
        MOVED = "moved"
        CANCELLED = "cancelled"

    class State(models.TextChoices):
        WAITING = "waiting"
        WRITTEN = "written"
        TAKEN_BACK = "taken-back"
        NO_WAY = "no-way"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    booking = models.ForeignKey(Booking, models.PROTECT, db_constraint=False, db_index=False)
    about = models.CharField(max_length=9, choices=About)
    hours = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=0)
    starts = models.DateTimeField(help_text="of the appointment, as this message says it")
    due = models.DateTimeField()
    channel = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=20, blank=True, help_text="why there was no way, as a code")
    message_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("booking", "about", "hours", "starts", "version", name="reminder_once"),
            models.CheckConstraint(
                condition=Q(about__in=("before", "booked", "moved", "cancelled")), name="reminder_about"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "written", "taken-back", "no-way")), name="reminder_state"
            ),
        )
        indexes = (models.Index(F("service"), F("due"), name="reminders_due", condition=Q(state="waiting")),)
