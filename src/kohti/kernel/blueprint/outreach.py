"""What a blueprint says of outreach: rounds to where people are found, and what is said of an encounter in a word."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from .parts import Code, Part, Titles

Minutes = Annotated[int, Strict(), Field(ge=1, le=240)]


class WordPart(Part):
    """One of a few words that are pressed on a phone."""

    code: Code
    title: Titles


def _word(code: str, **title: str) -> WordPart:
    return WordPart.model_validate({"code": code, "title": title})


SPOTS = (
    _word(
        "street",
        en="Street or square",
        fi="Katu tai aukio",
        da="Gade eller plads",
        nl="Straat of plein",
        pl="Ulica lub plac",
    ),
    _word(
        "welfare",
        en="Welfare centre",
        fi="Sosiaalikeskus",
        da="Socialt center",
        nl="Welzijnscentrum",
        pl="Ośrodek pomocy",
    ),
    _word(
        "youth",
        en="Young people's place",
        fi="Nuorten paikka",
        da="Sted for unge",
        nl="Jeugdplek",
        pl="Miejsce młodzieży",
    ),
    _word("home", en="Homes", fi="Kodit", da="Hjem", nl="Huisbezoek", pl="Domy"),
    _word("work", en="Workplace", fi="Työpaikka", da="Arbejdsplads", nl="Werkplek", pl="Miejsce pracy"),
)
GIVEN = (
    _word("flyer", en="Flyer", fi="Esite", da="Folder", nl="Flyer", pl="Ulotka"),
    _word(
        "phone",
        en="Phone number",
        fi="Puhelinnumero",
        da="Telefonnummer",
        nl="Telefoonnummer",
        pl="Numer telefonu",
    ),
    _word(
        "food",
        en="Food or drink",
        fi="Ruokaa tai juotavaa",
        da="Mad eller drikke",
        nl="Eten of drinken",
        pl="Jedzenie lub picie",
    ),
    _word(
        "clothes",
        en="Something warm",
        fi="Jotain lämmintä",
        da="Noget varmt",
        nl="Iets warms",
        pl="Coś ciepłego",
    ),
)
NEXT = (
    _word(
        "again",
        en="We meet again",
        fi="Tavataan uudelleen",
        da="Vi ses igen",
        nl="We zien elkaar terug",
        pl="Spotkamy się znowu",
    ),
    _word(
        "come",
        en="They come by",
        fi="Hän tulee käymään",
        da="De kommer forbi",
        nl="Komt langs",
        pl="Przyjdzie do nas",
    ),
    _word("call", en="We call", fi="Me soitamme", da="Vi ringer", nl="Wij bellen", pl="Zadzwonimy"),
    _word(
        "nothing",
        en="Nothing for now",
        fi="Ei mitään nyt",
        da="Ikke noget nu",
        nl="Voorlopig niets",
        pl="Na razie nic",
    ),
)


class OutreachPart(Part):
    """Where people are found, what they are given, what comes next; and who hears when a round is not back.

    `kind`: the kind of appointment a round takes in the diaries of those who go; `late_minutes` after it should be back
    a colleague hears of it, `leader_minutes` later the team leader; `coached_from`: the stage from which somebody counts
    as coached (none: from the beginning of their way).
    """

    kind: Code | None = None
    spots: tuple[WordPart, ...] = SPOTS
    given: tuple[WordPart, ...] = GIVEN
    next: tuple[WordPart, ...] = NEXT
    late_minutes: Minutes = 15
    leader_minutes: Minutes = 15
    coached_from: Code | None = None
