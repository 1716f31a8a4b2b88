"""Pages of referrals: hand somebody over in three steps, look at it together, talk about it, and the board of all of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, ids, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import KohtiError, NotAllowed, NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people import spoken
from kohti.people.bar import bar, safely
from kohti.people.sharing.queries import shared_with_me
from kohti.people.sharing.wording import GROUNDS

from . import actions, booking, choosing, forms, letters, links, queries, showing, states
from .forms import Typed
from .models import Referral

State = Referral.State
SAID = {
    "sent": lambda: _("Sent. They see what you agreed on, and nothing else."),
    "answered": lambda: _("Saved."),
    "said": lambda: _("Sent."),
    "withdrawn": lambda: _("Withdrawn. They see nothing any more."),
    "ended": lambda: _("The link has ended."),
    "mailed": lambda: _("A new link is on its way by e-mail."),
    "booked": lambda: _("The appointment is made."),
}


@needs("referrals.write", methods=("GET", "POST"))
def refer(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Hand somebody over: to whom, how, and what they will see. Pressed at the end, it is written and looked at together."""
    draft_id = ids.typed(request.GET.get("draft", ""))
    trouble = ""
    if request.method == "POST":
        typed = forms.typed(request.POST)
        if request.POST.get("do") == "look" and (wanted := forms.wanted(typed)) is not None:
            try:
                with all_or_nothing():
                    made = actions.write(
                        actor, person_id, wanted, key=f"refer:{typed.key}", referral_id=draft_id
                    )
                return redirect("referral", made)
            except Refused as one:
                trouble = str(one.message)
                if one.code in ("gone", "left", "own"):
                    typed.wrong["to"] = trouble
                    trouble = ""
    elif draft_id is not None:
        typed = forms.of(_draft(draft_id, person_id))
    else:
        typed = forms.begun(actor, to=_asked_for(request))
    if request.headers.get("HX-Request") and request.method == "POST":
        chosen = choosing.chosen(actor, typed.kind, typed.to_id)
        shown = {"typed": typed, "chosen": chosen, "address": request.get_full_path()}
        return render(request, "partners/referrals/_persons.html", shown)
    card = people.open_person(actor, person_id)
    return render(
        request,
        "partners/referrals/refer.html",
        bar(actor, card, "referrals")
        | _steps(actor, person_id, typed, trouble)
        | {"address": request.get_full_path()},
        status=422 if typed.wrong or trouble else 200,
    )


def _asked_for(request: HttpRequest) -> str:
    listing = ids.typed(request.GET.get("listing", ""))
    return f"listing:{listing}" if listing else ""


def _draft(draft_id: uuid.UUID, person_id: uuid.UUID) -> Referral:
    one = Referral.objects.filter(id=draft_id, person_id=person_id, state=State.DRAFT).first()
    if one is None:
        raise NotThere("no such draft")
    return one


def _steps(actor: Actor, person_id: uuid.UUID, typed: Typed, trouble: str) -> dict[str, Any]:
    known = showing.fields(actor)
    shown = queries.card(person_id, list(known))
    fields = showing.card(actor, shown, list(known), typed.why)
    chosen = choosing.chosen(actor, typed.kind, typed.to_id)
    found = choosing.choices(actor, typed.q)
    if chosen is not None and all(one.code != chosen.code for one in found):
        found = [choosing.Choice(chosen.code, chosen.name), *found]
    wrong = dict(typed.wrong)
    if chosen is not None and chosen.gone:
        wrong.setdefault("to", _("This is no longer offered. Look for another."))
    return {
        "typed": typed,
        "found": [(one.code, one.name, one.beside) for one in found],
        "nothing": bool(typed.q) and len(found) == (1 if chosen is not None else 0),
        "chosen": chosen,
        "hows": [(code, title(), hint()) for code, (title, hint) in states.HOWS.items()],
        # what is empty stands last: it shows nothing, but may later
        "fields": sorted(fields, key=lambda one: (not one["lines"], one["code"] not in typed.fields)),
        "grounds": [(code, title(), hint()) for code, (title, hint) in GROUNDS.items()],
        "wrong": wrong,
        "errors": [
            *([(None, trouble)] if trouble else []),
            *((f"id_{name}" if name not in ("about",) else name, text) for name, text in wrong.items()),
        ],
    }


@needs("referrals.write")
def of_person(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """To whom somebody was handed over, and what became of it."""
    card = people.open_person(actor, person_id)
    lines, hidden = queries.of_person(actor, person_id)
    return render(
        request,
        "partners/referrals/of_person.html",
        bar(actor, card, "referrals")
        | {
            "lines": [showing.line(actor, one) for one in lines],
            "hidden": [
                {"to": one.to, "state": states.called(one.state), "age": showing.age(actor, one.at)}
                for one in hidden
            ],
        },
    )


SIDES = ("in", "out", "centre")


@needs("referrals.answer")
def board(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Open referrals in and out, the oldest first."""
    sides = [one for one in SIDES if _may_see(actor, one)]
    side = request.GET.get("side", "")
    if side not in sides:
        side = sides[-1] if len(sides) > 1 else sides[0]
    state = request.GET.get("state", "")
    if state not in states.OPEN and not (state == State.DRAFT and side != "in"):
        state = ""
    found = queries.board(actor, side, state=state, after=_after(request))
    last = found.lines[-1] if found.more else None

    def address(**how: str) -> str:
        kept = {"side": side, "state": state} | how
        return f"{reverse('referrals')}?{urlencode({key: value for key, value in kept.items() if value})}"

    called = {
        "in": _("To us"),
        "out": _("In my hands"),
        "centre": _("Of the centre"),
    }
    filters = [*states.OPEN, *((State.DRAFT,) if side != "in" else ())]
    return render(
        request,
        "partners/referrals/board.html",
        {
            "sides": [(called[one], address(side=one, state=""), one == side) for one in sides],
            "states": [
                (states.called(one), address(state="" if one == state else one), one == state)
                for one in filters
            ],
            "lines": [showing.line(actor, one) for one in found.lines],
            "side": side,
            "filtered": bool(state),
            "later": address(after=f"{last.at.isoformat()},{last.id}") if last else None,
            "first": address() if _after(request) else None,
        },
    )


def _may_see(actor: Actor, side: str) -> bool:
    if side == "in":
        return True
    return may(actor, "referrals.write") and (side == "out" or actor.scope == "centre")


def _after(request: HttpRequest) -> tuple[datetime, uuid.UUID] | None:
    """Where the last page ended: an instant and an identifier."""
    at, _comma, last = request.GET.get("after", "").partition(",")
    try:
        return datetime.fromisoformat(at), uuid.UUID(last)
    except ValueError:
        return None


@needs("referrals.answer")
def referral(request: HttpRequest, actor: Actor, referral_id: uuid.UUID) -> HttpResponseBase:
    """One referral: what was agreed, and the conversation of both sides."""
    said = SAID.get(request.GET.get("said", ""))
    if said is not None:
        pages.say(request, said())
    return _page(request, actor, referral_id)


def _page(
    request: HttpRequest,
    actor: Actor,
    referral_id: uuid.UUID,
    *,
    trouble: str = "",
    made: links.Made | None = None,
) -> HttpResponse:
    try:
        page = queries.page(actor, referral_id)
    except queries.Over as gone:
        return render(
            request,
            "partners/referrals/over.html",
            {"text": str(gone.message)},
            status=409 if trouble else 410,
        )
    one = page.one
    shown = queries.card(one.person_id, one.fields) if one.closed_at is None else None
    over = one.closed_at is not None
    ended = not over and one.sent_at is not None and one.ends <= clock.now()
    context = {
        "page": page,
        "name": page.name or _("No name given"),
        "state": states.called(page.state),
        "tone": states.TONES.get(page.state, "neutral"),
        "facts": [*showing.facts(actor, page), *_spoken_with(actor, page)],
        "since": f"{words.day_of(one.since, actor.zone)}, {words.clock_time(one.since, actor.zone)}",
        "fields": showing.card(actor, shown, one.fields, one.why) if shown else [],
        "told": ", ".join(_titles(actor, one.fields)),
        "turns": [showing.turn(actor, each) for each in page.turns],
        "answers": [] if ended else _answers(page),
        "for_them": page.here,
        "open": not over and page.state != State.DRAFT,
        "over": over,
        "ended": ended,
        "draft": page.state == State.DRAFT,
        "due": words.day_long(one.reply_by) if one.reply_by and not over else "",
        "late": one.reply_by is not None and one.reply_by < clock.today(actor.zone),
        "may_withdraw": page.here and not over,
        "times": booking.times(actor, page),
        "link": _link(actor, page),
        "made": made,
        "made_until": words.day_long(made.expires.astimezone(actor.zone).date()) if made else "",
        "key": ids.new_id(),
        "trouble": trouble,
        "may_print": page.here and may(actor, "documents.add") and not over,
        "may_refer": page.here and may(actor, "referrals.write"),
        "version": live.version(one.id),
    }
    return render(request, "partners/referrals/referral.html", context, status=422 if trouble else 200)


def _spoken_with(actor: Actor, page: queries.Page) -> list[tuple[str, str]]:
    """For the other side: in which language, and how they are safely reached where that is shared."""
    if page.here or page.one.closed_at is not None or not may(actor, "shares.read"):
        return []
    return [
        line
        for one in shared_with_me(actor, page.one.person_id)
        for line in (
            (_("Languages"), spoken.names_of(one.languages)),
            (_("Interpreter needed"), spoken.name_of(one.interpreter) if one.interpreter else ""),
            (_("Safe contact"), safely(one.safe_contact, one.not_by, no_messages=one.no_messages)),
        )
        if line[1]
    ]


def _titles(actor: Actor, codes: Sequence[str]) -> list[str]:
    known = showing.fields(actor)
    return [known[code][0] for code in codes if code in known]


def _answers(page: queries.Page) -> list[tuple[str, str]]:
    return [(one, showing.SAY[one]()) for one in showing.answers(page) if one not in states.WITH_WORDS]


def _link(actor: Actor, page: queries.Page) -> dict[str, Any] | None:
    """How the link of a partner without an account stands; None where their people work here."""
    one = page.one
    if not page.here or one.to_organisation_id is not None or one.closed_at or one.state == State.DRAFT:
        return None
    found = page.link

    def at(instant: datetime | None) -> str:
        return (
            f"{words.day_of(instant, actor.zone)}, {words.clock_time(instant, actor.zone)}" if instant else ""
        )

    return {
        "until": words.day_long(found.expires.astimezone(actor.zone).date()) if found else "",
        "expired": found is not None and found.expires <= clock.now(),
        "opened": at(found.opened_at) if found else "",
        "asked": at(found.asked_at) if found else "",
        "address": one.to_address,
    }


@needs("referrals.answer", methods=("POST",))
def do(request: HttpRequest, actor: Actor, referral_id: uuid.UUID) -> HttpResponseBase:
    """One press on a referral's page: send, answer, say, withdraw, make or end its link, print the card, book a time."""
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise NotThere("no such deed")
    key = f"referral:{referral_id}:{request.POST.get('key', '')[:60]}"
    try:
        with all_or_nothing():
            return deed(request, actor, referral_id, key)
    except Refused as one:
        return _page(request, actor, referral_id, trouble=str(one.message))
    except (NotThere, NotAllowed) as gone:
        return _gone(request, actor, referral_id, gone)


def _gone(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, trouble: KohtiError) -> HttpResponse:
    """What was open on somebody's screen is over meanwhile: they are told what became of it. Else it is not there."""
    try:
        queries.page(actor, referral_id)
    except queries.Over as over:
        text = {"text": str(over.message), "typed": request.POST.get("words", "")}
        return render(request, "partners/referrals/over.html", text, status=409)
    except NotThere:
        pass
    raise trouble


def _send(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    actions.send(actor, referral_id, key=key)
    one = Referral.objects.get(id=referral_id)
    if one.to_organisation_id is None:
        made = links.make(actor, referral_id, mail=bool(one.to_address), key=f"{key}:link")
        if made is not None and not made.mailed_to:
            return _page(request, actor, referral_id, made=made)
    return _back(referral_id, "sent")


def _answer(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    state, text = request.POST.get("state", ""), request.POST.get("words", "")
    actions.answer(actor, referral_id, state=state, words=text, key=key)
    over = state in states.CLOSED and not Referral.objects.filter(id=referral_id).exists()
    return redirect("referrals") if over else _back(referral_id, "answered")


def _say(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    actions.say(actor, referral_id, words=request.POST.get("words", ""), key=key)
    return _back(referral_id, "said")


def _withdraw(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    actions.withdraw(actor, referral_id, why=request.POST.get("words", ""), key=key)
    return _back(referral_id, "withdrawn")


def _make_link(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    mail = request.POST.get("mail") == "1"
    made = links.make(actor, referral_id, mail=mail, key=key)
    if made is None or mail:
        return _back(referral_id, "mailed" if mail else "")
    return _page(request, actor, referral_id, made=made)


def _end_link(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    links.end(actor, referral_id)
    return _back(referral_id, "ended")


def _card(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    page = queries.page(actor, referral_id)
    if not page.here:
        raise NotAllowed("only who handed over gives the card")
    person = people.open_person(actor, page.one.person_id)
    paper = letters.write_card(actor, page, person, key=key)
    return redirect("document", paper)


def _book(request: HttpRequest, actor: Actor, referral_id: uuid.UUID, key: str) -> HttpResponseBase:
    booking.book(actor, referral_id, request.POST.get("at", ""), key=key)
    return _back(referral_id, "booked")


Deed = Callable[[HttpRequest, Actor, uuid.UUID, str], HttpResponseBase]
DEEDS: dict[str, Deed] = {
    "send": _send,
    "answer": _answer,
    "say": _say,
    "withdraw": _withdraw,
    "link": _make_link,
    "end-link": _end_link,
    "card": _card,
    "book": _book,
}


def _back(referral_id: uuid.UUID, said: str) -> HttpResponse:
    address = reverse("referral", args=[referral_id])
    return redirect(f"{address}?said={said}" if said else address)


@needs("referrals.answer")
def news(request: HttpRequest, actor: Actor, referral_id: uuid.UUID) -> HttpResponseBase:
    """The conversation, as it goes on."""
    if not Referral.objects.filter(id=referral_id).exists():
        raise NotThere("no such referral")
    language, member_id = words.language(), actor.member_id

    def part(_news: Sequence[live.News]) -> str:
        with as_actor(actor), words.spoken(language, actor=actor):
            turns, state = queries.conversation(referral_id)
            shown = {"turns": [showing.turn(actor, one) for one in turns], "state": states.called(state)}
            return get_template("partners/referrals/_turns.html").render(shown)

    return pages.stream(
        request, actor, live.View(f"referral:{member_id}", referral_id, actor.role, language), part
    )
