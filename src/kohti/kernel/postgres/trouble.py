"""What can be wrong with the server that comes with Kohti, in words."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kohti.kernel.errors import KohtiError

Say = Callable[[str], None]


class PostgresTrouble(KohtiError):
    """The embedded server cannot be had.

    Codes: `missing`, `folder`, `system-user`, `other-version`, `disk-full`, `busy`, `start`, `port`.
    """

    code = "start"


@contextlib.contextmanager
def folder_troubles(data: Path) -> Iterator[None]:
    """Tell trouble with files as trouble of the data folder, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(data) from error
        who = (
            pwd.getpwuid(os.geteuid()).pw_name
            if os.geteuid() in {entry.pw_uid for entry in pwd.getpwall()}
            else str(os.geteuid())
        )
        raise PostgresTrouble(
            f"The data folder {data} cannot be used by the user {who}: {error}. Name another one with --data "
            "or KOHTI_DATA.",
            code="folder",
        ) from error


def disk_full(folder: Path, needed: int | None = None) -> PostgresTrouble:
    """The words for a disk that is full; `needed` in bytes."""
    with contextlib.suppress(OSError):
        folder = folder.resolve(strict=True)
    try:
        free = f"{shutil.disk_usage(folder).free // 2**20} MB free"
    except OSError:
        free = "no room left"
    wanted = "" if needed is None else f", {needed // 2**20} MB needed"
    return PostgresTrouble(
        f"The disk that holds {folder} is full ({free}{wanted}). Nothing was lost. Make room there and start "
        "Kohti again.",
        code="disk-full",
    )


def speaks_of_full_disk(output: str) -> bool:
    """Whether a program complains of a full disk."""
    return bool(re.search("No space left on device|Disk quota exceeded|Check free disk space", output))
