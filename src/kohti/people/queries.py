"""Reads of people. Opening a person is in the history; so is finding them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .models import Contact, Person


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who a person is and how to reach them."""

    id: uuid.UUID
    reference: str
    full_name: str
    called: str
    date_of_birth: date | None
    languages: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]

    def age_on(self, day: date) -> int | None:
        """Full years on a day, or None without a date of birth."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def open_person(actor: Actor, person_id: uuid.UUID) -> PersonCard:
    """A person's card, written into the history as read. Three statements. Raises NotThere."""
    actors.must(actor, "people.open")
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("no such person")
    contacts = Contact.objects.filter(person_id=person_id, ended_at=None).order_by("kind", "created_at", "id")
    card = PersonCard(
        person.id,
        person.reference,
        person.full_name,
        person.called,
        person.date_of_birth,
        tuple(person.languages),
        tuple((contact.kind, contact.value) for contact in contacts),
    )
    history.record("person.opened", "person", person.id, persons=[person.id])
    return card


def people_named(centre_id: uuid.UUID, folded: Iterable[str]) -> list[Person]:
    """The people of a centre with one of these folded names, oldest first. One statement."""
    return list(
        Person.objects.filter(centre_id=centre_id, folded__in=set(folded)).order_by("created_at", "id")
    )


def contacts_of(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """How each of these people can be reached now: kind and value, oldest first. One statement."""
    found: dict[uuid.UUID, list[tuple[str, str]]] = {person_id: [] for person_id in person_ids}
    for contact in Contact.objects.filter(person_id__in=found, ended_at=None).order_by("created_at", "id"):
        found[contact.person_id].append((contact.kind, contact.value))
    return found
