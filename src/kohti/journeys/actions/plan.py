"""The living plan: small changes to aims and steps, kept together as a version that says what changed."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, reading, writing
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people import fields as life

from ..models import Aim, Journey, PlanChange, PlanVersion, Step
from .journeys import journey_to_change
from .reached import Reached, write_outcome

MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class AtWork:
    """A way that nobody else changes until the end of the transaction, and what was read of its plan after that.

    `last` is the number of the plan's latest version.
    """

    journey: Journey
    steps: tuple[Step, ...]
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAim:
    """Something the person wants to reach, in their own words, in a field of life or none."""

    words: str
    field: str = ""
    id: uuid.UUID = dataclasses.field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAim:
    """An aim was reached, or is given up."""

    id: uuid.UUID
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAim:
    """An aim that was ended is one again."""

    id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """One thing to do: what, who, by when. `offered`: the person is asked first.

    It is sealed as its aim is, else by `seal`, a sealed field of life.
    """

    words: str
    who: str = Step.Who.PERSON
    who_words: str = ""
    due_on: date | None = None
    aim_id: uuid.UUID | None = None
    offered: bool = False
    seal: str = ""
    id: uuid.UUID = dataclasses.field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStep:
    """What becomes of a step: its new state, why (dropped, stuck: what would help), or another day.

    `version` is the one that was read. `answered`: somebody took up that it is stuck. What is offered only the
    person takes, declines or puts off (`ask_on`: the day they want to be asked again); `said` is how they said so:
    "here", to whoever writes it down, or "space", in their own.
    """

    id: uuid.UUID
    version: int
    state: str = ""
    why: str = ""
    due_on: date | None = None
    answered: bool = False
    ask_on: date | None = None
    said: str = ""


Change = NewAim | EndAim | ReopenAim | NewStep | MoveStep | Reached

AFTER: dict[str, frozenset[str]] = {
    Step.State.OFFERED: frozenset({"doing", "declined", "dropped"}),
    Step.State.DOING: frozenset({"done", "dropped", "stuck"}),
    Step.State.STUCK: frozenset({"doing", "done", "dropped"}),
    Step.State.DONE: frozenset({"doing"}),
    Step.State.DROPPED: frozenset({"doing"}),
    Step.State.DECLINED: frozenset({"offered", "doing"}),
}
"""What a step can become. Nothing is final: the plan is never locked."""
WAITS_FOR_THEM = (Step.State.OFFERED, Step.State.DECLINED)
"""What only the person themselves can take on or decline."""


def change_plan(
    actor: Actor, journey_id: uuid.UUID, changes: Sequence[Change], *, key: str
) -> uuid.UUID | None:
    """Change a plan, all of these or none; the version that says so, or None where nothing changed.

    Raises NotThere for a step or aim that is not there, and Refused for one that somebody changed meanwhile.
    """
    made = new_id()
    before = once.first_time("plan.change", key, made)
    if before is not None:
        return before if PlanVersion.objects.filter(id=before).exists() else None
    journey = journey_to_change(actor, journey_id)
    told = apply_changes(actor, journey, changes, version_id=made)
    if told:
        history.record("plan.changed", "plan", made, persons=[journey.person_id], detail={"changes": told})
    return made if told else None


def apply_changes(
    actor: Actor, journey: Journey, changes: Sequence[Change], *, version_id: uuid.UUID
) -> list[dict[str, Any]]:
    """As `change_plan`, of a way that is held already; what changed, for the history. Two statements."""
    rows = writing.Rows()
    told = add_changes(rows, actor, journey, changes, version_id=version_id)
    rows.write()
    return told


def add_changes(
    rows: writing.Rows,
    actor: Actor,
    journey: Journey,
    changes: Sequence[Change],
    *,
    version_id: uuid.UUID,
    contact_id: uuid.UUID | None = None,
    known: AtWork | None = None,
) -> list[dict[str, Any]]:
    """Put changes of a plan that is held to what is about to be written; what changed, for the history.

    One statement, and what an outcome needs; none for steps that are `known`.
    """
    if not changes:
        return []
    work = _Work(actor, journey, changes, known)
    for change in changes:
        work.take(change)
    if not work.told:
        return []
    rows.add(work.new_aims)
    rows.change(work.changed_aims, ["state", "ended_at", "version"])
    rows.add(work.new_steps)
    rows.change(
        work.moved,
        ["state", "why", "due_on", "stuck_at", "answered_at", "ask_on", "changed_at", "version"],
    )
    version = PlanVersion(
        id=version_id,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey.id,
        contact_id=contact_id,
        number=work.last + 1,
        at=work.now,
        by_member=actor.member_id,
    )
    rows.add([version])
    rows.add(
        [
            PlanChange(
                service_id=actor.service,
                person_id=journey.person_id,
                journey_id=journey.id,
                plan_version_id=version_id,
                position=position,
                sealed=sealed,
                kind=kind,
                values=values,
            )
            for position, (kind, sealed, values) in enumerate(work.told)
        ]
    )
    return [{"kind": kind, **values} for kind, _sealed, values in work.told]


STEPS = reading.rows_of(Step, "journey_id = %(way)s and id = any(%(steps)s)")
AIMS = reading.rows_of(Aim, "journey_id = %(way)s and id = any(%(aims)s)")
LAST = reading.Part(
    "select coalesce(max(number), 0) as last from journeys_planversion where journey_id = %(way)s",
    lambda row: int(row["last"]),
)


class _Work:
    """Changes gathered before any is written, so that each table is written once."""

    def __init__(
        self, actor: Actor, journey: Journey, changes: Sequence[Change], known: AtWork | None = None
    ) -> None:
        self.actor, self.journey, self.now = actor, journey, clock.now()
        self.new_aims: list[Aim] = []
        self.new_steps: list[Step] = []
        self.changed_aims: list[Aim] = []
        self.moved: list[Step] = []
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        aims = {one.aim_id for one in changes if isinstance(one, NewStep) and one.aim_id}
        aims |= {one.id for one in changes if isinstance(one, EndAim | ReopenAim)}
        wanted = [one.id for one in changes if isinstance(one, MoveStep)]
        self.steps: dict[uuid.UUID, Step] = {}
        self.aims: dict[uuid.UUID, Aim] = {}
        if known is not None and not aims:
            self.last = known.last
            self.steps = {one.id: one for one in known.steps}
            return
        steps, found, (self.last,) = reading.together(
            {"way": journey.id, "steps": wanted, "aims": list(aims)}, STEPS, AIMS, LAST
        )
        self.steps = {one.id: one for one in steps}
        self.aims = {one.id: one for one in found}

    def take(self, change: Change) -> None:
        """One change. Raises NotThere, Refused."""
        match change:
            case NewAim():
                self._new_aim(change)
            case EndAim():
                self._turn_aim(change.id, Aim.State.REACHED if change.reached else Aim.State.DROPPED)
            case ReopenAim():
                self._turn_aim(change.id, Aim.State.OPEN)
            case NewStep():
                self._new_step(change)
            case MoveStep():
                self._move(change)
            case Reached():
                self.told.append(("outcome", "", write_outcome(self.actor, self.journey, change)))

    def _new_aim(self, change: NewAim) -> None:
        sealed = life.sealed_of(self.actor, [change.field] if change.field else [])
        for code in sealed:
            people.have_key(self.journey.person_id, code)
        aim = Aim(
            id=change.id,
            service_id=self.actor.service,
            person_id=self.journey.person_id,
            journey_id=self.journey.id,
            field=change.field,
            sealed=sealed[0] if sealed else "",
            words=_words(change.words),
            made_at=self.now,
        )
        self.new_aims.append(aim)
        self.aims[aim.id] = aim
        self.told.append(("aim", aim.sealed, {"words": aim.words}))

    def _turn_aim(self, aim_id: uuid.UUID, state: str) -> None:
        aim = self.aims.get(aim_id)
        if aim is None:
            raise NotThere("no such aim")
        if aim.state == state:
            return
        aim.state, aim.version = state, aim.version + 1
        aim.ended_at = None if state == Aim.State.OPEN else self.now
        self.changed_aims.append(aim)
        self.told.append((f"aim-{state}", aim.sealed, {"words": aim.words}))

    def _new_step(self, change: NewStep) -> None:
        aim = self.aims.get(change.aim_id) if change.aim_id else None
        if change.aim_id and aim is None:
            raise NotThere("no such aim")
        if change.due_on is not None and change.due_on < clock.today(self.actor.zone):
            raise Refused(due_before_it_begins(), code="past")
        seal = (aim.sealed if aim else "") or change.seal
        if seal and change.seal == seal:
            people.have_key(self.journey.person_id, seal)
        step = Step(
            id=change.id,
            service_id=self.actor.service,
            person_id=self.journey.person_id,
            journey_id=self.journey.id,
            aim_id=change.aim_id,
            sealed=seal,
            words=_words(change.words),
            who=change.who,
            who_words=change.who_words.strip(),
            due_on=change.due_on,
            state=Step.State.OFFERED if change.offered else Step.State.DOING,
            made_at=self.now,
            changed_at=self.now,
        )
        self.new_steps.append(step)
        self.told.append(
            (
                "step-offered" if change.offered else "step",
                step.sealed,
                {
                    "words": step.words,
                    "who": step.who,
                    "who_words": step.who_words,
                    "due_on": _day(step.due_on),
                },
            )
        )

    def _move(self, change: MoveStep) -> None:
        step = self.steps.get(change.id)
        if step is None:
            raise NotThere("no such step")
        if step.version != change.version:
            if step.version == change.version + 1 and change.state in ("", step.state):
                return
            raise Refused(
                _("Somebody has changed “%(words)s” meanwhile. Look at it again.") % {"words": step.words},
                code="changed",
            )
        told: list[tuple[str, dict[str, Any]]] = []
        theirs = {"said": change.said} if change.said else {}
        if not change.said and (
            change.ask_on
            or (step.state in WAITS_FOR_THEM and change.state in (Step.State.DOING, Step.State.DECLINED))
        ):
            raise Refused(_("Only they can answer that. Mark it when they have said so."), code="theirs")
        if change.ask_on is not None and step.state == Step.State.OFFERED and change.ask_on != step.ask_on:
            if change.ask_on < clock.today(self.actor.zone):
                raise Refused(_("Choose a day that is still to come."), code="past")
            step.ask_on = change.ask_on
            told.append(("step-later", {"ask_on": _day(step.ask_on), **theirs}))
        if change.state and change.state != step.state:
            if change.state not in AFTER[step.state]:
                raise Refused(_("That cannot become of this step."), code="no-such-move")
            if change.state in (Step.State.DROPPED, Step.State.STUCK) and not change.why.strip():
                raise Refused(
                    _("Say what would help.") if change.state == Step.State.STUCK else _("Say why."),
                    code="why",
                )
            step.state, step.why = change.state, change.why.strip()
            step.stuck_at = self.now if change.state == Step.State.STUCK else None
            step.answered_at = step.ask_on = None
            told.append((f"step-{change.state}", {"why": step.why, **theirs}))
        if change.answered and step.state == Step.State.STUCK and step.answered_at is None:
            step.answered_at = self.now
            told.append(("step-answered", {}))
        if change.due_on is not None and change.due_on != step.due_on:
            if change.due_on < clock.today(self.actor.zone):
                raise Refused(due_before_it_begins(), code="past")
            before, step.due_on = step.due_on, change.due_on
            told.append(("step-moved", {"from": _day(before), "due_on": _day(change.due_on)}))
        if not told:
            return
        step.changed_at, step.version = self.now, step.version + 1
        self.moved.append(step)
        for kind, values in told:
            self.told.append((kind, step.sealed, {"words": step.words, **values}))


def due_before_it_begins() -> str:
    """What is said of a step that is to be done by a day that has passed."""
    return _("A step cannot be due before it begins. Choose today or a later day.")


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise Refused(_("Say what it is."), code="no-words")
    if len(words) > MOST_WORDS:
        raise Refused(_("That is too long. Put it in a few words."), code="too-long")
    return words


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def agree(actor: Actor, version_id: uuid.UUID, how: str) -> uuid.UUID:
    """The person agreed to what changed: here, on paper, or in their own space; who it is. Once is enough.

    Raises NotThere.
    """
    actors.must(actor, "journeys.work")
    version = PlanVersion.objects.filter(id=version_id).select_for_update(no_key=True).first()
    if version is None:
        raise NotThere("no such version")
    if version.agreed_at is None:
        version.agreed_at, version.agreed_how = clock.now(), how
        version.save(update_fields=["agreed_at", "agreed_how"])
        history.record("plan.agreed", "plan", version_id, persons=[version.person_id], detail={"how": how})
    return version.person_id
