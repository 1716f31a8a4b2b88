"""Referrals: who hands over and who is asked, what each of them sees, and that it ends when it ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
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


def test_the_pages_lead_from_the_person_to_the_answer(house: House) -> None:
    person = somebody(house)
    coach, housing = browser_of(house.coach), browser_of(house.housing)
    page = coach.get(reverse("refer", args=[person]))
    assert page.status_code == 200
    typed = {
        "to": f"organisation:{house.body}",
        "how": "walk",
        "about": "Has to leave her room on Friday.",
        "field": ["housing", "reach"],
        "why-housing": "They look for a room",
        "until_0": "10",
        "until_1": "4",
        "until_2": "2026",
        "basis": "consent",
        "key": key(),
        "do": "look",
    }
    wrong = coach.post(reverse("refer", args=[person]), typed)
    assert wrong.status_code == 422
    assert "Say how they agreed." in wrong.content.decode()
    draft = coach.post(reverse("refer", args=[person]), typed | {"consent-how": "said yes here"})
    assert draft.status_code == 302
    there = draft.headers["Location"]
    shown = coach.get(there).content.decode()
    for text in ("Nothing is sent yet", "They look for a room", "07700 900123", "10 April 2026", "Consent"):
        assert text in shown
    assert housing.get(there).status_code == 404
    assert coach.post(f"{there}do/", {"do": "send", "key": key()}).status_code == 302
    board = housing.get(reverse("referrals")).content.decode()
    assert "Ann Other" in board
    assert "Has to leave her room" in board
    theirs = housing.get(there).content.decode()
    assert "What is shared with you" in theirs
    assert "07700 900123" in theirs
    assert housing.post(f"{there}do/", {"do": "say", "words": "At two?", "key": key()}).status_code == 302
    assert "At two?" in coach.get(there).content.decode()
    empty = housing.post(f"{there}do/", {"do": "answer", "state": "declined", "words": "", "key": key()})
    assert empty.status_code == 422
    assert "Say why." in empty.content.decode()
    over = housing.post(f"{there}do/", {"do": "answer", "state": "declined", "words": "Full.", "key": key()})
    assert over.headers["Location"] == reverse("referrals")
    gone = housing.get(there)
    assert gone.status_code == 410
    assert "This is over: Declined." in gone.content.decode()
    again = housing.post(f"{there}do/", {"do": "answer", "state": "accepted", "key": key()})
    assert again.status_code == 409
    assert "Nothing any more. It was: " in coach.get(there).content.decode()
    listed = coach.get(reverse("person_referrals", args=[person])).content.decode()
    assert "Declined" in listed
