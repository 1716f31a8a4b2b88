"""Which colleagues are here today, as far as the diary says: by the rota, by their appointments, by their absences."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a colleague is at work today.

    booked          they have appointments today
    away            an absence holds now, or all of their place by the rota is taken away today
    begins, ends    the stretch by the rota that they are in, or the next; None: no more today
    """

    booked: bool
    away: bool
    begins: datetime | None = None
    ends: datetime | None = None

    def in_words(self, zone: ZoneInfo) -> str:
        """That they are here, until when, or from when; or away; empty where nothing is known."""
        if self.away:
            return _("Away today")
        if self.begins is None or self.ends is None:
            return _("Here today") if self.booked else ""
        until = words.clock_time(self.ends, zone)
        if self.begins <= clock.now():
            return f"{_('Here today')}, {_('until %(time)s') % {'time': until}}"
        return f"{_('Here today')}, {words.clock_time(self.begins, zone)}–{until}"


TODAY = """
with placed as materialized (
    select staff_id, here_from, here_until, instead_of
    from kohti.who_is_placed(%(centre)s, %(day)s, %(day)s, %(zone)s) where staff_id = any(%(staff)s))
select s.id,
    exists (select 1 from diary_booking b where b.staff_id = s.id and b.day = %(day)s and b.state <> 'cancelled'),
    exists (select 1 from diary_absence a where a.staff_id = s.id and a.starts <= %(now)s and a.ends > %(now)s)
        or (exists (select 1 from placed p where p.staff_id = s.id and p.instead_of is null)
            and not exists (select 1 from placed p where p.staff_id = s.id and p.here_from is not null)),
    n.here_from, n.here_until
from team_staff s
left join lateral (select p.here_from, p.here_until from placed p where p.staff_id = s.id and p.here_until > %(now)s
                   order by p.here_from limit 1) n on true
where s.id = any(%(staff)s)
"""


def today(actor: Actor, staff: Sequence[uuid.UUID]) -> dict[uuid.UUID, Presence]:
    """What is known of whether these colleagues are at work at the actor's centre today. One statement."""
    values = {
        "staff": list(staff),
        "centre": actor.centre_id,
        "day": clock.today(actor.zone),
        "now": clock.now(),
        "zone": str(actor.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(TODAY, values)
        return {row[0]: Presence(*row[1:]) for row in cursor.fetchall()}
