"""The waiting list for earlier times, and asking to be on it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import ids, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing

from . import actions, earlier
from .models import Booking


class EarlierForm(forms.Form):
    """On which weekdays and between which hours an earlier time would suit."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days that suit"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = words.locale(words.language()).days["stand-alone"]["wide"]
        self.fields["weekdays"].choices = [  # type: ignore[attr-defined]
            (str(day), names[day].capitalize()) for day in range(7)
        ]


@needs("diary.book", methods=("GET", "POST"))
def ask_earlier(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Put the person of an appointment on the list: they would have it earlier."""
    found = Booking.objects.filter(id=booking_id, centre_id=actor.centre).select_related("staff").first()
    if found is None or found.person_id is None:
        raise NotThere("no such appointment here")
    form = EarlierForm(request.POST or None, initial={"key": new_id()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.ask_earlier(
                    actor,
                    booking_id,
                    weekdays=[int(day) for day in data["weekdays"]],
                    opens=data["opens"],
                    closes=data["closes"],
                    key=f"earlier:{data['key']}",
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('waiting_list')}?said")
    return render(
        request,
        "diary/ask_earlier.html",
        {
            "form": form,
            "booking_id": booking_id,
            "when": _when(actor, found.starts),
            "staff": found.staff.full_name if found.staff else "",
        },
        status=422 if request.method == "POST" else 200,
    )


def _when(actor: Actor, starts: datetime) -> str:
    return f"{words.day_of(starts, actor.zone)}, {words.clock_time(starts, actor.zone)}"


@needs("diary.book")
def waiting_list(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who would come earlier, in order, and what is free for each."""
    if "said" in request.GET:
        pages.say(request, _("Noted."))
    return _waiting_list(request, actor)


def _waiting_list(request: HttpRequest, actor: Actor, *, wrong: str = "") -> HttpResponseBase:
    return render(
        request,
        "diary/waiting_list.html",
        {
            "wrong": wrong,
            "lines": [
                {
                    "id": one.who.id,
                    "booking": one.who.booking_id,
                    "name": one.who.name,
                    "person_id": one.who.person_id,
                    "when": _when(actor, one.who.starts),
                    "kind": one.who.kind,
                    "staff": one.who.staff,
                    "offer": _when(actor, one.offer.starts) if one.offer else "",
                    "fields": {
                        "starts": one.offer.starts.isoformat(),
                        "staff": str(one.offer.staff_id),
                        "version": str(one.who.version),
                    }
                    if one.offer
                    else {},
                }
                for one in earlier.waiting(actor)
            ],
        },
        status=409 if wrong else 200,
    )


@needs("diary.book", methods=("POST",))
def take_earlier(request: HttpRequest, actor: Actor, wish_id: uuid.UUID) -> HttpResponseBase:
    """Move their appointment to the earlier time."""
    staff_id, version = ids.typed(request.POST.get("staff", "")), request.POST.get("version", "")
    try:
        starts = datetime.fromisoformat(request.POST.get("starts", ""))
    except ValueError:
        return redirect("waiting_list")
    if staff_id is None or starts.tzinfo is None or not version.isdigit():
        return redirect("waiting_list")
    try:
        with all_or_nothing():
            actions.take_earlier(
                actor,
                wish_id,
                starts=starts,
                staff_id=staff_id,
                version=int(version),
                key=f"take-earlier:{wish_id}:{version}:{starts.isoformat()}",
            )
    except Refused as trouble:
        return _waiting_list(request, actor, wrong=str(trouble.message))
    return redirect(f"{reverse('waiting_list')}?said")


@needs("diary.book", methods=("POST",))
def end_wish(request: HttpRequest, actor: Actor, wish_id: uuid.UUID) -> HttpResponseBase:
    """They wait no longer."""
    actions.take_wish_back(actor, wish_id)
    return redirect(f"{reverse('waiting_list')}?said")
