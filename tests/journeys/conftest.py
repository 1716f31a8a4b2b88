"""A service whose people are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories import Place


@pytest.fixture(scope="module")
def here() -> Place:
    """A service of these tests' own."""
    from tests.factories import MORNING, place

    from kohti.kernel import clock

    with clock.held_at(MORNING):
        return place()
