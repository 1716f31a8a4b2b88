"""Which room suits whom: what helps somebody when they come, against what the rooms of the centre have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from kohti.kernel.actor import Actor


class Suits(NamedTuple):
    """A room that has what is needed and is free."""

    id: uuid.UUID
    name: str


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
