"""The directory: kept by hand and brought in, found in words as people say them, confirmed again and again."""

from __future__ import annotations

import json
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.partners import actions, queries
from kohti.partners.actions import ListingWords, PartnerWords, PlaceWords
from kohti.partners.hsds import bundle
from kohti.partners.models import Partner
from kohti.partners.queries import Asked


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        made = place()
        leader = made.member("leader")
        debts = partner(leader, "Money Matters")
        offer(
            leader,
            debts,
            "Debt advice",
            description="A calm hour with all your letters.",
            fields=["money"],
            languages=["ar", "pl"],
            free=True,
            place=PlaceWords(town="Stroud", street="High Street 1", weekdays=[2], opens=time(9, 30)),
        )
        roof = partner(leader, "A Roof for All")
        offer(
            leader,
            roof,
            "Emergency beds",
            fields=["housing"],
            languages=["en"],
            place=PlaceWords(town="Gloucester", weekdays=range(7)),
        )
        offer(leader, roof, "Reading group", description="Read and talk together.")
        return made


def key() -> str:
    return str(uuid.uuid4())


def partner(actor: Actor, name: str, **words: Any) -> uuid.UUID:
    return acting(actor, actions.add_partner, PartnerWords(name=name, **words), key=key())


def offer(actor: Actor, partner_id: uuid.UUID, name: str, **words: Any) -> uuid.UUID:
    return acting(actor, actions.add_listing, partner_id, ListingWords(name=name, **words), key=key())


def found(here: Place, text: str = "", **asked: Any) -> list[str]:
    host = here.member("host")
    return [one.name for one in acting(host, queries.find, Asked(text=text, **asked)).lines]


def test_help_is_found_in_words_as_people_say_them(here: Place) -> None:
    assert found(here, "I have nowhere to sleep tonight")[0] == "Emergency beds"
    assert found(here, "debts")[0] == "Debt advice"  # by its stem
    assert found(here, "bailiffs at the door")[0] == "Debt advice"
    assert found(here, "letter")[0] == "Debt advice"
    assert found(here, "advi")[0] == "Debt advice"  # only begun
    assert found(here, "velat") == ["Debt advice"]  # in the service's other language
    assert found(here, "money maters") == ["Debt advice"]
    assert found(here, "mony mattrs") == ["Debt advice"]  # spelled like it
    assert found(here, "quantum chromodynamics") == []


def test_a_day_a_language_and_what_it_costs_are_understood_among_the_words(here: Place) -> None:
    assert found(here, "debt advice in Arabic on Wednesdays") == ["Debt advice"]
    assert found(here, "debt advice in Somali") == []
    assert found(here, "debt advice on Thursday") == []
    assert found(here, "free advice") == ["Debt advice"]
    assert found(here, "Wednesday") == ["Debt advice", "Emergency beds"]
    assert found(here, weekdays=[6]) == ["Emergency beds"]
    assert found(here, languages=["pl"]) == ["Debt advice"]
    assert found(here, fields=["housing"]) == ["Emergency beds"]
    assert found(here, town="stroud") == ["Debt advice"]
    assert found(here) == ["Debt advice", "Emergency beds", "Reading group"]
    for said in ("rahaa ilmaista keskiviikkoisin arabiaksi", "rahaa ilmainen keskiviikko arabia"):
        assert understood(here, said) == Asked(text="rahaa", weekdays=[2], languages=["ar"], free=True)


def understood(here: Place, said: str) -> Asked:
    """What the search makes of a text in a service that works in English and Finnish."""
    return acting(here.member("host"), queries.understood, Asked(text=said))


def test_a_word_is_taken_for_a_language_only_where_somebody_here_would_call_one_so(here: Place) -> None:
    assert here.member("host").facts["languages"] == ["en", "fi"]
    # Languages nobody chooses here, names in languages nobody here speaks, and words that only begin like one.
    for said in ("palautus", "karjalainen", "kavi", "emilia", "terenowy", "lets", "arabski", "arabisch"):
        assert understood(here, said).text == said
    for said, code in (("Arabic", "ar"), ("arabiankielinen", "ar"), ("somaliksi", "so"), ("dari", "prs"),
                       ("kurdi", "ku"), ("viittomakieli", "sgn")):  # fmt: skip
        made = understood(here, f"rahaa {said}")
        assert (made.text, made.languages) == ("rahaa", [code])


def test_what_is_no_more_is_found_no_more_and_comes_back(here: Place) -> None:
    leader = here.member("leader")
    made = offer(leader, partner(leader, "Bicycle Kitchen"), "Bicycle repair")
    assert found(here, "bicycle") == ["Bicycle repair"]
    acting(leader, actions.offer_no_more, made)
    assert found(here, "bicycle") == []
    assert acting(here.member("coach"), queries.listing, made).line.status == "defunct"
    acting(leader, actions.offer_again, made)
    assert found(here, "bicycle") == ["Bicycle repair"]
    acting(leader, actions.offer_no_more, made)


def test_an_entry_says_who_confirmed_it_and_asks_again_after_half_a_year(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    made = offer(leader, partner(leader, "Choir of All Voices"), "Singing")
    page = acting(coach, queries.listing, made)
    assert (page.confirmed_by, page.line.confirmed_at) == (leader.facts["name"], MORNING)
    assert found(here, "singing", to_confirm=True) == []
    later = MORNING + timedelta(days=actions.keeping.CONFIRM_DAYS)
    with clock.held_at(later):
        assert found(here, "singing", to_confirm=True) == ["Singing"]
        acting(coach, actions.confirm_listing, made)
        assert found(here, "singing", to_confirm=True) == []
        assert acting(coach, queries.listing, made).confirmed_by == coach.facts["name"]
    acting(leader, actions.offer_no_more, made)


def test_only_who_keeps_the_directory_changes_it(here: Place) -> None:
    host, leader = here.member("host"), here.member("leader")
    with pytest.raises(NotAllowed):
        partner(host, "Mine")
    made = offer(leader, partner(leader, "Ours"), "Sewing")
    for change in (actions.offer_no_more, actions.offer_again):
        with pytest.raises(NotAllowed):
            acting(host, change, made)
    with pytest.raises(NotThere):
        acting(leader, actions.confirm_listing, uuid.uuid4())
    with pytest.raises(Refused):
        acting(leader, actions.add_partner, PartnerWords(name=" "), key=key())
    acting(leader, actions.change_listing, made, ListingWords(name="Sewing and mending", languages=["so"]))
    assert found(here, "mending Somali") == ["Sewing and mending"]
    acting(leader, actions.offer_no_more, made)


def theirs(*names: str, **more: Any) -> bundle.Bundle:
    """A directory of one organisation that offers so many things."""
    organisation = {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "x.org")), "name": "Ex", "description": "",
                    "website": "https://x.org"}  # fmt: skip
    return bundle.load_files(
        {
            "services.json": json.dumps(
                [
                    {
                        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
                        "name": name,
                        "status": "active",
                        "organization": organisation,
                        **more,
                    }
                    for name in names
                ]
            ).encode()
        }
    )


def test_a_directory_brought_in_again_changes_nothing_and_says_what_is_gone(here: Place) -> None:
    leader = here.member("leader")

    def bring(found: bundle.Bundle, **how: Any) -> tuple[int, int, int, int]:
        made = acting(leader, actions.bring, found, **{"source": "x.org", "apply": True, **how})
        assert made.faults == ()
        return made.new, made.changed, made.unchanged, made.gone

    assert bring(theirs("Pottery", "Weaving"), apply=False) == (3, 0, 0, 0)
    assert found(here, "pottery") == []
    assert bring(theirs("Pottery", "Weaving")) == (3, 0, 0, 0)
    assert found(here, "pottery") == ["Pottery"]
    assert bring(theirs("Pottery", "Weaving")) == (0, 0, 3, 0)
    assert bring(theirs("Pottery", "Weaving", description="With clay"))[1] == 2
    assert found(here, "clay") == ["Pottery", "Weaving"]
    assert bring(theirs("Pottery")) == (0, 1, 1, 1)  # weaving is gone, pottery's words changed back
    assert found(here, "weaving") == []
    assert bring(theirs("Pottery", "Weaving")) == (0, 1, 2, 0)
    assert found(here, "weaving") == ["Weaving"]
    other = acting(leader, actions.bring, theirs("Pottery"), source="y.org", apply=True)
    assert {one.code for one in other.faults} == {"not-yours"}


def test_an_organisation_that_two_sources_know_by_one_identifier_is_taken_and_said(here: Place) -> None:
    leader = here.member("leader")

    def brought(source: str) -> set[tuple[str, str]]:
        """A charity of this number, as one source has it."""
        charity = {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{source} its number")), "identifier_type": "GB-CHC",
                   "identifier": "207544"}  # fmt: skip
        one = {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, source)), "name": f"Seen by {source}", "description": "",
               "organization_identifiers": [charity]}  # fmt: skip
        found = bundle.load_files({"organizations.json": json.dumps([one]).encode()})
        return {
            (one.code, one.record)
            for one in acting(leader, actions.bring, found, source=source, apply=True).faults
        }

    assert brought("a.org") == set()
    assert brought("b.org") == {("same-identifier", str(uuid.uuid5(uuid.NAMESPACE_DNS, "b.org")))}
    with as_actor(leader):
        one, other = (Partner.objects.get(name=f"Seen by {source}") for source in ("a.org", "b.org"))
    assert acting(leader, queries.partner, one.id).twins == ((other.id, "Seen by b.org"),)
    assert acting(leader, queries.partner, other.id).twins == ((one.id, "Seen by a.org"),)
    page = browser_of(leader).get(reverse("partner", args=[one.id])).content.decode()
    assert "Another entry has the same identifier:" in page
    assert reverse("partner", args=[other.id]) in page
    gone = bundle.load_files(
        {"organizations.json": b'[{"id": "%s", "name": "Other", "description": ""}]' % key().encode()}
    )
    acting(leader, actions.bring, gone, source="a.org", apply=True)
    assert brought("b.org") == set()  # the way back: one of the two sources names it no more
    assert acting(leader, queries.partner, other.id).twins == ()


def test_a_partner_that_vanishes_says_so_and_how_it_comes_back(here: Place) -> None:
    leader = here.member("leader")

    offer_there = {"id": key(), "name": "Vanishing", "status": "active",
                   "organization": {"id": key(), "name": "Mayflies", "description": ""}}  # fmt: skip
    found_at = bundle.load_files({"services.json": json.dumps([offer_there]).encode()})
    acting(leader, actions.bring, found_at, source="vanishing.org", apply=True)
    line = acting(leader, queries.find, Asked(text="vanishing")).lines[0]
    nobody = bundle.load_files(
        {"organizations.json": b'[{"id": "%s", "name": "Others", "description": ""}]' % key().encode()}
    )
    acting(leader, actions.bring, nobody, source="vanishing.org", apply=True)
    assert found(here, "vanishing") == []
    browser = browser_of(leader)
    for page in (reverse("listing", args=[line.id]), reverse("partner", args=[line.partner_id])):
        said = browser.get(page).content.decode()
        assert "Its source has not listed it since 11 March 2026." in said
        assert "It is found again once its source lists it." in said
    acting(leader, actions.bring, found_at, source="vanishing.org", apply=True)
    assert found(here, "vanishing") == ["Vanishing"]
    assert (
        "Its source has not" not in browser.get(reverse("partner", args=[line.partner_id])).content.decode()
    )


def test_towns_are_shown_as_they_are_written_and_found_as_they_are_typed(here: Place) -> None:
    leader = here.member("leader")
    island = partner(leader, "Ferrymen")
    made = offer(leader, island, "Crossing", place=PlaceWords(town="s'-Gravenpolder aan Zee"))
    assert found(here, town="S'-GRAVENPOLDER AAN ZEE") == ["Crossing"]
    line = acting(leader, queries.find, Asked(text="crossing")).lines[0]
    assert line.towns == ("s'-Gravenpolder aan Zee",)
    acting(leader, actions.offer_no_more, made)


def test_fields_of_life_given_here_stay_when_an_entry_comes_again(here: Place) -> None:
    leader = here.member("leader")
    acting(leader, actions.bring, theirs("Chess"), source="z.org", apply=False)
    made = bundle.load_files(
        {
            "s.json": json.dumps(
                {
                    "id": str(uuid.uuid4()),
                    "name": "Chess",
                    "status": "active",
                    "organization": {"id": str(uuid.uuid4()), "name": "Chess club", "description": ""},
                }
            ).encode()
        }
    )
    acting(leader, actions.bring, made, source="chess", apply=True)
    (line,) = acting(leader, queries.find, Asked(text="chess")).lines
    acting(leader, actions.change_listing, line.id, ListingWords(name="ignored", fields=["family"]))
    next(iter(made.of("service").values()))["description"] = "For everybody"
    acting(leader, actions.bring, made, source="chess", apply=True)
    (line,) = acting(leader, queries.find, Asked(text="chess", fields=["family"])).lines
    assert line.name == "Chess"
    # and once confirmed it is asked again, wherever it comes from
    acting(leader, actions.confirm_listing, line.id)
    assert found(here, "chess", to_confirm=True) == []
    with clock.held_at(MORNING + timedelta(days=actions.keeping.CONFIRM_DAYS)):
        assert found(here, "chess", to_confirm=True) == ["Chess"]
