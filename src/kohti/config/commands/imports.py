"""Bringing data in from files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Any

from . import directory
from .common import DONE, USAGE, Trouble, answer, command, database, family, read_file, say


@contextmanager
def _said_in_words(args: argparse.Namespace) -> Iterator[None]:
    """Whatever keeps a centre's file from being read, as the command says it."""
    from kohti.kernel.errors import NotThere
    from kohti.kernel.sheets import UnreadableSheet

    try:
        yield
    except NotThere as trouble:
        raise Trouble(
            _("There is no centre “%(centre)s” here.") % {"centre": args.centre}, USAGE
        ) from trouble
    except UnreadableSheet as trouble:
        raise Trouble(f"{args.file}: {trouble.message}") from trouble


def import_diary(args: argparse.Namespace) -> int:
    """Check a diary file, and apply it when asked."""
    content = read_file(args.file)
    with database():
        from kohti.config import services
        from kohti.diary import actions
        from kohti.kernel.actor import as_actor

        with _said_in_words(args):
            actor, centre = services.centre_called(args.centre)
            with as_actor(actor):
                if args.apply:
                    result = actions.apply_file(actor, centre.id, content, filename=args.file.name)
                else:
                    result = actions.check_file(actor, centre.id, content, filename=args.file.name).result
    found = result.as_json()

    answer(found, as_json=args.json, words=lambda: _in_words(found, applied=args.apply))
    return DONE


def import_caseload(args: argparse.Namespace) -> int:
    """Check a caseload file, and begin its ways when asked. What the same file began before stays as it is."""
    content = read_file(args.file)
    with database():
        from kohti.config import services
        from kohti.journeys import actions
        from kohti.kernel.actor import as_actor

        with _said_in_words(args):
            actor, _centre = services.centre_called(args.centre)
            with as_actor(actor):
                if args.apply:
                    result = actions.apply_caseload(
                        actor, content, filename=args.file.name, register=args.register
                    )
                else:
                    result = actions.check_caseload(actor, content, filename=args.file.name)
    found = result.as_json()
    answer(found, as_json=args.json, words=lambda: _in_words(found, applied=args.apply))
    return DONE


def _in_words(found: Mapping[str, Any], *, applied: bool) -> str:
    lines = [
        _(
            "%(rows)s rows: %(importable)s to import, %(with_warnings)s with a warning;"
            " %(refused)s refused; %(unchanged)s unchanged"
        )
        % found
    ]
    if "unknown" in found:
        lines.append(_("%(unknown)s of people whom nobody knows (--register adds them)") % found)
    lines.append(_("imported") if applied else _("nothing was changed (add --apply to import)"))
    return "\n".join([*lines, *(_("  row %(row)s: %(reason)s") % one for one in found["problems"])])


def import_table(args: argparse.Namespace) -> int:
    """Check a table of people or of staff, and apply it when asked."""
    links: list[Any] = []
    if args.what == "staff" and args.apply and args.links is None:
        raise Trouble(_("Name a file for the links of the invitations: --links FILE."), USAGE)
    with database():
        from kohti.config.bringing import people, staff, tables
        from kohti.kernel.actor import as_actor
        from kohti.kernel.errors import NotThere
        from kohti.kernel.sheets import UnreadableSheet

        try:
            actor = tables.housekeeping_of(args.service)
            sheet = tables.read(args.file)
            with as_actor(actor):
                if args.what == "people":
                    result = people.bring(actor, sheet, centre=args.centre, apply=args.apply)
                else:
                    result, links = staff.bring(actor, sheet, apply=args.apply)
                    if links:
                        _write_links(args.links, links)
        except NotThere as trouble:
            raise Trouble(
                _("There is no service “%(service)s” here.") % {"service": args.service}, USAGE
            ) from trouble
        except OSError as trouble:
            raise Trouble(
                _("%(file)s cannot be read: %(why)s") % {"file": args.file, "why": trouble.strerror}
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


def import_service(args: argparse.Namespace) -> int:
    """See whether an exported service could come in, and bring it in when asked."""
    with database():
        from kohti.config import addresses
        from kohti.config.keeping import service

        if not args.file.is_file():
            raise Trouble(_("%(file)s cannot be read: there is no such file.") % {"file": args.file})
        made = service.bring(args.file, url=addresses.owner_url(), apply=args.apply, say=say)
        if args.apply:
            from kohti.config.bringing import tables
            from kohti.kernel import history
            from kohti.kernel.actor import as_actor

            actor = tables.housekeeping_of(made.service)
            with as_actor(actor):
                history.record("service.imported", "service", actor.service)
    rows = sum(table.rows for table in made.tables)
    answer(
        {"service": made.service, "tables": len(made.tables), "rows": rows, "applied": args.apply},
        as_json=args.json,
        words=lambda: "\n".join(
            [
                _("%(service)s: %(rows)s rows of %(tables)s tables, each as it was written")
                % {"service": made.service, "rows": rows, "tables": len(made.tables)},
                _("imported; everybody sets a new password")
                if args.apply
                else _("nothing was changed (add --apply to import)"),
            ]
        ),
    )
    return DONE


def _write_links(path: Path, links: list[Any]) -> None:
    """The links of invitations, in a table for whoever hands them over, readable by its owner alone."""
    from django.urls import reverse

    from kohti.config.keeping.files import appearing
    from kohti.kernel.sheets import write_csv

    origin = (os.environ.get("KOHTI_ORIGINS", "").split() or [""])[0].rstrip("/")
    rows = [(one.name, one.email, origin + reverse("join_with", args=[one.token])) for one in links]
    with appearing(path.absolute()) as unfinished:
        unfinished.write_bytes(write_csv(("name", "email", "link"), rows))


def add(commands: Any) -> None:
    """import diary, caseload, people, staff, service, hsds."""
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
    one = command(
        imports,
        "caseload",
        import_caseload,
        _("Check a caseload file (CSV or XLSX) row by row; with --apply, begin the ways that can be taken."),
    )
    one.add_argument("file", type=Path, metavar=_("FILE"))
    one.add_argument("--centre", required=True, help=_("the centre's code, such as cheltenham"))
    one.add_argument("--register", action="store_true", help=_("add the people whom nobody knows"))
    one.add_argument("--apply", action="store_true", help=_("import; without it nothing is changed"))
    for what, text in (
        (
            "people",
            _("Check a table of people (CSV or XLSX) row by row; with --apply, add whom nobody knows."),
        ),
        (
            "staff",
            _("Check a table of staff (CSV or XLSX) row by row; with --apply, invite whom nobody knows."),
        ),
    ):
        one = command(imports, what, import_table, text)
        one.set_defaults(what=what)
        one.add_argument("file", type=Path, metavar=_("FILE"))
        one.add_argument("--service", required=True, help=_("the service's code, such as gloucestershire"))
        if what == "people":
            one.add_argument("--centre", default="", help=_("the centre's code, for rows that name none"))
        else:
            one.add_argument(
                "--links", type=Path, metavar=_("FILE"), help=_("a new file for the links of the invitations")
            )
        one.add_argument("--apply", action="store_true", help=_("import; without it nothing is changed"))
    one = command(
        imports,
        "service",
        import_service,
        _("See whether an exported service could come in; with --apply, bring it in."),
    )
    one.add_argument("file", type=Path, metavar=_("FILE"), help=_("what `kohti export service` wrote"))
    one.add_argument("--apply", action="store_true", help=_("import; without it nothing is changed"))
    directory.add_import(imports)
