"""Looking after an installation: check, doctor."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from dataclasses import asdict
from gettext import gettext as _
from typing import Any

from .common import DONE, WRONG, Trouble, answer, command, database, say


def check(args: argparse.Namespace) -> int:
    """Check what must always be true of this installation; `check attention`: whom nobody holds, in figures."""
    if args.what == "attention":
        return attention(args)
    with database():
        from kohti.config import checks

        found = checks.run(say)
    well, not_well = _("ok"), _("NOT")
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            f"{well if one['ok'] else not_well:4} {_(one['check'])}: {one['found']}" for one in found
        ),
    )
    return DONE if all(one["ok"] for one in found) else WRONG


def attention(args: argparse.Namespace) -> int:
    """Hold what is stored of every open way against the rules."""
    with database():
        from kohti.config import checks

        found = checks.attention()
    figures = {name: getattr(found, name) for name in ("open", "held", "listed", "orphans", "wrong")}

    def words() -> str:
        lines = [
            _("%(open)s open: %(held)s held, %(listed)s on somebody's list") % figures,
            _("%(orphans)s on a list that nobody reads, %(wrong)s stored otherwise than the rules say")
            % figures,
        ]
        lines += [
            f"  {one['journey']}: "
            + (_("nobody reads their list") if one["listed"] and not one["read"] else _("stored wrongly"))
            + f" ({', '.join(one['rules'])})"
            for one in found.faults
        ]
        return "\n".join(lines)

    answer(figures, as_json=args.json, words=words)
    return WRONG if found.wrong or found.orphans else DONE


def doctor(args: argparse.Namespace) -> int:
    """Say what is wrong with this installation, and what to do."""
    from kohti.config import addresses
    from kohti.config.keeping import doctor as looking

    data = addresses.data_folder()
    os.environ.update(KOHTI_DATA=str(data), KOHTI_ROLE="worker")
    with ExitStack() as server:

        def url() -> str:
            from kohti.config import prepare
            from kohti.kernel import postgres

            if "DATABASE_URL" in os.environ:
                return addresses.owner_url()
            if not list(data.glob("postgres-*")):
                raise Trouble(_("There is no database yet: run `kohti migrate` first (or `kohti demo`)."))
            return prepare.own_server(server.enter_context(postgres.use(data, say=say)), data, "kohti")

        found = list(looking.run(data, url))
    signs = {"good": _("ok"), "look": _("LOOK"), "wrong": _("WRONG")}

    def words() -> str:
        lines = []
        for one in found:
            lines.append(f"{signs[one.state]:6} {one.about}: {one.found}")
            lines += [f"       {one.do}"] if one.do else []
        return "\n".join(lines)

    answer([asdict(one) for one in found], as_json=args.json, words=words)
    return WRONG if any(one.state == "wrong" for one in found) else DONE


def add(commands: Any) -> None:
    """check, doctor."""
    command(commands, "doctor", doctor, _("Explain what is wrong with this installation, and what to do."))
    one = command(
        commands, "check", check, _("Check what must always be true: rows, tickets, periods, history.")
    )
    one.add_argument(
        "what",
        nargs="?",
        choices=("attention",),
        help=_("only this: that every open way is held, or stands on a list that somebody reads"),
    )
