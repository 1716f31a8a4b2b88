"""The living plan: aims, steps, and the versions that say what changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Service

from .base import one_of
from .contact import Contact
from .journey import Journey


class Aim(models.Model):
    """What a person wants to reach, in their own words."""

    class State(models.TextChoices):
        OPEN = "open"
        REACHED = "reached"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    field = models.CharField(max_length=40, blank=True)
    sealed = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            one_of("aim_state", "state", "open", "reached", "dropped"),
            models.UniqueConstraint("service", "id", name="aim_in_service"),
        )
        indexes = (models.Index("journey", "made_at", name="aims_of_a_journey"),)


class Step(models.Model):
    """One thing to do towards an aim: what, who, by when.

    One that is `offered` waits for the person's word; only they take it. Until they have, nobody counts on it.
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    aim = belongs(Aim, null=True)
    sealed = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    who = models.CharField(max_length=7, choices=Who)
    who_words = models.TextField(blank=True, help_text="which partner, which other")
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.DOING)
    why = models.TextField(blank=True, help_text="why it was dropped or declined, what would help")
    stuck_at = models.DateTimeField(null=True)
    ask_on = models.DateField(null=True, help_text="offered: the day they want to be asked again")
    answered_at = models.DateTimeField(null=True, help_text="somebody took up that it is stuck")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            one_of("step_state", "state", "offered", "doing", "stuck", "done", "dropped", "declined"),
            one_of("step_who", "who", "person", "coach", "partner", "other"),
            models.CheckConstraint(
                condition=~Q(state="stuck") | Q(stuck_at__isnull=False), name="stuck_since_when"
            ),
            models.UniqueConstraint("service", "id", name="step_in_service"),
        )
        indexes = (
            models.Index("journey", "due_on", "id", name="steps_of_a_journey"),
            models.Index("journey", name="steps_open", condition=Q(state__in=("offered", "doing", "stuck"))),
        )


OPEN_STEPS = (Step.State.OFFERED, Step.State.DOING, Step.State.STUCK)
"""What a plan still holds: offered, under way, or stuck."""


class PlanVersion(models.Model):
    """What changed in a plan at once, and how the person agreed to it."""

    class Agreed(models.TextChoices):
        HERE = "here"
        SPACE = "space"
        PAPER = "paper"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    contact = belongs(Contact, null=True)
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    plan_version = belongs(PlanVersion)
    position = models.SmallIntegerField()
    sealed = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index("plan_version", "position", name="changes_of_a_version"),)
