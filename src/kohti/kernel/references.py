"""References that people read out, write down and type: short, random, with a check character.

A reference is never a key to anything by itself; it only finds what the reader may see anyway.
"""

import re
import secrets
import unicodedata

from django.utils.translation import gettext as _

from kohti.kernel.errors import KohtiError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (they look like 1 and 0) and no U."""

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans("ILO", "110")
_IGNORED = re.compile(r"[\s._‐‑‒–—−-]+")
_RANDOM = 7
_BODY = _RANDOM + 1
_LONGEST_PREFIX = 4
_LEAST = 3


class BadReference(KohtiError):
    """What was typed is no reference. `code`: empty, character, length or check."""


def new_reference(prefix: str = "") -> str:
    """A new random reference: "7K2M-9QXD", or "V-7K2M-9QXD" with the prefix "V". 32**7 (34 thousand million)
    differ.

    The prefix says what kind of thing it is: up to four letters of the alphabet, covered by the check
    character as well; ValueError otherwise. The caller makes sure that it is unique where it is stored.
    """
    if len(prefix) > _LONGEST_PREFIX or any(letter not in ALPHABET[10:] for letter in prefix):
        raise ValueError(f"not a prefix of a reference: {prefix!r}")
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return _written(prefix + body + check_character(prefix + body))


def read_reference(text: str) -> str:
    """The reference as it is stored, from what a person typed.

    Forgives capitals, spaces, hyphens, dots, and O for 0, I or L for 1. Raises BadReference for anything
    else, and for every single wrong character and every swap of two neighbours.
    """
    typed = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)
    if not typed:
        raise BadReference(_("Type a reference."), code="empty")
    strange = next((character for character in typed if character not in _VALUE), "")
    if strange:
        message = _("“%(character)s” is never part of a reference.") % {"character": strange}
        raise BadReference(message, code="character")
    prefix = typed[:-_BODY]
    if len(typed) < _BODY or len(prefix) > _LONGEST_PREFIX or (prefix and not prefix.isalpha()):
        message = _("A reference has 8 letters and digits, such as 7K2M-9QXD. Here are %(count)s.")
        raise BadReference(message % {"count": len(typed)}, code="length")
    if check_character(typed[:-1]) != typed[-1]:
        message = _("There is a typing mistake in this reference. Compare it with what you were given.")
        raise BadReference(message, code="check")
    return _written(typed)


def part(text: str) -> str:
    """What was typed of a reference, as it is stored but without hyphens; empty where it can be none or says little.

    Forgives as `read_reference` does, and knows nothing of the check: a part has none.
    """
    typed = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)
    return typed if len(typed) >= _LEAST and all(one in _VALUE for one in typed) else ""


def check_character(characters: str) -> str:
    """The check character of a run of characters of the alphabet (KeyError for others).

    Damm's algorithm (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004) over the field of 32 elements:
    the interim value starts at zero, each character is added and the sum multiplied by x, modulo x^5 + x^2 +
    1. Multiplying by x and by x + 1 are both one-to-one, so every single wrong character and every swap of
    two neighbours changes the result.
    """
    interim = 0
    for character in characters:
        interim = (interim ^ _VALUE[character]) << 1
        if interim & 0b100000:
            interim ^= 0b100101
    return ALPHABET[interim]


def _written(characters: str) -> str:
    prefix, body = characters[:-_BODY], characters[-_BODY:]
    return "-".join(filter(None, [prefix, body[:4], body[4:]]))
