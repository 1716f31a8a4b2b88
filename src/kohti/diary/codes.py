"""The code of an appointment: six letters on the letter or the phone, typed at a kiosk on the day."""

from __future__ import annotations

import secrets

LETTERS = "BCDFGHJKMNPRSTVWXZ"
"""No vowels, so that no code is a word; each is a letter of references too, which one keypad serves."""
LENGTH = 6


def new_code() -> str:
    """A new random code. 34 million differ: of a centre's day two are hardly ever the same, and no two need differ."""
    return "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))


def written(code: str) -> str:
    """A code as people read it out and type it: KRT MPW."""
    return f"{code[:3]} {code[3:]}".strip()


def typed(text: str) -> str:
    """The code somebody typed, as it is kept; empty where it can be none."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    return letters if len(letters) == LENGTH and all(one in LETTERS for one in letters) else ""
