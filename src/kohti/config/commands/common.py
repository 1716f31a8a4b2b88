"""What every command leans on: exit codes, how to speak, how to reach the database and files."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Any

DONE, WRONG, USAGE, TROUBLE, INTERRUPTED = 0, 1, 2, 3, 130

Run = Callable[[argparse.Namespace], int]


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
        _set_up_django()
        if not prepare_it:
            from kohti.config import installation

            try:
                installation.load()
            except Exception as trouble:
                raise Trouble(
                    _("The database is not ready yet. Run `kohti migrate` first (or `kohti demo`).")
                ) from trouble
        yield server
    finally:
        if server is not None:
            from django.db import connections

            connections.close_all()
            server.release()
            if not given:
                os.environ.pop("DATABASE_URL", None)


def read_file(path: Path) -> bytes:
    """A file's bytes, or a clear word."""
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise Trouble(
            _("%(file)s cannot be read: %(why)s") % {"file": path, "why": trouble.strerror}
        ) from trouble


def django_alone() -> None:
    """Set Django up without a database, for what only looks at the code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kohti.config.settings")
    _set_up_django()


def _set_up_django() -> None:
    """Django, speaking the language this command was asked for."""
    import django

    django.setup(set_prefix=False)
    from kohti.kernel import words

    words.speak_as_asked()


def command(group: Any, name: str, run: Run, text: str, *, machine: bool = True) -> argparse.ArgumentParser:
    """Put one command under a group; `machine` gives it --json."""
    made: argparse.ArgumentParser = group.add_parser(name, help=text, description=text)
    made.set_defaults(run=run)
    if machine:
        made.add_argument("--json", action="store_true", help=_("print the answer for a machine"))
    return made


def family(commands: Any, name: str, text: str, *, title: str = "") -> Any:
    """A word that others follow, such as `import`; the group to put these under."""
    return commands.add_parser(name, help=text).add_subparsers(
        title=title or _("what to do"), metavar=_("WHAT"), required=True
    )
