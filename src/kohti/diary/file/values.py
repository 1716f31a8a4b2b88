"""What single cells of a diary file mean. Each function gives None for what cannot be read."""

from __future__ import annotations

import re
from datetime import date, time

from kohti.kernel.names import tidy

LONGEST = 480
"""Minutes: no appointment is longer than a working day."""

# Everywhere else a date is written with its day or its year first.
_MONTH_FIRST = frozenset({"US"})

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
# Systems that keep only instants write a date with the hour it begins.
_MIDNIGHT = re.compile(r"[T ]00:00(?::00)?$")
_TIME = re.compile(
    r"(?:(?:klo|kl|kello)\.? ?)?([0-9]{1,2})(?:[:.]?([0-9]{2}))(?:[:.]00)? ?(?:([ap])\.?m\.?)?", re.IGNORECASE
)
_MINUTES = re.compile(
    r"([0-9]{1,4}) ?(?:m|min|mins|minutes|minuuttia|minutter|minuten|minut|minuty)?\.?", re.IGNORECASE
)
_PHONE = re.compile(r"\+?[0-9 ()./-]+(?: ?(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s.,;<>()\"]{2,}")


def read_date(text: str, *, country: str, today: date) -> date | None:
    """A date as 2026-03-11, 11/03/2026, 11.3.2026 or 11/03/26 (month first only in the United States).

    Two digits mean the year nearest to today. A time of midnight behind the date is ignored.
    """
    parts = _year_month_day(text, country)
    if parts is None:
        return None
    year, month, day = parts
    if year < 100:
        year = today.year - 50 + (year - today.year + 50) % 100
    return _day(year, month, day)


def read_date_of_birth(text: str, *, country: str, today: date) -> date | None:
    """As `read_date`, but two digits mean the last such year in which the date is not after today."""
    parts = _year_month_day(text, country)
    if parts is None:
        return None
    year, month, day = parts
    if year < 100:
        year = today.year - (today.year - year) % 100
        if (year, month, day) > (today.year, today.month, today.day):
            year -= 100
    return _day(year, month, day)


def _year_month_day(text: str, country: str) -> tuple[int, int, int] | None:
    text = _MIDNIGHT.sub("", text)
    if match := _YEAR_FIRST.fullmatch(text):
        year = int(match[1])
        # Fewer than three digits are a century's years, and nobody means the first one.
        return (year, int(match[3]), int(match[4])) if year >= 100 else None
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if len(match[4]) == 4 and year < 100:
            return None
        return (year, first, second) if country.upper() in _MONTH_FIRST else (year, second, first)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A time of day as 09:30, 9:30, 9.30, 0930, 930, 9:30 am, klo 9.30 or kl. 9.30, with or without seconds
    of 00."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_minutes(text: str) -> int | None:
    """A whole number of minutes from 1 to 480, with or without the word."""
    match = _MINUTES.fullmatch(text)
    minutes = int(match[1]) if match else 0
    return minutes if 1 <= minutes <= LONGEST else None


def read_phone(text: str) -> str | None:
    """A phone number as it was written: 5 to 15 digits (E.164), with what people write between them."""
    match = _PHONE.fullmatch(text)
    return text if match and 5 <= len(phone_digits(text)) <= 15 else None


def phone_digits(text: str) -> str:
    """The digits of a phone number, by which two ways of writing it are the same."""
    return "".join(re.findall("[0-9]", text))


def read_email(text: str) -> str | None:
    """An e-mail address as it was written: something@some.where, at most 254 characters (RFC 5321)."""
    return text if len(text) <= 254 and _EMAIL.fullmatch(text) else None


def read_note(text: str) -> str:
    """A note of several lines, each tidied, without empty ones at its ends."""
    return "\n".join(map(tidy, text.splitlines())).strip("\n")
