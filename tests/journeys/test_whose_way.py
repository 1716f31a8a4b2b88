"""Whose way it is: sight of somebody is given by those who have their way in hand, and taken by nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.journeys import actions
from kohti.journeys.actions import NewAim
from kohti.journeys.models import Cover, HandOver, Journey, Owning
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.models import Grant


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def journey(here: Place) -> Journey:
    """Somebody's way, in the hands of their coach; the whole floor sees the person today."""
    leader, coach = here.member("leader"), here.member("coach")
    person = here.person()
    made = acting(
        leader, actions.open_journey, person.id, owner_id=coach.member_id, basis="task", key=str(new_id())
    )
    until = MORNING + timedelta(hours=8)
    for other in ("Onlooker", "Former"):
        seeing = here.member("coach", name=f"{other} {new_id().hex}")
        here.members[other, "cheltenham"] = seeing
        assert seeing.member_id is not None
        acting(leader, people.give_sight, person.id, seeing.member_id, until=until, key=str(new_id()))
    with as_system(here.system):
        return Journey.objects.get(id=made)


def part(journey: Journey, **values: object) -> dict[str, object]:
    return {
        "service_id": journey.service_id,
        "person_id": journey.person_id,
        "journey_id": journey.id,
        **values,
    }


def take_it(me: Actor, way: Journey) -> None:
    Owning.objects.create(**part(way, member_id=me.member_id, since=clock.now()))


def say_it_is_mine(me: Actor, way: Journey) -> None:
    Journey.objects.filter(id=way.id).update(owner_id=me.member_id)


def say_nobody_has_it(me: Actor, way: Journey) -> None:
    Journey.objects.filter(id=way.id).update(owner_id=None)
    take_it(me, way)


def stand_in(me: Actor, way: Journey) -> None:
    far = clock.now() + timedelta(days=90)
    Cover.objects.create(
        **part(way, member_id=me.member_id, starts=clock.now(), ends=far, by_member=me.member_id)
    )


def ask_myself(me: Actor, way: Journey) -> None:
    HandOver.objects.create(
        **part(way, to_member_id=me.member_id, from_day=TODAY, until_day=TODAY, at=clock.now())
    )


@pytest.mark.parametrize("trick", [take_it, say_it_is_mine, say_nobody_has_it, stand_in, ask_myself])
def test_a_colleague_who_sees_somebody_cannot_take_their_way(
    here: Place, journey: Journey, trick: Callable[[Actor, Journey], None]
) -> None:
    onlooker = here.members["Onlooker", "cheltenham"]
    with as_actor(onlooker):
        assert Journey.objects.filter(id=journey.id).exists()
    with pytest.raises(DatabaseError, match=r"row-level security|in(to)? .*hand"), as_actor(onlooker):
        trick(onlooker, journey)
    with clock.held_at(MORNING + timedelta(days=1)), as_actor(onlooker):
        assert not Journey.objects.filter(id=journey.id).exists()


def test_who_declined_cannot_take_it_later(here: Place, journey: Journey) -> None:
    coach, other = here.member("coach"), here.members["Onlooker", "cheltenham"]
    assert other.member_id is not None
    asked = acting(
        coach,
        actions.ask_to_take_over,
        journey.id,
        other.member_id,
        from_day=TODAY,
        until_day=TODAY,
        words="",
        key=str(new_id()),
    )
    acting(other, actions.answer_hand_over, asked, accept=False)
    with pytest.raises(IntegrityError, match="answered once"), as_actor(other):
        HandOver.objects.filter(id=asked).update(state="asked")


def test_who_had_it_cannot_have_it_again_without_being_given_it(here: Place, journey: Journey) -> None:
    leader, former, coach = (
        here.member("leader"),
        here.members["Former", "cheltenham"],
        here.member("coach"),
    )
    assert former.member_id is not None
    assert coach.member_id is not None
    acting(leader, actions.give_coach, journey.id, former.member_id)
    acting(leader, actions.give_coach, journey.id, coach.member_id)
    with pytest.raises(IntegrityError, match="only ends"), as_actor(former):
        Owning.objects.filter(journey_id=journey.id, member_id=former.member_id).update(until=None)


def test_nobody_is_shown_a_person_by_way_of_anothers_way(here: Place, journey: Journey) -> None:
    """A part of a way is about the person whose way it is."""
    coach, other = here.member("coach"), here.members["Onlooker", "cheltenham"]
    somebody = here.person("Not Theirs")
    until = MORNING + timedelta(hours=8)
    assert coach.member_id is not None
    acting(here.member("leader"), people.give_sight, somebody.id, coach.member_id, until=until, key="x")
    mismatch = part(journey, member_id=other.member_id, since=clock.now()) | {"person_id": somebody.id}
    with pytest.raises(DatabaseError, match="row-level security"), as_actor(coach):
        Owning.objects.create(**mismatch)
    with pytest.raises(IntegrityError, match="of_its_way"), as_system(here.system):
        Owning.objects.create(**mismatch)


def test_a_way_moves_with_everything_when_two_records_become_one(here: Place, journey: Journey) -> None:
    same = here.person("The Same")
    with as_system(here.system):
        Journey.objects.filter(id=journey.id).update(person_id=same.id)
        assert set(Owning.objects.filter(journey_id=journey.id).values_list("person_id", flat=True)) == {
            same.id
        }


def test_a_coach_opens_a_way_for_a_colleague_and_takes_one_up_again(here: Place) -> None:
    coach = here.member("coach")
    other = here.hire("coach", centre="cheltenham", name=f"Priya {new_id().hex}")
    assert other.member_id is not None
    with as_actor(coach):
        person = people.register(coach, here.centre.id, [people.NewPerson(full_name="A Newcomer")])[0]
    made: uuid.UUID = acting(
        coach, actions.open_journey, person.id, owner_id=other.member_id, basis="task", key=str(new_id())
    )
    acting(other, actions.close, made, "Thanks", version=1)
    acting(coach, actions.reopen, made, other.member_id, "Back again", version=2)
    with as_actor(other):
        assert Journey.objects.get(id=made).owner_id == other.member_id


def test_a_former_coach_reads_for_a_month_and_begins_nothing(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    person = here.person("Somebody Moving")
    acting(
        leader,
        people.transfer,
        person.id,
        here.other.id,
        from_day=TODAY,
        reason="moved",
        keep_member=coach.member_id,
        key=str(new_id()),
    )
    with pytest.raises(NotAllowed):
        acting(
            coach,
            actions.open_journey,
            person.id,
            owner_id=coach.member_id,
            basis="task",
            key=str(new_id()),
        )


def test_who_reads_on_after_somebody_moved_changes_nothing_of_their_way(
    here: Place, journey: Journey
) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    assert coach.member_id is not None
    hours = {"starts": MORNING, "ends": MORNING + timedelta(hours=8)}
    acting(coach, actions.cover, [journey.id], leader.member_id, **hours, key=str(new_id()))
    version = acting(coach, actions.change_plan, journey.id, [NewAim(words="A flat")], key=str(new_id()))
    outcome = acting(coach, actions.reach, journey.id, "home", TODAY, key=str(new_id()))
    acting(
        leader,
        people.transfer,
        journey.person_id,
        here.other.id,
        from_day=TODAY,
        reason="moved",
        keep_member=leader.member_id,
        key=str(new_id()),
    )
    with as_actor(leader):
        assert Journey.objects.filter(id=journey.id).exists()
        cover = Cover.objects.get(journey_id=journey.id)
    refused: list[Callable[[], object]] = [
        lambda: acting(leader, actions.cover, [journey.id], coach.member_id, **hours, key=str(new_id())),
        lambda: acting(leader, actions.end_cover, cover.id),
        lambda: acting(leader, actions.agree, version, "here"),
        lambda: acting(leader, actions.verify, outcome),
        lambda: acting(leader, actions.withdraw, outcome, "A slip"),
    ]
    for trying in refused:
        with pytest.raises(NotThere):
            trying()


def test_whoever_moves_to_another_centre_stands_on_its_leaders_list(here: Place, journey: Journey) -> None:
    """Nobody there has them in hand yet; nobody who had them reads on."""
    coach, leader, there = (
        here.member("coach"),
        here.member("leader"),
        here.member("leader", centre="gloucester"),
    )
    acting(
        leader,
        people.transfer,
        journey.person_id,
        here.other.id,
        from_day=TODAY,
        reason="moved",
        keep_member=None,
        key=str(new_id()),
    )
    with as_actor(there):
        way = Journey.objects.get(id=journey.id)
        assert (way.centre_id, way.owner_id) == (here.other.id, None)
        assert way.held_until is not None
        assert way.held_until <= clock.now()
    for former in (coach, leader):
        with as_actor(former):
            assert not Journey.objects.filter(id=journey.id).exists()


def test_a_restricted_record_is_in_the_hands_of_somebody_named(here: Place, journey: Journey) -> None:
    leader, named = here.member("leader"), here.hire("coach", centre="cheltenham", name=f"N {new_id().hex}")
    acting(leader, people.restrict, journey.person_id, [named.member_id], "a relative", key=str(new_id()))
    with as_actor(named):
        assert Journey.objects.get(id=journey.id).owner_id == named.member_id
    with as_actor(here.member("coach")):
        assert not Journey.objects.filter(id=journey.id).exists()


def test_whoever_has_the_way_of_a_restricted_record_stays_named_on_it(here: Place, journey: Journey) -> None:
    """Else nobody who is left would see it, and it would be on nobody's list."""
    leader, named = here.member("leader"), here.hire("coach", centre="cheltenham", name=f"N {new_id().hex}")
    acting(
        leader,
        people.restrict,
        journey.person_id,
        [named.member_id, leader.member_id],
        "a relative",
        key=str(new_id()),
    )
    names = {
        grant.to_member_id: grant for grant in acting(leader, sights_of, journey) if grant.purpose == "named"
    }
    with pytest.raises(Refused):
        acting(leader, people.end_sight, names[named.member_id].id)
    acting(leader, people.end_sight, names[leader.member_id].id)
    with as_actor(named):
        assert Journey.objects.get(id=journey.id).owner_id == named.member_id


def test_the_sight_of_whoever_has_the_way_in_hand_ends_with_the_way_alone(
    here: Place, journey: Journey
) -> None:
    """Else somebody would be left to a coach who does not see them, and on nobody's list."""
    coach, leader = here.member("coach"), here.member("leader")
    theirs = {grant.to_member_id: grant for grant in acting(leader, sights_of, journey)}
    with pytest.raises(NotThere):
        acting(leader, people.end_sight, theirs[coach.member_id].id)
    acting(leader, people.end_sight, theirs[here.member("Onlooker").member_id].id)
    page = browser_of(leader).get(reverse("person_sharing", args=[journey.person_id])).content.decode()
    assert str(coach.facts["name"]) in page
    assert str(theirs[coach.member_id].id) not in page, "there is no button for it"
    assert str(theirs[here.member("Former").member_id].id) in page


def sights_of(_actor: Actor, journey: Journey) -> list[Grant]:
    return list(
        Grant.objects.filter(person_id=journey.person_id, to_member__isnull=False).order_by("starts", "id")
    )
