"""Time: opening hours, closures, and every booking of a person, a colleague or a room."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Service, Staff

from .codes import new_code


class Kind(models.Model):
    """A kind of appointment, from the blueprint."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40)
    title = models.JSONField()
    minutes = models.IntegerField()
    in_files = models.JSONField(default=list)
    public = models.JSONField(
        default=dict, db_default={}, help_text="what it is called in messages and behind links"
    )
    bring = models.JSONField(default=dict, db_default={}, help_text="what to bring, a list by language")
    reminds = models.BooleanField(default=True, db_default=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="kind_code"),
            models.UniqueConstraint("service", "id", name="kind_in_service"),
        )


class Opening(models.Model):
    """When a centre is open on a weekday (0 Monday), in local wall time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    weekday = models.SmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("centre", "weekday", name="opening_once_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_opens_first"),
        )


class Closure(models.Model):
    """A day on which a centre stays closed, or from when on it is closed on that day (local wall time)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField()
    closes = models.TimeField(null=True, help_text="open until then; none: closed all day")
    title = models.JSONField()
    by_hand = models.BooleanField(default=False, help_text="added here, and kept when the blueprint changes")

    class Meta:
        constraints = (models.UniqueConstraint("centre", "day", name="closure_once_a_day"),)


class Room(models.Model):
    """A room or desk of a centre that can be booked, from the blueprint."""

    class Use(models.TextChoices):
        ROOM = "room"
        DESK = "desk"
        QUIET = "quiet"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40, blank=True, db_default="")
    name = models.TextField()
    kind = models.CharField(max_length=5, choices=Use, default=Use.ROOM, db_default="room")
    retired = models.BooleanField(default=False, db_default=False)
    has = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        help_text="step-free, quiet, children, loop",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint("centre", "name", condition=Q(retired=False), name="room_name"),
            models.UniqueConstraint("centre", "code", condition=~Q(code=""), name="room_code"),
            models.UniqueConstraint("service", "id", name="room_in_service"),
            models.CheckConstraint(condition=Q(kind__in=("room", "desk", "quiet")), name="room_kind"),
        )


class _During(Func):
    """`tstzrange(starts, ends, '[)')`: half open, so that half past nine can follow half past nine."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def _never_twice(column: str, *, but: Q = Q()) -> ExclusionConstraint:  # noqa: B008 - empty, and never changed
    during = _During("starts", "ends", RangeBoundary())
    return ExclusionConstraint(
        name=f"booking_never_two_of_{column}",
        expressions=[(F(column), RangeOperators.EQUAL), (during, RangeOperators.OVERLAPS)],
        condition=Q(holds=True) & Q(**{f"{column}__isnull": False}) & but,
    )


class Booking(models.Model):
    """A stretch of somebody's time: who, where, when, and whether it was kept.

    A person, a colleague and a room are each in one place at a time; the database sees to it. Only a colleague can be
    booked a second time, on purpose, by whoever may: such a booking stands `beside` the others.
    """

    class State(models.TextChoices):
        BOOKED = "booked"
        KEPT = "kept"
        MISSED = "missed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    day = models.DateField(help_text="local")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, null=True, db_constraint=False, db_index=False)
    kind = models.ForeignKey(Kind, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=200, blank=True, help_text="of the diary it came from")
    note = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.BOOKED)
    code = models.CharField(max_length=6, default=new_code, help_text="typed at a kiosk; says nothing else")
    version = models.IntegerField(default=1)
    link = models.IntegerField(
        default=1, db_default=1, help_text="which of its person's links holds: it counts up with each end"
    )
    late_minutes = models.SmallIntegerField(null=True, help_text="how late its person said they would be")
    beside_by = models.UUIDField(
        null=True, help_text="the member who booked the colleague on purpose once more"
    )
    reason = models.TextField(blank=True, db_default="", help_text="why it was cancelled")
    changed_at = models.DateTimeField(null=True, help_text="when it was made, or its version counted up")
    # Whether it takes up time. What the constraints look at changes only when that does, so that checking
    # somebody in touches no index.
    holds = models.GeneratedField(
        expression=Q(state__in=("booked", "kept")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = (
            models.Index("centre", "day", "starts", "id", name="bookings_of_a_day"),
            models.Index("staff", "day", name="bookings_of_a_colleague", condition=Q(staff__isnull=False)),
            models.Index(
                fields=("staff", "starts"),
                include=("ends", "centre", "id"),
                name="bookings_in_order",
                condition=Q(staff__isnull=False, holds=True),
            ),
            models.Index("person", "starts", name="bookings_of_a_person", condition=Q(person__isnull=False)),
            models.Index("code", name="bookings_by_code", condition=~Q(code="")),
        )
        constraints = (
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state__in=("booked", "kept", "missed", "cancelled")), name="booking_state"
            ),
            models.UniqueConstraint(
                "centre", "reference", condition=~Q(reference=""), name="booking_reference"
            ),
            models.UniqueConstraint("service", "id", name="booking_in_service"),
            _never_twice("person"),
            _never_twice("staff", but=Q(beside_by__isnull=True)),
            _never_twice("room"),
        )


class Absence(models.Model):
    """A colleague is away from one instant to another. Why is nobody's business here.

    `read_at`: when they had read what happened meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, db_constraint=False, db_index=False)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    by_member = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)
    version = models.IntegerField(db_default=1)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="absence_in_order"),)
        indexes = (
            models.Index("staff", "ends", name="absences_of_a_colleague"),
            models.Index("centre", "ends", name="absences_at_a_centre"),
        )


class ImportedFile(models.Model):
    """A file somebody is about to import: kept from the check to the end, then emptied.

    `kind` is what it holds: a diary, or what a room above brings in the same way.
    """

    class State(models.TextChoices):
        CHECKED = "checked"
        ORDERED = "ordered"
        APPLIED = "applied"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=20, default="diary")
    name = models.TextField()
    content = models.BinaryField()
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    result = models.JSONField(default=dict)
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()


from .feeds import Feed as Feed  # noqa: E402 - it points to tables of the rooms below
from .offered import Freed as Freed  # noqa: E402 - of those who wait
from .offered import Offer as Offer  # noqa: E402
from .recurring import DropIn as DropIn  # noqa: E402 - these point to the tables above
from .recurring import Travel as Travel  # noqa: E402
from .reminders import Reminder as Reminder  # noqa: E402 - it points to the tables above
from .rota.models import Rota as Rota  # noqa: E402
from .rota.models import RotaChange as RotaChange  # noqa: E402
from .rota.models import RotaLine as RotaLine  # noqa: E402
from .waiting import Wish as Wish  # noqa: E402
