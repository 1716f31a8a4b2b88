"""The kiosk of a centre: people say that they are here, in their language, and are told where to sit. It keeps nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.kernel import clock, references, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import for_device
from kohti.kernel.errors import KohtiError
from kohti.kernel.ids import new_id
from kohti.kernel.languages import LANGUAGES
from kohti.team import devices

from . import actions, named
from .board import desk_words
from .line_hours import held_next
from .named import Named, Said
from .said import Agreed, at_the_door

FIGURES = "1234567890"
LONGEST = 16
TOO_EARLY = timedelta(minutes=60)
"""Whoever comes earlier than this is asked to say so again when it is nearer: called now, they would not be there."""


def _languages(device: Actor) -> list[tuple[str, str]]:
    own = devices.languages_of(device.facts["settings"])
    return [(code, name) for code, name in LANGUAGES if code in own]


def _page(
    request: HttpRequest, device: Actor, template: str, shown: dict[str, Any], *, status: int = 200
) -> HttpResponseBase:
    return render(request, template, {"centre": device.facts["centre"], **shown}, status=status)


@for_device("kiosk")
def languages(request: HttpRequest, device: Actor) -> HttpResponseBase:
    """The first screen: each language by its own name."""
    own = _languages(device)
    with words.spoken(own[0][0], actor=device):
        return _page(request, device, "frontdesk/kiosk_languages.html", {"own": own})


def _spoken(device: Actor, code: str) -> Any:
    if code not in {one for one, _name in _languages(device)}:
        raise Http404
    return words.spoken(code, actor=device)


@for_device("kiosk")
def ways(request: HttpRequest, device: Actor, code: str) -> HttpResponseBase:
    """How people are found: by what stands on their letter, or by their date of birth; or they would rather speak. And when
    drop-ins are held, for whoever has come for one.
    """
    with _spoken(device, code):
        held = [one.said(device) for one in held_next(device)]
        return _page(request, device, "frontdesk/kiosk_ways.html", {"code": code, "held": held})


def _typed(request: HttpRequest, letters: str) -> tuple[str, bool]:
    """What stands in the field after this press, and whether it is to be looked for."""
    text = request.POST.get("typed", "")[:LONGEST]
    pressed = request.POST.get("press", "")
    if pressed == "back":
        return text.rstrip()[:-1], False
    if pressed in letters and len(pressed) == 1:
        return (text + pressed)[:LONGEST], False
    return text, True


def _ask(
    request: HttpRequest,
    device: Actor,
    code: str,
    *,
    step: str,
    typed: str = "",
    born: str = "",
    error: str = "",
) -> HttpResponseBase:
    keys = {"code": references.ALPHABET, "born": FIGURES, "initials": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}[step]
    return _page(
        request,
        device,
        "frontdesk/kiosk_ask.html",
        {"code": code, "step": step, "typed": typed, "born": born, "error": error, "keys": keys},
        status=422 if error else 200,
    )


@for_device("kiosk", methods=("GET", "POST"))
def by_code(request: HttpRequest, device: Actor, code: str) -> HttpResponseBase:
    """The code of the appointment, or the reference: either stands on the letter."""
    with _spoken(device, code):
        if request.method == "GET":
            return _ask(request, device, code, step="code")
        typed, look = _typed(request, references.ALPHABET)
        if not look:
            return _ask(request, device, code, step="code", typed=typed)
        said = named.code_or_reference(typed)
        if not said:
            error = _(
                "A code has six letters, a reference eight letters and figures. Look at your letter again."
            )
            return _ask(request, device, code, step="code", typed=typed, error=error)
        return _answer(request, device, code, said)


@for_device("kiosk", methods=("GET", "POST"))
def by_birth(request: HttpRequest, device: Actor, code: str) -> HttpResponseBase:
    """The date of birth, then two letters."""
    with _spoken(device, code):
        if request.method == "GET":
            return _ask(request, device, code, step="born")
        if request.POST.get("step") != "initials":
            typed, look = _typed(request, FIGURES)
            if not look:
                return _ask(request, device, code, step="born", typed=typed)
            if named.day_of_birth(typed) is None:
                error = _("Type two figures for the day, two for the month and four for the year.")
                return _ask(request, device, code, step="born", typed=typed, error=error)
            return _ask(request, device, code, step="initials", born=typed)
        born = request.POST.get("born", "")[:LONGEST]
        day = named.day_of_birth(born)
        if day is None:
            return _ask(request, device, code, step="born")
        typed, look = _typed(request, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if not look:
            return _ask(request, device, code, step="initials", typed=typed, born=born)
        said = named.born_and_initials(day, typed)
        if not said:
            error = _("Type the first letter of your first name and of your last name.")
            return _ask(request, device, code, step="initials", typed=typed, born=born, error=error)
        return _answer(request, device, code, said)


def _answer(request: HttpRequest, device: Actor, code: str, said: Said) -> HttpResponseBase:
    if not named.may_try(request, device, said):
        return _say(
            request, device, code, _("Please speak to us"), [_("We could not find you here.")], status=429
        )
    found = named.named(request, device, said)
    if found.outcome == "booked" and found.booking_id and found.starts:
        if found.starts - clock.now() > TOO_EARLY:
            again = _("Please say again that you are here from %(time)s on.")
            time = words.clock_time(found.starts - TOO_EARLY, device.zone)
            return _say(
                request, device, code, _("You are early"), [_about(device, found), again % {"time": time}]
            )
        return _here(request, device, code, found)
    if found.outcome == "here":
        return _already(request, device, code, found)
    speak, lines = _("Please speak to us"), _lines(device, found)
    return _say(
        request, device, code, speak if lines[0] else _("We could not find you here."), [*filter(None, lines)]
    )


def _here(request: HttpRequest, device: Actor, code: str, found: Named) -> HttpResponseBase:
    assert found.booking_id is not None
    try:
        moved = actions.check_in_at_kiosk(device, found.booking_id, version=found.version)
    except KohtiError as trouble:
        return _say(request, device, code, _("Please speak to us"), [str(trouble)], status=409)
    off = at_the_door(_agreed(device, found), device.zone)
    about = off.text if off else _about(device, found)
    if moved.state == "called":  # as a walk-in, with the ticket they keep
        return _say(request, device, code, _("It is your turn"), [about], ticket=moved.ticket)
    return _say(request, device, code, _("You are checked in"), [about, _wait_here()], ticket=moved.ticket)


def _already(request: HttpRequest, device: Actor, code: str, found: Named) -> HttpResponseBase:
    ticket = found.ticket or ""
    if found.state != "called":
        lines = [_about(device, found), _wait_here()]
        return _say(request, device, code, _("You are checked in already"), lines, ticket=ticket)
    where = _("Please go to %(desk)s.") % {"desk": desk_words(found.desk)} if found.desk else ""
    return _say(request, device, code, _("It is your turn"), [*filter(None, [where])], ticket=ticket)


def _wait_here() -> str:
    return _("Take a seat. The board says when it is your turn, and where to go.")


def _about(device: Actor, found: Named) -> str:
    assert found.starts is not None
    what = words.title(found.kind) if found.kind else _("Your appointment")
    return _("%(what)s at %(time)s") % {"what": what, "time": words.clock_time(found.starts, device.zone)}


def _agreed(device: Actor, found: Named) -> Agreed:
    assert found.starts is not None
    return Agreed(
        day=found.starts.astimezone(device.zone).date(),
        starts=found.starts,
        state=found.outcome if found.outcome in ("cancelled", "missed") else "booked",
        centre=", ".join(filter(None, (found.centre, found.address))),
    )


def _lines(device: Actor, found: Named) -> tuple[str, str]:
    """What is said of an appointment that is not checked in by this press, and what to do: kindly, and in words."""
    if found.outcome == "seen":
        return _("This appointment is over."), _(
            "Tell us what you need: we help you now, or find another time."
        )
    said = at_the_door(_agreed(device, found), device.zone) if found.starts is not None else None
    if said is None:
        return "", _("That happens, and it is not your fault. Please speak to us.")
    return said.text, said.then


def _say(
    request: HttpRequest,
    device: Actor,
    code: str,
    title: str,
    lines: list[str],
    *,
    ticket: str = "",
    status: int = 200,
) -> HttpResponseBase:
    shown = {"code": code, "heading": title, "lines": lines, "ticket": ticket, "key": new_id()}
    return _page(request, device, "frontdesk/kiosk_said.html", shown, status=status)


@for_device("kiosk", methods=("GET", "POST"))
def speak(request: HttpRequest, device: Actor, code: str) -> HttpResponseBase:
    """Somebody would rather speak: where to go, and a ticket for the desk if they want one."""
    with _spoken(device, code):
        if request.method == "GET":
            lines = [_("A colleague is at the desk. Take a ticket, and you will be called.")]
            return _say(request, device, code, _("Please speak to us"), lines)
        key = request.POST.get("key", "")[:60] or str(new_id())
        try:
            ticket = actions.desk_ticket(device, key=f"kiosk:{device.device_id}:{key}")
        except KohtiError as trouble:
            return _say(request, device, code, _("Please speak to us"), [str(trouble)], status=409)
        lines = [_wait_here()]
        return _say(request, device, code, _("Here is your ticket"), lines, ticket=ticket)
