"""Saving a contact with all that goes with it: together or not at all, and never over another's words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from kohti.design.fields import DayField
from kohti.diary import actions as diary
from kohti.diary import free
from kohti.diary.models import Booking, Kind
from kohti.journeys import actions, queries, rules, said
from kohti.journeys.actions import AtWork, MoveStep, NewContact, NewStep, Reached
from kohti.journeys.models import Journey, Step
from kohti.journeys.views.needs import chosen_levels
from kohti.journeys.views.plan import MOVED_DAYS
from kohti.kernel import clock, once, reading, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import KohtiError, Refused
from kohti.people import fields as life
from kohti.people import wording

from . import meantime

MOST_NOTE = 20_000
THEIRS = {"taken": "doing", "declined": "declined", "later": ""}
"""What only the person answers of a choice, and the state each leads to."""


def kind_of_appointment(actor: Actor) -> Kind | None:
    """The service's shortest kind of appointment, or None where it has none. One statement."""
    return Kind.objects.filter(service_id=actor.service, retired=False).order_by("minutes", "code").first()


def times(actor: Actor, way: Journey, today: date) -> list[tuple[str, str]]:
    """Free times of the coach and the person: the instant, and its words. Three statements."""
    return [
        (
            one.starts.isoformat(),
            f"{words.day_long(one.starts.astimezone(actor.zone).date())}"
            f" {words.clock_time(one.starts, actor.zone)}" + (f", {one.room}" if one.room else ""),
        )
        for one in _offered(actor, way, kind_of_appointment(actor), today)
    ]


def _offered(actor: Actor, way: Journey, kind: Kind | None, today: date) -> list[free.Free]:
    if kind is None or actor.staff_id is None:
        return []
    return free.free_times(
        actor,
        staff_id=actor.staff_id,
        person_id=way.person_id,
        minutes=kind.minutes,
        first=today + timedelta(days=MOVED_DAYS),
    )


class Wrong(KohtiError):
    """Something typed cannot be so; `fields` says what, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__(" ".join(fields.values()))


class Asked(KohtiError):
    """The note seems to name what should be sealed: who writes is asked once, and decides."""

    def __init__(self, questions: Sequence[wording.Question]) -> None:
        self.questions = questions
        super().__init__(" ".join(one.text for one in questions))


def _day(typed: QueryDict, name: str, wrong: dict[str, str]) -> date | None:
    try:
        found = DayField(required=False).clean([typed.get(f"{name}_{n}", "") for n in range(3)])
    except ValidationError as trouble:
        wrong[name] = " ".join(trouble.messages)
        return None
    return found if isinstance(found, date) else None


def _step_change(step: Step, typed: QueryDict, *, came: bool, wrong: dict[str, str]) -> MoveStep | None:
    chosen = typed.get(f"step-{step.id}", "")
    if not chosen or THEIRS.get(chosen, chosen) == step.state:
        return None
    version = typed.get(f"v-{step.id}", "")
    why = typed.get(f"why-{step.id}", "").strip()
    if chosen in ("stuck", "dropped") and not why:
        wrong[f"why-{step.id}"] = _("Say what would help.") if chosen == "stuck" else _("Say why.")
    if chosen in THEIRS and not came:
        wrong[f"step-{step.id}"] = _("They were not there. Only they can answer that.")
    day = None
    if chosen in ("moved", "later"):
        day = _day(typed, f"day-{step.id}", wrong)
        if day is None:
            wrong.setdefault(f"day-{step.id}", _("Give a day, a month and a year."))
    return MoveStep(
        id=step.id,
        version=int(version) if version.isdigit() else step.version,
        state=THEIRS.get(chosen, "" if chosen == "moved" else chosen),
        why=why,
        due_on=day if chosen == "moved" else None,
        ask_on=day if chosen == "later" else None,
        said="here" if chosen in THEIRS else "",
    )


def _next_steps(
    actor: Actor, typed: QueryDict, *, came: bool, today: date, wrong: dict[str, str]
) -> list[NewStep]:
    found = []
    if text := typed.get("next", "").strip():
        due = _day(typed, "next-day", wrong)
        if due is not None and due < today:
            wrong["next-day"] = actions.due_before_it_begins()
        found.append(
            NewStep(
                words=text,
                who=typed.get("next-who", "person"),
                who_words=typed.get("next-who-words", "")[:200],
                due_on=due,
                offered="next-offered" in typed,
            )
        )
    if not came and not (found and not found[0].offered):
        days = rules.plan_rules(actor).missed_days
        found.append(
            NewStep(words=_("Ask why they did not come"), who="coach", due_on=today + timedelta(days=days))
        )
    return found


@dataclass(frozen=True, slots=True)
class Booked:
    """Today's appointment of the person with who writes."""

    id: uuid.UUID
    starts: datetime
    state: str


STEPS = reading.rows_of(
    Step, "journey_id = %(way)s and (state in ('offered', 'doing', 'stuck') or id = any(%(steps)s))"
)
BOOKED = reading.Part(
    """
select id, starts, state from diary_booking
where person_id = %(person)s and staff_id = %(staff)s and day = %(today)s and state in ('booked', 'kept', 'missed')
order by starts limit 1
""",
    lambda row: Booked(uuid.UUID(row["id"]), datetime.fromisoformat(row["starts"]), row["state"]),
)


def about_steps(typed: QueryDict) -> list[uuid.UUID]:
    """The steps that a form was about, also those that have ended since."""
    found = []
    for name in typed:
        if name.startswith("v-"):
            with suppress(ValueError):
                found.append(uuid.UUID(name.removeprefix("v-")))
    return found


def _at_work(actor: Actor, way: Journey, typed: QueryDict, today: date) -> tuple[AtWork, Booked | None]:
    """The steps of a way that is held, and today's appointment. One statement."""
    values = {"way": way.id, "steps": about_steps(typed), "today": today}
    values |= {"person": way.person_id, "staff": actor.staff_id}
    steps, (last,), booked = reading.together(values, STEPS, actions.LAST, BOOKED)
    return AtWork(way, tuple(sorted(steps, key=queries.in_order)), last), booked[0] if booked else None


def _keep_or_miss(actor: Actor, booked: Booked | None, *, came: bool) -> Booked | None:
    if booked is None or booked.starts > clock.now() + timedelta(hours=1):
        return None
    wanted = Booking.State.KEPT if came else Booking.State.MISSED
    if booked.state != wanted:
        diary.mark(actor, booked.id, wanted, expected=["booked", "kept"])
    return booked


def save(actor: Actor, way_id: uuid.UUID, typed: QueryDict) -> Journey:
    """Write the contact, and all that goes with it; sent twice, it is written once. Returns the way as it was.

    Raises NotThere, Wrong, Refused, Asked, and Meantime where somebody has written here since the form was opened.
    """
    way = actions.journey_to_change(actor, way_id)
    key = typed.get("key", "")
    if once.first_time("appointment.save", f"appointment:{key}", way.id) is not None:
        return way
    today = clock.today(actor.zone)
    at_work, booked = _at_work(actor, way, typed, today)
    steps = at_work.steps
    meantime.look(actor, way, steps, typed)
    wrong: dict[str, str] = {}
    came = "missed" not in typed
    note = typed.get("note", "").strip()
    if len(note) > MOST_NOTE:
        wrong["note"] = _(
            "This note has %(n)s characters; %(most)s fit. Shorten it, or keep it as a paper."
        ) % {"n": len(note), "most": MOST_NOTE}
    changes: list[actions.Change] = []
    for step in steps:
        move = _step_change(step, typed, came=came, wrong=wrong)
        if move is not None:
            changes.append(move)
    changes += _next_steps(actor, typed, came=came, today=today, wrong=wrong)
    if outcome := typed.get("outcome", ""):
        changes.append(
            Reached(kind=outcome, on=today, evidence=typed.get("outcome-evidence", "").strip()[:400])
        )
    known = life.fields_of_life(actor)
    lasting = _lasting(typed, wrong)
    if wrong:
        raise Wrong(wrong)
    fields = [code for code in (*typed.getlist("field"), *typed.getlist("seal")) if code in known]
    if questions := wording.asked(actor, note, fields, typed.get("heeded", "")):
        raise Asked(questions)
    booked = _keep_or_miss(actor, booked, came=came)
    actions.write_contact(
        actor,
        way.id,
        NewContact(
            channel=typed.get("channel", "here") if typed.get("channel") in said.CHANNELS else "here",
            came=came,
            text=note,
            fields=tuple(dict.fromkeys(fields)),
            booking_id=booked.id if booked else None,
            needs=tuple(chosen_levels(known, typed)),
            changes=tuple(changes),
        ),
        key=None,
        known=at_work,
    )
    if stage := typed.get("stage", ""):
        actions.move_to_stage(actor, way.id, stage)
    for check_id, answer, ended_on in lasting:
        actions.answer_check(actor, check_id, answer, ended_on=ended_on)
    _book(actor, way, typed.get("time", ""))
    return way


def _lasting(typed: QueryDict, wrong: dict[str, str]) -> list[tuple[uuid.UUID, str, date | None]]:
    found = []
    for name in typed:
        answer = typed.get(name, "")
        if not name.startswith("lasts-") or answer not in ("yes", "no", "unknown"):
            continue
        try:
            check_id = uuid.UUID(name.removeprefix("lasts-"))
        except ValueError:
            continue
        ended_on = _day(typed, f"ended-{check_id}", wrong) if answer == "no" else None
        if answer == "no" and ended_on is None:
            wrong.setdefault(f"ended-{check_id}", _("Say when it ended."))
        found.append((check_id, answer, ended_on))
    return found


def _book(actor: Actor, way: Journey, chosen: str) -> None:
    kind = kind_of_appointment(actor) if chosen else None
    if kind is None:
        return
    offered = {one.starts.isoformat(): one for one in _offered(actor, way, kind, clock.today(actor.zone))}
    if chosen not in offered:
        raise Refused(_("That time has just been taken. Choose another."), code="clash")
    diary.book_agreed(
        actor,
        actor.centre,
        diary.NewBooking(
            starts=offered[chosen].starts,
            minutes=kind.minutes,
            kind_id=kind.id,
            person_id=way.person_id,
            staff_id=actor.staff_id,
            room_id=offered[chosen].room_id,
        ),
    )
