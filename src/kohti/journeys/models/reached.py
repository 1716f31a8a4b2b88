"""What was reached, and whether it lasts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Service, Staff

from .journey import Journey


class Outcome(models.Model):
    """Something reached, of a kind the blueprint names: when, how we know, who saw it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    kind = models.CharField(max_length=40)
    on = models.DateField()
    words = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    paper_id = models.UUIDField(null=True, help_text="the paper of the people's room that shows it")
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()
    verified_by = belongs(Staff, null=True)
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
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    outcome = belongs(Outcome)
    week = models.SmallIntegerField()
    due_on = models.DateField()
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    words = models.TextField(blank=True)
    ended_on = models.DateField(null=True, help_text="no: when it ended")
    answered_at = models.DateTimeField(null=True)
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint("outcome", "week", name="lasting_once"),)
        indexes = (
            models.Index("journey", "due_on", name="checks_due", condition=Q(answered_at=None)),
            models.Index("service", "due_on", name="checks_to_ask", condition=Q(answered_at=None)),
        )
