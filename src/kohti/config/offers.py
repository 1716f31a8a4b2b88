"""The page behind the link of a time that came free: yes or no, for whoever it was offered to.

They need no account. It shows that offer and nothing else; what holds for the link of an appointment holds here.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse

from kohti.config import looks
from kohti.config.by_link import alone, in_their_language, online_of, tongues, too_often
from kohti.diary import actions, by_link
from kohti.diary.by_link import Page
from kohti.diary.offering import by, when
from kohti.kernel import actor as actors
from kohti.kernel import history, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import for_guest
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing


def _known(request: HttpRequest, token: str) -> Actor | None:
    """Whose offer it is, while it is open; what else is known of it stands with the request.

    Whoever has no appointment yet is known by the one the offer becomes.
    """
    found = by_link.read_offer(token)
    page = by_link.offer_page(found) if found else None
    how = "link_unknown" if page is None else "link_change" if request.method == "POST" else "link"
    request.too_often = too_often(request, how, found)  # type: ignore[attr-defined]
    request.by_link, request.offer_id = page, found  # type: ignore[attr-defined]
    if page is not None:
        facts = page.facts
        looks.wear(request, looks.look_of(facts["service_code"], facts["service"], facts["theme"]))
    if found is None or page is None or not page.open or request.too_often:  # type: ignore[attr-defined]
        return None
    return actors.guest(uuid.UUID(page.facts["booking"]) if page.facts["booking"] else found, "diary.book")


def _over(request: HttpRequest, token: str) -> HttpResponseBase:
    """What became of an offer that is over, or that there is no such link."""
    page: Page | None = request.by_link  # type: ignore[attr-defined]
    often: bool = request.too_often  # type: ignore[attr-defined]
    state = page.facts["state"] if page is not None else ""
    with in_their_language(request, page, None):
        answer = render(
            request,
            "config/link_gone.html" if often or page is None else "config/offer_over.html",
            {
                "state": state,
                "centre": page.facts["centre"] if page is not None else "",
                "phone": page.phone if page is not None else "",
                "cancelled": False,
                "too_often": often,
                "tongues": tongues(request),
            },
            status=429 if often else 404 if page is None else 200 if state in ("yes", "no") else 410,
        )
    return alone(answer, "no-referrer")


def _show(request: HttpRequest, guest: Actor) -> HttpResponse:
    page: Page = request.by_link  # type: ignore[attr-defined]
    facts: Any = page.facts
    before, until = facts["before"], datetime.fromisoformat(facts["until"])
    answer = render(
        request,
        "config/offer.html",
        {
            "when": when(page.starts, guest),
            "before": when(datetime.fromisoformat(before), guest) if before else "",
            "until": by(until, guest),
            "centre": facts["centre"],
            "address": facts["address"],
            "kind": words.title(facts["kind"]) if facts["kind"] else "",
            "staff": facts["staff"] if online_of(page).first_names else "",
            "phone": page.phone,
            "tongues": tongues(request),
        },
    )
    return alone(answer, "same-origin")


def _answer(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
    """Yes leads to the appointment; no, and a time that somebody else took, to what that means."""
    offer_id: uuid.UUID = request.offer_id  # type: ignore[attr-defined]
    asked = f"?in={words.language()}" if "in" in request.GET else ""
    yes = request.POST.get("answer") == "yes"
    if not yes and request.POST.get("answer") != "no":
        return _show(request, guest)
    try:
        with all_or_nothing():
            theirs = actions.answer_offer(guest, offer_id, yes=yes)
    except Refused:
        theirs = False
    if yes and theirs:
        assert guest.admitted is not None
        facts = request.by_link.facts  # type: ignore[attr-defined]
        link = reverse("link", args=[by_link.token_now(guest.admitted)])
        return redirect(
            f"{link}{asked}{'&' if asked else '?'}done={'moved' if facts['booking'] else 'yours'}"
        )
    return redirect(f"{reverse('link_offer', args=[token])}{asked}")


def _offered(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
    """A time that came free: yes or no."""
    page: Page = request.by_link  # type: ignore[attr-defined]
    with in_their_language(request, page, guest):
        if request.method == "POST":
            return _answer(request, guest, token)
        history.record("booking.link_opened", "person", None, persons=[uuid.UUID(page.facts["person"])])
        return _show(request, guest)


offered = for_guest(_known, methods=("GET", "POST"), otherwise=_over)(_offered)

urlpatterns = [path("<str:token>/", offered, name="link_offer")]
