"""One's own calendar in one's own calendar program: the page about it, the feed, and where its links lead."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import links, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import SIGNED_IN, needs, open_to_all
from kohti.kernel.ids import new_id

from . import own_time
from .actions import feeds
from .models import Booking

LIMITS = {"calendar": "120/h/key", "calendar_unknown": "30/h/ip"}
"""How often one calendar is read, and how often one address may ask for a calendar that is not there."""


@needs(SIGNED_IN, methods=("GET", "POST"))
def my_calendar(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whether one's calendar can be read, and by which address: shown once, when it is made."""
    address = ""
    if request.method == "POST" and "end" in request.POST:
        feeds.end_feed(actor)
        return redirect("my_calendar")
    if request.method == "POST":
        token = feeds.make_feed(actor, key=request.POST.get("key", "")[:50] or str(new_id()))
        if token is None:
            return redirect("my_calendar")
        address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    found = feeds.feed_of(actor)
    context: dict[str, Any] = {"feed": found, "address": address, "key": new_id()}
    if found is not None:
        context["made"] = words.day_long(found.made_at.astimezone(actor.zone).date())
        context["read"] = _when(actor, found.read_at) if found.read_at else ""
    return render(request, "diary/my_calendar.html", context)


def _when(actor: Actor, instant: datetime) -> str:
    return _("%(day)s, %(time)s") % {
        "day": words.day_short(instant.astimezone(actor.zone).date()),
        "time": words.clock_time(instant, actor.zone),
    }


def _too_often(request: HttpRequest, action: str, key: str | None = None) -> bool:
    return not ratelimit.consume(request, app="kohti", action=action, key=key, config=LIMITS, limit_get=True)


@open_to_all()
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar behind a secret address, for a calendar program. Unchanged, it costs a statement or two."""
    with actors.as_actor(actors.DOOR):
        known = feeds.whose_feed(token)
        if _too_often(request, *(("calendar", actors.digest_of(token)) if known else ("calendar_unknown",))):
            return HttpResponse(status=429, headers={"Retry-After": "3600"})
    if known is None:
        return HttpResponse(status=404)  # not raised: what is raised is not counted
    member, language = known
    with actors.as_actor(member), words.spoken(language, actor=member):
        found = feeds.feed_of(member)
        if found is None:
            raise Http404
        found = own_time.renewed(member, found)
        assert found.stamped_at is not None
        etag, modified = f'"{found.stamp}"', int(found.stamped_at.timestamp())
        answer = get_conditional_response(request, etag=etag, last_modified=modified)
        if answer is None:
            content = own_time.content(
                member,
                found,
                link=lambda one: request.build_absolute_uri(links.to("calendar_open", one)),
            )
            answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["ETag"] = etag
    answer.headers["Last-Modified"] = http_date(modified)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@needs(SIGNED_IN)
def calendar_open(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Where a link of a calendar leads once one has signed in: to whom the appointment is with, or to the day."""
    booking = Booking.objects.filter(id=booking_id).first()
    if booking is None:
        raise Http404
    if booking.person_id is not None and may(actor, "people.open"):
        return redirect(links.to("appointments", booking.person_id))
    return redirect("today")
