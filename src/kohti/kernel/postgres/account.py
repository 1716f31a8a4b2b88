"""Who the server runs as, and running a program as them."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from .trouble import PostgresTrouble

SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The system user that the server runs as; `None` in `Home.account` means ourselves."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Who the server runs as when we are root; None: ourselves. Raises PostgresTrouble."""
    if os.geteuid() != 0:
        return None
    for name in SYSTEM_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresTrouble(
        _(
            "PostgreSQL does not run as root and this machine has no user named postgres or nobody."
            " Run Kohti as another user."
        ),
        code="system-user",
    )


def run_as(
    command: Sequence[str],
    account: Account | None,
    *,
    home: Path,
    when_slow: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program as `account`;

    what it says, both streams together, is in `stdout`. `when_slow` is called after 3 s.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # Nothing of our environment reaches the server: PGDATA, PGPORT or a locale of the caller's would
        # change what it does.
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(home), "TZ": "UTC"},
        cwd="/",
        umask=0o077,
        # Ctrl-C in a terminal is for us; a half-made or half-started server would be the price of passing it
        # on.
        start_new_session=True,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )
    try:
        output = process.communicate(timeout=3 if when_slow else None)[0]
    except subprocess.TimeoutExpired:
        if when_slow:
            when_slow()
        output = process.communicate()[0]
    return subprocess.CompletedProcess(command, process.returncode, output, "")


def can_enter(folder: Path, account: Account) -> bool:
    """Whether this user may enter a folder."""
    return run_as(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], account, home=Path("/")).returncode == 0


def command_of(pid: int) -> str:
    """The command line of a living process, or nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return ""
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
