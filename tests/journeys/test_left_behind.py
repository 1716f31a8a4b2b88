"""Nobody is left behind by who leaves, and nothing is lost that was being typed."""

from __future__ import annotations

import uuid
from datetime import timedelta

from tests.factories import MORNING, Place, acting, as_system, browser_of
from tests.journeys.test_away import hire, in_hand
from tests.journeys.test_holding import begin

from kohti.journeys import actions, queries
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id, short
from kohti.team import actions as team


def test_before_a_place_ends_the_page_says_who_is_in_these_hands_and_after_it_they_are_the_leaders(
    here: Place,
) -> None:
    coach, idle = hire(here), hire(here)
    in_hand(here, coach, 2)
    browser = browser_of(here.member("administrator"))
    for what in ("end", "change"):
        page = browser.get(f"/team/places/{coach.member_id}/{what}/").content.decode()
        assert "They have 2 people in hand." in page
        assert "in hand." not in browser.get(f"/team/places/{idle.member_id}/{what}/").content.decode()
    done = browser.post(f"/team/places/{coach.member_id}/end/", {"because": "left"})
    assert done.status_code == 302
    with clock.held_at(MORNING + timedelta(minutes=1)):
        page = browser_of(here.member("leader")).get("/day/").content.decode()
    assert page.split('id="climbed"')[1].count("Nobody has them in hand") >= 2


def test_whose_coach_has_left_is_the_leaders_at_once_also_where_another_rule_broke_before(
    here: Place,
) -> None:
    coach, leader = hire(here), here.member("leader")
    way = begin(here, coach)
    with clock.held_at(MORNING + timedelta(hours=1)):
        assert not {way.id} & climbed(leader), "nothing is planned: the coach has a day to mend it"
        with as_system(here.system) as system:
            assert coach.member_id is not None
            team.end_membership(system, coach.member_id, because="left")
        assert {way.id} <= climbed(leader)


def climbed(leader: Actor) -> set[uuid.UUID]:
    """The ways on the leader's list."""
    return {one.journey_id for one in acting(leader, queries.needing, leads=True).climbed}


def test_whoever_is_removed_while_typing_is_told_and_keeps_what_they_typed(here: Place) -> None:
    coach, other = hire(here), hire(here)
    way = begin(here, coach)
    browser = browser_of(coach)
    address = f"/ways/{short(way.id)}/appointment/"
    assert browser.get(address).status_code == 200
    typed = {
        "key": str(new_id()),
        "note": "She found the papers.",
        "next": "Ring the bakery",
        "channel": "here",
    }
    acting(here.member("leader"), actions.give_coach, way.id, other.member_id)
    kept = browser.post(f"{address}draft/", typed | {"draft": "0"})
    assert kept.status_code == 200
    assert b"You no longer have this person in hand." in kept.content
    answer = browser.post(address, typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nothing was written." in page
    assert "She found the papers." in page
    assert "Ring the bakery" in page
    assert short(way.person_id) not in page, "whom they see no more is not named"
    assert browser.get(address).status_code == 404
