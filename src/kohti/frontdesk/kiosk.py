"""The kiosk of a centre: people say that they are here, in their language, and are told where to sit. It keeps nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
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
from .named import Named, Said

FIGURES = "1234567890"
LONGEST = 16
EARLY = timedelta(minutes=60)
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
    """How people are found: by what stands on their letter, or by their date of birth; or they would rather speak."""
    with _spoken(device, code):
        return _page(request, device, "frontdesk/kiosk_ways.html", {"code": code})


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
    now = clock.now()
    if found.outcome == "booked" and found.booking_id and found.starts and found.starts - now <= EARLY:
        try:
            moved = actions.check_in_at_kiosk(device, found.booking_id, version=found.version)
        except KohtiError as trouble:
            return _say(request, device, code, _("Please speak to us"), [str(trouble)], status=409)
        lines = [_about(device, found)]
        if now - found.starts > actions.LATE:
            lines.append(_("You are later than agreed, so others may be called before you."))
        lines.append(
            _("Please sit down. The board and a colleague say when it is your turn, and where to go.")
        )
        return _say(request, device, code, _("You are checked in"), lines, ticket=moved.ticket, good=True)
    title, lines = _words(device, found, now)
    if found.outcome == "here":
        return _say(request, device, code, title, lines, ticket=found.ticket or "", good=True)
    return _say(request, device, code, title, lines)


def _about(device: Actor, found: Named) -> str:
    assert found.starts is not None
    return _("%(what)s at %(time)s") % {
        "what": words.title(found.kind or {}),
        "time": words.clock_time(found.starts, device.zone),
    }


def _when(device: Actor, starts: datetime) -> str:
    return _("%(day)s at %(time)s") % {
        "day": words.day_long(starts.astimezone(device.zone).date()),
        "time": words.clock_time(starts, device.zone),
    }


def _words(device: Actor, found: Named, now: datetime) -> tuple[str, list[str]]:
    """What is said of an appointment that is not checked in by this press, and what to do: kindly, and in words."""
    speak, starts = _("Please speak to us"), found.starts
    match found.outcome:
        case "here" if found.state == "called":
            where = _("Please go to %(desk)s.") % {"desk": words.apart(found.desk)} if found.desk else ""
            return _("It is your turn"), [one for one in (_about(device, found), where) if one]
        case "here":
            return _("You are checked in already"), [
                _about(device, found),
                _("Please sit down. The board and a colleague say when it is your turn, and where to go."),
            ]
        case "booked" if starts is not None:
            return _("You are early"), [
                _about(device, found),
                _("Please say again that you are here from %(time)s on.")
                % {"time": words.clock_time(starts - EARLY, device.zone)},
            ]
        case "cancelled":
            return speak, [_("This appointment was cancelled. We will find another time.")]
        case "missed" | "seen":
            return speak, [_("This appointment is over. Tell us what you need.")]
        case "other-day" if starts is not None:
            where = f"{found.centre}, {found.address}" if found.centre else ""
            if starts < now:
                lines = [_("Your appointment was on %(when)s.") % {"when": _when(device, starts)}, where]
                return speak, [*filter(None, lines), _("We will find another time.")]
            lines = [_("It is on %(when)s.") % {"when": _when(device, starts)}, where]
            return _("Your appointment is on another day"), [*filter(None, lines)]
        case "elsewhere" if starts is not None:
            return _("Your appointment is at another place"), [
                f"{found.centre}, {found.address}",
                _when(device, starts),
                _("If you cannot get there in time, speak to us: we will call them."),
            ]
    return speak, [_("We could not find you here. That happens, and it is not your fault.")]


def _say(
    request: HttpRequest,
    device: Actor,
    code: str,
    title: str,
    lines: list[str],
    *,
    ticket: str = "",
    good: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    shown = {"code": code, "heading": title, "lines": lines, "ticket": ticket, "good": good, "key": new_id()}
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
        lines = [_("Please sit down. The board and a colleague say when it is your turn, and where to go.")]
        return _say(request, device, code, _("Here is your ticket"), lines, ticket=ticket, good=True)
