"""Free times: whoever is offered one can be booked then, and nobody is passed over who has time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, place

from kohti.diary import actions, free
from kohti.diary.free import Rule
from kohti.diary.models import Closure, DropIn, Room, Travel
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import Refused

NINE = MORNING.replace(hour=9) + timedelta(days=1)
"""The next day's opening, a Thursday."""
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def here() -> Place:
    return place()


def times(actor: Actor, rule: Rule, **how: int | None) -> list[tuple[datetime, uuid.UUID | None]]:
    with as_actor(actor):
        return [(one.starts, one.staff_id) for one in free.offers(actor, rule, **how)]


def one_day(**what: object) -> Rule:
    return Rule(minutes=30, first=TOMORROW, days=0, **what)  # type: ignore[arg-type]


def test_a_free_time_keeps_clear_of_what_is_booked_with_the_colleague_and_with_the_person(
    here: Place,
) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    person = here.person()
    here.booking(NINE, minutes=60, staff_id=coach.staff_id)
    here.booking(NINE + timedelta(minutes=60), minutes=30, person=person)
    rule = one_day(staff=(coach.staff_id,), person_id=person.id)
    assert times(coach, rule, most=1) == [(NINE + timedelta(minutes=90), coach.staff_id)]


def test_any_colleague_of_a_centre_is_offered_soonest_first_but_no_partner_and_no_host(here: Place) -> None:
    host = here.member("host")
    busy, idle = (here.member("coach", name=name) for name in ("Busy Bee", "Idle Ida"))
    here.member("partner", name="Pat Partner")
    here.booking(NINE, minutes=60, staff_id=busy.staff_id)
    found = times(host, one_day())
    assert found == [(NINE, idle.staff_id), (NINE + timedelta(hours=1), busy.staff_id)]


def test_other_centres_are_looked_at_too_and_tell_nothing_but_that_there_is_time(here: Place) -> None:
    host, there = here.member("host"), here.member("coach", centre="gloucester")
    here.booking(NINE, minutes=60, staff_id=there.staff_id, centre=here.other)
    found = times(host, one_day(centres=(here.other.id,)))
    assert found == [(NINE + timedelta(hours=1), there.staff_id)]


def test_another_service_a_kiosk_and_whoever_may_not_book_are_told_of_no_free_time(here: Place) -> None:
    coach = here.member("coach")
    rule = one_day(centres=(here.centre.id,))
    assert times(coach, rule)
    assert not times(place().member("coach"), rule)
    assert not times(here.member("partner"), rule)
    assert not times(here.member("administrator"), rule)


def test_a_guest_is_told_of_free_times_at_the_centre_of_their_appointment_alone(here: Place) -> None:
    coach = here.member("coach")
    here.member("coach", centre="gloucester")
    booking = here.booking(NINE, staff_id=coach.staff_id)
    with as_actor(DOOR):
        guest = actors.guest(booking.id, "diary.book")
    assert guest is not None
    rule = one_day(centres=(here.centre.id, here.other.id), but=booking.id, person_id=booking.person_id)
    assert times(guest, rule) == [(NINE, coach.staff_id)]


def test_what_is_moved_does_not_stand_in_its_own_way(here: Place) -> None:
    coach = here.member("coach")
    booking = here.booking(NINE, minutes=60, staff_id=coach.staff_id)
    assert times(coach, one_day(but=booking.id), most=1) == [(NINE, coach.staff_id)]


def test_a_colleague_needs_time_to_travel_between_centres(here: Place) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    here.booking(NINE, minutes=60, staff_id=coach.staff_id, centre=here.other)
    rule = one_day(staff=(coach.staff_id,))
    assert times(coach, rule, most=1) == [(NINE + timedelta(minutes=90), coach.staff_id)]
    with as_system(here.system) as system:
        Travel.objects.filter(service_id=system.service, one_id=here.centre.id).update(minutes=40)
    assert times(coach, rule, most=1) == [(NINE + timedelta(minutes=100), coach.staff_id)]
    there = replace(rule, centres=(here.other.id,))
    assert times(coach, there, most=1) == [(NINE + timedelta(minutes=60), coach.staff_id)]


def test_what_somebody_needs_is_met_by_a_room_that_has_it_and_is_free(here: Place) -> None:
    coach = here.member("coach")
    with as_system(here.system) as system:
        for name, has in (("Room 8", []), ("Room 9", ["children", "loop"])):
            Room.objects.create(service_id=system.service, centre_id=here.centre.id, name=name, has=has)
        room = Room.objects.get(centre_id=here.centre.id, name="Room 9")
        booked = actions.NewBooking(
            starts=NINE, minutes=60, kind_id=here.kinds["work-search-review"].id, room_id=room.id
        )
        actions.book(replace(system, centre_id=here.centre.id), here.centre.id, [booked])
    rule = one_day(needs=("children", "loop"))
    with as_actor(coach):
        found = free.offers(coach, rule)
    assert [(one.starts, one.room) for one in found] == [(NINE + timedelta(hours=1), "Room 9")]
    assert not times(coach, one_day(needs=("quiet", "children")))


def test_an_absence_a_closed_day_and_a_day_that_ends_at_noon_leave_what_they_leave(here: Place) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    rule = Rule(minutes=30, first=TOMORROW, days=4, staff=(coach.staff_id,))
    acting(coach, actions.be_away, coach.staff_id, TOMORROW, TOMORROW, key="away")
    friday = TOMORROW + timedelta(days=1)
    with as_system(here.system) as system:
        Closure.objects.create(
            service_id=system.service, centre_id=here.centre.id, day=friday, title={}, closes=time(12)
        )
    with as_actor(coach):
        found = list(free.all_offers(coach, rule))
    days = {one.starts.date() for one in found}
    assert days == {friday, friday + timedelta(days=3)}
    on_friday = [one for one in found if one.starts.date() == friday]
    assert (on_friday[0].starts.time(), on_friday[-1].ends.time()) == (time(9), time(12))


def test_nobody_is_offered_or_booked_with_who_has_left_by_then(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    assert coach.staff_id is not None
    rule = Rule(minutes=30, first=TOMORROW, days=4, staff=(coach.staff_id,))
    noon = NINE + timedelta(hours=3)
    owner.execute("update team_membership set ends = %s where id = %s", [noon, coach.member_id])
    with as_actor(leader):
        found = list(free.all_offers(leader, rule))
        after = list(free.all_offers(leader, replace(rule, first=TOMORROW + timedelta(days=1))))
    assert (found[0].starts, found[-1].ends) == (NINE, noon)
    assert after == []
    wanted = actions.NewBooking(
        starts=noon - timedelta(minutes=10),
        minutes=20,
        kind_id=here.kinds["work-search-review"].id,
        person_id=here.person().id,
        staff_id=coach.staff_id,
    )
    with pytest.raises(Refused) as refused:
        acting(leader, actions.book_one, here.centre.id, wanted, key="left")
    assert refused.value.code == "left"
    acting(leader, actions.book_one, here.centre.id, replace(wanted, minutes=10), key="in time")


def test_a_drop_in_takes_its_colleagues_time_and_its_room_every_week_but_on_its_days_off(here: Place) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    with as_system(here.system) as system:
        DropIn.objects.create(
            service_id=system.service,
            centre_id=here.centre.id,
            title={"en": "Housing"},
            staff_id=coach.staff_id,
            weekday=3,
            opens=time(9),
            closes=time(12),
            first=TODAY,
            except_days=[TOMORROW + timedelta(days=7)],
        )
    rule = Rule(minutes=30, first=TOMORROW, days=14, staff=(coach.staff_id,), weekdays=(3,))
    assert [starts.hour for starts, _staff in times(coach, rule, a_day=1)] == [12, 9, 12]


def test_only_the_days_hours_and_earlier_times_that_were_asked_for_are_offered(here: Place) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    monday = date(2026, 3, 16)
    rule = Rule(
        minutes=30,
        first=TOMORROW,
        days=14,
        staff=(coach.staff_id,),
        weekdays=(0,),
        opens=time(14),
        closes=time(15),
    )
    with as_actor(coach):
        found = [one.starts for one in free.all_offers(coach, rule)]
        sooner = free.offers(coach, replace(rule, before=datetime(2026, 3, 20, tzinfo=UTC)))
    assert {one.date() for one in found} == {monday, monday + timedelta(days=7)}
    assert {one.time() for one in found} == {time(14), time(14, 10), time(14, 20), time(14, 30)}
    assert [one.starts.date() for one in sooner] == [monday]


def test_today_begins_with_the_next_full_ten_minutes_and_wall_times_hold_across_the_clock_change(
    here: Place,
) -> None:
    coach = here.member("coach")
    with clock.held_at(MORNING + timedelta(minutes=3)):
        assert times(coach, Rule(minutes=10, first=TODAY, days=0), most=1)[0][0] == MORNING + timedelta(
            minutes=10
        )
    week = times(coach, Rule(minutes=10, first=date(2026, 3, 27), days=3), a_day=1)
    assert [starts for starts, _staff in week] == [
        datetime(2026, 3, 27, 9, tzinfo=UTC),
        datetime(2026, 3, 30, 8, tzinfo=UTC),
    ]
