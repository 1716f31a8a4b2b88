"""How fields of life went over time, and what was answered in questionnaires. Read by the pages about one person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor

from ..models import Answers
from .plan import Rating

MOST = 30
"""So many of the newest ratings of a field by one of the two are shown."""
MOST_SHEETS = 12

OVER_TIME = """
select field, view, level, at from (
    select n.*, row_number() over (partition by field, view order by at desc, id desc) as nth
    from journeys_need n
    where journey_id = any(array(select id from journeys_journey where person_id = %s)) and person_id = %s
) newest where nth <= %s order by at, id
"""


def needs_over_time(actor: Actor, person_id: uuid.UUID) -> dict[str, list[Rating]]:
    """What each of the two said of each field of life, oldest first, by field; over all their ways. One statement.

    Of what is sealed only what the actor holds the key of. The newest `MOST` of each field and view.
    """
    actors.must(actor, "journeys.see")
    found: dict[str, list[Rating]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OVER_TIME, [person_id, person_id, MOST])
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Rating(*row))
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to an item, by one of the two: 1 to 4, unsaid, or does not apply; when."""

    item: str
    view: str
    answer: int | str
    at: datetime


def answers_over_time(actor: Actor, person_id: uuid.UUID) -> dict[str, list[Answer]]:
    """The latest questionnaires, oldest first, by item; of what is sealed only with its key. One statement."""
    actors.must(actor, "journeys.see")
    rows = list(Answers.objects.filter(person_id=person_id).order_by("-at", "id")[: MOST_SHEETS * 3])
    found: dict[str, list[Answer]] = {}
    for row in reversed(rows):
        for item, answer in row.answers.items():
            found.setdefault(item, []).append(Answer(item, row.view, answer, row.at))
    return found
