"""How each line goes today, and how long it is going to take: an estimate from the day's own pace.

`wait_of` and `wait_for` answer whoever is of the service: a colleague, a board of the centre, a guest for the one
visit they are known by.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import clock

from . import waiting


@dataclass(frozen=True, slots=True)
class Wait:
    """How long somebody is going to wait: `minutes` as one says them, None where nobody can know; who is `ahead`."""

    minutes: int | None
    ahead: int
    promise: int

    @property
    def words(self) -> str:
        """The wait in the language in use; empty where nobody can know."""
        return wait_words(self.minutes)


def wait_words(minutes: int | None) -> str:
    """Minutes of waiting as one says them; empty where nobody can know."""
    if minutes is None:
        return ""
    if minutes < 5:
        return _("a few minutes")
    return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}


class Line(NamedTuple):
    """A stream today: who waits in it, who serves it and how fast.

    `promise` and `usual` (length of a talk as a rule) in minutes; `hands`: how many colleagues serve it, one who also
    serves another line as a share; `busy` of them are with somebody; `talks` of the last two hours took `minutes`
    in all; `came`: how many in the last hour.
    """

    id: uuid.UUID
    code: str
    title: str
    of_appointments: bool
    everybody: bool
    promise: int
    usual: float
    waiting: int
    busy: int
    hands: float
    talks: int
    minutes: float
    came: int

    @property
    def talk(self) -> float:
        """How long a talk of this line takes today, in minutes."""
        return waiting.talk_length(self.usual, self.talks, self.minutes)

    def wait(self, ahead: int) -> float | None:
        """How many minutes somebody with so many ahead of them still waits here; None where nobody serves."""
        return waiting.minutes_until_called(ahead, self.hands, self.busy, self.talk)

    @property
    def about(self) -> str:
        """How long whoever comes now waits, in words; empty where nobody can know."""
        return new_in(self).words

    @property
    def wanted(self) -> int:
        """How many more are needed at the desk to keep the promise; 0 while it is kept.

        Not of the line of appointments: each of these waits for one colleague. Nor of a line in which nobody waits.
        """
        if self.of_appointments or not self.waiting:
            return 0
        needed = waiting.needed(self.came / 60, self.talk, self.promise, self.waiting)
        return max(0, needed - max(0, int(self.hands + 0.5)))


def lines(centre_id: uuid.UUID, day: date) -> list[Line]:
    """The streams of the service in their order, with how they go at a centre on a day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.paces(%s, %s) order by place", [centre_id, day])
        return [Line._make(row[:-1]) for row in cursor.fetchall()]


def wait_of(centre_id: uuid.UUID, day: date, stream: str) -> Wait | None:
    """How long whoever comes now waits in a stream (its code); None where there is none such. One statement."""
    line = next((one for one in lines(centre_id, day) if one.code == stream), None)
    return None if line is None else new_in(line)


def new_in(line: Line) -> Wait:
    """How long whoever comes now waits in this line."""
    minutes = line.wait(line.waiting)
    return Wait(None if minutes is None else waiting.rounded(minutes), line.waiting, line.promise)


def wait_for(centre_id: uuid.UUID, day: date, visit_id: uuid.UUID) -> Wait | None:
    """How long this visit still waits; None where it does not wait, or is none of the actor's. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.place_in_line(%s)", [visit_id])
        row = cursor.fetchone()
    if row is None or not row[2]:
        return None
    code, ahead, _waits, named, busy, agreed_at = row
    line = next((one for one in lines(centre_id, day) if one.code == code), None)
    if line is None:
        return None
    return Wait(still(line, ahead, named=named, busy=busy, agreed_at=agreed_at), ahead, line.promise)


def still(line: Line, ahead: int, *, named: bool, busy: bool, agreed_at: datetime | None) -> int | None:
    """How many minutes, as one says them, somebody with so many ahead of them still waits; None: nobody can know.

    `named`: they wait for one colleague, who is with somebody (`busy`) or not. Nobody is called before the agreed time.
    """
    if named:
        minutes: float | None = waiting.minutes_until_called(ahead, 1, int(busy), line.talk)
    else:
        minutes = line.wait(ahead)
    if minutes is not None and agreed_at is not None:
        minutes = max(minutes, (agreed_at - clock.now()).total_seconds() / 60)
    return None if minutes is None else waiting.rounded(minutes)
