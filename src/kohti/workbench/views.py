"""The history of the service, read and taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kohti.kernel import clock, ids, sheets, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.people.bar import bar
from kohti.people.queries import open_person

from . import happenings, queries
from .queries import Asked, Happening

SHOWN_PERSONS = 3


def _asked(request: HttpRequest) -> Asked:
    """What an address asks for; whatever is no such thing is not asked."""
    given = request.GET
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        day = None
    verb, subject = given.get("verb", ""), given.get("about", "")
    return Asked(
        staff_id=ids.typed(given.get("who", "")),
        verb=verb if verb in happenings.VERBS else "",
        subject=subject if subject in happenings.SUBJECTS else "",
        day=day,
        person_id=ids.typed(given.get("person", "")),
    )


def _kept(asked: Asked) -> dict[str, str]:
    """What was asked, as an address says it."""
    said = {
        "who": str(asked.staff_id or ""),
        "verb": asked.verb,
        "about": asked.subject,
        "day": asked.day.isoformat() if asked.day else "",
        "person": str(asked.person_id or ""),
    }
    return {key: value for key, value in said.items() if value}


def _who(one: Happening) -> str:
    if one.who:
        return one.who
    if one.kind == "system":
        return _("the service itself")
    if one.kind == "guest":
        return _("the person themselves")
    if one.kind == "device":
        return _("a kiosk or board")
    return _("at the door")


@needs("audit.see")
def audit(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What happened, newest first."""
    asked = _asked(request)
    who = queries.name_of(actor, asked.staff_id) if asked.staff_id is not None else ""
    found, following = queries.happenings(actor, asked, after=ids.typed(request.GET.get("after", "")))
    kept = _kept(asked)
    about: dict[str, Any] = {"about": None}
    if asked.person_id is not None:
        about = bar(actor, open_person(actor, asked.person_id), "history")
    return render(
        request,
        "workbench/audit.html",
        about
        | {
            "asked": asked,
            "who": who,
            "kept": kept,
            "whole": actor.scope == "administration",
            "days": _by_day(actor, found),
            "following": f"{reverse('audit')}?{urlencode(kept | {'after': str(following)})}"
            if following
            else "",
            "export": f"{reverse('audit_export')}?{urlencode(kept)}",
            "verbs": [("", _("Everything")), *_in_order(happenings.VERBS)],
            "subjects": [("", _("Everything")), *_in_order(happenings.SUBJECTS)],
            "most": queries.MOST_EXPORTED,
        },
    )


def _in_order(named: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(((code, _(text)) for code, text in named.items()), key=lambda pair: pair[1].casefold())


def _by_day(actor: Actor, found: list[Happening]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The lines of a page under their days."""
    days: dict[date, list[dict[str, Any]]] = {}
    for one in found:
        local = one.at.astimezone(actor.zone)
        days.setdefault(local.date(), []).append(
            {
                "time": words.clock_time(one.at, actor.zone),
                "who": _who(one),
                "href": f"{reverse('audit')}?who={one.staff_id}" if one.staff_id else "",
                "what": happenings.verb(one.verb),
                "heed": one.verb == "person.emergency",
                "colleague": one.colleague,
                "persons": one.persons[:SHOWN_PERSONS],
                "others": len(one.persons[SHOWN_PERSONS:]) + one.unnamed,
            }
        )
    return [(words.day_long(day), lines) for day, lines in days.items()]


@needs("audit.see")
def audit_export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The list as CSV; a cell that a spreadsheet would take for a formula stays text."""
    found = queries.export(actor, _asked(request))
    header = [_("Day"), _("Time"), _("Who"), _("What"), _("About"), _("People")]
    rows = []
    for one in found:
        local = one.at.astimezone(actor.zone)
        names = [name for _id, name in one.persons]
        if one.unnamed:
            names.append(str(one.unnamed))
        rows.append(
            [
                local.date().isoformat(),
                f"{local:%H:%M:%S}",
                _who(one),
                happenings.verb(one.verb),
                one.colleague or happenings.subject(one.subject),
                "; ".join(names),
            ]
        )
    answer = HttpResponse(sheets.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    day = clock.today(actor.zone).isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="history-{day}.csv"'
    return answer
