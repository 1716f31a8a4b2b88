"""The pages on which two records of one person become one, and two again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.diary.models import Booking
from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import InAddresses, new_id, short
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people import spoken
from kohti.people.bar import bar
from kohti.people.models import Person
from kohti.people.views.finding import WHY

from . import actions, queries
from .actions import BOTH, FIELDS
from .queries import Record, SideBySide

FIELD_NAMES = {
    "full_name": lambda: _("Full name"),
    "called": lambda: _("What to call them"),
    "date_of_birth": lambda: _("Date of birth"),
    "languages": lambda: _("Languages"),
    "interpreter": lambda: _("Interpreter needed"),
    "safe_contact": lambda: _("Safe contact"),
    "not_by": lambda: _("Do not use"),
}
COUNTED: dict[str, Callable[[], str]] = {
    "journeys_journey": lambda: _("Plan"),
    "journeys_contact": lambda: _("Contacts with them"),
    "journeys_step": lambda: _("Steps"),
    "journeys_outcome": lambda: _("What was reached"),
    "people_contact": lambda: _("How to reach them"),
    "people_mark": lambda: _("What to know"),
    "people_note": lambda: _("Notes"),
    "people_attachment": lambda: _("Documents"),
    "people_representative": lambda: _("Guardians and representatives"),
    "people_household": lambda: _("Household"),
    "people_alert": lambda: _("To look at"),
    "diary_booking": lambda: _("Appointments"),
    "frontdesk_visit": lambda: _("Visits"),
    "kernel_message": lambda: _("Messages"),
}
"""What is counted on the page, in words; the rest comes along as parts of these."""
LISTED = ("people_contact", "people_mark")
"""What stands on the page in full: counted only where some of it is sealed from the reader."""


def _name(person: Person) -> str:
    return person.full_name or _("No name given")


def _value(person: Person, name: str) -> str:
    value = getattr(person, name)
    if name == "languages":
        return spoken.names_of(value)
    if name == "interpreter":
        return spoken.name_of(value) if value else ""
    if isinstance(value, date):
        return words.day_short(value)
    return str(value or "")


def _default(both: SideBySide, name: str) -> str:
    """What is chosen before anybody chooses: nothing that is known is lost, and the kept record's goes first."""
    kept, gone = getattr(both.kept.person, name), getattr(both.gone.person, name)
    if kept == gone or not gone:
        return "kept"
    if not kept:
        return "gone"
    return "both" if name in BOTH else "kept"


def _chosen(request: HttpRequest, both: SideBySide) -> dict[str, str]:
    given = {name: request.POST.get(name, "") for name in FIELDS}
    allowed = {name: ("kept", "gone", "both") if name in BOTH else ("kept", "gone") for name in FIELDS}
    return {name: value if value in allowed[name] else _default(both, name) for name, value in given.items()}


def _fields(both: SideBySide, chosen: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for name in FIELDS:
        kept, gone = _value(both.kept.person, name), _value(both.gone.person, name)
        join = ", " if name == "languages" else "; "
        together = join.join(dict.fromkeys(part for part in (kept, gone) if part))
        if name == "languages":
            codes = [*both.kept.person.languages, *both.gone.person.languages]
            together = spoken.names_of(list(dict.fromkeys(codes)))
        found.append(
            {
                "name": name,
                "label": FIELD_NAMES[name](),
                "kept": kept,
                "gone": gone,
                "both": together if name in BOTH and kept and gone and kept != gone else "",
                "same": kept == gone,
                "chosen": chosen[name],
                "result": {"kept": kept, "gone": gone, "both": together}[chosen[name]],
            }
        )
    return found


def _record(actor: Actor, one: Record) -> dict[str, Any]:
    zone = actor.zone
    person = one.person
    return {
        "id": person.id,
        "name": _name(person),
        "reference": person.reference,
        "since": words.day_of(person.created_at, zone),
        "contacts": [
            {"id": way.id, "value": way.value, "note": way.note, "hidden": bool(way.sealed)}
            for way in one.contacts
        ],
        "marks": [
            {
                "words": mark.words,
                "danger": mark.kind == "danger",
                "sealed": bool(mark.sealed),
                "ends": words.day_short(mark.ends_on) if mark.ends_on else "",
            }
            for mark in one.marks
        ],
        "no_messages": person.no_messages,
        "hidden": person.address_hidden,
        "restricted": person.restricted,
        "way": _way(actor, one),
        "visits": [f"{visit.letter}{visit.number:02d}" for visit in one.visits],
        "counts": [
            {"label": label(), "number": one.counts[table][0], "sealed": one.counts[table][1]}
            for table, label in COUNTED.items()
            if one.counts.get(table, (0, 0))[table in LISTED]
        ],
        "sealed": sum(hidden for _number, hidden in one.counts.values()),
    }


def _without(request: HttpRequest, both: SideBySide) -> set[uuid.UUID]:
    """Which ways to reach them do not stay: those that were not ticked, of those that were shown."""
    shown = {way.id for one in (both.kept, both.gone) for way in one.contacts}
    if "without" in request.POST:
        named = set(request.POST["without"].split())
        return {one for one in shown if str(one) in named}
    if "ways_shown" in request.POST:
        ticked = set(request.POST.getlist("stays"))
        return {one for one in shown if str(one) not in ticked}
    return set()


def _together(actor: Actor, both: SideBySide, without: set[uuid.UUID]) -> dict[str, Any]:
    """How to reach the one person and what to know of them: both records', the same number once."""
    kept, gone = _record(actor, both.kept), _record(actor, both.gone)
    known = {
        (way.kind, way.plain, way.sealed) for way in both.kept.contacts if way.plain and way.id not in without
    }
    new = [
        line
        for way, line in zip(both.gone.contacts, gone["contacts"], strict=True)
        if (way.kind, way.plain, way.sealed) not in known
    ]
    return {
        "contacts": [line for line in (*kept["contacts"], *new) if line["id"] not in without],
        "marks": [*kept["marks"], *gone["marks"]],
        "hidden": kept["hidden"] or gone["hidden"],
        "no_messages": kept["no_messages"] or gone["no_messages"],
        "restricted": kept["restricted"] or gone["restricted"],
    }


def _way(actor: Actor, one: Record) -> dict[str, Any] | None:
    way = one.way
    if way is None:
        return None
    return {
        "id": str(way.id),
        "since": words.day_of(way.opened_at, actor.zone),
        "coach": way.owner.staff.full_name if way.owner else "",
    }


def _booking(actor: Actor, one: Booking) -> str:
    at = one.starts.astimezone(actor.zone)
    who = f", {one.staff.full_name}" if one.staff else ""
    return f"{words.day_short(at.date())} {words.clock_time(one.starts, actor.zone)}{who}"


@needs("people.merge", methods=("GET", "POST"))
def merge(request: HttpRequest, actor: Actor, person_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponseBase:
    """Two records side by side, what stays of each field, what will be so afterwards, and the merge itself."""
    both = queries.side_by_side(actor, person_id, other_id)
    chosen, without = _chosen(request, both), _without(request, both)
    ways = [one.way for one in (both.kept, both.gone) if one.way is not None]
    way = request.POST.get("way", "")
    going_on = next((one for one in ways if str(one.id) == way), None)
    trouble = ""
    preview = request.method == "POST" and "back" not in request.POST
    if preview and len(ways) == 2 and going_on is None:
        trouble, preview = actions.why_not(actor, "which-way"), False
    elif preview and request.POST.get("sure"):
        try:
            with all_or_nothing():
                if request.POST.get("seen") != both.seen:
                    raise Refused(
                        _("Something was changed on one of the two meanwhile. Look once more."),
                        code="changed",
                    )
                actions.merge(
                    actor,
                    person_id,
                    other_id,
                    chosen,
                    key=f"merge:{request.POST.get('key', '')}",
                    way_id=going_on.id if going_on else None,
                    without=without,
                )
        except Refused as refused:
            trouble = str(refused.message)
        else:
            return redirect(f"{reverse('person', args=[person_id])}?said=kept")
    return render(
        request,
        "workbench/merge_sure.html" if preview else "workbench/merge.html",
        {
            "kept": _record(actor, both.kept),
            "gone": _record(actor, both.gone),
            "fields": _fields(both, chosen),
            "after": _together(actor, both, without),
            "without": without,
            "clashes": [(_booking(actor, stays), _booking(actor, ends)) for stays, ends in both.clashes],
            "two_ways": len(ways) == 2,
            "way": str(going_on.id) if going_on else "",
            "going_on": "kept" if going_on is both.kept.way else "gone",
            "seen": both.seen,
            "key": request.POST.get("key") or new_id(),
            "trouble": trouble,
        },
        status=422 if trouble else 200,
    )


@needs("people.merge")
def duplicates(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who of the centre may be written down twice, some at a time: `after` is the pair a page ended with."""
    pairs, further = queries.likely(actor, after=_pair(request.GET.get("after", "")))
    why = {**WHY, queries.SAME_REFERENCE: lambda: _("same reference, written differently")}
    return render(
        request,
        "workbench/duplicates.html",
        {
            "pairs": [
                {
                    "one": _line(pair.one),
                    "other": _line(pair.other),
                    "why": ", ".join(why[one]() for one in pair.why),
                }
                for pair in pairs
            ],
            "further": ".".join(short(one) for one in further) if further else "",
        },
    )


def _pair(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The pair that stands in an address; None for none, and for what is no pair."""
    one, _dot, other = text.partition(".")
    try:
        return InAddresses().to_python(one), InAddresses().to_python(other)
    except ValueError:
        return None


def _line(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": _name(person),
        "born": words.day_short(person.date_of_birth) if person.date_of_birth else "",
        "reference": person.reference,
    }


@needs("people.merge", methods=("POST",))
def apart(request: HttpRequest, actor: Actor, person_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponseBase:
    """Somebody looked: these are two."""
    actions.keep_apart(actor, person_id, other_id)
    return redirect("duplicates")


@needs("people.merge", methods=("GET", "POST"))
def same_as(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """The same person as somebody else: who, by search; and what was merged into this record before."""
    card = people.open_person(actor, person_id)
    typed = request.POST.get("q", "")
    found = people.find(actor, typed) if request.method == "POST" else None
    return render(
        request,
        "workbench/same_as.html",
        bar(actor, card, "person")
        | {
            "typed": typed,
            "found": None
            if found is None
            else [
                {
                    "id": one.id,
                    "name": one.full_name or _("No name given"),
                    "born": words.day_short(one.date_of_birth) if one.date_of_birth else "",
                    "reference": one.reference,
                }
                for one in found
                if one.id != person_id
            ],
            "merges": [
                (merge_id, words.day_of(at, actor.zone))
                for merge_id, at in queries.merges_into(actor, person_id)
            ],
        },
    )


@needs("people.merge", methods=("GET", "POST"))
def undo(request: HttpRequest, actor: Actor, merge_id: uuid.UUID) -> HttpResponseBase:
    """Two records again: what goes back, what stays, and the undoing itself."""
    made = queries.merge_of(actor, merge_id)
    trouble = ""
    if request.method == "POST":
        try:
            with all_or_nothing():
                undone = actions.unmerge(actor, merge_id)
        except Refused as refused:
            trouble = str(refused.message)
        else:
            if undone is None or not undone.left:
                return redirect(f"{reverse('person', args=[made.kept_id])}?said=kept")
            return render(
                request,
                "workbench/undone.html",
                {"left": undone.left, "kept": made.kept_id, "gone": undone.gone_id},
            )
    card = people.open_person(actor, made.kept_id)
    return render(
        request,
        "workbench/unmerge.html",
        bar(actor, card, "person")
        | {
            "merge_id": merge_id,
            "when": words.day_of(made.at, actor.zone),
            "who": made.who,
            "former": made.reference,
            "undone": made.undone,
            "since": [
                (label(), made.since[table]) for table, label in COUNTED.items() if made.since.get(table)
            ],
            "trouble": trouble,
        },
        status=422 if trouble else 200,
    )
