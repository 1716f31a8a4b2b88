"""What one sees of people is looked up once for a moment: never more, and never less, than looking again would find."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.factories import MORNING, Place, as_system, place

from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id
from kohti.people import actions, queries
from kohti.people.actions import NewPerson
from kohti.people.models import Grant, Mark, Person


def lets_see(here: Place, person: Person, colleague: Actor) -> Grant:
    """Housekeeping lets a colleague see somebody until tomorrow."""
    return Grant.objects.create(
        service_id=here.system.service,
        person=person,
        to_member_id=colleague.member_id,
        purpose="shared",
        starts=MORNING - timedelta(days=1),
        ends=MORNING + timedelta(days=1),
        because_kind="test",
        because_id=new_id(),
    )


def _id(actor: Actor) -> uuid.UUID:
    assert actor.member_id is not None
    return actor.member_id


def sees(person: Person) -> bool:
    return Person.objects.filter(id=person.id).exists()


def say_about(person_id: uuid.UUID) -> None:
    """Say that the next statements are about somebody, as a person's page does."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('kohti.about', %s, true)", [str(person_id)])


@pytest.mark.parametrize("about", [False, True], ids=["in a list", "on their own page"])
def test_sight_that_is_given_or_ended_elsewhere_holds_from_the_next_statement_on(about: bool) -> None:
    here = place()
    person, coach = here.person(), here.member("coach")
    with as_actor(coach):
        if about:
            say_about(person.id)
        assert not sees(person)
        with as_system(here.system):
            grant = lets_see(here, person, coach)
        assert sees(person)
        with as_system(here.system):
            Grant.objects.filter(id=grant.id).update(ends=MORNING)
        assert not sees(person)


def test_whoever_adds_somebody_sees_them_in_the_same_transaction() -> None:
    here = place()
    coach = here.member("coach")
    with as_actor(coach):
        (first,) = actions.register(coach, here.centre.id, [NewPerson(full_name="Sanna Virtanen")])
        assert sees(first)
        with pytest.raises(LookupError), transaction.atomic():
            (second,) = actions.register(coach, here.centre.id, [NewPerson(full_name="Aino Nowak")])
            assert sees(second)
            raise LookupError
        assert sees(first)
        assert not sees(second)


def test_to_say_whom_a_page_is_about_opens_nobody() -> None:
    here = place()
    person, coach = here.person(), here.member("coach")
    with as_actor(coach):
        say_about(person.id)
        assert not sees(person)
        assert not Mark.objects.filter(person_id=person.id).exists()


def test_the_next_actor_of_a_transaction_does_not_see_by_the_last_ones_notes() -> None:
    here = place()
    person = here.person()
    one, other = here.member("coach"), here.member("coach", name="Somebody Else")
    with as_system(here.system):
        lets_see(here, person, one)
    with as_actor(one):
        queries.open_person(one, person.id)
        assert sees(person)
        with as_actor(other):
            assert not sees(person)
        assert sees(person)


def test_whoever_is_restricted_on_their_own_page_is_gone_from_it() -> None:
    here = place()
    person = here.person()
    leader, other = here.member("leader"), here.member("leader", name="Somebody Else")
    with as_actor(other):
        queries.open_person(other, person.id)
        assert sees(person)
        with as_actor(leader):
            actions.restrict(leader, person.id, [_id(leader)], "because", key="once")
        assert not sees(person)
