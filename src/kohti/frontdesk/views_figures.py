"""The day in figures: what they are, whom each of them counts, and the same as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import clock, links, sheets, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs

from . import day_figures
from .day_figures import BY, MOST_DAYS, WHAT, Asked, Counted, Figures, Group
from .glance import whom_to_ask
from .showing import STATE_WORDS

BAR_WIDE, BAR_TALL, BAR_STEP = 300, 90, 26
"""The chart, in units of its own."""


def _asked(request: HttpRequest, actor: Actor) -> Asked:
    """The days of the address: today's, where it says none or the actor sees no others; at most a quarter of a year."""
    today = clock.today(actor.zone)
    first = _day(request.GET.get("from", "")) or today
    last = _day(request.GET.get("until", "")) or first
    if not _sees_every_day(actor):
        first = last = today
    first, last = min(first, last), min(max(first, last), today)
    first = min(first, last)
    if (last - first).days >= MOST_DAYS:
        first = last - timedelta(days=MOST_DAYS - 1)
    return Asked(actor.centre, first, last)


def _sees_every_day(actor: Actor) -> bool:
    return actor.scope == "centre"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _address(name: str, asked: Asked, **more: Any) -> str:
    given = {"from": asked.first.isoformat(), "until": asked.last.isoformat()} | more
    return f"{reverse(name)}?{urlencode(given)}"


def _when(asked: Asked) -> str:
    if asked.first == asked.last:
        return words.day_long(asked.first)
    return _("%(first)s to %(last)s") % {
        "first": words.day_short(asked.first),
        "last": words.day_short(asked.last),
    }


def minutes(value: float | None) -> str:
    """Whole minutes, or a dash for nobody."""
    return "–" if value is None else words.number(round(value))


def _sentence(figures: Figures) -> str:
    """What the page says, in one sentence."""
    if figures.median is None or figures.p90 is None:
        return _("Nobody was seen.")
    return ngettext(
        "%(number)s person was seen: half of them within %(median)s min, nine of ten within %(p90)s min.",
        "%(number)s people were seen: half of them within %(median)s min, nine of ten within %(p90)s min.",
        figures.seen,
    ) % {
        "number": words.number(figures.seen),
        "median": minutes(figures.median),
        "p90": minutes(figures.p90),
    }


def _heads() -> dict[str, str]:
    return {
        "came": _("Came"),
        "seen": _("Seen"),
        "median": _("Half waited up to"),
        "p90": _("Nine of ten up to"),
        "missed": _("Did not come"),
        "left": _("Left before being seen"),
        "parked": _("Parked"),
        "handed": _("Handed over"),
    }


def _means() -> dict[str, str]:
    """What each figure counts, in words for whoever asks."""
    return {
        "came": _("Everybody with a ticket; check-ins that were taken back are not counted."),
        "seen": _("A talk with a colleague began."),
        "median": _(
            "Minutes from arrival, or from the agreed time if that is later, until the first talk began."
        ),
        "p90": _("The same: one of ten waited longer."),
        "missed": _("Booked and never here, or called and not there."),
        "left": _("Gone, or sent home at closing time, before a talk began."),
        "parked": _("Set aside at least once while waiting."),
        "handed": _("Passed to a named colleague or partner."),
    }


def _by_heads() -> dict[str, str]:
    return {"day": _("Day"), "hour": _("Hour"), "stream": _("Queue"), "what": _("For")}


def _cells(figures: Figures) -> list[str]:
    return [
        minutes(value) if name in ("median", "p90") else words.number(value or 0)
        for name, value in figures._asdict().items()
    ]


def _named(name: str, group: Group) -> str:
    if name == "day":
        return words.day_short(date.fromisoformat(group.key))
    return f"{int(group.key):02d}:00" if name == "hour" else group.words


def _groups(name: str, counted: Counted, asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "name": _named(name, group),
            "cells": _cells(group.figures),
            "href": _address(
                "day_visits", asked, what="came" if group.figures.came else "missed", by=name, key=group.key
            ),
        }
        for group in counted.by[name]
    ]


def _bars(name: str, counted: Counted) -> dict[str, Any] | None:
    """The chart of how long nine of ten and the half waited, hour by hour or day by day; none for fewer than two."""
    groups = [group for group in counted.by[name] if group.figures.p90 is not None]
    if len(groups) < 2:
        return None
    longest = max(1.0, *(group.figures.p90 or 0 for group in groups))
    step = min(BAR_STEP * 2, BAR_WIDE / len(groups))
    every = -(-len(groups) // 10)
    return {
        "wide": BAR_WIDE,
        "tall": BAR_TALL,
        "longest": minutes(longest),
        "bars": [
            {
                "x": round(number * step, 1),
                "wide": round(step * 0.7, 1),
                "most": round(BAR_TALL * (group.figures.p90 or 0) / longest, 1),
                "half": round(BAR_TALL * (group.figures.median or 0) / longest, 1),
                "name": "" if number % every else (group.key if name == "hour" else str(int(group.key[-2:]))),
            }
            for number, group in enumerate(groups)
        ],
    }


@needs("arrivals.see")
def day_in_figures(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A day of the centre in figures, or several. Nobody's name stands on it."""
    asked = _asked(request, actor)
    counted = day_figures.count(actor, asked)
    today = clock.today(actor.zone)
    heads, means = _heads(), _means()
    trend = "hour" if asked.first == asked.last else "day"
    tables = [name for name in ("stream", "what", "hour") if name != trend]
    spans = (
        (_("Today"), 0, 0),
        (_("Yesterday"), 1, 1),
        (_("Seven days"), 6, 0),
        (_("Four weeks"), 27, 0),
    )
    return render(
        request,
        "frontdesk/day_figures.html",
        {
            "asked": asked,
            "when": _when(asked),
            "sentence": _sentence(counted.whole),
            "anything": counted.whole.came or counted.whole.missed,
            "numbers": [
                {
                    "title": heads[name],
                    "number": cell,
                    "means": means[name],
                    "href": _address("day_visits", asked, what="seen" if name in ("median", "p90") else name),
                    "some": cell not in ("0", "–"),
                }
                for name, cell in zip(heads, _cells(counted.whole), strict=True)
            ],
            "heads": list(heads.values()),
            "trend": {
                "head": _by_heads()[trend],
                "rows": _groups(trend, counted, asked),
                "bars": _bars(trend, counted),
            },
            "tables": [{"head": _by_heads()[name], "rows": _groups(name, counted, asked)} for name in tables],
            "every_day": _sees_every_day(actor),
            "most_days": MOST_DAYS,
            "spans": [
                (
                    text,
                    _address("day_figures", span),
                    span == asked,
                )
                for text, span in (
                    (
                        text,
                        Asked(asked.centre_id, today - timedelta(days=behind), today - timedelta(days=until)),
                    )
                    for text, behind, until in spans
                )
            ],
            "csv": _address("day_figures_csv", asked),
        },
    )


@needs("arrivals.see")
def day_figures_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a file; no cell of it is a formula."""
    asked = _asked(request, actor)
    counted = day_figures.count(actor, asked)
    header = [_("By"), _("Which"), *_heads().values()]
    lines = day_figures.rows(counted, list(_by_heads().values()), _when(asked))
    answer = HttpResponse(sheets.write_csv(header, lines), content_type="text/csv; charset=utf-8")
    name = f"figures-{asked.first.isoformat()}-{asked.last.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs("arrivals.see")
def day_visits(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whom a figure counts; only as far as one may see them."""
    asked = _asked(request, actor)
    what, by, key = (request.GET.get(name, "")[:40] for name in ("what", "by", "key"))
    if what not in WHAT or (by and by not in BY):
        raise Http404
    after = request.GET.get("after", "")
    begin = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    lines, more = day_figures.who(actor, asked, what=what, by=by, key=key, after=begin)
    narrowed = {"what": what} | ({"by": by, "key": key} if by else {})
    opens = may(actor, "people.open")
    step = day_figures.PAGE
    return render(
        request,
        "frontdesk/day_visits.html",
        {
            "title": _heads()[what],
            "when": _when(asked),
            "means": _means()[what],
            "one_day": asked.first == asked.last,
            "back": _address("day_figures", asked),
            "kinds": [
                (text, _address("day_visits", asked, **(narrowed | {"what": name})), name == what)
                for name, text in _heads().items()
                if name in WHAT
            ],
            "lines": [
                {
                    "day": words.day_short(line.day),
                    "at": words.clock_time(line.at, actor.zone),
                    "ticket": line.ticket,
                    "name": line.name or whom_to_ask(line.ask) or _("No name given"),
                    "href": links.to("person", line.person_id) if opens and line.person_id else "",
                    "kind": words.title(line.title),
                    "state": STATE_WORDS[line.state](),
                    "waited": minutes(line.waited),
                }
                for line in lines
            ],
            "earlier": _address("day_visits", asked, after=max(0, begin - step), **narrowed)
            if begin
            else None,
            "later": _address("day_visits", asked, after=begin + step, **narrowed) if more else None,
        },
    )
