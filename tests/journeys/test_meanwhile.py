"""Whoever comes back reads on Today what happened with their people; a leader reads how the centre stands."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_away import hire, in_hand
from tests.journeys.test_holding import begin
from tests.journeys.test_statements import asked

from kohti.diary import actions as diary
from kohti.journeys import actions, rules
from kohti.journeys.actions import MoveStep, NewContact, NewStep
from kohti.kernel import clock
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.models import Person

BACK = MORNING + timedelta(days=3)


def key() -> str:
    return str(new_id())


def test_after_an_absence_today_says_what_happened_with_ones_people(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    ways = in_hand(here, coach, 3)
    step = NewStep(words="Find the papers", due_on=TODAY + timedelta(days=2))
    acting(coach, actions.change_plan, ways[0].id, [step], key=key())
    tomorrow = MORNING + timedelta(days=1)
    acting(coach, diary.be_away, coach.staff_id, tomorrow.date(), tomorrow.date(), key=key())
    days = {"starts": tomorrow, "ends": tomorrow + timedelta(days=1)}
    acting(coach, actions.cover, [ways[0].id], neil.member_id, **days, key=key())
    gone = here.booking(
        tomorrow + timedelta(hours=1), person=person_of(here, ways[1].person_id), staff_id=coach.staff_id
    )
    with clock.held_at(tomorrow + timedelta(hours=2)):
        moved = (MoveStep(id=step.id, version=1, state="done"),)
        acting(neil, actions.write_contact, ways[0].id, NewContact(channel="here", changes=moved), key=key())
        acting(neil, actions.write_contact, ways[0].id, NewContact(channel="phone", came=False), key=key())
        acting(neil, actions.move_to_stage, ways[0].id, stages_of(here)[1], "So it is")
        acting(neil, actions.reach, ways[0].id, "job", TODAY, key=key())
        with as_system(here.system) as system:
            diary.mark(system, gone.id, "missed", expected=["booked"])
    browser = browser_of(coach)
    assert b"While you were away" not in browser.get("/day/").content, "they are away still"
    with clock.held_at(BACK):
        page = browser.get("/day/").content.decode()
        told = page.split('id="meanwhile"')[1].split("</section>")[0]
        for words in (
            "1 contact",
            "Done: Find the papers",
            "Reached:",
            "Did not come on 12 March 2026",
            "stood in",
        ):
            assert words in told, told
        assert neil.facts["name"] in told
        assert told.count("Did not come on 12 March 2026") == 2
        assert told.count("<li>") == 2, "of the third nothing is to be told"
        absence = told.split("/away/")[1].split("/")[0]
        assert browser_of(neil).post(f"/away/{absence}/read/").status_code == 404
        assert browser.post(f"/away/{absence}/read/").status_code == 302
        assert b"While you were away" not in browser.get("/day/").content
    happened = browser_of(here.member("administrator")).get("/history/?verb=diary.caught_up").content.decode()
    assert coach.facts["name"] in happened


def stages_of(here: Place) -> list[str]:
    with as_system(here.system) as system:
        return [one.code for one in rules.stages(system)]


def person_of(here: Place, person_id: uuid.UUID) -> Person:
    with as_system(here.system):
        return Person.objects.get(id=person_id)


def test_after_some_days_it_is_told_no_more_and_where_nothing_happened_it_says_so(here: Place) -> None:
    coach = hire(here)
    in_hand(here, coach)
    acting(
        coach, diary.be_away, coach.staff_id, TODAY + timedelta(days=1), TODAY + timedelta(days=1), key=key()
    )
    for days, told in ((2, True), (11, True), (13, False)):
        with clock.held_at(MORNING + timedelta(days=days)):
            page = browser_of(coach).get("/day/").content
            assert (b"Nothing happened with your people." in page) is told


def test_a_leaders_today_says_who_is_away_who_waits_and_what_was_opened_in_an_emergency(here: Place) -> None:
    from kohti.frontdesk import actions as desk

    leader, coach, host = here.member("leader"), hire(here), here.member("host")
    way = in_hand(here, coach)[0]
    begin(here, coach)
    acting(
        coach, diary.be_away, coach.staff_id, TODAY + timedelta(days=1), TODAY + timedelta(days=2), key=key()
    )
    acting(host, desk.take_walk_in, here.reasons["evidence"].id, key=key(), given_name="Kirsi")
    acting(leader, people.open_in_emergency, way.person_id, "A fall on the stairs", key=key())
    with clock.held_at(MORNING + timedelta(minutes=30)):
        browser = browser_of(leader)
        page = browser.get("/day/").content.decode()
        assert asked(browser, "/day/") <= 12
    away = page.split('id="away"')[1].split("</section>")[0]
    assert coach.facts["name"] in away
    assert "12 March 2026 to 13 March 2026" in away
    assert "For 2 of their 2 people nobody stands in." in away
    assert "longest wait 30 minutes" in page.split('id="waits"')[1]
    assert "A fall on the stairs" in page.split('id="emergencies"')[1]
    page = browser_of(coach).get("/day/").content.decode()
    assert "When I am away" in page
    assert 'id="waits"' not in page
    assert 'id="climbed"' not in page


def test_who_fell_between_stands_under_their_coach_the_oldest_first(here: Place) -> None:
    first, second = hire(here, "Zoe"), hire(here, "Ann")
    begin(here, first)
    with clock.held_at(MORNING + timedelta(hours=1)):
        begin(here, second)
        begin(here, first)
    with clock.held_at(MORNING + timedelta(days=5)):
        page = browser_of(here.member("leader")).get("/day/").content.decode()
    headings = page.split('id="climbed"')[1].split("</section>")[0].split("<h3")[1:]
    coaches = [(one.split("</h3>")[0], one.count('scope="row"')) for one in headings]
    of_these = [
        (name, number)
        for text, number in coaches
        for name in (first.facts["name"], second.facts["name"])
        if name in text
    ]
    assert of_these == [(first.facts["name"], 2), (second.facts["name"], 1)]


@pytest.mark.parametrize(
    ("role", "home"),
    [("host", "/arrivals/"), ("coach", "/day/"), ("leader", "/day/"), ("administrator", "/team/")],
)
def test_the_day_begins_where_the_work_is(here: Place, role: str, home: str) -> None:
    assert browser_of(here.member(role)).get("/today/")["Location"] == home


def test_a_leaders_today_asks_the_same_however_much_there_is(here: Place) -> None:
    leader = here.hire("leader", centre="gloucester", name=f"Margaret {new_id().hex}")
    person = here.person(centre=here.other)
    acting(leader, actions.open_journey, person.id, owner_id=leader.member_id, basis="task", key=key())
    acting(leader, people.open_in_emergency, person.id, "A fall", key=key())
    acting(
        leader,
        diary.be_away,
        leader.staff_id,
        TODAY + timedelta(days=2),
        TODAY + timedelta(days=2),
        key=key(),
    )
    browser = browser_of(leader)
    with clock.held_at(MORNING + timedelta(days=5)):
        asked(browser, "/day/")
        before = asked(browser, "/day/")
        for n in range(3):
            one = here.person(centre=here.other)
            acting(leader, actions.open_journey, one.id, owner_id=leader.member_id, basis="task", key=key())
            acting(leader, people.open_in_emergency, one.id, f"A fall {n}", key=key())
        assert asked(browser, "/day/") <= before
    assert before <= 13, before
