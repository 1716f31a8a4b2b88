"""One visit in the line, and what happens to a whole line: parked, handed over, what follows; everybody out; help."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.diary import free
from kohti.diary.actions import NewBooking
from kohti.kernel import clock, history, ids, live, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.live import News
from kohti.kernel.once import all_or_nothing

from . import actions, in_line, queries
from .line_hours import hours_of_lines
from .showing import as_cards, state_words

DESK = "kohti_desk"
PARK_MINUTES = (10, 20, 30, 60)


def _today(actor: Actor) -> Any:
    return clock.today(actor.zone)


# ---------------------------------------------------------------- one visit


@needs("queue.call")
def visit(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """One visit of today in the line: why it stands where it does, and what else can be done with it."""
    return _visit_page(request, actor, visit_id)


def _visit_page(
    request: HttpRequest, actor: Actor, visit_id: uuid.UUID, *, wrong: str = "", status: int = 200
) -> HttpResponseBase:
    day = _today(actor)
    cards = queries.queue(actor.centre, day)
    lines = queries.lines(actor.centre, day)
    card = next((one for one in cards if one.id == visit_id), None)
    if card is None:
        if actions.as_it_is(visit_id) is None:
            raise Http404
        return redirect("queue")
    colleagues = in_line.colleagues_here(actor)
    not_held = {code: one.said(actor) for code, one in hours_of_lines(actor).items() if not one.opened}
    now = clock.now()
    offered = in_line.follows(actor, visit_id) if card.state == "serving" else None
    times = (
        free.free_times(
            actor,
            staff_id=offered.staff_id,
            person_id=offered.person_id,
            minutes=offered.minutes,
            first=day + timedelta(days=1),
        )
        if offered is not None
        else []
    )
    shown = as_cards(actor, [card], waits=in_line.waits_of(cards, lines))[0]
    return render(
        request,
        "frontdesk/visit.html",
        {
            "one": shown,
            "wrong": wrong,
            "words": typed if (typed := request.POST.get("word", "")[: actions.MOST_TEXT]) else card.word,
            "state_words": state_words(),
            "line": next((words.title(one.title) for one in lines if one.code == card.stream), ""),
            "others": [
                (one.code, words.title(one.title), not_held.get(one.code, ""))
                for one in lines
                if not one.of_appointments
            ],
            "colleagues": [(one.id, one.name) for one in colleagues if one.id != actor.staff_id],
            "noticed": [(one.id, one.name) for one in colleagues],
            "me": actor.staff_id,
            "until": [
                (minutes, words.clock_time(now + timedelta(minutes=minutes), actor.zone))
                for minutes in PARK_MINUTES
            ],
            "key": new_id(),
            "times": [
                (
                    f"{one.starts.isoformat()} {one.room_id or ''}".strip(),
                    ", ".join(part for part in (_said(one.starts, actor.zone), one.room) if part),
                )
                for one in times
            ],
            "with_whom": offered.staff if offered is not None else "",
            "may_book": may(actor, "diary.book"),
            "refer": card.person_id if may(actor, "referrals.write") else None,
        },
        status=status,
    )


def _said(at: datetime, zone: ZoneInfo) -> str:
    return f"{words.day_short(at.astimezone(zone).date())} {words.clock_time(at, zone)}"


@needs("queue.call", methods=("POST",))
def park(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """Nobody calls them before a time that is chosen: so many minutes from now."""
    given = request.POST.get("minutes", "")
    minutes = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    try:
        with all_or_nothing():
            moved = actions.park(
                actor,
                visit_id,
                until=clock.now() + timedelta(minutes=minutes),
                word=request.POST.get("word", ""),
                key=_key(request, "park"),
            )
    except Refused as trouble:
        return _visit_page(request, actor, visit_id, wrong=str(trouble), status=422)
    return redirect(f"{reverse('queue')}?said=parked&visit={moved.visit_id}")


@needs("queue.call", methods=("POST",))
def hand_over(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """They go on to a colleague or another line, with a word."""
    given = request.POST.get("to", "")
    try:
        to_staff: uuid.UUID | None = uuid.UUID(given)
    except ValueError:
        to_staff = None
    try:
        with all_or_nothing():
            moved = actions.hand_over(
                actor,
                visit_id,
                to_staff=to_staff,
                to_stream="" if to_staff else given[:40],
                word=request.POST.get("word", ""),
                key=_key(request, "hand-over"),
            )
    except Refused as trouble:
        return _visit_page(request, actor, visit_id, wrong=str(trouble), status=422)
    return redirect(f"{reverse('queue')}?said=handed-over&visit={moved.visit_id}")


@needs("queue.call", methods=("POST",))
def done_and(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """The talk is over, and the next appointment is made in the same move."""
    offered = in_line.follows(actor, visit_id)
    at, _space, room = request.POST.get("starts", "").partition(" ")
    try:
        starts = datetime.fromisoformat(at)
    except ValueError:
        starts = None
    if offered is None or starts is None or starts.tzinfo is None:
        return _visit_page(request, actor, visit_id, wrong=_("Choose a time."), status=422)
    try:
        with all_or_nothing():
            moved = actions.finish(
                actor,
                visit_id,
                key=_key(request, "done-and"),
                following=NewBooking(
                    starts=starts,
                    minutes=offered.minutes,
                    kind_id=offered.kind_id,
                    person_id=offered.person_id,
                    staff_id=offered.staff_id,
                    room_id=ids.typed(room),
                ),
            )
    except Refused as trouble:
        return _visit_page(request, actor, visit_id, wrong=str(trouble), status=422)
    return redirect(f"{reverse('queue')}?said=done&visit={moved.visit_id}")


def _key(request: HttpRequest, verb: str) -> str:
    return f"{verb}:{request.POST.get('key', '')[:60] or new_id()}"


# ---------------------------------------------------------------- everybody out


@needs("queue.call", methods=("GET", "POST"))
def alarm(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """One press: everybody out, nobody in. Then who was in the building, to print or to read from a telephone."""
    if "key" in request.POST:
        actions.everybody_out(actor, key=_key(request, "alarm"))
        return redirect("alarm")
    since = in_line.out_since(actor)
    inside = in_line.who_was_inside(actor) if since else []
    persons = [one.person_id for one in inside if one.person_id]
    if persons:
        history.record("person.listed", "centre", actor.centre, persons=list(dict.fromkeys(persons)))
    return render(
        request,
        "frontdesk/alarm.html",
        {
            "since": words.clock_time(since, actor.zone) if since else "",
            "inside": inside,
            "how_many": ngettext(
                "%(n)s visitor was in the building", "%(n)s visitors were in the building", len(inside)
            )
            % {"n": len(inside)},
            "colleagues": in_line.colleagues_here(actor) if since else [],
            "key": new_id(),
        },
    )


@needs("queue.call", methods=("POST",))
def alarm_over(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Open again: everybody back to their place."""
    if "key" not in request.POST:
        return redirect("alarm")
    actions.open_after_alarm(actor, key=_key(request, "alarm-over"))
    return redirect(f"{reverse('queue')}?open")


# ---------------------------------------------------------------- help at a desk


def help_calls(actor: Actor) -> list[dict[str, Any]]:
    """Who asks for help at the actor's centre now, in words. One statement."""
    return [
        {
            "id": one.id,
            "text": (
                _("%(name)s asks for help at desk %(desk)s.") if one.desk else _("%(name)s asks for help.")
            )
            % {"name": words.apart(one.name), "desk": one.desk},
            "comes": one.comes,
            "by": one.staff_id,
            "mine": one.staff_id == actor.staff_id,
        }
        for one in in_line.asked_now(actor)
    ]


def help_strip(actor: Actor, csrf_token: str = "") -> str:
    """The strip on top of every page: who asks for help, and who goes."""
    made: str = get_template("frontdesk/_help_calls.html").render(
        {"help_calls": help_calls(actor), "csrf_token": csrf_token}
    )
    return made


@needs("queue.call", methods=("POST",))
def ask_for_help(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """One press: every colleague of the centre sees and hears where help is needed."""
    # The same press sent twice asks once: one colleague asks once at a time.
    actions.ask_for_help(actor, desk=request.COOKIES.get(DESK, ""), key=f"help:{new_id()}")
    return _after_help(request, _("Your colleagues have been told."))


@needs("queue.call", methods=("POST",))
def help_go(request: HttpRequest, actor: Actor, help_id: uuid.UUID) -> HttpResponseBase:
    """This colleague goes."""
    actions.go_to_help(actor, help_id, key=f"help-go:{help_id}:{actor.member_id}")
    return _after_help(request, _("Your colleagues see that you go."))


@needs("queue.call", methods=("POST",))
def help_over(request: HttpRequest, actor: Actor, help_id: uuid.UUID) -> HttpResponseBase:
    """It is over, says who asked or who came."""
    actions.end_help(actor, help_id, key=f"help-over:{help_id}:{actor.member_id}")
    return _after_help(request, _("Everybody sees that it is over."))


def _after_help(request: HttpRequest, text: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return render(request, "frontdesk/_said.html", {"text": text})
    came_from = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(came_from, allowed_hosts=None)
    return redirect(came_from if safe else reverse("queue"))


def render_help(actor: Actor, language: str) -> live.Render:
    """What news of help changes on every page of one role at one centre."""
    screen = actor.as_screen()

    def render_part(news: Sequence[News]) -> str | None:
        if not any(one.topic in ("help", "day") for one in news):
            return ""
        with as_actor(screen), words.spoken(language, actor=screen):
            return help_strip(screen)

    return render_part
