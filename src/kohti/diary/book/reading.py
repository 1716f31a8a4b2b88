"""Reads of the appointment book: what is booked, and who or what could be."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from kohti.kernel import clock, history, names, reading, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.errors import NotThere
from kohti.people import queries as people
from kohti.people.promising import of_a_room

from ..rota.placed import PLACED, gathered
from ..sessions import HELD, Session, as_held


class Block(NamedTuple):
    """An appointment as it stands in the book; the name is empty where the reader does not see the person."""

    id: uuid.UUID
    starts: datetime
    ends: datetime
    day: date
    staff_id: uuid.UUID | None
    room_id: uuid.UUID | None
    person_id: uuid.UUID | None
    name: str
    kind: str
    staff: str
    room: str
    state: str
    beside: bool
    version: int

    def __hash__(self) -> int:
        """Pages keep what they drew of hundreds."""
        return hash((self.id, self.version))

    @property
    def holds(self) -> bool:
        """Whether it takes up time."""
        return self.state in ("booked", "kept")


OF_A_DAY = """
select b.id, b.starts, b.ends, b.day, b.staff_id, b.room_id, p.id, coalesce(p.full_name, ''), b.kind_id::text,
    '', '', b.state, b.beside_by is not null, b.version
from diary_booking b left join people_person p on p.id = b.person_id
"""
"""Four hundred of them: what they have in common (kinds, colleagues, rooms) is asked once, not for each."""
BLOCKS = """
select b.id, b.starts, b.ends, b.day, b.staff_id, b.room_id, p.id, coalesce(p.full_name, ''), k.title,
    coalesce(s.full_name, ''), coalesce(r.name, ''), b.state, b.beside_by is not null, b.version
from diary_booking b
join diary_kind k on k.id = b.kind_id
left join people_person p on p.id = b.person_id
left join team_staff s on s.id = b.staff_id
left join diary_room r on r.id = b.room_id
"""


class Column(NamedTuple):
    """Somebody or something that can be booked: a colleague, a room, or (None) whatever has neither."""

    id: uuid.UUID | None
    name: str
    kind: str = ""
    has: tuple[str, ...] = ()


class Open(NamedTuple):
    """When the centre is open on a day."""

    day: date
    opens: datetime
    closes: datetime


class Away(NamedTuple):
    """When a colleague is not here."""

    staff_id: uuid.UUID
    starts: datetime
    ends: datetime


OPEN = reading.Part(
    """
select d.day::date as day, (d.day::date + o.opens) at time zone %(zone)s as opens,
    (d.day::date + least(o.closes, c.closes)) at time zone %(zone)s as closes
from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d(day)
join diary_opening o on o.centre_id = %(centre)s and o.weekday = extract(isodow from d.day) - 1
left join diary_closure c on c.centre_id = o.centre_id and c.day = d.day::date
where c.id is null or c.closes > o.opens
order by 1
""",
    lambda row: Open(
        date.fromisoformat(row["day"]),
        datetime.fromisoformat(row["opens"]),
        datetime.fromisoformat(row["closes"]),
    ),
)
AWAY = reading.Part(
    """
select staff_id, starts, ends from diary_absence
where centre_id = %(centre)s and ends > %(from)s and starts < %(until)s order by starts
""",
    lambda row: Away(
        uuid.UUID(row["staff_id"]),
        datetime.fromisoformat(row["starts"]),
        datetime.fromisoformat(row["ends"]),
    ),
)
HERE = """
s.id = any(array(select m.staff_id from team_membership m join team_role r on r.id = m.role_id
    where m.centre_id = %(centre)s and m.starts < %(until)s
      and (m.ends is null or m.ends > %(from)s) and r.verbs ? 'journeys.work'))
"""
"""Who takes appointments at the centre: whose role works with people on their way."""
BY_ROTA = """
s.id in (select l.staff_id from diary_rotaline l join diary_rota r on r.id = l.rota_id
    where r.centre_id = %(centre)s and r.starts <= %(last)s and (r.ends is null or r.ends > %(first)s)
    union all select x.cover_id from diary_rotachange x
    where x.centre_id = %(centre)s and x.ended_at is null and x.first <= %(last)s and x.last >= %(first)s)
"""
"""Whom a rota places there in these days, on whatever weekday, and who stands in."""
COLLEAGUES = reading.Part(
    f"""
select s.id, s.full_name, '' as kind from team_staff s
where (s.centre_id = %(centre)s and (s.id = any(%(staff)s::uuid[]) or {HERE})) or {BY_ROTA}
order by s.sort_key, s.id
""",
    lambda row: Column(uuid.UUID(row["id"]), row["full_name"]),
)
FENCED = reading.Part(
    "select f.staff_id, f.day from kohti.fenced_between(array[%(centre)s]::uuid[], %(first)s, %(last)s) f",
    lambda row: (uuid.UUID(row["staff_id"]), date.fromisoformat(row["day"])),
)
ROOMS = reading.Part(
    """
select r.id, r.name, r.kind, r.has from diary_room r
where r.centre_id = %(centre)s and (not r.retired or r.id = any(%(rooms)s::uuid[]))
order by array_position(array['room', 'quiet', 'desk'], r.kind::text), length(r.name), r.name
""",
    lambda row: Column(uuid.UUID(row["id"]), row["name"], row["kind"], tuple(row["has"])),
)


KINDS = reading.Part(
    "select id, title::text as title from diary_kind",
    lambda row: (row["id"], row["title"]),
)


@dataclass(frozen=True, slots=True)
class Pages:
    """Some days of a centre's book."""

    first: date
    last: date
    blocks: Sequence[Block]
    open: dict[date, Open]
    away: Sequence[Away]
    colleagues: Sequence[Column]
    rooms: Sequence[Column]
    held: Sequence[Session]
    by_rota: dict[tuple[uuid.UUID, date], tuple[tuple[datetime, datetime], ...]]
    """When those are here who can be booked by the rota only, by colleague and day."""


def pages(
    actor: Actor,
    first: date,
    last: date,
    *,
    staff_id: uuid.UUID | None = None,
    room_id: uuid.UUID | None = None,
) -> Pages:
    """The book of the actor's centre from a day to a day, of everybody, of one colleague or of one room. Two statements.

    Whoever is named in it is written into the history as listed, in a third.
    """
    values: dict[str, Any] = {
        "centre": actor.centre,
        "zone": str(actor.zone),
        "first": first,
        "last": last,
        "from": clock.local(first, "00:00", actor.zone),
        "until": clock.local(last + timedelta(days=1), "00:00", actor.zone),
        "staff": staff_id,
        "room": room_id,
    }
    only = " and b.staff_id = %(staff)s" if staff_id else ""
    only += " and b.room_id = %(room)s" if room_id else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{OF_A_DAY} where b.centre_id = %(centre)s and b.day between %(first)s and %(last)s{only}"
            " and b.state <> 'cancelled' order by b.starts, b.id",
            values,
        )
        rows = cursor.fetchall()
    values["staff"] = [*{row[4] for row in rows if row[4]}, *([staff_id] if staff_id else [])]
    values["rooms"] = [*{row[5] for row in rows if row[5]}, *([room_id] if room_id else [])]
    opened, away, colleagues, rooms, kinds_, held, stretches, fenced = reading.together(
        values, OPEN, AWAY, COLLEAGUES, ROOMS, KINDS, HELD, PLACED, FENCED
    )
    places = gathered(stretches)
    held = as_held(held, places)
    by_rota: dict[tuple[uuid.UUID, date], tuple[tuple[datetime, datetime], ...]] = dict.fromkeys(fenced, ())
    come = {one.staff_id for one in places}
    for place in places:
        if place.staff_id and (place.staff_id, place.day) in by_rota:
            by_rota[place.staff_id, place.day] += place.here
    on_other_days = {one for one, _day in fenced} - come - set(values["staff"])
    colleagues = [one for one in colleagues if one.id not in on_other_days]
    known = {one.id for one in colleagues}
    holders = {one.staff_id: Column(one.staff_id, one.staff) for one in held if one.staff_id}
    if staff_id is None:
        colleagues = [*colleagues, *(one for key, one in holders.items() if key not in known)]
    titles: dict[str, str] = dict(kinds_)
    names_of: dict[uuid.UUID | None, str] = {one.id: one.name for one in (*colleagues, *rooms)}
    blocks = [
        Block._make((*row[:8], titles[row[8]], names_of.get(row[4], ""), names_of.get(row[5], ""), *row[11:]))
        for row in rows
    ]
    persons = dict.fromkeys(one.person_id for one in blocks if one.person_id)
    if persons and actor.kind == "member":
        history.record("person.listed", "book", actor.centre, persons=[*persons])
    return Pages(
        first, last, blocks, {one.day: one for one in opened}, away, colleagues, rooms, held, by_rota
    )


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment of the book, with what is known of it."""

    block: Block
    note: str
    reason: str
    by: str
    has: Sequence[str]
    heed: str | None

    @property
    def needs(self) -> tuple[str, ...]:
        """What its person needs of a room on that day, as far as the reader may know."""
        return of_a_room(self.heed, self.block.day)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What they need and the room it is in has not; all of it without a room."""
        return tuple(code for code in self.needs if code not in self.has)

    @property
    def kind_title(self) -> str:
        """The kind of appointment, in the language in use."""
        return words.title(self.block.kind)

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.block.ends - self.block.starts) / timedelta(minutes=1))


def appointment(actor: Actor, booking_id: uuid.UUID) -> Appointment:
    """One appointment of the actor's centre. Whoever it is with is in the history as listed. Raises NotThere."""
    with connection.cursor() as cursor:
        cursor.execute(
            BLOCKS.replace(
                "b.version\n",
                "b.version, b.note, b.reason, coalesce((select t.full_name from team_membership m"
                " join team_staff t on t.id = m.staff_id where m.id = b.beside_by), ''), coalesce(r.has, '{}'), p.heed::text\n",
                1,
            )
            + " where b.id = %s and b.centre_id = %s",
            [booking_id, actor.centre],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such booking")
    found = Appointment(Block._make(row[:-5]), *row[-5:])
    if found.block.person_id:
        history.record("person.listed", "booking", booking_id, persons=[found.block.person_id])
    return found


class Kind(NamedTuple):
    """A kind of appointment and its length."""

    id: uuid.UUID
    title: str
    minutes: int


def kinds() -> list[Kind]:
    """The kinds of appointment that can be booked, by their titles. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select id, title, minutes from diary_kind where not retired")
        found = [Kind(row[0], words.title(row[1]), row[2]) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: one.title)


class Somebody(NamedTuple):
    """Somebody an appointment could be with; `heed`: what the desk heeds of them."""

    id: uuid.UUID
    name: str
    heed: str | None = None


def somebody(person_id: uuid.UUID) -> Somebody | None:
    """The person, where the actor sees them."""
    with connection.cursor() as cursor:
        cursor.execute("select id, full_name, heed::text from people_person where id = %s", [person_id])
        row = cursor.fetchone()
    return Somebody(*row) if row else None


def find(actor: Actor, text: str) -> list[Somebody]:
    """Those whom the actor sees and `text` names, best first: by the people's search for whoever may, else of whom
    the floor sees today.
    """
    if may(actor, "people.find"):
        return [Somebody(one.id, one.full_name) for one in people.find(actor, text)]
    wanted = names.fold(text).split()
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.id, p.full_name from people_person p"
            " where p.id = any((select kohti.people_on_my_floor())::uuid[]) order by p.sort_key, p.id"
        )
        rows = dict(cursor.fetchall())
    found = [
        Somebody(person_id, name)
        for person_id, name in rows.items()
        if all(any(one.startswith(part) for one in names.fold(name).split()) for part in wanted)
    ][:20]
    if found:
        history.record(
            "person.found", "book", None, persons=[one.id for one in found], detail={"typed": text}
        )
    return found


def choices(actor: Actor) -> tuple[list[Column], list[Column]]:
    """The colleagues and the rooms that can be booked at the actor's centre now. One statement."""
    values = {
        "centre": actor.centre,
        "from": clock.now(),
        "until": clock.now() + timedelta(minutes=1),
        "first": clock.today(actor.zone),
        "last": date.max,
        "staff": [],
        "rooms": [],
    }
    colleagues, rooms = reading.together(values, COLLEAGUES, ROOMS)
    return colleagues, rooms
