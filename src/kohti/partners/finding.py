"""By what an offer is found: worked out of its record and of what it belongs to, each time one of them changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from babel import Locale

from kohti.kernel.names import fold
from kohti.people import spoken

from .hsds.records import Record

T = TypeVar("T")
SPEECH = {"en": "english", "fi": "finnish", "da": "danish", "nl": "dutch"}
"""Languages whose endings PostgreSQL takes off; words of others are found as they are written."""

SPOKEN_HERE = ("en", "fi", "da", "nl", "pl")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"^[+-]?\d*(MO|TU|WE|TH|FR|SA|SU)$")
FREE = ("ilmais", "ilmainen", "maksuto", "gratis", "kosteloos", "bezplatn")
"""How people say that something costs nothing: folded beginnings of words; in English it is "free" alone."""


WHO = frozenset((
    "who", "whom", "anyone", "anybody", "someone", "somebody", "colleague", "colleagues",
    "kuka", "ketka", "joku", "kollega", "tyokaveri", "hvem", "nogen", "kollegaer",
    "wie", "iemand", "collega", "collegas", "kto", "ktos", "kolega", "kolezanka",
))  # fmt: skip
"""Folded words that ask for a person."""
KNOWS = frozenset((
    "know", "knows", "here", "about", "of", "us", "speak", "speaks", "tietaa", "osaa", "taalla", "puhuu", "meista",
    "ved", "kender", "her", "om", "taler", "weet", "kent", "hier", "over", "van", "ons", "spreekt",
    "zna", "sie", "tu", "tutaj", "nas", "mowi", "po", "o", "na",
))  # fmt: skip
"""Folded words around it that say nothing of what should be known."""


def weekdays(schedules: Iterable[Record]) -> list[int]:
    """On which weekdays (0 Monday) something is open, as far as RFC 5545 rules of its schedules say so."""
    found: set[int] = set()
    for one in schedules:
        for part in str(one.get("byday", "")).upper().replace(" ", "").split(","):
            if match := _BYDAY.match(part):
                found.add(WEEKDAYS.index(match[1]))
    return sorted(found)


def languages(records: Iterable[Record]) -> list[str]:
    """Language codes (ISO 639-1 where there is one) of HSDS language records, by their code or their name."""
    found = set()
    for one in records:
        code = str(one.get("code", "")).strip().lower().replace("_", "-").split("-")[0]
        found.add(_by_three().get(code, code) if code else language_called(str(one.get("name", ""))))
    return sorted(found - {""})


def language_called(name: str) -> str:
    """The code of a language by its name in one of ours; empty where it is none."""
    return _every_name().get(fold(name), "")


def free(record: Record) -> bool | None:
    """Whether an offer costs nothing; None where its record does not say."""
    amounts = [one["amount"] for one in record.get("cost_options", ()) if "amount" in one]
    if amounts:
        return bool(max(amounts) == 0)
    said = fold(record.get("fees_description") or record.get("fees") or "")
    return (
        True if said and (free_said(said) or said in ("0", "none", "no charge")) and len(said) < 20 else None
    )


def town_of(place: Record) -> tuple[str, str]:
    """A place's address in one line, and its town."""
    addresses = sorted(place.get("addresses", ()), key=lambda one: one.get("address_type") != "physical")
    if not addresses:
        return "", ""
    first = addresses[0]
    parts = [first.get(key, "").strip() for key in ("address_1", "address_2", "postal_code", "city")]
    street, town = [part for part in parts[:2] if part], " ".join(part for part in parts[2:] if part)
    return ", ".join([*street, *([town] if town else [])]), first.get("city", "").strip()


def words(
    offer: Record,
    partner: Record,
    *,
    terms: Sequence[str],
    places: Sequence[tuple[str, str]],
    sayings: Iterable[str],
) -> str:
    """All that is read when an offer is looked for: its own words, its partner's, its places' and how people say it.

    `places` are names and towns; `terms` names; `sayings` the words for the fields of life it helps in.
    """
    own = ("name", "alternate_name", "description", "eligibility_description", "interpretation_services")
    parts = [
        *(offer.get(key, "") for key in own),
        partner.get("name", ""),
        partner.get("alternate_name", ""),
        *terms,
        *(part for place in places for part in place),
        *sayings,
    ]
    return "\n".join(part for part in parts if part)[:100_000]


def fields_said(text: str, sayings: Mapping[str, Sequence[str]]) -> list[str]:
    """The fields of life that a text speaks of, by the words people have for them (folded)."""
    plain = f" {fold(text)} "
    return sorted(
        code for code, said in sayings.items() if any(f" {phrase} " in plain for phrase in said if phrase)
    )


@cache
def _every_name() -> Mapping[str, str]:
    return {
        fold(name): code
        for speaker in SPOKEN_HERE
        for code, name in Locale(speaker).languages.items()
        if "_" not in code and len(code) <= 3
    }


@cache
def _by_three() -> Mapping[str, str]:
    """ISO 639-1 by ISO 639-2 or -3, for languages that people here may speak (from the Unicode CLDR's aliases)."""
    from babel.core import get_global

    aliases: Mapping[str, Any] = get_global("language_aliases")
    return {code: known for code, known in aliases.items() if len(code) == 3 and len(known) == 2}


@cache
def names_of_weekdays() -> Mapping[str, int]:
    """Weekdays by their folded names in our languages, long and as adverbs begin (0 Monday)."""
    return {
        fold(name): day
        for speaker in SPOKEN_HERE
        for form in ("format", "stand-alone")
        for day, name in Locale(speaker).days[form]["wide"].items()
    }


def who_knows(words: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether words ask for somebody who knows, and what of: "who here knows about debts" asks of debts."""
    plain = [fold(word) for word in words]
    if not WHO.intersection(plain):
        return False, list(words)
    return True, [word for word, one in zip(words, plain, strict=True) if one not in WHO | KNOWS]


def free_said(word: str) -> bool:
    """Whether a folded word says that something costs nothing."""
    return word == "free" or word.startswith(FREE)


def weekday_said(word: str) -> int | None:
    """The weekday (0 Monday) that a folded word says, in one of our languages; its endings may follow it."""
    return _said(word, names_of_weekdays())


def language_said(word: str, speakers: Iterable[str]) -> str | None:
    """The code of the language that a folded word says, as it is called in one of the `speakers`' languages.

    In Finnish other words go on from it: arabia, arabiaksi, arabiankielinen.
    """
    for speaker in speakers:
        known = spoken.called(speaker)
        said = _said(word, known) if speaker == "fi" else known.get(word)
        if said:
            return said
    return None


def _said(word: str, names: Mapping[str, T]) -> T | None:
    if word in names:
        return names[word]
    longest = max((name for name in names if len(name) > 4 and word.startswith(name)), key=len, default="")
    return names[longest] if longest else None
