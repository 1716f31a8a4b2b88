"""The way itself: its rules, its beginning, its stages, its time, and what it reached."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Centre, Membership, Service

from .base import Ranges, one_of


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
    service = belongs(Service)
    centre = belongs(Centre)
    person = belongs(Person)
    owner = belongs(Membership, null=True)
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
            one_of("journey_basis", "basis", "consent", "task", "duty"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="journey_closes_later"
            ),
        )
        indexes = (
            models.Index("owner", "held_until", "id", name="caseload", condition=Q(closed_at=None)),
            models.Index("centre", "held_until", "id", name="centre_load", condition=Q(closed_at=None)),
            models.Index(
                F("centre"),
                Coalesce("last_contact_at", "opened_at"),
                F("id"),
                name="centre_by_contact",
                condition=Q(closed_at=None),
            ),
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=40, blank=True)
    since = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", "kind", name="entry_fact_once"),
            one_of("entry_fact_kind", "kind", "employment", "education", "household"),
        )


class StageSpell(models.Model):
    """A stretch of a way in one stage. The open one has no `until`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    days = models.IntegerField()
    why = models.TextField()
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(days__gt=0), name="extension_adds"),)
        indexes = (models.Index("journey", name="extensions_of_a_journey"),)
