"""How it goes, over all of life: what each of the two said over time, and the questionnaire."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import actions, instrument, queries, rules
from kohti.journeys.actions import Said
from kohti.journeys.chart import Said as Point
from kohti.journeys.chart import chart
from kohti.journeys.models import Journey
from kohti.kernel import pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people.bar import bar
from kohti.people.queries import PersonCard

VIEWS = ("own", "coach")


def _key(request: HttpRequest) -> str:
    """The key that the page was sent with; a new one where there is none."""
    try:
        return str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        return str(new_id())


def _rows(actor: Actor, said: Sequence[tuple[str, str, datetime]]) -> list[tuple[str, str, str]]:
    """What was said (view, words, when), newest first, both views of one moment beside each other."""
    moments: dict[datetime, dict[str, str]] = {}
    for view, text, at in said:
        moments.setdefault(at, {})[view] = text
    return [
        (words.day_of(at, actor.zone), views.get("own", ""), views.get("coach", ""))
        for at, views in sorted(moments.items(), reverse=True)
    ]


def _line(
    actor: Actor,
    title: str,
    said: Sequence[tuple[str, str, datetime]],
    points: Sequence[Point],
    scale: Mapping[int | None, str],
) -> dict[str, Any]:
    return {
        "title": title,
        "chart": chart(points, scale),
        "first": words.day_of(points[0].at, actor.zone) if points else "",
        "last": words.day_of(points[-1].at, actor.zone) if points else "",
        "rows": _rows(actor, said),
    }


def field_lines(
    actor: Actor, person_id: uuid.UUID, known: dict[str, tuple[str, bool]]
) -> list[dict[str, Any]]:
    """Each field of life with what was said of it over time; those that the blueprint knows no more come last."""
    found = queries.needs_over_time(actor, person_id)
    lines = []
    for code in [*known, *(one for one in found if one not in known)]:
        scale = rules.scale(actor, code)
        said = found.get(code, [])
        lines.append(
            _line(
                actor,
                life.title_of(known, code),
                [(one.view, scale[one.level], one.at) for one in said],
                [Point(one.view, one.level, one.at) for one in said],
                scale,
            )
            | {"code": code, "sealed": known.get(code, ("", True))[1]}
        )
    return lines


def item_lines(actor: Actor, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Each item of the questionnaire that was answered, over time."""
    found = queries.answers_over_time(actor, person_id)
    lines = []
    for item in instrument.ITEMS:
        said = found.get(item.code, [])
        if not said:
            continue
        scale: dict[int | None, str] = {n: item.said(n) for n in (1, 2, 3, 4)}
        lines.append(
            _line(
                actor,
                item.title,
                [(one.view, item.said(one.answer), one.at) for one in said],
                [
                    Point(one.view, one.answer if isinstance(one.answer, int) else None, one.at)
                    for one in said
                    if one.answer != instrument.DOES_NOT_APPLY
                ],
                scale | {None: item.said(instrument.UNSAID)},
            )
        )
    return lines


def _offered(actor: Actor, known: dict[str, tuple[str, bool]], typed: QueryDict) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "title": name,
            "sealed": sealed,
            "own": typed.get(f"own-{code}", ""),
            "coach": typed.get(f"coach-{code}", ""),
            "levels": [
                ("", _("as before")),
                *((str(level or "none"), text) for level, text in rules.scale(actor, code).items()),
            ],
        }
        for code, (name, sealed) in known.items()
    ]


LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4, "none": None}
"""How a form says a level."""


def chosen_levels(known: Mapping[str, Any], typed: QueryDict) -> list[Said]:
    """What a form says of how each field of life goes, by either of the two; what is no level was not said."""
    return [
        Said(code, LEVELS[level], view)
        for code in known
        for view in VIEWS
        if (level := typed.get(f"{view}-{code}", "")) in LEVELS
    ]


@needs("journeys.see", methods=("GET", "POST"))
def person_needs(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """How each field of life went, by the person and by the coach; how it goes now is written here too."""
    card = people.open_person(actor, person_id)
    way = queries.journey_of(actor, person_id)
    may_work = way is not None and way.closed_at is None and may(actor, "journeys.work")
    known = life.fields_of_life(actor)
    trouble = ""
    if request.method == "POST":
        if way is None:
            raise NotThere("no such way")
        try:
            with all_or_nothing():
                actions.rate(actor, way.id, chosen_levels(known, request.POST), key=f"rate:{_key(request)}")
        except Refused as one:
            trouble = str(one.message)
        else:
            return redirect(f"{reverse('person_needs', args=[person_id])}?said=saved")
    if request.GET.get("said") == "saved":
        pages.say(request, _("Saved."))
    return render(
        request,
        "journeys/needs.html",
        bar(actor, card, "needs")
        | {
            "fields": field_lines(actor, person_id, known),
            "items": item_lines(actor, person_id),
            "offered": _offered(actor, known, request.POST) if may_work else [],
            "may_work": may_work,
            "trouble": trouble,
            "key": _key(request),
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work", methods=("GET", "POST"))
def questionnaire(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """The questionnaire, on one page: answered with the person, or by the coach about them."""
    card = people.open_person(actor, person_id)
    way = queries.journey_of(actor, person_id)
    trouble = ""
    if request.method == "POST":
        if way is None:
            raise NotThere("no such way")
        try:
            with all_or_nothing():
                actions.answer(
                    actor,
                    way.id,
                    request.POST.get("view", ""),
                    _answers(request.POST),
                    key=f"answer:{_key(request)}",
                )
        except Refused as one:
            trouble = str(one.message)
        else:
            return redirect(f"{reverse('person_needs', args=[person_id])}?said=saved")
    return render(
        request,
        "journeys/questionnaire.html",
        bar(actor, card, "needs")
        | _asked(actor, card, way, request.POST)
        | {"trouble": trouble, "key": _key(request)},
        status=422 if request.method == "POST" else 200,
    )


def _answers(typed: QueryDict) -> dict[str, int | str]:
    given = {one.code: typed.get(f"item-{one.code}", "") for one in instrument.ITEMS}
    return {code: int(text) if text.isdecimal() else text for code, text in given.items() if text}


def _asked(actor: Actor, card: PersonCard, way: Journey | None, typed: QueryDict) -> dict[str, Any]:
    return {
        "open": way is not None and way.closed_at is None,
        "items": [
            {
                "code": one.code,
                "title": one.title,
                "choices": one.choices(),
                "value": typed.get(f"item-{one.code}", ""),
                "sealed": bool(actions.seal_of_item(actor, one.code)),
            }
            for one in instrument.ITEMS
        ],
        "views": [
            (
                "own",
                _("%(name)s answers")
                % {"name": words.apart(card.called or card.full_name or _("The person"))},
            ),
            ("coach", _("I answer about them")),
        ],
        "view": typed.get("view", "own"),
    }
