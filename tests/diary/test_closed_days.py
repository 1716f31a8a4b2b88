"""Days closed by hand, and appointments that nobody will keep as they stand."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_worker, browser_of, place

from kohti.config import services
from kohti.diary import actions, covering, queries
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.team import actions as team

FRIDAY = TODAY + timedelta(days=2)


@pytest.fixture
def here() -> Place:
    return place()


def test_a_centre_stays_closed_on_a_day_and_opens_again_when_that_is_taken_back(here: Place) -> None:
    leader = here.member("leader")
    made = acting(leader, actions.close_on, here.centre.id, FRIDAY, "water damage")
    with as_actor(leader):
        assert queries.opening(here.centre.id, FRIDAY, leader.zone) is None
        assert queries.opening(here.other.id, FRIDAY, leader.zone) is not None
    acting(leader, actions.open_again, made.id)
    with as_actor(leader):
        assert queries.opening(here.centre.id, FRIDAY, leader.zone) is not None


def test_a_day_closed_by_hand_outlives_the_next_version_of_the_blueprint(here: Place) -> None:
    administrator = here.member("administrator")
    good_friday = TODAY.replace(month=4, day=3)
    acting(administrator, actions.close_on, here.other.id, FRIDAY, "painters")
    code = administrator.facts["service_code"]
    text = services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1)
    with as_worker():
        services.apply(text.replace('name = "Stroud"', 'name = "Stroud Hill"', 1), name="t.toml")
    with as_actor(administrator):
        page = queries.centre_page(administrator, here.other.id)
    assert {one.day: one.by_hand for one in page.closed} | {FRIDAY: True, good_friday: False} == {
        one.day: one.by_hand for one in page.closed
    }


def test_a_day_that_is_over_far_away_or_closed_already_is_refused(here: Place) -> None:
    leader = here.member("leader")
    acting(leader, actions.close_on, here.centre.id, FRIDAY, "painters")
    for day, code in (
        (TODAY - timedelta(days=1), "day-over"),
        (TODAY + timedelta(days=800), "day-far"),
        (FRIDAY, "closed-already"),
        (TODAY.replace(month=4, day=3), "closed-already"),
    ):
        with pytest.raises(Refused) as trouble:
            acting(leader, actions.close_on, here.centre.id, day, "again")
        assert trouble.value.code == code


def test_only_the_leader_of_a_centre_and_the_administrator_close_it(here: Place) -> None:
    there = place()
    with pytest.raises(NotThere):
        acting(here.member("leader"), actions.close_on, here.other.id, FRIDAY, "x")
    with pytest.raises(NotThere):
        acting(there.member("administrator"), actions.close_on, here.centre.id, FRIDAY, "x")
    with pytest.raises(NotAllowed):
        acting(here.member("coach"), actions.close_on, here.centre.id, FRIDAY, "x")
    made = acting(here.member("administrator"), actions.close_on, here.other.id, FRIDAY, "x")
    with pytest.raises(NotThere):
        acting(here.member("leader"), actions.open_again, made.id)


def test_a_holiday_of_the_blueprint_is_not_taken_back_by_hand(here: Place) -> None:
    administrator = here.member("administrator")
    with as_actor(administrator):
        closed = queries.centre_page(administrator, here.centre.id).closed
        assert closed
        with pytest.raises(NotThere):
            actions.open_again(administrator, closed[0].id)


def test_the_number_booked_on_a_closed_day_is_told_and_no_name(here: Place) -> None:
    here.booking(MORNING + timedelta(days=2), person=here.person("Zebedee Quixworth"))
    for role in ("administrator", "leader"):
        page = browser_of(here.member(role)).get(f"/centres/{here.centre.id}/").content.decode()
        assert "booked all the same" not in page
    acting(here.member("leader"), actions.close_on, here.centre.id, FRIDAY, "painters")
    for role in ("administrator", "leader"):
        page = browser_of(here.member(role)).get(f"/centres/{here.centre.id}/").content.decode()
        assert "1 appointment is booked all the same" in page
        assert "Zebedee" not in page


def test_appointments_of_who_has_left_and_on_closed_days_need_somebody(
    here: Place, owner: psycopg.Connection
) -> None:
    leader, coach, other = here.member("leader"), here.member("coach"), here.member("coach", name="Ann Stays")
    hour = timedelta(hours=1)
    left = here.booking(MORNING + timedelta(days=1), staff_id=coach.staff_id)
    kept = here.booking(MORNING + timedelta(days=1) + hour, staff_id=other.staff_id)
    closed = here.booking(MORNING + timedelta(days=2), staff_id=other.staff_id)
    named = here.booking(MORNING + timedelta(days=1) + hour, staff_id=here.staff("Only A Name").id)
    with as_actor(leader):
        assert covering.needs_somebody(leader) == []
    assert coach.member_id is not None
    acting(here.member("administrator"), team.end_membership, coach.member_id, because="left")
    acting(leader, actions.close_on, here.centre.id, FRIDAY, "painters")
    with as_actor(leader):
        found = covering.needs_somebody(leader)
    assert [(one.id, one.why) for one in found] == [(left.id, "left"), (closed.id, "closed")]
    assert {kept.id, named.id}.isdisjoint(one.id for one in found)
    row = owner.execute(
        "select person_ids from kernel_historyevent where verb = 'person.listed' and member_id = %s",
        (leader.member_id,),
    ).fetchone()
    assert row is not None
    assert set(row[0]) == {left.person_id, closed.person_id}


def test_an_appointment_before_a_last_day_to_come_is_kept(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    here.booking(MORNING + timedelta(days=1), staff_id=coach.staff_id)
    after = here.booking(MORNING + timedelta(days=6), staff_id=coach.staff_id)
    assert coach.member_id is not None
    acting(
        here.member("administrator"),
        team.end_membership,
        coach.member_id,
        at=MORNING + timedelta(days=3),
        because="left",
    )
    with as_actor(leader):
        assert [one.id for one in covering.needs_somebody(leader)] == [after.id]
