"""The directory in and out, as Open Referral's HSDS 3.0."""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Mapping
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, USAGE, Trouble, answer, command, database

MOST_SAID = 50
"""Faults that are named in words; `--json` names all."""


def import_hsds(args: argparse.Namespace) -> int:
    """Check a directory in HSDS, and take it when asked. What cannot be read is said, the rest is taken."""
    with database():
        from kohti.kernel.actor import as_actor
        from kohti.partners import actions
        from kohti.partners.hsds.files import Unreadable

        actor = _housekeeping(args.service)
        try:
            with as_actor(actor):
                made = actions.bring_file(
                    actor,
                    args.path,
                    source=args.source.strip() or args.path.resolve().name or str(args.path.resolve()),
                    apply=args.apply,
                    public=not args.private,
                )
        except (Unreadable, OSError) as trouble:
            raise Trouble(_why(args.path, getattr(trouble, "code", ""))) from trouble
    found = made.as_json()
    answer(found, as_json=args.json, words=lambda: _in_words(found, applied=args.apply))
    return DONE


def _why(path: Path, code: str) -> str:
    said = {
        "not-there": _("%(file)s cannot be read: there is no such file."),
        "not-json": _("%(file)s cannot be read: it is not JSON."),
        "not-zip": _("%(file)s cannot be read: it is not a complete ZIP file."),
        "too-big": _("%(file)s is too big."),
    }
    return said.get(
        code, _("%(file)s holds no HSDS data: neither JSON nor the CSV files of a data package.")
    ) % {"file": path}


def _in_words(found: Mapping[str, Any], *, applied: bool) -> str:
    lines = [
        _(
            "%(records)s records: %(new)s new, %(changed)s changed, %(unchanged)s as they were;"
            " %(gone)s from the same source are no longer in it"
        )
        % found,
        _("imported") if applied else _("nothing was changed (add --apply to import)"),
    ]
    whys = faults_in_words()
    for one in found["faults"][:MOST_SAID]:
        values = {
            **one,
            "field": one["field"] or "-",
            "record": one["record"] or "-",
            "code": whys[one["code"]],
        }
        lines.append(
            (
                _("  %(kind)s %(record)s, %(field)s: %(code)s; left out")
                if one["lost"]
                else _("  %(kind)s %(record)s, %(field)s: %(code)s")
            )
            % values
        )
    if len(found["faults"]) > MOST_SAID:
        lines.append(_("  and %(n)s more (--json names all)") % {"n": len(found["faults"]) - MOST_SAID})
    return "\n".join(lines)


def faults_in_words() -> Mapping[str, str]:
    """What each code of `hsds.records.FAULTS` means, said of a field or of a record."""
    return {
        "missing": _("is missing"),
        "no-record": _("is not a record"),
        "not-id": _("is not a UUID"),
        "not-text": _("is not text"),
        "not-number": _("is not a number"),
        "not-day": _("is not a date like 2026-03-27"),
        "not-moment": _("is not a time with its zone, like 2026-03-27T09:00:00Z"),
        "not-email": _("is not an e-mail address"),
        "not-web": _("is not a web address"),
        "not-allowed": _("is not one of the values that HSDS allows"),
        "long": _("is too long"),
        "order": _("is lower than the minimum age"),
        "same-id": _("is in it twice"),
        "not-there": _("names a record that is not in it"),
        "same-identifier": _(
            "another organisation has the same identifier; correct one of them at its source"
        ),
        "not-yours": _("belongs to another source; import it under that source's name"),
        "not-json": _("is not JSON"),
        "not-csv": _("is not CSV"),
        "not-zip": _("is not a complete ZIP file"),
        "too-big": _("is too big"),
        "not-utf8": _("is not UTF-8; read as Windows-1252"),
        "not-all": _("is only a part of a directory: what is not in it stays"),
    }


def export_hsds(args: argparse.Namespace) -> int:
    """Write a service's directory as HSDS: a tabular data package (.zip), or JSON (.json)."""
    with database():
        from kohti.config.keeping.files import appearing
        from kohti.kernel.actor import as_actor
        from kohti.partners import outgoing
        from kohti.partners.hsds import bundle as hsds

        if args.file.suffix.lower() not in (".zip", ".json"):
            raise Trouble(_("Name a file that ends in .zip (a data package) or .json."), USAGE)
        actor = _housekeeping(args.service)
        with as_actor(actor):
            made = outgoing.as_bundle(actor, public_only=not args.private)
        tables = hsds.tables(made)
        try:
            with appearing(args.file.absolute()) as unfinished:
                if args.file.suffix.lower() == ".json":
                    unfinished.write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")
                else:
                    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as package:
                        about = hsds.descriptor(tables, title=args.service)
                        package.writestr("datapackage.json", json.dumps(about, ensure_ascii=False, indent=1))
                        for file, rows in tables.items():
                            package.writestr(file, hsds.as_csv(file, rows))
        except OSError as trouble:
            raise Trouble(
                _("%(file)s cannot be written: %(why)s") % {"file": args.file, "why": trouble.strerror}
            ) from trouble
    counts = {file: len(rows) for file, rows in tables.items()}
    answer(
        {"file": str(args.file), "rows": counts},
        as_json=args.json,
        words=lambda: (
            _("%(rows)s rows of %(tables)s tables are in %(file)s")
            % {"rows": sum(counts.values()), "tables": len(counts), "file": args.file}
        ),
    )
    return DONE


def _housekeeping(code: str) -> Any:
    from kohti.config.bringing import tables
    from kohti.kernel.errors import NotThere

    try:
        return tables.housekeeping_of(code)
    except NotThere as trouble:
        raise Trouble(_("There is no service “%(service)s” here.") % {"service": code}, USAGE) from trouble


def add_import(imports: Any) -> None:
    """import hsds."""
    one = command(
        imports,
        "hsds",
        import_hsds,
        _(
            "Check a directory of who can help (HSDS 3.0: JSON or data package); with --apply, import what can be taken."
        ),
    )
    one.add_argument("path", type=Path, metavar=_("PATH"), help=_("a file, a ZIP of files, or a folder"))
    one.add_argument("--service", required=True, help=_("the service's code, such as gloucestershire"))
    one.add_argument(
        "--source",
        default="",
        help=_("where it comes from: the same name each time (if left out, the file's name)"),
    )
    one.add_argument("--private", action="store_true", help=_("for colleagues only, not for /hsds/"))
    one.add_argument("--apply", action="store_true", help=_("import; without it nothing is changed"))


def add_export(exports: Any) -> None:
    """export hsds."""
    one = command(
        exports,
        "hsds",
        export_hsds,
        _("Write a service's directory of who can help as HSDS 3.0: a data package (.zip) or JSON."),
    )
    one.add_argument("file", type=Path, metavar=_("FILE"), help=_("a new file (.zip or .json)"))
    one.add_argument("--service", required=True, help=_("the service's code, such as gloucestershire"))
    one.add_argument("--private", action="store_true", help=_("include what is for colleagues only"))
