"""Tomorrow's sheet: who comes, who needs what, who is where and has time, on the screen and on paper.

Tomorrow is the next day the centre is open. Names stand where the reader may see them: whoever is seen on the day
alone has no name before it, and the sheet says whom to ask.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.diary.sessions import Session, sessions
from kohti.kernel import clock, documents, history, reading, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Block, Heading, Made, Table, Text
from kohti.kernel.reading import Row, at
from kohti.people.attachments.letters import sender_of
from kohti.people.spoken import own_languages

from .glance import Glance, at_a_glance, whom_to_ask

AHEAD = 28
"""How many days ahead an open one is looked for."""
GAP = timedelta(minutes=20)
"""From what length on a stretch of nothing is worth saying."""


class Coming(NamedTuple):
    """Somebody booked. `ask`: of one who is not seen, the name to ask, or nothing; none where they are seen."""

    starts: datetime
    ends: datetime
    person_id: uuid.UUID | None
    name: str
    ask: str | None
    staff_id: uuid.UUID | None
    staff: str
    kind: str
    room: str
    note: str
    languages: str
    interpreter: str
    heed: str | None

    def __hash__(self) -> int:
        """Pages keep how they show hundreds."""
        return hash((self.starts, self.name, self.staff, self.room))


Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague on the day: what is booked with them, when they are away, where they are, and the drop-ins they hold."""

    name: str
    booked: list[Span]
    away: list[Span]
    rooms: list[str]
    holds: list[Span]

    def is_in(self, room: str) -> None:
        """They are in this room, too."""
        if room and room not in self.rooms:
            self.rooms.append(room)

    def gaps(self, opens: datetime, closes: datetime) -> list[Span]:
        """The stretches of the opening hours in which they are here and nothing is booked."""
        found, since = [], opens
        for starts, ends in sorted([*self.booked, *self.holds, *self.away]):
            if min(starts, closes) - since >= GAP:
                found.append((since, min(starts, closes)))
            since = max(since, ends)
        return [*found, (since, closes)] if closes - since >= GAP else found

    def away_all_day(self, opens: datetime, closes: datetime) -> bool:
        """Whether they are not here at all."""
        return any(starts <= opens and ends >= closes for starts, ends in self.away)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day of a centre, as it stands now."""

    day: date
    opens: datetime
    closes: datetime
    coming: list[Coming]
    colleagues: list[Colleague]
    held: list[Session]
    alone: set[int]
    """Which of those coming have an appointment with nobody who is here then."""


NEXT_OPEN = reading.Part(
    """
select (d.day::date + o.opens) at time zone %(zone)s as starts,
    (d.day::date + least(o.closes, c.closes)) at time zone %(zone)s as ends
from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d(day)
join diary_opening o on o.centre_id = %(centre)s and o.weekday = extract(isodow from d.day) - 1
left join diary_closure c on c.centre_id = %(centre)s and c.day = d.day::date
where c.id is null or c.closes > o.opens
order by 1 limit 1
""",
    lambda row: _span(row),
)
# Hundreds of them: read as plain rows, which cost half of what the same costs as JSON; what they have in common
# (colleagues, kinds, rooms) is asked once, not for each.
COMING = """
select b.starts, b.ends, p.id, coalesce(p.full_name, ''),
    case when p.id is null and b.person_id is not null then coalesce(kohti.whom_to_ask(b.person_id), '') end,
    b.staff_id, b.kind_id::text, b.room_id::text, b.note,
    coalesce(array_to_string(p.languages, ','), ''), coalesce(p.interpreter, ''), p.heed::text
from diary_booking b left join people_person p on p.id = b.person_id
where b.centre_id = %(centre)s and b.day = %(day)s and b.state <> 'cancelled'
order by b.starts, b.id
"""
NAMED = reading.Part(
    """
select id, title::text as name from diary_kind
union all select id, name from diary_room where centre_id = %(centre)s
""",
    lambda row: (str(row["id"]), str(row["name"])),
)
AT_WORK = reading.Part(
    """
select s.id, s.full_name as name
from team_staff s
where s.id = any(%(booked)s::uuid[]) or s.centre_id = %(centre)s and s.id = any(array(
    select m.staff_id from team_membership m join team_role r on r.id = m.role_id
    where m.centre_id = %(centre)s and m.starts < %(until)s
        and (m.ends is null or m.ends > %(from)s) and r.verbs ? 'journeys.work'))
order by s.sort_key, s.id
""",
    lambda row: (uuid.UUID(row["id"]), str(row["name"])),
)
AWAY = reading.Part(
    """
select a.staff_id as id, a.starts, a.ends from diary_absence a
where a.centre_id = %(centre)s and a.starts < %(until)s and a.ends > %(from)s order by a.starts
""",
    lambda row: (uuid.UUID(row["id"]), _span(row)),
)


def _span(row: Row) -> Span:
    starts, ends = at(row["starts"]), at(row["ends"])
    assert starts is not None and ends is not None  # noqa: PT018 - columns that are never empty
    return starts, ends


def sheet(actor: Actor) -> Sheet | None:
    """The sheet of the next day the actor's centre is open, or None when it stays closed for four weeks.

    Four statements; whose names were shown is for the caller to record (`shown`).
    """
    today = clock.today(actor.zone)
    first, last = today + timedelta(days=1), today + timedelta(days=AHEAD)
    asked = {"zone": str(actor.zone), "centre": actor.centre, "first": first, "last": last}
    (opened,) = reading.together(asked, NEXT_OPEN)
    if not opened:
        return None
    opens, closes = opened[0]
    day = opens.astimezone(actor.zone).date()
    values = {"centre": actor.centre, "day": day, "from": opens, "until": closes}
    with connection.cursor() as cursor:
        cursor.execute(COMING, values)
        rows = cursor.fetchall()
    booked = {row[5] for row in rows if row[5]}
    at_work, away, named = reading.together(values | {"booked": [*booked]}, AT_WORK, AWAY, NAMED)
    staff, names = dict(at_work), dict(named)
    place = {staff_id: number for number, staff_id in enumerate(staff)}
    rows.sort(key=lambda row: (row[0], place.get(row[5], len(place))))
    coming = [
        Coming._make((*row[:6], staff.get(row[5], ""), names[row[6]], names.get(row[7], ""), *row[8:]))
        for row in rows
    ]
    held = sessions(actor, actor.centre, day)
    colleagues = {staff_id: Colleague(name, [], [], [], []) for staff_id, name in at_work}
    for one in coming:
        if one.staff_id is not None:
            colleagues[one.staff_id].booked.append((one.starts, one.ends))
            colleagues[one.staff_id].is_in(one.room)
    for session in held:
        if session.staff_id in colleagues:
            colleagues[session.staff_id].holds.append((session.starts, session.ends))
            colleagues[session.staff_id].is_in(session.room)
    for whose, span in away:
        if whose in colleagues:
            colleagues[whose].away.append(span)
    missing = {staff_id: one.away for staff_id, one in colleagues.items() if one.away}
    alone = {
        number
        for number, one in enumerate(coming)
        if one.staff_id is None
        or (
            one.staff_id in missing
            and any(starts < one.ends and ends > one.starts for starts, ends in missing[one.staff_id])
        )
    }
    return Sheet(day, opens, closes, coming, list(colleagues.values()), held, alone)


def look(one: Coming, day: date, own: Sequence[str]) -> Glance:
    """What to know of one of those coming on a day, where the service speaks `own`."""
    return at_a_glance(
        note=one.note,
        heed=one.heed,
        languages=one.languages,
        interpreter=one.interpreter,
        ask=one.ask,
        day=day,
        own=own,
    )


def shown(actor: Actor, found: Sheet, verb: str) -> None:
    """Write into the history whose names the sheet showed."""
    persons = [*dict.fromkeys(one.person_id for one in found.coming if one.person_id)]
    if persons or verb != "person.listed":
        history.record(verb, "centre", actor.centre, persons=persons, detail={"day": found.day.isoformat()})


def name_of(one: Coming) -> str:
    """The name, or whom to ask."""
    return one.name or whom_to_ask(one.ask) or _("No name given")


def spans(actor: Actor, found: Sequence[Span]) -> str:
    """Stretches of time, in local hours."""
    zone = actor.zone
    return ", ".join(
        f"{words.clock_time(starts, zone)}–{words.clock_time(ends, zone)}" for starts, ends in found
    )


def where(actor: Actor, found: Sheet, one: Colleague) -> tuple[str, str, str, str]:
    """A colleague's day in words: how many are booked with them, the rooms, when they are away, when they have time."""
    number = words.number(len(one.booked))
    if one.away_all_day(found.opens, found.closes):
        return number, "", _("All day"), ""
    clipped = [(max(starts, found.opens), min(ends, found.closes)) for starts, ends in one.away]
    return (
        number,
        ", ".join(one.rooms),
        spans(actor, clipped),
        spans(actor, one.gaps(found.opens, found.closes)),
    )


def count_words(found: Sheet, needing: int) -> str:
    """The sheet in one sentence."""
    coming = len(found.coming)
    said = ngettext("%(number)s person", "%(number)s people", coming) % {"number": words.number(coming)}
    return _(
        "%(people)s booked, %(needing)s of them with something to prepare, %(alone)s without a colleague."
    ) % {
        "people": said,
        "needing": words.number(needing),
        "alone": words.number(len(found.alone)),
    }


def made(actor: Actor, found: Sheet) -> Made:
    """The sheet on paper, in the language in use; whose names it holds is in the history."""
    shown(actor, found, "day.printed")
    own = own_languages(actor)
    known = [(one, look(one, found.day, own)) for one in found.coming]
    needing = [(one, glance) for one, glance in known if needs_something(glance)]
    blocks: list[Block] = [Text(count_words(found, len(needing)))]
    if found.coming:
        blocks += [
            Heading(_("Who comes")),
            Table(
                [_("Time"), _("Name"), _("For"), _("With"), _("Room")],
                [
                    (
                        words.clock_time(one.starts, actor.zone),
                        name_of(one),
                        words.title(one.kind),
                        f"{one.staff} ({_('Away')})" if number in found.alone and one.staff else one.staff,
                        one.room,
                    )
                    for number, one in enumerate(found.coming)
                ],
                widths=(0, 4, 3, 3, 2),
            ),
        ]
    if needing:
        blocks += [
            Heading(_("Who needs what")),
            Table(
                [_("Time"), _("Name"), _("To know")],
                [
                    (
                        words.clock_time(one.starts, actor.zone),
                        name_of(one),
                        "; ".join(what_to_know(glance)),
                    )
                    for one, glance in needing
                ],
                widths=(0, 2, 4),
            ),
        ]
    if found.colleagues:
        blocks += [
            Heading(_("Who is where")),
            Table(
                [_("Colleague"), _("Booked"), _("Room"), _("Away"), _("Has time")],
                [(one.name, *where(actor, found, one)) for one in found.colleagues],
                widths=(3, 0, 2, 2, 4),
            ),
        ]
    if found.held:
        blocks += [
            Heading(_("Drop-ins")),
            Table(
                [_("Time"), _("For"), _("With"), _("Room")],
                [(spans(actor, [(one.starts, one.ends)]), one.title, one.by, one.room) for one in found.held],
                widths=(0, 3, 3, 2),
            ),
        ]
    return documents.make(
        "sheet",
        sender=sender_of(actor),
        title=_("Tomorrow's sheet"),
        date=words.day_long(found.day),
        blocks=blocks,
        foot=_("Names of people: keep this sheet at the desk and shred it in the evening."),
    )


def needs_something(known: Glance) -> bool:
    """Whether there is something to prepare or to heed."""
    return bool(known.danger or known.helps or known.speaks)


def what_to_know(known: Glance) -> list[str]:
    """Heed first, then what helps, then what they speak."""
    return [*known.danger, *known.helps, *([known.speaks] if known.speaks else [])]
