"""Looking after an installation: check."""

from __future__ import annotations

import argparse
from gettext import gettext as _
from typing import Any

from .common import DONE, WRONG, answer, command, database, say


def check(args: argparse.Namespace) -> int:
    """Check what must always be true of this installation."""
    with database():
        from kohti.config import checks

        found = checks.run(say)
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            f"{_('ok') if one['ok'] else _('NOT'):4} {_(one['check'])}: {one['found']}" for one in found
        ),
    )
    return DONE if all(one["ok"] for one in found) else WRONG


def add(commands: Any) -> None:
    """check."""
    command(commands, "check", check, _("Check what must always be true: rows, tickets, periods, history."))
