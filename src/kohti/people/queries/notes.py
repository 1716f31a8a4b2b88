"""A note, and how it read before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.people.models import Note, NoteBefore


@dataclass(frozen=True, slots=True)
class Entry:
    """A note as it reads now. Of one that was moved away, no words."""

    id: uuid.UUID
    at: datetime
    who: str
    fields: tuple[str, ...]
    sealed: bool
    text: str
    version: int
    moved_away: bool
    mine: bool
    changed_at: datetime | None
    changed_by: str
    changed_how: str
    changed_why: str


def _entry(actor: Actor, note: Note) -> Entry:
    return Entry(
        note.id,
        note.at,
        note.by_staff.full_name if note.by_staff else "",
        tuple(note.fields),
        bool(note.sealed),
        note.text,
        note.version,
        note.moved_away,
        note.by_member == actor.member_id,
        note.changed_at,
        note.changed_by.full_name if note.changed_by else "",
        note.changed_how,
        note.changed_why,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How a note read before, until when."""

    version: int
    text: str
    until: datetime


def note_with_readings(actor: Actor, note_id: uuid.UUID) -> tuple[Entry, uuid.UUID, list[Reading]] | None:
    """A note, whose it is, and how it read before as far as the actor keeps that record. Two statements.

    None where there is no such note, or not one the actor may see.
    """
    note = Note.objects.filter(id=note_id).select_related("by_staff", "changed_by").first()
    if note is None:
        return None
    before = NoteBefore.objects.filter(note_id=note_id).order_by("-version")
    return (
        _entry(actor, note),
        note.person_id,
        [Reading(one.version, one.text, one.until.astimezone(clock.now().tzinfo)) for one in before],
    )
