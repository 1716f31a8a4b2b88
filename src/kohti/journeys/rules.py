"""What the blueprint says of plans, put into force where the database reads it, and how the service names things."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.blueprint.parts import OutcomePart, PlanPart
from kohti.kernel.errors import NotThere
from kohti.kernel.words import title
from kohti.team import queries as team

from . import said
from .models import Rules

CONTACT_DAYS = 30
"""How often somebody is in touch where a blueprint does not say."""
LASTING_WEEKS = (1, 4, 13, 26)
"""After how many weeks we ask whether an outcome lasts."""


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the plan rules of a blueprint into force for the actor's service."""
    actors.must(actor, "blueprint.apply")
    Rules.objects.update_or_create(
        service_id=actor.service,
        defaults={
            "contact_days": plan.plan.contact_days or CONTACT_DAYS,
            "climb_days": plan.plan.climb_days,
            "most_months": plan.plan.most_months,
        },
    )


@dataclass(frozen=True, slots=True)
class Named:
    """Something the blueprint names: its code, its title in the language in use (and in all), and its one flag.

    `flag`: of a stage, that who is there has left; of an outcome, that it counts as a success.
    """

    code: str
    title: str
    flag: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


def _plan(actor: Actor) -> Blueprint | None:
    try:
        return team.blueprint(actor)
    except NotThere:
        return None


def plan_rules(actor: Actor) -> PlanPart:
    """The service's plan rules."""
    plan = _plan(actor)
    return plan.plan if plan else PlanPart()


def last_day(actor: Actor, begun: date) -> date | None:
    """The last day of a way that begins on a day, by the service's limit; None where it has none."""
    found = plan_rules(actor)
    if found.most_weeks:
        return begun + timedelta(weeks=found.most_weeks, days=-1)
    return months_after(begun, found.most_months) - timedelta(days=1) if found.most_months else None


Scale = dict[int | None, str]
"""What a field's levels are called, from the hardest (1) to the best (4), and last "does not want to say"."""


def scale(actor: Actor, field: str = "") -> Scale:
    """What a field of life's levels are called in the language in use: its own words, the service's, or ours."""
    plan = _plan(actor)
    own = next((one.levels for one in plan.fields if one.code == field), ()) if plan else ()
    levels = own or (plan.scale.levels if plan else ())
    named = {n: title(dict(one)) for n, one in enumerate(levels, 1)}
    return {level: named.get(level or 0, text()) for level, text in said.LEVELS.items()}


def field_of_item(actor: Actor, item: str) -> str:
    """The field of life that an item of the questionnaire touches by the blueprint; empty for none."""
    plan = _plan(actor)
    return next((one.code for one in plan.fields if item in one.items), "") if plan else ""


def stages(actor: Actor) -> list[Named]:
    """The stages of a way, in order; empty where the service has none."""
    plan = _plan(actor)
    return [Named(one.code, title(dict(one.title)), one.ends) for one in plan.stages] if plan else []


def outcomes(actor: Actor) -> list[Named]:
    """The kinds of outcome the service counts."""
    plan = _plan(actor)
    found = plan.outcomes if plan else ()
    return [Named(one.code, title(dict(one.title)), one.positive, _titles(one)) for one in found]


def _titles(one: OutcomePart) -> dict[str, str]:
    return {str(code): text for code, text in one.title.items()}


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last where it is too short."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def named(found: list[Named], code: str) -> str:
    """The title of a code; the code itself where the blueprint knows it no more."""
    return next((one.title for one in found if one.code == code), code)
