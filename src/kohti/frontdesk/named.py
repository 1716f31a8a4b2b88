"""Whom somebody at a kiosk can be: asked with what they typed, answered with one appointment or none."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from allauth.core import ratelimit
from django.db import connection
from django.http import HttpRequest

from kohti.diary import codes
from kohti.kernel import actor as actors
from kohti.kernel import names, references
from kohti.kernel.actor import Actor, as_actor


class Named(NamedTuple):
    """What a kiosk is told: how it stands with the one appointment that was named.

    outcome: booked, here (they are checked in), seen, missed, cancelled; several or none; and for a code also
    other-day and elsewhere. Of these last two it is told when and where, and not what for.
    """

    outcome: str
    booking_id: uuid.UUID | None = None
    version: int = 0
    kind: dict[str, str] | None = None
    starts: datetime | None = None
    centre: str | None = None
    address: str | None = None
    ticket: str | None = None
    state: str | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed, as far as it can be something."""

    code: str = ""
    reference: str = ""
    born: date | None = None
    first: str = ""
    other: str = ""

    def __bool__(self) -> bool:
        """Whether it can name anybody."""
        return bool(self.code or self.reference or (self.born and self.first))


def code_or_reference(text: str) -> Said:
    """What was typed from a letter: the code of an appointment, or the reference of a person."""
    try:
        reference = references.read_reference(text)
    except references.BadReference:
        reference = ""
    return Said(code=codes.typed(text), reference=reference)


def born_and_initials(born: date, initials: str) -> Said:
    """A date of birth, and the first letters of two names, or of the only one."""
    letters = "".join(names.fold(initials).split())
    return Said(born=born, first=letters[:1], other=letters[-1:]) if letters.isalpha() else Said()


def day_of_birth(figures: str) -> date | None:
    """The day in eight figures: day, month, year. None for what is none."""
    digits = "".join(one for one in figures if one.isdigit())
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if len(digits) == 8 else None
    except ValueError:
        return None


def _tries(said: Said, device: Actor) -> dict[str, str]:
    digest = hashlib.sha256(f"{device.centre_id} {said}".encode()).hexdigest()
    return {"kiosk": str(device.device_id), "kiosk_code": digest}


def may_try(request: HttpRequest, device: Actor, said: Said) -> bool:
    """Whether this kiosk may ask again: after too many that named nobody, people are sent to the desk for a while."""
    with as_actor(actors.DOOR):
        return all(
            ratelimit.consume(request, action=action, key=key, dry_run=True)
            for action, key in _tries(said, device).items()
        )


def named(request: HttpRequest, device: Actor, said: Said) -> Named:
    """Who that can be, of today at this centre. What names nobody is counted, for the kiosk and for what was typed."""
    found = Named("none")
    if said:
        with connection.cursor() as cursor:
            cursor.execute(
                "select * from kohti.named_at_the_kiosk(%s, %s, %s, %s, %s)",
                [said.code, said.reference, said.born, said.first, said.other],
            )
            row = cursor.fetchone()
        if row is not None:
            found = Named._make(row)
            kind: Any = found.kind
            found = found._replace(kind=json.loads(kind) if isinstance(kind, str) else kind)
    if found.booking_id is None:
        with as_actor(actors.DOOR):
            for action, key in _tries(said, device).items():
                ratelimit.consume(request, action=action, key=key)
    return found
