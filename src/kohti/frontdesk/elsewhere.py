"""Somebody who is not on today's list: are they booked on another day, or at another centre?

It says what the role may know anyway: whoever books knows the appointments of the centre by their reference,
whoever finds people those of the people they find.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor, may
from kohti.kernel.errors import NotThere
from kohti.people import actions as person_actions
from kohti.people import queries as people
from kohti.team import queries as team

from .said import Agreed, Said, at_the_door, km_between

MOST = 5
A_WEEK = timedelta(days=7)
"""For how long an appointment that is over is still what somebody may have come for."""

BOOKED = """
select b.person_id, b.day, b.starts, b.state, b.centre_id = %(centre)s, c.name, c.code
from diary_booking b join team_centre c on c.id = b.centre_id
where b.person_id = any(%(persons)s) and b.starts > %(from)s
  and (b.state = 'booked' or (b.state in ('cancelled', 'missed') and b.day between %(from)s::date and %(today)s))
  and not (b.centre_id = %(centre)s and b.day = %(today)s and b.state <> 'cancelled')
union all
select p.id, b.day, b.starts, b.state, true, c.name, c.code
from diary_booking b join team_centre c on c.id = b.centre_id left join people_person p on p.id = b.person_id
where b.centre_id = %(centre)s and b.reference = %(typed)s and b.reference <> '' and b.day <> %(today)s
  and b.starts > %(from)s and b.state <> 'kept'
order by 2, 3
"""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody the role may know, and what to say to them. `person_id` is none where only the booking is known."""

    person_id: uuid.UUID | None
    name: str
    born: date | None
    said: Said | None


def look(actor: Actor, typed: str) -> list[Known]:
    """Those whom `typed` names and who are not expected here today, with what is said to them; at most ten.

    Three statements at most. Whom it found is in the history.
    """
    found = people.find(actor, typed)[:MOST] if may(actor, "people.find") else []
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            BOOKED,
            {
                "persons": [one.id for one in found],
                "centre": actor.centre,
                "today": clock.today(actor.zone),
                "from": now - A_WEEK,
                "typed": typed.strip(),
            },
        )
        rows = cursor.fetchall()
    said: dict[uuid.UUID, Said | None] = {}
    more: list[Known] = []
    for person_id, day, starts, state, here, centre, code in _nearest_first(rows, now):
        agreed = Agreed(
            day=day,
            starts=starts,
            state=state,
            centre="" if here else centre,
            km=None if here else km_to(actor, code),
        )
        if person_id in {one.id for one in found}:
            said.setdefault(person_id, at_the_door(agreed, actor.zone))
        elif len(more) < MOST:
            more.append(Known(person_id, "", None, at_the_door(agreed, actor.zone)))
    known = [Known(one.id, one.full_name, one.date_of_birth, said.get(one.id)) for one in found]
    seen = [one.person_id for one in more if one.person_id]
    if seen:
        history.record("person.found", "arrivals", None, persons=seen, detail={"typed": typed})
    return known + more


def _nearest_first(rows: list[tuple[Any, ...]], now: datetime) -> list[tuple[Any, ...]]:
    """What is still to come before what is over; each the nearest first."""
    return sorted(rows, key=lambda row: (row[3] != "booked" or row[2] < now, abs(row[2] - now)))


def known_person(actor: Actor, typed: str) -> Known | None:
    """Somebody known who is taken in without an appointment, as far as the role sees them; none where nobody is named.

    One statement. That they were looked at is in the history. Raises NotThere.
    """
    try:
        person_id = uuid.UUID(typed)
    except ValueError:
        return None
    person = person_actions.seen(person_id)
    history.record("person.found", "arrivals", None, persons=[person_id])
    return Known(person_id, person.full_name, person.date_of_birth, None)


def km_to(actor: Actor, code: str) -> float | None:
    """How far another centre of the service is from the actor's, where the blueprint says where both are."""
    try:
        places = {part.code: part.at for part in team.blueprint(actor).centres}
    except NotThere:
        return None
    here, there = places.get(str(actor.facts.get("centre_code", ""))), places.get(code)
    return km_between(here, there) if here and there else None
