"""We were in touch: contacts, and how fields of life go."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.people.models import Person
from kohti.team.models import Service, Staff

from .base import one_of
from .journey import Journey


class Contact(models.Model):
    """We and a person were in touch, or were to be: `came` says whether it came about.

    The words are a note of the people's room, so that they can be sealed, corrected and moved.
    """

    class Channel(models.TextChoices):
        HERE = "here"
        PHONE = "phone"
        VIDEO = "video"
        CHAT = "chat"
        HOME = "home"
        WORKPLACE = "workplace"
        ELSEWHERE = "elsewhere"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    at = models.DateTimeField()
    channel = models.CharField(max_length=9, choices=Channel)
    came = models.BooleanField(default=True)
    note_id = models.UUIDField(null=True, help_text="the note of the people's room that says what was said")
    booking_id = models.UUIDField(null=True, help_text="the appointment it was")
    by_member = models.UUIDField(null=True)
    by_staff = belongs(Staff, null=True)

    class Meta:
        constraints = (
            one_of(
                "contact_channel",
                "channel",
                "here",
                "phone",
                "video",
                "chat",
                "home",
                "workplace",
                "elsewhere",
            ),
            models.UniqueConstraint("service", "id", name="contact_in_service"),
        )
        indexes = (
            models.Index(F("journey"), F("at").desc(), F("id").desc(), name="contacts_of_a_journey"),
            models.Index(F("note_id"), name="contact_of_a_note", condition=Q(note_id__isnull=False)),
        )


class Need(models.Model):
    """How a field of life goes, said on a day by the person or by the coach. Never overwritten.

    `level` counts from 1 (hardest) to 4; empty: does not want to say.
    """

    class View(models.TextChoices):
        OWN = "own"
        COACH = "coach"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    contact = belongs(Contact, null=True)
    field = models.CharField(max_length=40)
    sealed = models.CharField(max_length=40, blank=True)
    view = models.CharField(max_length=5, choices=View)
    level = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (
            one_of("need_view", "view", "own", "coach"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=4), name="need_level"
            ),
        )
        indexes = (
            models.Index(F("journey"), F("field"), F("view"), F("at").desc(), name="needs_of_a_journey"),
        )


class Answers(models.Model):
    """A questionnaire answered on a day, by the person or about them. Items that are sealed stand apart."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    journey = belongs(Journey)
    view = models.CharField(max_length=5, choices=Need.View)
    at = models.DateTimeField()
    sealed = models.CharField(max_length=40, blank=True)
    answers = models.JSONField(help_text='by item: 1 to 4, "unsaid" or "does-not-apply"')
    sheet = models.UUIDField(help_text="the same for the rows of one questionnaire")
    by_member = models.UUIDField(null=True)

    class Meta:
        constraints = (one_of("answers_view", "view", "own", "coach"),)
        indexes = (models.Index("journey", "at", name="answers_of_a_journey"),)
