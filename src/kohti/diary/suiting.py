"""Which room suits whom: what helps somebody when they come, against what the rooms of the centre have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from kohti.kernel.actor import Actor
from kohti.people.promising import OF_ROOMS

from .free import Rule, all_offers
from .models import Booking


class Suits(NamedTuple):
    """A room that has what is needed and is free."""

    id: uuid.UUID
    name: str


def helping_room(
    actor: Actor,
    person_id: uuid.UUID | None,
    centre_id: uuid.UUID,
    staff_id: uuid.UUID,
    starts: datetime,
    minutes: int,
    *,
    but: Booking | None = None,
) -> uuid.UUID | None:
    """The room for somebody's time with a colleague, where what helps them needs one and one is free then.

    None where they need nothing of a room, none that has it is free, or the one they have (`but`) has it and is free.
    One statement, or two.
    """
    if person_id is None:
        return None
    day = starts.astimezone(actor.zone).date()
    with connection.cursor() as cursor:
        cursor.execute("select kohti.room_needs(%s, %s, %s)", [person_id, day, list(OF_ROOMS)])
        (needs,) = cursor.fetchone() or ((),)
    if not needs:
        return None
    rule = Rule(
        minutes=minutes,
        first=day,
        days=0,
        centres=(centre_id,),
        staff=(staff_id,),
        person_id=person_id,
        but=but.id if but else None,
        needs=needs,
    )
    rooms = [one.room_id for one in all_offers(actor, rule) if one.starts == starts]
    return None if not rooms or (but and but.room_id in rooms) else rooms[0]


SUITING = """
select r.id, r.name from diary_room r
where r.centre_id = %(centre)s and not r.retired and r.has::text[] @> %(needs)s::text[]
  and not exists (select 1 from diary_booking b where b.room_id = r.id and b.holds and b.id is distinct from %(but)s
                  and b.starts < %(ends)s and b.ends > %(starts)s)
  and not exists (select 1 from kohti.drop_ins_between(array[r.centre_id], %(day)s, %(day)s, %(zone)s) d
                  where d.room_id = r.id and d.starts < %(ends)s and d.ends > %(starts)s)
order by cardinality(r.has), r.kind = 'desk', length(r.name), r.name limit 1
"""


def a_room_for(
    actor: Actor,
    needs: Sequence[str],
    starts: datetime,
    ends: datetime,
    *,
    but: uuid.UUID | None = None,
) -> Suits | None:
    """A room of the actor's centre that has all that is needed and is free then, the plainest first. One statement.

    `but`: an appointment that does not stand in its own way. None where nothing is needed.
    """
    if not needs:
        return None
    values: dict[str, Any] = {
        "centre": actor.centre,
        "needs": list(needs),
        "starts": starts,
        "ends": ends,
        "but": but,
        "day": starts.astimezone(actor.zone).date(),
        "zone": str(actor.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUITING, values)
        row = cursor.fetchone()
    return Suits(*row) if row else None
