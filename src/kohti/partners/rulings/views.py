"""Ask for a ruling from inside the contact; questions to us; the answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import queries as journeys
from kohti.kernel import clock, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people import wording
from kohti.people.bar import bar
from kohti.people.sharing.queries import open_shared

from . import actions, forms, queries, rules, showing

SAID = {
    "asked": lambda: _("Asked. The answer appears on the page of the appointment."),
    "answered": lambda: _("Answered. It stands in their plan."),
    "saved": lambda: _("Saved."),
}


def of_way(actor: Actor, way_id: uuid.UUID) -> list[dict[str, Any]]:
    """The questions about a way that are open, or were answered today. One statement."""
    today = datetime.combine(clock.today(actor.zone), time(), actor.zone)
    kinds = rules.kinds(actor)
    return [showing.line(actor, one, kinds) for one in queries.of_way(way_id, today)]


@needs("journeys.work", methods=("GET", "POST"))
def ruling_ask(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """Ask the authority something about a person. From inside an appointment the page stays as it is."""
    way = journeys.journey(way_id)
    if way.closed_at is not None or not may(actor, "shares.write"):
        raise NotThere("no open way")
    inside = bool(getattr(request, "htmx", False))
    form = forms.AskForm(actor, request.POST or None, auto_id="ask_%s")
    heeded = request.POST.get("heeded", "")
    questions: list[wording.Question] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        questions = wording.asked_openly(actor, [data["words"]], heeded)
        if not questions:
            try:
                with all_or_nothing():
                    made = actions.ask(
                        actor,
                        way_id,
                        kind=data["kind"],
                        words=data["words"],
                        fields=data["shows"],
                        key=f"ruling:{data['key']}",
                    )
            except Refused as trouble:
                form.add_error(None, str(trouble.message))
            else:
                if not inside:
                    return redirect(f"{reverse('ruling', args=[made])}?said=asked")
                form = forms.AskForm(actor, auto_id="ask_%s")
    found = {"form": form, "way": way} | wording.shown(questions, heeded)
    if inside:
        return render(
            request, "partners/rulings/_inside.html", found | {"rulings": of_way(actor, way_id), "oob": True}
        )
    card = people.open_person(actor, way.person_id)
    return render(
        request,
        "partners/rulings/ask.html",
        bar(actor, card, "plan") | found | {"rulings": of_way(actor, way_id)},
        status=422 if request.method == "POST" else 200,
    )


@needs("rulings.give")
def rulings(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The open questions that one may answer, oldest first."""
    _say(request)
    return render(request, "partners/rulings/to_us.html", _to_us(actor))


def _to_us(actor: Actor) -> dict[str, Any]:
    kinds = rules.kinds(actor)
    return {"asked": [showing.line(actor, one, kinds, person) for one, person in queries.to_us(actor)]}


@needs("rulings.give")
def rulings_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of questions to us."""
    language = words.language()

    def part(news: Sequence[live.News]) -> str:
        if not any(one.topic == "ruling" for one in news):
            return ""
        with as_actor(actor), words.spoken(language, actor=actor):
            return get_template("partners/rulings/_to_us.html").render(_to_us(actor))

    view = live.View(f"rulings:{actor.member_id}", actor.centre, actor.role, language)
    return pages.stream(request, actor, view, part)


@needs("journeys.see")
def ruling(request: HttpRequest, actor: Actor, ruling_id: uuid.UUID) -> HttpResponseBase:
    """One question and what became of it, for whoever works with the person."""
    one = queries.one(ruling_id)
    _say(request)
    card = people.open_person(actor, one.person_id)
    return render(
        request,
        "partners/rulings/ruling.html",
        bar(actor, card, "plan")
        | {
            "one": showing.line(actor, one, rules.kinds(actor)),
            "may_work": may(actor, "journeys.work"),
            "way_id": one.journey_id,
            "key": new_id(),
        },
    )


@needs("rulings.give", methods=("GET", "POST"))
def ruling_answer(request: HttpRequest, actor: Actor, ruling_id: uuid.UUID) -> HttpResponseBase:
    """Answer a question: a decision, why, and a step that goes with it."""
    form = forms.AnswerForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.answer(
                    actor,
                    ruling_id,
                    decision=data["decision"],
                    reason=data["reason"],
                    step=data["step"],
                    due_on=data["due_on"],
                    key=f"ruling-answer:{data['key']}",
                )
        except (Refused, NotThere) as trouble:
            if isinstance(trouble, NotThere):
                return _over(request, data["reason"])
            form.add_error("due_on" if trouble.code == "past" else None, str(trouble.message))
        else:
            return redirect(f"{reverse('rulings')}?said=answered")
    try:
        one = queries.one(ruling_id)
        person = open_shared(actor, one.person_id)
    except NotThere:
        return _over(request, request.POST.get("reason", ""))
    return render(
        request,
        "partners/rulings/answer.html",
        {"one": showing.line(actor, one, rules.kinds(actor), person), "form": form},
        status=422 if request.method == "POST" else 200,
    )


def _over(request: HttpRequest, typed: str) -> HttpResponseBase:
    """It was answered by somebody else, taken back, or never asked of one; what was typed is given back."""
    return render(request, "partners/rulings/over.html", {"typed": typed[: actions.MOST_WORDS]}, status=410)


def _say(request: HttpRequest) -> None:
    told = SAID.get(request.GET.get("said", ""))
    if told is not None:
        pages.say(request, told())


@needs("rulings.give", methods=("POST",))
def ruling_take(request: HttpRequest, actor: Actor, ruling_id: uuid.UUID) -> HttpResponseBase:
    """One says that one answers it."""
    try:
        actions.take(actor, ruling_id)
    except NotThere:
        return _over(request, "")
    return redirect("ruling_answer", ruling_id)


@needs("journeys.work", methods=("POST",))
def ruling_do(request: HttpRequest, actor: Actor, ruling_id: uuid.UUID) -> HttpResponseBase:
    """Take a question back, ask it again, or say that one has read the answer."""
    what = request.POST.get("what", "")
    if what == "withdraw":
        actions.withdraw(actor, ruling_id)
    elif what == "again":
        actions.ask_again(actor, ruling_id, key=f"ruling-again:{ruling_id}:{request.POST.get('key', '')}")
    elif what == "read":
        actions.read(actor, ruling_id)
    else:
        raise NotThere("no such thing to do")
    if getattr(request, "htmx", False):
        way_id = queries.one(ruling_id).journey_id
        answer: HttpResponse = render(
            request, "partners/rulings/_of_way.html", {"rulings": of_way(actor, way_id)}
        )
        return answer
    if what == "read":
        return redirect("my_day")
    return redirect(f"{reverse('ruling', args=[ruling_id])}?said=saved")
