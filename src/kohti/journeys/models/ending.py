"""A way ended: what was said then, who asks later how it goes, and how it began again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Membership, Service

from .journey import Journey


class Ending(models.Model):
    """One end of a way. A way that is taken up again keeps each of its ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    at = models.DateTimeField()
    words = models.TextField(blank=True, help_text="what was done, what was not, and thanks")
    by_member = models.UUIDField(null=True)
    follow_up_on = models.DateField(null=True, help_text="when we ask how it goes")
    member = belongs(Membership, null=True, help_text="who asks")
    asked_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="how it goes, when asked")
    again_at = models.DateTimeField(null=True, help_text="when the way was taken up again")
    again_why = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("journey", condition=Q(again_at=None), name="one_end_that_holds"),
            models.CheckConstraint(
                condition=Q(again_at=None) | Q(again_at__gte=F("at")), name="begins_again_after_its_end"
            ),
        )
        indexes = (
            models.Index("journey", "at", name="ends_of_a_journey"),
            models.Index(
                "service",
                "follow_up_on",
                "id",
                name="follow_ups_due",
                condition=Q(asked_at=None, again_at=None, follow_up_on__isnull=False),
            ),
        )
