"""What the blueprint says of rulings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kohti.journeys.rules import Named
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere
from kohti.kernel.words import title
from kohti.team import queries as team

MINUTES = 10


def _plan(actor: Actor) -> Blueprint | None:
    try:
        return team.blueprint(actor)
    except NotThere:
        return None


def kinds(actor: Actor) -> list[Named]:
    """What can be asked, in the blueprint's order; where it names nothing, a question."""
    plan = _plan(actor)
    return [Named(one.code, title(dict(one.title))) for one in (plan.ruling_kinds if plan else ())] or [
        Named("question", _("A question"))
    ]


def minutes(actor: Actor) -> int:
    """After how many minutes the leader is shown what nobody has answered."""
    plan = _plan(actor)
    return plan.rulings.minutes if plan else MINUTES
