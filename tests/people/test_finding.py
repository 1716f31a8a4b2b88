"""Searching for somebody: whose name holds every word that was typed, and who is spelled like it where they are few."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from tests.factories import MORNING, Place, acting, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions, queries
from kohti.people.actions import NewPerson
from kohti.people.queries.finding import Found


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def known(coach: Actor, *names: str) -> None:
    new = [NewPerson(full_name=name) for name in names]
    acting(coach, actions.register, coach.centre, new, key=str(uuid.uuid4()))


def found(actor: Actor, text: str) -> list[str]:
    with as_actor(actor):
        return [one.full_name for one in queries.find(actor, text)]


def test_a_name_spelled_otherwise_is_found_after_those_that_hold_what_was_typed(here: Place) -> None:
    coach = here.member("coach")
    known(coach, "Mohammed Aldridge", "Mohamed Aldridge", "Mahomet Aldridge", "Moira Felsing")
    assert found(coach, "Mohamed Aldridge") == ["Mohamed Aldridge", "Mohammed Aldridge", "Mahomet Aldridge"]


def test_where_many_hold_what_was_typed_nobody_else_is_told_of(here: Place) -> None:
    coach = here.member("coach")
    known(coach, "Ilse Quandtner", *(f"Ilsa Quandtner{'abcde'[n]}" for n in range(5)))
    assert set(found(coach, "Ilsa Quandtner")) == {f"Ilsa Quandtner{'abcde'[n]}" for n in range(5)}
    assert "Ilse Quandtner" in found(coach, "Ilsa Quandtnera")


def test_whom_one_does_not_see_is_not_found_and_a_leader_finds_the_whole_centre(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    colleague = here.member("coach", name="A Colleague")
    known(coach, "Benedikta Österwahl")
    assert found(colleague, "osterwahl") == []
    assert found(coach, "osterwahl") == found(leader, "STERWA") == ["Benedikta Österwahl"]


def test_a_search_is_two_statements_and_answers_with_what_a_list_shows(here: Place) -> None:
    coach = here.member("coach")
    known(coach, "Clothilde Vandermolen")
    with as_actor(coach):
        before = connection.statements  # type: ignore[attr-defined]
        (one,) = queries.find(coach, "vandermolen")
        assert connection.statements == before + 2  # type: ignore[attr-defined]
    assert isinstance(one, Found)
    assert (one.full_name, one.called, one.date_of_birth) == ("Clothilde Vandermolen", "", None)
