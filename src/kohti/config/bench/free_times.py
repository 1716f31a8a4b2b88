"""What free times cost: seven centres, forty coaches each, a fortnight, most of it booked."""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import process_time
from typing import Any

import psycopg

from kohti.diary import free
from kohti.kernel.actor import Actor

COACHES, DAYS, A_DAY = 40, 14, 12
"""At each centre; the days that are looked at; how many appointments each coach has a day."""

LOAD = (
    """
create temporary table coaches as
select gen_random_uuid() as id, c.service_id, c.id as centre_id, n
from team_centre c, generate_series(1, %(coaches)s) n where c.service_id = %(service)s and not c.retired
""",
    """
insert into team_staff (id, service_id, centre_id, full_name, folded, sort_key)
select id, service_id, centre_id, 'Bench Coach ' || n, 'bench coach ' || n, 'bench coach ' || n from coaches
""",
    """
insert into diary_booking (id, service_id, centre_id, day, starts, ends, staff_id, kind_id, reference, note, state,
    version)
select gen_random_uuid(), k.service_id, k.centre_id, g.at::date,
    (g.at + time '09:00' + (b * 40 + k.n %% 4 * 10) * interval '1 minute') at time zone %(zone)s,
    (g.at + time '09:30' + (b * 40 + k.n %% 4 * 10) * interval '1 minute') at time zone %(zone)s,
    k.id, (select d.id from diary_kind d where d.service_id = k.service_id order by d.code limit 1), '', '', 'booked', 1
from coaches k, generate_series(%(first)s::timestamp, %(first)s::timestamp + %(days)s * interval '1 day', '1 day') g(at),
    generate_series(0, %(a_day)s - 1) b
where extract(isodow from g.at) < 6
""",
    "drop table coaches",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One way of asking: CPU of this process and of the database in ms, middle of all tries, and how many were offered."""

    asked: str
    app_ms: float
    db_ms: float
    offered: int


def load(owner: psycopg.Connection[Any], service_id: uuid.UUID, first: date, zone: str) -> None:
    """Give each centre of a service so many coaches, each with a full fortnight; by SQL, as the owner."""
    values = {
        "service": service_id, "coaches": COACHES, "days": DAYS, "a_day": A_DAY, "first": first, "zone": zone,
    }  # fmt: skip
    for query in LOAD:
        owner.execute(query, values)
    for table in ("team_staff", "diary_booking"):
        owner.execute(f"analyze {table}")


def costs(
    actor: Actor, centres: list[uuid.UUID], first: date, *, repeat: int, database: Callable[[], float]
) -> list[Cost]:
    """What it costs to ask, within `as_actor`. `database` says what its processes ran so far, in ms."""
    whole = free.Rule(minutes=30, first=first, days=DAYS - 1, centres=centres)
    asked: dict[str, Callable[[], int]] = {
        "first three": lambda: len(free.offers(actor, whole, most=3)),
        "three a day": lambda: len(free.offers(actor, whole, a_day=3)),
        "all of them": lambda: sum(1 for _one in free.all_offers(actor, whole)),
    }
    found = []
    for name, ask in asked.items():
        tries = []
        offered = ask()
        for _try in range(repeat):
            app, db = process_time(), database()
            ask()
            tries.append(((process_time() - app) * 1000, database() - db))
        found.append(
            Cost(
                name,
                statistics.median(one for one, _db in tries),
                statistics.median(one for _app, one in tries),
                offered,
            )
        )
    return found
