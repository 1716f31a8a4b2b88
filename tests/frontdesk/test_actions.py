"""The front desk: what each verb promises."""

from __future__ import annotations

import pytest

from kohti.frontdesk import actions
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import Refused
from tests.factories import place


def test_a_check_in_draws_a_ticket_and_keeps_the_booking() -> None:
    here = place()
    booking = here.booking()
    host = here.member("host")
    with as_actor(host):
        moved = actions.check_in(host, booking.id, key="one")
    assert moved.state == "waiting"
    assert moved.ticket == "A001"
    with as_actor(host):
        again = actions.check_in(host, booking.id, key="two")
    assert again == moved


def test_somebody_who_was_called_cannot_be_called_by_a_second_colleague() -> None:
    here = place()
    booking = here.booking()
    host, coach = here.member("host"), here.member("coach")
    with as_actor(host):
        moved = actions.check_in(host, booking.id, key="one")
        actions.call(host, moved.visit_id, key="call")
    with as_actor(coach):
        actions.begin(coach, moved.visit_id, key="begin")
    with pytest.raises(Refused), as_actor(coach):
        actions.call(coach, moved.visit_id, key="call again")
