"""A day lived in a scratch database beside the others, which is thrown away after it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from gettext import gettext as _
from typing import Any

import psycopg
from psycopg import sql

from kohti.config import addresses, prepare
from kohti.kernel import postgres

Say = Callable[[str], None]


@contextmanager
def scratch(say: Say, *, role: str = "worker") -> Any:
    """A fresh migrated database, with Django set up on it; dropped at the end."""
    data = addresses.data_folder()
    os.environ["KOHTI_DATA"] = str(data)
    os.environ["KOHTI_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kohti.config.settings")
    name = f"kohti_scratch_{os.getpid()}"
    server = None
    before = os.environ.get("DATABASE_URL")
    if before is None:
        server = postgres.use(data, say=say)
        os.environ["DATABASE_URL"] = prepare.own_server(server, data, name)
    else:
        prepare.outside_server(data)
        with psycopg.connect(before, autocommit=True) as admin:
            prepare.make_database(admin, name, owner=admin.info.user)
        os.environ["DATABASE_URL"] = addresses.with_database(before, name)
    mine = os.environ["DATABASE_URL"]
    beside = before or (server.address.url("postgres") if server else mine)
    try:
        import django

        django.setup(set_prefix=False)
        prepare.migrate(say)
        yield server
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(beside, autocommit=True) as admin:
            for one in _scratches(admin, name):
                prepare.drop_database(admin, one)
        if before is None:
            os.environ.pop("DATABASE_URL", None)
        else:
            os.environ["DATABASE_URL"] = before
        if server is not None:
            server.release()


def _scratches(admin: psycopg.Connection[Any], name: str) -> list[str]:
    found = admin.execute("select datname from pg_database where starts_with(datname, %s)", (name,))
    return [row[0] for row in found if row[0] == name or row[0].startswith(f"{name}_as_")]


def copy_of_scratch(server: postgres.Server | None, label: str) -> str:
    """Copy the scratch database as it stands now; the owner's address of the copy, which goes when it goes.

    Nobody may be connected to it, Django included.
    """
    from django.db import connections

    connections.close_all()
    mine = os.environ["DATABASE_URL"]
    name = mine.rpartition("/")[2].partition("?")[0]
    copied = f"{name}_as_{label}"
    with psycopg.connect(
        server.address.url("postgres") if server else addresses.with_database(mine, "postgres"),
        autocommit=True,
    ) as admin:
        row = admin.execute(
            "select pg_get_userbyid(datdba) from pg_database where datname = %s", (name,)
        ).fetchone()
        assert row is not None
        admin.execute(
            sql.SQL("create database {} owner {} template {} strategy file_copy").format(
                sql.Identifier(copied), sql.Identifier(row[0]), sql.Identifier(name)
            )
        )
    return addresses.with_database(mine, copied)


def replay(
    *,
    centre: str,
    diary: bytes,
    walk_ins: bytes,
    day: date | None,
    staff: int | None,
    seed: int,
    say: Say,
) -> dict[str, Any]:
    """Live a day of one centre and say what happened, in the words of `replay.Outcome`."""
    with scratch(say):
        from kohti.config import sample, services
        from kohti.diary import actions
        from kohti.diary.file import read_rows
        from kohti.frontdesk import replay as living
        from kohti.kernel import blueprint, clock, history
        from kohti.kernel.actor import DOOR, as_actor
        from kohti.kernel.sheets import UnreadableSheet

        begun = time.monotonic()
        here = sample.service_of(centre)
        country = blueprint.read(services.shipped(here.service)).service.country
        rows, _refused, _total = read_rows(diary, filename="diary", country=country, today=date(2100, 1, 1))
        if not rows:
            raise UnreadableSheet(_("The diary file has no line that can be read."), code="empty")
        if day is None:
            day = Counter(row.starts.date() for row in rows).most_common(1)[0][0]
        before = datetime.combine(day - timedelta(days=1), datetime.min.time(), UTC)
        with clock.held_at(min(before, sample.HIRED)):
            services.apply(services.shipped(here.service), name=f"{here.service}.toml")
            actor, place = services.centre_called(centre)
        with clock.held_at(before), as_actor(actor):
            actions.apply_file(actor, place.id, diary, filename="diary")
            colleagues = sample.at_work(actor, place, staff=staff, here=here)
        say(_("%(n)s colleagues; living %(day)s") % {"n": len(colleagues), "day": day.isoformat()})
        lived = living.Day(actor, place.id, day, colleagues, seed)
        lived.live(living.read_walk_ins(walk_ins, day, actor))
        with as_actor(actor):
            found = living.outcome(place.id, day)
        with as_actor(DOOR):
            history.seal()
        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            *_all, verdict = history.verify(owner)
        found.history_verified = verdict.verified and verdict.sealed == verdict.events
        found.wall_s = round(time.monotonic() - begun, 1)
        return found.as_json()
