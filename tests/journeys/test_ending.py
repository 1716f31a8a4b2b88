"""A way ends with what was done and what was not; somebody asks later how it goes; it begins again with all kept."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin, stored
from tests.journeys.test_pages import key_of

from kohti.journeys import actions, queries
from kohti.journeys.actions import EndAim, MoveStep, NewAim, NewStep
from kohti.journeys.models import Ending, Journey, LastingCheck
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id, short
from kohti.people.attachments.models import Attachment
from kohti.people.models import Person

LATER = TODAY + timedelta(days=91)


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex[:8]}")


def walked(coach: Actor, way: Journey) -> None:
    """An aim reached, one left open, a step done and one stuck."""
    bake, read = NewAim(words="Bake again"), NewAim(words="Read better")
    ring, learn = NewStep(words="Ring the bakery", due_on=TODAY), NewStep(words="Find a course", due_on=TODAY)
    acting(coach, actions.change_plan, way.id, [bake, read, ring, learn], key=str(new_id()))
    changes = [
        EndAim(id=bake.id, reached=True),
        MoveStep(id=ring.id, version=1, state="done"),
        MoveStep(id=learn.id, version=1, state="stuck", why="a place"),
    ]
    acting(coach, actions.change_plan, way.id, changes, key=str(new_id()))
    acting(coach, actions.reach, way.id, "job", TODAY, key=str(new_id()))


def ended(coach: Actor, way: Journey, *, by: Actor | None = None) -> None:
    acting(
        coach, actions.close, way.id, "Thank you.", version=way.version, follow_up_on=LATER,
        follow_up_by=(by or coach).member_id,
    )  # fmt: skip


def the_end(here: Place, way: Journey) -> Ending:
    with as_system(here.system):
        return Ending.objects.filter(journey_id=way.id).latest("at")


def test_the_page_shows_what_was_done_and_what_was_not_and_thanks_in_their_language(
    here: Place, coach: Actor
) -> None:
    way = begin(here, coach)
    walked(coach, way)
    with as_system(here.system):
        Person.objects.filter(id=way.person_id).update(languages=["fi"])
    browser = browser_of(coach)
    address = f"/ways/{short(way.id)}/end/"
    assert address.encode() in browser.get(f"/people/{short(way.person_id)}/plan/").content
    page = browser.get(address).content.decode()
    reached, rest = page.split("What was reached", 1)[1].split("Steps that were done", 1)
    done, undone = rest.split("What stayed open", 1)
    assert "Bake again" in reached
    assert "Ring the bakery" in done.split("<form")[0]
    assert ["Read better" in undone, "Find a course (Stuck)" in undone] == [True, True]
    assert "Time in stages" in page
    said = page.split("<textarea", 1)[1].split("</textarea>")[0]
    assert "Hei" in said
    assert "Dear" not in said
    assert "Bake again" in said
    typed = {
        "key": key_of(page.encode()),
        "version": str(stored(here, way.id).version),
        "words": "Kiitos! Tervetuloa takaisin.",
        "follow_up_on_0": str(LATER.day),
        "follow_up_on_1": str(LATER.month),
        "follow_up_on_2": str(LATER.year),
        "member": str(coach.member_id),
    }
    wrong = browser.post(address, typed | {"follow_up_on_2": "2025"})
    assert wrong.status_code == 422
    assert "Tervetuloa takaisin" in wrong.content.decode()
    finished = browser.post(address, typed)
    assert finished.status_code == 302, finished.content
    page = browser.get(finished["Location"]).content.decode()
    assert "Tervetuloa takaisin" in page
    assert f"{coach.facts['name']} asks on 10 June 2026 how it goes" in page
    letter = browser.post(f"/ways/ends/{short(the_end(here, way).id)}/letter/")
    assert letter.status_code == 302
    browser.post(f"/ways/ends/{short(the_end(here, way).id)}/letter/")
    with as_system(here.system):
        assert Attachment.objects.filter(person_id=way.person_id, source="made").count() == 1


def test_on_its_day_the_follow_up_stands_on_the_list_of_who_asks(here: Place, coach: Actor) -> None:
    other = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex[:8]}")
    way = begin(here, coach)
    ended(coach, way, by=other)
    end = the_end(here, way)
    link = f"/ways/ends/{short(end.id)}/".encode()
    assert link not in browser_of(other).get("/day/").content
    with clock.held_at(MORNING + timedelta(days=91)):
        assert link in browser_of(other).get("/day/").content
        assert link not in browser_of(coach).get("/day/").content
        assert link not in browser_of(here.member("leader")).get("/day/").content
        browser = browser_of(other)
        address = f"/ways/ends/{short(end.id)}/"
        page = browser.get(address).content
        assert b"Thank you." in page
        assert (
            browser.post(address, {"key": key_of(page), "answer": "Still at the bakery"}).status_code == 302
        )
        assert link not in browser.get("/day/").content
    assert the_end(here, way).answer == "Still at the bakery"
    with clock.held_at(MORNING + timedelta(days=92)):
        # Asked once is enough, and the sight that was given for it has ended.
        assert browser_of(other).get(f"/people/{short(way.person_id)}/ways/").status_code == 404


def test_what_nobody_asked_in_time_and_what_nobody_here_can_ask_is_the_leaders(
    here: Place, coach: Actor
) -> None:
    from kohti.diary import actions as diary

    leader = browser_of(here.member("leader"))
    away = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex[:8]}")
    first, second = begin(here, coach), begin(here, coach)
    ended(coach, first)
    ended(coach, second, by=away)
    assert away.staff_id is not None
    acting(away, diary.be_away, away.staff_id, LATER, LATER + timedelta(days=9), key=str(new_id()))
    links = [f"/ways/ends/{short(the_end(here, way).id)}/".encode() for way in (first, second)]
    with clock.held_at(MORNING + timedelta(days=91)):
        assert [link in leader.get("/day/").content for link in links] == [False, True]
    with clock.held_at(MORNING + timedelta(days=94)):
        assert [link in leader.get("/day/").content for link in links] == [True, True]


def test_a_way_that_is_taken_up_again_keeps_its_end_and_asks_nothing_more(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    walked(coach, way)
    ended(coach, way)
    closed = stored(here, way.id)
    acting(coach, actions.reopen, way.id, coach.member_id, "Lost the job", version=closed.version)
    page = browser_of(coach).get(f"/people/{short(way.person_id)}/ways/").content.decode()
    assert ["Taken up again on 11 March 2026" in page, "Lost the job" in page, "Thank you." in page] == [
        True
    ] * 3
    assert "Bake again" in page
    with clock.held_at(MORNING + timedelta(days=91)):
        assert b"/ways/ends/" not in browser_of(coach).get("/day/").content
    again = stored(here, way.id)
    with clock.held_at(MORNING + timedelta(hours=1)):
        acting(coach, actions.close, way.id, "Thank you once more.", version=again.version)
    page = browser_of(coach).get(f"/people/{short(way.person_id)}/ways/").content.decode()
    assert page.index("Thank you once more.") < page.index("Thank you.</p>")
    with as_system(here.system):
        assert Ending.objects.filter(journey_id=way.id).count() == 2


def test_what_was_pressed_before_the_end_and_comes_again_is_the_same_and_not_refused(
    here: Place, coach: Actor
) -> None:
    """A page sent again after a lost answer: the key is looked at before the way is."""
    way, key = begin(here, coach), str(new_id())
    paused = acting(coach, actions.pause, way.id, LATER, "Ill", key=key)
    ended(coach, way)
    assert acting(coach, actions.pause, way.id, LATER, "Ill", key=key) == paused
    with pytest.raises(Refused):
        acting(coach, actions.pause, way.id, LATER, "Ill", key=str(new_id()))


def test_nobody_is_asked_on_a_day_that_has_passed_or_by_who_is_not_there(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    with pytest.raises(Refused, match="still to come"):
        acting(coach, actions.close, way.id, "Thanks", version=1, follow_up_on=TODAY)
    with pytest.raises(NotThere):
        acting(coach, actions.close, way.id, "Thanks", version=1, follow_up_on=LATER, follow_up_by=new_id())
    assert stored(here, way.id).closed_at is None


def test_a_pause_is_ended_from_the_plan(here: Place, coach: Actor, owner: psycopg.Connection) -> None:
    way = begin(here, coach)
    with as_system(here.system):
        Journey.objects.filter(id=way.id).update(limit_on=TODAY + timedelta(days=9))
    acting(coach, actions.pause, way.id, TODAY + timedelta(days=20), "In hospital", key=str(new_id()))
    browser = browser_of(coach)
    plan, go_on = f"/people/{short(way.person_id)}/plan/", f"/ways/{short(way.id)}/change/go-on/"
    with clock.held_at(MORNING + timedelta(days=3)):
        assert go_on.encode() in browser.get(plan).content
        page = browser.get(go_on)
        assert browser.post(go_on, {"key": key_of(page.content), "why": "Home again"}).status_code == 302
        page = browser.get(plan)
        assert b"Stands still" not in page.content
        assert go_on.encode() not in page.content
    assert stored(here, way.id).ends_on == TODAY + timedelta(days=12)
    said = owner.execute(
        "select d.body from kernel_historyevent e join kernel_historydetail d on d.event_id = e.id"
        " where e.verb = 'journey.resumed' and e.subject_id = %s",
        [way.id],
    ).fetchall()
    assert said == [('{"why": "Home again"}',)]


def test_the_look_back_asks_the_same_however_much_there_is(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    browser = browser_of(coach)
    address = f"/people/{short(way.person_id)}/ways/"
    browser.get(address)
    before = int(browser.get(address).headers["X-Kohti-Statements"])
    walked(coach, way)
    ended(coach, stored(here, way.id))
    assert int(browser.get(address).headers["X-Kohti-Statements"]) == before
    assert before <= 12


def test_whether_it_lasts_is_on_their_list_half_a_year_after_the_end_too(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    walked(coach, way)
    ended(coach, stored(here, way.id))
    half_a_year = MORNING + timedelta(weeks=26, days=1)
    with clock.held_at(half_a_year):
        asked = [one for one in acting(coach, queries.follow_ups) if one.person_id == way.person_id]
        assert [(one.outcome, one.mine, one.ending_id is None) for one in asked] == [
            ("job", True, True),
            ("", True, False),
        ]
        page = browser_of(coach).get("/day/").content.decode()
        assert "Does it last?" in page
        checks = LastingCheck.objects.filter(journey_id=way.id)
        with as_actor(coach):
            waiting = list(checks.values_list("id", flat=True))
        for check in waiting:
            acting(coach, actions.answer_check, check, "yes")
        left = [one for one in acting(coach, queries.follow_ups) if one.person_id == way.person_id]
        assert [one.outcome for one in left] == [""]
