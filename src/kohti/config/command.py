"""The command line: `kohti`.

Exit codes: 0 done; 1 something is wrong with what was looked at (a check failed, rows were refused that had to
be taken); 2 the call's words are off; 3 the database or a file cannot be reached or read; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

DONE, WRONG, USAGE, TROUBLE, INTERRUPTED = 0, 1, 2, 3, 130


def say(line: str) -> None:
    """Tell the person what is going on, beside the answer itself."""
    print(f"kohti: {line}", file=sys.stderr, flush=True)


def answer(value: object, *, as_json: bool, words: Callable[[], str]) -> None:
    """Print the result, for a machine or for a person."""
    print(json.dumps(value, ensure_ascii=False, indent=1) if as_json else words(), flush=True)


class Trouble(Exception):
    """Ends the command with a clear word."""

    def __init__(self, message: str, code: int = TROUBLE) -> None:
        super().__init__(message)
        self.exit_code = code


@contextmanager
def database(*, role: str = "worker", prepare_it: bool = False) -> Iterator[Any]:
    """Reach the database (our own server is joined or started), with Django set up as `role`.

    Yields the server, or None where DATABASE_URL names one that is not ours.
    """
    from kohti.config import addresses, prepare
    from kohti.kernel import postgres

    data = addresses.data_folder()
    os.environ["KOHTI_DATA"] = str(data)
    os.environ["KOHTI_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kohti.config.settings")
    server = None
    given = "DATABASE_URL" in os.environ
    if not given:
        server = postgres.use(data, say=say)
        os.environ["DATABASE_URL"] = prepare.own_server(server, data, "kohti")
    elif prepare_it:
        prepare.outside_server(data)
    try:
        import django

        django.setup(set_prefix=False)
        if not prepare_it:
            from kohti.config import installation

            try:
                installation.load()
            except Exception as trouble:
                raise Trouble(
                    "The database is not ready yet. Run `kohti migrate` first (or `kohti demo`)."
                ) from trouble
        yield server
    finally:
        if server is not None:
            from django.db import connections

            connections.close_all()
            server.release()
            if not given:
                os.environ.pop("DATABASE_URL", None)


def demo(args: argparse.Namespace) -> int:
    """Load the sample and serve it."""
    from kohti.config import demo as running

    if args.what == "accounts":
        with database():
            from kohti.config import addresses, installation, sample

            if not installation.facts().sample:
                raise Trouble("These are not sample data: there are no sample accounts.", WRONG)
            found = sample.accounts(addresses.data_folder())
        answer(
            found,
            as_json=args.json,
            words=lambda: "\n".join(f"{a['name']:28} {a['password']:24} {a['role']}" for a in found),
        )
        return DONE
    return running.run(args, say)


def serve(args: argparse.Namespace) -> int:
    """Serve the pages."""
    from kohti.config import server

    with database(role="web"):
        return server.run(host=args.host, port=args.port, say=say)


def worker(args: argparse.Namespace) -> int:
    """Do the background work until told to stop."""
    from kohti.config import server

    with database():
        return server.work(say=say)


def migrate(args: argparse.Namespace) -> int:
    """Bring the database to this release."""
    from kohti.config import prepare

    with database(prepare_it=True):
        prepare.migrate(say)
    say("the database is ready")
    return DONE


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


def read_blueprint(name: str) -> tuple[str, str]:
    """The text of a blueprint and what to call it: a file, or the code of one that comes with the product."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kohti.config.settings")
    import django

    django.setup(set_prefix=False)
    from kohti.config import services

    if name in services.shipped_codes():
        return services.shipped(name), f"{name}.toml"
    try:
        return read_file(Path(name)).decode("utf-8"), name
    except UnicodeDecodeError as trouble:
        raise Trouble(f"{name} is not a text in UTF-8.") from trouble


def _blueprint_faults(args: argparse.Namespace, name: str, faults: Sequence[Any]) -> int:
    """Say what is wrong in a blueprint, or that nothing is."""
    answer(
        {
            "blueprint": name,
            "ok": not faults,
            "problems": [{"line": one.line, "where": one.where, "reason": one.message} for one in faults],
        },
        as_json=args.json,
        words=lambda: "\n".join([f"{name}, {one}" for one in faults] or [f"{name} is in order"]),
    )
    return WRONG if faults else DONE


def blueprint_check(args: argparse.Namespace) -> int:
    """Check a blueprint, changing nothing."""
    from kohti.kernel import blueprint

    text, name = read_blueprint(args.blueprint)
    try:
        blueprint.read(text, name=name)
    except blueprint.BadBlueprint as trouble:
        return _blueprint_faults(args, name, trouble.faults)
    return _blueprint_faults(args, name, ())


def blueprint_apply(args: argparse.Namespace) -> int:
    """Make a service from a blueprint, or bring it to the blueprint's version."""
    from kohti.kernel import blueprint

    with database():
        from kohti.config import services

        text, name = read_blueprint(args.blueprint)
        try:
            actor = services.apply(text, name=name)
        except blueprint.BadBlueprint as trouble:
            return _blueprint_faults(args, name, trouble.faults)
        found = services.summary(actor)
    answer(
        found,
        as_json=args.json,
        words=lambda: f"{found['name']}, version {found['version']}: {', '.join(found['centres'])}",
    )
    return DONE


def replay_day(args: argparse.Namespace) -> int:
    """Live a day in a scratch database."""
    from kohti.config import lived
    from kohti.kernel.errors import NotThere

    try:
        found = lived.replay(
            centre=args.centre,
            diary=read_file(args.diary),
            walk_ins=read_file(args.walk_ins),
            day=args.day,
            staff=args.staff,
            seed=args.seed,
            say=say,
        )
    except NotThere as trouble:
        raise Trouble(f"There is no centre “{args.centre}” in the sample service.", USAGE) from trouble
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(f"{name.replace('_', ' '):18} {value}" for name, value in found.items()),
    )
    return DONE if found["history_verified"] and not found["open_at_close"] else WRONG


def check(args: argparse.Namespace) -> int:
    """Check what must always be true of this installation."""
    with database():
        from kohti.config import checks

        found = checks.run(say)
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            f"{'ok ' if one['ok'] else 'NOT'} {one['check']}: {one['found']}" for one in found
        ),
    )
    return DONE if all(one["ok"] for one in found) else WRONG


def bench(args: argparse.Namespace) -> int:
    """Measure the product through real HTTP."""
    from kohti.config import bench as measuring

    rows = measuring.frontdesk(
        sizes=[int(size) for size in args.past.split(",")], repeat=args.repeat, clients=args.clients, say=say
    )
    answer(rows, as_json=args.json, words=lambda: measuring.as_table(rows))
    return DONE


def history_verify(args: argparse.Namespace) -> int:
    """Check the whole history."""
    import psycopg

    with database():
        from kohti.config import addresses
        from kohti.kernel import history

        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            verdict = history.Verdict()
            for verdict in history.verify(owner, expect=args.expect):
                say(f"{verdict.sealed} of {verdict.events} events checked")
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
                f"{verdict.events} events, {verdict.sealed} sealed in {verdict.seals} batches,"
                f" {verdict.erased} forgotten",
                "nothing was altered" if verdict.verified else "NOT as it was written:",
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
    answer({"sealed": sealed}, as_json=args.json, words=lambda: f"{sealed} events sealed")
    return DONE


def routes(args: argparse.Namespace) -> int:
    """List every address, and who may: everybody, whoever is signed in, or a verb and the sample's roles with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kohti.config.settings")
    import django

    django.setup(set_prefix=False)
    from kohti.config import services
    from kohti.config.routes import routes as listed
    from kohti.kernel import blueprint
    from kohti.kernel.doors import EVERYBODY, SIGNED_IN

    roles = blueprint.read(services.shipped("gloucestershire")).roles
    everybody = [role.code for role in roles]

    def who(verb: str) -> list[str]:
        if verb in (EVERYBODY, SIGNED_IN):
            return everybody
        return [role.code for role in roles if verb in role.verbs]

    found = [one._asdict() | {"roles": who(one.who_may)} for one in listed()]
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            f"{one['pattern']:44} {'/'.join(one['methods']):10} {one['who_may']:18} {one['name']}"
            for one in found
        ),
    )
    return DONE


def read_file(path: Path) -> bytes:
    """A file's bytes, or a clear word."""
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise Trouble(f"{path} cannot be read: {trouble.strerror}") from trouble


def parser() -> argparse.ArgumentParser:
    """Every command with its help."""
    top = argparse.ArgumentParser(
        prog="kohti",
        description="Kohti: the open platform for employment support, from the front door to work that lasts.",
        epilog="Exit codes: 0 done, 1 found something wrong, 2 the call's words are off, 3 cannot reach or read"
        " something, 130 interrupted. `kohti COMMAND --help` tells more.",
    )
    top.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the folder where everything is kept (or KOHTI_DATA; default: a folder of your own)",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        group: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, *, machine: bool = True
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = group.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        if machine:
            made.add_argument("--json", action="store_true", help="print the answer for a machine")
        return made

    one = command(commands, "demo", demo, "Load the sample day of Cheltenham and serve it at localhost.")
    one.add_argument("what", nargs="?", choices=["accounts"], help="accounts: list who can sign in")
    one.add_argument("--no-serve", action="store_true", help="load the sample and stop")
    one.add_argument("--port", type=int, default=8000, help="the port to serve at (8000)")
    one.add_argument("--fresh", action="store_true", help="throw the sample away and make it anew")
    one = command(commands, "serve", serve, "Serve the pages.", machine=False)
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--port", type=int, default=8000, help="the port (8000)")
    command(commands, "worker", worker, "Do the background work until stopped.", machine=False)
    command(commands, "migrate", migrate, "Bring the database to this release.", machine=False)

    imports = commands.add_parser("import", help="Bring data in from files.").add_subparsers(
        title="what to import", metavar="WHAT", required=True
    )
    one = command(
        imports,
        "diary",
        import_diary,
        "Check a diary file (CSV or XLSX) row by row; with --apply, import what can be taken.",
    )
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--centre", required=True, help="the centre's code, such as cheltenham")
    one.add_argument("--apply", action="store_true", help="import; without it nothing is changed")

    blueprints = commands.add_parser("blueprint", help="Services described in files.").add_subparsers(
        title="what to do", metavar="WHAT", required=True
    )
    for name, run, text in (
        ("check", blueprint_check, "Check a blueprint: every fault with its line; nothing is changed."),
        ("apply", blueprint_apply, "Make a service from a blueprint, or bring it to the file's version."),
    ):
        one = command(blueprints, name, run, text)
        one.add_argument("blueprint", metavar="FILE", help="a file, or the name of one that comes with Kohti")

    replays = commands.add_parser("replay", help="Live a past day again, in a scratch database.")
    one = command(
        replays.add_subparsers(title="what to live", metavar="WHAT", required=True),
        "day",
        replay_day,
        "Live one day of a centre as fast as it can, through the same actions as the screens.",
    )
    one.add_argument("--centre", required=True, help="the centre's code, such as cheltenham")
    one.add_argument("--diary", type=Path, required=True, metavar="FILE", help="the day's appointments")
    one.add_argument("--walk-ins", type=Path, required=True, metavar="FILE", help="the door's log")
    one.add_argument("--day", type=date.fromisoformat, help="the day (else the diary's most frequent one)")
    one.add_argument("--staff", type=int, help="how many colleagues serve (all of the diary's, and the desk)")
    one.add_argument("--seed", type=int, default=1, help="what chance draws from (1)")

    command(commands, "check", check, "Check what must always be true: rows, tickets, periods, history.")
    benches = commands.add_parser("bench", help="Measure the product through real HTTP.")
    one = command(
        benches.add_subparsers(title="what to measure", metavar="WHAT", required=True),
        "frontdesk",
        bench,
        "The front desk with 300 visitors today, over growing numbers of past visits.",
    )
    one.add_argument("--past", default="0,200000,2000000", help="numbers of past visits (0,200000,2000000)")
    one.add_argument(
        "--clients", type=int, choices=range(1, 5), default=1, help="how many press buttons at once (1)"
    )
    one.add_argument("--repeat", type=int, default=100, help="how often each operation is done (100)")

    histories = commands.add_parser(
        "history", help="The history nobody can rewrite unnoticed."
    ).add_subparsers(title="what to do", metavar="WHAT", required=True)
    one = command(
        histories, "verify", history_verify, "Check every event, batch and seal; 1 when one was altered."
    )
    one.add_argument(
        "--expect", default="", metavar="HEAD", help="the head of an earlier check: it must still be there"
    )
    command(histories, "seal", history_seal, "Seal what has been written since the last seal.")
    command(commands, "routes", routes, "List every address of the product and who may use it.")
    return top


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    args = parser().parse_args(argv)
    if args.data is not None:
        os.environ["KOHTI_DATA"] = str(args.data.expanduser().resolve())
    import psycopg

    from kohti.kernel.errors import KohtiError

    try:
        code = args.run(args)
    except Trouble as trouble:
        say(str(trouble))
        code = trouble.exit_code
    except KohtiError as trouble:
        say(str(trouble.message))
        code = TROUBLE
    except psycopg.OperationalError as trouble:
        say(f"The database cannot be reached: {trouble}")
        code = TROUBLE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = DONE
    sys.exit(code)


if __name__ == "__main__":
    main()
