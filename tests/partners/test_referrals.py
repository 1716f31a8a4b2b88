"""Referrals: who hands over and who is asked, what each of them sees, and that it ends when it ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories import MORNING, TODAY, Place, acting, as_system, place

from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.partners.referrals import actions, queries
from kohti.partners.referrals.actions import Wanted
from kohti.partners.referrals.models import Referral
from kohti.people import actions as people
from kohti.people.sharing import queries as shares
from kohti.team.models import Organisation


@dataclass
class House:
    """A jobcentre and a housing body in one building."""

    place: Place
    coach: Actor
    leader: Actor
    housing: Actor
    body: uuid.UUID


@pytest.fixture(scope="module")
def house() -> House:
    with clock.held_at(MORNING):
        here = place()
        housing = here.hire("partner", centre="cheltenham", name="Hanna Housing", organisation="housing-body")
        with as_system(here.system):
            body = Organisation.objects.get(service_id=here.system.service, code="housing-body").id
        return House(here, here.member("coach"), here.member("leader"), housing, body)


def key() -> str:
    return str(uuid.uuid4())


def somebody(house: House) -> uuid.UUID:
    person = acting(
        house.coach,
        people.register,
        house.place.centre.id,
        [people.NewPerson(full_name="Ann Other", phone="07700 900123")],
    )[0]
    return person.id


def wanted(house: House, **how: object) -> Wanted:
    values: dict[str, object] = {
        "organisation_id": house.body,
        "how": "walk",
        "about": "Has to leave her room on Friday.",
        "fields": {"housing": "They look for a room", "reach": "To ring her"},
        "until": TODAY + timedelta(days=30),
    }
    return Wanted(**(values | how))  # type: ignore[arg-type]


def sent(house: House, person: uuid.UUID | None = None, **how: object) -> uuid.UUID:
    person = person or somebody(house)
    made = acting(house.coach, actions.write, person, wanted(house, **how), key=key())
    acting(house.coach, actions.send, made, key=key())
    return made


def test_somebody_is_handed_over_and_both_sides_say_how_it_goes(house: House) -> None:
    person = somebody(house)
    made = acting(house.coach, actions.write, person, wanted(house), key=key())
    with as_actor(house.housing):
        assert not Referral.objects.filter(id=made).exists()
    acting(house.coach, actions.send, made, key=key())
    with as_actor(house.housing) as housing:
        page = queries.page(housing, made)
        assert (page.name, page.state, page.here) == ("Ann Other", "seen", False)
        assert shares.shared_with_me(housing, person)[0].fields == ["housing", "reach"]
    acting(house.housing, actions.say, made, words="Can she come at two?", key=key())
    acting(house.coach, actions.say, made, words="She can.", key=key())
    for state, words in (("accepted", ""), ("started", ""), ("done", "She has a room.")):
        acting(house.housing, actions.answer, made, state=state, words=words, key=key())
    with as_actor(house.coach) as coach:
        page = queries.page(coach, made)
        said = [(one.state, one.words, one.here) for one in page.turns]
    assert said == [
        ("sent", "", True),
        ("seen", "", False),
        ("", "Can she come at two?", False),
        ("", "She can.", True),
        ("accepted", "", False),
        ("started", "", False),
        ("done", "She has a room.", False),
    ]
    with as_actor(house.housing) as housing:
        assert shares.shared_with_me(housing, person) == []
        with pytest.raises(queries.Over, match="This is over: Done"):
            queries.page(housing, made)
