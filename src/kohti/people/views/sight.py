"""Who sees a person, a move to another centre, and an emergency."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import actions, fields, forms, queries
from kohti.people.bar import bar
from kohti.people.sharing.showing import shares_shown
from kohti.team.models import Centre

from .page import say

PURPOSES = {
    "registered": lambda: _("registered them"),
    "shared": lambda: _("works with them"),
    "share": lambda: _("shared with their organisation"),
    "journey": lambda: _("has their way in hand"),
    "arrival": lambda: _("works where they were expected"),
    "sealed": lambda: _("holds the key"),
    "named": lambda: _("named on a restricted record"),
    "emergency": lambda: _("opened in an emergency"),
    "former": lambda: _("former coach, reading"),
}


@needs("people.open", methods=("GET", "POST"))
def sharing(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Which colleagues see a person, and what of them; one more, one less, or named people only."""
    card = queries.open_person(actor, person_id)
    members = queries.colleagues_who_may_see(actor)
    known = fields.fields_of_life(actor)
    keys = [(code, title) for code, (title, sealed) in known.items() if sealed]
    keys.append(("address", _("Hidden address")))
    what = request.POST.get("what", "")
    sight = forms.SightForm(actor, members, keys, request.POST if what == "give" else None, prefix="s")
    restrict = forms.RestrictForm(actor, members, request.POST if what == "restrict" else None, prefix="r")
    here = reverse("person_sharing", args=[person_id])
    if request.method == "POST":
        try:
            if what == "end":
                actions.end_sight(actor, _id(request.POST.get("grant", "")))
                return redirect(f"{here}?said=ended")
            if what == "open":
                with all_or_nothing():
                    actions.open_record(actor, person_id)
                return redirect(f"{here}?said=kept")
            if what == "give" and sight.is_valid():
                data = sight.cleaned_data
                with all_or_nothing():
                    actions.give_sight(
                        actor,
                        person_id,
                        uuid.UUID(data["member"]),
                        until=datetime.combine(data["until"], time(23, 59), actor.zone),
                        field=data["field"],
                        key=f"sight:{data['key']}",
                    )
                return redirect(f"{here}?said=kept")
            if what == "restrict" and restrict.is_valid():
                data = restrict.cleaned_data
                with all_or_nothing():
                    actions.restrict(
                        actor,
                        person_id,
                        [uuid.UUID(one) for one in data["members"]],
                        data["reason"],
                        key=f"restrict:{data['key']}",
                    )
                return redirect(reverse("person", args=[person_id]))
        except Refused as trouble:
            (restrict if what == "restrict" else sight).add_error(None, str(trouble.message))
    say(request)
    return render(
        request,
        "people/sharing.html",
        bar(actor, card, "sharing")
        | {
            "sights": [
                {
                    "id": one.id,
                    "name": one.name,
                    "what": _("Hidden address")
                    if one.field == "address"
                    else (fields.title_of(known, one.field) if one.field else _("The person")),
                    "why": PURPOSES.get(one.purpose, lambda: "")(),
                    "until": _until(actor, one.ends),
                    "ends_here": one.purpose != actions.BY_THEIR_WAY,
                }
                for one in queries.who_sees(person_id)
            ],
            **shares_shown(actor, person_id),
            "sight": sight,
            "restrict": restrict,
            "form": restrict if what == "restrict" else sight,
            "may_share": may(actor, "people.share") or card.restricted,
            "may_restrict": may(actor, "people.restrict") and not card.restricted,
        },
        status=422 if request.method == "POST" else 200,
    )


def _until(actor: Actor, ends: datetime) -> str:
    """The day sight ends, or the time where that is today: an emergency lasts an hour."""
    day = ends.astimezone(actor.zone).date()
    return words.clock_time(ends, actor.zone) if day == clock.today(actor.zone) else words.day_short(day)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotThere("no such grant") from None


@needs("people.transfer", methods=("GET", "POST"))
def transfer(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """A person's home moves to another centre from a day on."""
    card = queries.open_person(actor, person_id)
    centres = list(
        Centre.objects.filter(service_id=actor.service, retired=False)
        .exclude(id=card.centre_id)
        .order_by("name")
        .values_list("id", "name")
    )
    form = forms.TransferForm(
        actor,
        centres,
        queries.colleagues_who_may_see(actor),
        request.POST or None,
        initial={"from_day": clock.today(actor.zone)},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                done = actions.transfer(
                    actor,
                    person_id,
                    uuid.UUID(data["centre"]),
                    from_day=data["from_day"],
                    reason=data["reason"],
                    keep_member=uuid.UUID(data["keep"]) if data["keep"] else None,
                    key=f"transfer:{data['key']}",
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            if done:
                return redirect("people_alerts")
            return redirect(f"{reverse('person', args=[person_id])}?said=kept")
    coming = queries.coming_at(actor, person_id)
    return render(
        request,
        "people/transfer.html",
        bar(actor, card, "transfer")
        | {
            "form": form,
            "coming": [f"{words.day_of(at + timedelta(hours=12), actor.zone)}" for at in coming],
            "before": [
                {
                    "to": one.to_centre.name,
                    "from": one.from_centre.name,
                    "day": words.day_short(one.from_day),
                    "reason": one.reason,
                    "done": one.done_at is not None,
                }
                for one in queries.transfers_of(person_id)
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("people.emergency", methods=("GET", "POST"))
def emergency(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Open a restricted record, or what is sealed, for an hour, for a reason."""
    ask = queries.restriction_of(person_id)
    card = None if ask is not None else queries.open_person(actor, person_id)
    form = forms.EmergencyForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.open_in_emergency(actor, person_id, data["reason"], key=f"emergency:{data['key']}")
        return redirect(f"{reverse('person', args=[person_id])}?said=open")
    return render(
        request,
        "people/emergency.html",
        (bar(actor, card, "person") if card else {"about": None})
        | {"form": form, "ask": ask, "person_id": person_id},
        status=422 if request.method == "POST" else 200,
    )
