"""The page behind the link of a partner who has no account: the one referral, the agreed card, and their answer.

The first press opens it for that browser, which keeps a secret of its own; another is told so in a clear word and can ask
for a new link, which comes to whoever sent it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.config import looks
from kohti.config.by_link import alone, tongues
from kohti.kernel import ids, words
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.doors import for_guest, open_to_all
from kohti.kernel.errors import Refused
from kohti.kernel.languages import CODES
from kohti.kernel.once import all_or_nothing
from kohti.partners.referrals import actions, links, queries, showing, states
from kohti.partners.referrals.links import Standing
from kohti.people import spoken
from kohti.people.bar import safely
from kohti.people.sharing.wording import GROUNDS

COOKIE = "kohti_referral"
KEPT_S = 90 * 24 * 3600
LIMITS = {"referral": "240/h/key", "referral_change": "60/h/key", "referral_unknown": "60/h/ip"}
WORDS = {
    "expired": (
        gettext_lazy("This link no longer works"),
        gettext_lazy("This link was good until a day that has passed."),
    ),
    "revoked": (
        gettext_lazy("This link no longer works"),
        gettext_lazy("Whoever sent it has ended it, or sent a newer one."),
    ),
    "elsewhere": (
        gettext_lazy("This link was opened already"),
        gettext_lazy("It opens in one browser only, and that was another one. If that was not you, tell us."),
    ),
    "withdrawn": (
        gettext_lazy("This was withdrawn"),
        gettext_lazy("Your help is not needed for this any more. Thank you."),
    ),
    "declined": (gettext_lazy("You have declined this"), gettext_lazy("Thank you for answering.")),
    "done": (gettext_lazy("This is done"), gettext_lazy("Thank you for your help.")),
}
"""What is said of a link that shows nothing: what happened, and what it means."""
CAN_ASK = ("expired", "revoked", "elsewhere")
SAID = {"answered": gettext_lazy("Thank you. We have your answer."), "said": gettext_lazy("Sent.")}


def _known(request: HttpRequest, token: str) -> Actor | None:
    """Whoever holds the link, where it is open in this browser; how it stands is noted with the request."""
    found = links.standing(token, request.COOKIES.get(COOKIE, ""))
    how = (
        "referral_unknown" if found is None else "referral_change" if request.method == "POST" else "referral"
    )
    request.too_often = _too_often(request, how, found)  # type: ignore[attr-defined]
    request.by_link = found  # type: ignore[attr-defined]
    if found is not None:
        facts = found.facts
        looks.wear(request, looks.look_of(facts["service_code"], facts["service"], facts["theme"]))
    if found is None or found.state != "open" or request.too_often:  # type: ignore[attr-defined]
        return None
    return links.guest(found.link_id)


def _too_often(request: HttpRequest, how: str, found: Standing | None) -> bool:
    with as_actor(DOOR):
        return not ratelimit.consume(
            request,
            app="kohti",
            action=how,
            key=str(found.link_id) if found else None,
            config=LIMITS,
            limit_get=True,
        )


@contextmanager
def _in_their_language(request: HttpRequest, guest: Actor | None) -> Iterator[None]:
    """In the language chosen here, or in this browser, or the service's first."""
    chosen = request.GET.get("in", "")
    if chosen not in CODES:
        chosen = words.language()
        found: Standing | None = request.by_link  # type: ignore[attr-defined]
        if "kohti_language" not in request.COOKIES and found is not None:
            chosen = next((code for code in found.facts["languages"] if code in CODES), chosen)
    with words.spoken(chosen, actor=guest):
        yield


def _closed(request: HttpRequest, token: str) -> HttpResponseBase:
    """A link that is not open here: one press opens a new one; else what became of it, and the way on."""
    found: Standing | None = request.by_link  # type: ignore[attr-defined]
    too_often: bool = request.too_often  # type: ignore[attr-defined]
    with _in_their_language(request, None):
        base = {"tongues": tongues(request), "token": token, "found": found}
        if found is not None and found.state == "new" and not too_often:
            answer = render(request, "config/referral_door.html", base)
            return alone(answer, "same-origin")
        title: object
        text: object
        title, text = WORDS["expired"]
        if found is None:
            text = gettext_lazy("Check that the whole address is there, or ask whoever sent it.")
        elif found.state in WORDS:
            title, text = WORDS[found.state]
        if too_often:
            title, text = _("This link was opened very often"), _("Wait an hour and open it again.")
        shown = base | {
            "title": title,
            "text": text,
            "can_ask": found is not None and found.state in CAN_ASK and not too_often,
            "asked": found is not None and found.asked,
            "phone": found.facts["phone"] if found is not None else "",
            "centre": found.facts["centre"] if found is not None else "",
            "typed": request.POST.get("words", "")[:2000],
        }
        status = 429 if too_often else 404 if found is None else 410
        return alone(render(request, "config/referral_gone.html", shown, status=status), "same-origin")


@open_to_all(methods=("POST",))
def open_it(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open a new link for this browser, and no other."""
    browser = links.bind(token)
    answer = redirect("referral_link", token)
    if browser:
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=KEPT_S,
            path=reverse("referral_link", args=[token]),
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return alone(answer, "same-origin")


@open_to_all(methods=("POST",))
def again(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask whoever sent it for a new link."""
    links.ask_again(token)
    return alone(redirect("referral_link", token), "same-origin")


View = Callable[[HttpRequest, Actor, str], HttpResponseBase]


def _page(*methods: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """A view of the partner, in their language."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        def opened(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
            with _in_their_language(request, guest):
                return view(request, guest, token)

        opened.__doc__ = view.__doc__
        return for_guest(_known, methods=methods, otherwise=_closed)(opened)

    return decorate


@_page("GET")
def referral(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
    """The referral and what was agreed to be shown, with the ways to answer."""
    return _show(request, guest, token, done=str(SAID.get(request.GET.get("said", ""), "")))


def _show(
    request: HttpRequest, guest: Actor, token: str, *, done: str = "", wrong: str = "", typed: str = ""
) -> HttpResponse:
    page = queries.page(guest, uuid.UUID(str(guest.facts["referral"])))
    shown, who = queries.partners_card()
    one = page.one
    ground, means = GROUNDS[one.basis]
    context: dict[str, Any] = {
        "name": who["name"] or who["called"] or _("No name given"),
        "called": who["called"],
        "service": guest.facts["service"],
        "facts": [
            (_("Sent by"), ", ".join(part for part in (_sender(page), str(guest.facts["centre"])) if part)),
            (_("Languages"), spoken.names_of(tuple(who["languages"] or ()))),
            (_("Interpreter needed"), spoken.name_of(who["interpreter"]) if who["interpreter"] else ""),
            (_("Safe contact"), safely(who["safe"], who["not_by"], no_messages=who["no_messages"])),
            (_("How"), states.HOWS[one.how][0]()),
            (_("Shown until"), words.day_long(one.until)),
            (_("Ground"), f"{ground()}: {means()}"),
        ],
        "about": one.about,
        "state": states.called(page.state),
        "tone": states.TONES.get(page.state, "neutral"),
        "fields": showing.card(guest, shown, one.fields, one.why),
        "turns": [showing.turn(guest, each) for each in page.turns],
        "answers": [
            (each, showing.SAY[each]())
            for each in states.AFTER[page.state]
            if each not in states.OURS and each not in states.WITH_WORDS and each != states.State.SEEN
        ],
        "may_finish": page.state == states.State.STARTED,
        "due": words.day_long(one.reply_by) if one.reply_by and page.state in states.UNANSWERED else "",
        "who": one.to_name,
        "done": done,
        "wrong": wrong,
        "typed": typed,
        "token": token,
        "key": ids.new_id(),
        "tongues": tongues(request),
    }
    answer = render(request, "config/referral.html", context, status=422 if wrong else 200)
    return alone(answer, "same-origin")


def _sender(page: queries.Page) -> str:
    """Who handed over, by name."""
    return next((one.by for one in page.turns if one.here), "")


@_page("POST")
def answer(request: HttpRequest, guest: Actor, token: str) -> HttpResponseBase:
    """What they say: a state, a message, or both."""
    referral_id = uuid.UUID(str(guest.facts["referral"]))
    key = f"partner:{referral_id}:{request.POST.get('key', '')[:60]}"
    state, text = request.POST.get("state", ""), request.POST.get("words", "")
    name = request.POST.get("name", "")
    try:
        with all_or_nothing():
            if state:
                actions.answer(guest, referral_id, state=state, words=text, name=name, key=key)
            else:
                actions.say(guest, referral_id, words=text, name=name, key=key)
    except Refused as one:
        return _show(request, guest, token, wrong=str(one.message), typed=text)
    there = reverse("referral_link", args=[token])
    asked = f"&in={words.language()}" if "in" in request.GET else ""
    return redirect(f"{there}?said={'answered' if state else 'said'}{asked}")


urlpatterns = [
    path("<str:token>/", referral, name="referral_link"),
    path("<str:token>/open/", open_it, name="referral_link_open"),
    path("<str:token>/answer/", answer, name="referral_link_answer"),
    path("<str:token>/again/", again, name="referral_link_again"),
]
