"""What the desk knows of somebody at a glance: what helps, what to heed, what they speak, whom to ask."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk import queries
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions
from kohti.people.models import Person

LATER = TODAY + timedelta(days=60)


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def key() -> str:
    return str(uuid.uuid4())


def mark(leader: Actor, someone: Person, words: str, **how: Any) -> uuid.UUID:
    how = {"kind": "helps", "review_on": LATER, "key": key()} | how
    return acting(leader, actions.add_mark, someone.id, words=words, **how)


def line_of(host: Actor, someone: Person) -> queries.Arrival:
    with as_actor(host):
        return next(
            one for one in queries.arrivals(host.centre, TODAY) if one.person_id == someone.id or one.ask
        )


def shown(who: Actor, page: str) -> str:
    return str(browser_of(who).get(page).content.decode())


def test_what_helps_and_what_to_heed_stand_on_the_line_and_on_the_card_until_they_end(here: Place) -> None:
    leader, host, coach = here.member("leader"), here.member("host"), here.member("coach")
    someone = here.person("Helped Hanna")
    booking = here.booking(person=someone)
    mark(leader, someone, "a seat near the door")
    mark(leader, someone, "lost her home", kind="vulnerable", ends_on=TODAY)
    over = mark(leader, someone, "is over", ends_on=LATER)
    acting(leader, actions.end_mark, someone.id, over)
    acting(
        leader, actions.add_danger, someone.id,
        words="come with a colleague", reason="threw a chair", ends_on=TODAY + timedelta(days=7), key=key(),
    )  # fmt: skip
    page = shown(host, "/arrivals/")
    for words in ("a seat near the door", "lost her home", "come with a colleague (until 18 March 2026)"):
        assert words in page
    for words in ("is over", "threw a chair"):
        assert words not in page
    acting(host, frontdesk.check_in, booking.id, key=key())
    card = shown(coach, "/queue/")
    assert "a seat near the door" in card
    assert "come with a colleague (until 18 March 2026)" in card
    assert "threw a chair" not in card


def test_what_has_ended_by_its_day_is_not_shown_though_nobody_ended_it(here: Place) -> None:
    leader, host = here.member("leader"), here.member("host")
    someone = here.person("Later Lars")
    mark(leader, someone, "for a week", ends_on=TODAY + timedelta(days=6))
    mark(leader, someone, "for eight days", ends_on=TODAY + timedelta(days=7))
    here.booking(MORNING + timedelta(days=7), person=someone)
    with clock.held_at(MORNING + timedelta(days=7)):
        page = shown(host, "/arrivals/")
    assert "for eight days" in page
    assert "for a week" not in page


def test_what_is_sealed_never_reaches_the_desk(here: Place) -> None:
    leader, host = here.member("leader"), here.member("host")
    someone = here.person("Sealed Saga")
    here.booking(person=someone)
    mark(leader, someone, "insulin at noon", about="health", sealed="health")
    mark(leader, someone, "step-free")
    line = line_of(host, someone)
    assert line.heed is not None
    assert "step-free" in line.heed
    for who in (host, leader):
        assert "insulin" not in shown(who, "/arrivals/")


def test_a_language_the_service_does_not_speak_and_an_interpreter_are_named(here: Place) -> None:
    coach, host = here.member("coach"), here.member("host")
    for name, languages, interpreter in (
        ("Pia Speaks", ("pl", "en"), ""),
        ("Ada Needs", ("en",), "ar"),
        ("Eve English", ("en", "tr"), ""),
    ):
        new = actions.NewPerson(full_name=name, languages=languages, interpreter=interpreter)
        here.booking(person=acting(coach, actions.register, coach.centre, [new], key=key())[0])
    page = shown(host, "/arrivals/")
    assert "Polish, English" in page
    assert "Interpreter: Arabic" in page
    assert "Turkish" not in page
    with as_actor(host):
        finnish = browser_of(host)
    finnish.cookies["kohti_language"] = "fi"
    assert "puola, englanti" in finnish.get("/arrivals/").content.decode()


def test_who_may_not_open_a_record_is_told_whom_to_ask_on_line_card_and_paper(here: Place) -> None:
    leader, host, named = here.member("leader"), here.member("host"), here.member("coach", name="Nan Asked")
    someone = here.person("Hidden Harriet")
    booking = here.booking(person=someone)
    mark(leader, someone, "a quiet room")
    acting(leader, actions.restrict, someone.id, [named.member_id], "her brother works here", key=key())
    acting(host, frontdesk.check_in, booking.id, key=key())
    for who, page in ((host, "/arrivals/"), (leader, "/arrivals/"), (leader, "/queue/")):
        seen = shown(who, page)
        assert "Ask Nan Asked" in seen
        for words in ("Hidden Harriet", "quiet room", "brother"):
            assert words not in seen
    assert "Hidden Harriet" in shown(named, "/arrivals/")
    assert "a quiet room" in shown(named, "/queue/")


def test_when_nobody_who_is_named_is_left_the_team_leader_is_asked(
    here: Place, owner: psycopg.Connection
) -> None:
    leader, host, named = here.member("leader"), here.member("host"), here.member("coach", name="Gone Gus")
    someone = here.person("Orphaned Olga")
    here.booking(person=someone)
    acting(leader, actions.restrict, someone.id, [named.member_id], "a relative", key=key())
    owner.execute("update team_membership set ends = %s where id = %s", (MORNING, named.member_id))
    page = shown(host, "/arrivals/")
    assert "Ask the team leader" in page
    assert "Gone Gus" not in page
    closed = browser_of(leader).get(f"/people/{someone.id}/")
    assert closed.status_code == 403
    assert "Ask the team leader" in closed.content.decode()


def test_the_desk_s_words_are_kept_by_the_database_whoever_changes_a_mark(
    here: Place, owner: psycopg.Connection
) -> None:
    someone = here.person("Kept Kim")
    made = mark(here.member("leader"), someone, "a chair")
    owner.execute("update people_mark set words = 'two chairs' where id = %s", (made,))
    row = owner.execute("select heed from people_person where id = %s", (someone.id,)).fetchone()
    assert row == ([["helps", "two chairs", None]],)
    owner.execute("delete from people_mark where id = %s", (made,))
    row = owner.execute("select heed from people_person where id = %s", (someone.id,)).fetchone()
    assert row == (None,)


def test_what_is_said_of_somebody_costs_their_line_a_few_words_and_nobody_else_s(here: Place) -> None:
    host = here.member("host", centre="gloucester")
    there = here.member("leader", centre="gloucester")
    someone = here.person("Weighed Wanda", centre=here.other)
    here.booking(person=someone, centre=here.other)
    browser = browser_of(host)
    browser.get("/arrivals/")  # the first page of a process also learns the service's own words
    before = browser.get("/arrivals/")
    mark(there, someone, "a seat near the door")
    acting(there, actions.add_danger, someone.id, words="two of you", reason="r", ends_on=LATER, key=key())
    after = browser.get("/arrivals/")
    assert 0 < len(after.content) - len(before.content) < 300
    assert after.headers["X-Kohti-Statements"] == before.headers["X-Kohti-Statements"]
