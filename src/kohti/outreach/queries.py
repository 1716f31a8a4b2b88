"""Reads of outreach: rounds, spots, whom one met."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kohti.kernel import clock, history, names, reading
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.reading import Part, Row

from . import named

A_PAGE = 30
LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round: who goes where, until when, who watches, and how it stands.

    state   planned, out, late (not back in time), back or cancelled
    mine    whether the actor goes along
    """

    id: uuid.UUID
    day: date
    starts: datetime
    back_by: datetime
    phone: str
    ended_at: datetime | None
    watcher: str
    goers: tuple[str, ...]
    spots: tuple[tuple[str, str], ...]
    """Each with what to heed there."""
    mine: bool
    state: str


@dataclass(frozen=True, slots=True)
class Met:
    """An encounter: when, where, with whom, what of."""

    id: uuid.UUID
    at: datetime
    spot: str
    reached_id: uuid.UUID
    nickname: str
    about: tuple[str, ...]
    given: tuple[str, ...]
    next: str
    text: str
    by: str
    mine: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A spot."""

    id: uuid.UUID
    name: str
    kind: str
    place: str
    safety: str
    ended: bool


@dataclass(frozen=True, slots=True)
class ReachedLine:
    """Somebody in a list: how often they were met, where last, and who they became, where one may see them."""

    id: uuid.UUID
    nickname: str
    last_at: datetime
    times: int
    spot: str
    person_id: uuid.UUID | None
    person: str


ROUND = """
select r.id, r.day, r.starts, r.back_by, r.phone, r.started_at, r.ended_at, r.cancelled_at, w.full_name as watcher,
    array(select s.full_name from outreach_goer g join team_staff s on s.id = g.staff_id
          where g.round_id = r.id order by s.sort_key, s.id) as goers,
    array(select array[p.name, p.safety] from outreach_spot p where p.id = any(r.spots)
          order by array_position(r.spots, p.id)) as spots,
    exists (select 1 from outreach_goer g where g.round_id = r.id and g.staff_id = %(staff)s) as mine
from outreach_round r join team_membership m on m.id = r.watcher_id join team_staff w on w.id = m.staff_id
where r.centre_id = %(centre)s and
"""
MET = """
select e.id, e.at, p.name as spot, e.reached_id, e.nickname, e.about, e.given, e.next, e.text,
    coalesce(s.full_name, '') as by, e.by_member = %(member)s as mine, e.withdrawn_at is not null as withdrawn
from outreach_encounter e join outreach_spot p on p.id = e.spot_id left join team_staff s on s.id = e.by_staff_id
where e.centre_id = %(centre)s and
"""
SPOTS = """
select id, name, kind, place, safety, ended_at is not null as ended from outreach_spot
where centre_id = %(centre)s and ended_at is null order by name, id
"""
REACHED = """
select r.id, r.nickname, r.last_at, e.times, p.name as spot, o.id as person,
    coalesce(nullif(o.called, ''), o.full_name, '') as name
from outreach_reached r
cross join lateral (
    select count(*) as times, (array_agg(x.spot_id order by x.at desc))[1] as spot_id from outreach_encounter x
    where x.reached_id = r.id and x.withdrawn_at is null) e
join outreach_spot p on p.id = e.spot_id left join people_person o on o.id = r.person_id
where r.centre_id = %(centre)s and r.joined_into_id is null and e.times > 0 and
"""


def _values(actor: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        "staff": actor.staff_id,
        "member": actor.member_id,
        "centre": actor.centre_id,
        "today": clock.today(actor.zone),
        "now": now,
        "late": now - timedelta(minutes=named.rules(actor).late_minutes),
        "lately": now - LATELY,
    }


def _round(late: datetime) -> Any:
    def make(row: Row) -> RoundLine:
        ended, cancelled, started = (
            reading.at(row[f"{one}_at"]) for one in ("ended", "cancelled", "started")
        )
        back_by = datetime.fromisoformat(row["back_by"])
        state = "out" if started else "planned"
        if cancelled or ended:
            state = "cancelled" if cancelled else "back"
        elif back_by <= late:
            state = "late"
        return RoundLine(
            uuid.UUID(row["id"]),
            date.fromisoformat(row["day"]),
            datetime.fromisoformat(row["starts"]),
            back_by,
            row["phone"],
            ended,
            row["watcher"],
            tuple(row["goers"]),
            tuple((name, safety) for name, safety in row["spots"]),
            row["mine"],
            state,
        )

    return make


def _met(row: Row) -> Met:
    return Met(
        uuid.UUID(row["id"]),
        datetime.fromisoformat(row["at"]),
        row["spot"],
        uuid.UUID(row["reached_id"]),
        row["nickname"],
        tuple(row["about"]),
        tuple(row["given"]),
        row["next"],
        row["text"],
        row["by"],
        bool(row["mine"]),
        row["withdrawn"],
    )


def _spot(row: Row) -> SpotLine:
    return SpotLine(uuid.UUID(row["id"]), row["name"], row["kind"], row["place"], row["safety"], row["ended"])


def _reached(row: Row) -> ReachedLine:
    return ReachedLine(
        uuid.UUID(row["id"]),
        row["nickname"],
        datetime.fromisoformat(row["last_at"]),
        row["times"],
        row["spot"],
        reading.identifier(row["person"]),
        row["name"],
    )


def home(actor: Actor) -> tuple[list[RoundLine], list[Met]]:
    """The rounds that are not over, and those of today; and the latest encounters of the actor. One statement."""
    values = _values(actor)
    rounds, met = reading.together(
        values,
        Part(
            f"{ROUND} r.cancelled_at is null and (r.ended_at is null or r.day >= %(today)s)"
            " order by r.starts, r.id limit 60",
            _round(values["late"]),
        ),
        Part(
            f"{MET} e.by_member = %(member)s and e.withdrawn_at is null order by e.at desc, e.id desc limit 8",
            _met,
        ),
    )
    return rounds, met


def today(actor: Actor) -> tuple[dict[str, Any], Part[RoundLine]]:
    """For *Today*, asked with what else stands there: the actor's own rounds of the day, and who is not back in time.

    The values it asks with, and the part.
    """
    values = _values(actor)
    return values, Part(
        f"""{ROUND} r.cancelled_at is null and r.ended_at is null and (r.back_by <= %(late)s or (r.day = %(today)s
        and exists (select 1 from outreach_goer g where g.round_id = r.id and g.staff_id = %(staff)s)))
        order by r.back_by, r.id limit 20""",
        _round(values["late"]),
    )


def round_page(actor: Actor, round_id: uuid.UUID) -> tuple[RoundLine, list[Met]]:
    """A round and whom they met on it, newest first. One statement; who of them is a person is in the history.

    Raises NotThere.
    """
    values = _values(actor) | {"round": round_id}
    rounds, met, persons = reading.together(
        values,
        Part(f"{ROUND} r.id = %(round)s", _round(values["late"])),
        Part(f"{MET} e.round_id = %(round)s order by e.at desc, e.id desc limit 200", _met),
        Part(
            "select distinct e.person_id from outreach_encounter e where e.round_id = %(round)s"
            " and e.centre_id = %(centre)s and e.person_id is not null order by e.person_id",
            lambda row: uuid.UUID(row["person_id"]),
        ),
    )
    if not rounds:
        raise NotThere("no such round")
    if persons:
        history.record("person.listed", "person", None, persons=persons)
    return rounds[0], met


def spots(actor: Actor) -> list[SpotLine]:
    """Where people are met from the actor's centre, by name. One statement."""
    return reading.together(_values(actor), Part(SPOTS, _spot))[0]


def spot(actor: Actor, spot_id: uuid.UUID) -> SpotLine:
    """One of them, also one that was ended. Raises NotThere."""
    found = reading.together(
        _values(actor) | {"spot": spot_id},
        Part(
            "select id, name, kind, place, safety, ended_at is not null as ended from outreach_spot"
            " where centre_id = %(centre)s and id = %(spot)s",
            _spot,
        ),
    )[0]
    if not found:
        raise NotThere("no such spot")
    return found[0]  # type: ignore[no-any-return]


def out_there(
    actor: Actor, again: uuid.UUID | None = None
) -> tuple[list[SpotLine], list[uuid.UUID], list[ReachedLine]]:
    """What writing an encounter needs: the spots, those of the round one is on, and whom one met lately. One statement.

    `again`: somebody who is among them first, whenever they were met and without a nickname too.
    """
    places, mine, lately = reading.together(
        _values(actor) | {"again": again or uuid.UUID(int=0)},
        Part(SPOTS, _spot),
        Part(
            "select r.spots from outreach_round r join outreach_goer g on g.round_id = r.id"
            " where g.staff_id = %(staff)s and r.centre_id = %(centre)s and r.started_at is not null"
            " and r.ended_at is null and r.cancelled_at is null order by r.starts desc, r.id limit 1",
            lambda row: [uuid.UUID(one) for one in row["spots"]],
        ),
        Part(
            f"{REACHED} (r.id = %(again)s or (r.nickname <> '' and r.last_at > %(lately)s))"
            " order by (r.id = %(again)s) desc, r.last_at desc, r.id desc limit 40",
            _reached,
        ),
    )
    return places, mine[0] if mine else [], lately


def reached_list(
    actor: Actor, *, after: ReachedLine | None = None, typed: str = ""
) -> tuple[list[ReachedLine], bool]:
    """Whom one met, the latest first, or by a part of the nickname; whether there are more. One statement.

    Who of them became a person is in the history.
    """
    values = _values(actor) | {"like": f"%{_plain(typed)}%", "most": A_PAGE + 1}
    which = "r.folded like %(like)s and " if typed else ""
    if after is not None:
        which += "(r.last_at, r.id) < (%(after_at)s, %(after)s) and "
        values |= {"after_at": after.last_at, "after": after.id}
    (found,) = reading.together(
        values, Part(f"{REACHED} {which} true order by r.last_at desc, r.id desc limit %(most)s", _reached)
    )
    lines: list[ReachedLine] = found[:A_PAGE]
    _listed(lines)
    return lines, len(found) > A_PAGE


def _plain(typed: str) -> str:
    return names.fold(typed).replace("\\", "").replace("%", "").replace("_", "")


def _listed(lines: Sequence[ReachedLine]) -> None:
    persons = [one.person_id for one in lines if one.person_id]
    if persons:
        history.record("person.listed", "person", None, persons=persons)


def reached_line(actor: Actor, reached_id: uuid.UUID) -> ReachedLine | None:
    """One of the list."""
    found: list[ReachedLine] = reading.together(
        _values(actor) | {"reached": reached_id}, Part(f"{REACHED} r.id = %(reached)s", _reached)
    )[0]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class ReachedPage:
    """Somebody with all encounters, who was joined into them, and who may be the same.

    person: who they became (`name` empty where the actor may not see them)
    """

    line: ReachedLine
    person_id: uuid.UUID | None
    met: tuple[Met, ...]
    joined: tuple[tuple[uuid.UUID, str], ...]
    alike: tuple[ReachedLine, ...]


def reached_page(actor: Actor, reached_id: uuid.UUID, *, typed: str = "") -> ReachedPage:
    """Somebody who was met. `typed`: look for who may be the same by a nickname. One statement; it is in the history.

    Who may be the same: whoever has such a nickname, or was met lately at the same spots. Raises NotThere.
    """
    values = _values(actor) | {"reached": reached_id, "like": f"%{_plain(typed)}%"}
    alike = (
        "r.folded like %(like)s"
        if typed
        else """(r.folded <> '' and exists (select 1 from outreach_reached q where q.id = %(reached)s and q.folded <> ''
                 and (r.folded = q.folded or r.folded like '%%' || q.folded || '%%' or q.folded like '%%' || r.folded || '%%'))
             or r.last_at > %(lately)s and e.spot_id in (
                 select y.spot_id from outreach_encounter y where y.reached_id = %(reached)s))"""
    )
    heads, lines, met, joined, others = reading.together(
        values,
        Part(
            "select person_id from outreach_reached where id = %(reached)s and joined_into_id is null",
            lambda row: reading.identifier(row["person_id"]),
        ),
        Part(f"{REACHED} r.id = %(reached)s", _reached),
        Part(f"{MET} e.reached_id = %(reached)s order by e.at desc, e.id desc limit 200", _met),
        Part(
            "select id, nickname from outreach_reached where joined_into_id = %(reached)s order by made_at, id limit 50",
            lambda row: (uuid.UUID(row["id"]), row["nickname"]),
        ),
        Part(
            f"{REACHED} r.id <> %(reached)s and {alike} order by r.last_at desc, r.id desc limit 12", _reached
        ),
    )
    if not heads:
        raise NotThere("nobody such")
    line = lines[0] if lines else _nobody(reached_id)
    history.record("reached.opened", "reached", reached_id, persons=[heads[0]] if heads[0] else [])
    _listed(others)
    return ReachedPage(line, heads[0], tuple(met), tuple(joined), tuple(others))


def _nobody(reached_id: uuid.UUID) -> ReachedLine:
    """Somebody of whom every encounter was taken back, or is sealed."""
    return ReachedLine(reached_id, "", clock.now(), 0, "", None, "")
