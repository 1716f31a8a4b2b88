"""Whom somebody has in hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules, said, standing
from kohti.journeys.queries import Case, Chosen
from kohti.kernel import clock, drafts, links, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import short
from kohti.people.forms import MOST_NAME

from .several import say_what_was_done

SHOWN: dict[str, Callable[[], str]] = {
    "mine": lambda: _("Mine"),
    "centre": lambda: _("The whole centre"),
    "unassigned": lambda: _("Without a coach"),
    "closed": lambda: _("Ended"),
}
FLAGGED: dict[str, Callable[[], str]] = {
    "needs": lambda: _("Needs somebody now"),
    "covered": lambda: _("Somebody stands in"),
}
LEFT = "caseload"
FILTERS = ("show", "stage", "coach", "flag", "order")


def line(actor: Actor, case: Case, stages: list[rules.Named]) -> dict[str, Any]:
    """A case for a page, in words."""
    return {
        "person": case.person_id,
        "journey": case.journey_id,
        "name": case.called or case.name or _("No name given"),
        "full_name": case.name if case.called and case.called != case.name else "",
        "reference": case.reference,
        "stage": rules.named(stages, case.stage) if case.stage else "",
        "owner": case.owner,
        "covered": case.covered,
        "until": words.day_of(case.until, actor.zone),
        "next": case.next_words,
        "next_on": words.day_short(case.next_on) if case.next_on else "",
        "booked": f"{words.day_of(case.booked_at, actor.zone)} {words.clock_time(case.booked_at, actor.zone)}"
        if case.booked_at
        else "",
        "last": words.day_of(case.last_contact_at, actor.zone),
        "held": words.day_of(case.held_until, actor.zone),
        "why": said.chosen(said.BROKEN, "away" if case.alone else case.lapse) if case.listed else "",
        "ended": words.day_of(case.closed_at, actor.zone),
        "time": standing.time_left(case.ends_on, clock.today(actor.zone), stopped=case.stopped)
        if case.closed_at is None
        else "",
    }


def chosen_from(
    given: Mapping[str, str],
    stages: list[rules.Named],
    coaches: list[tuple[uuid.UUID, str]],
    usual: str = "mine",
) -> Chosen:
    """What an address asks for, of what there is: anything else in it is as if it were not there.

    `usual`: whose ways are shown where it does not say.
    """

    def one_of(name: str, known: tuple[str, ...], other: str = "") -> str:
        return given.get(name, "") if given.get(name, "") in known else other

    show = one_of("show", queries.SHOWS, usual)
    theirs = {short(one): one for one, _name in coaches} if show in ("centre", "closed") else {}
    return Chosen(
        show=show,
        stage=one_of("stage", tuple(one.code for one in stages)),
        coach=theirs.get(given.get("coach", "")),
        flag=one_of("flag", queries.FLAGS) if show != "closed" else "",
        order=one_of("order", queries.ORDERS, "needs"),
    )


def as_query(chosen: Chosen, **change: str) -> str:
    """A choice as it stands in an address: codes and identifiers alone."""
    values = {
        "show": chosen.show,
        "stage": chosen.stage,
        "coach": short(chosen.coach) if chosen.coach else "",
        "flag": chosen.flag,
        "order": "" if chosen.order == "needs" else chosen.order,
    } | change
    return urlencode({name: value for name, value in values.items() if value})


@needs("journeys.see", methods=("GET", "POST"))
def caseload(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """People's ways: mine, the centre's, those without a coach, those that ended; who needs somebody first.

    Who leads begins with the centre's, everybody else with their own.

    What it is narrowed to stands in the address and is found again at the next visit. What is searched for is
    posted, so that no name stands in an address.
    """
    given = request.GET.dict()
    if not given and request.method == "GET":
        left = {name: values[0] for name, values in drafts.left(LEFT).items() if values}
        if left:
            return redirect(f"{links.to('caseload')}?{urlencode(left)}")
    stages = rules.stages(actor)
    usual = "centre" if may(actor, "journeys.lead") else "mine"
    coaches = queries.coaches(actor) if given.get("show", usual) in ("centre", "closed") else []
    chosen = chosen_from(given, stages, coaches, usual)
    if any(name in given for name in FILTERS):
        left_as = as_query(chosen)
        drafts.leave(LEFT, parse_qs(left_as) if left_as != as_query(Chosen(show=usual)) else {})
    say_what_was_done(request)
    typed, after = request.POST.get("q", "").strip()[:MOST_NAME], given.get("after", "")
    try:
        page = queries.caseload(actor, chosen, typed=typed, after=after)
    except ValueError:
        page = queries.caseload(actor, chosen, typed=typed)
    return render(
        request, "journeys/caseload.html", _shown(actor, chosen, page, stages, coaches) | {"typed": typed}
    )


def _shown(
    actor: Actor,
    chosen: Chosen,
    page: queries.Page,
    stages: list[rules.Named],
    coaches: list[tuple[uuid.UUID, str]],
) -> dict[str, Any]:
    def address(**change: str) -> str:
        return f"{links.to('caseload')}?{as_query(chosen, **change)}"

    closed = chosen.show == "closed"

    def head(text: str, order: str, falls: bool = False) -> dict[str, str | None]:
        direction = "down" if falls else "up"
        return {
            "text": text,
            "href": address(order=order),
            "order": direction if chosen.order == order else None,
        }

    return {
        "show": chosen.show,
        "lines": [line(actor, case, stages) for case in page.cases],
        "shows": [
            (text(), f"{links.to('caseload')}?show={code}", code == chosen.show)
            for code, text in SHOWN.items()
        ],
        "stages": [
            ("", _("Every stage")),
            *((one.code, one.title) for one in stages if closed or not one.flag),
        ],
        "coaches": [("", _("Everybody")), *((short(one), name) for one, name in coaches)] if coaches else [],
        "flags": []
        if closed
        else [("", _("Everybody")), *((code, text()) for code, text in FLAGGED.items())],
        "chosen": chosen,
        "coach": short(chosen.coach) if chosen.coach else "",
        "heads": {
            "name": head(_("Name"), "name"),
            "contact": head(_("Last contact"), "contact"),
            "needs": head(_("Ended") if closed else _("Held until"), "needs", falls=closed),
        },
        "here": address(),
        "filtered": bool(chosen.stage or chosen.coach or chosen.flag),
        "everything": f"{links.to('caseload')}?show={chosen.show}",
        "later": address(after=page.further) if page.further else "",
        "taken": [
            (text, f"{reverse('caseload_taken', args=[kind])}?{as_query(chosen)}")
            for kind, text in (
                ("csv", _("Take the list away (CSV)")),
                ("xlsx", _("Take the list away (XLSX)")),
            )
        ],
        "may_lead": may(actor, "journeys.lead"),
        "choosing": not closed and may(actor, "journeys.lead" if chosen.show != "mine" else "journeys.work"),
    }
