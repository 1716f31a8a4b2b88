"""The pages of the rota: who is here now, the week, another rota, and who is away and who stands in."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing

from . import actions, grid, queries
from .forms import EVERYBODY, ChangeForm, RotaForm, line_forms


def _day_of(request: HttpRequest, actor: Actor) -> date:
    return clock.day_typed(request.GET.get("day", "")) or clock.today(actor.zone)


@needs("arrivals.see")
def here_now(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who of which organisation is in the building now, who comes later today, and who is away."""
    today = clock.today(actor.zone)
    return render(
        request,
        "diary/here_now.html",
        {
            "day": words.day_long(today),
            "here": queries.here_today(actor),
            "away": queries.away_today(actor),
            "may_keep": may(actor, "rota.keep"),
        },
    )


@needs("arrivals.see")
def week(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A week of the rota; whoever keeps it finds its rotas and changes here."""
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    return _week_page(request, actor, _day_of(request, actor))


def _week_page(
    request: HttpRequest, actor: Actor, day: date, *, form: ChangeForm | None = None, status: int = 200
) -> HttpResponseBase:
    found = queries.week(actor, day)
    today = clock.today(actor.zone)
    keeps = may(actor, "rota.keep")
    if keeps and form is None:
        form = _change_form(actor)
    return render(
        request,
        "diary/rota.html",
        {
            "day": day,
            "title": _("Week of %(day)s") % {"day": words.day_short(found.monday)},
            "before": day - timedelta(days=7),
            "after": day + timedelta(days=7),
            "today": today,
            "columns": [(words.weekday(one.weekday()), words.day_short(one)) for one in grid.days_of(found)],
            "rows": grid.rows(actor, found),
            "standing": [_standing(one, today) for one in found.standing],
            "changes": [
                (one.id, grid.days_said(one.first, one.last), grid.change_said(one)) for one in found.changes
            ],
            "form": form,
            "may_keep": keeps,
        },
        status=status,
    )


def _standing(one: queries.Standing, today: date) -> dict[str, Any]:
    if one.starts > today:
        when = _("from %(day)s") % {"day": words.day_short(one.starts)}
    elif one.last is not None:
        when = _("until %(day)s") % {"day": words.day_short(one.last)}
    else:
        when = ""
    return {
        "id": one.id,
        "organisation": one.organisation,
        "whose": str(one.organisation_id),
        "when": when,
        "people": one.people,
        "days": one.days,
        "goes_on": one.last is None,
    }


def _change_form(actor: Actor, sent: Any = None) -> ChangeForm:
    """The form of a change: whoever a rota places here now or later can be away, or all of an organisation."""
    choices = queries.choices(actor)
    placed = queries.whom_placed(actor)
    groups: list[tuple[str, Any]] = []
    for (organisation_id, organisation), staff in placed.items():
        everybody = (
            f"{EVERYBODY}{organisation_id}",
            _("Everybody of %(organisation)s") % {"organisation": organisation},
        )
        groups.append((organisation, [everybody, *((str(one), name) for one, name in staff)]))
    return ChangeForm(choices, groups, sent)


@needs("rota.keep", methods=("POST",))
def change(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Note a holiday, or who is away and who stands in."""
    form = _change_form(actor, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        first: date = data["first"]
        last: date = data["last"] or first
        try:
            with all_or_nothing():
                _note(actor, data, first, last)
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('rota')}?day={first}&said")
    return _week_page(request, actor, _day_of(request, actor), form=form, status=422)


def _note(actor: Actor, data: dict[str, Any], first: date, last: date) -> None:
    key = f"rota:{data['key']}"
    who = ids.typed(data["who"].removeprefix(EVERYBODY))
    assert who is not None
    if data["who"].startswith(EVERYBODY):
        actions.nobody_comes(actor, who, first, last, key=key)
    else:
        actions.away(actor, who, first, last, cover_id=ids.typed(data["cover"]), key=key)


@needs("rota.keep", methods=("POST",))
def take_back(request: HttpRequest, actor: Actor, change_id: uuid.UUID) -> HttpResponseBase:
    """A holiday is none, or somebody does not stand in after all."""
    actions.take_back(actor, change_id)
    return redirect(f"{reverse('rota')}?said")


@needs("rota.keep", methods=("GET", "POST"))
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Another rota of an organisation from a day on; the one it has now is where it begins."""
    choices = queries.choices(actor)
    sent = request.POST if request.method == "POST" else None
    whose = ids.typed(request.GET.get("organisation", ""))
    lines = queries.grouped(queries.lines_of(actor, whose)) if whose else []
    initial = {"organisation": str(whose) if whose else "", "starts": clock.today(actor.zone)}
    form = RotaForm(choices, sent, initial=initial)
    rows = line_forms(choices, sent, lines)
    status = 200
    if sent is not None and "more" in sent:
        typed = {name: form[name].value() for name in form.fields}
        typed["starts"] = form.fields["starts"].widget.value_from_datadict(sent, {}, "starts")
        form = RotaForm(choices, initial=typed)
    elif sent is not None:
        # each says what is wrong with it
        if all([form.is_valid(), *(row.is_valid() for row in rows)]):
            placed = [line for row in rows for line in row.lines()]
            data = form.cleaned_data
            organisation_id = ids.typed(data["organisation"])
            assert organisation_id is not None
            try:
                with all_or_nothing():
                    actions.keep_rota(
                        actor, organisation_id, data["starts"], placed, key=f"rota:{data['key']}"
                    )
            except Refused as trouble:
                form.add_error(None, str(trouble.message))
            else:
                return redirect(f"{reverse('rota')}?day={data['starts']}&said")
        status = 422
    return render(
        request, "diary/rota_new.html", {"form": form, "rows": rows, "number": len(rows)}, status=status
    )


@needs("rota.keep", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, rota_id: uuid.UUID) -> HttpResponseBase:
    """The rota of an organisation ends, and nothing follows it."""
    found = queries.standing(actor, rota_id)
    wrong = ""
    last = clock.day_typed(request.POST.get("last", ""))
    if request.method == "POST" and last is None:
        wrong = _("Give a day, a month and a year.")
    elif last is not None:
        try:
            with all_or_nothing():
                actions.end_rota(actor, rota_id, last)
        except Refused as trouble:
            wrong = str(trouble.message)
        else:
            return redirect(f"{reverse('rota')}?said")
    return render(
        request,
        "diary/rota_end.html",
        {"one": found, "today": clock.today(actor.zone), "wrong": wrong},
        status=422 if wrong else 200,
    )


@needs("arrivals.see")
def printed(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The week as a PDF of one page."""
    made = grid.made(actor, queries.week(actor, _day_of(request, actor)))
    return pages.to_save(made.content, name="rota.pdf", media_type="application/pdf")
