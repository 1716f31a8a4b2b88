"""Where the server listens: its address, and a port that is free today and tomorrow."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from gettext import gettext as _
from urllib.parse import quote

from .trouble import PostgresTrouble

SUPERUSER = "kohti"
HOST = "127.0.0.1"
# Below the ports that systems hand out for outgoing connections, so that ours is still free tomorrow.
PORTS = range(15_000, 32_000)


@dataclass(frozen=True)
class Address:
    """Where the server listens, and its superuser."""

    host: str
    port: int
    superuser: str
    password: str = field(repr=False)

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """A `postgresql://` address of `database`, for the superuser unless another `user` is named.

        The superuser's password is only ever given out with the superuser's name.
        """
        if user is None:
            user = self.superuser
        if password is None and user == self.superuser:
            password = self.password
        secret = "" if password is None else f":{quote(password, safe='')}"
        return (
            f"postgresql://{quote(user, safe='')}{secret}@{self.host}:{self.port}/{quote(database, safe='')}"
        )


def is_free(port: int) -> bool:
    """Whether nobody listens at a port of ours."""
    with socket.socket() as probe:
        # As PostgreSQL does; without it a port counts as taken for a minute after its last connection ended.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port(wanted: int | None, last: str, *, patient: bool) -> int | None:
    """A free port: `wanted`, else the one of `last` time, else a new one. None to ask again in a moment."""
    if wanted is not None:
        if is_free(wanted):
            return wanted
        if patient:
            return None
        raise PostgresTrouble(
            _("Port %(port)s of the database is now taken by another program. Start Kohti again.")
            % {"port": wanted},
            code="port",
        )
    remembered = last.strip()
    if remembered.isdigit() and is_free(int(remembered)):
        return int(remembered)
    for _again in range(200):
        port = secrets.choice(PORTS)
        if is_free(port):
            return port
    raise PostgresTrouble(
        _("No free port was found on %(host)s between %(first)s and %(last)s.")
        % {"host": HOST, "first": PORTS.start, "last": PORTS.stop},
        code="port",
    )
