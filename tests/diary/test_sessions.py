"""Drop-ins and open access hours: held every week in wall time, and what they take."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import MORNING, TODAY, Place, acting, as_system, as_worker, place

from kohti.config import services
from kohti.diary import actions, sessions
from kohti.diary.actions import NewDropIn
from kohti.diary.models import DropIn, Room
from kohti.frontdesk.models import Stream
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused

HOUSING = NewDropIn(title="Housing", weekday=2, opens=time(9, 30), closes=time(12), first=TODAY)


@pytest.fixture
def here() -> Place:
    return place()


@pytest.fixture(scope="module")
def anywhere() -> Place:
    return place()


def held(leader: Actor, here: Place, first: date, last: date) -> list[sessions.Session]:
    """What the tests have added themselves, beside what the blueprint holds."""
    return [one for one in sessions.sessions(leader, here.centre.id, first, last) if one.title == "Housing"]


def test_every_wednesday_from_half_past_nine_stays_that_right_across_the_clock_change(here: Place) -> None:
    leader = here.member("leader")
    acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key="housing")
    with as_actor(leader):
        found = held(leader, here, date(2026, 3, 23), date(2026, 4, 5))
    assert [(one.starts, one.ends) for one in found] == [
        (datetime.fromisoformat("2026-03-25T09:30Z"), datetime.fromisoformat("2026-03-25T12:00Z")),
        (datetime.fromisoformat("2026-04-01T08:30Z"), datetime.fromisoformat("2026-04-01T11:00Z")),
    ]


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(["Europe/London", "Europe/Helsinki", "Europe/Warsaw"]),
    weekday=st.integers(0, 6),
    opens=st.times(max_value=time(22)).map(lambda one: one.replace(second=0, microsecond=0)),
    minutes=st.integers(1, 119),
    first=st.dates(date(2026, 3, 1), date(2026, 11, 15)),
    long=st.integers(0, 60) | st.none(),
    off=st.sets(st.integers(0, 60), max_size=4),
    around=st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)]),
)
def test_a_session_is_held_on_its_weekday_at_its_wall_time_on_every_day_of_its_own_and_on_no_other(
    anywhere: Place,
    zone: str,
    weekday: int,
    opens: time,
    minutes: int,
    first: date,
    long: int | None,
    off: set[int],
    around: date,
) -> None:
    where = ZoneInfo(zone)
    closes = (datetime.combine(first, opens) + timedelta(minutes=minutes)).time()
    last = None if long is None else first + timedelta(days=long)
    days_off = [first + timedelta(days=one) for one in off]
    window = [around + timedelta(days=one) for one in range(-15, 16)]
    with as_system(anywhere.system) as system:
        made = DropIn.objects.create(
            service_id=system.service,
            centre_id=anywhere.centre.id,
            title={"en": "Any"},
            weekday=weekday,
            opens=opens,
            closes=closes,
            first=first,
            last=last,
            except_days=days_off[:2],
            skipped_days=days_off[2:],
        )
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "select day, starts, ends from kohti.drop_ins_between(array[%s]::uuid[], %s, %s, %s) where id = %s",
                [anywhere.centre.id, window[0], window[-1], zone, made.id],
            )
            found = {day: (starts, ends) for day, starts, ends in cursor.fetchall()}
        DropIn.objects.filter(id=made.id).delete()
    assert set(found) == {
        day
        for day in window
        if day.weekday() == weekday and day >= first and (last is None or day <= last) and day not in days_off
    } - {date(2026, 4, 3), date(2026, 4, 6)}
    for day, (starts, ends) in found.items():
        skipped = (
            datetime.combine(day, opens, where).astimezone(ZoneInfo("UTC")).astimezone(where).time() != opens
        )
        assert starts.astimezone(where).date() == day
        assert skipped or starts.astimezone(where).time() == opens
        if day != around:
            assert ends - starts == timedelta(minutes=minutes)


def test_a_session_is_not_held_on_a_closed_day_and_ends_when_the_centre_does(here: Place) -> None:
    leader = here.member("leader")
    acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key="housing")
    acting(leader, actions.close_on, here.centre.id, TODAY + timedelta(days=7), "painters")
    acting(leader, actions.close_on, here.centre.id, TODAY + timedelta(days=14), "water", closes=time(11))
    with as_actor(leader):
        found = held(leader, here, TODAY, TODAY + timedelta(days=14))
    assert [(one.starts.date(), one.ends.hour) for one in found] == [
        (TODAY, 12),
        (TODAY + timedelta(days=14), 11),
    ]


def test_one_day_is_taken_out_and_put_back(here: Place) -> None:
    leader = here.member("leader")
    made = acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key="housing")
    day = TODAY + timedelta(days=7)
    acting(leader, actions.skip, made, day)
    with as_actor(leader):
        assert not held(leader, here, day, day)
        assert [one.off for one in sessions.weekly(leader, here.centre.id) if one.by_hand] == [[day]]
    acting(leader, actions.skip, made, day, held=True)
    with as_actor(leader):
        assert [one.title for one in held(leader, here, day, day)] == ["Housing"]
    with pytest.raises(Refused):
        acting(leader, actions.skip, made, day + timedelta(days=1))


def test_a_session_added_by_hand_ends_with_today_and_the_blueprints_stays(here: Place) -> None:
    leader = here.member("leader")
    made = acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key="housing")
    acting(leader, actions.end_drop_in, made)
    with as_actor(leader):
        found = sessions.sessions(leader, here.centre.id, TODAY, TODAY + timedelta(days=7))
    assert [one.starts.date() for one in found if one.id == made] == [TODAY]


def test_nobody_and_no_room_holds_two_sessions_at_once(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    with as_system(here.system) as system:
        room = Room.objects.create(service_id=system.service, centre_id=here.centre.id, name="Room 9")
    first = NewDropIn(
        title="Money",
        weekday=2,
        opens=time(9),
        closes=time(10),
        first=TODAY,
        room_id=room.id,
        staff_id=coach.staff_id,
    )
    acting(leader, actions.add_drop_in, here.centre.id, first, key="money")
    for where in ({"room_id": room.id}, {"staff_id": coach.staff_id}):
        again = NewDropIn(title="Debt", weekday=2, opens=time(9, 30), closes=time(11), first=TODAY, **where)
        with pytest.raises(Refused):
            acting(leader, actions.add_drop_in, here.centre.id, again, key=f"debt:{where}")
    after = NewDropIn(title="Debt", weekday=2, opens=time(10), closes=time(11), first=TODAY, room_id=room.id)
    made = acting(leader, actions.add_drop_in, here.centre.id, after, key="debt after")
    with as_actor(leader):
        assert made in {one.id for one in sessions.weekly(leader, here.centre.id)}


def test_only_who_leads_the_centre_or_administers_the_service_adds_one_and_once(here: Place) -> None:
    leader = here.member("leader")
    with pytest.raises(NotAllowed):
        acting(here.member("coach"), actions.add_drop_in, here.centre.id, HOUSING, key="c")
    with pytest.raises(NotThere):
        acting(leader, actions.add_drop_in, here.other.id, HOUSING, key="o")
    made = [acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key="twice") for _time in range(2)]
    assert made[0] == made[1]
    with as_actor(leader):
        assert [one.by_hand for one in sessions.weekly(leader, here.centre.id)].count(True) == 1


def test_the_time_of_a_session_is_booked_with_its_colleague_on_purpose_only_and_its_room_never(
    here: Place,
) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    with as_system(here.system) as system:
        room = Room.objects.create(service_id=system.service, centre_id=here.centre.id, name="Room 9")
    session = replace(HOUSING, staff_id=coach.staff_id, room_id=room.id)
    acting(leader, actions.add_drop_in, here.centre.id, session, key="housing")
    at = MORNING + timedelta(minutes=30)

    def book(**what: object) -> uuid.UUID:
        wanted = actions.NewBooking(
            starts=at,
            minutes=30,
            kind_id=here.kinds["work-search-review"].id,
            **what,  # type: ignore[arg-type]
        )
        return acting(leader, actions.book_one, here.centre.id, wanted, key=str(uuid.uuid4()))

    for what in ({"staff_id": coach.staff_id}, {"room_id": room.id, "beside": True}):
        with pytest.raises(Refused) as trouble:
            book(**what)
        assert trouble.value.code == "drop-in"
    assert book(staff_id=coach.staff_id, beside=True) is not None


SESSION = """
[[drop_ins]]
code = "test-session"
title = { en = "Session", fi = "Tapaaminen" }
days = ["wed", "fri"]
opens = 09:30:00
closes = 12:00:00
from = 2026-03-01
except = [2026-03-18]
centres = ["cheltenham"]
organisation = "housing-body"
stream = "housing"
"""


def test_the_blueprints_sessions_come_with_it_and_go_with_it_and_a_day_taken_out_stays_out(
    here: Place,
) -> None:
    leader = here.member("leader")
    code = leader.facts["service_code"]
    text = services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1)

    def of_the_test() -> list[tuple[date, str]]:
        with as_actor(leader):
            found = sessions.sessions(leader, here.centre.id, TODAY, TODAY + timedelta(days=13))
        return [(one.starts.date(), one.by) for one in found if one.title == "Session"]

    acting(leader, actions.add_drop_in, here.centre.id, replace(HOUSING, own_line=True), key="own line")
    with as_worker():
        services.apply(text + SESSION, name="t.toml")
    with as_actor(leader):
        assert [one.retired for one in Stream.objects.filter(by_hand=True, title={"en": "Housing"})] == [
            False
        ]
    days = [TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=9)]
    assert of_the_test() == [(day, "Housing partner") for day in days]
    with as_actor(leader):
        friday = DropIn.objects.get(centre_id=here.centre.id, code="test-session", weekday=4).id
    acting(leader, actions.skip, friday, days[1])
    with as_worker():
        services.apply(text + SESSION.replace("09:30", "10:00"), name="t.toml")
    assert of_the_test() == [(days[0], "Housing partner"), (days[2], "Housing partner")]
    with as_worker():
        services.apply(text, name="t.toml")
    assert of_the_test() == []


def test_a_session_runs_between_its_times(here: Place) -> None:
    leader = here.member("leader")
    acting(leader, actions.add_drop_in, here.centre.id, HOUSING, key=str(uuid.uuid4()))
    for minutes, runs in ((-31, False), (-30, True), (119, True), (120, False)):
        with clock.held_at(MORNING + timedelta(minutes=minutes)), as_actor(leader):
            found = sessions.sessions(leader, here.centre.id, TODAY)
            assert [one.runs() for one in found if one.title == "Housing"] == [runs]
