"""A person's next appointment, on the pages about them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.people.beside import Beside, Row, Said

NEXT = """
select person_id, starts from diary_booking
where person_id = %(person)s and state = 'booked' and starts > (select kohti.now()) order by starts limit 1
"""


def _say(actor: Actor, row: Row) -> Said:
    starts = datetime.fromisoformat(row["starts"])
    when = f"{words.day_long(starts.astimezone(actor.zone).date())} {words.clock_time(starts, actor.zone)}"
    return Said(facts=((_("Next appointment"), when, reverse("appointments", args=[row["person_id"]])),))


PART = Beside(2, NEXT, _say)
