"""What is shared with another organisation: it reads that and no more, for as long, and not a moment longer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.factories import MORNING, TODAY, Place, as_system, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.blueprint.parts import NO_FIELD
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people import actions as people
from kohti.people import person as whole
from kohti.people.models import Contact, Grant, Mark, Note, Person
from kohti.people.sharing import actions, queries
from kohti.people.sharing.models import NOT_OF_LIFE, Share

FAR = TODAY + timedelta(days=60)


@dataclass
class Shared:
    """Somebody with notes of three fields, their coach, and two people of the housing body."""

    here: Place
    person: Person
    coach: Actor
    partner: Actor
    colleague: Actor

    def share(self, *fields: str, to: str = "housing-body", key: str = "", **how: object) -> uuid.UUID:
        organisation = self.here.organisation(to)
        given: dict[str, object] = {"what_for": "a flat", "basis": "public-task", "until": FAR, **how}
        with as_actor(self.coach):
            return actions.share(
                self.coach,
                self.person.id,
                organisation_id=organisation,
                fields=fields,
                key=key or str(uuid.uuid4()),
                **given,  # type: ignore[arg-type]
            )

    def read_by(self, actor: Actor) -> set[str]:
        """The words of the person's notes that somebody reads."""
        with as_actor(actor):
            return set(Note.objects.filter(person_id=self.person.id).values_list("text", flat=True))


@pytest.fixture
def shared() -> Shared:
    here = place()
    coach = here.member("coach")
    partner = here.member("partner", centre="gloucester", organisation="housing-body")
    colleague = here.member("partner", centre="gloucester", organisation="housing-body", name="Kit Other")
    with as_actor(coach):
        person = people.register(
            coach, here.centre.id, [people.NewPerson(full_name="Ann Sharp", phone="07700 900111")]
        )[0]
        for text, fields in (
            ("of housing", ["housing"]),
            ("of money", ["money"]),
            ("of both", ["housing", "money"]),
            ("of health", ["health"]),
            ("of nothing", []),
        ):
            people.write_note(coach, person.id, text, fields=fields, key=str(uuid.uuid4()))
        for words in ("a ramp", "a quiet room"):
            people.add_mark(coach, person.id, kind="helps", words=words, review_on=FAR, key=str(uuid.uuid4()))
    return Shared(here, person, coach, partner, colleague)


def test_they_read_what_is_shared_and_nothing_else(shared: Shared) -> None:
    assert shared.read_by(shared.partner) == set()
    shared.share("housing")
    assert shared.read_by(shared.partner) == {"of housing"}
    shared.share("money")
    assert shared.read_by(shared.partner) == {"of housing", "of money", "of both"}
    with as_actor(shared.partner):
        assert not Person.objects.filter(id=shared.person.id).exists(), "their own row shows every column"
        assert not Contact.objects.filter(person_id=shared.person.id).exists()
        assert not Mark.objects.filter(person_id=shared.person.id).exists()
        assert not Grant.objects.filter(person_id=shared.person.id).exclude(purpose="share").exists()
        (seen,) = queries.shared_with_me(shared.partner)
    assert (seen.full_name, seen.fields) == ("Ann Sharp", ["housing", "money"])
    assert seen.date_of_birth is None
    assert seen.no_messages is None


def test_reach_helps_and_birth_are_shared_by_name(shared: Shared) -> None:
    with as_actor(shared.coach):
        people.note_birth(shared.coach, shared.person.id, TODAY.replace(year=1990))
    shared.share("reach", "helps", "born")
    with as_actor(shared.partner):
        assert list(Contact.objects.values_list("value", flat=True)) == ["07700 900111"]
        assert set(Mark.objects.values_list("words", flat=True)) == {"a ramp", "a quiet room"}
        assert queries.shared_with_me(shared.partner)[0].date_of_birth == TODAY.replace(year=1990)
    assert shared.read_by(shared.partner) == set()


def test_what_is_sealed_needs_its_key_to_be_shared(shared: Shared) -> None:
    shared.share("health")
    assert shared.read_by(shared.partner) == {"of health"}
    other = shared.here.member("coach", name="Olu Second")
    with as_actor(shared.here.member("leader")) as leader:
        people.give_sight(
            leader,
            shared.person.id,
            other.member_id or uuid.uuid4(),
            until=MORNING + timedelta(days=9),
            key="k",
        )
    council = shared.here.organisation("council")
    with as_actor(other), pytest.raises(Refused, match="sealed"):
        actions.share(
            other,
            shared.person.id,
            organisation_id=council,
            fields=["health"],
            what_for="x",
            basis="public-task",
            until=FAR,
            key="other",
        )


def test_with_one_of_them_alone(shared: Shared) -> None:
    shared.share("housing", members=[shared.partner.member_id])
    assert shared.read_by(shared.partner) == {"of housing"}
    assert shared.read_by(shared.colleague) == set()


def test_ended_is_gone_with_the_next_statement_and_stays_ended(shared: Shared) -> None:
    one, other = shared.share("housing"), shared.share("housing", "money")
    with as_actor(shared.coach):
        actions.end_share(shared.coach, other, why="the flat is found")
    assert shared.read_by(shared.partner) == {"of housing"}
    with as_actor(shared.coach):
        actions.end_share(shared.coach, one, why="moved in")
        actions.end_share(shared.coach, one, why="again")
        assert Share.objects.get(id=one).ended_why == "moved in"
    assert shared.read_by(shared.partner) == set()
    with as_actor(shared.partner), pytest.raises(NotThere):
        queries.open_shared(shared.partner, shared.person.id)


def test_it_ends_by_itself_at_the_end_of_its_day(shared: Shared) -> None:
    shared.share("housing", until=TODAY)
    with clock.held_at(MORNING.replace(hour=23, minute=59)):
        assert shared.read_by(shared.partner) == {"of housing"}
    with clock.held_at(MORNING.replace(hour=0) + timedelta(days=1)):
        assert shared.read_by(shared.partner) == set()


def test_a_restricted_record_is_shared_with_nobody(shared: Shared) -> None:
    shared.share("housing")
    with as_actor(shared.here.member("leader")) as leader:
        people.restrict(
            leader, shared.person.id, [shared.coach.member_id or uuid.uuid4()], "a relative", key="r"
        )
    assert shared.read_by(shared.partner) == set()
    with as_actor(shared.partner):
        assert queries.shared_with_me(shared.partner) == []
    with pytest.raises(Refused, match="named people only"):
        shared.share("money")


def test_whose_name_tells_something_is_named_to_the_key_alone(shared: Shared) -> None:
    shared.share("housing", to="drugs-service")
    with as_actor(shared.coach):
        lines, hidden = queries.shares_of(shared.person.id)
        assert [one.organisation for one in lines] == ["Drug and alcohol service"]
        assert not hidden
    leader = shared.here.member("leader")
    with as_actor(leader):
        lines, hidden = queries.shares_of(shared.person.id)
        assert (lines, [one.organisation for one in hidden]) == ([], ["A health service"])
        assert not Grant.objects.filter(person_id=shared.person.id, purpose="share").exists()


def test_the_same_key_shares_once(shared: Shared) -> None:
    assert shared.share("housing", key="once") == shared.share("housing", key="once")
    with as_actor(shared.coach):
        assert Share.objects.filter(person_id=shared.person.id).count() == 1


@pytest.mark.parametrize(
    ("fields", "how", "code"),
    [
        ((), {}, "nothing"),
        (("housing",), {"until": TODAY - timedelta(days=1)}, "days"),
        (("housing",), {"until": TODAY + timedelta(days=400)}, "days"),
        (("housing",), {"review_on": FAR + timedelta(days=1)}, "days"),
        (("housing",), {"to": "jobcentre"}, "own"),
        (("housing",), {"basis": "consent"}, "not-told"),
        (("housing",), {"members": [uuid.uuid4()]}, "not-theirs"),
    ],
)
def test_what_cannot_be_shared_is_said(
    shared: Shared, fields: tuple[str, ...], how: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as trouble:
        shared.share(*fields, **how)  # type: ignore[arg-type]
    assert trouble.value.code == code


def test_nobody_shares_whom_they_do_not_see(shared: Shared) -> None:
    stranger, council = shared.here.member("coach", centre="gloucester"), shared.here.organisation("council")
    with as_actor(stranger), pytest.raises(NotThere):
        actions.share(
            stranger,
            shared.person.id,
            organisation_id=council,
            fields=["housing"],
            what_for="x",
            basis="public-task",
            until=FAR,
            key="s",
        )
    with as_actor(shared.partner), pytest.raises(NotAllowed):
        actions.share(
            shared.partner,
            shared.person.id,
            organisation_id=council,
            fields=["housing"],
            what_for="x",
            basis="public-task",
            until=FAR,
            key="p",
        )


def test_a_share_is_never_made_more_by_hand(shared: Shared) -> None:
    made = shared.share("housing")
    for change in (
        "fields = '{money}'",
        "ends = ends + interval '1 day'",
        "what_for = 'more'",
        "members = null",
    ):
        with (
            pytest.raises(DatabaseError),
            as_actor(shared.coach),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"update people_share set {change} where id = %s", [made])
    assert shared.read_by(shared.partner) == {"of housing"}


def test_a_share_is_looked_at_again(shared: Shared) -> None:
    made = shared.share("housing")
    with as_actor(shared.coach):
        actions.review_share(shared.coach, made, again_on=FAR)
        assert Share.objects.get(id=made).review_on == FAR
        with pytest.raises(Refused):
            actions.review_share(shared.coach, made, again_on=FAR + timedelta(days=1))


def test_forgotten_is_shared_no_more(shared: Shared) -> None:
    made = shared.share("housing", told="said yes on the phone")
    with as_system(shared.here.system) as system:
        whole.forget(system, shared.person.id)
        kept = Share.objects.get(id=made)
        assert (kept.what_for, kept.told) == ("", "")
        assert kept.ended_at is not None
    with as_actor(shared.partner):
        assert queries.shared_with_me(shared.partner) == []


def test_no_field_of_life_is_called_as_a_part_that_is_shared() -> None:
    assert {*NOT_OF_LIFE, "address"} == set(NO_FIELD)
