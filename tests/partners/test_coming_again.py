"""A directory from elsewhere that comes again: what was said here stands, and nothing is gone that is only broken."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, Place, acting, as_system, browser_of, place

from kohti.kernel import clock
from kohti.kernel.names import fold
from kohti.partners import actions, outgoing, queries
from kohti.partners.actions import Brought, ListingWords, PartnerWords, PlaceWords
from kohti.partners.actions.deriving import sayings
from kohti.partners.hsds import bundle
from kohti.partners.models import ListedAt, Listing, Partner
from kohti.partners.models import Place as Where


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def one(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def offer(name: str, *, at: str = "", **more: Any) -> dict[str, Any]:
    """A service of an organisation, at a place by its name."""
    where = {
        "id": one(at),
        "location_type": "physical",
        "name": at,
        "addresses": [
            {"id": one(at + "!"), "address_1": "1 Street", "city": at, "state_province": "", "postal_code": "",
             "country": "GB", "address_type": "physical"},
        ],
    }  # fmt: skip
    return {
        "id": one(name),
        "name": name,
        "status": "active",
        "organization": {"id": one("o" + name), "name": f"{name} people", "description": ""},
        "service_at_locations": [{"id": one(name + at), "location": where}] if at else [],
        **more,
    }


def bring(here: Place, source: str, *offers: Any, **how: Any) -> Brought:
    made = bundle.load_files({"services.json": json.dumps(list(offers)).encode()})
    return acting(here.member("leader"), actions.bring, made, **{"source": source, "apply": True, **how})


def row(here: Place, name: str) -> Listing:
    with as_system(here.system):
        return Listing.objects.get(service_id=here.system.service, hsds_id=one(name))


def towns(here: Place, name: str) -> list[str]:
    return list(row(here, name).towns)


def public_places(here: Place) -> set[str]:
    with as_system(here.system):
        return set(
            Where.objects.filter(service_id=here.system.service, public=True, gone_since=None)
            .order_by("id")
            .values_list("name", flat=True)
        )


def test_nothing_is_brought_in_without_a_source(here: Place) -> None:
    with pytest.raises(ValueError, match="source"):
        bring(here, " ", offer("Rowing"))


def test_an_offer_may_be_at_one_place_twice(here: Place) -> None:
    twice = offer("Swimming", at="Pool")
    twice["service_at_locations"].append({**twice["service_at_locations"][0], "id": one("again")})
    assert bring(here, "pool", twice).new == 5
    assert towns(here, "Swimming") == ["pool"]


def test_who_confirmed_an_offer_stays_until_its_source_says_a_later_day(here: Place) -> None:
    coach = here.member("coach")
    bring(here, "a", offer("Running", assured_date="2025-01-01"))
    acting(coach, actions.confirm_listing, row(here, "Running").id)
    bring(here, "a", offer("Running", assured_date="2025-02-01", description="Slowly"))
    stands = row(here, "Running")
    assert (stands.confirmed_at, stands.confirmed_by_id) == (MORNING, coach.staff_id)
    assert stands.confirm_by is not None
    bring(here, "a", offer("Running", description="Slowly"))
    assert row(here, "Running").confirmed_at == MORNING
    later = f"{MORNING.year + 1}-01-01"
    bring(here, "a", offer("Running", assured_date=later))
    stands = row(here, "Running")
    assert (str(stands.confirmed_at)[:10], stands.confirmed_by_id, stands.confirm_by) == (later, None, None)


def test_what_colleagues_ended_stays_ended_until_its_source_says_otherwise(here: Place) -> None:
    leader = here.member("leader")
    bring(here, "b", offer("Fencing"))
    acting(leader, actions.offer_no_more, row(here, "Fencing").id)
    assert bring(here, "b", offer("Fencing")).unchanged == 2
    bring(here, "b", offer("Fencing", description="With swords"))
    assert row(here, "Fencing").status == "defunct"
    assert acting(leader, outgoing.as_bundle).of("service")[one("Fencing")]["status"] == "defunct"
    told = browser_of(None).get(f"/hsds/services/{one('Fencing')}").json()
    assert told["status"] == "defunct"
    bring(here, "b", offer("Fencing", status="temporarily closed"))
    assert row(here, "Fencing").status == "temporarily closed"


def test_an_address_is_as_public_as_what_is_to_be_had_there(
    here: Place, owner: psycopg.Connection[Any]
) -> None:
    leader = here.member("leader")
    bring(here, "c", offer("Haven", at="Safe house"), offer("Tea", at="Hall"), offer("Cake", at="Hall"))
    assert public_places(here) >= {"Safe house", "Hall"}
    for name in ("Haven", "Tea"):
        acting(leader, actions.change_listing, row(here, name).id, ListingWords(name=name, public=False))
    assert "Safe house" not in public_places(here)
    assert "Hall" in public_places(here)  # there is cake
    with as_system(here.system):
        assert not ListedAt.objects.get(hsds_id=one("HavenSafe house")).public
    told = owner.execute(
        "select d.body::jsonb -> 'public' from kernel_historyevent e join kernel_historydetail d on d.event_id = e.id"
        " where e.verb = 'listing.changed' and e.subject_id = %s",
        [row(here, "Haven").id],
    )
    assert told.fetchall() == [(False,)]
    bring(here, "c", offer("Haven", at="New house"), offer("Tea", at="Hall"), offer("Cake", at="Hall"))
    assert "New house" not in public_places(here)
    acting(leader, actions.change_listing, row(here, "Haven").id, ListingWords(name="", public=True))
    assert "New house" in public_places(here)


def test_what_is_brought_in_for_colleagues_only_is_so_from_then_on(here: Place) -> None:
    bring(here, "d", offer("Archery", at="Meadow"))
    assert "Meadow" in public_places(here)
    assert bring(here, "d", offer("Archery", at="Meadow"), public=False).changed == 4
    assert "Meadow" not in public_places(here)
    assert not row(here, "Archery").public
    assert bring(here, "d", offer("Archery", at="Meadow")).unchanged == 4
    assert not row(here, "Archery").public


def test_a_place_written_here_and_cleared_is_gone_and_comes_back(here: Place) -> None:
    leader = here.member("leader")

    def words(**where: Any) -> ListingWords:
        return ListingWords(name="Yoga", place=PlaceWords(**where))

    partner = acting(leader, actions.add_partner, PartnerWords(name="Stretch"), key=one("p"))
    made = acting(leader, actions.add_listing, partner, words(name="Loft", town="Stroud"), key=one("l"))
    assert "Loft" in public_places(here)
    acting(leader, actions.change_listing, made, words())
    assert "Loft" not in public_places(here)
    acting(leader, actions.change_listing, made, words(name="Loft", town="Stroud"))
    assert "Loft" in public_places(here)
    assert acting(leader, queries.listing, made).line.towns == ("Stroud",)


def test_an_offer_is_found_no_more_where_its_place_is_gone(here: Place) -> None:
    bring(here, "e", offer("Judo", at="Dojo"))
    assert towns(here, "Judo") == ["dojo"]
    bring(here, "e", offer("Judo"))
    assert towns(here, "Judo") == []


def test_what_is_broken_in_a_file_is_not_gone_and_neither_is_what_another_page_holds(here: Place) -> None:
    bring(here, "f", offer("Karate", at="Gym"), offer("Sumo"))
    broken = bring(here, "f", offer("Karate", at="Gym", status="what"), offer("Sumo"))
    assert broken.gone == 0
    assert {fault.code for fault in broken.faults} == {"not-allowed"}
    page = {"contents": [offer("Sumo")], "last_page": False}
    one_page = bundle.load_files({"services.json": json.dumps(page).encode()})
    made = acting(here.member("leader"), actions.bring, one_page, source="f", apply=True)
    assert (made.gone, [fault.code for fault in made.faults]) == (0, ["not-all"])
    assert bring(here, "f", offer("Sumo")).gone == 4


def test_fields_of_life_are_told_anew_until_somebody_chooses_others(here: Place) -> None:
    leader = here.member("leader")
    bring(here, "g", offer("Debt advice"))
    (told,) = row(here, "Debt advice").fields

    def change(*fields: str) -> None:
        wanted = ListingWords(name="", fields=fields)
        acting(leader, actions.change_listing, row(here, "Debt advice").id, wanted)

    change(told)
    assert row(here, "Debt advice").chosen_fields is None
    change()
    assert (row(here, "Debt advice").chosen_fields, row(here, "Debt advice").fields) == ([], [])
    change("family")
    bring(here, "g", offer("Debt advice", description="Again"))
    assert row(here, "Debt advice").fields == ["family"]


def test_a_place_gets_the_organisation_that_comes_after_it(here: Place) -> None:
    place_of_later = {
        "id": one("barn"),
        "location_type": "physical",
        "name": "Barn",
        "organization_id": one("later"),
    }
    later = {"id": one("later"), "name": "Barn owls", "description": "", "website": "https://x.org"}
    bring(here, "h", place_of_later)
    assert bring(here, "h", place_of_later, later).changed == 1
    assert bring(here, "h", place_of_later, later).unchanged == 2
    with as_system(here.system):
        owls = Partner.objects.get(hsds_id=one("later"))
        assert Where.objects.get(hsds_id=one("barn")).partner_id == owls.id


def test_how_people_say_it_is_found_by_as_it_is_written_and_plain(here: Place) -> None:
    with as_system(here.system):
        said = [phrase for several in sayings(here.system).values() for phrase in several]
    written = next(phrase for phrase in said if fold(phrase) != phrase.casefold())
    bring(here, "i", offer(f"Help with {written}"))
    assert {written, fold(written)} <= set(row(here, f"Help with {written}").words.split("\n"))
