"""What can be wrong with the server that comes with Kohti, in words."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import re
import shutil
from collections.abc import Callable, Iterator
from gettext import gettext as _
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
            _(
                "The data folder %(folder)s cannot be used by the user %(user)s: %(why)s."
                " Name another one with --data or KOHTI_DATA."
            )
            % {"folder": data, "user": who, "why": error},
            code="folder",
        ) from error


def disk_full(folder: Path, needed: int | None = None) -> PostgresTrouble:
    """The words for a disk that is full; `needed` in bytes."""
    with contextlib.suppress(OSError):
        folder = folder.resolve(strict=True)
    try:
        room = [_("%(n)s MB free") % {"n": shutil.disk_usage(folder).free // 2**20}]
    except OSError:
        room = [_("no room left")]
    if needed is not None:
        room.append(_("%(n)s MB needed") % {"n": needed // 2**20})
    return PostgresTrouble(
        _(
            "The disk that holds %(folder)s is full (%(room)s). Nothing was lost."
            " Make room there and start Kohti again."
        )
        % {"folder": folder, "room": ", ".join(room)},
        code="disk-full",
    )


def speaks_of_full_disk(output: str) -> bool:
    """Whether a program complains of a full disk."""
    return bool(re.search("No space left on device|Disk quota exceeded|Check free disk space", output))
