"""Nobody falls through: whatever happens, each open way is held by the rules or stands on somebody's list."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system

from kohti.diary import actions as diary
from kohti.journeys import actions, attention, holding
from kohti.journeys.actions import MoveStep, NewContact, NewStep
from kohti.journeys.models import Journey
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id


def key() -> str:
    return str(new_id())


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


@pytest.fixture
def journey(here: Place, coach: Actor) -> Journey:
    return begin(here, coach)


def begin(here: Place, coach: Actor) -> Journey:
    """Somebody's way in this coach's hands; nothing is planned yet."""
    leader = here.member("leader")
    person = here.person()
    made = acting(leader, actions.open_journey, person.id, owner_id=coach.member_id, basis="task", key=key())
    return stored(here, made)


def stored(here: Place, journey_id: uuid.UUID) -> Journey:
    with as_system(here.system):
        return Journey.objects.get(id=journey_id)


@pytest.fixture(scope="module")
def owner() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def rules(owner: psycopg.Connection[Any], journey: Journey, now: datetime | None = None) -> set[str]:
    """The rules a way breaks; what is stored must say the same."""
    at = now or clock.now()
    row = owner.execute(
        attention.CHECK.replace("where j.closed_at is null", "where j.id = %(only)s").encode(),
        {"now": at, "only": journey.id, "service": None},
    ).fetchone()
    assert row is not None
    assert row[4] == 0, row[5]
    with as_anybody(owner):
        found = owner.execute(
            f"select array(select rule from ({holding.broken('%(now)s::timestamptz')}) b)"
            " from journeys_journey j join journeys_rules r on r.service_id = j.service_id"
            " join team_service s on s.id = j.service_id where j.id = %(only)s".encode(),
            {"now": at, "only": journey.id},
        ).fetchone()
    assert found is not None
    return set(found[0])


class as_anybody:
    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner

    def __enter__(self) -> None: ...

    def __exit__(self, *trouble: object) -> None: ...


def test_a_way_without_anything_planned_is_on_the_list(owner: Any, journey: Journey) -> None:
    assert rules(owner, journey) == {"next"}
    assert journey.lapse == "next"
    assert journey.held_until is not None
    assert journey.held_until <= clock.now()


def test_a_step_with_a_day_holds_until_the_end_of_that_day(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    acting(
        coach, actions.change_plan, journey.id, [NewStep(words="Ring the college", due_on=TODAY)], key=key()
    )
    assert rules(owner, journey) == set()
    assert stored(here, journey.id).held_until == MORNING.replace(hour=0) + timedelta(days=1)
    assert rules(owner, journey, MORNING + timedelta(days=1)) == {"next"}


def test_an_appointment_holds_until_it_begins_and_one_missed_wants_an_answer(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    with as_system(here.system):
        person = journey.person
    booking = here.booking(MORNING + timedelta(hours=2), person=person)
    assert rules(owner, journey) == set()
    assert stored(here, journey.id).held_until == booking.starts
    with as_system(here.system) as system:
        diary.mark(system, booking.id, "missed", expected=["booked"])
    later = MORNING + timedelta(hours=3)
    with clock.held_at(later):
        assert rules(owner, journey) == {"missed", "next"}
        acting(
            coach,
            actions.write_contact,
            journey.id,
            NewContact(
                channel="phone",
                came=False,
                changes=(NewStep(words="Ring again", who="coach", due_on=TODAY + timedelta(days=2)),),
            ),
            key=key(),
        )
        assert rules(owner, journey) == set()


def test_a_contact_is_due_within_the_blueprints_days(owner: Any, coach: Actor, journey: Journey) -> None:
    far = TODAY + timedelta(days=60)
    acting(coach, actions.change_plan, journey.id, [NewStep(words="A course", due_on=far)], key=key())
    assert rules(owner, journey, MORNING + timedelta(days=14)) == set()
    assert rules(owner, journey, MORNING + timedelta(days=15)) == {"contact"}
    acting(coach, actions.write_contact, journey.id, NewContact(channel="phone"), key=key())
    assert rules(owner, journey, MORNING + timedelta(days=14)) == set()


def test_a_stuck_step_wants_an_answer(owner: Any, here: Place, coach: Actor, journey: Journey) -> None:
    step = NewStep(words="Find the papers", due_on=TODAY + timedelta(days=7))
    acting(coach, actions.change_plan, journey.id, [step], key=key())
    acting(
        coach,
        actions.change_plan,
        journey.id,
        [MoveStep(id=step.id, version=1, state="stuck", why="Somebody who knows the office")],
        key=key(),
    )
    assert rules(owner, journey) == {"stuck"}
    acting(
        coach, actions.change_plan, journey.id, [MoveStep(id=step.id, version=2, answered=True)], key=key()
    )
    assert rules(owner, journey) == set()


def test_whoever_is_away_leaves_nobody_alone_who_is_covered(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    acting(
        coach,
        actions.change_plan,
        journey.id,
        [NewStep(words="A course", due_on=TODAY + timedelta(days=10))],
        key=key(),
    )
    assert coach.staff_id is not None
    assert coach.member_id is not None
    tomorrow = MORNING + timedelta(days=1)
    acting(coach, diary.be_away, coach.staff_id, tomorrow.date(), tomorrow.date(), key=key())
    assert rules(owner, journey) == set()
    assert rules(owner, journey, tomorrow) == {"away"}
    assert rules(owner, journey, tomorrow + timedelta(days=1)) == set()
    other = here.hire("coach", centre="cheltenham", name=f"Neil {new_id().hex}")
    assert other.member_id is not None
    with as_actor(other):
        assert not Journey.objects.filter(id=journey.id).exists()
    acting(
        coach,
        actions.cover,
        [journey.id],
        other.member_id,
        starts=MORNING,
        ends=MORNING + timedelta(days=3),
        key=key(),
    )
    assert rules(owner, journey, tomorrow) == set()
    with as_actor(other):
        assert Journey.objects.filter(id=journey.id).exists()
    assert other.staff_id is not None
    acting(other, diary.be_away, other.staff_id, tomorrow.date(), tomorrow.date(), key=key())
    assert rules(owner, journey, tomorrow) == {"away"}


def test_a_way_moves_when_the_colleague_accepts(here: Place, coach: Actor, journey: Journey) -> None:
    other = here.hire("coach", centre="cheltenham", name="Priya Nair")
    assert other.member_id is not None
    asked = acting(
        coach,
        actions.ask_to_take_over,
        journey.id,
        other.member_id,
        from_day=TODAY,
        until_day=TODAY + timedelta(days=7),
        words="She knows the trade.",
        key=key(),
    )
    assert stored(here, journey.id).owner_id == coach.member_id
    acting(other, actions.answer_hand_over, asked, accept=True)
    assert stored(here, journey.id).owner_id == other.member_id
    with as_actor(coach):
        assert Journey.objects.filter(id=journey.id).exists()
    with clock.held_at(MORNING + timedelta(days=9)):
        with as_actor(replace(coach)):
            assert not Journey.objects.filter(id=journey.id).exists()
        with as_actor(other):
            assert Journey.objects.filter(id=journey.id).exists()


def test_the_limit_stands_still_in_a_pause_and_a_leader_gives_more(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    with as_system(here.system):
        Journey.objects.filter(id=journey.id).update(limit_on=TODAY)
    acting(
        coach,
        actions.write_contact,
        journey.id,
        NewContact(channel="here", changes=(NewStep(words="A course", due_on=TODAY + timedelta(days=9)),)),
        key=key(),
    )
    tomorrow = MORNING + timedelta(days=1)
    assert rules(owner, journey, tomorrow) == {"limit"}
    acting(coach, actions.pause, journey.id, TODAY + timedelta(days=3), "In hospital", key=key())
    assert rules(owner, journey, tomorrow) == set()
    assert stored(here, journey.id).ends_on == TODAY + timedelta(days=3)
    acting(here.member("leader"), actions.extend, journey.id, 5, "Nearly there", key=key())
    assert stored(here, journey.id).ends_on == TODAY + timedelta(days=8)


def test_what_ended_is_on_no_list_and_opens_again_with_everything(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    acting(coach, actions.close, journey.id, "A job at the bakery. Thank you.", version=1)
    assert stored(here, journey.id).held_until is None
    acting(coach, actions.reopen, journey.id, coach.member_id, "The bakery closed", version=2)
    assert rules(owner, journey) == {"next"}
    assert stored(here, journey.id).closed_with == "A job at the bakery. Thank you."


def test_a_colleague_who_leaves_puts_their_people_on_the_leaders_list(
    owner: Any, here: Place, coach: Actor, journey: Journey
) -> None:
    from kohti.team import actions as team

    acting(
        coach,
        actions.change_plan,
        journey.id,
        [NewStep(words="A course", due_on=TODAY + timedelta(days=9))],
        key=key(),
    )
    assert coach.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, coach.member_id)
    assert rules(owner, journey, MORNING + timedelta(minutes=1)) == {"owner"}
    found = attention.check(owner, MORNING + timedelta(minutes=1), here.system.service)
    assert found.wrong == 0
