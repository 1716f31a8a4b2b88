"""Whom one met: who of them is one person, and who they become."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people.actions import NewPerson

from . import actions, named, queries
from .forms import PersonForm
from .queries import ReachedLine
from .views import met_line

MOST_TYPED = 80


def _line(actor: Actor, one: ReachedLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.nickname or _("No nickname"),
        "last": words.day_of(one.last_at, actor.zone),
        "times": one.times,
        "spot": one.spot,
        "person": one.person_id,
        "person_name": one.person or _("No name given"),
        "key": new_id(),
    }


def _typed(request: HttpRequest) -> str:
    return request.POST.get("q", "")[:MOST_TYPED].replace("\x00", " ").strip()


@needs("outreach.go", methods=("GET", "POST"))
def reached_list(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whom one met, the latest first; a nickname that is looked for is posted, and stands in no address."""
    typed = _typed(request)
    last = ids.typed(request.GET.get("after", ""))
    found, more = queries.reached_list(
        actor, typed=typed, after=queries.reached_line(actor, last) if last else None
    )
    return render(
        request,
        "outreach/people.html",
        {
            "typed": typed,
            "lines": [_line(actor, one) for one in found],
            "later": f"{reverse('reached_list')}?after={found[-1].id}" if more and not typed else "",
            "more": more and bool(typed),
        },
    )


@needs("outreach.go", methods=("GET", "POST"))
def reached(request: HttpRequest, actor: Actor, reached_id: uuid.UUID) -> HttpResponseBase:
    """Every meeting with somebody; who may be the same; who they are."""
    typed = _typed(request)
    page = queries.reached_page(actor, reached_id, typed=typed)
    known = named.words_of(actor)
    said = {
        "joined": _("Joined. All meetings stand together now."),
        "apart": _("Taken apart."),
        "became": _("Saved. Every meeting stands on their timeline."),
        "not-them": _("Undone. The meetings stand here alone again."),
    }.get(request.GET.get("said", ""))
    if said:
        pages.say(request, said)
    return render(
        request,
        "outreach/reached.html",
        {
            "one": _line(actor, page.line) | {"person": page.line.person_id},
            "somebody": page.person_id is not None,
            "met": [met_line(actor, one, known) for one in page.met],
            "joined": [(each, nickname or _("No nickname")) for each, nickname in page.joined],
            "alike": [_line(actor, one) for one in page.alike],
            "typed": typed,
            "may_register": may(actor, "people.register"),
        },
    )


@needs("outreach.go", methods=("POST",))
def join(request: HttpRequest, actor: Actor, reached_id: uuid.UUID) -> HttpResponseBase:
    """These two are the same."""
    other = ids.typed(request.POST.get("other", ""))
    if other is None:
        raise Http404
    key = request.POST.get("key", "")[:60] or str(new_id())
    kept = actions.join(actor, reached_id, other, key=f"join:{key}")
    return redirect(f"{reverse('reached', args=[kept])}?said=joined")


@needs("outreach.go", methods=("POST",))
def not_the_same(request: HttpRequest, actor: Actor, reached_id: uuid.UUID) -> HttpResponseBase:
    """Somebody who was joined into another stands alone again."""
    into = actions.not_the_same(actor, reached_id)
    return redirect(f"{reverse('reached', args=[into or reached_id])}?said=apart")


@needs("outreach.go", methods=("POST",))
def apart(request: HttpRequest, actor: Actor, encounter_id: uuid.UUID) -> HttpResponseBase:
    """One meeting was with somebody else."""
    key = request.POST.get("key", "")[:60] or str(new_id())
    alone = actions.take_apart(actor, encounter_id, key=f"apart:{key}")
    return redirect(f"{reverse('reached', args=[alone])}?said=apart")


@needs("outreach.go", methods=("GET", "POST"))
def become(request: HttpRequest, actor: Actor, reached_id: uuid.UUID) -> HttpResponseBase:
    """Who they are: somebody we know, by search, or somebody new; who may be known already is shown first."""
    page = queries.reached_page(actor, reached_id)
    if page.person_id is not None:
        return redirect("reached", reached_id)
    typed = _typed(request)
    form = PersonForm(
        request.POST if "full_name" in request.POST else None,
        initial={"key": new_id(), "called": page.line.nickname},
    )
    known: list[Any] = people.find(actor, typed) if typed else []
    similar: list[Any] = []
    key = request.POST.get("key", "")[:60] or str(new_id())
    try:
        if person_id := ids.typed(request.POST.get("person", "")):
            with all_or_nothing():
                actions.become(actor, reached_id, person_id, key=f"become:{key}")
            return redirect(f"{reverse('reached', args=[reached_id])}?said=became")
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            person = NewPerson(full_name=data["full_name"], called=data["called"], phone=data["phone"])
            if request.POST.get("sure") != "yes":
                similar = [one.person for one in people.alike_to(actor, person)]
            if not similar:
                with all_or_nothing():
                    actions.become_new(actor, reached_id, person, key=f"become:{key}")
                return redirect(f"{reverse('reached', args=[reached_id])}?said=became")
    except Refused as trouble:
        if not form.is_bound:
            raise
        form.add_error(None, str(trouble.message))
    return render(
        request,
        "outreach/become.html",
        {
            "one": _line(actor, page.line),
            "form": form,
            "typed": typed,
            "asked": "q" in request.POST,
            "known": [_known(one) for one in known],
            "similar": [_known(one) for one in similar],
            "key": new_id(),
        },
        status=422 if form.is_bound else 200,
    )


def _known(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.full_name or _("No name given"),
        "born": words.day_short(one.date_of_birth) if one.date_of_birth else "",
        "reference": one.reference,
    }


@needs("outreach.go", methods=("POST",))
def not_them(request: HttpRequest, actor: Actor, reached_id: uuid.UUID) -> HttpResponseBase:
    """They are not that person after all."""
    actions.not_them(actor, reached_id)
    return redirect(f"{reverse('reached', args=[reached_id])}?said=not-them")
