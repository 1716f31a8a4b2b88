"""What was asked of colleagues, and what became of it: whose way moves from coach to coach."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor

from ..models import HandOver

TOLD = timedelta(days=7)
"""For how long whoever asked is told of the answer."""


@dataclass(frozen=True, slots=True)
class Handing:
    """One was asked to take somebody's way over: whose it is, by whom, from which day, and what became of it.

    `until_day` is the last day of whoever had it. `by` and `to` are names; `by` is empty where nobody had the way.
    `seen_at`: when whoever was asked read it.
    """

    id: uuid.UUID
    journey_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    state: str
    from_day: date
    until_day: date
    words: str
    answer: str
    by: str
    to: str
    seen_at: datetime | None


HAND_OVERS = """
select h.from_member_id = %(me)s as mine, h.id, h.journey_id, h.person_id, coalesce(nullif(p.called, ''), p.full_name),
    h.state, h.from_day, h.until_day, h.words, h.answer, coalesce(f.full_name, ''), coalesce(t.full_name, ''),
    h.seen_at
from journeys_handover h join people_person p on p.id = h.person_id
left join team_membership m on m.id = h.from_member_id left join team_staff f on f.id = m.staff_id
left join team_membership n on n.id = h.to_member_id left join team_staff t on t.id = n.staff_id
where (h.state = 'asked' and h.to_member_id = %(me)s)
   or (h.from_member_id = %(me)s and (h.state = 'asked'
       or (h.state in ('accepted', 'declined') and h.answered_at > %(since)s)))
order by h.at, h.id
"""


def hand_overs(actor: Actor) -> tuple[list[Handing], list[Handing]]:
    """Whose way the actor is asked to take over; and what they asked themselves: open, or answered within a week.

    Both oldest first. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(HAND_OVERS, {"me": actor.member_id, "since": clock.now() - TOLD})
        found = [(bool(mine), Handing(*row)) for mine, *row in cursor.fetchall()]
    return [one for mine, one in found if not mine], [one for mine, one in found if mine]


def open_hand_over(actor: Actor, journey_id: uuid.UUID) -> HandOver | None:
    """Who is asked now to take a way over, if anybody is. One statement."""
    asked = HandOver.objects.filter(journey_id=journey_id, state=HandOver.State.ASKED)
    return asked.select_related("to_member__staff").first()
