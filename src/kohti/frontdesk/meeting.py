"""Who can meet somebody in crisis now, and who could help them next."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from kohti.diary import reaching
from kohti.diary.sessions import Session, sessions
from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.blueprint.parts import DropInPart, RemindersPart
from kohti.kernel.errors import NotThere
from kohti.kernel.languages import CODES
from kohti.kernel.words import title
from kohti.team import queries as team

from .actions.visits import ticket_of

SOON = timedelta(minutes=15)
"""Whoever has an appointment within this time is asked after those who have none."""


class Here(NamedTuple):
    """A colleague who is not away. `busy`: with somebody now; `next_at`: when their next appointment begins."""

    staff_id: uuid.UUID
    name: str
    role: str
    organisation: str
    busy: bool
    next_at: datetime | None

    @property
    def free(self) -> bool:
        """Whether they can come at once and have some minutes."""
        return not self.busy and (self.next_at is None or self.next_at > clock.now() + SOON)


HERE = """
select distinct on (s.id) s.id, s.full_name, r.title, o.name,
    exists (select 1 from frontdesk_visit v where v.centre_id = %(centre)s and v.day = %(day)s and v.is_open
            and v.state in ('called', 'serving') and v.with_staff_id = s.id),
    (select min(b.starts) from diary_booking b where b.staff_id = s.id and b.day = %(day)s
     and b.state = 'booked' and b.ends > %(now)s)
from team_membership m join team_staff s on s.id = m.staff_id join team_role r on r.id = m.role_id
join team_organisation o on o.id = m.organisation_id
where m.centre_id = %(centre)s and m.starts <= %(now)s and (m.ends is null or m.ends > %(now)s)
  and case when %(any)s then r.verbs::jsonb ? 'queue.call'
      else r.code = any(%(roles)s) or o.code = any(%(organisations)s) end
  and not exists (select 1 from diary_absence a where a.staff_id = s.id
                  and a.starts <= %(now)s and a.ends > %(now)s)
order by s.id, r.code
"""


def here_now(actor: Actor) -> list[Here]:
    """The colleagues of the actor's centre who meet somebody in crisis, as the blueprint says, and are not away.

    Who is free first, then who has longest until the next appointment. One statement.
    """
    crisis = plan(actor).crisis
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            HERE,
            {
                "centre": actor.centre,
                "day": clock.today(actor.zone),
                "now": now,
                "any": not crisis.roles and not crisis.organisations,
                "roles": list(crisis.roles),
                "organisations": list(crisis.organisations),
            },
        )
        found = [Here(*row) for row in cursor.fetchall()]
    far = now + timedelta(days=1)
    return sorted(
        found, key=lambda one: (not one.free, one.busy, -(one.next_at or far).timestamp(), one.name)
    )


class Asked(NamedTuple):
    """A colleague who is asked to come to somebody who waits."""

    visit_id: uuid.UUID
    ticket: str
    urgency: int
    name: str


def asked_now(centre_id: uuid.UUID, day: date) -> list[Asked]:
    """Who is asked to come to whom, longest ago first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.id, v.letter, v.number, v.urgency, s.full_name from frontdesk_visit v"
            " join team_staff s on s.id = v.asked_staff_id where v.centre_id = %s and v.day = %s and v.is_open"
            " and v.state = 'waiting' order by v.asked_at, v.number",
            [centre_id, day],
        )
        return [Asked(row[0], ticket_of(row[1], row[2]), row[3], row[4]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class InCrisis:
    """A visit, with what whoever helps has to know. `language` is what their card is written in at first."""

    id: uuid.UUID
    ticket: str
    state: str
    urgency: int
    title: str
    name: str
    note: str
    person_id: uuid.UUID | None
    language: str
    asked: str
    asked_at: datetime | None
    reason: str
    line: str
    """The line of that reason, by code."""
    next_help: Mapping[str, str] | None


VISIT = """
select v.id, v.letter, v.number, v.state, v.urgency, v.title, coalesce(p.full_name, v.given_name), v.door_note,
    p.id, coalesce(p.languages, '{}'), coalesce(s.full_name, ''), v.asked_at, coalesce(r.code, ''), coalesce(t.code, ''),
    v.next_help
from frontdesk_visit v left join people_person p on p.id = v.person_id
left join team_staff s on s.id = v.asked_staff_id left join frontdesk_reason r on r.id = v.reason_id
left join frontdesk_stream t on t.id = r.stream_id
where v.id = %s and v.centre_id = %s and v.counts
"""


def in_crisis(actor: Actor, visit_id: uuid.UUID) -> InCrisis:
    """A visit at the actor's centre. One statement, and whose it is is in the history. Raises NotThere."""
    with connection.cursor() as cursor:
        cursor.execute(VISIT, [visit_id, actor.centre])
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such visit")
    if row[8]:
        history.record("person.found", "visit", visit_id, persons=[row[8]])
    return InCrisis(
        id=row[0],
        ticket=ticket_of(row[1], row[2]),
        state=row[3],
        urgency=row[4],
        title=title(row[5]),
        name=row[6],
        note=row[7],
        person_id=row[8],
        language=next((code for code in row[9] if code in CODES), words.language()),
        asked=row[10],
        asked_at=row[11],
        reason=row[12],
        line=row[13],
        next_help=json.loads(row[14]) if isinstance(row[14], str) else row[14],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The next appointment of somebody, as their card says it."""

    name: str
    place: str
    starts: datetime
    day: date


def next_appointment(person_id: uuid.UUID) -> Coming | None:
    """The next appointment of a person that the actor may see. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(s.full_name, ''), c.name, c.address, b.starts, b.day from diary_booking b"
            " join team_centre c on c.id = b.centre_id left join team_staff s on s.id = b.staff_id"
            " where b.person_id = %s and b.state = 'booked' and b.starts > %s order by b.starts, b.id limit 1",
            [person_id, clock.now()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return Coming(name=row[0], place=where(row[1], row[2]), starts=row[3], day=row[4])


def where(name: str, address: str) -> str:
    """A place as one goes there."""
    return ", ".join(part for part in (name, address) if part)


class Place(NamedTuple):
    """Where somebody finds help now, in the words of the blueprint."""

    code: str
    titles: Mapping[Any, str]
    place: str
    when: Mapping[Any, str]
    phone: str


def places(actor: Actor, reason: str) -> list[Place]:
    """The blueprint's places near the actor's centre that help for a reason, in its order. No statement."""
    centre = str(actor.facts.get("centre_code", ""))
    return [
        Place(part.code, part.title, part.place, part.when, part.phone)
        for part in plan(actor).helps_now
        if (not part.centres or centre in part.centres)
        and (not part.reasons or not reason or reason in part.reasons)
    ]


def drop_ins(actor: Actor, reason: str, line: str) -> list[Session]:
    """What is held at the actor's centre today, from now on, and tomorrow that helps with a reason, soonest first.

    The blueprint says for which reasons a drop-in helps; where it does not, for those of its `line`. One statement.
    """
    today = clock.today(actor.zone)
    held = sessions(actor, actor.centre, today, today + timedelta(days=1))
    return that_help(held, plan(actor).drop_ins, reason, line)


def that_help(held: Iterable[Session], parts: Iterable[DropInPart], reason: str, line: str) -> list[Session]:
    """Of what is held those not yet over that help with a reason, as the blueprint's `parts` say, or by the `line`."""
    named, now = {part.code: part.reasons for part in parts}, clock.now()

    def helps(one: Session) -> bool:
        reasons = named.get(one.code, ())
        return reason in reasons if reasons else bool(line) and one.stream == line

    return [one for one in held if one.ends > now and not one.open_access and helps(one)]


def here(actor: Actor) -> str:
    """The actor's centre as one goes there. No statement."""
    code = actor.facts.get("centre_code")
    address = next((part.address for part in plan(actor).centres if part.code == code), "")
    return where(str(actor.facts.get("centre", "")), address)


def plan(actor: Actor) -> Blueprint:
    """The blueprint in force. Raises NotThere for a service without one."""
    return team.blueprint(actor)


def at_once(actor: Actor) -> str:
    """What is said to somebody in crisis first, as the blueprint has it, in the language in use."""
    said = plan(actor).crisis.say
    return (
        title({str(code): text for code, text in said.items()})
        if said
        else _("Good that you came. Please sit down; a colleague comes to you now.")
    )


def safe_number(person_id: uuid.UUID) -> str:
    """The number on record to which a text may go, by the one rule of `diary.reaching`; else nothing. One statement."""
    reach = reaching.of([person_id]).get(person_id)
    return reach.safe_way(BY_TEXT)[2] if reach else ""


BY_TEXT = RemindersPart(channels=("sms",))
