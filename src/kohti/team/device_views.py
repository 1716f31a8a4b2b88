"""The page on which a centre's kiosks and boards are kept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.ids import new_id
from kohti.kernel.languages import CODES, LANGUAGES

from . import devices
from .models import Device

KINDS = {"kiosk": gettext_lazy("Kiosk"), "board": gettext_lazy("Board")}


class DeviceForm(forms.Form):
    """A kiosk or board to be set up."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            ("kiosk", gettext_lazy("A kiosk, where people say that they are here")),
            ("board", gettext_lazy("A board, which shows who is called")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=gettext_lazy("Where it stands"), max_length=80)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Its languages"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    sound = forms.BooleanField(
        label=gettext_lazy("A soft sound when somebody is called"), required=False, initial=True
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


def _seen(actor: Actor, one: Device) -> str:
    if one.paired_at is None:
        return _("Not set up yet")
    if one.seen_at is None:
        return ""
    day, today = one.seen_at.astimezone(actor.zone).date(), clock.today(actor.zone)
    time = words.clock_time(one.seen_at, actor.zone)
    return time if day == today else f"{words.day_short(day)}, {time}"


def _page(
    request: HttpRequest, actor: Actor, form: DeviceForm | None = None, *, status: int = 200
) -> HttpResponseBase:
    return render(
        request,
        "team/devices.html",
        {
            "devices": [
                {
                    "id": one.id,
                    "name": one.name,
                    "kind": KINDS[one.kind],
                    "languages": ", ".join(
                        name for code, name in LANGUAGES if code in devices.languages_of(one.settings)
                    ),
                    "sound": one.kind == "board" and devices.has_sound(one.settings),
                    "seen": _seen(actor, one),
                    "waits": one.paired_at is None,
                }
                for one in devices.devices(actor)
            ],
            "form": form or DeviceForm(initial={"key": new_id(), "kind": "kiosk", "languages": list(CODES)}),
        },
        status=status,
    )


@needs("devices.keep", methods=("GET", "POST"))
def kept(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The kiosks and boards of the centre, when they were last seen, and another one."""
    if request.method == "GET":
        if request.GET.get("done") == "ended":
            pages.say(request, _("This screen has been ended. It shows nothing any more."))
        return _page(request, actor)
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    said = form.cleaned_data
    made = devices.add_device(
        actor,
        kind=said["kind"],
        name=said["name"],
        settings={"sound": said["sound"], "languages": said["languages"]},
        device_id=said["key"],
    )
    return _code(request, made, said["name"])


def _code(request: HttpRequest, made: devices.SetUp, name: str) -> HttpResponseBase:
    halves = f"{made.code[:4]} {made.code[4:]}"
    there: dict[str, Any] = {"address": request.build_absolute_uri(reverse("device_set_up"))}
    return render(request, "team/device_code.html", {"code": halves, "name": name, **there})


@needs("devices.keep", methods=("POST",))
def code(request: HttpRequest, actor: Actor, device_id: uuid.UUID) -> HttpResponseBase:
    """Another code, for one that is to be set up anew: its browser was replaced, or the first code was too old."""
    made = devices.new_code(actor, device_id)
    return _code(request, made, devices.device(actor, device_id).name)


@needs("devices.keep", methods=("POST",))
def end(request: HttpRequest, actor: Actor, device_id: uuid.UUID) -> HttpResponseBase:
    """It is taken down, or was stolen: asked once whether that is so."""
    if request.POST.get("sure") != "yes":
        return render(request, "team/device_end.html", {"device": devices.device(actor, device_id)})
    devices.end_device(actor, device_id)
    return redirect(f"{reverse('devices')}?done=ended")
