"""Calendars as programs read them: iCalendar (RFC 5545), in local time with its zone, lines folded, texts escaped.

What it writes is of the same bytes for the same events: nothing in it is of the moment it is written at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PRODUCT = "-//Kohti//Calendar//EN"
REFRESH = "PT15M"
"""How often a program is asked to read again."""
WIDEST = 75
"""Octets of a line before it is folded (RFC 5545, 3.1)."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something in a calendar.

    uid        the same for as long as it is the same thing, moved or not
    sequence   counts up with each change; `changed` is when the last one was
    whole_days it takes whole local days, from the first to before the last
    every_week it comes again each week at this local time, to this day included, but not on the days `but`
    """

    uid: str
    sequence: int
    changed: datetime
    starts: datetime
    ends: datetime
    title: str
    place: str = ""
    text: str = ""
    link: str = ""
    cancelled: bool = False
    whole_days: bool = False
    every_week: date | None = None
    but: Sequence[date] = ()


def calendar(events: Iterable[Event], *, name: str, zone: ZoneInfo, first: date, last: date) -> bytes:
    """A calendar of these events. Its zone is described for the years of `first` and `last` and the one before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        *time_zone(zone.key, first.year - 1, last.year),
    ]
    for event in events:
        lines += _event(event, zone)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, zone: ZoneInfo) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.changed)}"
    yield f"LAST-MODIFIED:{_instant(event.changed)}"
    if event.whole_days:
        yield f"DTSTART;VALUE=DATE:{event.starts.astimezone(zone):%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.ends.astimezone(zone):%Y%m%d}"
    else:
        yield f"DTSTART{_local(event.starts, zone)}"
        yield f"DTEND{_local(event.ends, zone)}"
    if event.every_week is not None:
        local = event.starts.astimezone(zone)
        last = datetime.combine(event.every_week, local.time(), zone)
        yield f"RRULE:FREQ=WEEKLY;UNTIL={_instant(last)};BYDAY={DAYS[local.weekday()]}"
        for day in event.but:
            yield f"EXDATE{_local(datetime.combine(day, local.time(), zone), zone)}"
    yield f"SUMMARY:{_text(event.title)}"
    for name, value in (("LOCATION", event.place), ("DESCRIPTION", event.text)):
        if value:
            yield f"{name}:{_text(value)}"
    if event.link:
        yield f"URL:{event.link}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if event.cancelled else 'OPAQUE'}"
    yield "END:VEVENT"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    """The local time with its zone; in the hour that comes twice the second one can only be said in UTC."""
    local = instant.astimezone(zone)
    return f":{_instant(instant)}" if local.fold else f";TZID={zone.key}:{local:%Y%m%dT%H%M%S}"


def _text(text: str) -> str:
    plain = "".join(
        sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign >= " " or sign == "\n"
    )
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line as octets, folded between characters."""
    whole = line.encode()
    if len(whole) <= WIDEST:
        return whole + b"\r\n"
    out, room = bytearray(), WIDEST
    for sign in line:
        octets = sign.encode()
        if len(octets) > room:
            out += b"\r\n "
            room = WIDEST - 1
        out += octets
        room -= len(octets)
    return bytes(out) + b"\r\n"


@dataclass(frozen=True, slots=True)
class _Change:
    """The clocks change: the local time they showed just before, and how far they stood from UTC before and after."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str


@lru_cache(maxsize=64)
def time_zone(key: str, first: int, last: int) -> tuple[str, ...]:
    """A VTIMEZONE of these years (RFC 5545, 3.6.5).

    Where the clocks change by the same rule each year it is said as that rule, which some programs need.
    """
    zone = ZoneInfo(key)
    changes = list(_changes(zone, first, last))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{key}"]
    kinds = {
        "STANDARD": [one for one in changes if one.after < one.before],
        "DAYLIGHT": [one for one in changes if one.after > one.before],
    }
    rules = {kind: _rule(theirs) for kind, theirs in kinds.items()}
    if not all(rules.values()):
        at = datetime(first, 1, 1, tzinfo=zone)
        offset = _at(zone, at)
        lines += _standing("STANDARD", at.replace(tzinfo=None), offset, offset, at.tzname() or key)
    for kind, theirs in kinds.items():
        for one in theirs[:1] if rules[kind] else theirs:
            lines += _standing(kind, one.wall, one.before, one.after, one.name, rules[kind])
    return (*lines, "END:VTIMEZONE")


def _standing(
    kind: str, wall: datetime, before: timedelta, after: timedelta, name: str, rule: str = ""
) -> Iterator[str]:
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{wall:%Y%m%dT%H%M%S}"
    if rule:
        yield f"RRULE:{rule}"
    yield f"TZOFFSETFROM:{_offset(before)}"
    yield f"TZOFFSETTO:{_offset(after)}"
    yield f"TZNAME:{name}"
    yield f"END:{kind}"


def _offset(offset: timedelta) -> str:
    minutes = abs(int(offset / timedelta(minutes=1)))
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}{minutes % 60:02d}"


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[_Change]:
    """When the clocks of a zone change in these years: by days, then to the minute."""
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    step = timedelta(days=1)
    while at < end:
        before, after = _at(zone, at), _at(zone, at + step)
        if before != after:
            low, high = at, at + step
            while high - low > timedelta(minutes=1):
                middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
                low, high = (middle, high) if _at(zone, middle) == before else (low, middle)
            wall = (high + before).replace(tzinfo=None)
            yield _Change(wall, before, after, high.astimezone(zone).tzname() or zone.key)
        at += step


def _at(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _rule(changes: Sequence[_Change]) -> str:
    """The yearly rule that says just these changes, such as the last Sunday of March; empty where there is none."""
    years = [one.wall.year for one in changes]
    alike = {(one.wall.month, one.wall.weekday(), one.wall.time(), one.before, one.after) for one in changes}
    if len(changes) < 2 or len(alike) > 1 or years != list(range(years[0], years[-1] + 1)):
        return ""
    month, weekday = changes[0].wall.month, DAYS[changes[0].wall.weekday()]
    counted = {(one.wall.day - 1) // 7 + 1 for one in changes}
    if all((one.wall + timedelta(days=7)).month != month for one in changes):
        which = "-1"
    elif len(counted) == 1:
        which = str(counted.pop())
    else:
        return ""
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={which}{weekday}"
