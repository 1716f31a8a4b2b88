"""Keeping what there is: backup, restore, erasures."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path
from typing import Any

from kohti.kernel.languages import gettext_noop

from . import directory
from .common import DONE, USAGE, WRONG, Trouble, answer, command, database, django_alone, family, say

NOT_IN_HERE = gettext_noop(
    "secrets.json of the data folder is not in it: keep a copy somewhere safe and apart"
    " (kohti backup --secrets FILE)"
)


def backup(args: argparse.Namespace) -> int:
    """Make a backup."""
    with database():
        from kohti.config import addresses
        from kohti.config.keeping import backup as backups

        data = addresses.data_folder()
        made = backups.make(args.target, data=data, url=addresses.owner_url(), say=say, keep=args.keep)
        if args.secrets is not None:
            _copy_secrets(data, args.secrets)
    found = asdict(made)

    def words() -> str:
        lines = [
            _("%(file)s: %(rows)s rows of %(tables)s tables, %(bytes)s bytes, in %(seconds)s s")
            % {
                "file": made.file,
                "rows": f"{made.rows:,}",
                "tables": made.tables,
                "bytes": f"{made.bytes:,}",
                "seconds": f"{made.seconds:g}",
            }
        ]
        lines += [_("%(file)s was removed") % {"file": one} for one in made.removed]
        apart = _("secrets are in %(file)s") % {"file": args.secrets} if args.secrets else _(NOT_IN_HERE)
        return "\n".join([*lines, apart])

    answer(found, as_json=args.json, words=words)
    return DONE


def _copy_secrets(data: Path, target: Path) -> None:
    """The installation's secrets in a file of their own, for its owner's eyes."""
    from kohti.config.keeping.files import appearing

    held = data / "secrets.json"
    if not held.exists():
        raise Trouble(
            _("There is no %(held)s: the secrets of this installation are in its environment.")
            % {"held": held},
            WRONG,
        )
    if target.is_dir():
        raise Trouble(_("%(target)s is a folder; name a file for the secrets.") % {"target": target})
    with appearing(target.absolute()) as unfinished:
        unfinished.write_bytes(held.read_bytes())


def restore(args: argparse.Namespace) -> int:
    """Check a backup, or bring it back."""
    from kohti.config.keeping import restore as restoring

    if not args.file.is_file():
        raise Trouble(_("%(file)s cannot be read: there is no such file.") % {"file": args.file})
    if args.check:
        django_alone()
        made = restoring.check(args.file, say)
        answer(
            {"made_at": made.made_at, "tables": len(made.tables), "rows": made.rows, "whole": True},
            as_json=args.json,
            words=lambda: (
                _("whole: %(rows)s rows of %(tables)s tables, made %(at)s")
                % {"rows": f"{made.rows:,}", "tables": len(made.tables), "at": made.made_at}
            ),
        )
        return DONE
    return _bring_back(args)


def _bring_back(args: argparse.Namespace) -> int:
    from kohti.config import addresses, prepare
    from kohti.config.keeping import backup as backups
    from kohti.config.keeping import restore as restoring
    from kohti.kernel import postgres

    data = addresses.data_folder()
    os.environ.update(KOHTI_DATA=str(data), KOHTI_ROLE="worker")
    os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
    server = None
    if "DATABASE_URL" in os.environ:
        url = addresses.owner_url()
        # The roles are the server's; our database may be gone, which is why somebody restores.
        restoring.use_database(addresses.with_database(url, "postgres"))
        prepare.outside_server(data)
        restoring.use_database(url)
    else:
        server = postgres.use(data, say=say)
        url = prepare.own_server(server, data, "kohti")
    try:
        name = addresses.database_of(url)
        with restoring.server_of(url, into=args.beside or name) as admin:
            forgotten = _forgotten(data, args.erasures)
            put_away = ""
            if args.beside:
                target = args.beside
                if restoring.there_is(admin, target):
                    if restoring.holds(addresses.with_database(url, target)) != "nothing":
                        raise restoring.Living(
                            _("The database %(target)s is not empty. Nothing was changed.")
                            % {"target": target}
                        )
                    restoring.nobody_else(admin, target)
                else:
                    restoring.make_beside(admin, target)
            else:
                target = f"{name}_restoring"
                there = restoring.there_is(admin, name)
                living = restoring.holds(url) if there else "nothing"
                if living != "nothing" and not args.replace:
                    raise restoring.Living(
                        _(
                            "The database %(name)s is alive: it holds %(what)s that a restore would put "
                            "away. Nothing was changed. Restore into another with --beside NAME, or say "
                            "--replace: then a backup of it is made first."
                        )
                        % {"name": name, "what": _("services") if living == "services" else _("tables")}
                    )
                restoring.nobody_else(admin, name)
                if living == "else":
                    raise restoring.Living(
                        _("The database %(name)s holds tables that are not Kohti's.") % {"name": name}
                    )
                if living == "services":
                    folder = data / "backups"
                    folder.mkdir(mode=0o700, exist_ok=True)
                    put_away = backups.make(folder, data=data, url=url, say=say).file
                    forgotten |= _forgotten(data, None)
                restoring.make_beside(admin, target)
            restoring.use_database(addresses.with_database(url, target))
            django_alone()
            manifest = restoring.load(args.file, addresses.owner_url(), say)
            done = restoring.bring_up(addresses.owner_url(), manifest, forgotten, say)
            _let_go()
            if not args.beside:
                restoring.put_in_place(admin, made=target, name=name)
                done.database = name
                restoring.put_files_back(args.file, data, say)
            done.put_away = put_away
    finally:
        if server is not None:
            _let_go()
            server.release()

    def words() -> str:
        lines = [
            _("%(rows)s rows of %(tables)s tables are back in %(name)s, each as it was at %(at)s")
            % {"rows": f"{done.rows:,}", "tables": done.tables, "name": done.database, "at": done.made_at},
            _("forgotten again, because they had been forgotten since: %(number)s")
            % {"number": done.forgotten_again},
            _("messages that may have left since, for staff to decide; none is sent again: %(number)s")
            % {"number": done.messages_unknown},
            _("migrations since that were applied: %(number)s") % {"number": done.migrations_since},
            _("nothing was altered") if done.history_verified else _("NOT as it was written:"),
            *done.faults,
        ]
        if done.put_away:
            lines.append(_("what was there before is in %(file)s") % {"file": done.put_away})
        return "\n".join(lines)

    answer(asdict(done), as_json=args.json, words=words)
    return DONE if done.history_verified else WRONG


def _forgotten(data: Path, given: Path | None) -> set[Any]:
    """Everybody on the data folder's list of erasures, and on the one that was named."""
    from kohti.config.keeping import erasures

    lists = [path for path in (data / erasures.LIST,) if path.exists()] + ([given] if given else [])
    return {one for path in lists for one in erasures.read(path)}


def _let_go() -> None:
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        connections.close_all()


def list_erasures(args: argparse.Namespace) -> int:
    """Print who was forgotten, identifiers only."""
    import psycopg

    with database():
        from kohti.config import addresses
        from kohti.config.keeping import erasures

        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            known = erasures.known_to(owner)
        held = _forgotten(addresses.data_folder(), None)
        there = {(one.service_id, one.person_id) for one in known}
        known |= {one for one in held if (one.service_id, one.person_id) not in there}
    print(erasures.as_lines(known), end="", flush=True)
    return DONE


def export(args: argparse.Namespace) -> int:
    """Write a whole service to a file."""
    with database():
        from kohti.config import addresses
        from kohti.config.bringing import tables
        from kohti.config.keeping import service
        from kohti.kernel import history
        from kohti.kernel.actor import as_actor
        from kohti.kernel.errors import NotThere

        if args.file.is_dir():
            raise Trouble(_("%(file)s is a folder; name a file.") % {"file": args.file})
        try:
            actor = tables.housekeeping_of(args.service)
        except NotThere as trouble:
            raise Trouble(
                _("There is no service “%(service)s” here.") % {"service": args.service}, USAGE
            ) from trouble
        with as_actor(actor):
            history.record("service.exported", "service", actor.service)
        made = service.export(args.service, args.file, url=addresses.owner_url(), say=say)
    rows = sum(table.rows for table in made.tables)
    answer(
        {"service": made.service, "tables": len(made.tables), "rows": rows, "file": str(args.file)},
        as_json=args.json,
        words=lambda: (
            _("%(rows)s rows of %(tables)s tables are in %(file)s, readable by you alone")
            % {"rows": rows, "tables": len(made.tables), "file": args.file}
        ),
    )
    return DONE


def add(commands: Any) -> None:
    """backup, restore, erasures, export."""
    exports = family(commands, "export", _("Write data to files."), title=_("what to export"))
    directory.add_export(exports)
    one = command(
        exports,
        "service",
        export,
        _("Write a whole service, with what every column means, to a file of CSV and JSON."),
    )
    one.add_argument("service", metavar=_("SERVICE"), help=_("the service's code, such as gloucestershire"))
    one.add_argument("file", type=Path, metavar=_("FILE"), help=_("a new file (.zip)"))
    one = command(
        commands,
        "backup",
        backup,
        _("Write everything to one file, as it was at one instant; verified when it is restored."),
    )
    one.add_argument("target", type=Path, metavar="FILE", help=_("a file, or a folder to put it into"))
    one.add_argument(
        "--keep",
        type=int,
        default=0,
        metavar="N",
        help=_("in a folder: remove older backups of that naming, once the new one is whole, but for N"),
    )
    one.add_argument("--secrets", type=Path, metavar="FILE", help=_("write the installation's secrets there"))
    one = command(
        commands,
        "restore",
        restore,
        _(
            "Bring a backup back into an empty database, verified row by row; people "
            "forgotten since stay forgotten."
        ),
    )
    one.add_argument("file", type=Path, metavar="FILE", help=_("the backup"))
    one.add_argument("--check", action="store_true", help=_("read the whole file and change nothing"))
    one.add_argument(
        "--beside",
        metavar="NAME",
        help=_("restore into the database NAME beside the living one and leave it there"),
    )
    one.add_argument(
        "--replace",
        action="store_true",
        help=_("put a living database away: a backup of it is made in the data folder first"),
    )
    one.add_argument(
        "--erasures",
        type=Path,
        metavar="FILE",
        help=_("a list that `kohti erasures` printed, beside the data folder's own"),
    )
    command(
        commands,
        "erasures",
        list_erasures,
        _("Print who was forgotten (identifiers only), a line each, to be kept apart from backups."),
        machine=False,
    )
