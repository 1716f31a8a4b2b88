"""Whether a note that colleagues share seems to name what should be sealed: a diagnosis, an offence, a number.

It warns and never decides: who writes knows better. The beginnings of words were chosen by us from the everyday
names of illnesses and offences, few on purpose; a word with another everyday sense was left out. Numbers are known
by their official make-up: the United Kingdom's National Insurance number (HMRC, NIM39110), the Finnish
henkilötunnus (Digital and Population Data Services Agency), the Danish CPR number (CPR-kontoret), the Belgian
national register number (royal decree of 3 April 1984), the Polish PESEL (act on population registration, art. 15),
and bank accounts (ISO 13616), with their check digits where there are any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor

from . import fields as life
from .sensitive import WORDS

FIELDS = {"health": ("health",), "addiction": ("addiction", "health"), "offence": ("justice",), "number": ()}
"""To which fields of life each kind can be sealed, the best first."""
SAID: dict[str, Callable[[], str]] = {
    "health": lambda: _("“%(word)s” looks like a diagnosis."),
    "addiction": lambda: _("“%(word)s” looks like an addiction."),
    "offence": lambda: _("“%(word)s” looks like an offence."),
    "number": lambda: _("“%(word)s” looks like a number that identifies somebody. Leave it out if you can."),
}
FULL_WEIGHTS = {"pesel": (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), "cpr": (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)}
FINNISH_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a note, as it stands there, and what it looks like: health, addiction, offence or number."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of who writes: in a sentence, and the field of life it could be sealed to (code and title)."""

    kind: str
    text: str
    field: str
    title: str


@lru_cache
def _pattern(kind: str, languages: tuple[str, ...]) -> re.Pattern[str] | None:
    found = [
        re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "")
        for language in languages
        for word in WORDS.get(language, {}).get(kind, "").split(", ")
        if word
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)", re.IGNORECASE) if found else None


def look(text: str, languages: Sequence[str]) -> list[Finding]:
    """What a text seems to name, the first of each kind; words of these languages, numbers of any country."""
    found = []
    for kind in ("health", "addiction", "offence"):
        pattern = _pattern(kind, tuple(languages))
        match = pattern.search(text) if pattern else None
        if match:
            found.append(Finding(kind, match[0]))
    for pattern, right in NUMBERS:
        for match in pattern.finditer(text):
            if right(re.sub(r"[^0-9A-Z+-]", "", match[0].upper())):
                return [*found, Finding("number", match[0].strip())]
    return found


def asked(actor: Actor, text: str, fields: Iterable[str], heeded: str = "") -> list[Question]:
    """What to ask of who writes this note; nothing where it is sealed already, or where they were asked before.

    `heeded`: the kinds they have seen, parted by spaces. No statement but the blueprint's.
    """
    known = life.fields_of_life(actor)
    if not text.strip() or any(known.get(code, ("", True))[1] for code in fields):
        return []
    seen = set(heeded.split())
    questions = []
    for one in look(text, _languages(actor)):
        if one.kind in seen:
            continue
        field = next((code for code in FIELDS[one.kind] if code in known and known[code][1]), "")
        title = known[field][0] if field else ""
        questions.append(Question(one.kind, SAID[one.kind]() % {"word": one.word}, field, title))
    return questions


def seal_of(actor: Actor, code: str) -> str:
    """The sealed field of life that was pressed; empty for anything else."""
    return code if life.fields_of_life(actor).get(code, ("", False))[1] else ""


def asked_openly(actor: Actor, texts: Iterable[str], heeded: str = "") -> list[Question]:
    """As `asked`, of words that cannot be sealed where they stand: who writes changes them, or leaves them so."""
    questions = asked(actor, "\n".join(texts), (), heeded)
    return [Question(one.kind, one.text, "", "") for one in questions]


def shown(questions: Sequence[Question], heeded: str) -> dict[str, Any]:
    """What a form's page needs to ask: saving was stopped for these questions, and goes on with one press."""
    return {"questions": questions, "heeded": kinds(questions, heeded), "submit": True}


def kinds(questions: Iterable[Question], heeded: str = "") -> str:
    """The kinds somebody has been asked about by now, parted by spaces."""
    return " ".join(sorted({*heeded.split(), *(one.kind for one in questions)}))


def _languages(actor: Actor) -> tuple[str, ...]:
    return tuple(sorted({words.language(), *actor.facts.get("languages", ())}))


def _day(year: str, month: str, day: str) -> bool:
    """Whether it is a day in any century; two figures of a year do not say which."""
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _finnish(text: str) -> bool:
    number = int(text[:6] + text[7:10])
    return _day(text[4:6], text[2:4], text[:2]) and FINNISH_SIGNS[number % 31] == text[10]


def _danish(text: str) -> bool:
    # Numbers given since 2007 need no longer fit the check digit; without the hyphen it must, or it is a telephone.
    plain = text.replace("-", "")
    if not _day(plain[4:6], plain[2:4], plain[:2]):
        return False
    fits = sum(int(one) * weight for one, weight in zip(plain, FULL_WEIGHTS["cpr"], strict=True)) % 11 == 0
    return "-" in text or fits


def _belgian(text: str) -> bool:
    plain = text.replace("-", "")
    if int(plain[2:4]) > 12 or int(plain[4:6]) > 31:
        return False
    return any(97 - int(before + plain[:9]) % 97 == int(plain[9:]) for before in ("", "2"))


def _polish(text: str) -> bool:
    total = sum(int(one) * weight for one, weight in zip(text[:10], FULL_WEIGHTS["pesel"], strict=True))
    return _day(text[:2], str(int(text[2:4]) % 20), text[4:6]) and (10 - total % 10) % 10 == int(text[10])


def _account(text: str) -> bool:
    moved = text[4:] + text[:4]
    return len(text) >= 15 and int("".join(str(int(one, 36)) for one in moved)) % 97 == 1


NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        re.compile(
            r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b", re.I
        ),
        lambda _text: True,
    ),
    (re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b", re.I), _finnish),
    (re.compile(r"\b\d{6}-?\d{4}\b"), _danish),
    (re.compile(r"\b\d\d[. ]?\d\d[. ]?\d\d[- ]?\d{3}[. ]?\d\d\b"), _belgian),
    (re.compile(r"\b\d{11}\b"), _polish),
    (re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{2,4}){3,8}\b"), _account),
)
