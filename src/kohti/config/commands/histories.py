"""The history nobody can rewrite unnoticed: history verify, history seal."""

from __future__ import annotations

import argparse
from gettext import gettext as _
from typing import Any

from .common import DONE, WRONG, answer, command, database, family, say


def history_verify(args: argparse.Namespace) -> int:
    """Check the whole history."""
    import psycopg

    with database():
        from kohti.config import addresses
        from kohti.kernel import history

        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            verdict = history.Verdict()
            for verdict in history.verify(owner, expect=args.expect):
                say(
                    _("%(checked)s of %(events)s events checked")
                    % {"checked": verdict.sealed, "events": verdict.events}
                )
    found = {
        "verified": verdict.verified,
        "events": verdict.events,
        "sealed": verdict.sealed,
        "seals": verdict.seals,
        "erased": verdict.erased,
        "head": verdict.head,
        "faults": verdict.faults,
    }
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            [
                _("%(events)s events, %(sealed)s sealed in %(seals)s batches, %(erased)s forgotten")
                % {
                    "events": verdict.events,
                    "sealed": verdict.sealed,
                    "seals": verdict.seals,
                    "erased": verdict.erased,
                },
                _("nothing was altered") if verdict.verified else _("NOT as it was written:"),
                *verdict.faults,
            ]
        ),
    )
    return DONE if verdict.verified else WRONG


def history_seal(args: argparse.Namespace) -> int:
    """Seal what has been written."""
    with database():
        from kohti.kernel import history
        from kohti.kernel.actor import DOOR, as_actor

        with as_actor(DOOR):
            sealed = history.seal()
    answer({"sealed": sealed}, as_json=args.json, words=lambda: _("%(n)s events sealed") % {"n": sealed})
    return DONE


def add(commands: Any) -> None:
    """history verify and seal."""
    histories = family(commands, "history", _("The history nobody can rewrite unnoticed."))
    one = command(
        histories, "verify", history_verify, _("Check every event, batch and seal; 1 when one was altered.")
    )
    one.add_argument(
        "--expect", default="", metavar="HEAD", help=_("the head of an earlier check: it must still be there")
    )
    command(histories, "seal", history_seal, _("Seal what has been written since the last seal."))
