"""Reads of the directory: search, an offer, a partner."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.names import fold
from kohti.people import spoken

from . import finding
from .hsds.bundle import identifiers
from .hsds.records import Record
from .models import UNREAD, ListedAt, Listing, Partner

A_PAGE = 30
ALIKE = 0.4
"""How alike the letters of words must be (`word_similarity`, 0 to 1): mony mattrs, Money Matters."""
_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for: words, and what an offer must be. Nothing of a kind: any.

    weekdays   open on one of them (0 Monday)
    languages  spoken in one of them (ISO 639 codes)
    fields     helping in one of these fields of life
    town       at a place in this town
    who        the words ask for somebody who knows
    """

    text: str = ""
    weekdays: Sequence[int] = ()
    languages: Sequence[str] = ()
    fields: Sequence[str] = ()
    town: str = ""
    free: bool = False
    to_confirm: bool = False
    who: bool = False


def understood(actor: Actor, asked: Asked) -> Asked:
    """The same with a weekday, a language or "free" that is among the words taken out of them and asked for as such.

    "debt advice in arabic on wednesdays" asks for debt advice, in Arabic, on a Wednesday; "who here knows about debts"
    for somebody who knows about debts. Languages are known by their names in the service's languages and in the one in
    use.
    """
    speakers = tuple(dict.fromkeys((*spoken.own_languages(actor), words.language())))
    weekdays, languages, free = list(asked.weekdays), list(asked.languages), asked.free
    rest: list[str] = []
    who, spoken_of = finding.who_knows(asked.text.split())
    for word in spoken_of:
        plain = fold(word)
        day = finding.weekday_said(plain)
        language = finding.language_said(plain, speakers) if len(plain) > 3 else None
        if day is not None:
            weekdays.append(day)
        elif language:
            languages.append(language)
        elif finding.free_said(plain):
            free = True
        elif any(len(part) > 1 for part in _NO_LETTERS.split(word)):
            rest.append(word)
    return replace(
        asked,
        text=" ".join(rest),
        weekdays=sorted(set(weekdays)),
        languages=sorted(set(languages)),
        free=free,
        who=asked.who or who,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """An offer in a list."""

    id: uuid.UUID
    name: str
    partner_id: uuid.UUID
    partner: str
    status: str
    fields: tuple[str, ...]
    languages: tuple[str, ...]
    weekdays: tuple[int, ...]
    towns: tuple[str, ...]
    free: bool | None
    confirmed_at: datetime | None
    confirm_by: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """Offers that fit, the best first; whether there are more; whether only letters were alike, not words."""

    lines: tuple[Line, ...] = ()
    more: bool = False
    spelled_like_it: bool = False


_COLUMNS = """o.id, o.name, o.partner_id, p.name, o.status, o.fields, o.languages, o.weekdays, o.in_towns, o.free,
    o.confirmed_at, o.confirm_by"""
_WANTED = "%(fields)s, %(languages)s, %(weekdays)s, %(town)s, %(free)s, %(to_confirm)s"

ALL = f"""
select {_COLUMNS} from partners_listing o join partners_partner p on p.id = o.partner_id
where o.service_id = %(service)s and o.gone_since is null and o.status in ('active', 'temporarily closed')
  and (%(fields)s::text[] = '{{}}' or o.fields && %(fields)s::text[])
  and (%(languages)s::text[] = '{{}}' or o.languages && %(languages)s::text[])
  and (%(weekdays)s::smallint[] = '{{}}' or o.weekdays && %(weekdays)s::smallint[])
  and (%(town)s = '' or %(town)s = any(o.towns))
  and (not %(free)s or o.free)
  and (%(to_confirm)s::date is null or o.confirm_by <= %(to_confirm)s::date)
  and (o.name, o.id) > (%(after_name)s, %(after)s)
order by o.name, o.id limit %(most)s
"""
BY_WORDS = f"""
select {_COLUMNS}
from kohti.offers_by_words(%(speech)s, %(all)s, %(all_plain)s, %(any)s, %(any_plain)s, {_WANTED}, %(most)s) f
join partners_listing o on o.id = f.offer join partners_partner p on p.id = o.partner_id
order by f.rank desc, o.name, o.id limit %(most)s
"""
BY_LETTERS = f"""
select {_COLUMNS} from kohti.offers_by_letters(%(folded)s, {_WANTED}, %(most)s) f
join partners_listing o on o.id = f.offer join partners_partner p on p.id = o.partner_id
order by f.rank desc, o.name, o.id limit %(most)s
"""


def find(actor: Actor, asked: Asked, *, after: Line | None = None) -> Found:
    """The offers of the directory that fit, best first, at most 30; without words all of them in order of names.

    Words are found by their stems in the service's language, in any order; the last may be only begun. Where none of
    them is found, offers and partners spelled like it are. One statement, or three.
    """
    actors.must(actor, "directory.see")
    wanted = understood(actor, asked)
    values: dict[str, Any] = {
        "service": actor.service,
        "fields": list(wanted.fields),
        "languages": list(wanted.languages),
        "weekdays": list(wanted.weekdays),
        "town": fold(wanted.town),
        "free": wanted.free,
        "to_confirm": clock.today(actor.zone) if wanted.to_confirm else None,
        "most": A_PAGE + 1,
    }
    said = search_words(actor, wanted.text)
    if not said["all"]:
        values |= {
            "after_name": after.name if after else "",
            "after": after.id if after else uuid.UUID(int=0),
        }
        return _found(ALL, values)
    values |= said
    made = _found(BY_WORDS, values)
    if made.lines:
        return made
    with connection.cursor() as cursor:
        cursor.execute("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
    return replace(_found(BY_LETTERS, values | {"folded": fold(wanted.text)}), spelled_like_it=True)


def search_words(actor: Actor, text: str) -> dict[str, str]:
    """Words as a search compares them: all of them and any, with the endings of the service's language and plain."""
    said = [word for word in _NO_LETTERS.split(text) if len(word) > 1][:20]
    return {
        "speech": finding.SPEECH.get(actor.first_language, "simple"),
        "all": _together(said, "&"),
        "all_plain": _together([fold(word) for word in said], "&"),
        "any": _together(said, "|"),
        "any_plain": _together([fold(word) for word in said], "|", least=4),
    }


def _together(words: Sequence[str], how: str, *, least: int = 1) -> str:
    """Words as `to_tsquery` reads them; the last is a beginning."""
    parts = [part for word in words for part in _NO_LETTERS.split(word) if len(part) >= least]
    if not parts:
        return ""
    if len(parts[-1]) > 2:
        parts[-1] += ":*"
    return f" {how} ".join(parts)


def _found(query: str, values: dict[str, Any]) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        lines = tuple(
            Line(*row[:5], *(tuple(several) for several in row[5:9]), *row[9:]) for row in cursor.fetchall()
        )
    return Found(lines[:A_PAGE], len(lines) > A_PAGE)


@dataclass(frozen=True, slots=True)
class At:
    """A place an offer is to be had at, with what its record and the offer's there say."""

    name: str
    address: str
    record: Record
    place: Record


@dataclass(frozen=True, slots=True)
class ListingPage:
    """An offer, whole. `own`: written here, so that its words can be changed."""

    line: Line
    own: bool
    public: bool
    record: Record
    partner: Record
    confirmed_by: str
    gone_since: datetime | None
    source: str
    at: tuple[At, ...] = field(default_factory=tuple)


def listing(actor: Actor, listing_id: uuid.UUID) -> ListingPage:
    """An offer with its partner and places. Two statements. Raises NotThere."""
    actors.must(actor, "directory.see")
    one = (
        Listing.objects.filter(id=listing_id).select_related("partner", "confirmed_by").defer(*UNREAD).first()
    )
    if one is None:
        raise NotThere("no such offer")
    at = tuple(
        At(*row)
        for row in ListedAt.objects.filter(listing_id=listing_id, gone_since=None)
        .order_by("place__name", "id")
        .values_list("place__name", "place__address", "record", "place__record")
    )
    return ListingPage(
        _line(one),
        one.source == "",
        one.public,
        one.record,
        one.partner.record,
        one.confirmed_by.full_name if one.confirmed_by else "",
        one.gone_since,
        one.source,
        at,
    )


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """A partner with what they offer. `twins`: ids and names of others that are known by the same identifier."""

    id: uuid.UUID
    name: str
    own: bool
    public: bool
    tells: str
    neutral: str
    organisation_id: uuid.UUID | None
    record: Record
    gone_since: datetime | None
    source: str
    offers: tuple[Line, ...]
    twins: tuple[tuple[uuid.UUID, str], ...] = ()


def partner(actor: Actor, partner_id: uuid.UUID) -> PartnerPage:
    """A partner and all they offer, whatever became of it. Two statements, or three. Raises NotThere."""
    actors.must(actor, "directory.see")
    one = Partner.objects.filter(id=partner_id).first()
    if one is None:
        raise NotThere("no such partner")
    offers = (
        Listing.objects.filter(partner_id=partner_id)
        .select_related("partner")
        .defer(*UNREAD)
        .order_by("name", "id")
    )
    return PartnerPage(
        one.id,
        one.name,
        one.source == "",
        one.public,
        one.tells,
        one.neutral,
        one.organisation_id,
        one.record,
        one.gone_since,
        one.source,
        tuple(_line(each) for each in offers[:500]),
        _twins(one),
    )


def _twins(one: Partner) -> tuple[tuple[uuid.UUID, str], ...]:
    """Others, of whatever source, that have an identifier of this one. One statement, or none where it has none."""
    mine = set(identifiers(one.record))
    if not mine:
        return ()
    others = Partner.objects.filter(service_id=one.service_id, gone_since=None).exclude(id=one.id)
    known = others.filter(record__has_key="organization_identifiers").order_by("name", "id")
    return tuple(
        (other, name)
        for other, name, record in known.values_list("id", "name", "record")
        if mine.intersection(identifiers(record))
    )


def _line(one: Listing) -> Line:
    return Line(
        one.id,
        one.name,
        one.partner_id,
        one.partner.name,
        one.status,
        tuple(one.fields),
        tuple(one.languages),
        tuple(one.weekdays),
        tuple(one.in_towns),
        one.free,
        one.confirmed_at,
        one.confirm_by,
    )


def line(listing_id: uuid.UUID) -> Line | None:
    """An offer as a list shows it; None where it is not there. One statement."""
    one = Listing.objects.filter(id=listing_id).select_related("partner").defer(*UNREAD).first()
    return _line(one) if one else None


def offer(listing_id: uuid.UUID) -> Listing | None:
    """An offer's own row with its partner's and, where its people work here, the organisation's. One statement."""
    rows = Listing.objects.filter(id=listing_id).select_related("partner__organisation").defer(*UNREAD)
    return rows.first()
