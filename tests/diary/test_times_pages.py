"""The pages of drop-ins and of a day that ends at noon, as who leads the centre and the host use them."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.diary import actions, covering, queries, sessions
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import short


@pytest.fixture
def here() -> Place:
    return place()


def test_a_leader_adds_a_drop_in_takes_a_day_out_and_the_host_reads_what_is_held_today(here: Place) -> None:
    leader = here.member("leader")
    address = f"/centres/{here.centre.id}/drop-ins/"
    browser = browser_of(leader)
    for begins in ("/day/", "/book/"):
        menu, _main, rest = browser.get(begins).content.decode().partition("<main")
        for part in (menu, rest):
            assert part.count('href="/centres/"') == 1
    centre = browser.get("/centres/", follow=True).content.decode()
    assert 'href="/centres/" aria-current="page">Centre</a>' in centre
    assert f'href="/centres/{short(here.centre.id)}/drop-ins/"' in centre
    assert 'href="/centres/"' not in browser_of(here.member("coach")).get("/book/").content.decode()
    page = browser.get(address).content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    wrong = {"key": key, "title": "Debt help", "weekday": "2", "opens": "12:00", "closes": "10:30"}
    assert browser.post(address, wrong).status_code == 422
    assert browser.post(address, wrong | {"opens": "09:30", "closes": "12:00"}).status_code == 302
    arrivals = browser_of(here.member("host")).get("/arrivals/").content.decode()
    assert "Debt help, 9:30–12:00" in arrivals.replace("09:30", "9:30")
    with as_actor(leader):
        (made,) = [one for one in sessions.weekly(leader, here.centre.id) if one.title == "Debt help"]
    assert browser.post(f"/drop-ins/{made.id}/skip/", {"day": TODAY.isoformat()}).status_code == 302
    assert "Debt help" not in browser_of(here.member("host")).get("/arrivals/").content.decode()


def test_a_centre_that_closes_at_noon_keeps_the_morning_and_names_who_needs_somebody_after_it(
    here: Place,
) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    noon = MORNING.replace(hour=12)
    before, over, after = (
        here.booking(noon + timedelta(minutes=n), minutes=30, staff_id=coach.staff_id) for n in (-30, 0, 60)
    )
    day = {"day_0": "11", "day_1": "3", "day_2": "2026", "why": "no water"}
    address = f"/centres/{here.centre.id}/close/"
    browser = browser_of(leader)
    assert browser.post(address, day | {"closes": "18:00"}).status_code == 422
    assert browser.post(address, day | {"closes": "12:00"}).status_code == 302
    with as_actor(leader):
        assert [one.id for one in covering.needs_somebody(leader)] == [over.id, after.id]
        hours = queries.opening(here.centre.id, TODAY, leader.zone)
    assert hours is not None
    assert hours[1] == noon
    assert before.starts < noon
    host = browser_of(here.member("host"))
    assert "closes at 12:00 today" in host.get("/arrivals/").content.decode()
    with clock.held_at(noon):
        assert "The centre is closed now." in host.get("/arrivals/").content.decode()


def test_what_is_held_today_costs_the_arrivals_page_one_statement(here: Place) -> None:
    leader = here.member("leader")
    for n in range(3):
        session = actions.NewDropIn(
            title=f"Number {n}", weekday=2, opens=time(9 + n), closes=time(10 + n), first=TODAY
        )
        acting(leader, actions.add_drop_in, here.centre.id, session, key=f"n{n}")
    with as_actor(leader):
        held = sessions.of_today(leader)
    mine = [(line, now) for line, _by, now in held.lines if line.startswith("Number")]
    assert [now for _line, now in mine] == [False, True, False]
    assert (held.closes, held.closed) == ("", False)
