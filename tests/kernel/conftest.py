"""The database itself, as its two roles come to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg


@pytest.fixture(scope="module")
def lines() -> Iterator[dict[str, psycopg.Connection]]:
    """A raw connection as each of the two database roles."""
    from pathlib import Path

    import psycopg

    from kohti.config import addresses
    from kohti.kernel import policies

    data = Path(addresses.data_folder())
    with (
        psycopg.connect(addresses.web_url(data)) as web,
        psycopg.connect(addresses.worker_url(data)) as worker,
    ):
        yield {policies.WEB: web, policies.WORKER: worker}
