"""A coach's pages: a way begins, steps are written and moved, the caseload says who needs somebody."""

from __future__ import annotations

import re

from tests.factories import Place, as_system, browser_of

from kohti.journeys.models import Journey, Step
from kohti.kernel.ids import new_id, short
from kohti.people.models import Person


def key_of(page: bytes, prefix: str = "") -> str:
    found = re.search(rf'name="{prefix}key" value="([^"]+)"'.encode(), page)
    assert found is not None, page
    return found[1].decode()


def way(here: Place, person: Person) -> Journey:
    with as_system(here.system):
        return Journey.objects.get(person_id=person.id)


def test_a_coach_begins_a_way_writes_a_step_and_sees_it_in_the_caseload(here: Place) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    person = here.person("Kirsi Koskinen")
    page = browser.get(f"/people/{short(person.id)}/plan/")
    assert b"They have no plan with us yet" in page.content
    address = f"/people/{short(person.id)}/way/"
    form = browser.get(address)
    done = browser.post(
        address,
        {
            "key": key_of(form.content),
            "owner": str(leader.member_id),
            "basis": "task",
            "why_here": "Wants to bake again",
            "employment": "unemployed",
            "education": "unsaid",
            "household": "",
        },
    )
    assert done.status_code == 302, done.content
    page = browser.get(done["Location"])
    assert b"Nothing is planned" in page.content
    step = {
        "step": "1",
        "s-key": key_of(page.content, "s-"),
        "s-words": "Ring the bakery",
        "s-who": "person",
        "s-due_on_0": "20",
        "s-due_on_1": "3",
        "s-due_on_2": "2026",
    }
    done = browser.post(f"/people/{short(person.id)}/plan/", step)
    assert done.status_code == 302, done.content
    assert browser.post(f"/people/{short(person.id)}/plan/", step).status_code == 302
    page = browser.get(f"/people/{short(person.id)}/plan/")
    assert page.content.count(b'<strong dir="auto">Ring the bakery') == 1
    caseload = browser.get("/caseload/")
    assert b"Kirsi Koskinen" in caseload.content
    assert b"Ring the bakery" in caseload.content


def test_a_step_that_is_stuck_says_what_would_help_and_nothing_typed_is_lost(here: Place) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    from tests.factories import TODAY, acting
    from tests.journeys.test_holding import begin

    from kohti.journeys import actions
    from kohti.journeys.actions import NewStep

    journey = begin(here, leader)
    new = NewStep(words="Find the papers", due_on=TODAY)
    acting(leader, actions.change_plan, journey.id, [new], key=str(new_id()))
    address = f"/people/{short(journey.person_id)}/plan/steps/{short(new.id)}/"
    refused = browser.post(address, {"v": "1", "state": "stuck", "why": ""})
    assert refused.status_code == 422
    assert b"Say what would help." in refused.content
    stale = browser.post(address, {"v": "9", "state": "stuck", "why": "Somebody who knows"})
    assert stale.status_code == 422
    assert b"Somebody who knows" in stale.content
    assert browser.post(address, {"v": "1", "state": "stuck", "why": "Somebody who knows"}).status_code == 302
    with as_system(here.system):
        assert Step.objects.get(id=new.id).state == "stuck"
    page = browser.get("/caseload/")
    assert b"A step is stuck" in page.content


def test_a_step_due_before_it_began_is_said_so_and_nothing_typed_is_lost(here: Place) -> None:
    from tests.journeys.test_holding import begin

    leader = here.member("leader")
    browser = browser_of(leader)
    journey = begin(here, leader)
    clear = b"A step cannot be due before it begins. Choose today or a later day."
    for address, prefix, words in (
        (f"/people/{short(journey.person_id)}/plan/", "s-", {"step": "1", "s-who": "person"}),
        (f"/ways/{short(journey.id)}/appointment/", "", {"channel": "here", "next-who": "person"}),
    ):
        what, day = ("s-words", "s-due_on") if prefix else ("next", "next-day")
        page = browser.get(address)
        yesterday = {f"{day}_0": "10", f"{day}_1": "3", f"{day}_2": "2026"}
        typed = words | yesterday | {what: "Ring the baker", f"{prefix}key": key_of(page.content, prefix)}
        refused = browser.post(address, typed)
        assert refused.status_code == 422
        assert clear in refused.content
        assert b"Ring the baker" in refused.content
        assert browser.post(address, typed | {f"{day}_0": "11"}).status_code == 302


def test_the_ten_minute_appointment_saves_everything_together(here: Place) -> None:
    from datetime import timedelta

    from tests.factories import MORNING, TODAY, acting
    from tests.journeys.test_holding import begin

    from kohti.diary.models import Booking
    from kohti.journeys import actions
    from kohti.journeys.actions import NewStep
    from kohti.journeys.models import Contact, Need, PlanVersion

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    browser = browser_of(coach)
    journey = begin(here, coach)
    new = NewStep(words="Find the papers", due_on=TODAY + timedelta(days=1))
    acting(coach, actions.change_plan, journey.id, [new], key=str(new_id()))
    address = f"/ways/{short(journey.id)}/appointment/"
    page = browser.get(address)
    assert page.status_code == 200
    times = re.findall(rb'name="time" value="([^"]+)"', page.content)
    assert len(times) == 3
    typed = {
        "key": key_of(page.content),
        "note": "She found the papers and is proud.",
        "channel": "here",
        f"v-{new.id}": "1",
        f"step-{new.id}": "done",
        "next": "Ring the bakery",
        "next-who": "person",
        "next-day_0": "20",
        "next-day_1": "3",
        "next-day_2": "2026",
        "own-health": "3",
        "time": times[1].decode(),
    }
    kept = browser.post(f"{address}draft/", typed | {"draft": "0"})
    assert b"Kept as a draft" in kept.content
    again = browser.post(f"{address}draft/", typed | {"draft": "0"})
    assert b"in another window" in again.content
    assert b"She found the papers" in browser.get(address).content
    wrong = browser.post(address, typed | {f"step-{new.id}": "stuck"})
    assert wrong.status_code == 422
    assert b"Say what would help." in wrong.content
    assert b"She found the papers" in wrong.content
    done = browser.post(address, typed)
    assert done.status_code == 302, done.content
    assert browser.post(address, typed).status_code == 302
    assert b"She found the papers" not in browser.get(address).content.split(b'id="is"')[1]
    with as_system(here.system):
        assert Contact.objects.filter(journey_id=journey.id).count() == 1
        assert Need.objects.filter(journey_id=journey.id).count() == 1
        assert PlanVersion.objects.filter(journey_id=journey.id).count() == 2
        booking = Booking.objects.get(person_id=journey.person_id)
        assert booking.starts > MORNING
        held = Journey.objects.get(id=journey.id).held_until
        assert held is not None
        assert held > MORNING + timedelta(days=7)


def test_today_says_who_needs_this_coach_and_what_fell_between_to_the_leader(here: Place) -> None:
    from datetime import timedelta

    from tests.factories import MORNING
    from tests.journeys.test_holding import begin

    from kohti.kernel import clock

    coach = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex}")
    begin(here, coach)
    page = browser_of(coach).get("/day/").content
    assert b"Nothing is planned" in page
    assert b"Plan the next step" in page
    assert b"Overlooked at" not in page
    with clock.held_at(MORNING + timedelta(days=4)):
        page = browser_of(here.member("leader")).get("/day/").content
    assert coach.facts["name"].encode() in page.split(b'id="climbed"')[1]


def test_a_coach_moves_pauses_reaches_hands_over_and_ends_a_way_from_its_pages(here: Place) -> None:
    from datetime import timedelta

    from tests.factories import MORNING
    from tests.journeys.test_holding import begin

    from kohti.journeys.models import HandOver, LastingCheck, Outcome, StageSpell
    from kohti.kernel import clock

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    other = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex}")
    browser = browser_of(coach)
    journey = begin(here, coach)
    plan = f"/people/{short(journey.person_id)}/plan/"
    address = f"/ways/{short(journey.id)}/change/"

    def send(part: str, **values: object) -> None:
        at = address.replace("change/", "end/") if part == "end" else f"{address}{part}/"
        form = browser.get(at)
        assert form.status_code == 200
        version = re.search(rb'name="version" value="(\d+)"', form.content)
        typed = {"key": key_of(form.content)} | ({"version": version[1].decode()} if version else {})
        done = browser.post(at, typed | values)
        assert done.status_code == 302, done.content.decode()[-4000:]

    with as_system(here.system) as system:
        from kohti.journeys import rules

        stages = [one.code for one in rules.stages(system)]
        kinds = [one.code for one in rules.outcomes(system) if one.flag]
    send("stage", stage=stages[1], why="Ready for more")
    send("outcome", kind=kinds[0], on_0="9", on_1="3", on_2="2026", words="Two days a week", evidence="")
    wrong = browser.post(f"{address}outcome/", {"key": str(new_id()), "kind": kinds[0], "on_0": "9"})
    assert wrong.status_code == 422
    assert browser.get(f"{address}pause/").status_code == 404
    assert browser.get(f"{address}more-time/").status_code == 404
    send(
        "hand-over",
        member=str(other.member_id),
        until_day_0="18",
        until_day_1="3",
        until_day_2="2026",
        words="She likes mornings.",
    )
    day = browser_of(other).get("/day/").content
    assert b"She likes mornings." in day
    with as_system(here.system):
        assert StageSpell.objects.filter(journey_id=journey.id).count() == 2
        outcome = Outcome.objects.get(journey_id=journey.id)
        assert LastingCheck.objects.filter(outcome_id=outcome.id).count() == 4
        asked = HandOver.objects.get(journey_id=journey.id)
    assert browser.post(f"/hand-overs/{short(asked.id)}/", {"accept": "1"}).status_code == 403
    assert browser_of(other).post(f"/hand-overs/{short(asked.id)}/", {"accept": "1"}).status_code == 302
    assert browser_of(other).post(f"/outcomes/{short(outcome.id)}/verify/").status_code == 302
    with clock.held_at(MORNING + timedelta(days=5)):
        page = browser_of(other).get(plan).content
        assert b"Does it last?" in page
        with as_system(here.system):
            check = LastingCheck.objects.filter(outcome_id=outcome.id).order_by("week")[0]
        assert (
            browser_of(other).post(f"/outcomes/checks/{short(check.id)}/", {"answer": "yes"}).status_code
            == 302
        )
        browser = browser_of(other)
        send("end", words="A job at the bakery. Thank you, Kirsi.")
        assert b"A job at the bakery" in browser.get(plan).content
        assert b"A job at the bakery" not in browser.get("/caseload/").content
        send("again", member=str(other.member_id), why="The bakery closed")
        assert b"Plan the next step" in browser.get("/day/").content


def test_only_who_has_a_way_in_hand_ends_it(here: Place) -> None:
    from datetime import timedelta

    import pytest
    from tests.factories import MORNING, acting
    from tests.journeys.test_holding import begin

    from kohti.journeys import actions
    from kohti.kernel.errors import NotAllowed

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    other = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex}")
    journey = begin(here, coach)
    with as_system(here.system):
        here.booking(MORNING + timedelta(minutes=20), person=journey.person)
    plan = f"/people/{short(journey.person_id)}/plan/"
    assert b"End their way" in browser_of(coach).get(plan).content
    assert b"End their way" not in browser_of(other).get(plan).content
    with pytest.raises(NotAllowed):
        acting(other, actions.close, journey.id, "Thank you.", version=1)
    acting(coach, actions.close, journey.id, "Thank you.", version=1)


def test_today_shows_the_next_person_and_what_helps(here: Place) -> None:
    from datetime import timedelta

    from tests.factories import MORNING, acting
    from tests.journeys.test_holding import begin

    from kohti.people import actions as people

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    journey = begin(here, coach)
    with as_system(here.system):
        person = journey.person
    here.booking(MORNING + timedelta(minutes=20), person=person, staff_id=coach.staff_id)
    here.booking(MORNING + timedelta(days=1), person=here.person("Zoltan Nagy"), staff_id=coach.staff_id)
    acting(
        here.member("leader"),
        people.add_mark,
        person.id,
        kind="helps",
        words="a quiet corner",
        review_on=MORNING.date() + timedelta(days=30),
        key=str(new_id()),
    )
    page = browser_of(coach).get("/day/").content.decode()
    assert "a quiet corner" in page.split('id="next"')[1]
    assert f"/ways/{short(journey.id)}/appointment/" in page
    assert "Tomorrow" in page
    assert "Zoltan" not in page, "whoever comes tomorrow is seen tomorrow"


def test_a_caseload_is_searched_by_part_of_a_name_without_accents(here: Place) -> None:
    from tests.factories import acting

    from kohti.journeys import actions

    leader = here.member("leader")
    browser = browser_of(leader)
    for name in ("Zoë Ångström", "Marcus Walker"):
        person = here.person(name)
        acting(
            leader,
            actions.open_journey,
            person.id,
            owner_id=leader.member_id,
            basis="task",
            key=str(new_id()),
        )
    found = browser.post("/caseload/?show=mine", {"q": "zoe ang"}).content.decode()
    assert "Zoë Ångström" in found
    assert "Marcus Walker" not in found
    assert (
        "No match among the people you may see"
        in browser.post("/caseload/", {"q": "Quixworth"}).content.decode()
    )


def test_the_persons_view_and_the_coachs_stand_side_by_side(here: Place) -> None:
    from tests.factories import acting
    from tests.journeys.test_holding import begin

    from kohti.journeys import actions
    from kohti.journeys.actions import NewContact, Said

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    journey = begin(here, coach)
    for level in (1, 3):
        needs = (Said("travel", level, "own"), Said("travel", 2, "coach"), Said("money", None, "own"))
        acting(
            coach,
            actions.write_contact,
            journey.id,
            NewContact(channel="here", needs=needs),
            key=str(new_id()),
        )
    page = browser_of(coach).get(f"/people/{short(journey.person_id)}/plan/").content.decode()
    table = page.split('id="needs"')[1].split("</table>")[0]
    assert "Mostly fine (11 March 2026)" in table
    assert "Very hard" not in table
    assert "Does not want to say" in table


def test_the_plan_says_that_the_coach_is_away_and_nobody_stands_in(here: Place) -> None:
    from tests.factories import TODAY, acting
    from tests.journeys.test_holding import begin
    from tests.journeys.test_statements import lived

    from kohti.diary import actions as diary

    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    journey = begin(here, coach)
    lived(coach, journey, steps=1)
    plan = f"/people/{short(journey.person_id)}/plan/"
    away = b"Their coach is away and nobody stands in"
    assert away not in browser_of(coach).get(plan).content
    acting(coach, diary.be_away, coach.staff_id, TODAY, TODAY, key=str(new_id()))
    assert away in browser_of(coach).get(plan).content


def test_a_day_that_is_none_is_said_at_its_field_and_what_was_typed_stays(here: Place) -> None:
    from tests.journeys.test_holding import begin

    coach = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex}")
    browser = browser_of(coach)
    address = f"/ways/{short(begin(here, coach).id)}/appointment/"
    typed = {"key": str(new_id()), "note": "A long talk.", "next": "Go on", "next-who": "person"}
    answer = browser.post(address, typed | {"next-day_0": "31", "next-day_1": "2", "next-day_2": "2026"})
    assert answer.status_code == 422
    assert b"There is no such day." in answer.content
    assert b"A long talk." in answer.content
