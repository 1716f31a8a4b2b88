"""The people it is about: who they are, how to reach them, and who may see them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kohti.kernel.ids import new_id
from kohti.team.models import Centre, Membership, Organisation, Service


class Person(models.Model):
    """A person in one service. They can be here without a name."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=16, help_text="read aloud and typed; never a key to anything")
    full_name = models.TextField(blank=True)
    called = models.TextField(blank=True, help_text="what to call them, when not by the full name")
    folded = models.TextField(blank=True, help_text="the name as search compares it")
    sort_key = models.TextField(blank=True)
    date_of_birth = models.DateField(null=True)
    languages = ArrayField(models.CharField(max_length=3), default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "reference", name="person_reference"),
            models.UniqueConstraint("service", "id", name="person_in_service"),
        )
        indexes = (
            models.Index("centre", "sort_key", "id", name="people_in_order"),
            models.Index("centre", "folded", name="people_by_name"),
        )


class Contact(models.Model):
    """A way to reach a person."""

    class Kind(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index("person", name="contacts_of_a_person"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=("phone", "email")), name="contact_kind"),
        )


class Grant(models.Model):
    """The one answer to who may see whom: a person, to somebody, for something, from and until.

    To a member, an organisation, or the floor of a centre (every role that sees its day, or one of them).
    Never edited, only ended.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    to_member = models.ForeignKey(Membership, models.PROTECT, null=True, db_constraint=False, db_index=False)
    to_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    to_centre = models.ForeignKey(Centre, models.PROTECT, null=True, db_constraint=False, db_index=False)
    to_role = models.CharField(max_length=40, blank=True, help_text="with a centre; empty: every role there")
    field = models.CharField(max_length=40, blank=True, help_text="field of life; empty: who they are")
    purpose = models.CharField(max_length=40)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    because_kind = models.CharField(max_length=40)
    because_id = models.UUIDField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_member__isnull=False, to_organisation=None, to_centre=None)
                | models.Q(to_member=None, to_organisation__isnull=False, to_centre=None)
                | models.Q(to_member=None, to_organisation=None, to_centre__isnull=False),
                name="grant_is_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")), name="grant_ends_after_it_starts"
            ),
        )
        indexes = (
            models.Index("to_centre", "ends", name="grants_of_a_centre"),
            models.Index("to_member", "ends", name="grants_of_a_member"),
            models.Index("because_id", name="grants_because"),
            models.Index("person", name="grants_on_a_person"),
        )
