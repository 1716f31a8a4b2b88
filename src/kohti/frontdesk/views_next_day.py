"""Tomorrow's sheet: the page, and the same on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from markupsafe import Markup

from kohti.kernel import links, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.people.spoken import own_languages

from . import next_day
from .glance import Glance


@needs("arrivals.see")
def tomorrow(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who comes on the next day the centre is open, who needs what, who is where and has time."""
    found = next_day.sheet(actor)
    if found is None:
        return render(request, "frontdesk/tomorrow.html", {"sheet": None})
    next_day.shown(actor, found, "person.listed")
    opens, own = may(actor, "people.open"), own_languages(actor)
    zone, speaking = actor.zone, words.spoken_now()
    lines = [_line(one, found.day, opens, own, zone, speaking) for one in found.coming]
    needing = [line for line in lines if next_day.needs_something(line.look)]
    return render(
        request,
        "frontdesk/tomorrow.html",
        {
            "sheet": found,
            "day": words.day_long(found.day),
            "sentence": next_day.count_words(found, len(needing)),
            "rows": Markup("".join(line.row for line in lines)),  # noqa: S704 - each is rendered
            "needing": needing,
            "alone": [lines[number] for number in sorted(found.alone)],
            "held": [
                (next_day.spans(actor, [(one.starts, one.ends)]), one.title, one.by, one.room)
                for one in found.held
            ],
            "colleagues": [(one.name, *next_day.where(actor, found, one)) for one in found.colleagues],
        },
    )


class Line(NamedTuple):
    """One of those who come, in words, and their row of the page."""

    at: str
    name: str
    href: str
    kind: str
    staff: str
    room: str
    look: Glance
    row: Markup = Markup("")


@lru_cache(maxsize=5_000)
def _line(
    one: next_day.Coming,
    day: date,
    opens: bool,
    own: Sequence[str],
    zone: ZoneInfo,
    speaking: GNUTranslations,
) -> Line:
    """Kept, because of hundreds one has changed since the page before. `speaking`: what texts are translated by."""
    line = Line(
        at=words.clock_time(one.starts, zone),
        name=next_day.name_of(one),
        href=links.to("person", one.person_id) if opens and one.person_id else "",
        kind=words.title(one.kind),
        staff=one.staff,
        room=one.room,
        look=next_day.look(one, day, own),
    )
    macros: Any = get_template("frontdesk/_tomorrow_row.html")
    return line._replace(row=macros.template.module.row(line))


@needs("arrivals.see")
def tomorrow_printed(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a PDF."""
    found = next_day.sheet(actor)
    if found is None:
        raise Http404
    made = next_day.made(actor, found)
    return pages.to_save(made.content, name="tomorrow.pdf", media_type="application/pdf")
