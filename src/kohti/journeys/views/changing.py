"""What is changed of a way besides its plan, one thing a page: stage, pause, time, outcome, coach, end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import actions, forms, queries
from kohti.journeys.models import Journey
from kohti.journeys.standing import stands_still
from kohti.kernel import clock
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import actions as keys
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people import wording
from kohti.people.bar import bar

AS_LONG_AS_THE_WAY = timedelta(days=1826)
"""A key shows nothing to whoever does not see the person: it may outlast that sight."""


@dataclass(frozen=True)
class Part:
    """One thing to change: its heading, its form, how it is saved, what it needs, and when it is offered.

    `asks`: of which fields it is asked whether their words name what should be sealed.

    `gives`: only to whoever may give the way to others. `handed`: only to whoever has handed it over and still has it
    in hand.
    """

    title: Callable[[], str]
    form: type[forms.WayForm]
    save: Callable[[Actor, Journey, dict[str, Any]], object]
    button: Callable[[], str] = lambda: _("Save")
    verb: str = "journeys.work"
    offered: Callable[[Journey], bool] = lambda way: way.closed_at is None
    gives: bool = False
    handed: bool = False
    asks: tuple[str, ...] = ()


def _member(data: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(data["member"])


def _pass_on(actor: Actor, way: Journey, data: dict[str, Any]) -> None:
    """Let the coach see what is sealed; each field of life is a key of its own, given by whoever holds it."""
    assert way.owner_id is not None
    for field in data["fields_of_life"]:
        keys.give_sight(
            actor,
            way.person_id,
            way.owner_id,
            until=clock.now() + AS_LONG_AS_THE_WAY,
            field=field,
            key=f"keys:{data['key']}:{field}",
        )


PARTS: dict[str, Part] = {
    "stage": Part(
        lambda: _("Move to another stage"),
        forms.StageForm,
        lambda actor, way, data: actions.move_to_stage(actor, way.id, data["stage"], data["why"]),
        offered=lambda way: way.closed_at is None and bool(way.stage),
    ),
    "outcome": Part(
        lambda: _("Something was reached"),
        forms.OutcomeForm,
        lambda actor, way, data: actions.reach(
            actor,
            way.id,
            data["kind"],
            data["on"] or clock.today(actor.zone),
            words=data["words"],
            evidence=data["evidence"],
            paper_id=uuid.UUID(data["paper"]) if data["paper"] else None,
            key=f"outcome:{data['key']}",
        ),
        asks=("words", "evidence"),
    ),
    "pause": Part(
        lambda: _("Stop the time limit"),
        forms.PauseForm,
        lambda actor, way, data: actions.pause(
            actor, way.id, data["until"], data["why"], key=f"pause:{data['key']}"
        ),
        offered=lambda way: way.closed_at is None and way.limit_on is not None and not stands_still(way),
    ),
    "go-on": Part(
        lambda: _("Let the time limit run again"),
        forms.GoOnForm,
        lambda actor, way, data: actions.end_pause(actor, way.id, data["why"]),
        lambda: _("Let it run again"),
        offered=lambda way: way.closed_at is None and bool(stands_still(way)),
    ),
    "more-time": Part(
        lambda: _("More time"),
        forms.ExtendForm,
        lambda actor, way, data: actions.extend(
            actor, way.id, data["days"], data["why"], key=f"extend:{data['key']}"
        ),
        verb="journeys.lead",
        offered=lambda way: way.closed_at is None and way.limit_on is not None,
    ),
    "hand-over": Part(
        lambda: _("Ask a colleague to take over"),
        forms.HandOverForm,
        lambda actor, way, data: actions.ask_to_take_over(
            actor,
            way.id,
            _member(data),
            from_day=data["from_day"] or clock.today(actor.zone),
            until_day=data["until_day"],
            words=data["words"],
            key=f"ask:{data['key']}",
        ),
        lambda: _("Ask"),
        gives=True,
    ),
    "stand-in": Part(
        lambda: _("Let a colleague stand in"),
        forms.CoverForm,
        lambda actor, way, data: actions.cover(
            actor,
            [way.id],
            _member(data),
            starts=clock.local(data["from_day"] or clock.today(actor.zone), "00:00", actor.zone),
            ends=clock.local(data["until_day"], "23:59", actor.zone),
            key=f"cover:{data['key']}",
        ),
        gives=True,
    ),
    "keys": Part(
        lambda: _("Pass on what is sealed"),
        forms.KeysForm,
        lambda actor, way, data: _pass_on(actor, way, data),
        lambda: _("Pass on"),
        offered=lambda way: way.closed_at is None and way.owner_id is not None,
        handed=True,
    ),
    "coach": Part(
        lambda: _("Give them a coach"),
        forms.CoachForm,
        lambda actor, way, data: actions.give_coach(actor, way.id, _member(data)),
        verb="journeys.lead",
    ),
    "again": Part(
        lambda: _("Take their way up again"),
        forms.ReopenForm,
        lambda actor, way, data: actions.reopen(
            actor, way.id, _member(data), data["why"], version=data["version"]
        ),
        lambda: _("Take it up again"),
        offered=lambda way: way.closed_at is not None,
    ),
}


def offered(actor: Actor, way: Journey) -> list[tuple[str, str]]:
    """What the actor may change of a way now: address and words of each."""
    hands, gives = actions.has_in_hand(actor, way), actions.may_give(actor, way)
    found = [
        (reverse("way_change", args=[way.id, code]), part.title())
        for code, part in PARTS.items()
        if may(actor, part.verb)
        and part.offered(way)
        and (gives or not part.gives)
        and (not part.handed or (hands and not gives))
    ]
    if hands and way.closed_at is None and may(actor, "journeys.work"):
        found.append((reverse("way_end", args=[way.id]), _("End their way")))
    return found


def _sealed(actor: Actor, way: Journey) -> str:
    """What the actor sees of somebody under a seal and can pass on, in words."""
    known = life.fields_of_life(actor)
    return ", ".join(life.title_of(known, code) for code in people.keys_to_give(actor, way.person_id))


@needs("journeys.work", methods=("GET", "POST"))
def way_change(request: HttpRequest, actor: Actor, way_id: uuid.UUID, what: str) -> HttpResponseBase:
    """Change one thing of somebody's way."""
    chosen = PARTS.get(what)
    way = queries.journey(way_id)
    if chosen is None or not chosen.offered(way):
        raise NotThere("nothing to change")
    card = people.open_person(actor, way.person_id)
    asked = queries.open_hand_over(actor, way.id) if what == "hand-over" else None
    form = chosen.form(actor, way, request.POST or None)
    heeded = request.POST.get("heeded", "")
    questions: list[wording.Question] = []
    if request.method == "POST" and form.is_valid() and chosen.asks:
        questions = wording.asked_openly(actor, [form.cleaned_data[name] for name in chosen.asks], heeded)
    if request.method == "POST" and form.is_valid() and not questions:
        try:
            with all_or_nothing():
                chosen.save(actor, way, form.cleaned_data)
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('plan', args=[way.person_id])}?said=saved")
    return render(
        request,
        "journeys/change.html",
        bar(actor, card, "plan")
        | {"form": form, "heading": chosen.title(), "button_text": chosen.button(), "way": way, "what": what}
        | {"asked": asked, "sealed": _sealed(actor, way) if what == "hand-over" and not asked else ""}
        | {"asks": bool(chosen.asks)}
        | wording.shown(questions, heeded),
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work", methods=("POST",))
def hand_over_back(request: HttpRequest, actor: Actor, hand_over_id: uuid.UUID) -> HttpResponseBase:
    """Ask a colleague no longer to take somebody over."""
    person_id = actions.take_back(actor, hand_over_id)
    if request.POST.get("then") == "day":
        return redirect("my_day")
    return redirect(f"{reverse('plan', args=[person_id])}?said=saved")


@needs("journeys.work", methods=("POST",))
def hand_over_answer(request: HttpRequest, actor: Actor, hand_over_id: uuid.UUID) -> HttpResponseBase:
    """Take somebody over, or say no."""
    actions.answer_hand_over(
        actor, hand_over_id, accept="accept" in request.POST, words=request.POST.get("words", "")[:500]
    )
    return redirect("my_day")
