"""A nation's day, for one centre."""

from __future__ import annotations

from tests.factories import as_worker, place

from kohti.config.bench import nation
from kohti.frontdesk.models import State, Visit
from kohti.kernel.actor import DOOR, as_actor
from kohti.team.models import Service


def test_every_visit_of_a_centre_is_lived_to_its_end_one_in_three_of_them_without_an_appointment() -> None:
    here = place()
    with as_worker(), as_actor(DOOR):
        code = Service.objects.get(id=here.system.service).code
    with as_worker():
        desks = nation._prepare([(code, "cheltenham", here.centre.id)], 6)
    shift = nation._live(desks, 6)
    assert len(shift.whole) == len(shift.times["done"]) == 6
    assert shift.statements > 6 * 4
    with as_actor(here.member("leader")):
        states = list(
            Visit.objects.filter(centre_id=here.centre.id).order_by("number").values_list("state", "booking")
        )
    assert [state for state, _booking in states] == [State.DONE] * 6
    assert [booking is None for _state, booking in states] == [True, False, False] * 2
