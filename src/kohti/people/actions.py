"""Every change of what we hold about people, and of who may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, references
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from .models import Contact, Grant, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is known of somebody when we first hear of them."""

    full_name: str
    date_of_birth: date | None = None
    phone: str = ""
    email: str = ""
    called: str = ""


def register(actor: Actor, centre_id: uuid.UUID, people: Sequence[NewPerson]) -> list[Person]:
    """Add people to a centre of the actor's service, with how to reach them; in the order given."""
    actors.must(actor, "people.register")
    now = clock.now()
    made = [
        Person(
            id=new_id(),
            service_id=actor.service,
            centre_id=centre_id,
            reference=references.new_reference(),
            full_name=names.tidy(person.full_name),
            called=person.called,
            folded=names.fold(person.full_name),
            sort_key=names.sort_key(person.full_name, language=actor.first_language),
            date_of_birth=person.date_of_birth,
            created_at=now,
        )
        for person in people
    ]
    Person.objects.bulk_create(made, batch_size=500)
    Contact.objects.bulk_create(
        [
            Contact(service_id=actor.service, person_id=row.id, kind=kind, value=value, created_at=now)
            for row, person in zip(made, people, strict=True)
            for kind, value in (("phone", person.phone), ("email", person.email))
            if value
        ],
        batch_size=500,
    )
    for row in made:
        history.record(
            "person.registered", "person", row.id, persons=[row.id], detail={"name": row.full_name}
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
                service_id=actor.service, person_id=person_id, kind=kind, value=value, created_at=now
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOnFloor:
    """A person to be seen by the floor of a centre for a while, because of one thing."""

    person_id: uuid.UUID
    starts: datetime
    ends: datetime
    because_kind: str
    because_id: uuid.UUID


def show_on_floor(actor: Actor, centre_id: uuid.UUID, wanted: Sequence[ShowOnFloor]) -> None:
    """Grant the floor of a centre (who sees its day) sight of who these people are, for their arrival."""
    Grant.objects.bulk_create(
        [
            Grant(
                service_id=actor.service,
                person_id=one.person_id,
                to_centre_id=centre_id,
                purpose="arrival",
                starts=one.starts,
                ends=one.ends,
                because_kind=one.because_kind,
                because_id=one.because_id,
            )
            for one in wanted
        ],
        batch_size=500,
    )


def end_grants(actor: Actor, because_ids: Sequence[uuid.UUID]) -> None:
    """End what was granted because of these things, now."""
    now = clock.now()
    Grant.objects.filter(because_id__in=because_ids, ends__gt=now, starts__lte=now).update(ends=now)
    not_begun = Grant.objects.filter(because_id__in=because_ids, starts__gt=now)
    for grant in not_begun:
        Grant.objects.filter(id=grant.id).update(ends=grant.starts)
