"""Times that came free, and to whom they were offered by message. Read from `models.py`'s end."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff

from .models import Booking, Kind, _During
from .waiting import Wish


class Freed(models.Model):
    """A stretch of a colleague's time that an appointment held and holds no more; kept until it has begun.

    The database writes it down, whoever moves or cancels the appointment, where somebody waits at the centre.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_constraint=False, db_index=False)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index("service", "starts", name="freed_of_a_service"),)
        constraints = (models.UniqueConstraint("staff", "starts", "ends", name="freed_once"),)


class Offer(models.Model):
    """A time that came free, offered to one person by message: yes, no, or not answered `until` then.

    Of one colleague's time one offer is open at once, and of one wish; the same time is offered to nobody twice.
    What was not an appointment yet becomes one with the offer's own `id`.
    """

    class State(models.TextChoices):
        OPEN = "open"
        YES = "yes"
        NO = "no"
        LATE = "late"
        GONE = "gone"
        TAKEN_BACK = "back"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    wish = models.ForeignKey(Wish, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, db_constraint=False, db_index=False)
    kind = models.ForeignKey(Kind, models.PROTECT, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_constraint=False, db_index=False)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    at = models.DateTimeField()
    until = models.DateTimeField(help_text="the answer counts until then")
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=4)
    message_id = models.UUIDField()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="offer_one_open_of_a_time",
                expressions=[
                    (F("staff"), RangeOperators.EQUAL),
                    (_During("starts", "ends", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="open"),
            ),
            models.UniqueConstraint("wish", condition=Q(state="open"), name="offer_one_open_of_a_wish"),
            models.UniqueConstraint("wish", "starts", name="offer_once_of_a_time"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "yes", "no", "late", "gone", "back")), name="offer_state"
            ),
        )
        indexes = (models.Index("person", "starts", name="offers_of_a_person"),)
