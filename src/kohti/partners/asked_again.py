"""Which entries are asked about again, and of whom: so that each is asked of somebody who is there to answer.

Of whoever confirmed it last; of whoever keeps the directory where nobody did, where they have left, and where a fortnight
went by.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kohti.kernel import clock, reading
from kohti.kernel.actor import Actor, may

FORTNIGHT = timedelta(days=14)
A_FEW = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer about which a colleague is asked whether it is still right; `number`: of how many in all."""

    id: uuid.UUID
    name: str
    partner: str
    number: int


ASKED = reading.Part(
    f"""
select o.id, o.name, p.name as partner, count(*) over () as number
from partners_listing o join partners_partner p on p.id = o.partner_id
where o.service_id = %(asked_service)s and o.gone_since is null and o.status in ('active', 'temporarily closed')
  and o.confirm_by <= %(asked_day)s
  and ((%(asked_confirms)s and o.confirmed_by_id = %(asked_staff)s)
    or (%(asked_keeps)s and (o.confirm_by <= %(asked_late)s or not exists (
        select 1 from team_membership m where m.staff_id = o.confirmed_by_id
          and m.starts <= %(asked_now)s and (m.ends is null or m.ends > %(asked_now)s)))))
order by o.confirm_by, o.name, o.id limit {A_FEW}
""",
    lambda row: Asked(uuid.UUID(row["id"]), row["name"], row["partner"], row["number"]),
)
"""Those that are asked of an actor, longest due first; beside other readings of a page."""


def values(actor: Actor) -> dict[str, Any]:
    """What `ASKED` is asked for."""
    today = clock.today(actor.zone)
    return {
        "asked_service": actor.service,
        "asked_staff": actor.staff_id,
        "asked_day": today,
        "asked_late": today - FORTNIGHT,
        "asked_now": clock.now(),
        "asked_confirms": may(actor, "directory.confirm"),
        "asked_keeps": may(actor, "directory.keep") and may(actor, "directory.confirm"),
    }


def asked_of(actor: Actor) -> list[Asked]:
    """The first few entries that are asked of an actor. One statement."""
    return reading.together(values(actor), ASKED)[0]
