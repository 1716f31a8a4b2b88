"""How the book is drawn: columns of time, in which what is booked and what is free follow each other.

Each column is a list that fills its day from the first to the last line of the page, so that equal times stand
beside each other with nothing but the length of each line said, in units of five minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from markupsafe import Markup

from kohti.kernel import clock, links, words
from kohti.kernel.ids import short

from ..sessions import Session
from . import saying
from .reading import Block, Column, Open, Pages

UNIT = timedelta(minutes=5)
LINE = timedelta(minutes=30)
SHORTEST = timedelta(minutes=10)
"""Less than this between two appointments is no time to offer."""
MOST_BESIDE = 6
"""More than so many without a room at once are said as a number: nobody could read them beside each other."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as it is drawn: its heading, where the heading leads, its lines."""

    title: str
    note: str
    href: str
    lines: Markup
    free: int
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The book as it is drawn: the times beside it, its columns, and in words what is held in none of them."""

    times: Sequence[str]
    columns: Sequence[Shown]
    also: Sequence[str] = ()
    without: int = 0
    """How many stand in no column, because too many of them have no room at the same time."""


def by_colleague(pages: Pages, zone: ZoneInfo, *, own: uuid.UUID | None) -> Drawn:
    """A day, a column for each colleague; the reader's own first."""
    columns = sorted(pages.colleagues, key=lambda one: one.id != own)
    return _day(
        pages, columns, zone, of=lambda one: one.staff_id, held_by=lambda one: one.staff_id, own=own, what="s"
    )


def by_room(pages: Pages, zone: ZoneInfo) -> Drawn:
    """A day, a column for each room and desk."""
    return _day(
        pages,
        pages.rooms,
        zone,
        of=lambda one: one.room_id,
        held_by=lambda one: one.room_id,
        own=None,
        what="r",
    )


def _day(
    pages: Pages,
    columns: Sequence[Column],
    zone: ZoneInfo,
    *,
    of: Callable[[Block], uuid.UUID | None],
    held_by: Callable[[Session], uuid.UUID | None],
    own: uuid.UUID | None,
    what: str,
) -> Drawn:
    day = pages.first
    held: dict[uuid.UUID | None, list[Block]] = {}
    for block in pages.blocks:
        held.setdefault(of(block), []).append(block)
    known = {one.id for one in columns}
    beside = [one for key, some in held.items() if key not in known for one in some]
    without = 0
    if (
        what == "r"
        and max(map(len, _clusters(sorted(beside, key=lambda one: one.starts))), default=0) > MOST_BESIDE
    ):
        without, beside = len(beside), []
    if beside:
        nobody = _("Without a colleague") if what == "s" else _("Without a room")
        columns = [*columns, Column(None, nobody)]
        held[None] = sorted(beside, key=lambda one: (one.starts, one.id))
    away: dict[uuid.UUID, list[tuple[datetime, datetime]]] = {}
    if what == "s":
        for one in pages.away:
            away.setdefault(one.staff_id, []).append((one.starts, one.ends))
    sessions: dict[uuid.UUID | None, list[Session]] = {}
    for session in pages.held:
        whose = held_by(session)
        sessions.setdefault(whose if whose in known else None, []).append(session)
    also = [saying.also(one, zone) for one in sessions.pop(None, [])]
    frame = _Frame.of(pages, [day], zone)
    shown = []
    for column in columns:
        key = f"{what}{short(column.id)}" if column.id else ""
        lines, free = frame.column(
            day,
            held.get(column.id, []),
            key=key,
            away=away.get(column.id, []) if column.id else [],
            by=what,
            opened=pages.open.get(day),
            sessions=sessions.get(column.id, ()),
            out=_out(pages, column.id, day, zone) if what == "s" else (),
        )
        href = f"{links.to(WEEK_OF[what], column.id)}?day={day}" if column.id else ""
        shown.append(Shown(column.name, _KINDS.get(column.kind, str)(), href, lines, free, column.id == own))
    return Drawn(frame.times, shown, also, without)


_KINDS: dict[str, Callable[[], str]] = {
    "room": lambda: _("Room"),
    "desk": lambda: _("Desk"),
    "quiet": lambda: _("Quiet room"),
}


WEEK_OF = {"s": "book_week", "r": "book_week_of_room"}
"""Where the week of a column is, by what a column is."""


def week(pages: Pages, of: uuid.UUID, zone: ZoneInfo, *, what: str) -> Drawn:
    """The days of a week of one colleague (`what` is s) or room (r): when the centre is open or something is booked."""
    held: dict[date, list[Block]] = {}
    for block in pages.blocks:
        held.setdefault(block.day, []).append(block)
    days = [pages.first + timedelta(days=n) for n in range((pages.last - pages.first).days + 1)]
    pages = replace(pages, held=[one for one in pages.held if of in (one.staff_id, one.room_id)])
    sessions: dict[date, list[Session]] = {}
    for session in pages.held:
        sessions.setdefault(session.starts.astimezone(zone).date(), []).append(session)
    days = [day for day in days if day in pages.open or day in held or day in sessions or day.weekday() < 5]
    away = [(one.starts, one.ends) for one in pages.away if one.staff_id == of]
    frame = _Frame.of(pages, days, zone)
    shown = []
    for day in days:
        lines, free = frame.column(
            day,
            held.get(day, []),
            key=f"{what}{short(of)}",
            away=away,
            by="w" if what == "s" else what,
            opened=pages.open.get(day),
            sessions=sessions.get(day, ()),
            out=_out(pages, of, day, zone) if what == "s" else (),
        )
        closed = "" if day in pages.open else _("Closed")
        shown.append(Shown(words.day_long(day), closed, f"{links.to('book')}?day={day}", lines, free))
    return Drawn(frame.times, shown)


def _out(
    pages: Pages, staff_id: uuid.UUID | None, day: date, zone: ZoneInfo
) -> Sequence[tuple[datetime, datetime]]:
    """When a colleague is not here by the rota; nothing of whoever no rota places."""
    here = pages.by_rota.get((staff_id, day)) if staff_id else None
    if here is None:
        return ()
    midnight = _midnight(day, zone)
    return tuple(_left_over(midnight, midnight + timedelta(days=1), sorted(here)))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the columns of a page have in common: from when to when, in which zone, what the present is."""

    day: date
    zone: ZoneInfo
    speaks: object
    now: datetime
    first: timedelta
    last: timedelta

    @classmethod
    def of(cls, pages: Pages, days: Iterable[date], zone: ZoneInfo) -> _Frame:
        """Wide enough for the hours of the centre and for all that is booked or held."""
        begins, ends = [], []
        for day in days:
            midnight = _midnight(day, zone)
            if day in pages.open:
                begins.append(pages.open[day].opens - midnight)
                ends.append(pages.open[day].closes - midnight)
        for block in pages.blocks:
            midnight = _midnight(block.day, zone)
            begins.append(block.starts - midnight)
            ends.append(block.ends - midnight)
        for session in pages.held:
            midnight = _midnight(session.starts.astimezone(zone).date(), zone)
            begins.append(session.starts - midnight)
            ends.append(session.ends - midnight)
        first = min(begins, default=timedelta(hours=9))
        last = max(ends, default=first)
        return cls(
            pages.first, zone, words.spoken_now(), clock.now(), first // LINE * LINE, -(-last // LINE) * LINE
        )

    @property
    def times(self) -> list[str]:
        """What the lines of the page are called, from the first one on."""
        midnight = _midnight(self.day, self.zone)
        lines = int((self.last - self.first) / LINE)
        return [words.clock_time(midnight + self.first + n * LINE, self.zone) for n in range(lines)]

    def column(
        self,
        day: date,
        blocks: Sequence[Block],
        *,
        key: str,
        away: Sequence[tuple[datetime, datetime]],
        by: str,
        opened: Open | None,
        sessions: Sequence[Session] = (),
        out: Sequence[tuple[datetime, datetime]] = (),
    ) -> tuple[Markup, int]:
        """The lines of one column, and how many of them are free. `key`: what is booked with a press on one of those.

        Kept, because of forty columns one has changed since the page before: a column looks the same from one of the
        instants at which it is cut to the next.
        """
        here, gone, held = tuple(blocks), tuple(away), tuple(sessions)
        begin = _midnight(day, self.zone) + self.first
        passed = begin
        if self.now > begin:
            passed = min(begin + (self.now - begin) // LINE * LINE, begin + self.last - self.first)
            spans = [*gone, *out, *((one.starts, one.ends) for one in here)]
            spans += [(one.starts, one.ends) for one in held]
            for edges in [*spans, (opened.opens, opened.closes)] if opened else spans:
                for edge in edges:
                    if passed < edge <= self.now:
                        passed = edge
        return replace(self, now=passed)._drawn(
            day, here, key=key, away=gone, by=by, opened=opened, sessions=held, out=tuple(out)
        )

    @lru_cache(maxsize=2_000)  # noqa: B019 - of times alone, not of a page
    def _drawn(
        self,
        day: date,
        blocks: Sequence[Block],
        *,
        key: str,
        away: Sequence[tuple[datetime, datetime]],
        by: str,
        opened: Open | None,
        sessions: Sequence[Session],
        out: Sequence[tuple[datetime, datetime]],
    ) -> tuple[Markup, int]:
        midnight = _midnight(day, self.zone)
        begin, end = midnight + self.first, midnight + self.last
        said, where = saying.of(self.speaks), f"{key}.{day:%Y%m%d}."
        lines: list[str] = []
        free = 0

        def gap(fro: datetime, to: datetime) -> None:
            nonlocal free
            for piece, until, what in _pieces(fro, to, begin, opened, away, self.now, out):
                size = _units(begin, piece, until)
                if what == "free" and key and until - piece >= SHORTEST:
                    free += 1
                    lines.append(
                        f'<li data-m={size}><button name=at value="{where}{said.free(piece, self.zone)}'
                    )
                elif what == "away":
                    lines.append(f"<li data-m={size} data-away>{said.away}")
                elif size:
                    lines.append(f"<li data-m={size} data-no aria-hidden=true>")

        stands = [
            (
                cluster[0].starts,
                max(one.ends for one in cluster),
                f" data-n={min(len(cluster), 9)}>"
                + "".join(saying.block(one, self.zone, said, by) for one in cluster),
            )
            for cluster in _clusters(blocks)
        ]
        for session in sessions:
            inside = f" data-held>{saying.held(session, self.zone, by)}"
            taken = sorted((starts, ends) for starts, ends, _inside in stands)
            stands += [(*left, inside) for left in _left_over(session.starts, session.ends, taken)]
        at = begin
        for starts, ends, inside in sorted(stands) if sessions else stands:
            if starts > at:
                gap(at, starts)
            size = max(1, _units(begin, max(starts, at), ends))
            lines.append(f"<li data-m={size}{inside}")
            # an appointment that was missed holds no time, but it still stands there
            at = max(at, ends)
        if at < end:
            gap(at, end)
        return Markup("\n".join(lines)), free  # noqa: S704 - made of escaped parts


@lru_cache(maxsize=1024)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Midnight by the wall's clock: what hours are counted from, so that nine is nine when the clocks change."""
    noon = clock.local(day, "12:00", zone)
    return noon - timedelta(hours=12)


def _units(begin: datetime, fro: datetime, to: datetime) -> int:
    """How many units from one instant to another, counted from the beginning, so that they add up."""
    return round((to - begin) / UNIT) - round((fro - begin) / UNIT)


def _pieces(
    fro: datetime,
    to: datetime,
    begin: datetime,
    opened: Open | None,
    away: Sequence[tuple[datetime, datetime]],
    now: datetime,
    out: Sequence[tuple[datetime, datetime]] = (),
) -> Iterator[tuple[datetime, datetime, str]]:
    """A gap cut where a line of the page begins, the centre opens or closes, or a colleague comes or goes.

    `away`: they would be here and are not; `out`: the rota has them here at other hours.
    """
    opens, closes = (opened.opens, opened.closes) if opened is not None else (to, to)
    cuts = [fro, to, *(edge for edge in (opens, closes) if fro < edge < to)]
    if away:
        cuts += (edge for pair in away for edge in pair if fro < edge < to)
    if out:
        cuts += (edge for pair in out for edge in pair if fro < edge < to)
    line = begin + ((fro - begin) // LINE + 1) * LINE
    while line < to:
        cuts.append(line)
        line += LINE
    for piece, until in pairwise(sorted(set(cuts))):
        if away and any(left <= piece < back for left, back in away):
            yield piece, until, "away"
        elif out and any(left <= piece < back for left, back in out):
            yield piece, until, "over"
        elif opens <= piece and until <= closes and until > now:
            yield piece, until, "free"
        else:
            yield piece, until, "over"


def _clusters(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Appointments that stand beside each other in time, together."""
    cluster: list[Block] = []
    until: datetime | None = None
    for one in blocks:
        if until is not None and one.starts < until:
            cluster.append(one)
            until = max(until, one.ends)
            continue
        if cluster:
            yield cluster
        cluster, until = [one], one.ends
    if cluster:
        yield cluster


def _left_over(
    starts: datetime, ends: datetime, taken: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a session once what stands in its column already, in order, is taken from it."""
    at = starts
    for begins, until in taken:
        if begins >= ends:
            break
        if begins > at:
            yield at, begins
        at = max(at, until)
    if at < ends:
        yield at, ends
