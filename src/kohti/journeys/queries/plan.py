"""One person's way, as its pages show it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from kohti.kernel import reading
from kohti.kernel.errors import NotThere
from kohti.team.models import Staff

from ..models import OPEN_STEPS, Aim, LastingCheck, Outcome, Step
from .helping import HELPERS, Helper


@dataclass(frozen=True, slots=True)
class Version:
    """What changed in a plan at once: kind and values of each change, in order."""

    id: uuid.UUID
    number: int
    at: datetime
    agreed_at: datetime | None
    changes: tuple[tuple[str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """How a field of life was last said to go, by one of the two: level (None: unsaid), when."""

    field: str
    view: str
    level: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands: aims, steps (open ones first, by day), and its latest versions, newest first.

    Besides, how each of the two last said it goes in each field of life, what was reached (newest first), and every
    question whether that lasts, in order; and who helps with which step.
    """

    aims: tuple[Aim, ...]
    steps: tuple[Step, ...]
    versions: tuple[Version, ...]
    needs: tuple[Rating, ...]
    outcomes: tuple[Outcome, ...]
    checks: tuple[LastingCheck, ...]
    helpers: tuple[Helper, ...]


AIMS = reading.rows_of(Aim, "journey_id = %(way)s order by made_at, id")
STEPS = reading.rows_of(Step, "journey_id = %(way)s")
VERSIONS = reading.Part(
    """
select v.id, v.number, v.at, v.agreed_at, (
    select coalesce(json_agg(json_build_array(c.kind, c.values) order by c.position), '[]')
    from journeys_planchange c where c.plan_version_id = v.id) as changes
from journeys_planversion v where v.journey_id = %(way)s order by v.number desc limit %(versions)s
""",
    lambda row: Version(
        uuid.UUID(row["id"]),
        row["number"],
        datetime.fromisoformat(row["at"]),
        reading.at(row["agreed_at"]),
        tuple((kind, values) for kind, values in row["changes"]),
    ),
)


LATEST_NEEDS = reading.Part(
    """
select distinct on (field, view) field, view, level, at from journeys_need where journey_id = %(way)s
order by field, view, at desc, id desc
""",
    lambda row: Rating(row["field"], row["view"], row["level"], datetime.fromisoformat(row["at"])),
)

_OUTCOME = reading.rows_of(Outcome, "journey_id = %(way)s and withdrawn_at is null")


def _reached(row: reading.Row) -> Outcome:
    made = _OUTCOME.make(row)
    if row["verifier"] is not None:
        made.verified_by = Staff(id=made.verified_by_id, full_name=row["verifier"])
    return made


OUTCOMES = reading.Part(
    "select o.*, (select s.full_name from team_staff s where s.id = o.verified_by_id) as verifier"
    f' from ({_OUTCOME.sql}) o order by o."on" desc, o.id desc',
    _reached,
)
CHECKS = reading.rows_of(
    LastingCheck,
    "journey_id = %(way)s and outcome_id in"
    " (select id from journeys_outcome where journey_id = %(way)s and withdrawn_at is null) order by due_on, id",
)


def plan(journey_id: uuid.UUID, *, versions: int = 3) -> Plan:
    """A plan as far as the actor may see it. One statement."""
    aims, steps, latest, said, outcomes, checks, helpers = reading.together(
        {"way": journey_id, "versions": versions},
        AIMS,
        STEPS,
        VERSIONS,
        LATEST_NEEDS,
        OUTCOMES,
        CHECKS,
        HELPERS,
    )
    of = {one.id: one for one in outcomes}
    for check in checks:
        check.outcome = of[check.outcome_id]
    return Plan(
        tuple(aims),
        tuple(sorted(steps, key=in_order)),
        tuple(latest),
        tuple(said),
        tuple(outcomes),
        tuple(checks),
        tuple(helpers),
    )


def latest_version(journey_id: uuid.UUID) -> Version | None:
    """What changed last in a plan. One statement."""
    (found,) = reading.together({"way": journey_id, "versions": 1}, VERSIONS)
    return found[0] if found else None


def open_steps(journey_id: uuid.UUID, *, also: Sequence[uuid.UUID] = ()) -> list[Step]:
    """The steps that are not ended, by day, and some that may have. One statement."""
    which = Q(state__in=OPEN_STEPS) | Q(id__in=list(also))
    found = Step.objects.filter(which, journey_id=journey_id)
    return sorted(found, key=in_order)


def in_order(step: Step) -> tuple[Any, ...]:
    """How steps stand under one another: open ones first, by day."""
    ended = step.state not in OPEN_STEPS
    return ended, step.due_on is None, step.due_on, -step.changed_at.timestamp() if ended else 0, step.id


@dataclass(frozen=True, slots=True)
class LastTime:
    """The last contact: when, how, whether it came about, who, and its words as far as one may read them."""

    at: datetime
    channel: str
    came: bool
    who: str
    text: str


LAST_CONTACTS = reading.Part(
    """
select c.at, c.channel, c.came, coalesce(s.full_name, '') as who, coalesce(n.text, '') as text
from journeys_contact c left join team_staff s on s.id = c.by_staff_id left join people_note n on n.id = c.note_id
where c.journey_id = %(way)s order by c.at desc, c.id desc limit %(most)s
""",
    lambda row: LastTime(
        datetime.fromisoformat(row["at"]), row["channel"], row["came"], row["who"], row["text"]
    ),
)


def last_contacts(journey_id: uuid.UUID, *, most: int = 1) -> list[LastTime]:
    """The latest contacts, newest first. One statement."""
    (found,) = reading.together({"way": journey_id, "most": most}, LAST_CONTACTS)
    return found


def last_time(journey_id: uuid.UUID) -> tuple[LastTime | None, list[Rating]]:
    """The last contact, and the last word on each field of life from each of the two. One statement."""
    last, ratings = reading.together({"way": journey_id, "most": 1}, LAST_CONTACTS, LATEST_NEEDS)
    return last[0] if last else None, ratings


def step_of(person_id: uuid.UUID, step_id: uuid.UUID) -> Step:
    """A step of somebody's. Raises NotThere."""
    found = Step.objects.filter(id=step_id, person_id=person_id).first()
    if found is None:
        raise NotThere("no such step")
    return found


def whose_outcome(outcome_id: uuid.UUID) -> uuid.UUID:
    """Who reached it. Raises NotThere."""
    return _whose(Outcome.objects.filter(id=outcome_id).values_list("person_id", flat=True))


def whose_check(check_id: uuid.UUID) -> uuid.UUID:
    """Of whom it is asked. Raises NotThere."""
    return _whose(LastingCheck.objects.filter(id=check_id).values_list("person_id", flat=True))


def _whose(found: Iterable[uuid.UUID]) -> uuid.UUID:
    for person_id in found:
        return person_id
    raise NotThere("no such thing")


def checks_due(journey_id: uuid.UUID, today: date) -> list[LastingCheck]:
    """Whether outcomes last is to be asked now. One statement."""
    return list(
        LastingCheck.objects.filter(journey_id=journey_id, answered_at=None, due_on__lte=today)
        .select_related("outcome")
        .order_by("due_on", "id")
    )
