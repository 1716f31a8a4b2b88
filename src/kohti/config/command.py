"""The command line: `kohti`. Its commands are in `commands/`, a family a file.

Exit codes: 0 done; 1 something is wrong with what was looked at (a check failed, rows were refused that had to
be taken); 2 the call's words are off; 3 the database or a file cannot be reached or read; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import NoReturn

from kohti.config.commands import (
    blueprints,
    care,
    histories,
    imports,
    keeping,
    listing,
    mailing,
    measuring,
    running,
    staff,
)
from kohti.config.commands.common import DONE, INTERRUPTED, TROUBLE, Trouble, say
from kohti.kernel import languages


def parser() -> argparse.ArgumentParser:
    """Every command with its help, in the order in which they are told."""
    top = argparse.ArgumentParser(
        prog="kohti",
        description=_(
            "Kohti: the open platform for employment support, from the front door to work that lasts."
        ),
        epilog=_(
            "Exit codes: 0 done, 1 found something wrong, 2 the call's words are off, 3 cannot reach or read"
            " something, 130 interrupted. `kohti COMMAND --help` tells more."
        ),
    )
    top.add_argument(
        "--data",
        type=Path,
        metavar=_("DIR"),
        help=_("the folder where everything is kept (or KOHTI_DATA; default: a folder of your own)"),
    )
    commands = top.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)

    running.add(commands)
    imports.add(commands)
    blueprints.add(commands)
    staff.add(commands)
    measuring.add_replay(commands)
    care.add(commands)
    keeping.add(commands)
    measuring.add_bench(commands)
    histories.add(commands)
    mailing.add(commands)
    listing.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    languages.speak_as_asked()
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
        say(_("The database cannot be reached: %(why)s") % {"why": trouble})
        code = TROUBLE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = DONE
    sys.exit(code)


if __name__ == "__main__":
    main()
