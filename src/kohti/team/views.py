"""The colleagues of a centre, and the places where one works."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel.actor import DOOR, Actor, as_actor, may
from kohti.kernel.doors import SIGNED_IN, needs
from kohti.kernel.errors import NotThere

from . import actions, queries


@needs("team.see")
def team(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who works here; names found in a file wait to be confirmed."""
    colleagues = queries.colleagues(actor.centre_id)
    confirmed = "confirmed" in request.GET
    if confirmed:
        request.notices = [{"kind": "success", "text": _("Confirmed.")}]  # type: ignore[attr-defined]
    return render(
        request,
        "team/team.html",
        {
            "to_confirm": [one for one in colleagues if one.confirmed_at is None],
            "colleagues": [one for one in colleagues if one.confirmed_at is not None],
            "may_confirm": may(actor, "team.confirm"),
            "confirmed": confirmed,
        },
    )


@needs("team.confirm", methods=("POST",))
def confirm(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """This name is a colleague of ours."""
    actions.confirm_name(actor, staff_id)
    return redirect(f"{reverse('team')}?confirmed")


@needs(SIGNED_IN, methods=("GET", "POST"))
def places(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Where this user may work; choosing one changes what is seen from here on."""
    with as_actor(DOOR):
        mine = queries.memberships_of(uuid.UUID(actor.facts["user_id"]))
    request.session["places"] = len(mine)
    if request.method == "POST":
        chosen = request.POST.get("place", "")
        if chosen not in {str(place.member_id) for place in mine}:
            raise NotThere("no such place")
        request.session["membership"] = chosen
        return redirect("today")
    return render(request, "team/places.html", {"places": mine, "here": actor.member_id})
