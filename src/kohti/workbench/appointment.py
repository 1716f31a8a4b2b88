"""The ten-minute appointment: what was, what is and what will be, on one page, saved together."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.design.fields import DayField
from kohti.diary import actions as diary
from kohti.diary import free
from kohti.diary.models import Booking, Kind
from kohti.journeys import actions, queries, rules, said
from kohti.journeys.actions import MoveStep, NewContact, NewStep, Said
from kohti.journeys.models import Journey, Step
from kohti.journeys.views.plan import step_line
from kohti.kernel import clock, drafts, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import KohtiError, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people.bar import bar

ABOUT = "appointment"
MOST_NOTE = 20_000
NOT_KEPT = {"csrfmiddlewaretoken", "draft", "key"}
MOVED_DAYS = 7


def _way(way_id: uuid.UUID) -> Journey:
    way = queries.journey(way_id)
    if way.closed_at is not None:
        raise NotThere("no open way")
    return way


@needs("journeys.work", methods=("GET", "POST"))
def appointment(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """One contact with everything that belongs to it. What was typed is kept as a draft until it is saved."""
    way = _way(way_id)
    steps = queries.open_steps(way.id)
    trouble = ""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            with all_or_nothing():
                _save(actor, way, steps, request.POST)
                drafts.drop(ABOUT, way.id)
        except _Wrong as one:
            wrong = one.fields
        except Refused as one:
            trouble = str(one.message)
        else:
            return redirect(f"{reverse('plan', args=[way.person_id])}?said=saved")
    card = people.open_person(actor, way.person_id)
    kept = drafts.find(ABOUT, way.id)
    typed = request.POST if request.method == "POST" else _typed(kept)
    return render(
        request,
        "workbench/appointment.html",
        bar(actor, card, "plan")
        | _shown(actor, way, steps, typed)
        | {
            "key": request.POST.get("key") or new_id(),
            "draft": _draft_line(actor, kept),
            "trouble": trouble,
            "wrong": wrong,
        },
        status=422 if request.method == "POST" else 200,
    )


def _typed(kept: drafts.Draft | None) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name, values in (kept.values if kept else {}).items():
        typed.setlist(name, values)
    return typed


def _draft_line(actor: Actor, kept: drafts.Draft | None) -> dict[str, Any]:
    return {
        "version": kept.version if kept else 0,
        "at": words.clock_time(kept.at, actor.zone) if kept else "",
        "elsewhere": "",
    }


@needs("journeys.work", methods=("POST",))
def keep_draft(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """Keep what is being typed; answers with when, and with the version the window knows from now on."""
    way = _way(way_id)
    known = request.POST.get("draft", "")
    values = {name: list(request.POST.getlist(name)) for name in request.POST if name not in NOT_KEPT}
    line: dict[str, Any]
    try:
        version = drafts.keep(ABOUT, way.id, values, version=int(known) if known.isdigit() else 0)
        line = {"version": version, "at": words.clock_time(clock.now(), actor.zone), "elsewhere": ""}
    except Refused as one:
        line = {"version": known, "at": "", "elsewhere": str(one.message)}
    response: HttpResponse = render(request, "workbench/_draft.html", {"draft": line})
    return response


def _shown(actor: Actor, way: Journey, steps: list[Step], typed: QueryDict) -> dict[str, Any]:
    today = clock.today(actor.zone)
    stages = rules.stages(actor)
    known = life.fields_of_life(actor)
    last = next(iter(queries.last_contacts(way.id)), None)
    said_before = {(one.field, one.view): one for one in queries.needs(way.id)}
    scales = {code: rules.scale(actor, code) for code in known}
    return {
        "way": way,
        "last": {
            "day": words.day_long(last.at.astimezone(actor.zone).date()),
            "how": said.chosen(said.CHANNELS, last.channel) if last.came else _("Did not come"),
            "who": last.who,
            "text": last.text,
        }
        if last
        else None,
        "promised": [one.words for one in steps if one.who == Step.Who.COACH],
        "steps": [
            step_line(one, today)
            | {
                "chosen": typed.get(f"step-{one.id}", ""),
                "typed_why": typed.get(f"why-{one.id}", ""),
                "typed_version": typed.get(f"v-{one.id}", one.version),
            }
            for one in steps
        ],
        "channels": [(code, text()) for code, text in said.CHANNELS.items()],
        "channel": typed.get("channel", "here"),
        "note": typed.get("note", ""),
        "fields": [(code, name, sealed) for code, (name, sealed) in known.items()],
        "marked": typed.getlist("field"),
        "needs": [
            {
                "code": code,
                "title": name,
                "own": typed.get(f"own-{code}", ""),
                "coach": typed.get(f"coach-{code}", ""),
                "own_before": _before(scales[code], said_before.get((code, "own"))),
                "coach_before": _before(scales[code], said_before.get((code, "coach"))),
                "levels": [
                    ("", _("as before")),
                    *((str(level or "none"), text) for level, text in scales[code].items()),
                ],
            }
            for code, (name, _sealed) in known.items()
        ],
        "stages": [("", _("as before")), *((one.code, one.title) for one in stages)],
        "stage": typed.get("stage", ""),
        "outcomes": [("", ""), *((one.code, one.title) for one in rules.outcomes(actor))],
        "outcome": typed.get("outcome", ""),
        "next_words": typed.get("next", ""),
        "next_who": typed.get("next-who", "person"),
        "whos": [(code, text()) for code, text in said.WHO.items()],
        "next_day": [typed.get(f"next-day_{n}", "") for n in range(3)]
        if "next-day_0" in typed
        else today + timedelta(days=MOVED_DAYS),
        "times": _times(actor, way, today),
        "time": typed.get("time", ""),
    }


def _before(scale: rules.Scale, rating: queries.Rating | None) -> str:
    return scale[rating.level] if rating else ""


def _kind(actor: Actor) -> Kind | None:
    return Kind.objects.filter(service_id=actor.service, retired=False).order_by("minutes", "code").first()


def _times(actor: Actor, way: Journey, today: date) -> list[tuple[str, str]]:
    kind = _kind(actor)
    if kind is None or actor.staff_id is None:
        return []
    found = free.free_times(
        actor,
        staff_id=actor.staff_id,
        person_id=way.person_id,
        minutes=kind.minutes,
        first=today + timedelta(days=MOVED_DAYS),
    )
    return [
        (
            one.starts.isoformat(),
            f"{words.day_long(one.starts.astimezone(actor.zone).date())}"
            f" {words.clock_time(one.starts, actor.zone)}",
        )
        for one in found
    ]


class _Wrong(KohtiError):
    """Something typed cannot be so; `fields` says what, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__(" ".join(fields.values()))


def _save(actor: Actor, way: Journey, steps: list[Step], typed: QueryDict) -> None:
    """Write the contact, and all that goes with it; sent twice, it is written once. Raises _Wrong, Refused."""
    key = typed.get("key", "")
    if once.first_time("appointment.save", f"appointment:{key}", way.id) is not None:
        return
    wrong: dict[str, str] = {}
    came = "missed" not in typed
    note = typed.get("note", "").strip()
    if len(note) > MOST_NOTE:
        wrong["note"] = _(
            "This note has %(n)s characters; %(most)s fit. Shorten it, or keep it as a paper."
        ) % {
            "n": len(note),
            "most": MOST_NOTE,
        }
    changes: list[actions.Change] = []
    today = clock.today(actor.zone)
    for step in steps:
        state = typed.get(f"step-{step.id}", "")
        if not state:
            continue
        version = typed.get(f"v-{step.id}", "")
        why = typed.get(f"why-{step.id}", "").strip()
        if state in ("stuck", "dropped") and not why:
            wrong[f"why-{step.id}"] = _("Say what would help.") if state == "stuck" else _("Say why.")
        moved = state == "moved"
        changes.append(
            MoveStep(
                id=step.id,
                version=int(version) if version.isdigit() else step.version,
                state="" if moved else state,
                why=why,
                due_on=max(step.due_on or today, today) + timedelta(days=MOVED_DAYS) if moved else None,
            )
        )
    words_of_next = typed.get("next", "").strip()
    if words_of_next:
        try:
            due = DayField(required=False).clean([typed.get(f"next-day_{n}", "") for n in range(3)])
        except ValidationError as trouble:
            due = None
            wrong["next-day"] = " ".join(trouble.messages)
        if due is not None and due < today:
            wrong["next-day"] = actions.due_before_it_begins()
        changes.append(NewStep(words=words_of_next, who=typed.get("next-who", "person"), due_on=due))
    if not came and not words_of_next:
        days = rules.plan_rules(actor).missed_days
        changes.append(
            NewStep(words=_("Ask why they did not come"), who="coach", due_on=today + timedelta(days=days))
        )
    said_now = [
        Said(code, int(level) if level.isdigit() else None, view)
        for code in life.fields_of_life(actor)
        for view in ("own", "coach")
        if (level := typed.get(f"{view}-{code}", ""))
    ]
    if wrong:
        raise _Wrong(wrong)
    mine = Booking.objects.filter(person_id=way.person_id, staff=actor.staff_id, day=today)
    booked = mine.filter(state__in=("booked", "kept", "missed")).order_by("starts").first()
    if booked is not None and booked.starts <= clock.now() + timedelta(hours=1):
        wanted = Booking.State.KEPT if came else Booking.State.MISSED
        if booked.state != wanted:
            diary.mark(actor, booked.id, wanted, expected=["booked", "kept"])
    actions.write_contact(
        actor,
        way.id,
        NewContact(
            channel=typed.get("channel", "here") if typed.get("channel") in said.CHANNELS else "here",
            came=came,
            text=note,
            fields=tuple(code for code in typed.getlist("field") if code in life.fields_of_life(actor)),
            booking_id=booked.id if booked else None,
            needs=tuple(said_now),
            changes=tuple(changes),
        ),
        key=f"contact:{key}",
    )
    if stage := typed.get("stage", ""):
        actions.move_to_stage(actor, way.id, stage)
    if outcome := typed.get("outcome", ""):
        actions.reach(actor, way.id, outcome, today, key=f"outcome:{key}")
    _book(actor, way, typed.get("time", ""))


def _book(actor: Actor, way: Journey, chosen: str) -> None:
    kind = _kind(actor) if chosen else None
    if kind is None:
        return
    times = {value for value, _text in _times(actor, way, clock.today(actor.zone))}
    if chosen not in times:
        raise Refused(_("That time has just been taken. Choose another."), code="clash")
    diary.book(
        actor,
        actor.centre,
        [
            diary.NewBooking(
                starts=datetime.fromisoformat(chosen),
                minutes=kind.minutes,
                kind_id=kind.id,
                person_id=way.person_id,
                staff_id=actor.staff_id,
            )
        ],
    )
