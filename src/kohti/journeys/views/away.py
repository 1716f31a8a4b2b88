"""Somebody is away: who stands in for them with whom, and what is still left alone."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.diary import actions as diary
from kohti.journeys import actions
from kohti.journeys.forms_away import AwayForm, StandInForm
from kohti.journeys.queries import away as queries
from kohti.journeys.queries.away import Away, Colleague, LeftAlone
from kohti.kernel import clock, ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing


def first_day(actor: Actor, one: Away) -> date:
    """The first local day of an absence."""
    return one.starts.astimezone(actor.zone).date()


def last_day(actor: Actor, ends: datetime) -> date:
    """The last local day of what ends at an instant: midnight still belongs to the day before."""
    return (ends - timedelta(microseconds=1)).astimezone(actor.zone).date()


def days(actor: Actor, starts: datetime, ends: datetime) -> str:
    """From when until when, as days."""
    first, last = starts.astimezone(actor.zone).date(), last_day(actor, ends)
    if first >= last:
        return words.day_short(first)
    return _("%(first)s to %(last)s") % {"first": words.day_short(first), "last": words.day_short(last)}


def away_line(actor: Actor, one: Away) -> dict[str, Any]:
    """An absence for a page, in words: who, when, and what it leaves alone."""
    return {
        "id": one.id,
        "name": one.name,
        "days": days(actor, one.starts, one.ends),
        "now": one.starts <= clock.now(),
        "alone": one.alone,
        "whose": in_words(one),
        "covers": ", ".join(one.covers),
        "href": reverse("absence", args=[one.id]),
        "today": one.starts <= clock.now() and may(actor, "diary.book"),
        "staff": one.staff_id,
    }


def in_words(one: Away) -> str:
    """What an absence leaves alone, as a sentence."""
    if not one.ways:
        return _("Nobody is in their hands.")
    if not one.alone:
        return _("Somebody stands in for all of them.")
    return ngettext(
        "For %(n)s of their %(all)s people nobody stands in.",
        "For %(n)s of their %(all)s people nobody stands in.",
        one.alone,
    ) % {"n": one.alone, "all": one.ways}


@needs("journeys.work", methods=("GET", "POST"))
def away(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """When I am away; for a leader, who of the centre is. A new absence is written here."""
    leads = may(actor, "journeys.lead")
    today = clock.today(actor.zone)
    colleagues = queries.who_could(actor, clock.now(), clock.now()) if leads else []
    form = AwayForm(actor, colleagues if leads else None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        staff_id = uuid.UUID(data["who"]) if data.get("who") else actor.staff_id
        assert staff_id is not None
        try:
            with all_or_nothing():
                made = diary.be_away(
                    actor, staff_id, data["first"] or today, data["last"], key=f"away:{data['key']}"
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect("absence", made)
    if request.GET.get("said") == "back":
        pages.say(request, _("Noted."))
    mine = queries.my_absences(actor)
    others = queries.who_is_away(actor) if leads else []
    return render(
        request,
        "journeys/away.html",
        {
            "form": form,
            "mine": [away_line(actor, one) for one in mine],
            "others": [away_line(actor, one) for one in others if one.staff_id != actor.staff_id],
            "leads": leads,
            "books": may(actor, "diary.book"),
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work", methods=("GET", "POST"))
def absence(request: HttpRequest, actor: Actor, absence_id: uuid.UUID) -> HttpResponseBase:
    """Whose ways and appointments fall into an absence; a colleague stands in for those who are chosen."""
    found = queries.absence(actor, absence_id)
    could = [
        one for one in queries.who_could(actor, found.starts, found.ends) if one.staff_id != found.staff_id
    ]
    first = max(first_day(actor, found), clock.today(actor.zone))
    form = StandInForm(
        actor,
        [(one.member_id, named(actor, one)) for one in could],
        request.POST or None,
        initial={"from_day": first, "until_day": last_day(actor, found.ends)},
    )
    chosen = chosen_ways(request)
    if request.method == "POST" and form.is_valid():
        ways = queries.all_left_alone(actor, found) if "all" in request.POST else chosen
        try:
            with all_or_nothing():
                number = stand_in(actor, form, ways, could)
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('absence', args=[found.id])}?given={number}")
    given = request.GET.get("given", "")
    if given.isdigit():
        pages.say(request, stands_in(int(given)))
    after = request.GET.get("after", "")
    lines, following = queries.left_alone(actor, found, after=ids.typed(after))
    return render(
        request,
        "journeys/absence.html",
        {
            "away": away_line(actor, found),
            "own": found.staff_id == actor.staff_id,
            "ways": found.ways,
            "ends": words.day_long(last_day(actor, found.ends)),
            "starts": words.day_long(first_day(actor, found)),
            "form": form,
            "could": bool(could),
            "chosen": {str(one) for one in chosen},
            "lines": [way_line(actor, one) for one in lines],
            "covered": any(one.covers for one in lines),
            "later": f"{reverse('absence', args=[found.id])}?after={following}" if following else "",
            "appointments": [
                {
                    "day": words.day_of(one.starts, actor.zone),
                    "time": words.clock_time(one.starts, actor.zone),
                    "person": one.person_id,
                    "name": one.name or _("No name given"),
                }
                for one in queries.appointments_then(actor, found)
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


def chosen_ways(request: HttpRequest) -> list[uuid.UUID]:
    """The ways that were ticked, each once."""
    found = [ids.typed(text) for text in request.POST.getlist("way")[: queries.MOST_WAYS]]
    return list(dict.fromkeys(one for one in found if one is not None))


def named(actor: Actor, one: Colleague) -> str:
    """A colleague by name, and when they are away themselves."""
    if not one.away:
        return one.name
    when = ", ".join(days(actor, gone, back) for gone, back in one.away)
    return _("%(name)s (away %(days)s)") % {"name": one.name, "days": when}


def stand_in(actor: Actor, form: StandInForm, ways: list[uuid.UUID], could: list[Colleague]) -> int:
    """Let the colleague of the form stand in with these ways on its days; for how many that is new.

    Raises Refused where nobody was chosen, or they are away themselves.
    """
    data = form.cleaned_data
    member = uuid.UUID(data["member"])
    if not ways:
        raise Refused(_("Choose at least one person."), code="nobody")
    today = clock.today(actor.zone)
    starts = clock.local(max(data["from_day"] or today, today), "00:00", actor.zone)
    ends = clock.local(data["until_day"] + timedelta(days=1), "00:00", actor.zone)
    if not all(one.is_here(starts, ends) for one in could if one.member_id == member):
        raise Refused(_("They are away on those days too. Choose somebody else, or other days."), code="away")
    return actions.cover(actor, ways, member, starts=starts, ends=ends, key=f"cover:{data['key']}")


def stands_in(number: int) -> str:
    """For how many a colleague stands in now."""
    return ngettext("They stand in for %(n)s person.", "They stand in for %(n)s people.", number) % {
        "n": number
    }


def way_line(actor: Actor, one: LeftAlone) -> dict[str, Any]:
    """A way whose coach is away, for a page."""
    return {
        "id": one.journey_id,
        "person": one.person_id,
        "name": one.name or _("No name given"),
        "reference": one.reference,
        "restricted": one.restricted,
        "alone": one.alone,
        "covers": [
            {"id": cover.id, "name": cover.name, "days": days(actor, cover.starts, cover.ends)}
            for cover in one.covers
        ],
    }


@needs("journeys.work", methods=("POST",))
def absence_back(request: HttpRequest, actor: Actor, absence_id: uuid.UUID) -> HttpResponseBase:
    """They are back: now, or they do not go at all."""
    found = queries.absence(actor, absence_id)
    diary.be_back(actor, found.id)
    return redirect(f"{reverse('away')}?said=back")


@needs("journeys.work", methods=("POST",))
def cover_end(request: HttpRequest, actor: Actor, cover_id: uuid.UUID) -> HttpResponseBase:
    """A colleague stands in no longer; back to where that was pressed."""
    actions.end_cover(actor, cover_id)
    back = ids.typed(request.POST.get("absence", ""))
    return redirect("absence", back) if back else redirect("caseload")
