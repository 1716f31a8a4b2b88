"""What two spellings of a person's name, number or address have in common, and why two people may be one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kohti.kernel import names

_HEARD = (
    ("sch", "s"), ("sh", "s"), ("sz", "s"), ("cz", "s"), ("ch", "k"), ("ph", "f"), ("th", "t"), ("ck", "k"),
    ("gh", "g"), ("dt", "t"), ("qu", "k"), ("x", "ks"),
)  # fmt: skip
_LIKE = str.maketrans(
    {"c": "k", "q": "k", "g": "k", "z": "s", "v": "f", "w": "f", "d": "t", "b": "p", "m": "n"}
    | dict.fromkeys("aeiouyjh", None)
)


def sound(word: str) -> str:
    """How a folded word of a name sounds, roughly and in any of our languages.

    Consonants alone, those that are mistaken for each other made one, doubles once: Mohammed, Muhamad and
    Mahomet are one, so are Katarzyna and Catharzina. A word of vowels alone, or of another script, is itself.
    """
    plain = word
    for written, heard in _HEARD:
        plain = plain.replace(written, heard)
    plain = plain.translate(_LIKE)
    return re.sub(r"(.)\1+", r"\1", plain) or word


def sounds(name: str) -> list[str]:
    """How the words of a name sound, sorted, so that their order does not matter."""
    return sorted({sound(word) for word in names.fold(name).split()})


def plain(kind: str, value: str) -> str:
    """What two spellings of a contact have in common: of a phone the last eight digits, else small letters."""
    if kind == "phone":
        return re.sub(r"\D", "", value)[-8:]
    return names.tidy(value).lower()


def near(one: date, other: date) -> bool:
    """Whether two days may be one, mistyped: day and month the other way round, or one figure another."""
    if one == other:
        return False
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True)) == 1


SAME_NAME, SWAPPED, SOUNDS, SAME_BIRTH, NEAR_BIRTH, SAME_CONTACT = (
    "same-name", "swapped", "sounds", "same-birth", "near-birth", "same-contact",
)  # fmt: skip
_WEIGHT = {SAME_NAME: 4, SWAPPED: 4, SOUNDS: 3, SAME_BIRTH: 3, NEAR_BIRTH: 2, SAME_CONTACT: 3}
ENOUGH = 3


def why(
    folded: str,
    born: date | None,
    plains: Sequence[str],
    *,
    other_folded: str,
    other_born: date | None,
    other_plains: Sequence[str],
) -> tuple[int, tuple[str, ...]]:
    """How much speaks for two people being one, and what: nothing below `ENOUGH` is worth a word.

    A known date of birth that is quite another speaks against a name that is only alike.
    """
    found: list[str] = []
    mine, theirs = folded.split(), other_folded.split()
    if mine and theirs:
        heard, others = {sound(word) for word in mine}, {sound(word) for word in theirs}
        if "".join(mine) == "".join(theirs):  # Nagy-Kiss, Nagy Kiss and Nagykiss
            found.append(SAME_NAME)
        elif sorted(mine) == sorted(theirs):
            found.append(SWAPPED)
        elif len(heard & others) >= min(2, len(heard), len(others)) and min(len(mine), len(theirs)) > 1:
            found.append(SOUNDS)
    if born and other_born:
        if born == other_born:
            found.append(SAME_BIRTH)
        elif near(born, other_born):
            found.append(NEAR_BIRTH)
    if set(plains) & set(other_plains) - {""}:
        found.append(SAME_CONTACT)
    weight = sum(_WEIGHT[one] for one in found)
    if found == [SOUNDS] and born and other_born:
        weight = 0
    if found == [SAME_BIRTH]:
        weight = 0
    return weight, tuple(found)
