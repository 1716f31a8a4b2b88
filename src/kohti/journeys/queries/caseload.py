"""Whom somebody has in hand: their caseload, the list of who needs them, and that of a leader."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor

from .. import holding, looking

PAGE = 50
TAKEN_AT_ONCE = 500
SHOWS = ("mine", "centre", "unassigned", "closed")
FLAGS = ("needs", "covered")
ORDERS = ("needs", "name", "contact")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a caseload. `next_words` is the next step that has a day, `booked_at` the next appointment.

    `listed`: nobody holds it now; `lapse` is then the rule that broke first. `covered`: in hand as a stand-in.
    `stopped`: their time limit does not run today. `until`: the actor hands them over, and has them in hand until then.
    """

    journey_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    called: str
    reference: str
    stage: str
    owner: str
    held_until: datetime | None
    lapse: str
    listed: bool
    alone: bool
    covered: bool
    last_contact_at: datetime | None
    ends_on: date | None
    next_words: str
    next_on: date | None
    booked_at: datetime | None
    closed_at: datetime | None
    opened_at: datetime
    born: date | None
    stopped: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the key of the next ones (empty: there are no more)."""

    cases: tuple[Case, ...]
    further: str


LISTED = holding.LISTED.format(now="(select kohti.now())")
COVERED = (
    "j.id = any(array(select v.journey_id from journeys_cover v where v.member_id = (select kohti.member())"
    " and v.starts <= (select kohti.now()) and v.ends > (select kohti.now())))"
)
"""That the actor stands in for a way: a list asked for once, so that the index of a caseload is used beside it."""
HANDING = (
    "j.id = any(array(select w.journey_id from journeys_owning w where w.member_id = (select kohti.member())"
    " and w.until > (select kohti.now())))"
)
"""That the actor was the coach and still has the way in hand, beside the new one: until the day that was said."""
COLUMNS = f"""
select j.id, j.person_id, p.full_name, p.called, p.reference, j.stage, coalesce(o.full_name, ''), j.held_until,
    j.lapse, {LISTED}, coalesce(j.alone @> (select kohti.now()), false),
    j.owner_id is distinct from (select kohti.member()), j.last_contact_at, j.ends_on, coalesce(n.words, ''),
    n.due_on, b.starts, j.closed_at, j.opened_at, p.date_of_birth,
    exists (select 1 from journeys_pause z where z.journey_id = j.id and j.ends_on is not null
            and z.until > %(today)s),
    case when j.closed_at is null and j.owner_id is distinct from (select kohti.member()) then (
        select max(w.until) from journeys_owning w where w.journey_id = j.id
        and w.member_id = (select kohti.member()) and w.until > (select kohti.now())) end
from {{chosen}} j
join people_person p on p.id = j.person_id
left join team_membership m on m.id = j.owner_id
left join team_staff o on o.id = m.staff_id
left join lateral (select words, due_on from journeys_step where journey_id = j.id
    and state in ('doing', 'stuck') and due_on is not null order by due_on, id limit 1) n on true
left join lateral (select starts from diary_booking where person_id = j.person_id and state = 'booked'
    and starts > (select kohti.now()) order by starts limit 1) b on true
order by {{order}}
"""
UNASSIGNED = (
    "not exists (select 1 from team_membership m where m.id = j.owner_id"
    " and (m.ends is null or m.ends > (select kohti.now())))"
)
"""That a way has no coach whose place holds; another rule may have broken before that one."""
WHICH = {
    "mine": f"j.closed_at is null and (j.owner_id = (select kohti.member()) or {COVERED} or {HANDING})",
    "centre": "j.closed_at is null and j.centre_id = %(centre)s",
    "unassigned": f"j.closed_at is null and j.centre_id = %(centre)s and {UNASSIGNED}",
    "closed": "j.closed_at is not null and j.centre_id = %(centre)s",
}
FLAGGED = {
    "needs": LISTED,
    "covered": "exists (select 1 from journeys_cover v where v.journey_id = j.id"
    " and v.starts <= (select kohti.now()) and v.ends > (select kohti.now()))",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which ways a list shows: whose, in which stage, of which coach, those that need or have somebody, the order.

    `order`: `needs` (who needs somebody first; ended ones newest first), `name`, or `contact` (who waits longest
    for one first).
    """

    show: str = "mine"
    stage: str = ""
    coach: uuid.UUID | None = None
    flag: str = ""
    order: str = "needs"


def _order(chosen: Chosen) -> tuple[str, str, str]:
    """What a list is ordered by, its type where it stands in an address, and the direction."""
    if chosen.order == "name":
        return "p.sort_key", "", "asc"
    if chosen.order == "contact":
        return "coalesce(j.last_contact_at, j.opened_at)", "timestamptz", "asc"
    return (
        ("j.closed_at", "timestamptz", "desc")
        if chosen.show == "closed"
        else ("j.held_until", "timestamptz", "asc")
    )


def caseload(actor: Actor, chosen: Chosen, *, typed: str = "", after: str = "", most: int = PAGE) -> Page:
    """People's ways as they were chosen, some of them; `typed` keeps to those it names. Two statements, or three.

    `after` is the key a page ended with; it holds nothing of a person's. It is in the history whom one saw, and what
    was looked for. Raises ValueError for a key that is none.
    """
    statement, values = _statement(actor, chosen, typed, after, most + 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cases = [Case(*row) for row in cursor.fetchall()]
    further = ""
    if len(cases) > most:
        cases = cases[:most]
        further = _key(cases[-1], chosen)
    _saw("person.found" if typed else "person.listed", cases, {"typed": typed} if typed else None)
    return Page(tuple(cases), further)


def whole(actor: Actor, chosen: Chosen, *, typed: str = "") -> Iterator[Case]:
    """All of a list, to take away; it is in the history whom it was about. One statement, some lines at a time.

    As things stand when it is asked: nobody is left out or comes twice because of what others do meanwhile.
    """
    statement, values = _statement(actor, chosen, typed, "", None)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(TAKEN_AT_ONCE):
            cases = [Case(*row) for row in rows]
            _saw("caseload.taken", cases, {"list": chosen.show} | ({"typed": typed} if typed else {}))
            yield from cases


def _saw(verb: str, cases: Sequence[Case], detail: dict[str, str] | None) -> None:
    if cases:
        history.record(verb, "person", None, persons=[one.person_id for one in cases], detail=detail)


def _statement(
    actor: Actor, chosen: Chosen, typed: str, after: str, most: int | None
) -> tuple[str, dict[str, Any]]:
    actors.must(actor, "journeys.see")
    column, kind, way = _order(chosen)
    conditions = [WHICH[chosen.show]]
    values: dict[str, Any] = {"centre": actor.centre_id, "most": most, "today": clock.today(actor.zone)}
    if chosen.stage:
        conditions.append("j.stage = %(stage)s")
        values["stage"] = chosen.stage
    if chosen.coach:
        conditions.append("j.owner_id = %(coach)s")
        values["coach"] = chosen.coach
    if chosen.flag:
        conditions.append(FLAGGED[chosen.flag])
    if typed:
        conditions.append("j.person_id = any(%(among)s)")
        values["among"] = looking.people_named(typed, closed=chosen.show == "closed")
    if after:
        at, _sep, last = after.rpartition("_")
        before = "%(at)s::timestamptz"
        if kind:
            values["at"] = datetime.fromisoformat(at)
        else:
            before = f"(select {column} from journeys_journey j join people_person p on p.id = j.person_id"
            before += " where j.id = %(last)s)"
        conditions.append(f"({column}, j.id) {'<' if way == 'desc' else '>'} ({before}, %(last)s)")
        values["last"] = uuid.UUID(last)
    order = f"{column} {way}, j.id {way}"
    joined = "join people_person p on p.id = j.person_id" if not kind else ""
    which = f"(select j.* from journeys_journey j {joined} where {' and '.join(conditions)}"
    which += f" order by {order} limit %(most)s)"
    return COLUMNS.format(chosen=which, order=order), values


def _key(case: Case, chosen: Chosen) -> str:
    """Where the next lines of a list begin."""
    if chosen.order == "name":
        return f"_{case.journey_id}"
    at = case.closed_at if chosen.show == "closed" else case.held_until
    if chosen.order == "contact":
        at = case.last_contact_at or case.opened_at
    return f"{at.isoformat() if at else ''}_{case.journey_id}"


def coaches(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The places at the actor's centre that hold now and work with people's ways, by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.id, s.full_name from team_membership m join team_staff s on s.id = m.staff_id"
            " join team_role r on r.id = m.role_id where m.centre_id = %s and r.verbs ? 'journeys.work'"
            " and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())"
            " order by s.full_name, m.id",
            [actor.centre_id],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
