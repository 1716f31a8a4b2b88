"""The day's arrivals and the queue."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.diary import sessions
from kohti.diary.news import concerns
from kohti.kernel import actor as actors
from kohti.kernel import clock, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import new_id, short
from kohti.kernel.live import News, View

from . import actions, day_sheets, elsewhere, in_line, meeting, queries, views_line
from .actions import Moved
from .drawing import drawn
from .elsewhere import Known, known_person
from .forms import USUAL, WalkInForm
from .line_hours import hours_of_lines, why_elsewhere
from .models import OPEN, Ending, Reason
from .queries import Arrival
from .said import Agreed, at_the_door, say_aloud
from .showing import as_known, as_lines, as_rows, state_words

DESK = "kohti_desk"
VERBS: dict[str, Callable[..., Moved]] = {
    "call": actions.call,
    "begin": actions.begin,
    "done": actions.finish,
    "did-not-come": actions.did_not_come,
    "left": actions.leave,
    "take-back": actions.take_back,
}


def _today(actor: Actor) -> date:
    return clock.today(actor.zone)


@needs("arrivals.see")
def arrivals(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Everybody expected or here today."""
    return _arrivals_page(request, actor)


@needs("arrivals.see")
def day_sheet(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The day on paper, for when the network fails. Whose names it holds is in the history."""
    made = day_sheets.made(actor, _today(actor))
    return pages.to_save(made.content, name="day-sheet.pdf", media_type="application/pdf")


SHOWN: dict[str, Callable[[str], bool]] = {
    "expected": lambda state: state == "expected",
    "here": lambda state: state in OPEN,
}


def _arrivals_page(
    request: HttpRequest,
    actor: Actor,
    *,
    found: list[Arrival] | None = None,
    typed: str = "",
    known: Sequence[Known] = (),
) -> HttpResponseBase:
    lines = queries.arrivals(actor.centre, _today(actor))
    show = request.GET.get("show", "")
    if show in SHOWN:
        lines = [line for line in lines if SHOWN[show](line.state)]
    else:
        show = ""
    now = clock.now()
    coming = next((line for line in lines if line.at >= now), None) if not show else None
    _notice_from_address(request, actor)
    return render(
        request,
        "frontdesk/arrivals.html",
        {
            "rows": as_rows(actor, lines),
            "show": show,
            "next_id": coming.id if coming else None,
            "next_at": words.clock_time(coming.at, actor.zone) if coming else "",
            "numbers": queries.numbers_of(actor.centre, _today(actor)),
            "asked": meeting.asked_now(actor.centre, _today(actor)),
            "day": words.day_long(_today(actor)),
            "may_check_in": may(actor, "arrivals.check_in"),
            "found": None if found is None else as_lines(actor, found),
            "known": as_known(known),
            "typed": typed,
            "focus": "go" in request.POST,
            "held": sessions.of_today(actor),
        },
    )


def _notice_from_address(request: HttpRequest, actor: Actor) -> None:
    """After a change without JavaScript the page says what was done: the address names the visit, no more."""
    said = request.GET.get("said", "")
    try:
        visit_id = uuid.UUID(request.GET.get("visit", ""))
    except ValueError:
        return
    moved = actions.as_it_is(visit_id)
    if moved is not None:
        notice = _notice(said, moved)
        if said == "check-in" and moved.booking_id:
            line = queries.arrival_of(actor.centre, _today(actor), moved.visit_id, moved.booking_id)
            notice |= _said_at_the_door(actor, moved, line)
        elif said == "walk-in" and (why := why_elsewhere(actor, moved.visit_id)):
            notice["more"] = why
        request.notices = [notice]  # type: ignore[attr-defined]


def _said_at_the_door(actor: Actor, moved: Moved, line: Arrival | None) -> dict[str, Any]:
    """What to say to whoever was checked in early or late; nothing to whoever is right."""
    if line is None or moved.state != "waiting":
        return {}
    agreed = Agreed(day=_today(actor), starts=line.at)
    found = at_the_door(agreed, actor.zone)
    if found is not None and found.code == "late":
        found = at_the_door(
            agreed, actor.zone, before=queries.before(actor.centre, _today(actor), moved.visit_id)
        )
    return {"more": say_aloud(found)} if found else {}


def _notice(verb: str, moved: Moved) -> dict[str, Any]:
    texts = {
        "check-in": _("Checked in. Their ticket:"),
        "walk-in": _("Taken in. Give them ticket"),
        "undo": _("The check-in of %(ticket)s was taken back."),
        "call": _("%(ticket)s has been called."),
        "begin": _("%(ticket)s: the talk has begun."),
        "done": _("%(ticket)s is done."),
        "did-not-come": _("%(ticket)s did not come."),
        "left": _("%(ticket)s has left."),
        "take-back": _("%(ticket)s is back in the line, at the old place."),
        "parked": _("%(ticket)s is parked and keeps the old place."),
        "handed-over": _("%(ticket)s was handed over."),
    }
    notice: dict[str, Any] = {
        "kind": "success",
        "text": texts.get(verb, _("%(ticket)s was changed.")) % {"ticket": moved.ticket},
    }
    if moved.state == "waiting" and verb in ("check-in", "walk-in"):
        notice["ticket"] = moved.ticket
        notice["undo"] = {
            "live": True,
            "action": reverse("visit_undo", args=[moved.visit_id]),
            "label": _("Undo"),
            "fields": {"v": "0"},
        }
    return notice


def _changed(
    request: HttpRequest, actor: Actor, verb: str, moved: Moved, *, page: str, clear: bool = False
) -> HttpResponseBase:
    """After a change: the notice and the changed line to a script, the page to a browser without."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse(page)}?said={verb}&visit={moved.visit_id}")
    notice = _notice(verb, moved)
    context: dict[str, Any] = {"notice_": notice, "clear": clear}
    if page == "queue":
        context |= _queue_change(actor, moved)
        return render(request, "frontdesk/_queue_changed.html", context)
    line = queries.arrival_of(actor.centre, _today(actor), moved.visit_id, moved.booking_id)
    if verb == "check-in" and line and line.name:
        notice["text"] = _("%(name)s is checked in. Their ticket:") % {"name": words.apart(line.name)}
        notice |= _said_at_the_door(actor, moved, line)
    context |= {
        "rows": as_rows(actor, [line], into="lines") if line else [],
        "gone": [] if line else [short(moved.visit_id)],
    }
    answer = render(request, "frontdesk/_arrivals_changed.html", context)
    answer.headers["HX-Retarget"] = "#notices"
    return answer


@needs("arrivals.check_in", methods=("POST",))
def check_in(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """One press on a line: they are here."""
    version = request.POST.get("v", "0")[:10]
    moved = actions.check_in(actor, booking_id, key=f"check-in:{booking_id}:{version}")
    return _changed(request, actor, "check-in", moved, page="arrivals", clear=True)


@needs("arrivals.check_in", methods=("POST",))
def find(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A few letters find those of today; Enter checks in when only one is meant."""
    typed = request.POST.get("q", "")[:100]
    found = queries.find_arrivals(actor, _today(actor), typed)
    expected = [line for line in found if line.state == "expected"]
    if "go" in request.POST and len(expected) == 1 and expected[0].booking_id:
        line = expected[0]
        booking_id = expected[0].booking_id
        moved = actions.check_in(actor, booking_id, key=f"check-in:{booking_id}:{line.booking_version}")
        return _changed(request, actor, "check-in", moved, page="arrivals", clear=True)
    known = elsewhere.look(actor, typed) if "go" in request.POST and typed.strip() and not found else []
    if request.headers.get("HX-Request"):
        return render(
            request,
            "frontdesk/_found.html",
            {
                "found": as_lines(actor, found),
                "known": as_known(known),
                "typed": typed,
                "focus": "go" in request.POST,
                "may_check_in": True,
            },
        )
    return _arrivals_page(request, actor, found=found, typed=typed, known=known)


@needs("arrivals.check_in", methods=("GET", "POST"))
def walk_in(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Somebody without an appointment, in at most four inputs."""
    reasons = queries.reasons()
    closed = {one.stream_id: one.said(actor) for one in hours_of_lines(actor).values() if not one.opened}
    if request.method == "POST":
        if "key" not in request.POST:
            return _walk_in_page(
                request,
                reasons,
                closed,
                person=known_person(actor, request.POST.get("person", "")),
                given_name=request.POST.get("given_name", "")[: actions.MOST_TEXT],
                door_note=DOOR_NOTES.get(request.POST.get("start", ""), lambda: "")(),
            )
        form = WalkInForm(reasons, closed, request.POST)
        if form.is_valid():
            moved = actions.take_walk_in(
                actor,
                uuid.UUID(form.cleaned_data["reason"]),
                key=f"walk-in:{form.cleaned_data['key']}",
                given_name=form.cleaned_data["given_name"],
                door_note=form.cleaned_data["door_note"],
                urgency=form.cleaned_data["urgency"],
                person_id=form.cleaned_data["person"],
            )
            if moved.urgency == 2 and may(actor, "queue.call"):
                return redirect("crisis", moved.visit_id)
            return redirect(f"{reverse('arrivals')}?said=walk-in&visit={moved.visit_id}")
        person = known_person(actor, request.POST.get("person", ""))
        shown = {"form": form, "crisis": False, "person": person}
        return render(request, "frontdesk/walk_in.html", shown, status=422)
    return _walk_in_page(request, reasons, closed)


DOOR_NOTES: dict[str, Callable[[], str]] = {
    "elsewhere": lambda: _("Says they are booked on another day or at another centre."),
    "new": lambda: _("Here for the first time."),
}
"""What whoever calls them will want to know, from the way on that was chosen when nobody was found."""


def _walk_in_page(
    request: HttpRequest,
    reasons: list[Reason],
    closed: Mapping[uuid.UUID, str],
    *,
    person: Known | None = None,
    **initial: str,
) -> HttpResponseBase:
    crisis = "crisis" in request.GET
    given = {"key": new_id(), "urgency": "2" if crisis else USUAL, **initial}
    if person is not None:
        given |= {"given_name": "", "person": person.person_id}
    form = WalkInForm(reasons, closed, initial=given)
    return render(request, "frontdesk/walk_in.html", {"form": form, "crisis": crisis, "person": person})


@needs("arrivals.check_in", methods=("POST",))
def undo(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """That was somebody else: take the check-in back."""
    moved = actions.undo_check_in(actor, visit_id, key=f"undo:{visit_id}")
    return _changed(request, actor, "undo", moved, page="arrivals")


def _queue_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    centre, day = actor.centre, _today(actor)
    lines, hours = queries.lines(centre, day), hours_of_lines(actor)
    waiting = queries.queue(centre, day)
    shown = drawn(actor, waiting, waits=in_line.waits_of(waiting, lines))
    everybody = {line.code for line in lines if line.everybody}
    return {
        "following": queries.next_of(waiting, actor.staff_id, everybody),
        "staff_id": actor.staff_id,
        "key": new_id(),
        "columns": [
            {
                "line": line,
                "cards": [one for one in shown if one.card.stream == line.code],
                "held": hours[line.code].said(actor) if line.code in hours else "",
            }
            for line in lines
        ],
        "parked": [one for one in shown if one.card.state == "parked"],
        "everybody": sorted(everybody),
        "busy": [one for one in shown if one.card.state not in ("waiting", "parked")],
        "desk": request.COOKIES.get(DESK, ""),
        "may_close": may(actor, "day.close"),
        "help_calls": views_line.help_calls(actor),
    }


def _queue_change(actor: Actor, moved: Moved | None = None) -> dict[str, Any]:
    """What a press changed on the queue of whoever pressed: the visit's card.

    The counts come with the live news, and the page itself finds who is next among its cards.
    """
    still_here = moved is not None and moved.state in OPEN
    cards = queries.cards_of(actor.centre, _today(actor), [moved.visit_id]) if moved and still_here else []
    shown = drawn(actor, cards, into=True, mine=actor.staff_id)
    return {
        "key": new_id(),
        "cards": shown,
        "gone": [moved.visit_id] if moved and not shown else [],
    }


@needs("queue.call")
def queue(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who waits, in which line, and who is next for me."""
    _notice_from_address(request, actor)
    if "nobody" in request.GET:
        pages.say(request, _("Nobody is waiting for you."), "info")
    if "closed" in request.GET:
        pages.say(request, _("The day is closed."))
    if "open" in request.GET:
        pages.say(request, _("Open again: everybody is back in their place."))
    return render(
        request,
        "frontdesk/queue.html",
        _queue_context(request, actor)
        | {
            "numbers": queries.numbers_of(actor.centre, _today(actor)),
            "asked": meeting.asked_now(actor.centre, _today(actor)),
        },
    )


@needs("queue.call", methods=("POST",))
def call_next(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Call whoever is next for me, or next in one line."""
    stream = request.POST.get("stream", "")
    key = request.POST.get("key", "")[:60] or str(new_id())
    moved = actions.call_next(
        actor,
        streams=[stream] if stream else None,
        key=f"call-next:{key}",
        desk=request.COOKIES.get(DESK, ""),
    )
    if moved is None:
        if request.headers.get("HX-Request"):
            return render(
                request,
                "frontdesk/_queue_changed.html",
                {"notice_": {"kind": "info", "text": _("Nobody is waiting for you.")}, "clear": False}
                | _queue_change(actor),
            )
        return redirect(f"{reverse('queue')}?nobody")
    return _changed(request, actor, "call", moved, page="queue")


@needs("queue.call", methods=("POST",))
def move(request: HttpRequest, actor: Actor, visit_id: uuid.UUID, verb: str) -> HttpResponseBase:
    """One step of a visit: call, begin, done, did-not-come, left, take-back."""
    action = VERBS.get(verb)
    if action is None:
        raise Http404
    version = request.POST.get("v", "0")[:10]
    extra: dict[str, Any] = {"desk": request.COOKIES.get(DESK, "")} if verb == "call" else {}
    if verb == "left" and request.POST.get("noticed"):
        with suppress(ValueError):
            extra["noticed_by"] = uuid.UUID(request.POST["noticed"])
    moved = action(actor, visit_id, key=f"{verb}:{visit_id}:{version}", **extra)
    return _changed(request, actor, verb, moved, page="queue")


@needs("queue.call", methods=("POST",))
def desk(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Say at which desk I sit today; kept on this device."""
    response = redirect("queue")
    response.set_cookie(DESK, request.POST.get("desk", "")[:20], max_age=12 * 3600, samesite="Lax")
    return response


@needs("day.close", methods=("POST",))
def close_day(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Close today at this centre, before its hours end."""
    day = _today(actor)
    if request.POST.get("sure") != "yes":
        said = state_words()
        return render(
            request,
            "frontdesk/close_day.html",
            {
                "open": [
                    {
                        "id": card.id,
                        "ticket": card.ticket,
                        "name": card.name,
                        "state": said[card.state],
                        "usual": Ending.SEEN if card.state == "serving" else Ending.LEFT,
                    }
                    for card in queries.queue(actor.centre, day)
                ],
                "endings": [(code, text()) for code, text in ENDINGS.items()],
                "expected": queries.numbers_of(actor.centre, day).expected,
            },
        )
    endings = {}
    for field, value in request.POST.items():
        if field.startswith("e-") and value in ENDINGS:
            with suppress(ValueError):
                endings[uuid.UUID(field[2:])] = value
    actions.close_day(actor, actor.centre, day, key=f"close:{actor.centre}:{day}", endings=endings)
    return redirect(f"{reverse('queue')}?closed")


ENDINGS: dict[str, Callable[[], str]] = {
    Ending.LEFT: lambda: _("Left"),
    Ending.SEEN: lambda: _("Seen"),
    Ending.AGAIN: lambda: _("Asked to come again with an appointment"),
    Ending.PASSED_ON: lambda: _("Passed on"),
}
"""How a visit can end with the day, in words; what is over after hours or by an alarm nobody is asked about."""


# live news


def _part(actor: Actor, language: str, page: str) -> live.Render:
    """What some news changed on a page, for everybody of one role at one centre in one language."""
    screen = actor.as_screen()

    def render_part(heard: Sequence[News]) -> str | None:
        today = _today(screen)
        news = [one for one in heard if one.topic != "diary" or concerns(one, today, today)]
        if not news:
            return ""
        if any(one.topic not in ("visit", "help") for one in news):
            return None
        ids = {one.subject_id for one in news if one.topic == "visit"}
        if not ids:
            return ""
        with as_actor(screen), words.spoken(language, actor=screen):
            centre, day = screen.centre, _today(screen)
            numbers = queries.numbers_of(centre, day)
            asked = meeting.asked_now(centre, day)
            if page == "arrivals":
                lines = queries.arrivals_of(centre, day, list(ids))
                return get_template("frontdesk/_arrivals_news.html").render(
                    {
                        "rows": as_rows(screen, lines, into="lines"),
                        "gone": [short(one) for one in ids - {line.visit_id for line in lines}],
                        "numbers": numbers,
                        "asked": asked,
                        "may_check_in": may(screen, "arrivals.check_in"),
                    }
                )
            shown = drawn(screen, queries.cards_of(centre, day, list(ids)), into=True)
            return get_template("frontdesk/_queue_news.html").render(
                {
                    "cards": shown,
                    "gone": sorted(ids - {one.card.id for one in shown}),
                    "lines": queries.lines(centre, day),
                    "may_close": may(screen, "day.close"),
                    "numbers": numbers,
                    "asked": asked,
                }
            )

    return render_part


def _news(request: HttpRequest, actor: Actor, page: str) -> HttpResponseBase:
    language = words.language()
    member_id = actor.member_id
    assert member_id is not None

    still_here = request.still_here  # type: ignore[attr-defined]

    def still_allowed() -> bool:
        with as_actor(actors.DOOR):
            return actors.member(member_id) is not None and still_here()

    view = View(page, actor.centre, actor.role, language)
    render_part = views_line.render_help(actor, language) if page == "help" else _part(actor, language, page)
    stream = live.hub().stream(view, render_part, still_allowed)
    if page == "help":
        # No page asks the database for it: the stream begins with how it stands.
        stream = _begun_with(live.as_event("parts", views_line.help_strip(actor)), stream)
    response = StreamingHttpResponse(
        stream,
        content_type="text/event-stream",
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


@needs("arrivals.see")
def arrivals_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of the arrivals."""
    return _news(request, actor, "arrivals")


@needs("queue.call")
def queue_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of the queue."""
    return _news(request, actor, "queue")


async def _begun_with(first: bytes, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for event in stream:
        yield event


@needs("queue.call")
def help_news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of who asks for help, for every page."""
    return _news(request, actor, "help")
