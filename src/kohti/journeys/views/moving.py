"""What becomes of a step and of an aim: one press each on the plan, answered with the plan."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.design.fields import DayField
from kohti.journeys import actions, queries
from kohti.journeys.actions import EndAim, MoveStep, ReopenAim
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing

from .plan import plan_again


def typed_day(typed: QueryDict, name: str) -> date | None:
    """A day typed as three numbers, or None. Raises Refused where it is none."""
    try:
        found = DayField(required=False).clean([typed.get(f"{name}_{n}", "") for n in range(3)])
    except ValidationError as trouble:
        raise Refused(" ".join(trouble.messages), code="day") from None
    return found if isinstance(found, date) else None


def saved(person_id: uuid.UUID) -> HttpResponseBase:
    """Back to the plan, which says so."""
    return redirect(f"{reverse('plan', args=[person_id])}?said=saved")


def tried(
    request: HttpRequest, actor: Actor, person_id: uuid.UUID, thing: uuid.UUID, change: Callable[[], object]
) -> HttpResponseBase:
    """Do one change and go back to the plan; what is refused says so there, and what was typed of it stays."""
    try:
        with all_or_nothing():
            change()
    except Refused as trouble:
        typed = {name: request.POST.get(name, "") for name in request.POST if name != "csrfmiddlewaretoken"}
        return plan_again(request, actor, person_id, str(trouble.message), {str(thing): typed})
    return saved(person_id)


@needs("journeys.work", methods=("POST",))
def step(request: HttpRequest, actor: Actor, person_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponseBase:
    """What becomes of one step: ended, stuck, another day, or what the person, who is there, answers to a choice."""
    way = queries.journey_of(actor, person_id)
    if way is None:
        raise NotThere("no such way")
    typed = request.POST
    version = typed.get("v", "")

    def change() -> None:
        due_on, ask_on = typed_day(typed, "day"), typed_day(typed, "ask")
        for button, day in (("moved", due_on), ("later", ask_on)):
            if button in typed and day is None:
                raise Refused(_("Give a day, a month and a year."), code="day")
        move = MoveStep(
            id=step_id,
            version=int(version) if version.isdigit() else 0,
            state=typed.get("state", ""),
            why=typed.get("why", "")[:500],
            due_on=due_on,
            answered="answered" in typed,
            ask_on=ask_on,
            said="here" if "here" in typed else "",
        )
        what = f"{move.state}:{due_on or ''}:{ask_on or ''}:{move.answered}"
        actions.change_plan(actor, way.id, [move], key=f"step:{step_id}:{version}:{what}")

    return tried(request, actor, person_id, step_id, change)


@needs("journeys.work", methods=("POST",))
def aim(request: HttpRequest, actor: Actor, person_id: uuid.UUID, aim_id: uuid.UUID) -> HttpResponseBase:
    """An aim was reached, is given up, or is one again."""
    way = queries.journey_of(actor, person_id)
    state = request.POST.get("state", "")
    if way is None or state not in ("reached", "dropped", "open"):
        raise NotThere("no such way")
    turn = ReopenAim(id=aim_id) if state == "open" else EndAim(id=aim_id, reached=state == "reached")
    key = f"aim:{aim_id}:{request.POST.get('v', '')}:{state}"

    def change() -> None:
        actions.change_plan(actor, way.id, [turn], key=key)

    return tried(request, actor, person_id, aim_id, change)


@needs("journeys.work", methods=("POST",))
def outcome_verify(request: HttpRequest, actor: Actor, outcome_id: uuid.UUID) -> HttpResponseBase:
    """Say that one has seen what shows it."""
    person_id = queries.whose_outcome(outcome_id)
    return tried(request, actor, person_id, outcome_id, lambda: actions.verify(actor, outcome_id))


@needs("journeys.work", methods=("POST",))
def outcome_withdraw(request: HttpRequest, actor: Actor, outcome_id: uuid.UUID) -> HttpResponseBase:
    """Take back what was noted by mistake, saying why."""
    person_id = queries.whose_outcome(outcome_id)
    why = request.POST.get("why", "")[:500]
    return tried(request, actor, person_id, outcome_id, lambda: actions.withdraw(actor, outcome_id, why))


@needs("journeys.work", methods=("POST",))
def outcome_lasts(request: HttpRequest, actor: Actor, check_id: uuid.UUID) -> HttpResponseBase:
    """Say whether what was reached lasts; a no, when it ended."""
    answer = request.POST.get("answer", "")
    if answer not in ("yes", "no", "unknown"):
        raise NotThere("no such answer")
    person_id = queries.whose_check(check_id)

    def change() -> None:
        ended_on = typed_day(request.POST, "ended")
        words = request.POST.get("words", "")[:500]
        actions.answer_check(actor, check_id, answer, words, ended_on=ended_on)

    return tried(request, actor, person_id, check_id, change)
