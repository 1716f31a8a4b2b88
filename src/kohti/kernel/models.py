"""The kernel's own tables: the installation, the history and what was done once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F


class Installation(models.Model):
    """This installation, one row: its clock, and whether its people are invented."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    clock_offset_us = models.BigIntegerField(default=0)
    sample = models.BooleanField(default=False)
    era = models.IntegerField(
        default=1, help_text="grows when the database is restored, as transaction ids begin anew"
    )

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one"),)


class HistoryEvent(models.Model):
    """What happened, who did it, to whom. Written by `kohti.record` alone, never changed."""

    id = models.UUIDField(primary_key=True)
    era = models.IntegerField()
    xid = models.BigIntegerField()
    at = models.DateTimeField()
    service_id = models.UUIDField(null=True)
    kind = models.TextField()
    member_id = models.UUIDField(null=True)
    verb = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField(null=True)
    person_ids = ArrayField(models.UUIDField())
    detail_digest = models.BinaryField(null=True)
    digest = models.BinaryField()

    class Meta:
        indexes = (
            models.Index("era", "xid", "id", name="history_in_order"),
            GinIndex(F("person_ids"), name="history_of_a_person"),
            models.Index("service_id", "at", "id", name="history_of_a_service"),
            models.Index("member_id", "at", "id", name="history_of_a_member"),
        )


class HistoryDetail(models.Model):
    """The erasable side of an event: its values, with the salt of the digest that the chain keeps."""

    event_id = models.UUIDField(primary_key=True)
    salt = models.BinaryField(null=True)
    body = models.TextField(null=True)
    erased_at = models.DateTimeField(null=True)


class HistorySeal(models.Model):
    """A batch of events, sealed: its hash covers the events and the seal before it."""

    n = models.BigIntegerField(primary_key=True)
    era = models.IntegerField()
    after_xid = models.BigIntegerField()
    before_xid = models.BigIntegerField()
    events = models.IntegerField()
    at = models.DateTimeField()
    digest = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()


class Done(models.Model):
    """A change that was asked for with a key, so that asking again changes nothing."""

    service_id = models.UUIDField()
    key = models.TextField()
    verb = models.TextField()
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    pk = models.CompositePrimaryKey("service_id", "key")

    class Meta:
        indexes = (models.Index("at", name="done_at"),)


class Draft(models.Model):
    """What a colleague is typing and has not saved: theirs alone."""

    member_id = models.UUIDField()
    about_kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    service_id = models.UUIDField()
    body = models.TextField()
    version = models.IntegerField()
    at = models.DateTimeField()
    began = models.DateTimeField(null=True, help_text="when they began to type")
    pk = models.CompositePrimaryKey("member_id", "about_kind", "about_id")

    class Meta:
        indexes = (models.Index("at", name="drafts_by_age"), models.Index("about_id", name="drafts_about"))


from .outbox.models import Message  # noqa: E402, F401 - Django looks for tables here
