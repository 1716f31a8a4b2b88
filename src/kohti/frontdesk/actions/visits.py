"""A visit as it stands, and saying that it changed."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from ..models import State


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit after a change."""

    visit_id: uuid.UUID
    ticket: str
    state: str
    booking_id: uuid.UUID | None = None
    urgency: int = field(default=0, compare=False)


def ticket_of(letter: str, number: int) -> str:
    """A ticket as people read it: `D007`."""
    return f"{letter}{number:03d}"


def say(
    actor: Actor,
    verb: str,
    visit_id: uuid.UUID,
    person_id: uuid.UUID | None,
    *,
    centre_id: uuid.UUID | None = None,
    **detail: object,
) -> None:
    """Write a visit's change into the history, and tell every open screen of its centre."""
    if actor.device_id is not None:
        detail["device"] = str(actor.device_id)
    history.record(
        verb,
        "visit",
        visit_id,
        persons=[person_id] if person_id else [],
        detail=detail,
        tell=centre_id or actor.centre,
    )


def day_closed(centre_id: uuid.UUID, day: date) -> bool:
    """Whether a day of a centre has been closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from frontdesk_day where centre_id = %s and day = %s and closed_at is not null",
            [centre_id, day],
        )
        return cursor.fetchone() is not None


def refuse_closed(centre_id: uuid.UUID, day: date) -> NoReturn:
    """Say why nothing happens at a centre on a closed day: the day is over, or everybody had to leave the building."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select alarm_at is not null from frontdesk_day where centre_id = %s and day = %s",
            [centre_id, day],
        )
        row = cursor.fetchone()
    if row and row[0]:
        raise Refused(_("Everybody is out of the building. Open again first."), code="alarm")
    raise Refused(_("The centre has closed for today."), code="closed")


def _read(where: str, value: uuid.UUID) -> Moved | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select v.id, v.letter, v.number, v.state, v.booking_id, v.urgency from frontdesk_visit v where {where}",
            [value],
        )
        row = cursor.fetchone()
    return Moved(row[0], ticket_of(row[1], row[2]), row[3], row[4], row[5]) if row else None


def as_it_is(visit_id: uuid.UUID) -> Moved | None:
    """How a visit stands now, or None when there is none this actor may see. One statement."""
    return _read("v.id = %s", visit_id)


def it_is(visit_id: uuid.UUID) -> Moved:
    """How a visit stands now. Raises NotThere."""
    moved = as_it_is(visit_id)
    if moved is None:
        raise NotThere("no such visit")
    return moved


def visit_of(booking_id: uuid.UUID) -> Moved:
    """The visit a booking became. Raises NotThere."""
    moved = _read("v.counts and v.booking_id = %s", booking_id)
    if moved is None:
        raise NotThere("no such visit")
    return moved


def called_under(period_id: uuid.UUID) -> Moved | None:
    """The visit that was called under this claim: its period carries the claim's id."""
    return _read("v.id = (select p.visit_id from frontdesk_period p where p.id = %s)", period_id)


def state_words(ticket: str, state: str) -> str:
    """Why a visit cannot be moved from where it stands, in words."""
    words = {
        State.WAITING: _("%(ticket)s is waiting, not called."),
        State.CALLED: _("%(ticket)s has been called already."),
        State.SERVING: _("%(ticket)s is with a colleague."),
        State.DONE: _("%(ticket)s is done."),
        State.DID_NOT_COME: _("%(ticket)s did not come when called."),
        State.LEFT: _("%(ticket)s has left."),
        State.UNDONE: _("The check-in of %(ticket)s was taken back."),
    }
    return str(words[State(state)]) % {"ticket": ticket}
