"""A service of a module's own, and who goes out in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories import Place
    from tests.outreach.doing import Out


@pytest.fixture(scope="module")
def service() -> Place:
    """One for all tests of a module."""
    from tests.factories import MORNING, place

    from kohti.kernel import clock

    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def out(service: Place) -> Out:
    """Two who go out, new for each test."""
    from tests.outreach.doing import going_out

    return going_out(service)
