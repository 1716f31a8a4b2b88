"""We were in touch with somebody: what was said, what changed, and what comes next, saved together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, writing
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people import fields as life

from ..models import Contact, Journey, Need
from . import plan
from .journeys import journey_to_change


@dataclass(frozen=True, slots=True)
class Said:
    """How a field of life goes: level 1 (hardest) to 4, None for "does not want to say"; whose view."""

    field: str
    level: int | None
    view: str = Need.View.COACH


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """One contact. `text` with its fields of life becomes a note; `came` false: it did not come about."""

    channel: str
    came: bool = True
    at: datetime | None = None
    text: str = ""
    fields: tuple[str, ...] = ()
    booking_id: uuid.UUID | None = None
    needs: tuple[Said, ...] = ()
    changes: tuple[plan.Change, ...] = ()


def write_contact(
    actor: Actor,
    journey_id: uuid.UUID,
    new: NewContact,
    *,
    key: str | None,
    known: plan.AtWork | None = None,
) -> uuid.UUID:
    """Write a contact with its note, its needs and the plan's changes: all of it, or nothing.

    Raises what `plan.change_plan` and `people.write_note` raise. At most four statements, and one for each sealed
    field; `key` is None where the caller has claimed one. With what is `known` of the way it is one.
    """
    made = new_id()
    before = once.first_time("contact.write", key, made)
    if before is not None:
        return before
    journey = known.journey if known is not None else journey_to_change(actor, journey_id)
    rows = writing.Rows()
    events: list[history.Event] = []
    note_id = None
    if new.text.strip():
        actors.must(actor, "people.note")
        note_id = new_id()
        events.append(people.add_note(rows, actor, journey.person_id, note_id, new.text, fields=new.fields))
    contact = Contact(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        at=new.at or clock.now(),
        channel=new.channel,
        came=new.came,
        note_id=note_id,
        booking_id=new.booking_id,
        by_member=actor.member_id,
        by_staff_id=actor.staff_id,
    )
    rows.add([contact])
    add_needs(rows, actor, journey, new.needs, contact_id=made)
    told = plan.add_changes(
        rows, actor, journey, new.changes, version_id=new_id(), contact_id=made, known=known
    )
    detail: dict[str, Any] = {"channel": new.channel, "came": new.came}
    if told:
        detail["plan"] = told
    if new.needs:
        detail["needs"] = [[one.field, one.view, one.level] for one in new.needs]
    events.append(
        history.Event("contact.written", "contact", made, persons=[journey.person_id], detail=detail)
    )
    rows.write(*events)
    return made


def add_needs(
    rows: writing.Rows,
    actor: Actor,
    journey: Journey,
    said: Sequence[Said],
    *,
    contact_id: uuid.UUID | None = None,
) -> None:
    """Put how fields of life go to what is about to be written, each a row of its own beside what was said before.

    Raises Refused where the key of a sealed field is not held.
    """
    sealed = set(life.sealed_of(actor, [one.field for one in said]))
    for field in sorted(sealed):
        people.have_key(journey.person_id, field)
    now = clock.now()
    rows.add(
        [
            Need(
                service_id=actor.service,
                person_id=journey.person_id,
                journey_id=journey.id,
                contact_id=contact_id,
                field=one.field,
                sealed=one.field if one.field in sealed else "",
                view=one.view,
                level=one.level,
                at=now,
                by_member=actor.member_id,
            )
            for one in said
        ]
    )
