"""Lists, search, and somebody new."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.people import actions, alike, forms, queries
from kohti.people.actions import NewPerson
from kohti.people.queries import Alike, Found

WHY = {
    alike.SAME_NAME: lambda: _("same name"),
    alike.SWAPPED: lambda: _("same names, in another order"),
    alike.SOUNDS: lambda: _("the name sounds alike"),
    alike.SAME_BIRTH: lambda: _("born on the same day"),
    alike.NEAR_BIRTH: lambda: _("date of birth nearly the same"),
    alike.SAME_CONTACT: lambda: _("same phone or e-mail"),
}


def _lines(found: list[Found]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.full_name or _("No name given"),
            "called": one.called,
            "born": words.day_short(one.date_of_birth) if one.date_of_birth else "",
            "reference": one.reference,
        }
        for one in found
    ]


def _page(request: HttpRequest, actor: Actor, **more: Any) -> HttpResponseBase:
    return render(
        request,
        "people/people.html",
        {
            "typed": "",
            "found": None,
            "lines": [],
            "later": "",
            "may_register": may(actor, "people.register"),
            "may_alerts": may(actor, "people.alerts"),
            "may_merge": may(actor, "people.merge"),
        }
        | more,
    )


@needs("people.find")
def people(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The people one may see, in the order of their names."""
    try:
        after = uuid.UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError:
        after = None
    lines, more = queries.page_of_people(actor, after=after)
    later = f"{reverse('people')}?after={lines[-1].id}" if more else ""
    return _page(request, actor, lines=_lines(lines), later=later)


@needs("people.find", methods=("POST",))
def find(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who is meant: a name, a date of birth, a phone, a reference."""
    typed = request.POST.get("q", "")[: forms.MOST_NAME]
    found = _lines(queries.find(actor, typed, born=words_to_day(typed)))
    return _page(request, actor, typed=typed, found=found)


def words_to_day(typed: str) -> Any:
    """The day that was typed as 27 3 1984, 27.3.1984 or 1984-03-27; None for anything else."""
    import re
    from datetime import date

    numbers = re.split(r"[\s./-]+", typed.strip())
    if len(numbers) != 3 or not all(one.isascii() and one.isdigit() for one in numbers):
        return None
    parts = [int(one) for one in numbers]
    if len(numbers[0]) == 4:
        parts.reverse()
    try:
        return date(parts[2], parts[1], parts[0])
    except ValueError:
        return None


def _similar(found: list[Alike]) -> list[dict[str, Any]]:
    made = _lines([one.person for one in found])
    for line, one in zip(made, found, strict=True):
        line["why"] = ", ".join(WHY[reason]() for reason in one.why)
    return made


def _typed(data: dict[str, Any]) -> NewPerson:
    return NewPerson(
        full_name=data.get("full_name") or "",
        called=data.get("called") or "",
        date_of_birth=data.get("date_of_birth"),
        phone=data.get("phone") or "",
        email=data.get("email") or "",
        languages=data.get("languages") or (),
        interpreter=data.get("interpreter") or "",
    )


@needs("people.register", methods=("GET", "POST"))
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Somebody new. Who may be the same person is shown before they are added a second time."""
    form = forms.NewPersonForm(actor, request.POST or None)
    similar: list[Alike] = []
    elsewhere = False
    if request.method == "POST" and form.is_valid():
        person = _typed(form.cleaned_data)
        if request.POST.get("sure") != "yes":
            similar = queries.alike_to(actor, person)
            elsewhere = actions.ask_elsewhere(actor, person)
        if not similar and not elsewhere:
            key = f"new:{form.cleaned_data['key']}"
            made = actions.register(actor, actor.centre, [person], key=key)[0]
            return redirect(f"{reverse('person', args=[made.id])}?said=new")
    return render(
        request,
        "people/new.html",
        {"form": form, "similar": _similar(similar), "elsewhere": elsewhere},
        status=422 if request.method == "POST" else 200,
    )


@needs("people.register", methods=("POST",))
def alike_to(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """While typing: who of those one may see may be this person already."""
    form = forms.NewPersonForm(actor, request.POST)
    form.is_valid()
    found = queries.alike_to(actor, _typed(form.cleaned_data))
    return render(request, "people/_alike.html", {"similar": _similar(found), "elsewhere": False})
