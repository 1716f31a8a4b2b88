"""The page behind the link of an appointment: for whoever it is with, who needs no account.

It shows that appointment and nothing else, and changes that one: another time, cancelled, late. Its texts are for the
public, in five languages; `?in=fi` chooses one without a cookie.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kohti.config import looks
from kohti.diary import actions, by_link
from kohti.diary.by_link import Page
from kohti.diary.other_times import Others, other_times
from kohti.frontdesk.paces import lines, new_in
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, words
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.blueprint import OnlinePart
from kohti.kernel.doors import for_guest
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.languages import CODES, LANGUAGES

LIMITS = {"link": "120/h/key", "link_change": "30/h/key", "link_unknown": "60/h/ip"}
REASONS = {
    "ill": gettext_lazy("I am ill"),
    "work": gettext_lazy("I am at work or on a course then"),
    "other": gettext_lazy("Something else came up"),
    "not-needed": gettext_lazy("I do not need it any more"),
    "not-said": gettext_lazy("I do not want to say"),
}
LATE = (5, 10, 15, 20, 30, 45, 60)
DONE = {
    "moved": gettext_lazy(
        "Your appointment is at this time now. The link in earlier messages no longer works: use this page."
    ),
    "yours": gettext_lazy("This time is yours"),
    "late": gettext_lazy("Thank you. Your colleague here knows that you come later."),
    "in-time": gettext_lazy("Thank you. We expect you at the agreed time."),
}


def _known(request: HttpRequest, token: str) -> Actor | None:
    """Whose link it is, while it holds; what else is known of it stands with the request."""
    found = by_link.read(token)
    page = by_link.page(*found) if found else None
    how = "link_unknown" if page is None else "link_change" if request.method == "POST" else "link"
    request.too_often = too_often(request, how, found[0] if found else None)  # type: ignore[attr-defined]
    request.by_link = page  # type: ignore[attr-defined]
    if page is not None:
        facts = page.facts
        looks.wear(request, looks.look_of(facts["service_code"], facts["service"], facts["theme"]))
    if found is None or page is None or not page.open or request.too_often:  # type: ignore[attr-defined]
        return None
    return actors.guest(found[0], "diary.book")


def too_often(request: HttpRequest, how: str, booking_id: uuid.UUID | None) -> bool:
    """Whether this appointment, or somebody guessing links, asks more often than people do."""
    with as_actor(DOOR):
        return not ratelimit.consume(
            request,
            app="kohti",
            action=how,
            key=str(booking_id) if booking_id else None,
            config=LIMITS,
            limit_get=True,
        )


@contextmanager
def in_their_language(request: HttpRequest, page: Page | None, guest: Actor | None) -> Iterator[None]:
    """In the language chosen here, or in this browser, or the first of theirs that we write."""
    chosen = request.GET.get("in", "")
    if chosen not in CODES:
        speaks = page.facts.get("speaks") or () if page is not None else ()
        chosen = words.language()
        if "kohti_language" not in request.COOKIES:
            chosen = next((code for code in speaks if code in CODES), chosen)
    with words.spoken(chosen, actor=guest):
        yield


def _gone(request: HttpRequest, token: str) -> HttpResponseBase:
    """One page for whatever leads no further, so that nobody learns why; where we know the centre, with its telephone."""
    page: Page | None = request.by_link  # type: ignore[attr-defined]
    too_often: bool = request.too_often  # type: ignore[attr-defined]
    if (
        page is not None
        and not too_often
        and request.method == "POST"
        and (there := _moved_just_now(request, token))
    ):
        return redirect(there)
    with in_their_language(request, page, None):
        answer = render(
            request,
            "config/link_gone.html",
            {
                "centre": page.facts["centre"] if page is not None else "",
                "phone": page.phone if page is not None else "",
                "cancelled": page is not None and page.cancelled,
                "too_often": too_often,
                "tongues": tongues(request),
            },
            status=429 if too_often else 410 if page is not None else 404,
        )
    return alone(answer, "no-referrer")


def _moved_just_now(request: HttpRequest, token: str) -> str:
    """Where the appointment stands that this very form has moved: whoever pressed twice is led there, too."""
    found = by_link.read(token)
    if found is None:
        return ""
    booking_id, number = found
    now = by_link.page(booking_id, number + 1)
    if now is None or not now.open:
        return ""
    guest = actors.guest(booking_id, "diary.book")
    if guest is None:
        return ""
    with as_actor(guest):
        done = once.was_done("booking.moved", _key(request, booking_id), booking_id)
    return _to(request, "link", token=by_link.token_of(booking_id, number + 1), done="moved") if done else ""


def alone(answer: HttpResponse, referrer: str) -> HttpResponse:
    """Kept nowhere and found by no search. Where something is sent the referrer stays ours: with none at all a
    browser hides where the form comes from, and it would be refused."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = referrer
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def tongues(request: HttpRequest) -> list[dict[str, Any]]:
    """This page in each language."""
    return [
        {"code": code, "name": name, "href": f"{request.path}?in={code}", "current": code == words.language()}
        for code, name in LANGUAGES
    ]


def _show(
    request: HttpRequest, guest: Actor, template: str, how: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    page: Page = request.by_link  # type: ignore[attr-defined]
    facts, zone = page.facts, guest.zone
    online = online_of(page)
    bring = facts["bring"]
    context = {
        "when": _when(page.starts, guest),
        "today": page.starts.astimezone(zone).date() == clock.today(zone),
        "centre": facts["centre"],
        "address": facts["address"],
        "kind": words.title(facts["kind"]),
        "staff": facts["staff"] if online.first_names else "",
        "bring": bring.get(words.language()) or bring.get(guest.first_language) or [],
        "phone": page.phone,
        "line": _line_now(guest) if page.starts.astimezone(zone).date() == clock.today(zone) else "",
        "came": facts["came"],
        "late": facts["late"],
        "may_change": _may_change(page, online),
        "version": facts["version"],
        "key": str(new_id()),
        "tongues": tongues(request),
        "here": {name: _to(request, name) for name in ("link", "link_move", "link_cancel", "link_late")},
    }
    return alone(render(request, template, context | how, status=status), "same-origin")


def _line_now(guest: Actor) -> str:
    """How many wait for their appointment at the centre now, and how long that takes."""
    line = next((one for one in lines(guest.centre, clock.today(guest.zone)) if one.of_appointments), None)
    if line is None:
        return ""
    count = ngettext("%(n)s person", "%(n)s people", line.waiting) % {"n": line.waiting}
    wait = new_in(line).words if line.waiting else ""
    return f"{count}, {wait}" if wait else count


def online_of(page: Page) -> OnlinePart:
    """What the service's blueprint says of links."""
    return OnlinePart.model_validate(page.facts["online"] or {})


def _may_change(page: Page, online: OnlinePart) -> bool:
    """Whether there is still time to move or cancel it here."""
    return not page.facts["came"] and clock.now() < page.starts - timedelta(hours=online.until_hours)


def _when(starts: datetime, guest: Actor) -> str:
    day = words.day_long(starts.astimezone(guest.zone).date())
    return _("%(day)s at %(time)s") % {"day": day, "time": words.clock_time(starts, guest.zone)}


def _to(request: HttpRequest, name: str, *, token: str = "", done: str = "") -> str:
    assert request.resolver_match is not None
    asked = [f"in={words.language()}"] if "in" in request.GET else []
    if done:
        asked.append(f"done={done}")
    address = reverse(name, args=[token or request.resolver_match.kwargs["token"]])
    return f"{address}?{'&'.join(asked)}" if asked else address


View = Callable[[HttpRequest, Actor], HttpResponseBase]


def _page(*methods: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """A view of the guest, in their language; its address has the token, which it does not need."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        def opened(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
            with in_their_language(request, request.by_link, guest):  # type: ignore[attr-defined]
                return view(request, guest)

        opened.__doc__ = view.__doc__
        return for_guest(_known, methods=methods, otherwise=_gone)(opened)

    return decorate


@_page("GET")
def appointment(request: HttpRequest, guest: Actor) -> HttpResponseBase:
    """The appointment: what, when, where, what to bring; and what can be done about it."""
    page: Page = request.by_link  # type: ignore[attr-defined]
    history.record(
        "booking.link_opened", "booking", guest.admitted, persons=[uuid.UUID(page.facts["person"])]
    )
    done = request.GET.get("done", "")
    return _show(
        request,
        guest,
        "config/link.html",
        {"done": DONE.get(done, ""), "late_choices": [(n, _minutes(n)) for n in LATE], "wrong": ""},
    )


def _minutes(number: int) -> str:
    return _("%(number)s minutes") % {"number": number}


@_page("GET", "POST")
def move(request: HttpRequest, guest: Actor) -> HttpResponseBase:
    """Another time for it: a few of those at which whoever it is with is free."""
    page: Page = request.by_link  # type: ignore[attr-defined]
    if not _may_change(page, online_of(page)):
        return redirect(_to(request, "link"))
    online = online_of(page)
    others = other_times(guest, online.offers)
    wrong = ""
    if request.method == "POST":
        assert guest.admitted is not None
        try:
            with once.all_or_nothing():
                _move(guest, guest.admitted, others, _chosen_time(request.POST.get("at", "")), request)
        except Refused as trouble:
            wrong = str(trouble.message)
            others = other_times(guest, online.offers)
        else:
            return redirect(_to(request, "link", token=by_link.token_now(guest.admitted), done="moved"))
    times = [
        (
            one.starts.astimezone(UTC).isoformat(),
            _when(one.starts, guest),
            ""
            if others.own or not online.first_names
            else _("with %(name)s") % {"name": one.staff.partition(" ")[0]},
        )
        for one in others.offered
    ]
    return _show(
        request,
        guest,
        "config/link_move.html",
        {"times": times, "wrong": wrong},
        status=409 if wrong else 200,
    )


def _move(
    guest: Actor, booking_id: uuid.UUID, others: Others, chosen: datetime | None, request: HttpRequest
) -> None:
    """Put the appointment there; where its room is taken then, without one: whom it is with finds another."""
    if chosen is None:
        raise Refused(_("Choose a time."), code="none")
    free = others.at(chosen)
    if free is None:
        raise Refused(_("This time has just been taken. Choose another one."), code="taken")

    assert free.staff_id is not None
    actions.move_there(
        guest,
        booking_id,
        starts=free.starts,
        staff_id=free.staff_id,
        version=_number(request.POST.get("v", "")),
        key=_key(request, guest.admitted),
    )


def _key(request: HttpRequest, booking_id: uuid.UUID | None) -> str:
    """The form's own key, worth something for this appointment alone."""
    return f"link:{booking_id}:{request.POST.get('key', '')[:40]}"


def _chosen_time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@_page("GET", "POST")
def cancel(request: HttpRequest, guest: Actor) -> HttpResponseBase:
    """Not at all: with a reason, if they want to give one."""
    page: Page = request.by_link  # type: ignore[attr-defined]
    if not _may_change(page, online_of(page)):
        return redirect(_to(request, "link"))
    wrong = ""
    if request.method == "POST":
        assert guest.admitted is not None
        why = REASONS.get(request.POST.get("why", ""), REASONS["not-said"])
        with words.spoken(guest.first_language, actor=guest):
            reason = str(why)
        try:
            with once.all_or_nothing():
                actions.cancel(guest, guest.admitted, reason=reason, key=_key(request, guest.admitted))
        except Refused as trouble:
            wrong = str(trouble.message)
        else:
            return redirect(_to(request, "link"))
    how = {"reasons": list(REASONS.items()), "wrong": wrong}
    return _show(request, guest, "config/link_cancel.html", how, status=409 if wrong else 200)


@_page("POST")
def late(request: HttpRequest, guest: Actor) -> HttpResponseBase:
    """They come later than agreed; 0 minutes takes it back."""
    minutes = _number(request.POST.get("minutes", ""))
    assert guest.admitted is not None
    try:
        with once.all_or_nothing():
            actions.say_late(guest, guest.admitted, minutes, key=_key(request, guest.admitted))
    except Refused as trouble:
        how = {"done": "", "late_choices": [(n, _minutes(n)) for n in LATE], "wrong": str(trouble.message)}
        return _show(request, guest, "config/link.html", how, status=409)
    return redirect(_to(request, "link", done="late" if minutes else "in-time"))


urlpatterns = [
    path("<str:token>/", appointment, name="link"),
    path("<str:token>/move/", move, name="link_move"),
    path("<str:token>/cancel/", cancel, name="link_cancel"),
    path("<str:token>/late/", late, name="link_late"),
]
