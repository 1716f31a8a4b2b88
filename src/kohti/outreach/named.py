"""The few words of the blueprint that are pressed out there, in the language in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kohti.kernel.actor import Actor
from kohti.kernel.blueprint.outreach import OutreachPart, WordPart
from kohti.kernel.errors import NotThere
from kohti.kernel.words import title
from kohti.people import fields as life
from kohti.team import queries as team


@dataclass(frozen=True, slots=True)
class Words:
    """Kinds of spots, what can be given, what comes next, and fields of life: titles by code, in their order."""

    spots: Mapping[str, str]
    given: Mapping[str, str]
    next: Mapping[str, str]
    about: Mapping[str, str]


def rules(actor: Actor) -> OutreachPart:
    """What the service's blueprint says of outreach."""
    try:
        return team.blueprint(actor).outreach
    except NotThere:
        return OutreachPart()


def words_of(actor: Actor) -> Words:
    """The service's words, in the language in use."""
    part = rules(actor)
    return Words(
        _titles(part.spots),
        _titles(part.given),
        _titles(part.next),
        {code: name for code, (name, _sealed) in life.fields_of_life(actor).items()},
    )


def _titles(parts: Sequence[WordPart]) -> dict[str, str]:
    return {one.code: title({str(code): text for code, text in one.title.items()}) for one in parts}


def all_of(known: Mapping[str, str], codes: Sequence[str]) -> str:
    """Some codes in words; a code that the blueprint knows no more as it is written."""
    return ", ".join(known.get(code, code) for code in codes)


def coached_in(actor: Actor) -> list[str]:
    """The stages in which somebody counts as coached: from the blueprint's on, without those in which people leave."""
    stages = list(team.blueprint(actor).stages)
    first = rules(actor).coached_from
    codes = [one.code for one in stages]
    from_here = codes.index(first) if first in codes else 0
    return [one.code for one in stages[from_here:] if not one.ends]
