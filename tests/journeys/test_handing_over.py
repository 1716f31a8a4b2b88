"""A way is handed over: taken back, answered, told to who asked; both have it in hand until the last day."""

from __future__ import annotations

import uuid
from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_away import hire, in_hand
from tests.journeys.test_pages import key_of
from tests.journeys.test_statements import asked as asked_for

from kohti.journeys import actions, attention
from kohti.journeys.models import Cover, HandOver, Journey
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people
from kohti.people.models import Note


def ask(coach: Actor, way: Journey, to: Actor, days: int = 3) -> uuid.UUID:
    made: uuid.UUID = acting(
        coach,
        actions.ask_to_take_over,
        way.id,
        to.member_id,
        from_day=TODAY,
        until_day=TODAY + timedelta(days=days),
        words="Takk",
        key=str(new_id()),
    )
    return made


def told(who: Actor) -> str:
    """What Today tells somebody of what they asked, or nothing."""
    page = browser_of(who).get("/day/").content.decode()
    return page.split('id="told"')[1].split("</section>")[0] if 'id="told"' in page else ""


def test_who_asked_is_told_once_the_colleague_has_read_it(here: Place) -> None:
    coach, neil, leader = hire(here), hire(here, "Neil"), here.member("leader")
    made = ask(coach, in_hand(here, coach)[0], neil)
    browser_of(leader).get("/day/")
    assert "has not answered yet" in told(coach), "a leader who reads Today is not the colleague"
    before = browser_of(neil).get("/day/")
    after = browser_of(neil).get("/day/")
    assert "has read it and not answered yet" in told(coach)
    more = int(before.headers["X-Kohti-Statements"]) - int(after.headers["X-Kohti-Statements"])
    assert more == 2, "it is written down once: the mark and its line in the history"
    with as_system(here.system):
        assert HandOver.objects.get(id=made).seen_at is not None
    acting(neil, actions.answer_hand_over, made, accept=True)
    assert "takes over" in told(coach)


def test_who_asked_takes_it_back_and_so_does_the_leader_and_nobody_else(here: Place) -> None:
    coach, neil, leader = hire(here), hire(here, "Neil"), here.member("leader")
    for who, then in ((coach, "day"), (leader, "")):
        way = in_hand(here, coach)[0]
        made = ask(coach, way, neil)
        with pytest.raises(NotAllowed):
            acting(neil, actions.take_back, made)
        assert "has not answered yet" in told(coach)
        page = browser_of(who).get(f"/ways/{short(way.id)}/change/hand-over/").content.decode()
        assert f"/hand-overs/{short(made)}/back/" in page
        back = f"/hand-overs/{short(made)}/back/"
        assert browser_of(who).post(back, {"then": then}).status_code == 302
        with as_system(here.system):
            assert HandOver.objects.get(id=made).state == HandOver.State.TAKEN_BACK
        assert told(coach) == ""
        assert 'id="asked"' not in browser_of(neil).get("/day/").content.decode()
        acting(neil, people_see_nothing, way)


def people_see_nothing(actor: Actor, way: Journey) -> None:
    """Whoever was asked sees the way no more."""
    assert not Journey.objects.filter(id=way.id).exists()


def test_who_asked_is_told_that_a_colleague_cannot_and_why_for_a_week(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    made = ask(coach, in_hand(here, coach)[0], neil)
    acting(neil, actions.answer_hand_over, made, accept=False, words="I am full until May")
    acting(coach, actions.take_back, made)
    assert "cannot take over" in told(coach)
    assert "I am full until May" in told(coach)
    with clock.held_at(MORNING + timedelta(days=8)):
        assert told(coach) == ""


def test_both_have_somebody_in_hand_until_the_last_day_that_was_said(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    way = in_hand(here, coach)[0]
    acting(neil, actions.answer_hand_over, ask(coach, way, neil), accept=True)
    assert "takes over" in told(coach)
    page = browser_of(coach).get("/caseload/?show=mine").content.decode()
    assert "With you until 14 March 2026" in page
    assert "You stand in" not in page
    assert 'name="way"' not in page, "no longer theirs to give"
    theirs = browser_of(neil).get("/caseload/?show=mine").content.decode()
    assert 'name="way"' in theirs
    assert "With you until" not in theirs
    with clock.held_at(MORNING + timedelta(days=4)):
        assert "With you until" not in browser_of(coach).get("/caseload/?show=mine").content.decode()


def test_who_stands_in_is_offered_only_what_they_may_do(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    way = in_hand(here, coach)[0]
    days = {"starts": MORNING, "ends": MORNING + timedelta(days=3)}
    acting(coach, actions.cover, [way.id], neil.member_id, **days, key=str(new_id()))
    plan = f"/people/{short(way.person_id)}/plan/"
    for link in ("hand-over", "stand-in"):
        address = f"/ways/{short(way.id)}/change/{link}/"
        assert address in browser_of(coach).get(plan).content.decode()
        assert address not in browser_of(neil).get(plan).content.decode()
    assert f"/ways/{short(way.id)}/end/" in browser_of(neil).get(plan).content.decode()


def test_when_a_record_is_restricted_nobody_stands_in_or_is_asked_who_is_not_named(
    here: Place, owner: psycopg.Connection
) -> None:
    leader, coach = here.member("leader"), hire(here)
    named, other = hire(here, "Named"), hire(here, "Other")
    first, second = in_hand(here, coach, 2)
    days = {"starts": MORNING, "ends": MORNING + timedelta(days=3)}
    for colleague in (named, other):
        acting(coach, actions.cover, [first.id], colleague.member_id, **days, key=str(new_id()))
    ask(coach, first, other)
    kept = ask(coach, second, named)
    for way in (first, second):
        members = [coach.member_id, named.member_id]
        acting(leader, people.restrict, way.person_id, members, "a relative", key=str(new_id()))
    with as_system(here.system):
        standing = Cover.objects.filter(journey_id=first.id, ends__gt=MORNING)
        assert [one.member_id for one in standing] == [named.member_id]
        assert HandOver.objects.get(journey_id=first.id).state == HandOver.State.TAKEN_BACK
        assert HandOver.objects.get(id=kept).state == HandOver.State.ASKED
    found = attention.check(owner, MORNING, here.system.service)
    assert (found.wrong, found.orphans) == (0, 0)


def test_today_asks_the_same_however_many_were_handed_over(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    for way in in_hand(here, coach, 2):
        acting(neil, actions.answer_hand_over, ask(coach, way, neil), accept=False)
    browser = browser_of(coach)
    before = asked_for(browser, "/day/")
    for way in in_hand(here, coach, 3):
        ask(coach, way, neil)
    assert asked_for(browser, "/day/") == before


def test_what_is_sealed_is_passed_on_to_who_took_over_field_by_field_and_by_its_holder(here: Place) -> None:
    coach, neil, leader = hire(here), hire(here, "Neil"), here.member("leader")
    way = in_hand(here, coach)[0]
    for text, field in (("Insulin at noon", "health"), ("Prays on Fridays", "belief")):
        acting(coach, people.write_note, way.person_id, text, fields=[field], key=str(new_id()))
    browser, address = browser_of(coach), f"/ways/{short(way.id)}/change/"
    assert "Sealed, and seen by you: " in browser.get(f"{address}hand-over/").content.decode()
    assert address + "keys/" not in browser.get(f"/people/{short(way.person_id)}/plan/").content.decode()
    acting(neil, actions.answer_hand_over, ask(coach, way, neil), accept=True)
    assert address + "keys/" in told(coach)
    page = browser.get(f"{address}keys/")
    assert page.content.count(b'name="fields_of_life"') == 2
    sent = {"key": key_of(page.content), "fields_of_life": "health"}
    assert browser_of(leader).post(f"{address}keys/", sent).status_code == 422, "the leader holds no key"
    assert acting(neil, texts_of, way) == set()
    for _twice in range(2):
        browser.post(f"{address}keys/", sent)
    assert acting(neil, texts_of, way) == {"Insulin at noon"}
    left = browser.get(f"{address}keys/").content
    assert left.count(b'name="fields_of_life"') == 1
    assert b'value="belief"' in left
    browser.post(f"{address}keys/", {"key": str(new_id()), "fields_of_life": "belief"})
    assert b"Nothing is sealed to them" in browser.get(f"{address}keys/").content


def texts_of(_actor: Actor, way: Journey) -> set[str]:
    """What the notes say that somebody may read."""
    return set(Note.objects.filter(person_id=way.person_id, sealed__len__gt=0).values_list("text", flat=True))


def test_a_coach_is_offered_others_to_hand_to_and_themselves_to_ask_how_it_goes(here: Place) -> None:
    coach, neil = hire(here), hire(here, "Neil")
    way = in_hand(here, coach)[0]
    browser = browser_of(coach)
    for what in ("hand-over", "stand-in"):
        page = browser.get(f"/ways/{short(way.id)}/change/{what}/").content.decode()
        assert f'value="{neil.member_id}"' in page
        assert f'value="{coach.member_id}"' not in page
    page = browser.get(f"/ways/{short(way.id)}/end/").content.decode()
    assert f'value="{coach.member_id}" selected' in page
