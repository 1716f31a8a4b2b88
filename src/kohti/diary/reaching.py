"""How somebody can be written to by itself: the first way they have that is safe, or why there is none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import connection

from kohti.kernel import outbox
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import RemindersPart
from kohti.kernel.languages import CODES
from kohti.people.queries import PersonCard

WHO = """p.id, p.full_name, p.languages, p.died_on is not null,
    p.no_messages, p.restricted, p.safe_contact <> '' or p.not_by <> '', p.merged_into_id is not null,
    array(select w.kind || ':' || w.value from people_contact w
          where w.person_id = p.id and w.ended_at is null and w.sealed = '' and w.fails_since is null
            and w.kind in ('phone', 'email') and (w.note = '' or w.preferred)
          order by w.preferred desc, w.created_at, w.id)"""
"""The columns of a `Reach`, of `people_person p`."""
COLUMNS = 9


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody with all that writing to them needs."""

    id: uuid.UUID
    name: str
    languages: Sequence[str]
    died: bool
    no_messages: bool
    restricted: bool
    own_way: bool
    merged: bool
    ways: Sequence[str]

    def safe_way(self, rules: RemindersPart) -> tuple[str, Literal["mail", "sms"], str]:
        """Why nothing can be sent by itself, or else how and where to.

        Where somebody said how they can or must not be reached, in words that only people understand, no machine writes.
        """
        for name in ("died", "merged", "no_messages", "restricted", "own_way"):
            if getattr(self, name):
                return name.replace("_", "-"), "sms", ""
        for channel in rules.channels:
            kind = "email:" if channel == "mail" else "phone:"
            found = next((way.removeprefix(kind) for way in self.ways if way.startswith(kind)), "")
            if found:
                return "", channel, found
        return "nothing-known", "sms", ""

    def language(self, actor: Actor) -> str:
        """The first of their languages that we write, else the service's first."""
        return next((code for code in self.languages or () if code in CODES), actor.first_language)

    def to(self, address: str) -> outbox.To:
        """Them, as the outbox writes to them."""
        return outbox.To(kind="person", id=self.id, address=address, name=self.name)


def of(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Reach]:
    """How each of these people can be written to, as far as the actor sees them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {WHO} from people_person p where p.id = any(%s)", [list(set(person_ids))])
        return {row[0]: Reach(*row) for row in cursor.fetchall()}


def of_card(person: PersonCard) -> Reach:
    """The same of somebody whose page is open. No statement."""
    return Reach(
        id=person.id,
        name=person.full_name,
        languages=person.languages,
        died=person.died_on is not None,
        no_messages=person.no_messages,
        restricted=person.restricted,
        own_way=bool(person.safe_contact or person.not_by),
        merged=False,
        ways=[
            f"{way.kind}:{way.value}"
            for way in person.ways
            if not way.sealed and way.fails_since is None and (not way.note or way.preferred)
        ],
    )
