"""On *Today*: who of one's appointments is here, under which ticket, since when. Live news keep it true.

What is sent names nobody: it is a word in a place that only the page of whoever has the appointment has, so that it
is rendered once for all of a role at a centre.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import get_template

from kohti.diary.news import concerns
from kohti.frontdesk.actions.visits import ticket_of
from kohti.frontdesk.showing import state_words
from kohti.kernel import clock, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import short

HERE = "case when v.counts then v.state else '' end, v.letter, v.number, v.arrived_at"
IN_THE_LINE = ("waiting", "called")
ROUNDS = ("round", "round-back")
"""What is told of a round that was not back in time: that it is not, and that it is by now."""


def line(
    actor: Actor, booking_id: uuid.UUID, state: str, letter: str, number: int, at: datetime
) -> dict[str, Any]:
    """Where the visit of an appointment stands, in words; without a state where it was taken back."""
    return {
        "id": short(booking_id),
        "state": state_words().get(state, ""),
        "waits": state == "waiting",
        "ticket": ticket_of(letter, number),
        "at": words.clock_time(at, actor.zone),
    }


def _part(actor: Actor, language: str) -> live.Render:
    """What some news changed on *Today*, for everybody of one role at one centre in one language."""
    screen = actor.as_screen()

    def render_part(news: Sequence[live.News]) -> str | None:
        today = clock.today(screen.zone)
        if any(one.topic == "diary" and concerns(one, today, today + timedelta(days=1)) for one in news):
            return None
        rounds = [one.topic for one in news if one.topic in ROUNDS and may(screen, "outreach.go")]
        if rounds:
            with words.spoken(language, actor=screen):
                return get_template("workbench/_round_news.html").render({"back": rounds[-1] != "round"})
        visits = [one.subject_id for one in news if one.topic == "visit"]
        if not visits:
            return ""
        with as_actor(screen), words.spoken(language, actor=screen):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"select v.booking_id, {HERE} from frontdesk_visit v"
                    " where v.id = any(%s) and v.booking_id is not null",
                    [visits],
                )
                found = [line(screen, *row) for row in cursor.fetchall()]
            return get_template("workbench/_here_news.html").render({"found": found})

    return render_part


@needs("journeys.see")
def day_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of who is here for whom."""
    language = words.language()
    view = live.View("today", actor.centre, actor.role, language)
    return pages.stream(request, actor, view, _part(actor, language))
