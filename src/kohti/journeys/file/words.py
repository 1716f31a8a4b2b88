"""What the words in a caseload file mean: stages, grounds, and what a funder asks for, in each of our languages."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kohti.journeys import rules, said
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.languages import CODES
from kohti.kernel.names import fold
from kohti.kernel.words import quoted, spoken
from kohti.team import queries as team

UNSAID = "unsaid"
REFUSES = ("unsaid", "not said", "no answer", "refused", "declined", "prefers not to say", "n/a")


@dataclass(frozen=True, slots=True)
class Words:
    """Codes by folded word, of each field that is chosen from a few; and how each field's words are shown."""

    codes: Mapping[str, Mapping[str, str]]
    shown: Mapping[str, tuple[str, ...]]

    def code(self, field: str, text: str) -> str | None:
        """What a word means; None where it is not known."""
        return self.codes[field].get(fold(text))

    def fault(self, field: str, column: str, text: str) -> str:
        """That a word is not known, with the nearest one that is, or with all of them."""
        known = self.shown[field]
        near = difflib.get_close_matches(fold(text), [fold(one) for one in known], 1, 0.6)
        told = {"column": column, "text": quoted(text[:40])}
        if near:
            found = next(one for one in known if fold(one) == near[0])
            return _("%(column)s: %(text)s is not known here. Did you mean %(near)s?") % (
                told | {"near": quoted(found)}
            )
        return _("%(column)s: %(text)s is not known here. Choose from: %(list)s.") % (
            told | {"list": ", ".join(known) or "–"}
        )


def words_of(actor: Actor) -> Words:
    """The words of the actor's service, in every language of ours."""
    tables: dict[str, Mapping[Any, Callable[[], str]]] = {
        "basis": said.BASIS,
        "employment": said.EMPLOYMENT,
        "education": said.EDUCATION,
        "household": said.HOUSEHOLD,
    }
    codes: dict[str, dict[str, str]] = {
        field: {fold(str(code)): str(code) for code in table} for field, table in tables.items()
    }
    refuses = {fold(one): UNSAID for one in REFUSES}
    for language in CODES:
        with spoken(language, actor=actor):
            for field, table in tables.items():
                codes[field] |= {fold(text()): str(code) for code, text in table.items()}
            refuses[fold(said.LEVELS[None]())] = UNSAID
    for field in ("employment", "education", "household"):
        codes[field] |= refuses
    shown = {field: tuple(text() for text in table.values()) for field, table in tables.items()}
    stages = rules.stages(actor)
    codes["stage"] = {fold(one.code): one.code for one in stages} | _titles(actor)
    return Words(codes, shown | {"stage": tuple(one.title for one in stages)})


def _titles(actor: Actor) -> dict[str, str]:
    try:
        stages: Iterable[Any] = team.blueprint(actor).stages
    except NotThere:
        return {}
    return {fold(title): one.code for one in stages for title in dict(one.title).values()}
