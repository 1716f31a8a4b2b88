"""Languages: which there are, dates, times and numbers as people write them, and a service's own messages.

Pages, jobs and live news speak through Django's translations; `spoken` chooses the language, and where the
service's blueprint says something in words of its own, these. Commands: see `languages.py`.
"""

from __future__ import annotations

import copy
import gettext
import io
import json
import os
import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists
from django.db import connection
from django.utils import translation
from django.utils.translation import get_language, trans_real
from django.utils.translation import gettext as _

from . import languages
from .actor import Actor, as_actor
from .languages import CATALOGUES, CODES

LOCALES = {"en": "en_GB", "fi": "fi_FI", "da": "da_DK", "nl": "nl_BE", "pl": "pl_PL"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


class _Speaking:
    """What texts are translated by, for Django too: in a context variable, as its own, but asked in a twentieth of
    the time. Some pages ask six hundred times.
    """

    def __init__(self) -> None:
        self._now: ContextVar[trans_real.DjangoTranslation | None] = ContextVar("speaking", default=None)

    def now(self) -> trans_real.DjangoTranslation | None:
        """What texts are translated by, or none while nobody has said."""
        return self._now.get()

    @property
    def value(self) -> trans_real.DjangoTranslation:
        now = self._now.get()
        if now is None:
            raise AttributeError("value")
        return now

    @value.setter
    def value(self, now: trans_real.DjangoTranslation) -> None:
        self._now.set(now)

    @value.deleter
    def value(self) -> None:
        self._now.set(None)


SPEAKING = _Speaking()
trans_real._active = SPEAKING  # type: ignore[attr-defined]


def language() -> str:
    """The two-letter code of the language in use."""
    now = SPEAKING.now()
    return ((now.to_language() if now is not None else get_language()) or "en")[:2]


def title(titles: Mapping[Any, str] | str) -> str:
    """A blueprint's title in the language in use, else in English, else in any.

    Takes the titles by language, or their JSON as a plain statement returns it.
    """
    if isinstance(titles, str):
        return _title_in_json(titles, language())
    return _chosen(titles, language())


def _chosen(titles: Mapping[Any, str], code: str) -> str:
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


def wall_time(there: time) -> str:
    """A wall time that is nobody's instant, such as an opening hour, written as the language in use does."""
    return _clock_time(there.hour * 60 + there.minute, language())


@lru_cache(maxsize=2048)
def _day(day: date, code: str, form: str) -> str:
    if (form, code) == ("full", "en"):
        form = "EEEE d MMMM y"  # no comma, as British services write it
    return dates.format_date(day, form, locale=locale(code))


def day_long(day: date) -> str:
    """The date in words: Wednesday 11 March 2026."""
    return _day(day, language(), "full")


def day_short(day: date) -> str:
    """The date with its month's name: 11 March 2026."""
    return _day(day, language(), "long")


def weekday(number: int) -> str:
    """A day of the week (0 Monday) by name, as it begins a line, in the language in use."""
    name: str = locale(language()).days["stand-alone"]["wide"][number]
    return name[:1].upper() + name[1:]


def month(day: date) -> str:
    """The month of a day by its name, with the year: March 2026."""
    return _day(day, language(), "LLLL y")


def day_of(instant: datetime | None, zone: ZoneInfo) -> str:
    """The local day of an instant, with its month's name; nothing for none."""
    return day_short(instant.astimezone(zone).date()) if instant is not None else ""


def number(value: float | Decimal, *, decimals: int | None = None) -> str:
    """A number with the separators of the language in use: 12,345.6 or 12 345,6.

    With `decimals` exactly so many, else as many as there are, up to three.
    """
    return _number(value, decimals, language())


@lru_cache(maxsize=4096, typed=True)
def _number(value: float | Decimal, decimals: int | None, code: str) -> str:
    pattern = locale(code).decimal_formats[None]
    fraction = (decimals, decimals) if decimals is not None else None
    return str(pattern.apply(value, locale(code), force_frac=fraction))


def all_of(items: Sequence[str]) -> str:
    """Several things as a sentence names them: a, b and c."""
    return lists.format_list(list(items), locale=locale(language()))


def any_of(items: Sequence[str]) -> str:
    """Several things of which one is chosen: a, b or c."""
    return lists.format_list(list(items), style="or", locale=locale(language()))


RIGHT_TO_LEFT = ("R", "AL", "AN")


def apart(text: str) -> str:
    """A name or other words of people, to stand within a sentence of ours without turning its direction.

    Text with letters written from right to left is put between marks that isolate it (Unicode's FSI and PDI);
    any other stays as it is.
    """
    if text.isascii() or all(unicodedata.bidirectional(letter) not in RIGHT_TO_LEFT for letter in text):
        return text
    # Markup stays markup: adding to it would escape nothing, as neither mark is a sign of HTML.
    return text.__class__(f"\u2068{text}\u2069")


def quoted(text: str) -> str:
    """What somebody wrote, between the quotation marks of the language in use."""
    return _("“%(text)s”") % {"text": apart(text)}


# a service's own messages

Own = Mapping[str, str | Sequence[str]]
"""What a service says instead of the product's messages: one text, or one for each plural form."""

_spoken: dict[tuple[uuid.UUID, str], tuple[int, trans_real.DjangoTranslation]] = {}
"""What a service speaks in a language, with the version of the blueprint it is from."""


@contextmanager
def spoken(code: str, *, actor: Actor | None = None) -> Iterator[None]:
    """Every text inside is in this language, and in the own words of the actor's service where it has some.

    Made once for a service, version and language in a process; then a text costs what it costs without. Asks the
    database the first time, or each time for an actor who does not know its service's version (housekeeping).
    """
    # `activate` would only take languages of the settings.
    before = getattr(SPEAKING, "value", None)
    SPEAKING.value = _translation(code if code in CODES else "en", actor)
    try:
        yield
    finally:
        SPEAKING.value = before if before is not None else trans_real.translation("en")


def spoken_now() -> gettext.GNUTranslations:
    """What texts are translated by at this moment."""
    return getattr(SPEAKING, "value", None) or trans_real.translation("en")


def _translation(code: str, actor: Actor | None) -> trans_real.DjangoTranslation:
    if actor is None or actor.service_id is None:
        return trans_real.translation(code)
    version, own = actor.facts.get("version"), None
    if version is None:
        version, own = _ask(actor)
    known = _spoken.get((actor.service_id, code))
    if known is not None and known[0] == version:
        return known[1]
    if own is None:
        version, own = _ask(actor)
    made = _with_own(code, own.get(code, {}))
    _spoken[actor.service_id, code] = (version, made)
    return made


def _ask(actor: Actor) -> tuple[int, Mapping[str, Own]]:
    """The version in force and its messages by language, by the database function that team provides."""
    with as_actor(actor), connection.cursor() as cursor:
        cursor.execute("select version, messages from kohti.own_messages()")
        row = cursor.fetchone()
    if row is None:
        return 0, {}
    return row[0], json.loads(row[1]) if row[1] else {}


def _with_own(code: str, own: Own) -> trans_real.DjangoTranslation:
    """Django's translation with some messages replaced, in the catalogue that is looked at first."""
    base: Any = trans_real.translation(code)
    if not own:
        return base  # type: ignore[no-any-return]
    entries: dict[object, str] = {}
    for message, text in own.items():
        if isinstance(text, str):
            entries[message] = text
        else:
            entries |= {(message, form): one for form, one in enumerate(text)}
    catalog: Any = trans_real.TranslationCatalog()
    catalog._catalogs = [{**base._catalog._catalogs[0], **entries}, *base._catalog._catalogs[1:]]
    catalog._plurals = base._catalog._plurals
    made = copy.copy(base)
    made._catalog = catalog
    return made  # type: ignore[no-any-return]


@cache
def _messages() -> Mapping[str, tuple[str, ...]]:
    """Every message of the product: one text, or the forms of a counted one as Finnish has them.

    From the compiled catalogue, or from what it is made of where nobody has compiled it yet.
    """
    found: dict[str, tuple[str, ...]] = {}
    for key, text in _finnish().items():
        if isinstance(key, str):
            found[key] = (text,)
        else:
            found[key[0]] = (*found.get(key[0], ()), text)
    found.pop("", None)
    return found


def _finnish() -> Mapping[Any, str]:
    try:
        kept: Any = gettext.translation("django", CATALOGUES, languages=["fi"])
    except FileNotFoundError:
        from babel.messages import mofile, pofile

        compiled = io.BytesIO()
        with (CATALOGUES / "fi" / "LC_MESSAGES" / "django.po").open("rb") as source:
            mofile.write_mo(compiled, pofile.read_po(source, locale="fi"))
        compiled.seek(0)
        kept = gettext.GNUTranslations(compiled)
    catalogue: Mapping[Any, str] = kept._catalog
    return catalogue


@cache
def plural_forms(code: str) -> int:
    """How many forms a counted message has in a language: two, or three in Polish."""
    return 3 if code == "pl" else 2


def misfits(code: str, own: Own) -> list[tuple[str, str]]:
    """What is wrong with a service's own messages for a language: (message, what was expected) pairs."""
    wrong: list[tuple[str, str]] = []
    known, forms = _messages(), plural_forms(code)
    for message, text in own.items():
        product = known.get(message)
        if product is None:
            wrong.append((message, _("Kohti has no such message. Copy the English one letter by letter.")))
        elif isinstance(text, str) and len(product) > 1:
            wrong.append((message, _("Give a list of %(n)s texts, one for each plural form.") % {"n": forms}))
        elif not isinstance(text, str) and len(product) == 1:
            wrong.append((message, _("Give one text: this message counts nothing.")))
        elif not isinstance(text, str) and len(text) != forms:
            wrong.append((message, _("Give a list of %(n)s texts, one for each plural form.") % {"n": forms}))
        elif not _same_parts(text, product):
            parts = ", ".join(_parts(product[-1])) or "-"
            wrong.append(
                (message, _("Each text must hold the same placeholders: %(parts)s") % {"parts": parts})
            )
    return wrong


def _same_parts(text: str | Sequence[str], product: tuple[str, ...]) -> bool:
    """Whether each form has the message's placeholders; the one for one alone may go without a number."""
    texts = [text] if isinstance(text, str) else list(text)
    return _parts(texts[0]) in (_parts(product[0]), _parts(product[-1])) and all(
        _parts(one) == _parts(product[-1]) for one in texts[1:]
    )


def _parts(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def speak_as_asked() -> None:
    """Let Django's texts in this process speak the language a command was asked for; after `django.setup`."""
    translation.activate(languages.asked_for(os.environ))
