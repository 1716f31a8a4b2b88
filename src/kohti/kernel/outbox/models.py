"""The outbox: every mail and text message that leaves, from the order to what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F


class Message(models.Model):
    """A message to one address. Name, address and words can be erased; what became of it stays."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        UNKNOWN = "unknown"
        FAILED = "failed"
        BOUNCED = "bounced"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    service_id = models.UUIDField(null=True, help_text="empty: the installation's own, such as a way back in")
    centre_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=4)
    kind = models.CharField(max_length=40, help_text="what it is, as a code")
    to_kind = models.CharField(max_length=7)
    to_id = models.UUIDField(null=True)
    name = models.TextField(blank=True)
    address = models.TextField(blank=True)
    sender = models.TextField(help_text="the service's own name")
    language = models.CharField(max_length=3)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    unsubscribe = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    tries = models.IntegerField(default=0)
    at = models.DateTimeField(help_text="when it was written")
    since = models.DateTimeField(help_text="when it came into its state")
    not_before = models.DateTimeField()
    reply = models.CharField(max_length=80, blank=True, help_text="what the other side said: codes only")
    provider_id = models.TextField(blank=True)
    by_member_id = models.UUIDField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(channel__in=("mail", "sms")), name="message_channel"),
            models.CheckConstraint(
                condition=models.Q(to_kind__in=("member", "person", "address")), name="message_to"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("queued", "sending", "sent", "unknown", "failed", "bounced", "cancelled")
                ),
                name="message_state",
            ),
        )
        indexes = (
            models.Index(
                "service_id",
                "not_before",
                name="messages_to_send",
                condition=models.Q(state__in=("queued", "sending")),
            ),
            models.Index(F("service_id"), F("since").desc(), F("id").desc(), name="messages_of_a_service"),
            models.Index(F("centre_id"), F("since").desc(), F("id").desc(), name="messages_of_a_centre"),
            models.Index("to_id", name="messages_to_somebody"),
            models.Index("provider_id", name="messages_by_provider"),
        )
