"""What only the person decides, aims that end and begin again, and whether what was reached lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin, key, stored
from tests.journeys.test_pages import key_of

from kohti.journeys import actions, queries, said
from kohti.journeys.actions import Change, EndAim, MoveStep, NewAim, NewStep, ReopenAim
from kohti.journeys.models import Aim, Journey, LastingCheck, Outcome, Step
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id, short


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


@pytest.fixture
def way(here: Place, coach: Actor) -> Journey:
    return begin(here, coach)


def change(coach: Actor, way: Journey, *changes: Change) -> None:
    acting(coach, actions.change_plan, way.id, list(changes), key=key())


def told(coach: Actor, way: Journey) -> list[str]:
    with as_actor(coach):
        return [said.change(*one) for one in queries.plan(way.id).versions[0].changes]


def test_a_choice_is_nobodys_word_until_the_person_takes_it(here: Place, coach: Actor, way: Journey) -> None:
    offer = NewStep(words="Try the bakery", due_on=TODAY + timedelta(days=7), offered=True)
    change(coach, way, offer)
    assert stored(here, way.id).lapse == "next"
    assert told(coach, way) == ["Offered as a choice: Try the bakery"]
    with pytest.raises(Refused) as refused:
        change(coach, way, MoveStep(id=offer.id, version=1, state="doing"))
    assert refused.value.code == "theirs"
    with pytest.raises(Refused):
        change(coach, way, MoveStep(id=offer.id, version=1, ask_on=TODAY + timedelta(days=3)))
    change(coach, way, MoveStep(id=offer.id, version=1, ask_on=TODAY + timedelta(days=3), said="here"))
    assert told(coach, way) == ["Asked again on 14 March 2026: Try the bakery"]
    assert stored(here, way.id).lapse == "next"
    change(coach, way, MoveStep(id=offer.id, version=2, state="doing", said="here"))
    assert told(coach, way) == ["They took it on: Try the bakery"]
    held = stored(here, way.id).held_until
    assert held is not None
    assert held.date() >= TODAY + timedelta(days=7)
    with as_system(here.system):
        assert Step.objects.get(id=offer.id).ask_on is None


def test_what_they_declined_only_they_take_on_later(coach: Actor, way: Journey) -> None:
    offer = NewStep(words="Try the bakery", offered=True)
    change(coach, way, offer)
    change(coach, way, MoveStep(id=offer.id, version=1, state="declined", said="here"))
    assert told(coach, way) == ["They declined: Try the bakery"]
    with pytest.raises(Refused):
        change(coach, way, MoveStep(id=offer.id, version=2, state="doing"))
    change(coach, way, MoveStep(id=offer.id, version=2, state="offered"))


def test_an_aim_ends_and_begins_again_and_the_plan_says_so(here: Place, coach: Actor, way: Journey) -> None:
    aim = NewAim(words="Bake for a living")
    change(coach, way, aim)
    change(coach, way, EndAim(id=aim.id, reached=False))
    assert told(coach, way) == ["No longer an aim: Bake for a living"]
    change(coach, way, ReopenAim(id=aim.id))
    assert told(coach, way) == ["An aim again: Bake for a living"]
    change(coach, way, EndAim(id=aim.id, reached=True))
    with as_system(here.system):
        ended = Aim.objects.get(id=aim.id)
        assert ended.state == "reached"
        assert ended.ended_at is not None


def reached(here: Place, coach: Actor, way: Journey, **how: object) -> Outcome:
    kind = positive(coach)
    made = acting(coach, actions.reach, way.id, kind, TODAY - timedelta(weeks=2), key=key(), **how)
    with as_system(here.system):
        return Outcome.objects.get(id=made)


def positive(coach: Actor) -> str:
    from kohti.journeys import rules

    with as_actor(coach):
        return next(one.code for one in rules.outcomes(coach) if one.flag)


def checks(here: Place, outcome: Outcome) -> list[tuple[int, str, object]]:
    with as_system(here.system):
        found = LastingCheck.objects.filter(outcome_id=outcome.id).order_by("week")
        return [(one.week, one.answer, one.ended_on) for one in found]


def test_what_was_reached_stands_in_what_changed(here: Place, coach: Actor, way: Journey) -> None:
    reached(here, coach, way)
    assert told(coach, way)[0].startswith("Reached: ")
    with pytest.raises(NotThere):
        reached(here, coach, way, paper_id=new_id())


def test_a_no_says_when_it_ended_and_answers_what_was_still_to_be_asked(
    here: Place, coach: Actor, way: Journey
) -> None:
    outcome = reached(here, coach, way)
    with as_system(here.system):
        first = LastingCheck.objects.get(outcome_id=outcome.id, week=1)
    for day in (None, outcome.on - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused):
            acting(coach, actions.answer_check, first.id, "no", ended_on=day)
    acting(coach, actions.answer_check, first.id, "no", "The bakery closed", ended_on=TODAY)
    assert checks(here, outcome) == [(week, "no", TODAY) for week in (1, 4, 13, 26)]
    acting(coach, actions.answer_check, first.id, "yes")
    assert checks(here, outcome) == [(1, "yes", None), *((week, "", None) for week in (4, 13, 26))]


def test_what_was_taken_back_says_why_and_is_asked_about_no_more(
    here: Place, coach: Actor, way: Journey
) -> None:
    outcome = reached(here, coach, way)
    with pytest.raises(Refused):
        acting(coach, actions.withdraw, outcome.id, " ")
    acting(coach, actions.withdraw, outcome.id, "It was somebody else")
    acting(coach, actions.withdraw, outcome.id, "It was somebody else")
    with as_actor(coach):
        assert queries.plan(way.id).outcomes == ()
        assert queries.checks_due(way.id, TODAY) == []


def test_the_plan_page_asks_the_person_moves_to_a_chosen_day_and_ends_an_aim(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    plan = f"/people/{short(way.person_id)}/plan/"
    form = browser.get(plan).content
    new = {"step": "1", "s-key": key_of(form, "s-"), "s-words": "Try the bakery", "s-who": "partner"}
    new |= {"s-who_words": "Cheltenham Bakers", "s-offered": "on"}
    assert browser.post(plan, new).status_code == 302
    with as_system(here.system):
        step = Step.objects.get(journey_id=way.id)
    page = browser.get(plan).content.decode()
    assert "Cheltenham Bakers" in page
    address = f"{plan}steps/{short(step.id)}/"
    assert "Only they can answer that" in browser.post(address, {"v": "1", "state": "doing"}).content.decode()
    later = {"v": "1", "here": "1", "later": "1", "ask_0": "31", "ask_1": "2", "ask_2": "2026"}
    wrong = browser.post(address, later)
    assert wrong.status_code == 422
    assert 'value="31"' in wrong.content.decode()
    assert browser.post(address, later | {"ask_0": "20", "ask_1": "3"}).status_code == 302
    assert "asked again on 20 March 2026" in browser.get(plan).content.decode()
    assert browser.post(address, {"v": "2", "state": "doing", "here": "1"}).status_code == 302
    moved = {"v": "3", "moved": "1", "day_0": "27", "day_1": "3", "day_2": "2026"}
    assert browser.post(address, moved).status_code == 302
    assert "Moved to 27 March 2026" in browser.get(plan).content.decode()
    aim = NewAim(words="Bake for a living")
    change(coach, way, aim)
    assert browser.post(f"{plan}aims/{short(aim.id)}/", {"state": "reached"}).status_code == 302
    assert "Reached: Bake for a living" in browser.get(plan).content.decode()


def test_more_than_a_few_aims_are_said_to_be_much_to_carry(coach: Actor, way: Journey) -> None:
    browser = browser_of(coach)
    plan = f"/people/{short(way.person_id)}/plan/"
    change(coach, way, *(NewAim(words=f"Aim {n}") for n in range(3)))
    assert "much to carry" not in browser.get(plan).content.decode()
    change(coach, way, NewAim(words="One more"))
    assert "4 aims and 0 open steps are much to carry" in browser.get(plan).content.decode()


def test_the_plan_page_says_when_it_ended_and_takes_back_with_a_reason(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    plan = f"/people/{short(way.person_id)}/plan/"
    outcome = reached(here, coach, way, evidence="A contract seen")
    with as_system(here.system):
        first = LastingCheck.objects.get(outcome_id=outcome.id, week=1)
    assert "Does it last?" in browser.get(plan).content.decode()
    lasts = f"/outcomes/checks/{short(first.id)}/"
    refused = browser.post(lasts, {"answer": "no", "words": "The bakery closed"}).content.decode()
    assert "Say when it ended." in refused
    assert "The bakery closed" in refused
    ended = {"answer": "no", "words": "The bakery closed", "ended_0": "9", "ended_1": "3", "ended_2": "2026"}
    assert browser.post(lasts, ended).status_code == 302
    page = browser.get(plan).content.decode()
    assert "until 9 March 2026" in page
    assert "The bakery closed" in page
    back = f"/outcomes/{short(outcome.id)}/withdraw/"
    assert "Say why." in browser.post(back, {"why": ""}).content.decode()
    assert browser.post(back, {"why": "It was somebody else"}).status_code == 302
    assert "A contract seen" not in browser.get(plan).content.decode()
