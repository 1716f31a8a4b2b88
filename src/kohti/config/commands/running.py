"""Serving the product: demo, serve, worker, migrate."""

from __future__ import annotations

import argparse
import os
from gettext import gettext as _
from typing import Any

from .common import DONE, WRONG, Trouble, answer, command, database, say


def demo(args: argparse.Namespace) -> int:
    """Load the sample and serve it."""
    from kohti.config import demo as running

    if args.what == "accounts":
        with database():
            from kohti.config import addresses, installation, sample

            if not installation.facts().sample:
                raise Trouble(_("These are not sample data: there are no sample accounts."), WRONG)
            found = sample.accounts(addresses.data_folder())
        answer(
            found,
            as_json=args.json,
            words=lambda: "\n".join(f"{a['name']:28} {a['password']:24} {a['role']}" for a in found),
        )
        return DONE
    if args.what == "lives":
        return lives(args)
    return running.run(args, say)


def lives(args: argparse.Namespace) -> int:
    """Live the lives of the sample that nobody has lived yet."""
    with database():
        from kohti.config import addresses, installation
        from kohti.config.sample import living

        if not installation.facts().sample:
            raise Trouble(_("These are not sample data: nobody is invented here."), WRONG)

        def tell(made: int, of: int) -> None:
            if made == of or made % 100 == 0:
                say(_("%(made)s of %(of)s people of the sample are ready") % {"made": made, "of": of})

        made = living.live(addresses.data_folder(), tell)
    if args.json:
        answer({"made": made}, as_json=True, words=str)
    return DONE


def serve(args: argparse.Namespace) -> int:
    """Serve the pages."""
    from kohti.config import metrics, server

    with database(role="web"):
        figures_at = metrics.place(os.environ, given=args.metrics_port)
        return server.run(host=args.host, port=args.port, figures_at=figures_at, say=say)


def worker(args: argparse.Namespace) -> int:
    """Do the background work until told to stop."""
    from kohti.config import metrics, server

    with database():
        return server.work(figures_at=metrics.place(os.environ, given=args.metrics_port), say=say)


def migrate(args: argparse.Namespace) -> int:
    """Bring the database to this release."""
    from kohti.config import prepare

    with database(prepare_it=True):
        prepare.migrate(say)
    say(_("the database is ready"))
    return DONE


def add(commands: Any) -> None:
    """demo, serve, worker, migrate."""
    one = command(commands, "demo", demo, _("Load the sample day of Cheltenham and serve it at localhost."))
    one.add_argument(
        "what",
        nargs="?",
        choices=["accounts", "lives"],
        help=_("accounts: list who can sign in; lives: make everybody of the sample"),
    )
    one.add_argument("--no-serve", action="store_true", help=_("load the sample and stop"))
    one.add_argument("--stories", action="store_true", help=_("make only the few people with a story"))
    one.add_argument("--port", type=int, default=8000, help=_("the port to serve at (8000)"))
    one.add_argument("--fresh", action="store_true", help=_("throw the sample away and make it anew"))
    one = command(commands, "serve", serve, _("Serve the pages."), machine=False)
    one.add_argument("--host", default="127.0.0.1", help=_("the address to listen on (127.0.0.1)"))
    one.add_argument("--port", type=int, default=8000, help=_("the port (8000)"))
    two = command(commands, "worker", worker, _("Do the background work until stopped."), machine=False)
    for process in (one, two):
        process.add_argument(
            "--metrics-port",
            type=int,
            metavar="PORT",
            help=_(
                "serve figures for Prometheus there, to this machine only (or KOHTI_METRICS_PORT; default: not)"
            ),
        )
    command(commands, "migrate", migrate, _("Bring the database to this release."), machine=False)
