"""Who waits for an earlier time at a centre, in order, and the first time that would suit each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection

from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor

from .free import Free, Rule, all_offers

MOST_DAYS = 21
MOST = 50


class Waits(NamedTuple):
    """Somebody who would come earlier, and what they would come to."""

    id: uuid.UUID
    booking_id: uuid.UUID
    version: int
    starts: datetime
    ends: datetime
    person_id: uuid.UUID
    name: str
    staff_id: uuid.UUID | None
    staff: str
    with_id: uuid.UUID | None
    weekdays: list[int]
    opens: time | None
    closes: time | None
    before: datetime
    kinds: str
    own_starts: list[datetime]
    own_ends: list[datetime]

    @property
    def kind(self) -> str:
        """What it is, in the language in use."""
        return words.title(self.kinds)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A place on the list: who, and the soonest time that suits them, if any is free."""

    who: Waits
    offer: Free | None


WAITING = """
select w.id, b.id, b.version, b.starts, b.ends, w.person_id, coalesce(p.full_name, ''), b.staff_id,
    coalesce(t.full_name, ''), w.staff_id, w.weekdays, w.opens, w.closes, w.before, k.title,
    array(select o.starts from diary_booking o where o.person_id = w.person_id and o.id <> b.id and o.holds
          and o.starts > %(now)s and o.starts < w.before order by o.starts),
    array(select o.ends from diary_booking o where o.person_id = w.person_id and o.id <> b.id and o.holds
          and o.starts > %(now)s and o.starts < w.before order by o.starts)
from diary_wish w join diary_booking b on b.id = w.booking_id join diary_kind k on k.id = b.kind_id
left join people_person p on p.id = w.person_id left join team_staff t on t.id = b.staff_id
where w.centre_id = %(centre)s and w.ended_at is null and b.state = 'booked' and b.starts > %(now)s
order by w.asked_at, w.id limit %(most)s
"""


def waiting(actor: Actor) -> list[Earlier]:
    """Who waits at the actor's centre, longest first, each with the soonest time that suits them and nobody before them.

    A time within the next three weeks, with whom and when they asked for. Whose it is is in the history. Three statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"centre": actor.centre, "now": clock.now(), "most": MOST})
        who = [Waits(*row) for row in cursor.fetchall()]
    if not who:
        return []
    free = list(all_offers(actor, _rule(actor, who)))
    given: list[Free] = []
    found = []
    for one in who:
        offer = next((time for time in free if _suits(actor, one, time, given)), None)
        if offer is not None:
            offer = Free(offer.starts, offer.starts + (one.ends - one.starts), offer.staff_id)
            given.append(offer)
        found.append(Earlier(one, offer))
    persons = list(dict.fromkeys(one.person_id for one in who))
    history.record("person.listed", "centre", actor.centre, persons=persons)
    return found


def _rule(actor: Actor, who: Sequence[Waits]) -> Rule:
    """What is asked for all of them at once: the longest of them fits wherever one does."""
    today = clock.today(actor.zone)
    latest: date = max(one.before for one in who).astimezone(actor.zone).date()
    return Rule(
        minutes=max(int((one.ends - one.starts) / timedelta(minutes=1)) for one in who),
        first=today,
        days=min(MOST_DAYS, (latest - today).days),
        before=max(one.before for one in who),
    )


def _suits(actor: Actor, one: Waits, free: Free, given: Sequence[Free]) -> bool:
    """Whether a time is what somebody asked for, and neither they nor somebody before them has it already."""
    starts, ends = free.starts, free.starts + (one.ends - one.starts)
    local = starts.astimezone(actor.zone)
    with_whom = one.with_id or one.staff_id
    return (
        starts < min(one.before, one.starts)
        and (with_whom is None or free.staff_id == with_whom)
        and (not one.weekdays or local.weekday() in one.weekdays)
        and (one.opens is None or local.time() >= one.opens)
        and (one.closes is None or ends.astimezone(actor.zone).time() <= one.closes)
        and not any(a < ends and b > starts for a, b in zip(one.own_starts, one.own_ends, strict=True))
        and not any(x.starts < ends and x.ends > starts and x.staff_id == free.staff_id for x in given)
    )
