"""Notes on people: written, corrected, moved. The database keeps each reading."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, writing
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people.models import Note

from .record import have_key
from .sight import seen


def write_note(
    actor: Actor, person_id: uuid.UUID, text: str, *, fields: Sequence[str] = (), key: str
) -> uuid.UUID:
    """Write a note on somebody, of some fields of life; sealed by those of them that are sealed.

    Raises NotThere, and Refused where a key is not held.
    """
    actors.must(actor, "people.note")
    seen(person_id)
    made = new_id()
    before = once.first_time("people.write_note", key, made)
    if before is not None:
        return before
    rows = writing.Rows()
    event = add_note(rows, actor, person_id, made, text, fields=fields)
    rows.write(event)
    return made


def add_note(
    rows: writing.Rows,
    actor: Actor,
    person_id: uuid.UUID,
    note_id: uuid.UUID,
    text: str,
    *,
    fields: Sequence[str] = (),
) -> history.Event:
    """Put a note on somebody the caller has read to what is about to be written; what the history is to say of it.

    Raises Refused where a key is not held.
    """
    for field in life.sealed_of(actor, fields):
        have_key(person_id, field)
    return put_note(rows, actor, person_id, note_id, text, fields)


def put_note(
    rows: writing.Rows,
    actor: Actor,
    person_id: uuid.UUID,
    note_id: uuid.UUID,
    text: str,
    fields: Sequence[str],
) -> history.Event:
    """As `add_note`, where the caller has seen to the keys."""
    note = Note(
        id=note_id,
        service_id=actor.service,
        person_id=person_id,
        at=clock.now(),
        fields=list(fields),
        sealed=life.sealed_of(actor, fields),
        text=text,
        by_member=actor.member_id,
        by_staff_id=actor.staff_id,
    )
    rows.add([note])
    return history.Event("note.written", "note", note_id, persons=[person_id], detail={"text": text})


def note_to_change(actor: Actor, note_id: uuid.UUID) -> Note:
    """A note that the actor may move or correct: their own, or any for who keeps the record.

    Raises NotThere, NotAllowed.
    """
    actors.must(actor, "people.note")
    note = Note.objects.filter(id=note_id, moved_away=False).first()
    if note is None:
        raise NotThere("no such note")
    if note.by_member != actor.member_id and not actors.may(actor, "people.keep"):
        raise NotAllowed("only who wrote a note, or who keeps the record, changes it")
    return note


def _stands(note: Note, version: int) -> None:
    if note.version != version:
        raise Refused(_("Somebody has changed this note meanwhile."), code="changed")


def correct(actor: Actor, note_id: uuid.UUID, text: str, why: str, *, version: int, seal: str = "") -> None:
    """Write a note anew, saying why. How it read before stays for who keeps the record.

    `seal`: a sealed field of life that it is of from now on; how it read last is sealed with it.
    Raises NotThere, NotAllowed, and Refused where it is not the version that was read, or a key is not held.
    """
    note = note_to_change(actor, note_id)
    if note.version == version + 1 and note.text == text and note.changed_why == why:
        return
    _stands(note, version)
    fields = list(dict.fromkeys([*note.fields, *([seal] if seal else [])]))
    if seal:
        have_key(note.person_id, seal)
    Note.objects.filter(id=note_id, version=version).update(
        text=text,
        fields=fields,
        sealed=life.sealed_of(actor, fields) if seal else note.sealed,
        version=version + 1,
        changed_at=clock.now(),
        changed_by_id=actor.staff_id,
        changed_how="corrected",
        changed_why=why,
    )
    history.record(
        "note.corrected", "note", note_id, persons=[note.person_id], detail={"text": text, "why": why}
    )


def move_note(actor: Actor, note_id: uuid.UUID, to_person: uuid.UUID, why: str, *, version: int) -> None:
    """Move a note that was written on the wrong person to the right one, saying why.

    On the wrong one's timeline a line stays that a note was moved away, without its words; how it read stays
    for who keeps that record. Both people have it in their history. Raises NotThere, NotAllowed, Refused.
    """
    note = note_to_change(actor, note_id)
    seen(to_person)
    if note.person_id == to_person:
        if note.version == version + 1 and note.changed_how == "moved":
            return
        raise Refused(_("It stands on this person already."), code="same-person")
    _stands(note, version)
    wrong = note.person_id
    for field in note.sealed:
        have_key(to_person, field)
    Note.objects.create(
        service_id=actor.service,
        person_id=wrong,
        at=note.at,
        fields=note.fields,
        sealed=note.sealed,
        by_member=actor.member_id,
        by_staff_id=actor.staff_id,
        moved_away=True,
        changed_at=clock.now(),
        changed_by_id=actor.staff_id,
        changed_how="moved",
    )
    Note.objects.filter(id=note_id, version=version).update(
        person_id=to_person,
        version=version + 1,
        changed_at=clock.now(),
        changed_by_id=actor.staff_id,
        changed_how="moved",
        changed_why=why,
    )
    history.record(
        "note.moved",
        "note",
        note_id,
        persons=[wrong, to_person],
        detail={"from": wrong, "to": to_person, "why": why},
    )
