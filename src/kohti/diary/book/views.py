"""The pages of the appointment book."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import short
from kohti.kernel.live import News, View
from kohti.kernel.once import all_or_nothing
from kohti.people.promising import in_words, of_a_room

from .. import actions
from ..news import concerns
from ..suiting import a_room_for
from . import asking, finding, reading, saying, showing
from .asking import CancelForm, MoveForm, NewForm

SAID = {
    "booked": lambda: _("The appointment is booked."),
    "moved": lambda: _("The appointment is moved."),
    "cancelled": lambda: _("The appointment is cancelled."),
}


def _day_of(request: HttpRequest, actor: Actor) -> date:
    """The day that is asked for, typed or from an address; today for anything else."""
    return clock.day_typed(request.GET.get("day", "")) or clock.today(actor.zone)


def _around(request: HttpRequest, actor: Actor, day: date, step: int) -> dict[str, Any]:
    """What day pages and week pages have in common."""
    said = SAID.get(request.GET.get("said", ""))
    if said is not None:
        pages.say(request, said())
    someone = asking.person_of(request.GET.get("for", ""))
    return {
        "day": day,
        "today": clock.today(actor.zone),
        "before": day - timedelta(days=step),
        "after": day + timedelta(days=step),
        "someone": someone,
        "for_": short(someone.id) if someone else "",
        "as_list": request.GET.get("as") == "list",
        "may_close": actors.may(actor, "centre.close"),
    }


@needs("diary.book")
def day(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A day of the centre, by colleague or by room and desk."""
    wanted = _day_of(request, actor)
    found = reading.pages(actor, wanted, wanted)
    by = "room" if request.GET.get("by") == "room" else "staff"
    drawn = (
        showing.by_room(found, actor.zone)
        if by == "room"
        else showing.by_colleague(found, actor.zone, own=actor.staff_id)
    )
    return render(
        request,
        "diary/book.html",
        _around(request, actor, wanted, 1)
        | {
            "drawn": drawn,
            "by": by,
            "title": words.day_long(wanted),
            "closed": wanted not in found.open,
            "booked": sum(one.holds for one in found.blocks),
            "week_of": None,
            "here": reverse("book"),
            "colleague": None,
            "days": f"{wanted}",
        },
    )


@needs("diary.book")
def week(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """A week of one colleague of the centre."""
    return _week(request, actor, staff_id, what="s")


@needs("diary.book")
def week_of_room(request: HttpRequest, actor: Actor, room_id: uuid.UUID) -> HttpResponseBase:
    """A week of one room or desk of the centre."""
    return _week(request, actor, room_id, what="r")


def _week(request: HttpRequest, actor: Actor, of: uuid.UUID, *, what: str) -> HttpResponseBase:
    wanted = _day_of(request, actor)
    monday = wanted - timedelta(days=wanted.weekday())
    whose = {"staff_id" if what == "s" else "room_id": of}
    found = reading.pages(actor, monday, monday + timedelta(days=6), **whose)
    column = next((one for one in (found.colleagues if what == "s" else found.rooms) if one.id == of), None)
    if column is None:
        raise NotThere("no such column")
    return render(
        request,
        "diary/book.html",
        _around(request, actor, wanted, 7)
        | {
            "drawn": showing.week(found, of, actor.zone, what=what),
            "by": "week",
            "title": _("Week of %(day)s") % {"day": words.day_short(monday)},
            "closed": False,
            "booked": sum(one.holds for one in found.blocks),
            "week_of": column,
            "here": reverse(showing.WEEK_OF[what], args=[of]),
            "colleague": of if what == "s" else None,
            "days": f"{monday}.{monday + timedelta(days=6)}",
        },
    )


def _back(request: HttpRequest, day: date, said: str) -> HttpResponseBase:
    return redirect(f"{reverse('book')}?day={day}&said={said}")


@needs("diary.book", methods=("GET", "POST"))
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Book an appointment: at a free time somebody pressed or looked for, or at any other."""
    places = finding.centres(actor)
    if request.method != "POST":
        someone = asking.person_of(request.GET.get("for", ""))
        asked = asking.from_press(request.GET)
        choices = asking.Choices.read(actor, needs=_needs(someone, asked.get("day", clock.today(actor.zone))))
        asked = asking.with_a_room(actor, choices, asked)
        return _new_page(request, actor, NewForm(choices, initial=asked, centres=places), someone)
    someone = asking.person_of(request.POST.get("person", ""))
    choices = asking.Choices.read(actor, needs=_needs(someone, clock.today(actor.zone)))
    form = NewForm(choices, request.POST, centres=places)
    found = reading.find(actor, request.POST.get("q", "")[:100]) if request.POST.get("q") else None
    if {"find", "times", "take"} & set(request.POST):
        times = finding.times(actor, form, someone, choices.needs) if "times" in request.POST else None
        typed = request.POST.dict() | {"day": form["day"].value()}
        typed |= finding.taken(request.POST.get("take", ""))
        form = NewForm(choices, initial=typed, centres=places)
        return _new_page(request, actor, form, someone, found=found, times=times)
    if not form.is_valid():
        return _new_page(request, actor, form, someone, found=found, status=422)
    try:
        with all_or_nothing():
            made = actions.book_one(
                actor,
                actor.centre,
                form.booking(actor, actions.NewBooking),
                key=f"book:{form.cleaned_data['key']}",
            )
    except Refused as trouble:
        form.refused(trouble, actor)
        return _new_page(request, actor, form, someone, found=found, status=409)
    wanted: date = form.cleaned_data["day"]
    lacks = replace(choices, needs=_needs(someone, wanted)).lacks(form.chosen("room"))
    return _after(request, wanted, "booked", made, lacks)


def _needs(someone: reading.Somebody | None, on: date) -> tuple[str, ...]:
    """What somebody needs of a room on a day, as far as the reader may know."""
    return of_a_room(someone.heed, on) if someone else ()


def _after(
    request: HttpRequest, day: date, said: str, booking_id: uuid.UUID, lacks: bool
) -> HttpResponseBase:
    """Back to the book; to the appointment's own page where its room is without what helps, which it says there."""
    if lacks:
        return redirect(f"{reverse('book_one', args=[booking_id])}?said={said}")
    return _back(request, day, said)


def _new_page(
    request: HttpRequest,
    actor: Actor,
    form: NewForm,
    someone: reading.Somebody | None,
    *,
    found: Sequence[reading.Somebody] | None = None,
    times: Sequence[finding.Found] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    return render(
        request,
        "diary/book_new.html",
        {
            "form": form,
            "found": None if found is None else [(short(one.id), one.name) for one in found],
            "times": times,
            "typed": request.POST.get("q", "")[:100],
            "someone": (short(someone.id), someone.name) if someone else None,
            "waiting": reverse("ask_for_time", args=[someone.id]) if someone else "",
        },
        status=status,
    )


@needs("diary.book")
def one(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """An appointment: what it is, and the ways to move and to cancel it."""
    found = reading.appointment(actor, booking_id)
    said = SAID.get(request.GET.get("said", ""))
    if said is not None:
        pages.say(request, said())
    return _one_page(request, actor, found)


def _one_page(
    request: HttpRequest,
    actor: Actor,
    found: reading.Appointment,
    *,
    moving: MoveForm | None = None,
    cancelling: CancelForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    block = found.block
    choices = asking.Choices.read(actor, needs=found.needs)
    begins = asking.as_it_is(found, actor)
    lacks = found.lacks if block.state == "booked" else ()
    suits = a_room_for(actor, found.needs, block.starts, block.ends, but=block.id) if lacks else None
    return render(
        request,
        "diary/book_one.html",
        {
            "one": found,
            "day": words.day_long(block.day),
            "day_href": f"{reverse('book')}?day={block.day}",
            "time": f"{words.clock_time(block.starts, actor.zone)}–{words.clock_time(block.ends, actor.zone)}",
            "state": saying.STATE_WORDS[block.state](),
            "may_open": block.person_id is not None and actors.may(actor, "people.open"),
            "open": block.state == "booked",
            "moving": moving or MoveForm(choices, initial=begins),
            "lacks": in_words(lacks),
            "suits": suits,
            "into": asking.as_sent(begins, suits) if suits else {},
            "cancelling": cancelling
            or CancelForm(initial={"version": block.version, "key": f"{block.id}.{block.version}"}),
        },
        status=status,
    )


@needs("diary.book", methods=("POST",))
def move(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Put an appointment at another time, with another colleague, into another room."""
    found = reading.appointment(actor, booking_id)
    choices = asking.Choices.read(actor, needs=found.needs)
    form = MoveForm(choices, request.POST)
    if not form.is_valid():
        return _one_page(request, actor, found, moving=form, status=422)
    try:
        with all_or_nothing():
            moved = actions.move(actor, booking_id, **form.where(actor))
    except Refused as trouble:
        form.refused(trouble, actor)
        return _one_page(request, actor, reading.appointment(actor, booking_id), moving=form, status=409)
    return _after(request, moved.day, "moved", booking_id, choices.lacks(moved.room_id))


@needs("diary.book", methods=("POST",))
def cancel(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Cancel an appointment, and say why."""
    found = reading.appointment(actor, booking_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _one_page(request, actor, found, cancelling=form, status=422)
    try:
        with all_or_nothing():
            actions.cancel(
                actor,
                booking_id,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                key=f"cancel:{form.cleaned_data['key']}",
            )
    except Refused as trouble:
        form.add_error(None, str(trouble.message))
        return _one_page(request, actor, found, cancelling=form, status=409)
    return _back(request, found.block.day, "cancelled")


@needs("diary.book")
def news(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Live news of some days of the book: that it changed; each screen then asks for what it may see."""
    first, _dot, last = request.GET.get("days", "").partition(".")
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        begins = ends = clock.today(actor.zone)
    today = clock.today(actor.zone)

    def changed(heard: Sequence[News]) -> str | None:
        mine = any(
            begins <= today <= ends if one.topic == "visit" else concerns(one, begins, ends) for one in heard
        )
        return None if mine else ""

    view = View(f"book:{begins}:{ends}", actor.centre, actor.role, words.language())
    return pages.stream(request, actor, view, changed)
