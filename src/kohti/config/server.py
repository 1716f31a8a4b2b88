"""The web process and the worker process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from gettext import gettext as _
from types import FrameType

import uvicorn

Say = Callable[[str], None]
HEARTBEAT_S = 2.0
"""How often a worker says that it lives; one that was killed is known by its silence (housekeeping)."""


class Server(uvicorn.Server):
    """Ends open streams when told to stop, so that stopping takes no time and browsers come back."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal ends the streams, then the server."""
        from kohti.kernel import live

        live.hub().close()
        super().handle_exit(sig, frame)


def run(*, host: str, port: int, say: Say) -> int:
    """Serve until told to stop."""
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
    Server(config).run()
    return 0


def work(*, say: Say) -> int:
    """Do background work until told to stop."""
    from procrastinate.contrib.django import app

    app.perform_import_paths()  # type: ignore[no-untyped-call]
    say(_("working"))

    async def until_stopped() -> None:
        # The connection of the worker itself asks no rows of ours, so it needs no actor; each job does.
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
