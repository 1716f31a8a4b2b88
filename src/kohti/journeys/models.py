"""A person's way through a service: needs, the living plan, contacts, stages, outcomes, and until when it is held."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Centre, Membership, Service, Staff


def _belongs(to: type[models.Model] | str, *, null: bool = False, **how: Any) -> Any:
    """A reference whose foreign key, with the service in it, stands in a migration."""
    return models.ForeignKey(to, models.PROTECT, null=null, db_constraint=False, db_index=False, **how)


def _one_of(name: str, field: str, *values: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Ranges(models.Field):  # type: ignore[type-arg]
    """Stretches of time that do not overlap (`tstzmultirange`)."""

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's type for it."""
        return "tstzmultirange"


class Rules(models.Model):
    """What the blueprint says of plans, where the database reads it: one row a service."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    contact_days = models.IntegerField(help_text="a contact at least every so many days")
    climb_days = models.IntegerField(help_text="what nobody mended for so many days goes to the leader")
    most_months = models.IntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("service", name="rules_once"),)


class Journey(models.Model):
    """A person's way through the service. One is open at a time.

    What follows from other rows (`held_until` and the columns after it) is written by the database alone, by
    `kohti.hold`: nothing that matters can be changed without it.
    """

    class Basis(models.TextChoices):
        """On which ground we keep what we keep (GDPR, article 6)."""

        CONSENT = "consent"
        TASK = "task"
        DUTY = "duty"

    class Lapse(models.TextChoices):
        """The first rule that no longer holds at `held_until`."""

        OWNER = "owner"
        NEXT = "next"
        CONTACT = "contact"
        MISSED = "missed"
        STUCK = "stuck"
        LIMIT = "limit"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    centre = _belongs(Centre)
    person = _belongs(Person)
    owner = _belongs(Membership, null=True)
    opened_at = models.DateTimeField()
    why_here = models.TextField(blank=True)
    basis = models.CharField(max_length=7, choices=Basis)
    stage = models.CharField(max_length=40, blank=True)
    stage_since = models.DateTimeField()
    limit_on = models.DateField(null=True, help_text="the last day, before pauses and extensions")
    version = models.IntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    closed_with = models.TextField(blank=True, help_text="what was done, what was not, and thanks")
    follow_up_on = models.DateField(null=True)

    held_until = models.DateTimeField(null=True, editable=False)
    lapse = models.CharField(max_length=7, choices=Lapse, blank=True, editable=False)
    alone = Ranges(null=True, editable=False, help_text="when the owner is away and nobody covers")
    last_contact_at = models.DateTimeField(null=True, editable=False)
    next_at = models.DateTimeField(null=True, editable=False, help_text="the last thing planned")
    ends_on = models.DateField(null=True, editable=False, help_text="the limit with pauses and extensions")

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="journey_in_service"),
            models.UniqueConstraint("person", condition=Q(closed_at=None), name="one_open_journey"),
            _one_of("journey_basis", "basis", "consent", "task", "duty"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="journey_closes_later"
            ),
        )
        indexes = (
            models.Index("owner", "held_until", "id", name="caseload", condition=Q(closed_at=None)),
            models.Index("centre", "held_until", "id", name="centre_load", condition=Q(closed_at=None)),
            models.Index("centre", "id", name="left_alone", condition=Q(closed_at=None, alone__isnull=False)),
            models.Index(F("person"), F("opened_at").desc(), name="journeys_of_a_person"),
            models.Index(F("centre"), F("closed_at").desc(), F("id"), name="closed_journeys"),
        )


class EntryFact(models.Model):
    """What a funder asks of somebody when their way begins, as said then. `value` empty: does not want to say."""

    class Kind(models.TextChoices):
        EMPLOYMENT = "employment"
        EDUCATION = "education"
        HOUSEHOLD = "household"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=40, blank=True)
    since = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", "kind", name="entry_fact_once"),
            _one_of("entry_fact_kind", "kind", "employment", "education", "household"),
        )


class StageSpell(models.Model):
    """A stretch of a way in one stage. The open one has no `until`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    stage = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.TextField(blank=True)
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", condition=Q(until=None), name="one_stage_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="stage_in_order"),
        )
        indexes = (models.Index("journey", "since", name="stages_of_a_journey"),)


class Pause(models.Model):
    """While it lasts the time limit does not run. `until` is the day it ends, planned or real, not included."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    since = models.DateField()
    until = models.DateField()
    why = models.TextField()
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(until__gte=F("since")), name="pause_in_order"),)
        indexes = (models.Index("journey", name="pauses_of_a_journey"),)


class Extension(models.Model):
    """A leader gave more days."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    days = models.IntegerField()
    why = models.TextField()
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(days__gt=0), name="extension_adds"),)
        indexes = (models.Index("journey", name="extensions_of_a_journey"),)


class Owning(models.Model):
    """Who had somebody's way in hand, from when until when. Two overlap while a hand-over is under way."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    member = _belongs(Membership)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index("journey", "since", name="owners_of_a_journey"),)


class Cover(models.Model):
    """A colleague stands in for the owner of a way for a while."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    member = _belongs(Membership)
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
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    from_member = _belongs(Membership, null=True, related_name="+")
    to_member = _belongs(Membership, related_name="+")
    from_day = models.DateField(help_text="when the new coach begins")
    until_day = models.DateField(help_text="the former coach's last day")
    words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", condition=Q(state="asked"), name="one_hand_over_asked"),
            _one_of("hand_over_state", "state", "asked", "accepted", "declined", "back"),
            models.CheckConstraint(condition=Q(until_day__gte=F("from_day")), name="hand_over_in_order"),
        )
        indexes = (
            models.Index("to_member", name="hand_overs_asked_of", condition=Q(state="asked")),
            models.Index("journey", name="hand_overs_of_a_journey"),
        )


class Contact(models.Model):
    """We and a person were in touch, or were to be: `came` says whether it came about.

    The words are a note of the people's room, so that they can be sealed, corrected and moved.
    """

    class Channel(models.TextChoices):
        HERE = "here"
        PHONE = "phone"
        VIDEO = "video"
        CHAT = "chat"
        HOME = "home"
        WORKPLACE = "workplace"
        ELSEWHERE = "elsewhere"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    at = models.DateTimeField()
    channel = models.CharField(max_length=9, choices=Channel)
    came = models.BooleanField(default=True)
    note_id = models.UUIDField(null=True, help_text="the note of the people's room that says what was said")
    booking_id = models.UUIDField(null=True, help_text="the appointment it was")
    by_member = models.UUIDField(null=True)
    by_staff = _belongs(Staff, null=True)

    class Meta:
        constraints = (
            _one_of(
                "contact_channel",
                "channel",
                "here",
                "phone",
                "video",
                "chat",
                "home",
                "workplace",
                "elsewhere",
            ),
            models.UniqueConstraint("service", "id", name="contact_in_service"),
        )
        indexes = (models.Index(F("journey"), F("at").desc(), F("id").desc(), name="contacts_of_a_journey"),)


class Need(models.Model):
    """How a field of life goes, said on a day by the person or by the coach. Never overwritten.

    `level` counts from 1 (hardest) to 4; empty: does not want to say.
    """

    class View(models.TextChoices):
        OWN = "own"
        COACH = "coach"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    contact = _belongs(Contact, null=True)
    field = models.CharField(max_length=40)
    sealed = models.CharField(max_length=40, blank=True)
    view = models.CharField(max_length=5, choices=View)
    level = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (
            _one_of("need_view", "view", "own", "coach"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=4), name="need_level"
            ),
        )
        indexes = (
            models.Index(F("journey"), F("field"), F("view"), F("at").desc(), name="needs_of_a_journey"),
        )


class Answers(models.Model):
    """A questionnaire answered on a day, by the person or about them. Items that are sealed stand apart."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    view = models.CharField(max_length=5, choices=Need.View)
    at = models.DateTimeField()
    sealed = models.CharField(max_length=40, blank=True)
    answers = models.JSONField(help_text='by item: 1 to 4, "unsaid" or "does-not-apply"')
    sheet = models.UUIDField(help_text="the same for the rows of one questionnaire")
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (_one_of("answers_view", "view", "own", "coach"),)
        indexes = (models.Index("journey", "at", name="answers_of_a_journey"),)


class Aim(models.Model):
    """What a person wants to reach, in their own words."""

    class State(models.TextChoices):
        OPEN = "open"
        REACHED = "reached"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    field = models.CharField(max_length=40, blank=True)
    sealed = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            _one_of("aim_state", "state", "open", "reached", "dropped"),
            models.UniqueConstraint("service", "id", name="aim_in_service"),
        )
        indexes = (models.Index("journey", "made_at", name="aims_of_a_journey"),)


class Step(models.Model):
    """One thing to do towards an aim: what, who, by when.

    One that is `offered` waits for the person's word; only they take it.
    """

    class State(models.TextChoices):
        OFFERED = "offered"
        DOING = "doing"
        STUCK = "stuck"
        DONE = "done"
        DROPPED = "dropped"
        DECLINED = "declined"

    class Who(models.TextChoices):
        PERSON = "person"
        COACH = "coach"
        PARTNER = "partner"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    aim = _belongs(Aim, null=True)
    sealed = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    who = models.CharField(max_length=7, choices=Who)
    who_words = models.TextField(blank=True, help_text="which partner, which other")
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.DOING)
    why = models.TextField(blank=True, help_text="why it was dropped or declined, what would help")
    stuck_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="somebody took up that it is stuck")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            _one_of("step_state", "state", "offered", "doing", "stuck", "done", "dropped", "declined"),
            _one_of("step_who", "who", "person", "coach", "partner", "other"),
            models.CheckConstraint(
                condition=~Q(state="stuck") | Q(stuck_at__isnull=False), name="stuck_since_when"
            ),
            models.UniqueConstraint("service", "id", name="step_in_service"),
        )
        indexes = (
            models.Index("journey", "due_on", "id", name="steps_of_a_journey"),
            models.Index("journey", name="steps_open", condition=Q(state__in=("offered", "doing", "stuck"))),
        )


class PlanVersion(models.Model):
    """What changed in a plan at once, and how the person agreed to it."""

    class Agreed(models.TextChoices):
        HERE = "here"
        SPACE = "space"
        PAPER = "paper"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    contact = _belongs(Contact, null=True)
    number = models.IntegerField()
    at = models.DateTimeField()
    by_member = models.UUIDField(null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_how = models.CharField(max_length=5, choices=Agreed, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", "number", name="plan_version_number"),
            models.UniqueConstraint("service", "id", name="plan_version_in_service"),
        )


class PlanChange(models.Model):
    """One thing of a plan's version. `kind` and its values are said in plain words when shown."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    plan_version = _belongs(PlanVersion)
    position = models.SmallIntegerField()
    sealed = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index("plan_version", "position", name="changes_of_a_version"),)


class Outcome(models.Model):
    """Something reached, of a kind the blueprint names: when, how we know, who saw it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    kind = models.CharField(max_length=40)
    on = models.DateField()
    words = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()
    verified_by = _belongs(Staff, null=True)
    verified_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("service", "id", name="outcome_in_service"),)
        indexes = (
            models.Index("journey", "on", name="outcomes_of_a_journey"),
            models.Index("service", "kind", "on", name="outcomes_by_kind"),
        )


class LastingCheck(models.Model):
    """Does it last? Asked one, four, thirteen and twenty-six weeks after an outcome."""

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        UNKNOWN = "unknown"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs(Service)
    person = _belongs(Person)
    journey = _belongs(Journey)
    outcome = _belongs(Outcome)
    week = models.SmallIntegerField()
    due_on = models.DateField()
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("outcome", "week", name="lasting_once"),)
        indexes = (models.Index("journey", "due_on", name="checks_due", condition=Q(answered_at=None)),)


PARTS: tuple[type[models.Model], ...] = (
    EntryFact, StageSpell, Pause, Extension, Owning, Cover, HandOver, Contact, Need, Answers, Aim, Step,
    PlanVersion, PlanChange, Outcome, LastingCheck,
)  # fmt: skip
"""What a way consists of; each row carries the person it is about."""
