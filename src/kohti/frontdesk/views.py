"""The day's arrivals: who is expected, checked in, or walks in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.diary import sessions
from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import new_id, short
from kohti.kernel.ids import typed as typed_id

from . import actions, day_sheets, elsewhere, meeting, notices, queries
from .actions import Moved
from .elsewhere import Known, known_person
from .forms import USUAL, WalkInForm
from .line_hours import hours_of_lines
from .models import OPEN, Reason
from .queries import Arrival
from .showing import as_known, as_lines, as_rows


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
    notices.from_address(request, actor)
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


def _changed(
    request: HttpRequest,
    actor: Actor,
    verb: str,
    moved: Moved,
    *,
    clear: bool = False,
    expected: uuid.UUID | None = None,
) -> HttpResponseBase:
    """After a change: the notice and the changed line to a script, the page to a browser without.

    `expected`: an appointment that has a line of its own again.
    """
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('arrivals')}?said={verb}&visit={moved.visit_id}")
    notice = notices.notice_of(verb, moved)
    line = queries.arrival_of(actor.centre, _today(actor), moved.visit_id, moved.booking_id)
    lines = [
        line,
        queries.arrival_of(actor.centre, _today(actor), moved.visit_id, expected) if expected else None,
    ]
    if verb == "check-in" and line and line.name:
        notice["text"] = _("%(name)s is checked in. Their ticket:") % {"name": words.apart(line.name)}
        notice |= notices.said_at_the_door(actor, moved, line)
    answer = render(
        request,
        "frontdesk/_arrivals_changed.html",
        {
            "notice_": notice,
            "clear": clear,
            "rows": as_rows(actor, [one for one in lines if one], into="lines"),
            # A walk-in who is checked in for an appointment has that one's line from then on.
            "gone": [] if line and line.booking_id is None else [short(moved.visit_id)],
        },
    )
    answer.headers["HX-Retarget"] = "#notices"
    return answer


@needs("arrivals.check_in", methods=("POST",))
def check_in(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """One press on a line: they are here."""
    version = request.POST.get("v", "0")[:10]
    moved = actions.check_in(actor, booking_id, key=f"check-in:{booking_id}:{version}")
    return _changed(request, actor, "check-in", moved, clear=True)


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
        return _changed(request, actor, "check-in", moved, clear=True)
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
    hours = {one.stream_id: one for one in hours_of_lines(actor).values()}
    reasons = [one for one in queries.reasons() if not one.by_hand or one.stream_id in hours]
    closed = {line: one.said(actor) for line, one in hours.items() if not one.opened}
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
    booking_id = typed_id(request.POST.get("booking", ""))
    moved = actions.undo_check_in(actor, visit_id, booking_id=booking_id, key=f"undo:{visit_id}")
    return _changed(request, actor, "undo", moved, expected=booking_id if moved.booking_id is None else None)
