"""The web process and the worker process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from gettext import gettext as _
from types import FrameType

import uvicorn

from kohti.config import metrics

Say = Callable[[str], None]
HEARTBEAT_S = 2.0
"""How often a worker says that it lives; one that was killed is known by its silence (housekeeping)."""


class Server(uvicorn.Server):
    """Ends open streams when told to stop, so that stopping takes no time and browsers come back."""

    figures_at: tuple[str, int] | None = None
    figures: asyncio.Server | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal ends the streams, then the server."""
        from kohti.config import probes
        from kohti.kernel import live

        probes.stopping()
        live.hub().close()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Beside the pages, the figures, where a port was given."""
        await super().startup(sockets)
        if self.figures_at is not None:
            host, port = self.figures_at
            self.figures = await metrics.serve(metrics.of_the_web, host=host, port=port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The figures end with the pages."""
        if self.figures is not None:
            self.figures.close()
        await super().shutdown(sockets)


def run(*, host: str, port: int, figures_at: tuple[str, int] | None = None, say: Say) -> int:
    """Serve until told to stop; figures (`metrics`) at a host and port of their own."""
    from kohti.config.asgi import application

    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
        server_header=False,
    )
    say(
        _("serving at http://%(host)s:%(port)s")
        % {"host": "localhost" if host == "127.0.0.1" else host, "port": port}
    )
    server = Server(config)
    server.figures_at = figures_at
    server.run()
    return 0


def work(*, figures_at: tuple[str, int] | None = None, say: Say) -> int:
    """Do background work until told to stop; figures of it, and of the database, at a host and port."""
    from django.conf import settings
    from procrastinate.contrib.django import app

    from kohti.config import addresses

    app.perform_import_paths()  # type: ignore[no-untyped-call]
    say(_("working"))

    async def until_stopped() -> None:
        # The connection of the worker itself asks no rows of ours, so it needs no actor; each job does.
        if figures_at is not None:
            host, where = figures_at
            url = addresses.worker_url(settings.DATA)
            await metrics.serve(lambda: metrics.of_the_worker(url), host=host, port=where)
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=2,
                    wait=True,
                    fetch_job_polling_interval=2.0,
                    listen_notify=True,
                    update_heartbeat_interval=HEARTBEAT_S,
                )

    asyncio.run(until_stopped())
    return 0
