"""The directory's pages: who helps with what, where and when; and what is kept of it by hand."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import spoken

from . import actions, asked_again, finding, queries
from .expertise import queries as expertise
from .expertise.queries import Colleagues
from .expertise.views import shown as shown_colleagues
from .forms import ListingForm, PartnerForm
from .hsds.records import Record
from .queries import Asked, At, Line

MOST_TYPED = 200


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody is reached. `who`: empty for whoever answers; `phones`: as written and as an address."""

    who: str
    phones: list[tuple[str, str]]
    email: str


@needs("directory.see", methods=("GET", "POST"))
def directory(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Look up who helps. What is typed is posted: words somebody says of themselves stand in no address."""
    asked = _asked(request, actor)
    understood = queries.understood(actor, asked)
    after = _after(request)
    found = queries.find(actor, asked, after=after if not understood.text else None)
    us = expertise.knowing(actor, understood) if after is None else Colleagues()
    last = found.lines[-1] if found.lines and found.more and not understood.text else None
    names = words.locale(words.language()).days["stand-alone"]["wide"]
    known = life.fields_of_life(actor)
    return render(
        request,
        "partners/directory.html",
        {
            "asked": asked,
            "understood": understood,
            "taken": _in_words(asked, understood),
            "found": found,
            "us": shown_colleagues(actor, us.lines),
            "us_more": us.more,
            "lines": [_shown(one, known, actor) for one in found.lines],
            "last": last,
            "fields": [("", _("Anything")), *((code, title) for code, (title, _s) in known.items())],
            "days": [("", _("Any day")), *((str(day), names[day].capitalize()) for day in range(7))],
            "tongues": [
                ("", _("Any language")),
                *((code, spoken.name_of(code)) for code in _languages(actor, understood)),
            ],
            "may_keep": may(actor, "directory.keep"),
            "may_confirm": may(actor, "directory.confirm"),
            "asked_again": asked_again.asked_of(actor) if request.method == "GET" else (),
        },
    )


def _asked(request: HttpRequest, actor: Actor) -> Asked:
    given = request.POST if request.method == "POST" else request.GET
    day, language, field = given.get("day", ""), given.get("language", ""), given.get("field", "")
    return Asked(
        text=request.POST.get("q", "")[:MOST_TYPED].replace("\x00", " ").strip(),
        weekdays=[int(day)] if day in set("0123456") else (),
        languages=[language] if language and language.isalpha() and len(language) <= 3 else (),
        fields=[field] if field in life.fields_of_life(actor) else (),
        town=given.get("town", "")[:80].replace("\x00", " ").strip(),
        free="free" in given,
        to_confirm="to_confirm" in given,
    )


def _after(request: HttpRequest) -> Line | None:
    """Where the last page of a list ended: an offer, by its id alone."""
    given = request.POST if request.method == "POST" else request.GET
    last = ids.typed(given.get("after", ""))
    return queries.line(last) if last else None


def _languages(actor: Actor, asked: Asked) -> list[str]:
    often = [*spoken.own_languages(actor), *spoken.OFTEN, *asked.languages]
    return sorted(dict.fromkeys(often), key=spoken.name_of)


def _in_words(asked: Asked, understood: Asked) -> str:
    """What was taken out of the words typed, said back."""
    names = words.locale(words.language()).days["stand-alone"]["wide"]
    parts = [names[day] for day in understood.weekdays if day not in asked.weekdays]
    parts += [spoken.name_of(code) for code in understood.languages if code not in asked.languages]
    if understood.free and not asked.free:
        parts.append(_("costs nothing"))
    return words.all_of(parts) if parts else ""


def _shown(one: Line, known: dict[str, tuple[str, bool]], actor: Actor) -> dict[str, Any]:
    names = words.locale(words.language()).days["format"]["abbreviated"]
    return {
        "id": one.id,
        "name": one.name,
        "partner_id": one.partner_id,
        "partner": one.partner,
        "fields": ", ".join(known[code][0] for code in one.fields if code in known),
        "towns": ", ".join(one.towns),
        "days": ", ".join(names[day] for day in one.weekdays) if len(one.weekdays) < 7 else _("every day"),
        "languages": spoken.names_of(one.languages),
        "free": one.free,
        "closed": one.status != "active",
        "status": _status(one.status),
        "confirmed": words.day_of(one.confirmed_at, actor.zone) if one.confirmed_at else "",
    }


def _status(code: str) -> str:
    return {
        "active": "",
        "inactive": _("Not offered now"),
        "defunct": _("No longer offered"),
        "temporarily closed": _("Closed for a time"),
    }[code]


@needs("directory.see")
def listing(request: HttpRequest, actor: Actor, listing_id: uuid.UUID) -> HttpResponseBase:
    """What is offered, where and when, and who said last that this is right."""
    page = queries.listing(actor, listing_id)
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    record, partner = page.record, page.partner
    return render(
        request,
        "partners/listing.html",
        {
            "page": page,
            "one": _shown(page.line, life.fields_of_life(actor), actor),
            "text": record.get("description", ""),
            "facts": [
                (_("For whom"), record.get("eligibility_description", "")),
                (_("Age"), _ages(record)),
                (_("How to get it"), record.get("application_process", "")),
                (_("What it costs"), _("Nothing") if page.line.free else record.get("fees_description", "")),
                (
                    _("To bring"),
                    ", ".join(one.get("document", "") for one in record.get("required_documents", ())),
                ),
                (_("Spoken there"), spoken.names_of(page.line.languages)),
                (_("Interpreting"), record.get("interpretation_services", "")),
                (_("Waiting time"), record.get("wait_time", "")),
            ],
            "reached": _reached(record, partner),
            "website": _web(record.get("url") or partner.get("website", "")),
            "alert": record.get("alert", ""),
            "places": [_place(one) for one in page.at],
            "hours": [_hours(one) for one in record.get("schedules", ())],
            "confirm_by": words.day_short(page.line.confirm_by) if page.line.confirm_by else "",
            "gone": words.day_of(page.gone_since, actor.zone) if page.gone_since else "",
            "may_keep": may(actor, "directory.keep"),
            "may_confirm": may(actor, "directory.confirm"),
        },
    )


def _ages(record: Record) -> str:
    least, most = record.get("minimum_age"), record.get("maximum_age")
    if least is None and most is None:
        return ""
    if most is None:
        return _("from %(years)s years on") % {"years": least}
    return _("%(from)s to %(until)s years") % {"from": least or 0, "until": most}


def _reached(*records: Record) -> list[Ways]:
    """How the first that says it is reached: by telephone, by e-mail; and whom it names to ask for."""
    phones = next(filter(None, map(_phones, records)), [])
    email = next((one["email"] for one in records if one.get("email")), "")
    people = next((one["contacts"] for one in records if one.get("contacts")), ())
    ways = [Ways("", phones, email)] if phones or email else []
    for one in people:
        who = ", ".join(one[key] for key in ("name", "title", "department") if one.get(key))
        ways.append(Ways(who, _phones(one), one.get("email", "")))
    return [one for one in ways if one.who or one.phones or one.email]


def _phones(record: Record) -> list[tuple[str, str]]:
    """Numbers as they are written and as a telephone dials them; no address where there is nothing to dial."""
    found = []
    for one in record.get("phones", ()):
        number = one["number"].strip('"')
        dialled = re.sub(r"[^+\d]", "", number)
        extension = f" ({one['extension']})" if one.get("extension") else ""
        found.append((number + extension, f"tel:{dialled}" if len(dialled) > 2 else ""))
    return found


def _web(address: str) -> str:
    """An address that may be followed: none of another kind than of the web."""
    return address if address.lower().startswith(("http://", "https://")) else ""


def _place(at: At) -> dict[str, Any]:
    return {
        "name": at.name,
        "address": at.address,
        "hours": [_hours(one) for one in at.record.get("schedules", ()) or at.place.get("schedules", ())],
        "note": at.record.get("description", ""),
        "step_free": ", ".join(one.get("description", "") for one in at.place.get("accessibility", ())),
        "reached": _reached(at.record, at.place),
        "way": at.place.get("transportation", ""),
    }


def _hours(schedule: Record) -> str:
    """A schedule in a line: its days and times, then what it says of itself."""
    names = words.locale(words.language()).days["format"]["abbreviated"]
    days = ", ".join(names[day] for day in finding.weekdays([schedule]))
    times = "–".join(
        part[:5] for part in (schedule.get("opens_at", ""), schedule.get("closes_at", "")) if part
    )
    return ", ".join(
        part for part in (" ".join(p for p in (days, times) if p), schedule.get("description", "")) if part
    )


@needs("directory.confirm", methods=("POST",))
def confirm(request: HttpRequest, actor: Actor, listing_id: uuid.UUID) -> HttpResponseBase:
    """What is said of an offer is right."""
    actions.confirm_listing(actor, listing_id)
    back = {"my_day": reverse("my_day"), "to_confirm": f"{reverse('directory')}?to_confirm"}
    return redirect(back.get(request.POST.get("back", ""), f"{reverse('listing', args=[listing_id])}?said"))


@needs("directory.keep", methods=("POST",))
def end(request: HttpRequest, actor: Actor, listing_id: uuid.UUID) -> HttpResponseBase:
    """An offer is no more, or is to be had again."""
    if "again" in request.POST:
        actions.offer_again(actor, listing_id)
    else:
        actions.offer_no_more(actor, listing_id)
    return redirect(f"{reverse('listing', args=[listing_id])}?said")


@needs("directory.see")
def partner(request: HttpRequest, actor: Actor, partner_id: uuid.UUID) -> HttpResponseBase:
    """A partner and all they offer."""
    page = queries.partner(actor, partner_id)
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    known = life.fields_of_life(actor)
    return render(
        request,
        "partners/partner.html",
        {
            "page": page,
            "text": page.record.get("description", ""),
            "facts": [(_("Neutral name"), page.neutral)],
            "reached": _reached(page.record),
            "website": _web(page.record.get("website", "")),
            "lines": [_shown(one, known, actor) for one in page.offers],
            "count": ngettext("%(n)s offer", "%(n)s offers", len(page.offers)) % {"n": len(page.offers)},
            "gone": words.day_of(page.gone_since, actor.zone) if page.gone_since else "",
            "may_keep": may(actor, "directory.keep"),
        },
    )


@needs("directory.keep", methods=("GET", "POST"))
def new_partner(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Write a partner into the directory."""
    form = PartnerForm(actor, request.POST or None)
    return _form(
        request,
        form,
        lambda: actions.add_partner(actor, form.words(), key=f"partner:{form.cleaned_data['key']}"),
        to="partner",
        title=_("Add a partner"),
        back=reverse("directory"),
    )


@needs("directory.keep", methods=("GET", "POST"))
def change_partner(request: HttpRequest, actor: Actor, partner_id: uuid.UUID) -> HttpResponseBase:
    """Change what is said of a partner."""
    page = queries.partner(actor, partner_id)
    form = PartnerForm(actor, request.POST or None, page=page)
    return _form(
        request,
        form,
        lambda: actions.change_partner(actor, partner_id, form.words()),
        to="partner",
        which=partner_id,
        title=_("Change a partner"),
        back=reverse("partner", args=[partner_id]),
        name=page.name,
        own=page.own,
    )


@needs("directory.keep", methods=("GET", "POST"))
def new_listing(request: HttpRequest, actor: Actor, partner_id: uuid.UUID) -> HttpResponseBase:
    """Write what a partner offers."""
    page = queries.partner(actor, partner_id)
    form = ListingForm(actor, request.POST or None)
    return _form(
        request,
        form,
        lambda: actions.add_listing(actor, partner_id, form.words(), key=f"offer:{form.cleaned_data['key']}"),
        to="listing",
        title=_("Add what they offer"),
        back=reverse("partner", args=[partner_id]),
        name=page.name,
    )


@needs("directory.keep", methods=("GET", "POST"))
def change_listing(request: HttpRequest, actor: Actor, listing_id: uuid.UUID) -> HttpResponseBase:
    """Change what is said of an offer."""
    page = queries.listing(actor, listing_id)
    form = ListingForm(actor, request.POST or None, page=page)
    return _form(
        request,
        form,
        lambda: actions.change_listing(actor, listing_id, form.words()),
        to="listing",
        which=listing_id,
        title=_("Change an offer"),
        back=reverse("listing", args=[listing_id]),
        name=page.line.name,
        own=page.own,
    )


def _form(
    request: HttpRequest,
    form: Any,
    write: Callable[[], uuid.UUID | None],
    *,
    to: str,
    which: uuid.UUID | None = None,
    title: str,
    back: str,
    name: str = "",
    own: bool = True,
) -> HttpResponseBase:
    """A form to be filled in; once it is right it is written, and its page (`to`) follows: of what is new, or `which`."""
    if request.method == "POST" and form.is_valid():
        try:
            with all_or_nothing():
                made = write() or which
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse(to, args=[made])}?said")
    return render(
        request,
        "partners/form.html",
        {"form": form, "heading": title, "back": back, "name": name, "own": own},
        status=422 if request.method == "POST" else 200,
    )
