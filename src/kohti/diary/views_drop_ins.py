"""Drop-ins and open access hours of a centre, to look at and to keep."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField, wall_time
from kohti.kernel import clock, ids, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.team import queries as team
from kohti.team.models import Organisation, Staff

from . import actions, queries, sessions
from .models import Room
from .sessions import Weekly

OWN = "."
"""What no line is called."""


class DropInForm(forms.Form):
    """A weekly session to be added."""

    title = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    weekday = forms.ChoiceField(label=gettext_lazy("Every"))
    opens = wall_time(gettext_lazy("From"))
    closes = wall_time(gettext_lazy("Until what time"))
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"), required=False)
    staff = forms.ChoiceField(label=gettext_lazy("Colleague"), required=False)
    room = forms.ChoiceField(label=gettext_lazy("Room"), required=False)
    line = forms.ChoiceField(
        label=gettext_lazy("Line its visitors wait in"),
        required=False,
        help_text=gettext_lazy("It can be joined from a quarter of an hour before until the end."),
    )
    last = DayField(label=gettext_lazy("Held for the last time on"), required=False)
    open_access = forms.BooleanField(label=gettext_lazy("Open access: computers to use"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, centre_id: uuid.UUID, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": new_id()})
        super().__init__(*args, **kwargs)
        names = words.locale(words.language()).days["stand-alone"]["wide"]
        chosen: dict[str, list[tuple[str, str]]] = {
            "weekday": [(str(day), names[day].capitalize()) for day in range(7)],
            "organisation": [
                (str(one.id), one.name)
                for one in Organisation.objects.filter(service_id=actor.service, retired=False).order_by(
                    "name"
                )
            ],
            "staff": [
                (str(one.id), one.full_name)
                for one in Staff.objects.filter(centre_id=centre_id).order_by("sort_key", "id")
            ],
            "room": [
                (str(one.id), one.name)
                for one in Room.objects.filter(centre_id=centre_id, retired=False).order_by("name")
            ],
        }
        lines = [one for one in team.blueprint(actor).streams if not one.of_appointments]
        chosen["line"] = [
            (OWN, _("A line of its own")),
            *((one.code, words.title(one.title)) for one in lines),
        ]
        for name, options in chosen.items():
            empty = [] if name == "weekday" else [("", "–")]
            self.fields[name].choices = [*empty, *options]  # type: ignore[attr-defined]


@needs("centre.close", methods=("GET", "POST"))
def drop_ins(request: HttpRequest, actor: Actor, centre_id: uuid.UUID) -> HttpResponseBase:
    """What a centre holds every week; one more is added here."""
    page = queries.centre_page(actor, centre_id)
    form = DropInForm(actor, centre_id, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = actions.NewDropIn(
            title=data["title"],
            weekday=int(data["weekday"]),
            opens=data["opens"],
            closes=data["closes"],
            first=clock.today(actor.zone),
            last=data["last"],
            open_access=data["open_access"],
            organisation_id=ids.typed(data["organisation"]),
            staff_id=ids.typed(data["staff"]),
            room_id=ids.typed(data["room"]),
            stream="" if data["line"] == OWN else data["line"],
            own_line=data["line"] == OWN,
        )
        try:
            with all_or_nothing():
                actions.add_drop_in(actor, centre_id, wanted, key=f"drop-in:{data['key']}")
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('drop_ins', args=[centre_id])}?said")
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    return render(
        request,
        "diary/drop_ins.html",
        {
            "centre": page,
            "form": form,
            "lines": [_line(actor, one) for one in sessions.weekly(actor, centre_id)],
        },
        status=422 if request.method == "POST" else 200,
    )


def _line(actor: Actor, one: Weekly) -> dict[str, Any]:
    names = words.locale(words.language()).days["stand-alone"]["wide"]
    today = clock.today(actor.zone)
    following = max(today, one.first)
    following += timedelta(days=(one.weekday - following.weekday()) % 7)
    while following in one.off:
        following += timedelta(days=7)
    return {
        "id": one.id,
        "title": one.title,
        "day": names[one.weekday].capitalize(),
        "hours": f"{one.opens:%H:%M}–{one.closes:%H:%M}",
        "by": one.by,
        "room": one.room,
        "by_hand": one.by_hand,
        "next": "" if one.last and following > one.last else following.isoformat(),
        "next_day": words.day_short(following),
        "off": [(day.isoformat(), words.day_short(day)) for day in one.off],
    }


@needs("centre.close", methods=("POST",))
def end(request: HttpRequest, actor: Actor, drop_in_id: uuid.UUID) -> HttpResponseBase:
    """A session added by hand is held no more from tomorrow on."""
    centre_id = actions.end_drop_in(actor, drop_in_id)
    return redirect(f"{reverse('drop_ins', args=[centre_id])}?said")


@needs("centre.close", methods=("POST",))
def skip(request: HttpRequest, actor: Actor, drop_in_id: uuid.UUID) -> HttpResponseBase:
    """A session is not held on one day, or is after all."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        day = clock.today(actor.zone)
    centre_id = actions.skip(actor, drop_in_id, day, held="held" in request.POST)
    return redirect(f"{reverse('drop_ins', args=[centre_id])}?said")
