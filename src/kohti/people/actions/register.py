"""Adding people, and how to reach them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once, references
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people import alike
from kohti.people.models import Contact, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is known of somebody when we first hear of them."""

    full_name: str = ""
    date_of_birth: date | None = None
    phone: str = ""
    email: str = ""
    called: str = ""
    languages: tuple[str, ...] = ()
    interpreter: str = ""
    reference: str = ""
    """One that they have already, as `references` writes it; empty: they get a new one."""


def register(
    actor: Actor, centre_id: uuid.UUID, people: Sequence[NewPerson], *, key: str = ""
) -> list[Person]:
    """Add people to a centre of the actor's service, with how to reach them; in the order given.

    With a `key` one person is added once: asking again gives the one that was added.
    """
    actors.must(actor, "people.register")
    ids = [new_id() for _person in people]
    if key:
        before = once.first_time("people.register", key, ids[0])
        if before is not None:
            return [Person.objects.get(id=before)]
    now = clock.now()
    made = [
        Person(
            id=person_id,
            service_id=actor.service,
            centre_id=centre_id,
            reference=person.reference or references.new_reference(),
            full_name=names.tidy(person.full_name),
            called=person.called,
            folded=names.fold(person.full_name),
            sort_key=names.sort_key(person.full_name, language=actor.sorting),
            sounds=alike.sounds(person.full_name),
            date_of_birth=person.date_of_birth,
            languages=list(person.languages),
            interpreter=person.interpreter,
            created_at=now,
        )
        for person_id, person in zip(ids, people, strict=True)
    ]
    Person.objects.bulk_create(made, batch_size=500)
    Contact.objects.bulk_create(
        [
            Contact(
                service_id=actor.service,
                person_id=row.id,
                kind=kind,
                value=value,
                plain=alike.plain(kind, value),
                created_at=now,
            )
            for row, person in zip(made, people, strict=True)
            for kind, value in (("phone", person.phone), ("email", person.email))
            if value
        ],
        batch_size=500,
    )
    history.record_each(
        [
            history.Event("person.registered", "person", row.id, [row.id], {"name": row.full_name})
            for row in made
        ]
    )
    return made


def reach(
    actor: Actor, person_id: uuid.UUID, *, phones: Sequence[str] = (), emails: Sequence[str] = ()
) -> None:
    """Hold these ways to reach a person. Where one is new, those of its kind that are not named here end."""
    actors.must(actor, "people.register")
    now = clock.now()
    held = list(Contact.objects.filter(person_id=person_id, ended_at=None).order_by("created_at", "id"))
    for kind, values in (("phone", phones), ("email", emails)):
        before = {contact.value: contact.id for contact in held if contact.kind == kind}
        new = [value for value in dict.fromkeys(values) if value and value not in before]
        if not new:
            continue
        gone = [contact_id for value, contact_id in before.items() if value not in values]
        Contact.objects.filter(id__in=gone).update(ended_at=now)
        for value in new:
            Contact.objects.create(
                service_id=actor.service,
                person_id=person_id,
                kind=kind,
                value=value,
                plain=alike.plain(kind, value),
                created_at=now,
            )
            history.record(
                "person.contact",
                "person",
                person_id,
                persons=[person_id],
                detail={"kind": kind, "value": value},
            )


def note_birth(actor: Actor, person_id: uuid.UUID, born: date) -> None:
    """Hold a date of birth that was not known; one that is known stays."""
    actors.must(actor, "people.register")
    if Person.objects.filter(id=person_id, date_of_birth=None).update(date_of_birth=born):
        history.record(
            "person.birth", "person", person_id, persons=[person_id], detail={"date_of_birth": born}
        )


MOST_ELSEWHERE = 5
"""To how many people of others one member is told a day that somebody knows them."""


def ask_elsewhere(actor: Actor, person: NewPerson) -> bool:
    """Whether somebody whom the actor may not see has just this name and birth or contact.

    Says no more than that, tells the leaders of both centres, and stops answering who asks too often.
    """
    actors.must(actor, "people.register")
    plains = [
        alike.plain(kind, value)
        for kind, value in (("phone", person.phone), ("email", person.email))
        if value
    ]
    words = sorted(names.fold(person.full_name).split())
    if len(words) < 2 or not (person.date_of_birth or plains):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.known_elsewhere(%s, %s, %s, %s)",
            [words, person.date_of_birth, plains, MOST_ELSEWHERE],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
