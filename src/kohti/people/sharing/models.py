"""What is shared of somebody with another organisation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Organisation, Service, Staff

REACH, HELPS, BORN, STEPS = "reach", "helps", "born", "steps"
PARTS = (REACH, HELPS, BORN)
"""What can be shared besides fields of life: how to reach somebody, what helps them, when they were born. The steps
agreed with somebody who helps (`STEPS`) are shared by asking them to help, and not by themselves."""
NOT_OF_LIFE = (*PARTS, STEPS)


def last_day(ends: datetime, zone: ZoneInfo) -> date:
    """The last day of what ends at midnight after it."""
    return (ends.astimezone(zone) - timedelta(microseconds=1)).date()


class Share(models.Model):
    """That an organisation, or some of its people, may read some of what we know of a person: what for, and how long.

    members       memberships of the organisation; none: all its people who read what is shared
    fields        fields of life, and of `PARTS`; who they are goes with every share
    basis         the ground in law; consent only where refusing costs them nothing
    sealed        the field of life that the organisation's very name tells; written by the database
    because       what it came from: a referral, a plan
    review_on     the day on which somebody looks whether it is still needed
    objected_at   when they last objected to it; it waits for an answer while there is none
    """

    class Basis(models.TextChoices):
        PUBLIC_TASK = "public-task"
        LEGAL_DUTY = "legal-duty"
        CONTRACT = "contract"
        CONSENT = "consent"
        VITAL = "vital"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    to_organisation = belongs(Organisation)
    members = ArrayField(models.UUIDField(), default=list)
    fields = ArrayField(models.CharField(max_length=40), default=list)
    what_for = models.TextField()
    basis = models.CharField(max_length=11, choices=Basis)
    told = models.TextField(blank=True, help_text="how they were told or agreed, and when they said so")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    review_on = models.DateField()
    sealed = models.CharField(max_length=40, blank=True, default="")
    because_kind = models.CharField(max_length=20, blank=True, default="")
    because_id = models.UUIDField(null=True)
    by_member = models.UUIDField()
    by_staff = belongs(Staff, related_name="+")
    objected_at = models.DateTimeField(null=True)
    objection = models.TextField(blank=True, default="", db_default="")
    answer = models.TextField(
        blank=True, default="", db_default="", help_text="why it goes on although they object"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="share_in_service"),
            models.CheckConstraint(
                condition=Q(basis__in=("public-task", "legal-duty", "contract", "consent", "vital")),
                name="share_basis",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="share_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_why=""), name="share_ended_for_a_reason"
            ),
        )
        indexes = (
            models.Index("person", F("starts").desc(), name="shares_of_a_person"),
            models.Index("by_member", "review_on", name="shares_to_review", condition=Q(ended_at=None)),
            models.Index(
                "person",
                name="shares_objected_to",
                condition=Q(ended_at=None, answer="", objected_at__isnull=False),
            ),
            models.Index("to_organisation", name="shares_with_organisation", condition=Q(ended_at=None)),
            models.Index("because_id", name="shares_because", condition=Q(because_id__isnull=False)),
        )
