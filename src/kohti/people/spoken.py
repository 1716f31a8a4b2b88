"""Languages people speak: kept as codes, chosen and shown by name, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import trans_real

from kohti.kernel import names, words
from kohti.kernel.actor import Actor
from kohti.kernel.languages import CODES

SIGNED = "sgn"
OFTEN = ("ar", "bg", "fa", "fr", "ku", "pl", "prs", "ro", "ru", "so", "sw", "ti", "tr", "uk", "ur")
"""What people who come to such services speak most, beside the languages we write."""
NO_LONGER = frozenset({"ae", "cu", "ie", "io", "la", "pi", "sa", "vo"})
"""Codes of two letters whose languages nobody asks an interpreter for."""
LONGER = ("ckb", "prs", "rom", "yue", "smn", "sms", SIGNED)
"""Languages with a code of three letters that are offered too; others are kept and named where they came in."""
NAMED_AS = {"prs": "fa_AF", "kmr": "ku", "cmn": "zh"}


def name_of(code: str) -> str:
    """A language by its name in the language in use; what is no code we know is given back as it is."""
    if code == SIGNED:
        return _("Sign language")
    return _name(code, words.language())


@lru_cache(maxsize=4096)
def _name(code: str, reader: str) -> str:
    known = words.locale(reader).languages
    found = known.get(NAMED_AS.get(code, code)) or words.locale("en").languages.get(NAMED_AS.get(code, code))
    return str(found) if found else code


def names_of(codes: Iterable[str]) -> str:
    """Languages by name, in their order, parted by commas."""
    return ", ".join(name_of(code) for code in codes)


@lru_cache(maxsize=1)
def every() -> tuple[str, ...]:
    """The codes of all languages that are offered for choosing."""
    two = [str(code) for code in words.locale("en").languages if len(str(code)) == 2]
    return (*(code for code in two if code not in NO_LONGER), *LONGER)


@lru_cache(maxsize=64)
def called(reader: str) -> Mapping[str, str]:
    """The languages that are offered for choosing, by their folded names in one language."""
    found = {names.fold(_name(code, reader)): code for code in every() if code != SIGNED}
    return {**found, names.fold(trans_real.translation(reader).gettext("Sign language")): SIGNED}


Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def choices(own: tuple[str, ...]) -> Choices:
    """Every language to choose from, by name in the language in use.

    Two groups: those often spoken here, the service's `own` first of them, then all in the order of their names.
    """
    return _choices(own, words.language(), words.spoken_now())


@lru_cache(maxsize=64)
def _choices(own: tuple[str, ...], reader: str, speaks: object) -> Choices:
    """Kept for a language and the words it is in (`speaks`): services have words of their own."""
    rest = [code for code in (*CODES, *OFTEN, SIGNED) if code not in own]
    often = (*((code, name_of(code)) for code in own), *_in_order(rest, reader))
    return (_("Often spoken here"), often), (_("All languages"), _in_order(every(), reader))


def _in_order(codes: Iterable[str], reader: str) -> tuple[tuple[str, str], ...]:
    """Codes with their names, in the order of the names."""
    found = [(code, name_of(code)) for code in codes]
    return tuple(sorted(found, key=lambda one: names.sort_key(one[1].replace(" ", ""), language=reader)))


def own_languages(actor: Actor) -> tuple[str, ...]:
    """The languages the actor's service works in, its first one first."""
    return tuple(str(code) for code in actor.facts.get("languages") or CODES)


def needed(languages: Sequence[str], interpreter: str, own: Iterable[str]) -> str:
    """What whoever meets somebody must know of their language, in a few words; empty where nothing.

    The interpreter they need, else their languages where the first is none of the service's `own`.
    """
    if interpreter:
        return f"{_('Interpreter')}: {name_of(interpreter)}"
    if languages and languages[0] not in set(own):
        return names_of(languages)
    return ""
