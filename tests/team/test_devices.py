"""Kiosks and boards: a code sets one up once, a token knows it, and it sees nobody; so does a guest."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.factories import MORNING, Place, place

from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.models import Visit
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people.models import Person
from kohti.team import devices
from kohti.team.models import Membership, Staff


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held_at(MORNING):
        yield


def kiosk(here: Place) -> devices.SetUp:
    with as_actor(here.member("leader")) as leader:
        return devices.add_device(leader, kind="kiosk", name="By the door", device_id=uuid.uuid4())


def set_up(code: str) -> tuple[str, str] | None:
    with as_actor(DOOR):
        return devices.pair(code)


def known(token: str) -> Actor | None:
    with as_actor(DOOR):
        return actors.device(token)


def person_there(booking: Booking) -> bool:
    """Whether the actor sees whose appointment this is."""
    assert booking.person_id is not None
    return Person.objects.filter(id=booking.person_id).exists()


def test_a_code_sets_up_one_device_of_two(here: Place) -> None:
    made = kiosk(here)
    first = set_up(made.code.lower())
    assert first is not None
    assert first[0] == "kiosk"
    assert set_up(made.code) is None
    device = known(first[1])
    assert device is not None
    assert (device.device_id, device.centre_id, device.role) == (made.device_id, here.centre.id, "kiosk")
    assert device.verbs == frozenset()


def test_a_code_of_a_quarter_of_an_hour_ago_holds_no_longer(here: Place) -> None:
    made = kiosk(here)
    with clock.held_at(MORNING + timedelta(minutes=15)):
        assert set_up(made.code) is None
    assert set_up(made.code) is not None


def test_a_new_code_ends_the_one_before_and_a_second_set_up_the_first(here: Place) -> None:
    made = kiosk(here)
    _kind, old = set_up(made.code) or ("", "")
    with as_actor(here.member("leader")) as leader:
        again = devices.new_code(leader, made.device_id)
    assert set_up(made.code) is None
    assert known(old) is not None, "it goes on until another is set up in its place"
    _kind, new = set_up(again.code) or ("", "")
    assert known(old) is None
    assert known(new) is not None


def test_what_was_ended_is_known_no_longer_even_in_the_middle_of_its_work(here: Place) -> None:
    made = kiosk(here)
    _kind, token = set_up(made.code) or ("", "")
    device = known(token)
    assert device is not None
    with as_actor(here.member("leader")) as leader:
        devices.end_device(leader, made.device_id)
    assert known(token) is None
    with pytest.raises(NotAllowed), as_actor(device):
        Person.objects.count()


def test_devices_are_the_leaders_of_their_centre(here: Place) -> None:
    made = kiosk(here)
    with pytest.raises(NotAllowed), as_actor(here.member("host")) as host:
        devices.new_code(host, made.device_id)
    with pytest.raises(NotThere), as_actor(here.member("leader", centre="gloucester")) as elsewhere:
        devices.end_device(elsewhere, made.device_id)
    with pytest.raises(Refused), as_actor(here.member("leader")) as leader:
        devices.add_device(leader, kind="board", name="  ", device_id=uuid.uuid4())


def test_a_device_sees_nobody(here: Place) -> None:
    booking = here.booking()
    device = known((set_up(kiosk(here).code) or ("", ""))[1])
    assert device is not None
    with as_actor(device):
        for table in (Person, Booking, Visit, Staff, Membership):
            assert not table.objects.exists(), table
    with as_actor(here.member("host")):
        assert Booking.objects.filter(id=booking.id).exists()


def test_a_guest_checks_themselves_in_and_sees_one_appointment(here: Place) -> None:
    with as_actor(here.member("host")) as host:
        frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="walk in before the guest")
    booking, other = here.booking(), here.booking(MORNING + timedelta(hours=1))
    with as_actor(DOOR):
        guest = actors.guest(booking.id, "arrivals.check_in")
    assert guest is not None
    with as_actor(guest):
        moved = frontdesk.check_in(guest, booking.id, key="guest")
        assert moved.state == "waiting"
        assert [row.id for row in Booking.objects.all()] == [booking.id]
        assert [row.id for row in Visit.objects.all()] == [moved.visit_id]
        assert not Staff.objects.exists()
        with pytest.raises(NotThere):
            frontdesk.check_in(guest, other.id, key="another's")
    with as_actor(here.member("host")):
        assert Visit.objects.get(id=moved.visit_id).state == "waiting"


def test_a_guest_inside_a_colleagues_page_may_nothing_of_the_colleagues(here: Place) -> None:
    booking, other = here.booking(), here.booking(MORNING + timedelta(hours=2))
    with as_actor(here.member("leader")):
        assert person_there(other)
        guest = actors.guest(booking.id)
        assert guest is not None
        with as_actor(guest):
            assert [row.id for row in Booking.objects.all()] == [booking.id]
            assert not Person.objects.exists()
        assert person_there(other)


def test_nobody_is_a_guest_of_no_appointment(here: Place) -> None:
    with as_actor(DOOR):
        assert actors.guest(uuid.uuid4()) is None
