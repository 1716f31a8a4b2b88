"""A day, or some days, of a centre in figures: counted from its visits and their periods by the database.

Whom a figure counts can be listed by the same words: `COUNTED` says once what each of them means.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.rows import definer
from kohti.kernel.words import title

MOST_DAYS = 92
PAGE = 50
WHAT = ("came", "seen", "missed", "left", "parked", "handed")
"""What is counted, as an address says it."""
BY = ("day", "hour", "stream", "what")
"""By what."""

# A visit waits from its arrival, or from its agreed time when that is later, until the first talk begins. The time it
# was parked in is waiting too. Whoever was booked and did not come has no visit, or one that was called in vain.
COUNTED = """
with counted as (
    select v.id, v.booking_id, v.person_id, v.given_name, v.day, v.number, v.letter, v.title, v.state, v.arrived_at as at,
        extract(hour from greatest(v.arrived_at, v.agreed_at) at time zone %(zone)s)::int as hour,
        v.stream_id as stream, coalesce(v.reason_id, b.kind_id) as what,
        case when p.began is not null
            then greatest(0, extract(epoch from p.began - greatest(v.arrived_at, v.agreed_at)) / 60)::float end as waited,
        true as came, p.began is not null as seen,
        v.state = 'absent' and p.began is null as missed, v.state = 'left' and p.began is null as gone,
        p.parked, v.handed_by_id is not null as handed
    from frontdesk_visit v
    left join diary_booking b on b.id = v.booking_id
    left join lateral (
        select min(p.starts) filter (where p.state = 'serving') as began,
            coalesce(bool_or(p.state = 'parked'), false) as parked
        from frontdesk_period p where p.visit_id = v.id) p on true
    where v.centre_id = %(centre)s and v.day between %(first)s and %(last)s and v.counts
    union all
    select null, b.id, b.person_id, '', b.day, 0, '', k.title, 'missed', b.starts,
        extract(hour from b.starts at time zone %(zone)s)::int,
        (select s.id from frontdesk_stream s where s.of_appointments
            and s.service_id = (select c.service_id from team_centre c where c.id = %(centre)s)
         order by s.retired, s.position limit 1),
        b.kind_id, null, false, false, true, false, false, false
    from diary_booking b join diary_kind k on k.id = b.kind_id
    where b.centre_id = %(centre)s and b.day between %(first)s and %(last)s and b.state = 'missed'
        and not exists (select 1 from frontdesk_visit v where v.booking_id = b.id and v.counts)
)
"""


def _in_sql(text: str) -> str:
    """The same where the values are a function's own."""
    for name in ("zone", "centre", "first", "last"):
        text = text.replace(f"%({name})s", f"p_{name}")
    return text


FUNCTIONS = (
    definer(
        f"""
kohti.day_figures(p_centre uuid, p_first date, p_last date, p_zone text)
returns table (day date, hour integer, stream uuid, what uuid, alone integer, came bigint, seen bigint, half float,
               most float, missed bigint, gone bigint, parked bigint, handed bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
    if p_centre is distinct from kohti.floor() then
        return;
    end if;
    p_first := greatest(p_first, kohti.first_day());
    p_last := least(p_last, kohti.last_day());
    return query
    {_in_sql(COUNTED)}
    select c.day, c.hour, c.stream, c.what, grouping(c.day, c.hour, c.stream, c.what),
        count(*) filter (where c.came), count(*) filter (where c.seen),
        percentile_cont(0.5) within group (order by c.waited), percentile_cont(0.9) within group (order by c.waited),
        count(*) filter (where c.missed), count(*) filter (where c.gone),
        count(*) filter (where c.parked), count(*) filter (where c.handed)
    from counted c
    group by grouping sets ((), (c.day), (c.hour), (c.stream), (c.what))
    order by c.day, c.hour;
end $$"""
    ),
)
"""Numbers of the days whose visits the reader sees, and nobody of them: counted by the rule of the floor itself."""
FIGURES = "select * from kohti.day_figures(%(centre)s, %(first)s, %(last)s, %(zone)s)"
ALONE = {0b1111: "", 0b0111: "day", 0b1011: "hour", 0b1101: "stream", 0b1110: "what"}
"""Which of the columns a row is grouped by, as `grouping` says it."""
TITLES = """
select id, title, 0 as kind, position from frontdesk_stream
union all select id, title, 1, position from frontdesk_reason
union all select id, title, 2, 0 from diary_kind
order by 3, 4, 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days at which centre, both included."""

    centre_id: uuid.UUID
    first: date
    last: date


class Figures(NamedTuple):
    """How many, and how long the half and nine out of ten of those who were seen waited at most, in minutes."""

    came: int
    seen: int
    median: float | None
    p90: float | None
    missed: int
    left: int
    parked: int
    handed: int


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one day, hour, stream or reason: `key` as an address says it."""

    key: str
    words: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Counted:
    """All of it, and by day, hour, stream, and what they came for, each in its order."""

    whole: Figures
    by: dict[str, list[Group]]


def _values(actor: Actor, asked: Asked) -> dict[str, Any]:
    return {
        "zone": str(actor.zone),
        "centre": asked.centre_id,
        "first": asked.first,
        "last": asked.last,
    }


def count(actor: Actor, asked: Asked) -> Counted:
    """The figures of these days. Two statements, however many came.

    Whoever is not the centre's leader sees its visits of today, and so counts no others.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, _values(actor, asked))
        rows = cursor.fetchall()
        cursor.execute(TITLES)
        titles = {row[0]: title(row[1]) for row in cursor.fetchall()}
    whole = Figures(0, 0, None, None, 0, 0, 0, 0)
    by: dict[str, list[Group]] = {name: [] for name in BY}
    for row in rows:
        name, figures = ALONE[row[4]], Figures(*row[5:])
        if not name:
            whole = figures
            continue
        value = row[BY.index(name)]
        if value is not None:
            by[name].append(Group(str(value), titles.get(value, ""), figures))
    place = {str(one): number for number, one in enumerate(titles)}
    for name in ("stream", "what"):
        by[name].sort(key=lambda group: place.get(group.key, 0))
    return Counted(whole, by)


class Line(NamedTuple):
    """One of those a figure counts. `ask` as in `queries.Arrival`; `waited` in minutes, none for who was not seen."""

    visit_id: uuid.UUID | None
    person_id: uuid.UUID | None
    day: date
    at: datetime
    letter: str
    number: int
    name: str
    title: str
    state: str
    waited: float | None
    ask: str | None

    @property
    def ticket(self) -> str:
        """The ticket as people read it; empty for who did not come."""
        return f"{self.letter}{self.number:03d}" if self.number else ""


LISTED = {
    "came": "c.came",
    "seen": "c.seen",
    "missed": "c.missed",
    "left": "c.gone",
    "parked": "c.parked",
    "handed": "c.handed",
}
ONE_OF = {"day": "c.day::text", "hour": "c.hour::text", "stream": "c.stream::text", "what": "c.what::text"}


def who(
    actor: Actor, asked: Asked, *, what: str, by: str = "", key: str = "", after: int = 0
) -> tuple[list[Line], bool]:
    """Whom a figure counts, by day and time, a page at a time: the lines from `after` on, and whether there are more.

    Whoever may not see one of them gets whom to ask instead of a name. Whose names were shown is in the history.
    Two statements.
    """
    narrowed = f" and {ONE_OF[by]} = %(key)s" if by else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{COUNTED} select c.id, p.id, c.day, c.at, c.letter, c.number, coalesce(p.full_name, c.given_name),"
            " c.title, c.state, c.waited, case when p.id is null and c.person_id is not null"
            "  then coalesce(kohti.whom_to_ask(c.person_id), '') end"
            " from counted c left join people_person p on p.id = c.person_id"
            f" where {LISTED[what]}{narrowed} order by c.day, c.at, c.number, c.booking_id"
            " limit %(most)s offset %(after)s",
            _values(actor, asked) | {"key": key, "most": PAGE + 1, "after": after},
        )
        lines = [Line._make(row) for row in cursor.fetchall()]
    shown = lines[:PAGE]
    persons = sorted({line.person_id for line in shown if line.person_id})
    if persons:
        history.record("person.listed", "figures", None, persons=persons)
    return shown, len(lines) > PAGE


def rows(counted: Counted, heads: Sequence[str], whole: str) -> list[list[str]]:
    """The figures as rows of a file: by what, of which, and each figure; minutes with one decimal."""
    out = [["", whole, *_cells(counted.whole)]]
    for name, head in zip(BY, heads, strict=True):
        out += [[head, group.words or group.key, *_cells(group.figures)] for group in counted.by[name]]
    return out


def _cells(figures: Figures) -> list[str]:
    return ["" if one is None else f"{one:.1f}" if isinstance(one, float) else str(one) for one in figures]
