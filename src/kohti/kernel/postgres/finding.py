"""Which home a data folder's server has, and where it is when the server's user cannot reach the folder."""

from __future__ import annotations

import hashlib
import secrets
from gettext import gettext as _
from pathlib import Path

from . import programs
from .account import can_enter, server_account
from .files import file_lock, write
from .home import OTHER_VERSION, Home
from .trouble import PostgresTrouble, Say


def find_home(data: Path, say: Say) -> Home:
    """The home of this data folder's server, made where there is none."""
    account = server_account()
    binaries, major = programs.find_binaries(account, say)
    others = sorted(
        folder.name
        for folder in data.glob("postgres-*")
        if folder.name != f"postgres-{major}" and any(folder.iterdir())
    )
    folder = data / f"postgres-{major}"
    if others and not folder.exists():
        raise PostgresTrouble(
            _(OTHER_VERSION)
            % {
                "what": data,
                "version": ", ".join(one.removeprefix("postgres-") for one in others),
                "ours": major,
            },
            code="other-version",
        )
    folder.mkdir(mode=0o700 if account is None else 0o711, exist_ok=True)
    pointer = folder / "where"
    if account is not None and not (folder / "cluster").exists():
        with file_lock(folder / "where.lock", say):
            if not pointer.exists() and not can_enter(folder, account):
                write(pointer, str(shared_home(data, say)))
        (folder / "where.lock").unlink(missing_ok=True)
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if not folder.is_dir():
            raise PostgresTrouble(
                _("%(file)s names %(folder)s, which is not there. Put it back, or name another data folder.")
                % {"file": pointer, "folder": folder},
                code="folder",
            )
    return Home(folder=folder, binaries=binaries, major=major, account=account)


def shared_home(data: Path, say: Say) -> Path:
    """A new folder below /var/lib/kohti for a data folder that the server's user cannot reach."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    programs.make_shared_homes()
    for older in sorted(programs.SHARED_HOMES.glob(f"{digest}-*")):
        say(
            _("An older database of %(data)s is still in %(folder)s; remove that folder if nobody needs it.")
            % {"data": data, "folder": older}
        )
    folder = programs.SHARED_HOMES / f"{digest}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    write(folder / "belongs-to", f"{data}\n")
    say(
        _("The database cannot run inside %(data)s, which only root can enter; it is kept in %(folder)s.")
        % {"data": data, "folder": folder}
    )
    return folder
