"""Where a screen becomes a kiosk or board: the code that was made for it, typed at it once."""

from __future__ import annotations

import uuid

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.doors import DEVICE_COOKIE, keep_token, open_to_all
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.team import devices
from kohti.team import queries as team
from kohti.team.models import Device

KEEPS = "devices.keep"


@open_to_all(methods=("GET", "POST"))
def page(request: HttpRequest) -> HttpResponseBase:
    """Type the code; the screen keeps a token from then on, and goes on by itself after a power cut."""
    # Also where somebody is signed in: it is the screen that is set up, not they.
    with as_actor(DOOR):
        return _page(request)


def _page(request: HttpRequest) -> HttpResponseBase:
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    device = actors.device(token) if token else None
    shown = {"error": "", "now": device.role if device is not None else ""}
    if request.method == "GET":
        return render(request, "config/set_up.html", shown)
    if not ratelimit.consume(request, action="device", key="", dry_run=True):
        shown["error"] = _("That was tried too often. Wait five minutes.")
        return render(request, "config/set_up.html", shown, status=429)
    paired = devices.pair(request.POST.get("code", "")[:40])
    if paired is None:
        ratelimit.consume(request, action="device", key="")
        shown["error"] = _("This code does not work, or no longer works. Ask for a new one.")
        return render(request, "config/set_up.html", shown, status=422)
    kind, token = paired
    response = redirect(kind)
    keep_token(response, token)
    return response


@open_to_all(methods=("POST",))
def of_the_sample(request: HttpRequest, user_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """One click makes this screen a kiosk or board of a sample account's centre; no such page where data are real."""
    with as_actor(DOOR):
        keeper = _keeper(user_id)
        if keeper is None or kind not in Device.Kind.values:
            raise NotThere("no such account")
        known = actors.device(request.COOKIES.get(DEVICE_COOKIE, "-"))
        if known is not None and (known.role, known.centre_id) == (kind, keeper.centre_id):
            return redirect(kind)
        with as_actor(keeper):
            made = _made(keeper, kind)
        paired = devices.pair(made.code)
        assert paired is not None
        response = redirect(kind)
        keep_token(response, paired[1])
        return response


def _keeper(user_id: uuid.UUID) -> Actor | None:
    """Whoever keeps the devices under this account of the sample."""
    accounts = {one.user_id for one in team.sample_accounts() if KEEPS in one.verbs}
    places = team.memberships_of(user_id) if user_id in accounts else ()
    return next((one for place in places if (one := actors.member(place.member_id)) is not None), None)


def _made(keeper: Actor, kind: str) -> devices.SetUp:
    """The sample's device of this kind at a centre, always the same one; another where that was ended."""
    name = _("Kiosk") if kind == "kiosk" else _("Board")
    try:
        return devices.add_device(keeper, kind=kind, name=name, device_id=uuid.uuid5(keeper.centre, kind))
    except NotThere:
        return devices.add_device(keeper, kind=kind, name=name, device_id=new_id())
