"""People: added, reached, and seen by whom for how long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories import MORNING, Place, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere
from kohti.people import actions, queries
from kohti.people.actions import NewPerson, ShowOnFloor
from kohti.people.models import Contact, Grant, Person


def sees(actor: Actor, person: Person) -> bool:
    """Whether an actor sees somebody now."""
    with as_actor(actor):
        return Person.objects.filter(id=person.id).exists()


def show(here: Place, person: Person, *, hours: tuple[int, int]) -> Grant:
    """Let the floor see somebody between these hours from now."""
    leader = here.member("leader")
    because = here.staff().id
    with as_actor(leader):
        actions.show_on_floor(
            leader,
            here.centre.id,
            [
                ShowOnFloor(
                    person_id=person.id,
                    starts=MORNING + timedelta(hours=hours[0]),
                    ends=MORNING + timedelta(hours=hours[1]),
                    because_kind="test",
                    because_id=because,
                )
            ],
        )
        return Grant.objects.get(because_id=because)


def test_somebody_new_is_kept_as_they_write_themselves_and_found_without_accents() -> None:
    here = place()
    leader = here.member("leader")
    with as_actor(leader):
        (person,) = actions.register(
            leader, here.centre.id, [NewPerson(full_name="  Łucja   Żak ", called="Lu")]
        )
        assert person.full_name == "Łucja Żak"
        assert queries.people_named(here.centre.id, [person.folded]) == [person]
        assert Person.objects.get(id=person.id).called == "Lu"


def test_references_are_random_and_told_apart() -> None:
    here = place()
    references = {here.person().reference for _n in range(5)}
    assert len(references) == 5


def test_only_who_may_adds_people() -> None:
    here = place()
    host = here.member("host")
    with pytest.raises(NotAllowed), as_actor(host):
        actions.register(host, here.centre.id, [NewPerson(full_name="X")])


def test_a_new_phone_ends_the_old_one_and_the_same_one_changes_nothing() -> None:
    here = place()
    person = here.person()
    leader = here.member("leader")
    with as_actor(leader):
        actions.reach(leader, person.id, phones=["07700 900999"])
        actions.reach(leader, person.id, phones=["07700 900999"], emails=[])
        held = Contact.objects.filter(person_id=person.id, kind="phone").order_by("created_at", "id")
        assert [(one.value, one.ended_at is None) for one in held] == [
            ("07700 900123", False),
            ("07700 900999", True),
        ]
        card = queries.open_person(leader, person.id)
    assert card.contacts == (("email", "somebody@example.org"), ("phone", "07700 900999"))


def test_the_floor_sees_somebody_for_as_long_as_it_was_granted() -> None:
    here = place()
    person = here.person()
    host = here.member("host")
    assert not sees(host, person)
    show(here, person, hours=(1, 2))
    for minutes, seen in ((59, False), (60, True), (119, True), (120, False)):
        with clock.held_at(MORNING + timedelta(minutes=minutes)):
            assert sees(host, person) is seen, minutes


def test_the_floor_of_another_centre_does_not_see_them() -> None:
    here = place()
    person = here.person()
    show(here, person, hours=(-1, 1))
    assert not sees(here.member("host", centre="gloucester"), person)
    assert not sees(here.member("leader", centre="gloucester"), person)


@pytest.mark.parametrize("hours", [(-1, 2), (1, 2)])
def test_a_grant_that_is_ended_gives_no_sight_now_or_later(hours: tuple[int, int]) -> None:
    here = place()
    person = here.person()
    host, leader = here.member("host"), here.member("leader")
    grant = show(here, person, hours=hours)
    with as_actor(leader):
        actions.end_grants(leader, [grant.because_id])
        assert Grant.objects.filter(id=grant.id).count() == 1
    for minutes in (0, 1, 60, 61, 119):
        with clock.held_at(MORNING + timedelta(minutes=minutes)):
            assert not sees(host, person), minutes


def test_a_grant_that_is_over_stays_as_it_was() -> None:
    here = place()
    grant = show(here, here.person(), hours=(-2, -1))
    leader = here.member("leader")
    with as_actor(leader):
        actions.end_grants(leader, [grant.because_id])
        assert Grant.objects.get(id=grant.id).ends == grant.ends


def test_somebody_one_does_not_see_is_not_there() -> None:
    here = place()
    person = here.person(centre=here.other)
    leader = here.member("leader")
    with pytest.raises(NotThere), as_actor(leader):
        queries.open_person(leader, person.id)


def test_age_counts_full_years() -> None:
    here = place()
    person = here.person(born=date(2000, 3, 12))
    leader = here.member("leader")
    with as_actor(leader):
        card = queries.open_person(leader, person.id)
    assert card.age_on(date(2026, 3, 11)) == 25
    assert card.age_on(date(2026, 3, 12)) == 26
