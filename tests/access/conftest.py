"""The people and whoever asks about them, made once for all tests here: what these ask is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kohti.config import addresses
from kohti.kernel import clock

if TYPE_CHECKING:
    from tests.access.people import House


@pytest.fixture(scope="session")
def everybody() -> House:
    """Two services, people in every relation, and a browser for each who asks."""
    from tests.access.house import house
    from tests.factories import MORNING

    with clock.held_at(MORNING):
        return house()


@pytest.fixture(autouse=True)
def news() -> Iterator[None]:
    """Streams can be opened; none is read here."""
    from kohti.kernel import live

    with ThreadPoolExecutor(1) as executor:
        live.set_hub(live.Hub(addresses.listen_url(Path(addresses.data_folder())), executor))
        yield
        live.set_hub(None)
