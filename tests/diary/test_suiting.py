"""What helps somebody when they come chooses the room: offered first, and another one says kindly what it lacks."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.diary import actions
from kohti.diary.models import Booking, Room
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, as_actor
from kohti.kernel.ids import short
from kohti.people import actions as people
from kohti.people.models import Person
from kohti.people.promising import of_a_room

NOON = MORNING + timedelta(hours=2)


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        made = place()
        with as_system(made.system) as system:
            Room.objects.create(
                service_id=system.service,
                centre_id=made.centre.id,
                name="Garden room",
                has=["loop", "step-free"],
            )
        return made


def needing(here: Place, *promises: str) -> Person:
    """Somebody known who was promised this for the next fortnight."""
    person = here.person()
    acting(
        here.member("leader"),
        people.add_mark,
        person.id,
        kind="helps",
        words="a calm start",
        review_on=TODAY + timedelta(days=14),
        ends_on=TODAY + timedelta(days=14),
        promises=promises,
        key=str(uuid.uuid4()),
    )
    return person


def room_field(page: str) -> str:
    found = re.search(r'<select[^>]*name="room".*?</select>', page, re.S)
    assert found
    return found[0]


def test_a_room_that_has_what_helps_comes_first_and_is_chosen_where_it_is_free(here: Place) -> None:
    person, browser = needing(here, "step-free", "loop"), browser_of(here.member("leader"))
    address = "/book/new/"
    pressed = {"at": f"x.{TODAY + timedelta(days=1):%Y%m%d}.1200", "for": short(person.id)}
    field = room_field(browser.get(address, pressed).content.decode())
    first, rest = field.split("Other rooms")
    assert '<optgroup label="A room without steps, A hearing loop">' in first
    assert re.search(r"<option value=[^>]* selected>Room 2<.*>Garden room<", first)
    assert "Room 1" in rest
    taken = here.booking(NOON + timedelta(days=1), minutes=60)
    with as_system(here.system):
        Booking.objects.filter(id=taken.id).update(
            room_id=Room.objects.get(name="Room 2", centre=here.centre).id
        )
    assert " selected>Garden room" in room_field(browser.get(address, pressed).content.decode())
    # So are the times that are looked for, each once however many rooms there are.
    here.member("coach")
    kind = short(here.kinds["work-search-review"].id)
    looked = browser.post(address, {"kind": kind, "person": short(person.id), "times": "1"}).content.decode()
    times = re.findall(r'name="take" value="([^"]+)".*?<span dir="auto">([^<]*)</span>', looked)
    assert len({press.rpartition(".")[0] for press, _said in times}) == len(times) > 1
    assert all(said.endswith(("Room 2", "Garden room")) for _press, said in times)
    plain = room_field(browser.get(address, {"for": short(here.person().id)}).content.decode())
    assert "<optgroup" not in plain


def test_a_room_without_it_is_not_forbidden_and_one_press_mends_it(here: Place) -> None:
    person, leader = needing(here, "quiet"), here.member("leader")
    browser = browser_of(leader)
    with as_system(here.system):
        one = Room.objects.get(centre=here.centre, name="Room 1")
        quiet = Room.objects.get(centre=here.centre, name="Quiet room")
    answer = browser.post(
        "/book/new/",
        {
            "person": short(person.id),
            "kind": short(here.kinds["work-search-review"].id),
            "day_0": "13",
            "day_1": "3",
            "day_2": "2026",
            "at": "12:00",
            "staff": "",
            "room": short(one.id),
            "note": "",
            "key": str(uuid.uuid4()),
        },
    )
    page = browser.get(answer["Location"]).content.decode()
    assert "The appointment is booked." in page
    assert "What helps them: A quiet room. Room 1 does not have it." in page
    form = re.search(r'<form method="post" action="([^"]+/move/)">(.*?)Move to Quiet room', page, re.S)
    assert form
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))
    answer = browser.post(form[1], sent)
    with as_system(here.system):
        booked = Booking.objects.get(person_id=person.id)
    assert (booked.room_id, booked.starts) == (quiet.id, NOON + timedelta(days=2))
    assert answer["Location"] == f"/book/?day={date(2026, 3, 13)}&said=moved"
    assert "What helps them" not in browser.get(f"/book/{short(booked.id)}/").content.decode()


@pytest.mark.parametrize(
    ("day", "needs"), [(TODAY - timedelta(days=1), ()), (TODAY, ("quiet",)), (TODAY + timedelta(days=2), ())]
)
def test_it_is_needed_from_the_day_to_the_day_of_what_helps(day: date, needs: tuple[str, ...]) -> None:
    heed = f'[["helps", "calm", "{TODAY + timedelta(days=1)}", {{"from": "{TODAY}", "promises": ["face", "quiet"]}}]]'
    assert of_a_room(heed, day) == needs
    assert of_a_room('[["danger", "come with a colleague", "2026-04-01"]]', day) == ()
    assert of_a_room(None, day) == ()


def test_a_time_by_link_or_for_a_colleague_who_is_not_there_keeps_a_room_that_has_what_helps(
    here: Place,
) -> None:
    person, coach = needing(here, "step-free", "loop"), here.member("coach")
    assert coach.staff_id is not None
    booking = here.booking(NOON, person=person, staff_id=coach.staff_id)
    later = NOON + timedelta(days=1)
    moved = acting(
        here.member("leader"),
        actions.move_there,
        booking.id,
        starts=later,
        staff_id=coach.staff_id,
        version=booking.version,
        key=None,
    )
    with as_system(here.system):
        helps = set(
            Room.objects.filter(centre_id=here.centre.id, has__contains=["loop", "step-free"]).values_list(
                "id", flat=True
            )
        )
    assert moved.room_id in helps
    with as_actor(DOOR):
        guest = actors.guest(booking.id, "diary.book")
    assert guest is not None
    with as_system(here.system) as system:
        kind = here.kinds["work-search-review"].id
        taken = [
            actions.NewBooking(starts=later + timedelta(hours=1), minutes=10, kind_id=kind, room_id=room)
            for room in helps - {moved.room_id}
        ] + [
            actions.NewBooking(starts=later + timedelta(hours=2), minutes=10, kind_id=kind, room_id=room)
            for room in helps
        ]
        actions.book(replace(system, centre_id=here.centre.id), here.centre.id, taken)
    for hours, room in ((1, moved.room_id), (2, None)):
        moved = acting(
            guest,
            actions.move_there,
            booking.id,
            starts=later + timedelta(hours=hours),
            staff_id=coach.staff_id,
            version=moved.version,
            key=None,
        )
        assert moved.room_id == room, "the person's own link finds it too; where none is free, without one"
