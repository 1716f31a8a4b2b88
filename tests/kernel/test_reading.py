"""Several readings in one statement answer what each would answer alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from tests.factories import MORNING, Place, acting, place

from kohti.kernel import clock, reading
from kohti.kernel.actor import Actor
from kohti.people.models import Contact, Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


PERSON = reading.rows_of(Person, "id = %(person)s")
WAYS = reading.rows_of(Contact, "person_id = %(person)s order by kind desc")
WORDS = reading.Part(
    "select k.value, k.created_at, k.created_at::date as day from people_contact k where k.person_id = %(person)s"
    " and k.ended_at is null order by k.kind",
    lambda row: (row["value"], reading.at(row["created_at"]), reading.day(row["day"])),
)


def test_the_rows_of_a_model_are_those_it_reads_itself(here: Place) -> None:
    someone = here.person("Åsa Ström", born=date(1984, 3, 27))

    def read(_actor: Actor) -> None:
        before = connection.statements  # type: ignore[attr-defined]
        (person,), ways, words = reading.together({"person": someone.id}, PERSON, WAYS, WORDS)
        assert connection.statements == before + 1  # type: ignore[attr-defined]
        for model, found in ((Person, [person]), (Contact, ways)):
            stored = {one.pk: one for one in model.objects.filter(id__in=[one.pk for one in found])}
            for one in found:
                for field in model._meta.concrete_fields:
                    assert getattr(one, field.attname) == getattr(stored[one.pk], field.attname), field
        assert [one.kind for one in ways] == ["phone", "email"]
        assert [value for value, _at, _day in words] == ["somebody@example.org", "07700 900123"]
        assert words[0][1:] == (datetime(2026, 3, 11, 10, 0, tzinfo=UTC), date(2026, 3, 11))

    acting(here.member("leader"), read)


def test_whom_one_does_not_see_is_in_no_part(here: Place) -> None:
    someone = here.person()
    stranger = here.member("coach", centre="gloucester")
    assert acting(stranger, lambda _actor: reading.together({"person": someone.id}, PERSON, WAYS)) == [[], []]
