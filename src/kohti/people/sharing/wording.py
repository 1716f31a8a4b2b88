"""Shares in words: what is shared, and on which ground in law."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from kohti.kernel.actor import Actor
from kohti.people import fields as life

from .models import BORN, HELPS, REACH, STEPS, Share

PART_TITLES: dict[str, Callable[[], str]] = {
    REACH: lambda: _("How to reach them"),
    HELPS: lambda: _("What helps"),
    BORN: lambda: _("Date of birth"),
    STEPS: lambda: _("Steps"),
}
GROUNDS: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    Share.Basis.PUBLIC_TASK: (
        lambda: _("A public task"),
        lambda: _(
            "The law gives us this task, and it cannot be done without. Whoever objects gets an answer."
        ),
    ),
    Share.Basis.LEGAL_DUTY: (
        lambda: _("A legal duty"),
        lambda: _("A law says that we must pass it on."),
    ),
    Share.Basis.CONTRACT: (
        lambda: _("A contract"),
        lambda: _("What was agreed cannot be done without it."),
    ),
    Share.Basis.CONSENT: (
        lambda: _("Their consent"),
        lambda: _("Only where saying no costs nothing. It ends as soon as they say so."),
    ),
    Share.Basis.VITAL: (
        lambda: _("To protect a life"),
        lambda: _("To protect somebody's life, where nothing else is quick enough."),
    ),
}
"""Each ground in law: what it is called, and what it means."""


def ground(basis: str) -> str:
    """What a ground in law is called."""
    return GROUNDS[basis][0]() if basis in GROUNDS else basis


def titles(actor: Actor, codes: Iterable[str]) -> list[str]:
    """What is shared, as a list says it: fields of life first, in the service's order, then the parts."""
    known, wanted = life.fields_of_life(actor), list(codes)
    in_order = [code for code in (*known, *PART_TITLES) if code in wanted]
    return [
        PART_TITLES[code]() if code in PART_TITLES else life.title_of(known, code)
        for code in (*in_order, *(code for code in wanted if code not in in_order))
    ]
