"""Today for who leads a centre: who is away and who covers, who needs somebody coach by coach, waits, emergencies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kohti.frontdesk import queries as desk
from kohti.journeys.queries.away import who_is_away
from kohti.journeys.views.away import away_line
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may
from kohti.people import queries as people


def by_coach(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Lines of who needs somebody, oldest first, under their coach: the coach whose oldest is oldest comes first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in lines:
        found.setdefault(one["owner"], []).append(one)
    return [(coach or _("Without a coach"), theirs) for coach, theirs in found.items()]


def leading(actor: Actor) -> dict[str, Any]:
    """What only a leader's Today shows besides who fell between. At most four statements."""
    return {
        "books": may(actor, "diary.book"),
        "covers": may(actor, "diary.cover"),
        "closes": may(actor, "centre.close"),
        "away": [away_line(actor, one) for one in who_is_away(actor)],
        "waits": [
            {
                "title": one.title,
                "waiting": one.waiting,
                "longest": one.longest,
                "late": one.longest >= one.promise,
                "promise": one.promise,
            }
            for one in (desk.waits(actor.centre, clock.today(actor.zone)) if may(actor, "queue.call") else ())
        ],
        "emergencies": [
            {
                "who": one.who,
                "when": f"{words.day_of(one.at, actor.zone)} {words.clock_time(one.at, actor.zone)}",
                "person": one.person_id,
                "name": one.name or _("A record you may not open"),
                "words": one.words,
            }
            for one in (people.emergencies(actor) if may(actor, "people.alerts") else ())
        ],
    }
