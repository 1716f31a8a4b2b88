"""Somebody is away: whose ways that leaves alone is said at once, colleagues stand in, the rest is the leader's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin
from tests.journeys.test_pages import key_of
from tests.journeys.test_statements import asked

from kohti.diary import actions as diary
from kohti.diary.models import Absence
from kohti.journeys import actions
from kohti.journeys.actions import NewContact, NewStep
from kohti.journeys.models import Cover, Journey
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, Refused
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people
from kohti.people.models import Person


def hire(here: Place, first: str = "Sally") -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"{first} {new_id().hex}")


def typed(prefix: str, day: date) -> dict[str, str]:
    return {f"{prefix}_0": str(day.day), f"{prefix}_1": str(day.month), f"{prefix}_2": str(day.year)}


def in_hand(here: Place, coach: Actor, number: int = 1) -> list[Journey]:
    """So many people who are held, but for what their coach's absence does."""
    found = [begin(here, coach) for _n in range(number)]
    step = NewStep(words="Go on", due_on=TODAY + timedelta(days=20))
    for one in found:
        contact = NewContact(channel="here", changes=(replace(step, id=new_id()),))
        acting(coach, actions.write_contact, one.id, contact, key=str(new_id()))
    return found


def go_away(
    browser: object, *, first: date = TODAY, last: date = TODAY + timedelta(days=4), **who: str
) -> str:
    """Write an absence on its page; where that leads."""
    page = browser.get("/away/")  # type: ignore[attr-defined]
    sent = {"key": key_of(page.content)} | typed("first", first) | typed("last", last) | who
    done = browser.post("/away/", sent)  # type: ignore[attr-defined]
    assert done.status_code == 302, done.content.decode()
    return str(done["Location"])


def test_a_coach_goes_away_and_gives_cover_to_several_colleagues(here: Place) -> None:
    coach, neil, ann = hire(here), hire(here, "Neil"), hire(here, "Ann")
    ways = in_hand(here, coach, 3)
    here.booking(MORNING + timedelta(days=1), person=here.person("Zoltan Nagy"), staff_id=coach.staff_id)
    browser = browser_of(coach)
    address = go_away(browser)
    page = browser.get(address).content.decode()
    assert "For 3 of their 3 people nobody stands in." in page
    assert page.count('name="way"') == 3
    assert "Somebody you do not see yet" in page, "who comes another day is seen on that day"
    days = typed("from_day", TODAY) | typed("until_day", TODAY + timedelta(days=4))
    nobody = browser.post(address, {"key": key_of(page.encode()), "member": str(neil.member_id)} | days)
    assert nobody.status_code == 422
    assert b"Choose at least one person." in nobody.content
    sent = {"key": str(new_id()), "member": str(neil.member_id), "way": [str(ways[0].id), str(ways[1].id)]}
    done = browser.post(address, sent | days)
    assert done.status_code == 302, done.content.decode()
    assert browser.post(address, sent | days).status_code == 302
    page = browser.get(done["Location"]).content.decode()
    assert "They stand in for 2 people." in page
    assert "For 1 of their 3 people nobody stands in." in page
    sent = {"key": str(new_id()), "member": str(ann.member_id), "all": "1"}
    assert browser.post(address, sent | days).status_code == 302
    page = browser.get(address).content.decode()
    assert "Somebody stands in for all of them." in page
    assert neil.facts["name"] in page
    with as_system(here.system):
        assert Cover.objects.filter(journey_id__in=[one.id for one in ways]).count() == 3
    assert browser_of(neil).get("/caseload/").content.count(b"You stand in") == 2
    assert browser_of(ann).get("/caseload/").content.count(b"You stand in") == 1


def test_a_leader_notes_who_is_ill_and_sees_who_is_left_alone(here: Place) -> None:
    coach, leader = hire(here), here.member("leader")
    in_hand(here, coach)
    browser = browser_of(leader)
    address = go_away(browser, last=TODAY, who=str(coach.staff_id))
    page = browser.get(address).content.decode()
    assert "For 1 of their 1 people nobody stands in." in page
    assert "They stand on the team leader" in page
    assert coach.facts["name"] in browser.get("/away/").content.decode()
    assert coach.facts["name"] in browser.get("/day/").content.decode().split('id="climbed"')[1]
    assert browser_of(hire(here, "Nosy")).get(address).status_code == 404
    assert browser.post(f"{address}back/").status_code == 302
    assert coach.facts["name"] not in browser.get("/away/").content.decode().split("<form")[0]
    assert browser.get(address).status_code == 404


def test_a_coach_notes_no_absence_but_their_own(here: Place) -> None:
    coach, other = hire(here), hire(here)
    browser = browser_of(coach)
    address = go_away(browser, who=str(other.staff_id))
    with as_system(here.system):
        away = Absence.objects.filter(staff_id__in=[str(coach.staff_id), str(other.staff_id)])
        assert [one.staff_id for one in away] == [coach.staff_id]
    assert browser.get(address).status_code == 200


def test_an_appointment_of_whoever_is_away_needs_somebody_until_they_are_back(here: Place) -> None:
    coach, leader = hire(here), here.member("leader")
    for day in (1, 2):
        here.booking(MORNING + timedelta(days=day, hours=1), staff_id=coach.staff_id)
    browser = browser_of(coach)
    address = go_away(browser, last=TODAY + timedelta(days=1))
    page = browser_of(leader).get("/diary/needs-somebody/").content.decode()
    rows = [one for one in page.split("<tr>") if str(coach.facts["name"]) in one]
    assert len(rows) == 1, "the other is on a day when they are here"
    assert "Away" in rows[0]
    assert "Has left" not in rows[0]
    assert browser.post(f"{address}back/").status_code == 302
    assert coach.facts["name"] not in browser_of(leader).get("/diary/needs-somebody/").content.decode()


def test_days_that_cannot_be_are_said_at_their_field(here: Place) -> None:
    browser = browser_of(hire(here))
    for last, said in (
        (TODAY - timedelta(days=1), "Choose a day that is still to come."),
        (TODAY + timedelta(days=900), "Choose a day within the next year."),
        (TODAY + timedelta(days=1), "The end comes before the beginning."),
    ):
        first = typed("first", TODAY + timedelta(days=2))
        answer = browser.post("/away/", {"key": str(new_id())} | first | typed("last", last))
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_nobody_stands_in_who_is_away_themselves(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    way = in_hand(here, coach)[0]
    acting(
        neil,
        diary.be_away,
        neil.staff_id,
        TODAY + timedelta(days=2),
        TODAY + timedelta(days=3),
        key=str(new_id()),
    )
    browser = browser_of(coach)
    address = go_away(browser)
    assert "(away 13 March 2026 to 14 March 2026)" in browser.get(address).content.decode()
    sent = {"key": str(new_id()), "member": str(neil.member_id), "way": str(way.id)}
    for until, status in ((TODAY + timedelta(days=4), 422), (TODAY + timedelta(days=1), 302)):
        answer = browser.post(address, sent | typed("from_day", TODAY) | typed("until_day", until))
        assert answer.status_code == status, answer.content.decode()
    assert "nobody stands in" in browser.get(address).content.decode(), "the other days are still alone"


def test_a_stand_in_ends_early_by_the_coach_the_stand_in_or_the_leader_alone(here: Place) -> None:
    coach, neil, nosy = hire(here), hire(here, "Neil"), hire(here, "Nosy")
    ways = in_hand(here, coach, 3)
    days = {"starts": MORNING, "ends": MORNING + timedelta(days=3)}
    acting(coach, actions.cover, [one.id for one in ways], neil.member_id, **days, key=str(new_id()))
    here.booking(MORNING + timedelta(minutes=20), person=here_person(here, ways[0]))
    with as_system(here.system):
        covers = list(Cover.objects.filter(member_id=neil.member_id).order_by("journey__opened_at"))
    with pytest.raises(NotAllowed):
        acting(nosy, actions.end_cover, covers[0].id)
    for who, cover in zip((coach, neil, here.member("leader")), covers, strict=True):
        assert browser_of(who).post(f"/stand-ins/{short(cover.id)}/end/").status_code == 302
    with as_system(here.system):
        assert not Cover.objects.filter(member_id=neil.member_id, ends__gt=MORNING).exists()


def here_person(here: Place, way: Journey) -> Person:
    with as_system(here.system):
        return Person.objects.get(id=way.person_id)


def test_a_restricted_record_is_covered_by_named_people_alone(here: Place) -> None:
    leader, coach, named, other = here.member("leader"), hire(here), hire(here), hire(here)
    way = in_hand(here, coach)[0]
    members = [coach.member_id, named.member_id]
    acting(leader, people.restrict, way.person_id, members, "a relative", key=str(new_id()))
    days = {"starts": MORNING, "ends": MORNING + timedelta(days=3)}
    with pytest.raises(Refused):
        acting(coach, actions.cover, [way.id], other.member_id, **days, key=str(new_id()))
    assert acting(coach, actions.cover, [way.id], named.member_id, **days, key=str(new_id())) == 1


def test_a_page_of_an_absence_asks_the_same_however_many_it_concerns(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    ways = in_hand(here, coach)
    browser = browser_of(coach)
    address = go_away(browser)
    here.booking(MORNING + timedelta(hours=1), staff_id=coach.staff_id)
    days = {"starts": MORNING, "ends": MORNING + timedelta(days=9)}
    acting(coach, actions.cover, [ways[0].id], neil.member_id, **days, key=str(new_id()))
    before = asked(browser, "/away/"), asked(browser, address)
    for n in range(4):
        begin(here, coach)
        here.booking(MORNING + timedelta(hours=2, minutes=10 * n), staff_id=coach.staff_id)
    assert (asked(browser, "/away/"), asked(browser, address)) == before
    assert max(before) <= 9, before


def test_a_long_list_goes_on_where_it_ended(here: Place) -> None:
    from kohti.journeys.queries import away as queries

    coach = hire(here)
    for _n in range(5):
        begin(here, coach)
    made = acting(coach, diary.be_away, coach.staff_id, TODAY, TODAY, key=str(new_id()))
    found = acting(coach, queries.absence, made)
    first, key = acting(coach, queries.left_alone, found, most=3)
    rest, end = acting(coach, queries.left_alone, found, after=key, most=3)
    assert (len(first), len(rest), end) == (3, 2, None)
    assert len({one.journey_id for one in (*first, *rest)}) == 5


def test_who_goes_away_later_is_seen_before_it_begins(here: Place) -> None:
    coach = hire(here)
    in_hand(here, coach)
    first = TODAY + timedelta(days=3)
    address = go_away(browser_of(coach), first=first, last=first)
    page = browser_of(coach).get(address).content.decode()
    assert "14 March 2026 on they stand on the team leader" in re.sub(r"\s+", " ", page)
    assert coach.facts["name"] in browser_of(here.member("leader")).get("/away/").content.decode()
    with clock.held_at(MORNING + timedelta(days=5)):
        assert browser_of(coach).get(address).status_code == 404


def test_several_of_a_caseload_are_given_a_stand_in_and_by_the_leader_a_coach(here: Place) -> None:
    coach, neil, leader = hire(here), hire(here, "Neil"), here.member("leader")
    ways = in_hand(here, coach, 3)
    browser = browser_of(coach)
    assert browser.get("/caseload/?show=mine").content.count(b'name="way"') == 3
    ticked = {"way": [str(ways[0].id), str(ways[1].id)]}
    page = browser.post("/ways/several/", ticked | {"what": "stand-in"})
    assert page.status_code == 200
    assert page.content.count(b'name="way"') == 2
    sent = ticked | {"what": "stand-in", "key": key_of(page.content), "member": str(neil.member_id)}
    wrong = browser.post("/ways/several/", sent | typed("until_day", TODAY - timedelta(days=1)))
    assert wrong.status_code == 422
    done = browser.post("/ways/several/", sent | typed("until_day", TODAY + timedelta(days=3)))
    assert b"They stand in for 2 people." in browser.get(done["Location"]).content
    assert browser_of(neil).get("/caseload/?show=mine").content.count(b'name="way"') == 0, (
        "not theirs to give"
    )
    assert browser.post("/ways/several/", ticked | {"what": "coach"}).status_code == 403
    browser = browser_of(leader)
    page = browser.post("/ways/several/", ticked | {"what": "coach"})
    sent = ticked | {"what": "coach", "key": key_of(page.content), "member": str(neil.member_id)}
    done = browser.post("/ways/several/", sent)
    assert b"2 people have a new coach." in browser.get(done["Location"]).content
    with as_system(here.system):
        assert Journey.objects.filter(owner_id=neil.member_id).count() == 2
    assert browser.post("/ways/several/", {}).status_code == 302
