"""The demo: a sample made once, then served, with its clock running from where it was left."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from kohti.config import addresses, prepare
from kohti.config.supervise import Child
from kohti.config.supervise import run as supervise
from kohti.kernel import postgres

NAME = "kohti"
MAKING = "kohti_making"
Say = Callable[[str], None]


def run(args: argparse.Namespace, say: Say) -> int:
    """Make the sample where it is missing, then serve it until Ctrl-C."""
    data = addresses.data_folder()
    os.environ["KOHTI_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
    os.environ["KOHTI_ROLE"] = "worker"
    if "DATABASE_URL" in os.environ:
        return _elsewhere(args, data, say)
    with postgres.use(data, say=say) as server:
        with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
            there = _exists(admin, NAME)
            if args.fresh and there:
                _drop(admin, NAME)
                there = False
            if not there:
                _drop(admin, MAKING)
        url = prepare.own_server(server, data, NAME if there else MAKING)
        os.environ["DATABASE_URL"] = url
        _set_up(there, data, say)
        if not there:
            _let_go()
            with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
                admin.execute(
                    sql.SQL("alter database {} rename to {}").format(
                        sql.Identifier(MAKING), sql.Identifier(NAME)
                    )
                )
            os.environ["DATABASE_URL"] = addresses.with_database(url, NAME)
        return _serve(args, data, server, say)


def _elsewhere(args: argparse.Namespace, data: Path, say: Say) -> int:
    prepare.outside_server(data)
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        row = owner.execute("select to_regclass('team_service')").fetchone()
        there = bool(row and row[0])
        if there:
            row = owner.execute("select count(*), bool_or(sample) from kernel_installation").fetchone()
            services = owner.execute("select count(*) from team_service").fetchone()
            there = bool(services and services[0])
            if there and not (row and row[1]):
                say("this database holds a service that is not a sample; the demo leaves it alone")
                return 1
    _set_up(there, data, say)
    return _serve(args, data, None, say)


def _exists(admin: psycopg.Connection[Any], name: str) -> bool:
    return admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


def _set_up(there: bool, data: Path, say: Say) -> None:
    """Tables, sample and clock."""
    import django

    django.setup(set_prefix=False)
    prepare.migrate(say)
    from kohti.config import installation, sample

    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        if not there:
            owner.execute("update kernel_installation set sample = true")
            sample.load(data, say)
            owner.execute("analyze")
        row = owner.execute("select max(at) from kernel_historyevent").fetchone()
        last: datetime = row[0] if row and row[0] else sample.STANDS_AT
        installation.set_clock(owner, max(last, sample.STANDS_AT), sample=True)
    _let_go()


def _serve(args: argparse.Namespace, data: Path, server: postgres.Server | None, say: Say) -> int:
    if args.no_serve:
        say("the sample is ready")
        return 0
    env = {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "KOHTI_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "kohti.config.settings",
    }
    kohti = [sys.executable, "-m", "kohti.config.command"]
    say(f"Kohti is at http://localhost:{args.port} — sample data: every person is invented. Ctrl-C stops it.")
    return supervise(
        [
            Child("web", [*kohti, "serve", "--port", str(args.port)], env),
            Child("worker", [*kohti, "worker"], env),
        ],
        server=server,
        say=say,
    )
