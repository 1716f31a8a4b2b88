"""Who works here, where and since when; what the blueprint brings; and the places where one works."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import clock, ids, outbox, pages, words
from kohti.kernel.actor import DOOR, Actor, as_actor, may
from kohti.kernel.doors import SIGNED_IN, needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing, first_time

from . import actions, queries, roster, way_back
from .forms import BECAUSE, EndForm, InviteForm, PlaceForm
from .models import Invitation
from .roster import COMING, GONE, WORKING, Place, Wanted

DONE = {
    "confirmed": gettext_lazy("Confirmed."),
    "ended": gettext_lazy("The place has ended. Whoever had it sees nothing more from this moment on."),
    "ends": gettext_lazy("The last day is noted."),
    "changed": gettext_lazy("The change is noted."),
    "placed": gettext_lazy("The new place is noted."),
    "taken-back": gettext_lazy("The invitation was taken back. Its link no longer works."),
}
STATES = {
    WORKING: gettext_lazy("Working here now"),
    COMING: gettext_lazy("Beginning later"),
    GONE: gettext_lazy("No longer here"),
}


def _say_what_was_done(request: HttpRequest) -> str:
    """Put what the last press did where the page says such things; its word."""
    done = request.GET.get("done", "")
    if done in DONE:
        pages.say(request, str(DONE[done]))
    return done


def _last_day(actor: Actor, instant: datetime | None) -> str:
    """The last day of what ends at an instant: midnight still belongs to the day before."""
    return words.day_of(instant - timedelta(microseconds=1) if instant else None, actor.zone)


def _wanted(asked: Mapping[str, Any]) -> Wanted:
    state = str(asked.get("state", WORKING))
    return Wanted(
        role=str(asked.get("role", ""))[:40],
        centre=str(asked.get("centre", ""))[:40],
        organisation=str(asked.get("organisation", ""))[:40],
        state=state if state in STATES else WORKING,
        name=str(asked.get("name", ""))[:200],
    )


@needs("team.see")
def team(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who works here; names found in a file wait to be confirmed; invitations wait for an answer."""
    done = _say_what_was_done(request)
    after = ids.typed(request.GET.get("after", ""))
    return _team(request, actor, _wanted(request.GET.dict()), after=after, done=done)


@needs("team.see", methods=("POST",))
def find(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Colleagues by a part of their name, which never stands in an address."""
    return _team(request, actor, _wanted(request.POST.dict()))


def _team(
    request: HttpRequest, actor: Actor, wanted: Wanted, *, after: uuid.UUID | None = None, done: str = ""
) -> HttpResponseBase:
    found, following = roster.roster(actor, wanted, after=after)
    sign_ins = roster.sign_ins(place.id for place in found)
    offered = roster.choices(actor)
    first_page = after is None and not wanted.name and wanted.state == WORKING
    unsigned = roster.without_account(actor, wanted.centre) if first_page else []
    whole = actor.scope == "administration"
    kept = {
        key: value
        for key, value in (
            ("role", wanted.role),
            ("centre", wanted.centre),
            ("organisation", wanted.organisation),
            ("state", wanted.state if wanted.state != WORKING else ""),
        )
        if value
    }
    following_href = (
        f"{reverse('team')}?{urlencode(kept | {'after': str(following)})}"
        if following is not None and not wanted.name
        else ""
    )
    lines = [
        {
            "href": reverse("team_colleague", args=[place.staff_id]),
            "name": place.name,
            "role": words.title(place.role_title),
            "centre": place.centre,
            "organisation": place.organisation,
            "since": words.day_of(place.starts, actor.zone),
            "until": _last_day(actor, place.ends),
            "signed_in": _signed_in(sign_ins.get(place.id)),
        }
        for place in found
    ]
    return render(
        request,
        "team/team.html",
        {
            "where": actor.facts["service"] if whole else actor.facts["centre"],
            "whole": whole,
            "to_confirm": [one for one in unsigned if one.confirmed_at is None],
            "without_account": [one for one in unsigned if one.confirmed_at is not None],
            "may_confirm": may(actor, "team.confirm"),
            "confirmed": done == "confirmed",
            "may_add": may(actor, "team.add"),
            "invitations": [
                {
                    "id": one.id,
                    "name": one.name,
                    "role": words.title(one.role_title),
                    "centre": one.centre,
                    "until": words.day_of(one.expires, actor.zone),
                    "is_open": one.is_open,
                    "mail": one.mail,
                }
                for one in (roster.invitations(actor) if first_page and may(actor, "team.add") else ())
            ],
            "lines": lines,
            "wanted": wanted,
            "more": bool(following),
            "following": following_href,
            "paged": after is not None,
            "states": list(STATES.items()),
            "roles": [("", _("Every role")), *offered.roles],
            "centres": [("", _("Every centre")), *offered.centres],
            "organisations": [("", _("Every organisation")), *offered.organisations],
        },
    )


def _signed_in(found: roster.SignIn | None) -> str:
    if found is None or found.last_day is None:
        return _("Not yet")
    return words.day_short(found.last_day)


@needs("team.confirm", methods=("POST",))
def confirm(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """This name is a colleague of ours."""
    actions.confirm_name(actor, staff_id)
    return redirect(f"{reverse('team')}?done=confirmed")


@needs("team.see")
def colleague(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """One colleague: their places here, past and present, and how they sign in."""
    _say_what_was_done(request)
    found = roster.colleague(actor, staff_id)
    own = str(found.user_id) == actor.facts["user_id"]
    sign_in = roster.sign_ins(place.id for place in found.places)
    keeps = may(actor, "team.add")
    return render(
        request,
        "team/colleague.html",
        {
            "colleague": found,
            "own": own,
            "keeps": keeps,
            "places": [_place_line(actor, place, keeps=keeps, own=own) for place in found.places],
            "another": found.places[0].id if found.places and keeps and not own else None,
            "sign_in": next(iter(sign_in.values()), None),
            "reset": next((place.id for place in found.places if place.holds()), None)
            if keeps and not own
            else None,
            "may_audit": may(actor, "audit.see"),
            "may_look_up": may(actor, "directory.see"),
            "last_sign_in": _signed_in(next(iter(sign_in.values()), None)),
            "ways": _ways(next(iter(sign_in.values()), None)),
        },
    )


def _place_line(actor: Actor, place: Place, *, keeps: bool, own: bool) -> dict[str, Any]:
    return {
        "id": place.id,
        "role": words.title(place.role_title),
        "centre": place.centre,
        "organisation": place.organisation,
        "since": words.day_of(place.starts, actor.zone),
        "until": _last_day(actor, place.ends),
        "because": BECAUSE.get(place.because, ""),
        "over": place.is_over(),
        "holds": place.holds(),
        "may_end": keeps and not place.is_over(),
        "may_change": keeps and not own and not place.is_over() and place.ends is None,
    }


def _ways(found: roster.SignIn | None) -> list[str]:
    """The ways in that somebody has set up, in words."""
    if found is None:
        return []
    known = {"totp": _("one-time codes"), "webauthn": _("a passkey"), "recovery_codes": _("spare codes")}
    ways = [_("a password")] if found.password else []
    return ways + [known[kind] for kind in found.kinds if kind in known]


def _today(actor: Actor) -> date:
    return clock.today(actor.zone)


@needs("team.add", methods=("GET", "POST"))
def invite(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Offer somebody a place; the link to it is shown once."""
    offered, today = roster.choices(actor), _today(actor)
    if request.method != "POST":
        form = InviteForm(offered, today, initial={"starts": today, "key": new_id()})
        return render(request, "team/invite.html", {"form": form})
    form = InviteForm(offered, today, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with all_or_nothing():
                if first_time("team.invite", f"invite:{given['key']}", given["key"]) is not None:
                    raise Refused(
                        _(
                            "This invitation is made already, and its link was shown. If it is lost, take it back."
                        ),
                        code="invited-already",
                    )
                made = actions.invite(
                    actor,
                    full_name=given["name"],
                    email=given["email"],
                    role=given["role"],
                    centre=given["centre"],
                    organisation=given["organisation"],
                    starts=clock.local(given["starts"], "00:00", actor.zone),
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
            return _again(request, "team/invite.html", {"form": form})
        return _invited(request, actor, made, name=given["name"], email=given["email"])
    return _again(request, "team/invite.html", {"form": form})


def _invited(
    request: HttpRequest, actor: Actor, made: actions.Invited, *, name: str, email: str
) -> HttpResponseBase:
    """The link just made, this once; it is sent too where there is an address."""
    link = request.build_absolute_uri(reverse("join_with", args=[made.token]))
    until = words.day_of(made.expires, actor.zone)
    if email:
        _mail(actor, made, link=link, until=until, name=name, email=email)
    return render(
        request, "team/invited.html", {"name": name, "link": link, "until": until, "mailed": bool(email)}
    )


@needs("team.add", methods=("POST",))
def invite_again(request: HttpRequest, actor: Actor, invitation_id: uuid.UUID) -> HttpResponseBase:
    """A new link for who is invited already; the old one opens nothing any more."""
    made = actions.invite_again(actor, invitation_id)
    offered = Invitation.objects.get(service_id=actor.service, id=made.id)
    return _invited(request, actor, made, name=offered.full_name, email=offered.email)


def _mail(actor: Actor, made: actions.Invited, *, link: str, until: str, name: str, email: str) -> None:
    """Send the link to whoever is invited."""
    service = actor.facts["service"]
    outbox.write(
        actor,
        channel="mail",
        to=outbox.To(kind="address", address=email, name=name),
        kind="team.invitation",
        subject=_("An invitation to work with %(service)s") % {"service": service},
        body=_(
            "Hello %(name)s,\n\n%(service)s invites you to work there. Open this link and choose how you sign"
            " in:\n\n%(link)s\n\nIt is good once, until %(day)s. If you did not expect it, leave it alone."
        )
        % {"name": name, "service": service, "link": link, "day": until},
        key=f"invitation:{made.id}",
    )


def _again(request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponseBase:
    """The form once more, with what is wrong; nothing was changed."""
    return render(request, template, shown, status=422)


@needs("team.add", methods=("POST",))
def take_back(request: HttpRequest, actor: Actor, invitation_id: uuid.UUID) -> HttpResponseBase:
    """Nobody can take this place any more."""
    actions.take_back(actor, invitation_id)
    return redirect(f"{reverse('team')}?done=taken-back")


@needs("team.add", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """A place ends: now, or after a last day."""
    place, _row = roster.place(actor, member_id)
    today = _today(actor)
    form = EndForm(today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        at = clock.local(day + timedelta(days=1), "00:00", actor.zone) if day is not None else None
        try:
            with all_or_nothing():
                actions.end_membership(actor, member_id, at=at, because=form.cleaned_data["because"])
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            if str(member_id) == str(actor.member_id) and at is None:
                return redirect("front_door")
            done = "ended" if at is None else "ends"
            return redirect(f"{reverse('team_colleague', args=[place.staff_id])}?done={done}")
    shown = {"form": form, "place": _place_line(actor, place, keeps=True, own=False), "name": place.name}
    shown |= {"back": reverse("team_colleague", args=[place.staff_id])}
    return render(request, "team/end.html", shown, status=422 if request.method == "POST" else 200)


@needs("team.add", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """Another role, centre or organisation from a day on."""
    return _give(request, actor, member_id, instead=True)


@needs("team.add", methods=("GET", "POST"))
def another(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """A second place, or a new one for who comes back."""
    return _give(request, actor, member_id, instead=False)


def _give(request: HttpRequest, actor: Actor, member_id: uuid.UUID, *, instead: bool) -> HttpResponseBase:
    place, row = roster.place(actor, member_id)
    offered, today = roster.choices(actor), _today(actor)
    before = {
        "role": row.role.code,
        "centre": row.centre.code,
        "organisation": row.organisation.code,
        "starts": today,
    }
    form: forms.Form = PlaceForm(offered, today, request.POST or None, initial=before)
    back = reverse("team_colleague", args=[place.staff_id])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = {
            "role": given["role"],
            "centre": given["centre"],
            "organisation": given["organisation"],
            "starts": clock.local(given["starts"], "00:00", actor.zone),
        }
        try:
            with all_or_nothing():
                if instead:
                    actions.change_place(actor, member_id, **wanted)
                else:
                    actions.give_place(actor, member_id, **wanted)
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{back}?done={'changed' if instead else 'placed'}")
    return render(
        request,
        "team/place.html",
        {"form": form, "name": place.name, "instead": instead, "back": back},
        status=422 if request.method == "POST" else 200,
    )


@needs("team.add", methods=("GET", "POST"))
def reset(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """A colleague who lost every way to sign in is let back: a code for them, shown once."""
    place, _row = roster.place(actor, member_id)
    back = reverse("team_colleague", args=[place.staff_id])
    shown: dict[str, Any] = {"name": place.name, "back": back, "key": new_id(), "refused": ""}
    if request.method != "POST":
        return render(request, "team/reset.html", shown)
    try:
        with all_or_nothing():
            given = way_back.reset_sign_in(
                actor, member_id, key=str(ids.typed(request.POST.get("key", "")) or new_id())
            )
    except Refused as trouble:
        return render(request, "team/reset.html", shown | {"refused": str(trouble.message)}, status=409)
    link = request.build_absolute_uri(reverse("way_back"))
    return render(request, "team/way_back.html", shown | {"given": given, "link": link})


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
