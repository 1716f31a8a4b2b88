"""Fields of life as the service's blueprint names them, and those that are sealed whatever it says."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.words import title
from kohti.team import queries as team

HEALTH, BELIEF = "health", "belief"
ALWAYS_SEALED = (HEALTH, BELIEF)
"""What no service may leave open: it reveals health or belief."""


def fields_of_life(actor: Actor) -> dict[str, tuple[str, bool]]:
    """The service's fields of life by code: the title in the language in use, and whether it is sealed."""
    try:
        parts = team.blueprint(actor).fields
    except NotThere:
        parts = ()
    found: dict[str, tuple[str, bool]] = {}
    for part in parts:
        titles = {str(code): text for code, text in part.title.items()}
        found[part.code] = (title(titles), part.sealed or part.code in ALWAYS_SEALED)
    found.setdefault(HEALTH, (_("Health"), True))
    found.setdefault(BELIEF, (_("Religion and belief"), True))
    return found


def sealed_of(actor: Actor, fields: Sequence[str]) -> list[str]:
    """Those of some fields that are sealed, in order, each once."""
    known = fields_of_life(actor)
    return sorted({code for code in fields if code not in known or known[code][1]})


def title_of(known: dict[str, tuple[str, bool]], code: str) -> str:
    """A field's title; its code where the blueprint knows it no more."""
    return known[code][0] if code in known else code
