"""A colleague's calendar in their calendar program: what it is told, by whom it can be read, and what that costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import psycopg
import pytest
import recurring_ical_events
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, as_system, browser_of, place

from kohti.diary import actions as diary
from kohti.diary import icalendar as writing
from kohti.diary.icalendar import Event
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id
from kohti.team import actions as team

LONDON = ZoneInfo("Europe/London")
NAME = "Zebedee Quixworth"


def address_of(member: Actor) -> str:
    """The address of a member's calendar, as their page shows it once."""
    page = browser_of(member).post(reverse("my_calendar"), {"key": "once"}).content.decode()
    found = re.search(r'value="http://testserver(/calendar/[\w-]{43}\.ics)"', page)
    assert found is not None
    return found[1]


def told(address: str) -> dict[str, Any]:
    """What the calendar at an address says, read by another hand than wrote it."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(answer.content)
    assert not read.errors
    return {str(one["UID"]): one for one in read.walk("VEVENT")}


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A service in which each test has a colleague of its own."""
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture
def coach(here: Place) -> Actor:
    """Somebody with a calendar."""
    return here.hire("coach", centre="cheltenham", name=f"Coach {new_id()}")


def test_a_calendar_says_when_and_what_for_and_nobody_s_name(here: Place, coach: Actor) -> None:
    someone = here.person(NAME)
    booking = here.booking(person=someone, staff_id=coach.staff_id)
    here.booking()  # with nobody in particular
    address = address_of(coach)
    events = told(address)
    assert set(events) == {str(booking.id)}
    event = events[str(booking.id)]
    assert event["DTSTART"].dt == datetime(2026, 3, 11, 10, 10, tzinfo=LONDON)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=10)
    assert str(event["SUMMARY"]) == "Work search review"
    assert str(event["LOCATION"]) == "Cheltenham"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert event["SEQUENCE"] == 1
    assert event["LAST-MODIFIED"].dt == MORNING
    assert someone.reference in str(event["DESCRIPTION"])
    raw = Client().get(address).content.decode()
    assert not any(word in raw for word in (*NAME.split(), "07700", "example.org"))
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))


def test_the_link_of_an_appointment_opens_it_after_sign_in(here: Place, coach: Actor) -> None:
    someone = here.person(NAME)
    booking = here.booking(person=someone, staff_id=coach.staff_id)
    link = str(told(address_of(coach))[str(booking.id)]["URL"]).removeprefix("http://testserver")
    assert "/account/sign-in/" in Client().get(link).headers["Location"]
    opened = browser_of(coach).get(link, follow=True)
    assert NAME in opened.content.decode()
    stranger = place().member("coach")
    assert browser_of(stranger).get(link).status_code == 404


def test_a_cancelled_appointment_keeps_its_identity_and_is_said_for_a_while(
    here: Place, coach: Actor
) -> None:
    booking = here.booking(staff_id=coach.staff_id)
    address = address_of(coach)
    with clock.held_at(MORNING + timedelta(minutes=1)), as_system(here.system) as system:
        diary.cancel(system, booking.id, key=str(booking.id))
    event = told(address)[str(booking.id)]
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 2)
    assert event["LAST-MODIFIED"].dt == MORNING + timedelta(minutes=1)
    with clock.held_at(MORNING + timedelta(days=8)):
        assert told(address) == {}


def test_a_moved_appointment_keeps_its_identity_and_counts_up(here: Place, coach: Actor) -> None:
    booking = here.booking(staff_id=coach.staff_id)
    address = address_of(coach)
    leader = here.member("leader")
    with as_actor(leader):
        diary.move(leader, booking.id, starts=MORNING + timedelta(hours=2), version=1, key=str(new_id()))
    event = told(address)[str(booking.id)]
    assert event["DTSTART"].dt == MORNING + timedelta(hours=2)
    assert event["SEQUENCE"] == 2


def test_days_away_are_in_it_as_whole_days(here: Place, coach: Actor) -> None:
    assert coach.staff_id is not None
    with as_actor(coach):
        absence = diary.be_away(
            coach, coach.staff_id, date(2026, 3, 27), date(2026, 3, 30), key=str(new_id())
        )
    address = address_of(coach)
    event = told(address)[str(absence)]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 3, 27), date(2026, 3, 31))
    back = datetime(2026, 3, 28, 9, tzinfo=LONDON)
    with clock.held_at(back):
        with as_actor(coach):
            diary.be_back(coach, absence)
        sooner = told(address)[str(absence)]
    assert sooner["DTEND"].dt == back
    assert sooner["SEQUENCE"] > event["SEQUENCE"]


def test_what_is_on_both_sides_of_the_clock_change_stands_at_its_hour(here: Place, coach: Actor) -> None:
    before, after = (datetime(2026, 3, day, 9, 30, tzinfo=LONDON) for day in (27, 30))
    made = [here.booking(at.astimezone(UTC), staff_id=coach.staff_id) for at in (before, after)]
    events = told(address_of(coach))
    found = [events[str(one.id)]["DTSTART"] for one in made]
    assert [(one.dt.hour, one.dt.minute) for one in found] == [(9, 30), (9, 30)]
    assert [one.dt.utcoffset() for one in found] == [timedelta(), timedelta(hours=1)]
    assert {one.params["TZID"] for one in found} == {"Europe/London"}


def test_a_drop_in_one_holds_is_in_it_without_its_days_off(here: Place, coach: Actor) -> None:
    leader = here.member("leader")
    with as_actor(leader):
        drop_in = diary.add_drop_in(
            leader,
            here.centre.id,
            diary.NewDropIn(
                title="Debt advice",
                weekday=2,
                opens=time(9, 30),
                closes=time(12),
                first=TODAY,
                last=date(2026, 4, 8),
                staff_id=coach.staff_id,
            ),
            key=str(new_id()),
        )
        diary.close_on(leader, here.centre.id, date(2026, 3, 18), "painters")
    address = address_of(coach)
    first = Client().get(address)
    read: Any = icalendar.Calendar.from_ical(first.content)
    found: Any = recurring_ical_events.of(read).between((2026, 1, 1), (2027, 1, 1))
    assert {str(one["UID"]) for one in found} == {str(drop_in)}
    assert {str(one["SUMMARY"]) for one in found} == {"Debt advice"}
    assert [one["DTSTART"].dt.isoformat() for one in found] == [
        "2026-03-11T09:30:00+00:00",
        "2026-03-25T09:30:00+00:00",
        "2026-04-01T09:30:00+01:00",
        "2026-04-08T09:30:00+01:00",
    ]
    with as_actor(leader):
        diary.close_on(leader, here.centre.id, date(2026, 3, 25), "painters again")
    assert Client().get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    # Each change counts up, a day of another weekday does not, and the drop-in stays the same one.
    said = [read.walk("VEVENT")[0]["SEQUENCE"], told(address)[str(drop_in)]["SEQUENCE"]]
    for change in (
        lambda: diary.close_on(leader, here.centre.id, date(2026, 3, 26), "and again"),
        lambda: diary.skip(leader, drop_in, date(2026, 4, 1)),
        lambda: diary.skip(leader, drop_in, date(2026, 4, 1), held=True),
        lambda: diary.end_drop_in(leader, drop_in),
    ):
        with as_actor(leader):
            change()
        said.append(told(address)[str(drop_in)]["SEQUENCE"])
    assert [one - said[0] for one in said] == [0, 1, 1, 2, 3, 4]


def test_unchanged_it_is_not_sent_again_and_changed_it_is(here: Place, coach: Actor) -> None:
    booking = here.booking(staff_id=coach.staff_id)
    address = address_of(coach)
    first = Client().get(address)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_time = {"If-Modified-Since": first.headers["Last-Modified"]}
    for asked in (by_tag, by_time):
        again = Client().get(address, headers=asked)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    with clock.held_at(MORNING + timedelta(minutes=5)):
        with as_system(here.system) as system:
            diary.cancel(system, booking.id, key=str(booking.id))
        for asked in (by_tag, by_time):
            assert Client().get(address, headers=asked).status_code == 200


def test_what_is_taken_out_of_it_is_a_change_too(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    booking = here.booking(staff_id=coach.staff_id)
    address = address_of(coach)
    first = Client().get(address)
    owner.execute("update diary_booking set staff_id = null where id = %s", (booking.id,))
    with clock.held_at(MORNING + timedelta(minutes=5)):
        asked = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert Client().get(address, headers=asked).status_code == 200


def test_an_address_is_shown_once_and_a_new_one_ends_the_one_before(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    first = address_of(coach)
    token = first.split("/")[2].removesuffix(".ics")
    page = browser_of(coach).get(reverse("my_calendar")).content.decode()
    assert token not in page
    assert "No calendar program has read it yet." in page
    kept = owner.execute("select token_hash from diary_feed where member_id = %s", (coach.member_id,))
    assert token not in str(kept.fetchall())
    second = re.search(
        r"/calendar/[\w-]{43}\.ics",
        browser_of(coach).post(reverse("my_calendar"), {"key": "again"}).content.decode(),
    )
    assert second is not None
    assert Client().get(first).status_code == 404
    assert Client().get(second[0]).status_code == 200
    assert "last read it" in browser_of(coach).get(reverse("my_calendar")).content.decode()
    browser_of(coach).post(reverse("my_calendar"), {"end": "1"})
    assert Client().get(second[0]).status_code == 404
    done = owner.execute(
        "select verb from kernel_historyevent where member_id = %s and verb like 'feed.%%' order by at, id",
        (coach.member_id,),
    ).fetchall()
    assert sorted(done) == [("feed.ended",), ("feed.ended",), ("feed.made",), ("feed.made",)]


def test_a_button_pressed_twice_makes_one_address(here: Place, coach: Actor) -> None:
    address = address_of(coach)
    again = browser_of(coach).post(reverse("my_calendar"), {"key": "once"})
    assert again.status_code == 302
    assert Client().get(address).status_code == 200


def test_when_a_place_ends_its_calendar_does(here: Place) -> None:
    leaving = here.hire("coach", centre="cheltenham", name="Leaving Soon")
    address = address_of(leaving)
    administrator = here.member("administrator")
    assert leaving.member_id is not None
    with as_actor(administrator):
        team.end_membership(administrator, leaving.member_id, because="left")
    with clock.held_at(MORNING + timedelta(seconds=1)):
        assert Client().get(address).status_code == 404


def test_who_tries_addresses_is_told_to_wait(here: Place) -> None:
    answers = [
        Client(REMOTE_ADDR="192.0.2.77").get(f"/calendar/nothing{n}.ics").status_code for n in range(32)
    ]
    assert answers == [404] * 30 + [429] * 2


def test_a_drop_in_of_every_week_is_at_its_hour_on_both_sides_of_the_clock_change() -> None:
    for zone in (LONDON, ZoneInfo("Europe/Helsinki"), ZoneInfo("America/New_York")):
        starts = datetime(2026, 2, 25, 9, 30, tzinfo=zone)
        event = Event(
            uid="drop-in",
            sequence=0,
            changed=MORNING,
            starts=starts,
            ends=starts.replace(hour=12, minute=0),
            title="Advice; debts, rent\nand more",
            every_week=date(2026, 4, 15),
            but=(date(2026, 3, 18), date(2026, 4, 8)),
        )
        content = writing.calendar([event], name="Kohti", zone=zone, first=TODAY, last=TODAY)
        read: Any = icalendar.Calendar.from_ical(content)
        found: Any = recurring_ical_events.of(read).between((2026, 1, 1), (2026, 6, 1))
        assert [one["DTSTART"].dt.isoformat()[:16] for one in found] == [
            f"2026-{day}T09:30" for day in ("02-25", "03-04", "03-11", "03-25", "04-01", "04-15")
        ]
        assert str(found[0]["SUMMARY"]) == "Advice; debts, rent\nand more"


@pytest.mark.parametrize(
    "key",
    [
        "Europe/London",
        "Europe/Helsinki",
        "Europe/Dublin",
        "America/New_York",
        "Asia/Kolkata",
        "Africa/Casablanca",
    ],
)
def test_a_zone_says_the_same_hours_as_the_system_does(key: str) -> None:
    lines = "\r\n".join(["BEGIN:VCALENDAR", *writing.time_zone(key, 2025, 2027), "END:VCALENDAR", ""])
    said: Any = icalendar.Calendar.from_ical(lines).walk("VTIMEZONE")[0]
    read = said.to_tz(lookup_tzid=False)
    for day in range(0, 700, 3):
        for hour in (0, 5, 14):
            at = datetime(2025, 2, 1, hour) + timedelta(days=day)  # noqa: DTZ001 - local time
            assert at.replace(tzinfo=read).utcoffset() == at.replace(tzinfo=ZoneInfo(key)).utcoffset(), at
