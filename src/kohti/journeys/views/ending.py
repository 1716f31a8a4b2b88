"""A way ends, with a look at what was done and what was not; how each way ended; asking later how it goes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import actions, forms, papers, queries, rules, said, standing
from kohti.journeys.models import OPEN_STEPS, Aim, Ending, Step
from kohti.journeys.queries import Done
from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people import wording
from kohti.people.attachments.letters import language_for
from kohti.people.bar import bar
from kohti.people.forms import Keyed

FOLLOW_UP_DAYS = 91


def looked_back(
    actor: Actor, done: Done, stages: list[rules.Named], kinds: list[rules.Named]
) -> dict[str, Any]:
    """A way as a look back shows it: done, not done, time in stages, ends."""
    return {
        "id": done.way.id,
        "since": words.day_of(done.way.opened_at, actor.zone),
        "until": words.day_of(done.way.closed_at, actor.zone),
        "owner": done.way.owner.staff.full_name if done.way.owner else "",
        "why_here": done.way.why_here,
        "reached": [
            *(one.words for one in done.aims if one.state == Aim.State.REACHED),
            *(_with(rules.named(kinds, one.kind), one.words) for one in done.outcomes),
        ],
        "done": [one.words for one in done.steps if one.state == Step.State.DONE],
        "undone": [
            *(one.words for one in done.aims if one.state == Aim.State.OPEN),
            *(
                _with(one.words, said.chosen(said.STATES, one.state))
                for one in done.steps
                if one.state in OPEN_STEPS
            ),
        ],
        "stages": [
            (
                rules.named(stages, one.stage),
                words.day_of(one.since, actor.zone),
                words.day_of(one.until, actor.zone),
                standing.days(standing.days_between(actor, one.since, one.until or clock.now())),
            )
            for one in done.spells
        ],
        "endings": [_ending_line(actor, one) for one in done.endings],
    }


def _with(what: str, more: str) -> str:
    return f"{what} ({more})" if more else what


def _ending_line(actor: Actor, one: Ending) -> dict[str, Any]:
    return {
        "id": one.id,
        "on": words.day_of(one.at, actor.zone),
        "words": one.words,
        "follow_up": words.day_short(one.follow_up_on) if one.follow_up_on else "",
        "who": one.member.staff.full_name if one.member else "",
        "asked": words.day_of(one.asked_at, actor.zone),
        "answer": one.answer,
        "again": words.day_of(one.again_at, actor.zone),
        "why": one.again_why,
        "to_ask": one.follow_up_on is not None and one.asked_at is None and one.again_at is None,
        "holds": one.again_at is None,
    }


@needs("journeys.see")
def ways(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """All of somebody's ways, newest first: what was done, what was not, how each ended, how it began again."""
    card = people.open_person(actor, person_id)
    stages, kinds = rules.stages(actor), rules.outcomes(actor)
    if request.GET.get("said") == "saved":
        pages.say(request, _("Saved."))
    return render(
        request,
        "journeys/ways.html",
        bar(actor, card, "plan")
        | {
            "ways": [looked_back(actor, one, stages, kinds) for one in queries.look_back(actor, person_id)],
            "may_write": may(actor, "documents.add"),
            "may_work": may(actor, "journeys.work"),
        },
    )


def _asked(actor: Actor, form: Keyed, name: str, heeded: str) -> list[wording.Question]:
    """What to ask of the words of a form that can be saved."""
    if not form.is_bound or not form.is_valid():
        return []
    return wording.asked_openly(actor, [form.cleaned_data[name]], heeded)


@needs("journeys.work", methods=("GET", "POST"))
def way_end(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """End somebody's way: what was done and what was not, thanks, and who asks later how it goes."""
    way = queries.journey(way_id)
    if way.closed_at is not None:
        raise NotThere("it has ended")
    if not actions.has_in_hand(actor, way):
        raise NotAllowed("only their coach, who stands in, or the leader ends somebody's way")
    card = people.open_person(actor, way.person_id)
    done = next(one for one in queries.look_back(actor, way.person_id) if one.way.id == way.id)
    stages, kinds = rules.stages(actor), rules.outcomes(actor)
    form = forms.CloseForm(
        actor,
        way,
        request.POST or None,
        initial={
            "words": papers.thanks(actor, card, done),
            "follow_up_on": clock.today(actor.zone) + timedelta(days=FOLLOW_UP_DAYS),
            "member": str(way.owner_id or actor.member_id),
        },
    )
    heeded = request.POST.get("heeded", "")
    questions = _asked(actor, form, "words", heeded)
    if request.method == "POST" and form.is_valid() and not questions:
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.close(
                    actor,
                    way.id,
                    data["words"],
                    version=data["version"],
                    follow_up_on=data["follow_up_on"],
                    follow_up_by=uuid.UUID(data["member"]) if data["member"] else None,
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('ways', args=[way.person_id])}?said=saved")
    return render(
        request,
        "journeys/end.html",
        bar(actor, card, "plan")
        | {"way": way, "done": looked_back(actor, done, stages, kinds), "form": form}
        | wording.shown(questions, heeded),
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work", methods=("GET", "POST"))
def follow_up(request: HttpRequest, actor: Actor, ending_id: uuid.UUID) -> HttpResponseBase:
    """Ask somebody whose way has ended how it goes, and write it down."""
    ending = queries.ending(ending_id)
    card = people.open_person(actor, ending.person_id)
    form = forms.FollowUpForm(actor, request.POST or None)
    heeded = request.POST.get("heeded", "")
    questions = _asked(actor, form, "answer", heeded)
    if request.method == "POST" and form.is_valid() and not questions:
        try:
            with all_or_nothing():
                actions.follow_up(actor, ending_id, form.cleaned_data["answer"])
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('ways', args=[ending.person_id])}?said=saved")
    return render(
        request,
        "journeys/follow_up.html",
        bar(actor, card, "plan")
        | {"form": form, "ending": _ending_line(actor, ending), "way_id": ending.journey_id}
        | wording.shown(questions, heeded),
        status=422 if request.method == "POST" else 200,
    )


@needs("documents.add", methods=("POST",))
def closing_letter(request: HttpRequest, actor: Actor, ending_id: uuid.UUID) -> HttpResponseBase:
    """The letter that thanks somebody at the end of their way; kept with their papers."""
    ending = queries.ending(ending_id)
    card = people.open_person(actor, ending.person_id)
    papers.closing_letter(actor, card, ending, language=language_for(card))
    return redirect(f"{reverse('person_documents', args=[ending.person_id])}?written")
