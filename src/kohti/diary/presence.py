"""Which colleagues are here today, as far as the diary says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock
from kohti.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a colleague is at work today: `here` (appointments today), `away` (an absence that holds now)."""

    here: bool
    away: bool

    def in_words(self) -> str:
        """That they are here or away today; empty where nothing is known."""
        if self.away:
            return _("Away today")
        return _("Here today") if self.here else ""


TODAY = """
select s.id,
    exists (select 1 from diary_booking b where b.staff_id = s.id and b.day = %(day)s and b.state <> 'cancelled'),
    exists (select 1 from diary_absence a where a.staff_id = s.id and a.starts <= %(now)s and a.ends > %(now)s)
from team_staff s where s.id = any(%(staff)s)
"""


def today(actor: Actor, staff: Sequence[uuid.UUID]) -> dict[uuid.UUID, Presence]:
    """What is known of whether these colleagues are at work today. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(TODAY, {"staff": list(staff), "day": clock.today(actor.zone), "now": clock.now()})
        return {row[0]: Presence(*row[1:]) for row in cursor.fetchall()}
