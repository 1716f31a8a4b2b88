"""Rows of several tables written in one statement are as if each table had been written by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import MORNING, Place, acting, as_system, place

from kohti.kernel import clock, writing
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people.models import Contact, Mark, Note, Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def test_what_was_written_together_stands_there_and_what_was_changed_is_changed(here: Place) -> None:
    someone = here.person("Åsa Ström")
    at = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
    note = Note(
        service_id=here.system.service,
        person_id=someone.id,
        at=at,
        fields=["work", "money"],
        sealed=[],
        text="“Quoted”\nand {braced}, with 100 % and a \\ ☃",
    )
    mark = Mark(
        service_id=here.system.service,
        person_id=someone.id,
        kind="helps",
        words="Large print",
        created_at=at,
        review_on=date(2026, 6, 1),
    )
    with as_system(here.system):
        ways = list(Contact.objects.filter(person_id=someone.id).order_by("kind"))
        for n, one in enumerate(ways):
            one.value, one.note = f"other {n}", "kept as it was"
        before = connection.statements  # type: ignore[attr-defined]
        rows = writing.Rows()
        rows.add([note])
        rows.add([mark])
        rows.add([])
        rows.change(ways, ["value"])
        rows.write()
        rows.write()
        assert connection.statements == before + 1  # type: ignore[attr-defined]
    with as_system(here.system):
        for made in (note, mark):
            stored = type(made).objects.get(id=made.id)
            for field in made._meta.concrete_fields:
                assert getattr(stored, field.attname) == getattr(made, field.attname), field
        found = Contact.objects.filter(person_id=someone.id).order_by("kind")
        assert [(one.value, one.note) for one in found] == [("other 0", ""), ("other 1", "")]


def test_where_one_row_cannot_stand_none_does(here: Place) -> None:
    someone = here.person()
    note = Note(service_id=here.system.service, person_id=someone.id, at=MORNING, text="A word.")
    stranger = Note(service_id=here.system.service, person_id=new_id(), at=MORNING, text="Of nobody.")
    with as_system(here.system):
        rows = writing.Rows()
        rows.add([note, stranger])
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.write()
        assert not Note.objects.filter(id=note.id).exists()


def test_policies_hold_for_each_row(here: Place) -> None:
    someone = here.person()
    stranger = here.member("coach", centre="gloucester")

    def write(_actor: Actor) -> None:
        someone.full_name = "Taken Over"
        rows = writing.Rows()
        rows.change([someone], ["full_name"])
        rows.write()

    acting(stranger, write)
    with as_system(here.system):
        assert Person.objects.get(id=someone.id).full_name != "Taken Over"
