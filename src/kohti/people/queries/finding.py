"""Finding people within what one may see. Whom it found is in the history, in one event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import history, names, references
from kohti.kernel.actor import Actor
from kohti.kernel.names import fold
from kohti.people import alike
from kohti.people.actions.register import NewPerson
from kohti.people.models import Contact, Person

MOST_FOUND = 20
A_PAGE = 50
MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a list of people."""

    id: uuid.UUID
    full_name: str
    called: str
    date_of_birth: date | None
    reference: str


def _line(person: Person) -> Found:
    return Found(person.id, person.full_name, person.called, person.date_of_birth, person.reference)


def _reference(text: str) -> str:
    try:
        return references.read_reference(text)
    except references.BadReference:
        return ""


def find(actor: Actor, text: str, *, born: date | None = None) -> list[Found]:
    """The people within the actor's sight whom `text` names: name, phone, e-mail, reference, or born on a day.

    Best first, at most 20: those whose names hold every word, and where they are few, names spelled like it.
    Two statements.
    """
    actors.must(actor, "people.find")
    text = text.strip()
    words = [word for word in fold(text).split() if len(word) > 1 or not word.isascii()]
    digits = alike.plain("phone", text)
    plain = digits if len(digits) >= 6 else (alike.plain("email", text) if "@" in text else "")
    reference = _reference(text)
    if not words and not plain and not born and not reference:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, full_name, called, date_of_birth, reference from kohti.find_people(%s, %s, %s, %s, %s, %s)",
            [
                words if not plain else [],
                alike.sounds(text) if not plain else [],
                born,
                plain,
                reference,
                MOST_FOUND,
            ],
        )
        found = [Found(*row) for row in cursor.fetchall()]
    if found:
        history.record(
            "person.found",
            "people",
            None,
            persons=[one.id for one in found],
            detail={"typed": text, "born": born},
        )
    return found


def page_of_people(actor: Actor, *, after: uuid.UUID | None = None) -> tuple[list[Found], bool]:
    """The actor's people in the order of their names, after one of them; and whether more follow.

    The leader's are those of the centre, others' those granted to them. At most three statements.
    """
    actors.must(actor, "people.find")
    rows = Person.objects.order_by("sort_key", "id")
    if actor.scope == "centre":
        rows = rows.filter(centre_id=actor.centre)
    if after is not None:
        last = Person.objects.filter(id=after).values_list("sort_key", flat=True).first()
        if last is not None:
            rows = rows.extra(where=["(sort_key, id) > (%s, %s)"], params=[last, after])
    found = [_line(person) for person in rows[: A_PAGE + 1]]
    if found:
        history.record("person.listed", "people", None, persons=[one.id for one in found[:A_PAGE]])
    return found[:A_PAGE], len(found) > A_PAGE


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody known who may be the one being written down, and what speaks for it (`alike.why`)."""

    person: Found
    why: tuple[str, ...]


def alike_to(actor: Actor, typed: NewPerson) -> list[Alike]:
    """Who of those the actor sees may be this person already, likeliest first, at most five.

    Four statements at most; none for what says too little to compare.
    """
    actors.must(actor, "people.register")
    folded = names.fold(typed.full_name)
    plains = [
        one for one in (alike.plain("phone", typed.phone), alike.plain("email", typed.email)) if len(one) >= 6
    ]
    if len(folded) < 3 and not plains:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.alike(%s, %s, %s, %s)",
            [folded, alike.sounds(typed.full_name), typed.date_of_birth, plains],
        )
        row = cursor.fetchone()
    ids = list(row[0]) if row else []
    if not ids:
        return []
    theirs: dict[uuid.UUID, list[str]] = {one: [] for one in ids}
    for person_id, plain in Contact.objects.filter(
        person_id__in=ids, ended_at=None, plain__in=plains
    ).values_list("person_id", "plain"):
        theirs[person_id].append(plain)
    weighed = []
    for person in Person.objects.filter(id__in=ids):
        weight, why = alike.why(
            folded,
            typed.date_of_birth,
            plains,
            other_folded=person.folded,
            other_born=person.date_of_birth,
            other_plains=theirs[person.id],
        )
        if weight >= alike.ENOUGH:
            weighed.append((weight, Alike(_line(person), why)))
    weighed.sort(key=lambda one: (-one[0], one[1].person.full_name, one[1].person.id))
    found = [one for _weight, one in weighed[:MOST_ALIKE]]
    if found:
        history.record("person.found", "people", None, persons=[one.person.id for one in found])
    return found
