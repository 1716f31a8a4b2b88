"""Who else is writing about the same way: two who write at once are told, and neither overwrites the other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel.drafts import Draft, typed
from kohti.kernel.rows import definer

FUNCTIONS = (
    # A draft is its writer's alone. That there is one, and whose, is told to who sees the person.
    definer(
        """
kohti.others_writing(p_kind text, p_way uuid)
returns table (name text, began timestamptz, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.full_name, coalesce(d.began, d.at), d.at from kernel_draft d
    join journeys_journey j on j.id = d.about_id
    join team_membership m on m.id = d.member_id join team_staff s on s.id = m.staff_id
    where d.about_kind = p_kind and d.about_id = p_way and d.member_id <> kohti.member()
      and j.service_id = kohti.service() and kohti.sees(j.person_id)
    order by 2, 1
$$"""
    ),
)

WRITING = """
select body, version, at, began, '' from kernel_draft
where member_id = %(member)s and about_kind = %(kind)s and about_id = %(way)s
union all select '', 0, at, began, name from kohti.others_writing(%(kind)s, %(way)s)
"""


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague who is writing about the same way: since when, and when they last typed."""

    name: str
    began: datetime
    at: datetime


def on(kind: str, way_id: uuid.UUID) -> tuple[Draft | None, tuple[Other, ...]]:
    """What the actor was typing about a way, and who else is. One statement."""
    values = {"member": actors.current().member_id, "kind": kind, "way": way_id}
    own: Draft | None = None
    others = []
    with connection.cursor() as cursor:
        cursor.execute(WRITING, values)
        for body, version, at, began, name in cursor.fetchall():
            if version:
                own = Draft(typed(body), version, at)
            else:
                others.append(Other(name, began, at))
    return own, tuple(others)
