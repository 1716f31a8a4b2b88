"""Questions to the authority, and what it ruled. Read from `partners/models.py`'s end."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kohti.journeys.models import Journey
from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Centre, Membership, Service


class Ruling(models.Model):
    """Somebody who works with a person asks whoever may decide, and is answered yes, no, or yes with a condition.

    kind        what it is about, as the blueprint names it
    fields      what a share shows those who may answer, until they have, at the latest until the end of the day
    answer_by   when nobody has answered by then, the leader is shown it
    step        a step that goes with the answer, with its day
    version_id  the version of the plan in which the answer stands
    read_at     when whoever asked read the answer
    """

    class State(models.TextChoices):
        ASKED = "asked"
        TAKEN = "taken"
        ANSWERED = "answered"
        WITHDRAWN = "withdrawn"

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        IF = "if"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    person = belongs(Person)
    journey = belongs(Journey)
    kind = models.CharField(max_length=40)
    words = models.TextField()
    fields = ArrayField(models.CharField(max_length=40), default=list)
    asked_by = belongs(Membership, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    taken_by = belongs(Membership, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=3, choices=Answer, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    step = models.TextField(blank=True, default="")
    due_on = models.DateField(null=True)
    version_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="ruling_in_service"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "taken", "answered", "withdrawn")), name="ruling_state"
            ),
            models.CheckConstraint(condition=Q(answer__in=("", "yes", "no", "if")), name="ruling_answer"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & Q(taken_by__isnull=False)),
                name="ruling_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "taken"), closed_at=None)
                | Q(state__in=("answered", "withdrawn"), closed_at__isnull=False),
                name="ruling_closed_when",
            ),
        )
        indexes = (
            models.Index("journey", "asked_at", name="rulings_of_a_journey"),
            models.Index("person", name="rulings_of_a_person"),
            models.Index("centre", "asked_at", name="rulings_open", condition=Q(closed_at=None)),
            models.Index("asked_by", "asked_at", name="rulings_to_read", condition=Q(read_at=None)),
        )
