"""A week of the rota in words: a row for each person, a column for each day; on a page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import documents, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Block, Lines, Made, Table
from kohti.people.attachments.letters import sender_of

from .placed import Place
from .queries import Change, Week


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody's week: who, from where, in whose place, and what stands on each day."""

    organisation: str
    name: str
    instead: str
    cells: tuple[tuple[str, ...], ...]


def days_of(week: Week) -> list[date]:
    """Monday to Friday, and of the weekend the days on which somebody is placed."""
    days = [week.monday + timedelta(days=number) for number in range(7)]
    on = {one.day for one in week.places}
    return [day for day in days if day.weekday() < 5 or day in on]


def rows(actor: Actor, week: Week) -> list[Row]:
    """The rows of a week, organisation by organisation; whoever an organisation sends has a row as others do."""
    days = days_of(week)
    found: dict[tuple[str, str, str, int], dict[date, list[Place]]] = {}
    sent: dict[tuple[date, str], int] = {}
    for one in week.places:
        nth = 0
        if one.staff_id is None:
            nth = sent[one.day, one.organisation] = sent.get((one.day, one.organisation), 0) + 1
        key = (one.organisation, one.name, one.instead, nth)
        found.setdefault(key, {}).setdefault(one.day, []).append(one)
    return [
        Row(
            organisation,
            name,
            instead,
            tuple(tuple(text for one in on.get(day, ()) for text in _said(actor, one)) for day in days),
        )
        for (organisation, name, instead, _nth), on in sorted(found.items(), key=lambda item: item[0])
    ]


def _said(actor: Actor, one: Place) -> list[str]:
    """What a cell says of a place: the hours and where, or why not."""
    if one.holiday:
        return [_("Holiday")]
    if not one.here:
        return [_("Not here")]
    zone = actor.zone
    return [
        ", ".join(
            part
            for part in (f"{words.clock_time(starts, zone)}–{words.clock_time(ends, zone)}", one.room)
            if part
        )
        for starts, ends in one.here
    ]


def days_said(first: date, last: date) -> str:
    """A day, or from a day to a day, in words."""
    return words.day_short(first) if first == last else f"{words.day_short(first)} – {words.day_short(last)}"


def change_said(one: Change) -> str:
    """A holiday, or who stands in, in words."""
    if not one.name:
        return _("Nobody from %(organisation)s comes") % {"organisation": one.organisation}
    return _("%(cover)s for %(name)s") % {"cover": one.cover, "name": one.name}


def made(actor: Actor, week: Week) -> Made:
    """The week on one sheet of paper, in the language in use. It names colleagues alone."""
    actors.must(actor, "arrivals.see")
    days = days_of(week)
    lines: list[tuple[str, ...]] = []
    organisation = ""
    for one in rows(actor, week):
        if one.organisation != organisation and one.name:
            lines.append((one.organisation.upper(), *("" for _day in days)))
        organisation = one.organisation
        lines.append((_who(one), *("; ".join(cell) for cell in one.cells)))
    headings = [_("Who"), *(words.weekday(day.weekday()) for day in days)]
    blocks: list[Block] = [Table(headings, lines, widths=(3, *(2 for _day in days)))]
    blocks.append(
        Lines([f"{days_said(one.first, one.last)}: {change_said(one)}" for one in _of_the_week(week)])
    )
    return documents.make(
        "sheet",
        sender=sender_of(actor),
        title=_("Rota"),
        date=_("Week of %(day)s") % {"day": words.day_short(week.monday)},
        blocks=blocks,
    )


def _of_the_week(week: Week) -> Sequence[Change]:
    sunday = week.monday + timedelta(days=6)
    return [one for one in week.changes if one.first <= sunday and one.last >= week.monday]


def _who(one: Row) -> str:
    """A row's name on paper; whoever an organisation sends is called as that is."""
    name = one.name or one.organisation
    return _("%(cover)s for %(name)s") % {"cover": name, "name": one.instead} if one.instead else name
