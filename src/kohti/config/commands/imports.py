"""Bringing data in from files."""

from __future__ import annotations

import argparse
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, USAGE, Trouble, answer, command, database, family, read_file


def import_diary(args: argparse.Namespace) -> int:
    """Check a diary file, and apply it when asked."""
    content = read_file(args.file)
    with database():
        from kohti.config import services
        from kohti.diary import actions
        from kohti.kernel.actor import as_actor
        from kohti.kernel.errors import NotThere
        from kohti.kernel.sheets import UnreadableSheet

        try:
            actor, centre = services.centre_called(args.centre)
            with as_actor(actor):
                if args.apply:
                    result = actions.apply_file(actor, centre.id, content, filename=args.file.name)
                else:
                    result = actions.check_file(actor, centre.id, content, filename=args.file.name).result
        except NotThere as trouble:
            raise Trouble(
                _("There is no centre “%(centre)s” here.") % {"centre": args.centre}, USAGE
            ) from trouble
        except UnreadableSheet as trouble:
            raise Trouble(f"{args.file}: {trouble.message}") from trouble
    found = result.as_json()

    def words() -> str:
        lines = [
            _(
                "%(rows)s rows: %(importable)s to import, %(with_warnings)s with a warning;"
                " %(refused)s refused; %(unchanged)s unchanged"
            )
            % found,
            _("imported") if args.apply else _("nothing was changed (add --apply to import)"),
        ]
        lines += [_("  row %(row)s: %(reason)s") % one for one in found["problems"]]
        return "\n".join(lines)

    answer(found, as_json=args.json, words=words)
    return DONE


def add(commands: Any) -> None:
    """import diary."""
    imports = family(commands, "import", _("Bring data in from files."), title=_("what to import"))
    one = command(
        imports,
        "diary",
        import_diary,
        _("Check a diary file (CSV or XLSX) row by row; with --apply, import what can be taken."),
    )
    one.add_argument("file", type=Path, metavar=_("FILE"))
    one.add_argument("--centre", required=True, help=_("the centre's code, such as cheltenham"))
    one.add_argument("--apply", action="store_true", help=_("import; without it nothing is changed"))
