"""A drop-in's line opens a little before it is held and closes with it; whoever comes otherwise is not sent away."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, time, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.diary import actions as diary
from kohti.diary import sessions
from kohti.frontdesk import actions, line_hours
from kohti.frontdesk.actions import Moved
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotThere, Refused


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def walks_in(here: Place, reason: str, *, centre: str = "cheltenham") -> Moved:
    host = here.member("host", centre=centre)
    moved: Moved = acting(host, actions.take_walk_in, here.reasons[reason].id, key=str(uuid.uuid4()))
    return moved


@pytest.mark.parametrize(("at", "letter"), [("09:14", "D"), ("09:15", "H"), ("11:59", "H"), ("12:00", "D")])
def test_the_line_of_a_drop_in_is_joined_from_a_little_before_its_hours_until_their_end(
    here: Place, at: str, letter: str
) -> None:
    with clock.held_at(datetime.fromisoformat(f"2026-03-11T{at}Z")):
        assert walks_in(here, "housing").ticket[0] == letter


def test_where_no_drop_in_of_the_centre_names_it_a_line_keeps_no_hours(here: Place) -> None:
    with clock.held_at(MORNING.replace(hour=15)):
        assert walks_in(here, "housing", centre="gloucester").ticket[0] == "H"


def test_the_line_of_a_drop_in_that_is_held_only_elsewhere_shows_itself_here_while_somebody_is_in_it() -> (
    None
):
    one = place()
    for centre, hidden in (("cheltenham", False), ("gloucester", True)):
        page = browser_of(one.member("host", centre=centre)).get("/queue/").content.decode()
        assert ('aria-labelledby="s-housing" class="k-where-used"' in page) is hidden
        assert 'aria-labelledby="s-desk">' in page


def test_the_desk_reads_when_a_drop_in_is_next_before_and_after_it_takes_somebody_in(here: Place) -> None:
    said = "next held Thursday 12 March 2026, 13:00–15:30"
    browser = browser_of(here.member("host"))
    assert f"({said})" in browser.get("/arrivals/walk-in/").content.decode()
    moved = walks_in(here, "advice")
    assert moved.ticket[0] == "D"
    page = browser.get(f"/arrivals/?said=walk-in&visit={moved.visit_id}").content.decode()
    assert f"Citizens advice drop-in: {said}. They wait in the line: Front desk." in page
    queue = browser.get("/queue/").content.decode()
    assert f">{said}<" in queue
    assert ">held until 12:00<" in queue
    with pytest.raises(Refused, match=said):
        acting(here.member("host"), actions.hand_over, moved.visit_id, to_stream="advice", key="over")
    visit = browser.get(f"/visits/{moved.visit_id}/").content.decode()
    assert '<option value="advice" disabled>' in visit
    assert '<option value="housing">' in visit


def test_a_drop_in_added_by_hand_can_have_a_line_of_its_own_at_its_centre_until_it_ends(here: Place) -> None:
    leader, host = here.member("leader"), browser_of(here.member("host"))
    browser = browser_of(leader)
    address = f"/centres/{here.centre.id}/drop-ins/"
    (key,) = re.findall(r'name="key" value="([^"]+)"', browser.get(address).content.decode())
    form = {
        "key": key,
        "title": "Rent talks",
        "weekday": "2",
        "opens": "09:00",
        "closes": "12:00",
        "line": ".",
    }
    assert browser.post(address, form).status_code == 302
    page = host.get("/arrivals/walk-in/").content.decode()
    reason = re.search(r'value="([0-9a-f-]{36})"[^>]*>(?:(?!value=).)*?Rent talks', page, re.S)
    assert reason
    moved = acting(here.member("host"), actions.take_walk_in, uuid.UUID(reason[1]), key="rent talks")
    assert moved.ticket[0] == "R"
    assert "Rent talks" in host.get("/queue/").content.decode()
    there = browser_of(here.member("host", centre="gloucester"))
    for page in ("/queue/", "/arrivals/walk-in/"):
        assert "Rent talks" not in there.get(page).content.decode()
    with as_actor(leader):
        (made,) = [one.id for one in sessions.weekly(leader, here.centre.id) if one.title == "Rent talks"]
    acting(leader, diary.end_drop_in, made)
    assert "Rent talks" in host.get("/queue/").content.decode()
    with clock.held_at(MORNING + timedelta(days=7)):
        assert "Rent talks" not in host.get("/arrivals/walk-in/").content.decode()
    with pytest.raises(NotThere):
        other = diary.NewDropIn(
            title="X", weekday=2, opens=time(9), closes=time(12), first=TODAY, stream="none"
        )
        acting(leader, diary.add_drop_in, here.centre.id, other, key="no such line")


def test_a_day_taken_out_leaves_the_line_closed_and_the_next_one_is_named(here: Place) -> None:
    leader = here.member("leader", centre="gloucester")
    session = diary.NewDropIn(
        title="Rent", weekday=2, opens=time(9), closes=time(12), first=TODAY, stream="housing"
    )
    made = acting(leader, diary.add_drop_in, here.other.id, session, key="rent")
    acting(leader, diary.skip, made, TODAY)
    with as_actor(leader):
        found = line_hours.hours_of_lines(leader)["housing"]
        assert (found.opened, found.said(leader)) == (
            False,
            "next held Wednesday 18 March 2026, 09:00–12:00",
        )
    acting(leader, diary.end_drop_in, made)
    with clock.held_at(datetime.fromisoformat("2026-03-12T10:00Z")):
        assert walks_in(here, "housing", centre="gloucester").ticket[0] == "H"
