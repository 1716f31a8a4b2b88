"""Bringing data in from files."""

from __future__ import annotations

import argparse
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
            raise Trouble(f"There is no centre “{args.centre}” here.", USAGE) from trouble
        except UnreadableSheet as trouble:
            raise Trouble(f"{args.file}: {trouble.message}") from trouble
    found = result.as_json()
    verb = "imported" if args.apply else "would be imported; nothing was changed (add --apply)"

    def words() -> str:
        lines = [
            f"{found['rows']} rows: {found['importable']} {verb}, {found['with_warnings']} with a warning;"
            f" {found['refused']} refused; {found['unchanged']} unchanged"
        ]
        lines += [f"  row {one['row']}: {one['reason']}" for one in found["problems"]]
        return "\n".join(lines)

    answer(found, as_json=args.json, words=words)
    return DONE


def add(commands: Any) -> None:
    """import diary."""
    imports = family(commands, "import", "Bring data in from files.", title="what to import")
    one = command(
        imports,
        "diary",
        import_diary,
        "Check a diary file (CSV or XLSX) row by row; with --apply, import what can be taken.",
    )
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--centre", required=True, help="the centre's code, such as cheltenham")
    one.add_argument("--apply", action="store_true", help="import; without it nothing is changed")
