"""Whether the database is of this release: migrations, row policies, the product's clock, time zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from gettext import gettext as _
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg

from kohti.kernel import clock, policies

from .finding import CLOCKS_APART, Finding, good, value, wrong


def of_this_release(owner: psycopg.Connection[Any]) -> Finding:
    """Whether every migration of this release, and none of a newer one, has run."""
    from kohti.config import prepare

    about = _("release")
    waiting, unknown = prepare.differences(owner)
    if unknown:
        return wrong(
            about,
            _("the database is of a newer release: %(names)s") % {"names": ", ".join(unknown[:3])},
            _("Start the newer release, or restore a backup from before the update."),
        )
    if waiting:
        return wrong(
            about,
            _("%(count)s migrations wait, first %(name)s") % {"count": len(waiting), "name": waiting[0]},
            _("Run `kohti migrate`."),
        )
    return good(about, _("the database is of this release"))


def row_policies(owner: psycopg.Connection[Any]) -> Finding:
    """Whether every table is under the policies that the rooms declare."""
    from kohti.config.rooms import ROOMS

    about = _("row policies")
    why = policies.in_force(owner, ROOMS)
    if why:
        return wrong(
            about,
            why,
            _(
                "Run `kohti migrate`. If it says this again, somebody changed them by hand: `kohti check` and ask why."
            ),
        )
    return good(about, _("every table is under its policies"))


def products_clock(owner: psycopg.Connection[Any], sample: bool) -> Finding:
    """Whether the product lives in real time, where people are real."""
    about = _("the product's clock")
    offset = timedelta(microseconds=int(value(owner, "select clock_offset_us from kernel_installation") or 0))
    if offset and not sample:
        return wrong(
            about,
            _("it is %(offset)s from real time, and people are real") % {"offset": offset},
            _(
                "As the owner: update kernel_installation set clock_offset_us = 0; then restart web and worker."
            ),
        )
    last: datetime | None = value(owner, "select max(at) from kernel_historyevent")
    if not sample and last is not None and last > clock.real_now() + CLOCKS_APART:
        return wrong(
            about,
            _("something is written for %(at)s, which has not come yet")
            % {"at": last.isoformat("T", "seconds")},
            _("A clock was ahead. Set it; what was written stays, and its times are wrong."),
        )
    return good(about, _("real time") if not offset else _("a day of the sample"))


def zones(owner: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Whether the services' time zones are the same here and in the database, winter and summer."""
    about = _("time zones")
    odd: list[str] = []
    for (name,) in owner.execute("select distinct timezone from team_service order by 1").fetchall():
        for season in ("2026-01-15 12:00+00", "2026-07-15 12:00+00"):
            instant = datetime.fromisoformat(season)
            try:
                ours = instant.astimezone(ZoneInfo(name)).replace(tzinfo=None)
                row = owner.execute("select %s::timestamptz at time zone %s", (instant, name)).fetchone()
            except (ZoneInfoNotFoundError, ValueError, psycopg.DataError):
                odd.append(name)
                break
            if row is None or row[0] != ours:
                odd.append(name)
                break
    if odd:
        yield wrong(
            about,
            _("%(zones)s: unknown, or not the same here and in the database") % {"zones": ", ".join(odd)},
            _("Update the time-zone data of this machine (tzdata) and of PostgreSQL's."),
        )
    else:
        yield good(about, _("the same here and in the database"))
