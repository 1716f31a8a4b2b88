"""Reads of the front desk for pages and live news: typed rows, a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Container, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from kohti.kernel import clock, history, names
from kohti.kernel.actor import Actor
from kohti.kernel.words import title

from .models import IN_LINE, Reason
from .paces import Line, Wait, lines, wait_for, wait_of

__all__ = [
    "Arrival", "Card", "Line", "Numbers", "Wait", "Waits", "arrival_of", "arrivals", "arrivals_of", "before", "cards_of",
    "find_arrivals", "lines", "next_of", "numbers_of", "queue", "reasons", "wait_for", "wait_of", "waits",
]  # fmt: skip


class Arrival(NamedTuple):
    """A line of the day's arrivals: a booking, the visit it became, or a walk-in's visit alone.

    `languages` are codes with commas between, `heed` the person's own marks as JSON (`glance`). `ask` is none
    where the person is seen; of one who is not, the name to ask, or nothing.
    """

    booking_id: uuid.UUID | None
    booking_version: int
    booking_state: str
    at: datetime
    person_id: uuid.UUID | None
    name: str
    note: str
    staff: str
    kind: str
    visit_id: uuid.UUID | None
    visit_version: int
    visit_state: str
    letter: str
    number: int
    arrived_at: datetime | None
    reference: str
    languages: str
    interpreter: str
    heed: str | None
    ask: str | None
    late: int = 0
    """How many minutes later they said, by their link, that they come."""

    def __hash__(self) -> int:
        """Pages keep how they show hundreds."""
        return hash((self.at, self.name, self.number, self.visit_version))

    @property
    def id(self) -> uuid.UUID:
        """What the line is known by on the page: its booking, or the visit of a walk-in."""
        known = self.booking_id or self.visit_id
        assert known is not None
        return known

    @property
    def ticket(self) -> str:
        """The ticket as people read it, empty before arrival."""
        return f"{self.letter}{self.number:03d}" if self.number else ""

    @property
    def kind_title(self) -> str:
        """The kind of appointment or the reason, in the language in use."""
        return title(self.kind)

    @property
    def state(self) -> str:
        """expected, missed, or the visit's own state."""
        if self.visit_state:
            return self.visit_state
        return "missed" if self.booking_state == "missed" else "expected"


def _of_person(person_id: str) -> str:
    """What stands on a person's own row, and whom to ask where the reader may not see it: no further table."""
    return f"""
    coalesce(array_to_string(p.languages, ','), ''), coalesce(p.interpreter, ''), p.heed::text,
    case when p.id is null and {person_id} is not null then coalesce(kohti.whom_to_ask({person_id}), '') end
"""


# Each booking's visit by its own index, one by one: how many of today's bookings have a visit no statistics
# know in time, and a plan made for none of them compares every booking with every visit.
BOOKED = f"""
select b.id, b.version, b.state, b.starts, b.person_id, coalesce(p.full_name, ''), b.note,
    coalesce(s.full_name, ''), k.title, v.id, coalesce(v.version, 0), coalesce(v.state, ''),
    coalesce(v.letter, ''), coalesce(v.number, 0), v.arrived_at, b.reference,
    {_of_person("b.person_id")}, coalesce(b.late_minutes, 0)
from diary_booking b
join diary_kind k on k.id = b.kind_id
left join people_person p on p.id = b.person_id
left join team_staff s on s.id = b.staff_id
left join lateral (
    select v.id, v.version, v.state, v.letter, v.number, v.arrived_at from frontdesk_visit v
    where v.booking_id = b.id and v.counts limit 1) v on true
where b.centre_id = %(centre)s and b.day = %(day)s and b.state <> 'cancelled'
"""

WALKED_IN = f"""
select null::uuid, 0, '', v.arrived_at, v.person_id, coalesce(p.full_name, v.given_name), v.door_note,
    coalesce(s.full_name, ''), v.title, v.id, v.version, v.state, v.letter, v.number, v.arrived_at, '',
    {_of_person("v.person_id")}, 0
from frontdesk_visit v
left join people_person p on p.id = v.person_id
left join team_staff s on s.id = v.with_staff_id
where v.centre_id = %(centre)s and v.day = %(day)s and v.booking_id is null and v.counts
"""


def _arrivals(query: str, params: dict[str, Any]) -> list[Arrival]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [Arrival._make(row) for row in cursor.fetchall()]


def arrivals(centre_id: uuid.UUID, day: date) -> list[Arrival]:
    """Everybody expected or here on a day at a centre, by time. One statement."""
    return _arrivals(f"{BOOKED} union all {WALKED_IN} order by 4, 1, 10", {"centre": centre_id, "day": day})


def arrivals_of(centre_id: uuid.UUID, day: date, visit_ids: Sequence[uuid.UUID]) -> list[Arrival]:
    """The lines of some visits, for live news. One statement.

    A visit that was undone comes back as its booking's line, expected again.
    """
    return _arrivals(
        f"{BOOKED} and b.id in (select booking_id from frontdesk_visit where id = any(%(ids)s))"
        f" union all {WALKED_IN} and v.id = any(%(ids)s) order by 4, 1, 10",
        {"centre": centre_id, "day": day, "ids": list(visit_ids)},
    )


def arrival_of(
    centre_id: uuid.UUID, day: date, visit_id: uuid.UUID, booking_id: uuid.UUID | None
) -> Arrival | None:
    """The line of one visit, or of the booking it belongs to. One statement."""
    where = " and b.id = %(id)s" if booking_id else " and v.id = %(id)s"
    found = _arrivals(
        (BOOKED if booking_id else WALKED_IN) + where,
        {"centre": centre_id, "day": day, "id": booking_id or visit_id},
    )
    return found[0] if found else None


def find_arrivals(actor: Actor, day: date, text: str) -> list[Arrival]:
    """Those of the day whose name, reference or ticket begins with, or has a word that begins with, `text`.

    Best first: still expected, then by time; at most 20. Whom it found is written into the history.
    Two statements.
    """
    assert actor.centre_id is not None
    wanted = names.fold(text).split()
    if not wanted:
        return []
    bare = text.strip().casefold()

    def matches(line: Arrival) -> bool:
        words = names.fold(line.name).split()
        if all(any(word.startswith(part) for word in words) for part in wanted):
            return True
        if line.reference and len(bare) > 2 and bare in line.reference.casefold():
            return True
        return bool(line.number) and bare in (line.ticket.casefold(), str(line.number))

    found = [line for line in arrivals(actor.centre_id, day) if matches(line)]
    found.sort(key=lambda line: (line.state != "expected", line.at))
    found = found[:20]
    persons = [line.person_id for line in found if line.person_id]
    if persons:
        history.record("person.found", "arrivals", None, persons=persons, detail={"typed": text})
    return found


class Card(NamedTuple):
    """A visit in the queue."""

    id: uuid.UUID
    version: int
    letter: str
    number: int
    stream: str
    state: str
    state_since: datetime
    urgency: int
    agreed_at: datetime | None
    arrived_at: datetime
    order_at: datetime
    name: str
    called: str
    note: str
    staff_id: uuid.UUID | None
    staff: str
    with_staff_id: uuid.UUID | None
    with_staff: str
    desk: str
    kind: str | None
    languages: str
    interpreter: str
    heed: str | None
    ask: str | None
    person_id: uuid.UUID | None
    parked_until: datetime | None
    word: str
    handed_by: str
    asked: str
    helped: bool
    promise: int
    promises: str | None
    booking_id: uuid.UUID | None = None

    def __hash__(self) -> int:
        """Pages keep how they show hundreds."""
        return hash((self.arrived_at, self.number, self.version))

    @property
    def ticket(self) -> str:
        """The ticket as people read it."""
        return f"{self.letter}{self.number:03d}"

    @property
    def kind_title(self) -> str:
        """What they come for, in the language in use."""
        return title(self.kind) if self.kind else ""

    def waited(self) -> int:
        """Whole minutes in the line: since arrival, or since the agreed time when that is later."""
        since = max(self.arrived_at, self.agreed_at) if self.agreed_at else self.arrived_at
        return max(0, int((clock.now() - since).total_seconds() // 60))


OPEN_CARDS = f"""
select v.id, v.version, v.letter, v.number, t.code,
    case when v.state = 'waiting' and v.parked_until > kohti.now() then 'parked' else v.state end, v.state_since,
    v.urgency, v.agreed_at,
    v.arrived_at, v.order_at, coalesce(p.full_name, v.given_name), coalesce(p.called, ''),
    v.door_note, v.staff_id, coalesce(s.full_name, ''), v.with_staff_id,
    coalesce(w.full_name, ''), v.desk, v.title,
    {_of_person("v.person_id")}, p.id, v.parked_until, v.word, coalesce(h.full_name, ''),
    coalesce(a.full_name, ''), v.next_help is not null, t.promise_minutes,
    v.promises::text, v.booking_id
from frontdesk_visit v join frontdesk_stream t on t.id = v.stream_id
left join people_person p on p.id = v.person_id left join team_staff h on h.id = v.handed_by_id
left join team_staff s on s.id = v.staff_id left join team_staff w on w.id = v.with_staff_id
left join team_staff a on a.id = v.asked_staff_id
where v.centre_id = %(centre)s and v.day = %(day)s and v.is_open
"""
IN_ORDER = " order by v.urgency desc, v.order_at, v.number"


def _cards(query: str, params: dict[str, Any]) -> list[Card]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [Card._make(row) for row in cursor.fetchall()]


def queue(centre_id: uuid.UUID, day: date) -> list[Card]:
    """The open visits of a centre's day in the order they will be called. One statement."""
    return _cards(OPEN_CARDS + IN_ORDER, {"centre": centre_id, "day": day})


def cards_of(centre_id: uuid.UUID, day: date, visit_ids: Sequence[uuid.UUID]) -> list[Card]:
    """Those of some visits that are open, in the order of the queue. One statement."""
    return _cards(
        OPEN_CARDS + " and v.id = any(%(ids)s)" + IN_ORDER,
        {"centre": centre_id, "day": day, "ids": list(visit_ids)},
    )


def next_of(queue: Sequence[Card], staff_id: uuid.UUID | None, everybody: Container[str]) -> Card | None:
    """Whom `actions.call_next` would call for this colleague, of a whole `queue` in its order.

    `everybody` are the codes of the streams whose visitors anyone may call, unless they wait for one colleague.
    """
    for card in queue:
        mine = card.staff_id == staff_id if card.staff_id else card.stream in everybody
        if card.state == "waiting" and mine:
            return card
    return None


def before(centre_id: uuid.UUID, day: date, visit_id: uuid.UUID) -> int:
    """How many wait before this visit for the same colleague, or in the same line where it is nobody's yet.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from frontdesk_visit v, frontdesk_visit mine where mine.id = %(id)s"
            f" and v.centre_id = %(centre)s and v.day = %(day)s and v.is_open and v.state = 'waiting' and {IN_LINE}"
            " and case when mine.staff_id is null then v.stream_id = mine.stream_id"
            "  else v.staff_id = mine.staff_id end"
            " and (-v.urgency, v.order_at, v.number) < (-mine.urgency, mine.order_at, mine.number)",
            {"id": visit_id, "centre": centre_id, "day": day},
        )
        return int(cursor.fetchone()[0])


class Waits(NamedTuple):
    """A stream in which somebody waits: how many, whole minutes of who waits longest, and those promised."""

    title: str
    waiting: int
    longest: int
    promise: int


def waits(centre_id: uuid.UUID, day: date) -> list[Waits]:
    """The streams in which somebody waits, in their order. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.title, count(*),"
            " max(extract(epoch from %s - greatest(v.arrived_at, v.agreed_at))), t.promise_minutes"
            " from frontdesk_visit v join frontdesk_stream t on t.id = v.stream_id"
            f" where v.centre_id = %s and v.day = %s and v.is_open and v.state = 'waiting' and {IN_LINE}"
            " group by t.id order by t.position",
            [clock.now(), centre_id, day],
        )
        return [
            Waits(title(named), waiting, max(0, int(longest // 60)), promise)
            for named, waiting, longest, promise in cursor.fetchall()
        ]


class Numbers(NamedTuple):
    """The day in numbers, for the top of the pages."""

    expected: int
    waiting: int
    longest_wait: int
    crisis: int
    late: int


def numbers_of(centre_id: uuid.UUID, day: date) -> Numbers:
    """Count a day at a centre. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from diary_booking b where b.centre_id = %(centre)s and b.day = %(day)s"
            "  and b.state = 'booked'),"
            " count(*), coalesce(max(extract(epoch from %(now)s - greatest(v.arrived_at, v.agreed_at))), 0),"
            " count(*) filter (where v.urgency = 2), count(*) filter (where %(now)s"
            "  >= greatest(v.arrived_at, v.agreed_at) + make_interval(mins => t.promise_minutes))"
            " from frontdesk_visit v join frontdesk_stream t on t.id = v.stream_id"
            " where v.centre_id = %(centre)s and v.day = %(day)s and v.is_open"
            f" and v.state = 'waiting' and {IN_LINE}",
            {"centre": centre_id, "day": day, "now": clock.now()},
        )
        expected, waiting, longest, crisis, late = cursor.fetchone()
    return Numbers(expected, waiting, max(0, int(longest // 60)), crisis, late)


def reasons() -> list[Reason]:
    """The reasons people walk in, in their order. One statement."""
    return list(Reason.objects.filter(retired=False).order_by("position"))
