"""The demo: a sample made once, then served, with its clock running from where it was left."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from kohti.config import addresses, filling, prepare
from kohti.config.supervise import Child
from kohti.config.supervise import run as supervise
from kohti.kernel import postgres
from kohti.kernel.languages import gettext_noop

NAME = "kohti"
MAKING = "kohti_making"
Say = Callable[[str], None]


def run(args: argparse.Namespace, say: Say) -> int:
    """Make the sample where it is missing, then serve it until Ctrl-C."""
    data = addresses.data_folder()
    os.environ["KOHTI_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
    os.environ["KOHTI_ROLE"] = "worker"
    # Links in messages begin with it.
    os.environ.setdefault("KOHTI_ORIGINS", f"http://localhost:{args.port}")
    if "DATABASE_URL" in os.environ:
        return _elsewhere(args, data, say)
    with postgres.use(data, say=say) as server:
        with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
            holds = "nothing"
            if _exists(admin, NAME):
                with psycopg.connect(server.address.url(NAME), autocommit=True) as there:
                    holds = _what_is_in(there)
            if holds == "real":
                say(_(NOT_A_SAMPLE))
                return 1
            if args.fresh or holds == "nothing":
                prepare.drop_database(admin, NAME)
                holds = "nothing"
            prepare.drop_database(admin, MAKING)
        url = prepare.own_server(server, data, NAME if holds == "sample" else MAKING)
        os.environ["DATABASE_URL"] = url
        _set_up(holds == "sample", data, say)
        if holds == "nothing":
            with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
                admin.execute(
                    sql.SQL("alter database {} rename to {}").format(
                        sql.Identifier(MAKING), sql.Identifier(NAME)
                    )
                )
            os.environ["DATABASE_URL"] = addresses.with_database(url, NAME)
        return _serve(args, data, server, say)


NOT_A_SAMPLE = gettext_noop(
    "this installation holds a service that is not a sample; the demo leaves it alone"
)


def _elsewhere(args: argparse.Namespace, data: Path, say: Say) -> int:
    """The demo in a database that is not on our own server: made there only where it is empty."""
    prepare.outside_server(data)
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        holds = _what_is_in(owner)
    if holds == "real":
        say(_(NOT_A_SAMPLE))
        return 1
    _set_up(holds == "sample", data, say)
    return _serve(args, data, None, say)


def _what_is_in(database: psycopg.Connection[Any]) -> str:
    """nothing, sample or real."""
    row = database.execute(
        "select to_regclass('team_service'), to_regclass('kernel_installation')"
    ).fetchone()
    if row is None or not all(row):
        return "nothing"
    row = database.execute(
        "select (select count(*) from team_service), (select bool_or(sample) from kernel_installation)"
    ).fetchone()
    if row is None or not row[0]:
        return "nothing"
    return "sample" if row[1] else "real"


def _exists(admin: psycopg.Connection[Any], name: str) -> bool:
    return admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


def _do_not_wait_for_the_disk() -> None:
    """None of the sample's thousands of commits waits for the disk.

    The clock's own, which comes last, waits: then all of it is there. A database that did not get so far is thrown away.
    """
    from django.db import connection

    connection.ensure_connection()
    connection.connection.execute("set synchronous_commit = off")


def _set_up(there: bool, data: Path, say: Say) -> None:
    """Tables, sample and clock."""
    import django

    django.setup(set_prefix=False)
    prepare.migrate(say)
    from kohti.config import installation, sample

    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        if not there:
            owner.execute("update kernel_installation set sample = true")
            filling.begin_anew(data)
            _do_not_wait_for_the_disk()
            sample.load(data, say)
            owner.execute("analyze")
        row = owner.execute("select max(at) from kernel_historyevent").fetchone()
        last: datetime = row[0] if row and row[0] else sample.STANDS_AT
        installation.set_clock(owner, max(last, sample.STANDS_AT), sample=True)
    _let_go()


def _serve(args: argparse.Namespace, data: Path, server: postgres.Server | None, say: Say) -> int:
    if args.no_serve:
        say(_("the sample is ready"))
        return 0
    env = {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "KOHTI_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "kohti.config.settings",
        "KOHTI_REQUEST_LOG": "0",
    }
    kohti = [sys.executable, "-m", "kohti.config.command"]
    say(
        _("Kohti is at http://localhost:%(port)s — sample data: every person is invented. Ctrl-C stops it.")
        % {"port": args.port}
    )
    children = [
        Child("web", [*kohti, "serve", "--port", str(args.port)], env),
        Child("worker", [*kohti, "worker"], env),
    ]
    if not args.stories:
        known = filling.progress(data)
        if known is None or not known.done:
            say(
                _(
                    "More people are being made in the meantime; that takes a few minutes and can be interrupted."
                )
            )
        children.append(Child("lives", ["nice", *kohti, "demo", "lives"], env, once=True))
    return supervise(children, server=server, say=say)
