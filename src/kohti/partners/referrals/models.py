"""Referrals, what both sides said, and links of partners without an account. Read from `partners/models.py`'s end."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Centre, Membership, Organisation, Service

from ..models import Listing, Partner


class Referral(models.Model):
    """Somebody is handed over to whoever helps: to whom, how, what about, and what they see until when.

    to_member, to_name   the named person there, with or without an account
    fields, why          what they see: fields of life, `reach` and `helps`; and why, by field
    until, ends          the last day they see it, and the instant after it; an earlier one once that was ended
    sealed               the field of life that the organisation's very name tells of somebody; empty: none
    reply_by, leader_on  the day by which an answer is due, and the one on which the leader is asked; none: nothing is due
    theirs_at, read_at   when the other side wrote last, and when ours read it
    ours_at, read_there_at   the same the other way round
    climbed_at, climbed_to   when it went to a leader, and to which one
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SENT = "sent"
        SEEN = "seen"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WAITING = "waiting"
        STARTED = "started"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    class How(models.TextChoices):
        WALK = "walk"
        CALL = "call"
        APPOINTMENT = "appointment"
        MESSAGE = "message"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    centre = belongs(Centre)
    from_member = belongs(Membership, null=True, related_name="+")
    from_organisation = belongs(Organisation, null=True, related_name="+")
    to_listing = belongs(Listing, null=True)
    to_partner = belongs(Partner, null=True)
    to_organisation = belongs(Organisation, null=True, related_name="+")
    to_member = belongs(Membership, null=True, related_name="+")
    to_name = models.TextField(blank=True)
    to_address = models.TextField(
        blank=True, help_text="where a link goes by mail; empty: it is given by hand"
    )
    how = models.CharField(max_length=11, choices=How)
    about = models.TextField()
    fields = ArrayField(models.CharField(max_length=40), default=list)
    why = models.JSONField(default=dict)
    basis = models.CharField(max_length=12)
    consent_how = models.TextField(blank=True)
    until = models.DateField()
    ends = models.DateTimeField()
    sealed = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    since = models.DateTimeField(help_text="in this state since")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reply_by = models.DateField(null=True)
    leader_on = models.DateField(null=True)
    climbed_at = models.DateTimeField(null=True)
    climbed_to = belongs(Membership, null=True, related_name="+")
    theirs_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    ours_at = models.DateTimeField(null=True)
    read_there_at = models.DateTimeField(null=True)
    share_id = models.UUIDField(null=True, help_text="the share that it wrote")
    booking_id = models.UUIDField(null=True, help_text="the appointment that was made for it")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "id", name="referral_in_service"),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "draft",
                        "sent",
                        "seen",
                        "accepted",
                        "declined",
                        "waiting",
                        "started",
                        "done",
                        "withdrawn",
                    )
                ),
                name="referral_state",
            ),
            models.CheckConstraint(
                condition=Q(how__in=("walk", "call", "appointment", "message")), name="referral_how"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=("public-task", "contract", "consent", "legal-duty", "vital")),
                name="referral_basis",
            ),
            models.CheckConstraint(
                condition=Q(to_partner__isnull=False) | Q(to_organisation__isnull=False),
                name="referral_is_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, state__in=("declined", "done", "withdrawn"))
                | Q(closed_at=None, state__in=("draft", "sent", "seen", "accepted", "waiting", "started")),
                name="referral_closed_when",
            ),
        )
        indexes = (
            models.Index(
                "to_organisation",
                "at",
                "id",
                name="referrals_in",
                condition=Q(closed_at=None, sent_at__isnull=False),
            ),
            models.Index("to_member", "at", name="referrals_to_a_member", condition=Q(closed_at=None)),
            models.Index("centre", "at", "id", name="referrals_of_a_centre", condition=Q(closed_at=None)),
            models.Index(
                "from_member", "at", "id", name="referrals_by_a_member", condition=Q(closed_at=None)
            ),
            models.Index(F("person"), F("at").desc(), name="referrals_of_a_person"),
            models.Index("service", "reply_by", name="referrals_due", condition=Q(reply_by__isnull=False)),
        )


class ReferralTurn(models.Model):
    """What was said or happened in a referral, in order: a message, a change of state, or both.

    here    the side that handed over said it, else the one that was asked
    name    who said it, where that is nobody with an account
    state   the state it came into; empty: only words
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    referral = belongs(Referral)
    at = models.DateTimeField()
    here = models.BooleanField()
    by_member = models.UUIDField(null=True)
    name = models.TextField(blank=True)
    state = models.CharField(max_length=9, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index("referral", "at", "id", name="turns_of_a_referral"),)


class ReferralLink(models.Model):
    """The link by which a partner without an account answers; good for the first browser that opens it.

    Of its secret, and of what that browser keeps, only digests (SHA-256, hex) are kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    referral = belongs(Referral)
    token_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64, blank=True, default="")
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="when somebody asked for a new one in its place")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index("referral", "made_at", name="links_of_a_referral"),)
