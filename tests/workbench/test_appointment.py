"""Ten minutes: two who write at once, who comes next, what changed today, and nothing typed lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place
from tests.journeys.test_holding import begin

from kohti.diary.actions import be_away
from kohti.diary.models import Booking, Reminder
from kohti.journeys import actions
from kohti.journeys.actions import NewStep
from kohti.journeys.models import Contact, Journey, Need, Step
from kohti.kernel import clock, drafts
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people
from kohti.people import fields as life
from kohti.people.models import Note


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture
def anna(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Anna {new_id().hex}")


@pytest.fixture
def ben(here: Place) -> Actor:
    return here.member("leader")


@pytest.fixture
def way(here: Place, anna: Actor) -> Journey:
    return begin(here, anna)


def at(way: Journey, part: str = "") -> str:
    return f"/ways/{short(way.id)}/appointment/{part}"


def hidden(page: str) -> dict[str, str]:
    """What a form remembers."""
    form = page.split('id="appointment"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def filled(browser: Client, way: Journey, **typed: str) -> dict[str, str]:
    return hidden(browser.get(at(way)).content.decode()) | {"channel": "here"} | typed


def test_whoever_opens_what_somebody_is_writing_is_told_since_when(
    anna: Actor, ben: Actor, way: Journey
) -> None:
    hers, his = browser_of(anna), browser_of(ben)
    assert "is writing here too" not in his.get(at(way)).content.decode()
    typed = filled(hers, way, note="She found the papers.")
    assert hers.post(at(way, "draft/"), typed | {"draft": "0"}).status_code == 200
    page = his.get(at(way)).content.decode()
    assert f"{anna.facts['name']} is writing here too, since 10:00" in page
    assert "She found the papers." not in page
    assert "is writing here too" not in hers.get(at(way)).content.decode()
    assert hers.post(at(way), typed).status_code == 302
    assert "is writing here too" not in his.get(at(way)).content.decode()


def test_saving_after_another_is_told_field_by_field_and_both_are_kept(
    here: Place, anna: Actor, ben: Actor, way: Journey
) -> None:
    steps = [NewStep(words=f"Step {n}", due_on=TODAY + timedelta(days=1)) for n in range(2)]
    acting(anna, actions.change_plan, way.id, steps, key=str(new_id()))
    first, second = steps
    hers, his = browser_of(anna), browser_of(ben)
    one = filled(hers, way, note="She said this.", **{f"step-{first.id}": "done"})
    two = filled(his, way, note="He said that.")
    two |= {f"step-{first.id}": "stuck", f"why-{first.id}": "A lift", f"step-{second.id}": "done"}
    with clock.held_at(MORNING + timedelta(minutes=1)):
        assert hers.post(at(way), one).status_code == 302
        told = his.post(at(way), two)
        page = told.content.decode()
        assert told.status_code == 422
        assert f"{anna.facts['name']} saved a contact here at 10:01" in page
        assert "Meanwhile: Done. You had chosen: Stuck." in page
        for typed in ("He said that.", "A lift", "Step 1"):
            assert typed in page
        again = two | hidden(page)
        del again[f"step-{first.id}"]
        assert his.post(at(way), again).status_code == 302
    with as_system(here.system):
        assert Contact.objects.filter(journey_id=way.id).count() == 2
        assert {one.state for one in Step.objects.filter(journey_id=way.id)} == {"done"}


def test_sending_twice_is_no_conflict_with_oneself(here: Place, anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    typed = filled(browser, way, note="Once.")
    assert browser.post(at(way), typed).status_code == 302
    assert browser.post(at(way), typed).status_code == 302
    with as_system(here.system):
        assert Contact.objects.filter(journey_id=way.id).count() == 1


def test_a_draft_that_was_overtaken_says_so_when_it_is_opened(anna: Actor, ben: Actor, way: Journey) -> None:
    hers, his = browser_of(anna), browser_of(ben)
    hers.post(at(way, "draft/"), filled(hers, way, note="Half a word") | {"draft": "0"})
    his.post(at(way), filled(his, way, note="His."))
    page = hers.get(at(way)).content.decode()
    assert "saved a contact here at 10:00, while you were writing" in page
    assert "Half a word" in page


def test_what_changed_today_is_said_and_agreed_and_the_next_person_is_one_press_away(
    here: Place, anna: Actor, way: Journey
) -> None:
    browser = browser_of(anna)
    waiting = begin(here, anna)
    typed = filled(browser, way, next="Ring the bakery")
    typed |= {"next-day_0": "20", "next-day_1": "3", "next-day_2": "2026"}
    done = browser.post(at(way), typed)
    page = browser.get(done["Location"]).content.decode()
    assert "New step: Ring the bakery, by 20 March 2026" in page
    assert at(waiting) in page
    agree = re.search(r'action="(/plans/[^"]+/agreed/)"', page)
    assert agree is not None
    agreed = browser.post(agree[1], {"then": str(way.id)})
    assert agreed["Location"] == done["Location"]
    assert "They agree" not in browser.get(agreed["Location"]).content.decode()
    booked = begin(here, anna)
    with as_system(here.system):
        person = booked.person
    here.booking(MORNING + timedelta(minutes=30), person=person, staff_id=anna.staff_id)
    onward = browser.post(at(way), filled(browser, way, note="More.", then="next"))
    assert onward["Location"] == f"{at(booked)}?said=saved"
    assert "Saved." in browser.get(onward["Location"]).content.decode()


def test_where_a_quiet_room_helps_the_times_offered_have_one(here: Place, anna: Actor, way: Journey) -> None:
    acting(
        anna,
        people.add_mark,
        way.person_id,
        kind="helps",
        words="a calm start",
        review_on=TODAY + timedelta(days=30),
        promises=["quiet"],
        key=str(new_id()),
    )
    browser = browser_of(anna)
    page = browser.get(at(way)).content.decode()
    assert page.count("Quiet room") == 3
    browser.post(
        at(way), filled(browser, way, time=re.findall(r'name="time"[^>]*value="(20[^"]+)"', page)[0])
    )
    with as_system(here.system):
        assert Booking.objects.filter(person_id=way.person_id, room__name="Quiet room").count() == 1


def test_the_appointment_that_was_agreed_is_named_and_confirmed_as_the_book_does(
    here: Place, anna: Actor, way: Journey
) -> None:
    browser = browser_of(anna)
    page = browser.get(at(way)).content.decode()
    time = re.findall(r'name="time"[^>]*value="(20[^"]+)"', page)[0]
    done = browser.post(at(way), filled(browser, way, time=time))
    with as_system(here.system):
        booked = Booking.objects.get(person_id=way.person_id)
        assert [one.about for one in Reminder.objects.filter(booking_id=booked.id)] == ["booked"]
    saved = browser.get(done["Location"]).content.decode()
    assert f'href="/book/{short(booked.id)}/"' in saved
    acting(
        anna, be_away, anna.staff_id, booked.day + timedelta(days=1), booked.day + timedelta(days=1), key="x"
    )
    taken = f"{booked.starts + timedelta(days=1):%Y-%m-%dT%H:%M:%S+00:00}"
    assert browser.post(at(way), filled(browser, way, time=taken)).status_code == 422


def test_after_the_last_person_nobody_is_due(way: Journey, anna: Actor) -> None:
    browser = browser_of(anna)
    onward = browser.post(at(way), filled(browser, way, note="All well.", then="next"))
    page = browser.get(onward["Location"]).content.decode()
    assert "Nobody is due now." in page
    assert "Nothing of the plan has changed." in page


def test_what_they_were_not_there_to_say_is_not_written(anna: Actor, way: Journey) -> None:
    offer = NewStep(words="Try the bakery", offered=True)
    acting(anna, actions.change_plan, way.id, [offer], key=str(new_id()))
    browser = browser_of(anna)
    typed = filled(browser, way, **{f"step-{offer.id}": "taken"})
    refused = browser.post(at(way), typed | {"missed": "1"})
    assert refused.status_code == 422
    assert "Only they can answer that." in refused.content.decode()
    done = browser.post(at(way), typed)
    assert "They took it on: Try the bakery" in browser.get(done["Location"]).content.decode()


def test_who_did_not_come_is_not_asked_to_agree(anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    for missed, offered in (({"missed": "1"}, False), ({}, True)):
        done = browser.post(at(way), filled(browser, way, next="Send the form") | missed)
        page = browser.get(done["Location"]).content.decode()
        assert "New step: Send the form" in page
        assert ("They agree" in page) is offered
        assert ("Waits for their word" in page) is not offered


def test_a_level_that_is_none_was_not_said(here: Place, anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    code = next(iter(life.fields_of_life(anna)))
    typed = {f"own-{code}": "7", f"coach-{code}": "2"}
    assert browser.post(at(way), filled(browser, way, **typed)).status_code == 302
    with as_system(here.system):
        kept = Need.objects.filter(journey_id=way.id).values_list("view", "level")
        assert list(kept) == [("coach", 2)]


def test_every_channel_can_be_chosen(here: Place, anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    offered = re.findall(r'name="channel" value="([^"]+)"', browser.get(at(way)).content.decode())
    assert offered == list(Contact.Channel.values)
    for channel in offered:
        assert browser.post(at(way), filled(browser, way, channel=channel)).status_code == 302
    with as_system(here.system):
        kept = Contact.objects.filter(journey_id=way.id).values_list("channel", flat=True)
        assert set(kept) == set(offered)


def test_a_note_that_is_far_too_long_is_kept_as_a_draft_and_said_so(anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    typed = filled(browser, way, note="ä" * 200_000)
    assert "Kept as a draft" in browser.post(at(way, "draft/"), typed | {"draft": "0"}).content.decode()
    refused = browser.post(at(way), typed)
    assert refused.status_code == 422
    assert "200000 characters" in refused.content.decode()
    assert browser.get(at(way)).content.decode().count("ä") >= 200_000
    longer = browser.post(at(way, "draft/"), typed | {"note": "ä" * 500_000, "draft": "1"})
    assert "too long to keep" in longer.content.decode()


def test_whoever_is_signed_out_while_typing_comes_back_to_what_they_typed(anna: Actor, way: Journey) -> None:
    browser = browser_of(anna)
    typed = filled(browser, way, note="Half a sent")
    browser.post(at(way, "draft/"), typed | {"draft": "0"})
    browser.cookies.clear()
    assert browser.post(at(way, "draft/"), typed | {"draft": "1"}).status_code in (302, 401)
    turned_away = browser.get(at(way))
    assert turned_away.status_code == 302
    assert "next=" in turned_away["Location"]
    assert "Half a sent" in browser_of(anna).get(at(way)).content.decode()


def test_what_was_never_saved_is_cleared_after_a_while(here: Place, anna: Actor, way: Journey) -> None:
    from kohti.config import housekeeping

    def begun(about: uuid.UUID) -> None:
        acting(anna, lambda _actor: drafts.keep("appointment", about, {"note": ["x"]}, version=0))

    other = begin(here, anna)
    with clock.held_at(MORNING - housekeeping.DRAFTS_KEPT - timedelta(days=1)):
        begun(way.id)
    begun(other.id)
    with as_system(here.system):
        drafts.clear(clock.now() - housekeeping.DRAFTS_KEPT)
    assert acting(anna, lambda _actor: drafts.find("appointment", way.id)) is None
    assert acting(anna, lambda _actor: drafts.find("appointment", other.id)) is not None


def test_a_diagnosis_in_a_shared_note_is_a_question_and_not_a_refusal(
    here: Place, anna: Actor, way: Journey
) -> None:
    browser = browser_of(anna)
    typed = filled(browser, way, note="He was diagnosed with diabetes.")
    live = browser.post(at(way, "draft/"), typed | {"draft": "0"}).content.decode()
    assert "looks like a diagnosis" in live
    assert 'data-mark-field="health"' in live
    asked = browser.post(at(way), typed)
    assert asked.status_code == 422
    assert 'name="seal" value="health"' in asked.content.decode()
    assert "He was diagnosed with diabetes." in asked.content.decode()
    assert browser.post(at(way), typed | {"seal": "health"}).status_code == 302
    as_it_is = filled(browser, way, note="No diagnosis yet.", heeded="health")
    assert browser.post(at(way), as_it_is).status_code == 302
    with as_system(here.system):
        notes = Note.objects.filter(person_id=way.person_id).order_by("at", "id")
        assert sorted(tuple(one.sealed) for one in notes) == [(), ("health",)]
