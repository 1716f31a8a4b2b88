"""Who helps with a step of somebody's plan: a colleague of any organisation, a mentor, for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Membership, Service

from .journey import Journey
from .plan import Step


class Helping(models.Model):
    """That somebody helps with one step, until the end of a day; a share of `steps` because of it lets them see it.

    sealed    the field of life that the very name of their organisation tells; written by the database
    news_at   when they last did or said something, and `news` what they said
    seen_at   when the coach last read that
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    step = belongs(Step)
    member = belongs(Membership)
    until = models.DateField()
    sealed = models.CharField(max_length=40, blank=True, default="")
    by_member = models.UUIDField()
    at = models.DateTimeField()
    news = models.TextField(blank=True, default="")
    news_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("step", "member", condition=Q(ended_at=None), name="helps_once"),
        )
        indexes = (
            models.Index("journey", name="helpers_of_a_journey"),
            models.Index(
                "journey",
                name="news_of_helpers",
                condition=Q(news_at__isnull=False, seen_at=None),
            ),
        )
