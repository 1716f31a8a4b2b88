"""Somebody has died: it is noted once, and from then on nobody invites or writes to them."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.people.models import Person

from .sight import kept


def note_death(actor: Actor, person_id: uuid.UUID, *, died_on: date, died_said: str) -> None:
    """Note that somebody has died: on which day, and who said so.

    The database frees the appointments that were to come, and stops what was still to be sent to them; each is in the
    history. A way that is open stays open until somebody ends it. Raises NotThere, NotAllowed; Refused for a day to
    come, or before they were born.
    """
    actors.must(actor, "people.edit")
    person = kept(person_id)
    if died_on > clock.today(actor.zone):
        raise Refused(_("That day is still to come."), code="to-come")
    if person.date_of_birth is not None and died_on < person.date_of_birth:
        raise Refused(_("That is before they were born."), code="order")
    Person.objects.filter(id=person_id).update(died_on=died_on, died_said=died_said)
    history.record(
        "person.died", "person", person_id, persons=[person_id], detail={"on": died_on, "said": died_said}
    )


def take_back_death(actor: Actor, person_id: uuid.UUID) -> None:
    """It was a mistake: they live. What was freed stays free. Raises NotThere, NotAllowed."""
    actors.must(actor, "people.edit")
    kept(person_id)
    if Person.objects.filter(id=person_id, died_on__isnull=False).update(died_on=None, died_said=""):
        history.record("person.lives", "person", person_id, persons=[person_id])


def living(person_ids: list[uuid.UUID]) -> None:
    """Raise Refused where one of these people has died. One statement."""
    if Person.objects.filter(id__in=person_ids, died_on__isnull=False).exists():
        raise Refused(_("This person has died."), code="died")
