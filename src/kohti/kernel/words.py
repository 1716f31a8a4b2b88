"""Languages, dates and times as people write them, with cached patterns (Babel's data)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates
from django.utils.translation import get_language

LANGUAGES = (("en", "English"), ("fi", "Suomi"))
LOCALES = {"en": "en_GB", "fi": "fi_FI", "da": "da_DK", "nl": "nl_BE", "pl": "pl_PL"}


def language() -> str:
    """The two-letter code of the language in use."""
    return (get_language() or "en")[:2]


def title(titles: Mapping[str, str] | str) -> str:
    """A blueprint's title in the language in use, else in English, else in any.

    Takes the titles by language, or their JSON as a plain statement returns it.
    """
    if isinstance(titles, str):
        return _title_in_json(titles, language())
    return _chosen(titles, language())


def _chosen(titles: Mapping[str, str], code: str) -> str:
    return titles.get(code) or titles.get("en") or next(iter(titles.values()), "")


@lru_cache(maxsize=4096)
def _title_in_json(text: str, code: str) -> str:
    return _chosen(json.loads(text), code)


@cache
def locale(code: str) -> Locale:
    """The Babel locale for one of our languages."""
    return Locale.parse(LOCALES.get(code, "en_GB"))


@lru_cache(maxsize=4096)
def _clock_time(minutes: int, code: str) -> str:
    separator = "." if code in ("fi", "da") else ":"
    return f"{minutes // 60:02d}{separator}{minutes % 60:02d}"


def clock_time(instant: datetime, zone: ZoneInfo) -> str:
    """The wall time, as in 09:30, written as the language in use does."""
    there = instant.astimezone(zone)
    return _clock_time(there.hour * 60 + there.minute, language())


@lru_cache(maxsize=2048)
def _day(day: date, code: str, form: str) -> str:
    return dates.format_date(day, form, locale=locale(code))


def day_long(day: date) -> str:
    """The date in words: Wednesday 11 March 2026."""
    return _day(day, language(), "full")


def day_short(day: date) -> str:
    """The date with its month's name: 11 March 2026."""
    return _day(day, language(), "long")
