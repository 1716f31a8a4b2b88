"""The living plan, for two pairs of eyes: aims, steps, what changed, agreed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import actions, forms, queries, rules, said, standing
from kohti.journeys.actions import NewAim, NewStep
from kohti.journeys.models import OPEN_STEPS, Aim, Journey, Step
from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people import wording
from kohti.people.bar import bar
from kohti.people.forms import Keyed

from . import changing, reached

SAID = {
    "open": lambda: _("Their way has begun. What is the first step?"),
    "saved": lambda: _("Saved."),
    "agreed": lambda: _("Agreed."),
}
MOVED_DAYS = 7
"""How much later a step is proposed that is moved, and a choice that is put off."""
MOST_AIMS, MOST_STEPS = 3, 7
"""A plan with more open than this is said to be much to carry; it is never refused."""


def step_line(step: Step, today: date, helpers: Sequence[queries.Helper] = ()) -> dict[str, Any]:
    """A step for a page, with those of the helpers who help with it."""
    return {
        "id": step.id,
        "version": step.version,
        "words": step.words,
        "who": step.who_words or said.chosen(said.WHO, step.who),
        "due": words.day_short(step.due_on) if step.due_on else "",
        "ask": words.day_short(step.ask_on) if step.ask_on else "",
        "day": max(step.due_on or today, today) + timedelta(days=MOVED_DAYS),
        "late": step.due_on is not None and step.due_on < today and step.state in OPEN_STEPS,
        "state": step.state,
        "state_words": said.chosen(said.STATES, step.state),
        "why": step.why,
        "answered": step.answered_at is not None,
        "open": step.state in OPEN_STEPS,
        "sealed": bool(step.sealed),
        "helpers": [
            (one.id, one.name, words.day_short(one.until), one.told)
            for one in helpers
            if one.step_id == step.id
        ],
    }


@needs("journeys.see", methods=("GET", "POST"))
def plan(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Aims in the person's words, steps under them, what changed lately. A new aim or step is written here."""
    card = people.open_person(actor, person_id)
    way = queries.journey_of(actor, person_id)
    if way is None:
        return render(
            request,
            "journeys/none.html",
            bar(actor, card, "plan") | {"may_work": may(actor, "journeys.work")},
        )
    found = queries.plan(way.id)
    known = life.fields_of_life(actor)
    aims = [(one.id, one.words) for one in found.aims if one.state == Aim.State.OPEN]
    adding_aim = "aim" in request.POST
    step_form = forms.StepForm(
        actor,
        aims,
        request.POST if request.POST and not adding_aim else None,
        prefix="s",
        initial={"aim": str(aims[0][0]) if len(aims) == 1 else ""},
    )
    aim_form = forms.AimForm(
        actor, [(code, name) for code, (name, _sealed) in known.items()],
        request.POST if adding_aim else None, prefix="a",
    )  # fmt: skip
    form: Keyed = aim_form if adding_aim else step_form
    heeded, seal = request.POST.get("heeded", ""), wording.seal_of(actor, request.POST.get("seal", ""))
    questions = _asked(actor, form, found.aims, seal, heeded)
    if request.method == "POST" and form.is_valid() and not questions:
        data = form.cleaned_data
        change: actions.Change
        if adding_aim:
            change = NewAim(words=data["words"], field=seal or data["field"])
        else:
            change = NewStep(
                words=data["words"],
                who=data["who"],
                who_words=data["who_words"],
                offered=data["offered"],
                due_on=data["due_on"],
                aim_id=uuid.UUID(data["aim"]) if data["aim"] else None,
                seal=seal,
            )
        try:
            with all_or_nothing():
                actions.change_plan(actor, way.id, [change], key=f"plan:{data['key']}")
        except Refused as trouble:
            form.add_error("due_on" if trouble.code == "past" else None, str(trouble.message))
        else:
            return redirect(f"{reverse('plan', args=[person_id])}?said=saved")
    told = SAID.get(request.GET.get("said", ""))
    if told is not None:
        pages.say(request, told())
    return render(
        request,
        "journeys/plan.html",
        bar(actor, card, "plan")
        | _shown(actor, way, found, known)
        | {
            "form": form,
            "step_form": step_form,
            "aim_form": aim_form,
            "asks": "aim" if adding_aim else "step",
        }
        | wording.shown(questions, heeded),
        status=422 if request.method == "POST" else 200,
    )


def _asked(actor: Actor, form: Keyed, aims: Sequence[Aim], seal: str, heeded: str) -> list[wording.Question]:
    """What to ask of a new step or aim that can be saved; what its aim or field of life seals is not shared."""
    if not form.is_bound or not form.is_valid():
        return []
    data = form.cleaned_data
    sealed = next((one.sealed for one in aims if str(one.id) == data.get("aim")), "")
    marked = [code for code in (seal, sealed, data.get("field", "")) if code]
    return wording.asked(actor, f"{data['words']}\n{data.get('who_words', '')}", marked, heeded)


def _shown(
    actor: Actor, way: Journey, found: queries.Plan, known: dict[str, tuple[str, bool]]
) -> dict[str, Any]:
    today = clock.today(actor.zone)
    steps = [(one.aim_id, step_line(one, today, found.helpers)) for one in found.steps]
    open_aims = sum(one.state == Aim.State.OPEN for one in found.aims)
    open_steps = sum(one.state in OPEN_STEPS for one in found.steps)
    named = {one.id for one in found.aims}
    stages = rules.stages(actor)
    alone = any(clock.now() in stretch for stretch in way.alone or ())
    return {
        "way": way,
        "owner": way.owner.staff.full_name if way.owner else "",
        "stage": standing.stage(actor, rules.named(stages, way.stage), way.stage_since) if way.stage else "",
        "limit": standing.limit(way, today),
        "held": words.day_of(way.held_until, actor.zone),
        "listed": alone or (way.held_until is not None and way.held_until <= clock.now()),
        "why_listed": said.chosen(said.BROKEN, "away" if alone else way.lapse),
        "aims": [
            {
                "id": one.id,
                "words": one.words,
                "field": life.title_of(known, one.field) if one.field else "",
                "state": one.state,
                "version": one.version,
                "steps": [step for aim_id, step in steps if aim_id == one.id],
            }
            for one in found.aims
        ],
        "loose": [step for aim_id, step in steps if aim_id not in named],
        "versions": [
            {
                "id": one.id,
                "day": words.day_long(one.at.astimezone(actor.zone).date()),
                "changes": [said.change(kind, values) for kind, values in one.changes],
                "agreed": words.day_of(one.agreed_at, actor.zone),
            }
            for one in found.versions
            if one.changes
        ],
        "may_work": may(actor, "journeys.work") and way.closed_at is None,
        "may_ask": may(actor, "shares.write"),
        "ended_words": way.closed_with,
        "changes": changing.offered(actor, way),
        "needs": needs_lines(actor, found.needs, known),
        "crowded": _("%(aims)s aims and %(steps)s open steps are much to carry. What can wait?")
        % {"aims": open_aims, "steps": open_steps}
        if open_aims > MOST_AIMS or open_steps > MOST_STEPS
        else "",
    } | reached.shown(actor, found.outcomes, found.checks, today)


def needs_lines(
    actor: Actor, found: Sequence[queries.Rating], known: dict[str, tuple[str, bool]]
) -> list[dict[str, str]]:
    """What each of the two last said of each field of life, side by side, with its day."""
    said_of: dict[str, dict[str, str]] = {}
    for one in found:
        day = words.day_of(one.at, actor.zone)
        said_of.setdefault(one.field, {})[one.view] = f"{rules.scale(actor, one.field)[one.level]} ({day})"
    return [
        {"field": life.title_of(known, code), "own": views.get("own", ""), "coach": views.get("coach", "")}
        for code, views in said_of.items()
    ]


def plan_again(
    request: HttpRequest, actor: Actor, person_id: uuid.UUID, trouble: str, typed: dict[str, dict[str, str]]
) -> HttpResponseBase:
    """The plan with what was refused on top. `typed`: what was typed, by the thing it was about."""
    card = people.open_person(actor, person_id)
    way = queries.journey_of(actor, person_id)
    if way is None:
        raise NotThere("no such way")
    known = life.fields_of_life(actor)
    found = queries.plan(way.id)
    aims = [(one.id, one.words) for one in found.aims]
    names = [(code, name) for code, (name, _sealed) in known.items()]
    return render(
        request,
        "journeys/plan.html",
        bar(actor, card, "plan")
        | _shown(actor, way, found, known)
        | {
            "form": None,
            "step_form": forms.StepForm(actor, aims, prefix="s"),
            "aim_form": forms.AimForm(actor, names, prefix="a"),
            "trouble": trouble,
            "typed": typed,
            "asks": "",
        }
        | wording.shown((), ""),
        status=422,
    )


@needs("journeys.work", methods=("POST",))
def agreed(request: HttpRequest, actor: Actor, version_id: uuid.UUID) -> HttpResponseBase:
    """The person agreed to what changed, here and now."""
    person_id = actions.agree(actor, version_id, "here")
    with suppress(ValueError):
        return redirect("appointment_saved", uuid.UUID(request.POST.get("then", "")))
    return redirect(f"{reverse('plan', args=[person_id])}?said=agreed")
