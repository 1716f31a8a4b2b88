"""Each service's style sheet and logo, at addresses that change with them, so that browsers keep them for good.

A style sheet's address says all there is to know: `/look/gent/0b3d91.css?v=…` is made from the very colours in it. Both are
served before the door, without a session, the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse

from kohti.config import installation
from kohti.design import logo as pictures
from kohti.design import preview, theme
from kohti.design.theme import Theme
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.doors import SIGNED_IN, needs, open_to_all
from kohti.kernel.errors import NotThere
from kohti.team import logos

Respond = Callable[[HttpRequest], HttpResponseBase]
BEGINS = ("/look/", "/offline.js")
"""Addresses that are the same for everybody."""
CAME_IN_BY = "kohti_service"
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"

_COLOURS = re.compile(r"([0-9a-f]{6})(?:-([0-9a-f]{6}))?\Z")


@dataclass(frozen=True, slots=True)
class Look:
    """How the frame of a page shows a service.

    `host`: the organisation that runs it, said first, when that is not already its name.
    """

    code: str
    name: str
    host: str
    css: str
    logo: str = ""

    @property
    def first(self) -> str:
        """The name that stands first on every page."""
        return self.host or self.name

    @property
    def second(self) -> str:
        """The service's own name, when the host's stands before it."""
        return self.name if self.host else ""


NOBODYS = Look("kohti", "Kohti", "", "")
"""The look of pages that belong to no service: that of kohti.css itself."""


def look_of(code: str, name: str, said: Mapping[str, Any]) -> Look:
    """The look of a service from its code, its name, and what its blueprint's [theme] holds.

    Colours that are refused when they are applied, and are here all the same, give way to our own.
    """
    host = str(said.get("host") or "")
    digest, _dot, ending = str(said.get("picture") or "").partition(".")
    picture = reverse("logo", args=[code, digest, ending]) if ending else ""
    return Look(code, name, "" if host == name else host, address(Theme.of(code, said)), picture)


WORN = "worn_look"


def wear(request: HttpRequest, look: Look) -> None:
    """Let the page of this request wear a service's look, whoever is signed in: it is about that service."""
    setattr(request, WORN, look)


def of_nobody(request: HttpRequest) -> Look:
    """The look of a page with nobody signed in: that of the only service, or of the one this browser came in by.

    One statement, at the door; none for a page that failed before it.
    """
    if not hasattr(request, "actor"):
        return NOBODYS
    found = {code: (code, name, said) for code, name, said in logos.worn()}
    chosen = next(iter(found)) if len(found) == 1 else request.COOKIES.get(CAME_IN_BY, "")
    return look_of(*found[chosen]) if chosen in found else NOBODYS


@open_to_all()
def at(request: HttpRequest, code: str) -> HttpResponse:
    """A service's own way in, to keep as a bookmark: its name and colours stand on the sign-in page from then on."""
    if code not in {one for one, _name, _said in logos.worn()}:
        raise NotThere("no such service")
    answer = redirect("account_login")
    answer.set_cookie(
        CAME_IN_BY, code, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    return answer


@lru_cache(maxsize=200)
def address(chosen: Theme) -> str:
    """Where the style sheet of a theme is found; nothing for one that `check` refuses."""
    if theme.check(chosen):
        return ""
    colours = "-".join(one.removeprefix("#").lower() for one in (chosen.accent, chosen.dark) if one)
    return f"{reverse('look', args=[chosen.code, colours])}?v={theme.version(chosen)}"


def _said(code: str, colours: str) -> Theme:
    """The theme an address says. Raises Http404 for one that nobody could read."""
    found = _COLOURS.match(colours)
    chosen = Theme(code, f"#{found[1]}", f"#{found[2]}" if found[2] else "") if found else None
    if chosen is None or theme.check(chosen):
        raise Http404("no such look")
    return chosen


@open_to_all()
def look(request: HttpRequest, code: str, colours: str) -> HttpResponse:
    """A service's style sheet. One that nobody could read is not there."""
    chosen = _said(code, colours)
    known = request.GET.get("v") == theme.version(chosen)
    return HttpResponse(
        theme.tokens(chosen),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": FOR_GOOD if known else FOR_A_WHILE},
    )


@open_to_all()
def both(request: HttpRequest, code: str, colours: str) -> HttpResponse:
    """The same colours on light and dark screens side by side, for the page where they are chosen."""
    chosen = _said(code, colours)
    return HttpResponse(
        preview.sheet(chosen),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": FOR_A_WHILE},
    )


@open_to_all()
def logo(request: HttpRequest, code: str, digest: str, ending: str) -> HttpResponse:
    """A service's logo, as it was looked into; by itself in a browser it runs and fetches nothing."""
    with as_actor(DOOR):
        data = logos.logo_of(code, f"{digest}.{ending}")
    if data is None:
        raise Http404("no such logo")
    headers = {"Cache-Control": FOR_GOOD, **pictures.HEADERS}
    return HttpResponse(data, content_type=logos.KINDS[ending], headers=headers)


@needs(SIGNED_IN)
def parts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every component in every state, in the colours of one's service, and their contrasts measured.

    For those who build pages or choose colours, on a sample: nothing in it is anybody's, but where the data
    are real it would only be one page more that looks like work and is none.
    """
    if not installation.facts().sample:
        raise NotThere("parts are shown on a sample")
    chosen = Theme.of(actor.facts["service_code"], actor.facts["theme"])
    pairs = [] if theme.check(chosen) else theme.measured(chosen)
    return render(request, "design/gallery.html", {"pairs": pairs})


def before_the_door(respond: Respond) -> Respond:
    """Looks are the same for everybody: they are answered here, where nobody has been asked who they are."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(BEGINS):
            return respond(request)
        found = resolve(request.path)
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return answer

    return middleware
