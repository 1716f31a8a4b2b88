"""Live news of the arrivals, the queue, and of who asks for help."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import get_template

from kohti.diary.news import concerns
from kohti.kernel import clock, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import short
from kohti.kernel.live import News, View

from . import in_line, meeting, queries, views_line
from .drawing import drawn
from .showing import as_rows


def part_of(actor: Actor, language: str, page: str) -> live.Render:
    """What some news changed on a page, for everybody of one role at one centre in one language."""
    screen = actor.as_screen()

    def render_part(heard: Sequence[News]) -> str | None:
        today = clock.today(screen.zone)
        news = [one for one in heard if one.topic != "diary" or concerns(one, today, today)]
        if not news:
            return ""
        if any(one.topic not in ("visit", "help") for one in news):
            return None
        ids = {one.subject_id for one in news if one.topic == "visit"}
        if not ids:
            return ""
        with as_actor(screen), words.spoken(language, actor=screen):
            centre, day = screen.centre, clock.today(screen.zone)
            numbers = queries.numbers_of(centre, day)
            asked = meeting.asked_now(centre, day)
            if page == "arrivals":
                found = queries.arrivals_of(centre, day, list(ids))
                return get_template("frontdesk/_arrivals_news.html").render(
                    {
                        "rows": as_rows(screen, found, into="lines"),
                        "gone": [
                            short(one)
                            for one in ids - {line.visit_id for line in found if not line.booking_id}
                        ],
                        "numbers": numbers,
                        "asked": asked,
                        "may_check_in": may(screen, "arrivals.check_in"),
                    }
                )
            lines = queries.lines(centre, day)
            waits = in_line.waits_of(in_line.standing(centre, day), lines)
            shown = drawn(screen, queries.cards_of(centre, day, list(ids)), waits=waits, into=True)
            return get_template("frontdesk/_queue_news.html").render(
                {
                    "cards": shown,
                    "gone": sorted(ids - {one.card.id for one in shown}),
                    "lines": lines,
                    "told": in_line.as_told(waits),
                    "may_close": may(screen, "day.close"),
                    "numbers": numbers,
                    "asked": asked,
                }
            )

    return render_part


def _news(request: HttpRequest, actor: Actor, page: str) -> HttpResponseBase:
    language = words.language()
    view = View(page, actor.centre, actor.role, language)
    return pages.stream(request, actor, view, part_of(actor, language, page))


@needs("arrivals.see")
def arrivals_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of the arrivals."""
    return _news(request, actor, "arrivals")


@needs("queue.call")
def queue_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of the queue."""
    return _news(request, actor, "queue")


@needs("queue.call")
def help_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of who asks for help, for every page."""
    language = words.language()
    view = View("help", actor.centre, actor.role, language)
    # No page asks the database for it: the stream begins with how it stands.
    begins = live.as_event("parts", views_line.help_strip(actor))
    return pages.stream(request, actor, view, views_line.render_help(actor, language), begins=begins)
