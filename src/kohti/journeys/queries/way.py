"""A way with its coach, its centre and the pause that lasts today: what every page about one begins with.

Written as SQL, because it is asked on each of these pages: to have it made anew each time cost more than its answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people import queries as people
from kohti.team.models import Centre, Membership, Staff

from ..models import Journey

M = TypeVar("M", bound=Model)
READ: tuple[tuple[str, type[Model]], ...] = (
    ("j", Journey),
    ("m", Membership),
    ("s", Staff),
    ("c", Centre),
)
FROM = """
select {columns}, (
    select json_build_object('since', p.since, 'until', p.until, 'why', p.why) from journeys_pause p
    where p.journey_id = j.id and p.until > %(today)s order by p.since limit 1), {asks}
from journeys_journey j join team_centre c on c.id = j.centre_id
left join team_membership m on m.id = j.owner_id left join team_staff s on s.id = m.staff_id
"""
ASKS = """exists (
    select 1 from journeys_lastingcheck k
    where k.journey_id = j.id and k.answered_at is null and k.due_on <= %(asks_on)s)"""
OF_PERSON = "where j.person_id = %(person)s order by j.closed_at desc nulls first limit 1"
BY_ID = "where j.id = %(way)s"


@cache
def _statement(which: str, *, asks: bool) -> str:
    columns = [f'{alias}."{field.column}"' for alias, model in READ for field in model._meta.concrete_fields]
    return FROM.format(columns=", ".join(columns), asks=ASKS if asks else "null") + which


def _made(model: type[M], values: Sequence[Any]) -> M | None:
    """An instance from its columns; None where the row was not there."""
    fields = model._meta.concrete_fields
    read = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    made = model.from_db("default", [field.attname for field in fields], read)
    return made if made.pk is not None else None


def _one(which: str, values: Mapping[str, Any]) -> Journey | None:
    with connection.cursor() as cursor:
        cursor.execute(_statement(which, asks=values.get("asks_on") is not None), values)
        row = cursor.fetchone()
    if row is None:
        return None
    parts: list[Any] = []
    for _alias, model in READ:
        number = len(model._meta.concrete_fields)
        parts.append(_made(model, row[:number]))
        row = row[number:]
    way, owner, staff, centre = parts
    if owner is not None:
        owner.staff = staff
    way.owner, way.centre = owner, centre
    way.stands_still, way.asks = row
    return way  # type: ignore[no-any-return]


def journey_of(actor: Actor, person_id: uuid.UUID) -> Journey | None:
    """The person's way: the open one, else the last that ended, else None. One statement.

    Its `stands_still` is the pause of its time limit that lasts today, or None.
    """
    actors.must(actor, "journeys.see")
    return _one(OF_PERSON, {"person": person_id, "today": clock.today(actor.zone)})


def journey(journey_id: uuid.UUID, *, asks_on: date | None = None) -> Journey:
    """A way the actor may see. Raises NotThere; AskFirst where it is of somebody restricted.

    With `asks_on` it says as `asks` whether a check is due that day.
    """
    today = clock.today(actors.current().zone)
    found = _one(BY_ID, {"way": journey_id, "today": today, "asks_on": asks_on})
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute("select kohti.whose_closed_way(%s)", [journey_id])
            row = cursor.fetchone()
        raise people.not_there(row[0]) if row and row[0] else NotThere("no such way")
    return found
