"""Small files that are whole or not there, and locks between processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

from .account import Account
from .trouble import PostgresTrouble, Say

RECOVERY_MAY_TAKE = 1800


def make_folder(folder: Path, *, for_others: bool) -> None:
    """Make a data folder where there is none."""
    if not folder.exists():
        # Others may pass through a folder that root makes, because the server's user has to; nobody else may
        # look inside.
        folder.mkdir(parents=True, mode=0o711 if for_others else 0o700, exist_ok=True)


def write(path: Path, text: str, *, owner: Account | None = None) -> None:
    """Write a small file whole or not at all, for its owner alone, on disk when this returns."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            if owner is not None:
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read(path: Path) -> str:
    """What a small file says; nothing when it is not there."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def remove(folder: Path) -> None:
    """Remove a folder with what is in it."""
    if folder.exists():
        shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_now(descriptor: int, kind: int) -> bool:
    """Take a lock without waiting; False when somebody has it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock(descriptor: int, kind: int, *, what: str, say: Say) -> None:
    """Wait for a lock, for as long as a repair may take. Raises PostgresTrouble."""
    began = time.monotonic()
    told = False
    while not lock_now(descriptor, kind):
        waited = time.monotonic() - began
        if waited > RECOVERY_MAY_TAKE:
            raise PostgresTrouble(
                _("Waited %(n)s minutes in vain. %(what)s") % {"n": round(waited / 60), "what": what},
                code="busy",
            )
        if waited > 3 and not told:
            told = True
            say(what)
        time.sleep(0.05)


@contextlib.contextmanager
def file_lock(path: Path, say: Say) -> Iterator[None]:
    """Hold the lock of a file alone."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock(descriptor, fcntl.LOCK_EX, what=_("Another Kohti is starting here; waiting for it."), say=say)
        yield
    finally:
        os.close(descriptor)
