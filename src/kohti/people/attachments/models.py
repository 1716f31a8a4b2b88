"""Papers of a person: what they brought, and what was written to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id


class Attachment(models.Model):
    """A file kept with a person. Ended, its bytes are gone; that there was one stays.

    One with `sealed` is seen with a grant for that field of life only. Its bytes are in the database, so they
    are in every backup and under the same policies.
    """

    class Source(models.TextChoices):
        BROUGHT = "brought"
        MADE = "made"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey("team.Service", models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey("people.Person", models.PROTECT, db_constraint=False, db_index=False)
    sealed = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=7, choices=Source)
    kind = models.CharField(max_length=5)
    title = models.TextField(blank=True)
    name = models.TextField(help_text="of the file, cleaned")
    content = models.BinaryField(null=True)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    scanned = models.CharField(max_length=9)
    by_member = models.UUIDField(null=True)
    by_staff = models.ForeignKey("team.Staff", models.PROTECT, null=True, db_constraint=False, db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(source__in=("brought", "made")), name="attachment_source"),
            models.CheckConstraint(
                condition=Q(scanned__in=("unscanned", "clean", "ours")), name="attachment_scanned"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, content__isnull=False) | Q(ended_at__isnull=False, content=None),
                name="attachment_bytes_until_ended",
            ),
        )
        indexes = (
            models.Index(F("person"), F("at").desc(), F("id").desc(), name="attachments_of_a_person"),
            models.Index(
                fields=("service", "at"),
                condition=Q(scanned="unscanned", ended_at=None),
                name="attachments_to_scan",
            ),
        )
