"""The directory's pages and its public API, over HTTP."""

from __future__ import annotations

import json
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from tests.factories import MORNING, Place, acting, as_system, browser_of, place
from tests.partners.test_hsds import HSDS, official, schema

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.partners import actions, asked_again, outgoing, queries
from kohti.partners.actions import ListingWords, PartnerWords
from kohti.partners.forms import PartnerForm
from kohti.partners.hsds import bundle
from kohti.partners.models import Partner
from kohti.partners.queries import Asked
from kohti.team import actions as team

EXAMPLE = "ac148810-d857-441c-9679-408f346de14b"
EXAMPLES = Path(os.environ.get("KOHTI_SHARED", "../shared")) / "data" / "hsds" / "examples_3.0"


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def key() -> str:
    return str(uuid.uuid4())


def test_somebody_is_helped_from_the_search_to_the_address(here: Place) -> None:
    leader = browser_of(here.member("leader"))
    said = {"name": "A Roof for All", "description": "Beds and keys.", "public": "1", "key": key()}
    answer = leader.post(reverse("partner_new"), said)
    assert answer.status_code == 302
    partner = answer.headers["Location"].partition("?")[0]
    offer = {
        "name": "Emergency beds",
        "fields_of_life": ["housing"],
        "languages": ["ar"],
        "weekdays": ["0", "2"],
        "opens": "18:00",
        "closes": "08:00",
        "town": "Gloucester",
        "street": "Mill Lane 3",
        "phone": "01632 960 111",
        "free": "1",
        "public": "1",
        "key": key(),
    }
    wrong = leader.post(f"{partner}listings/new/", offer)
    assert wrong.status_code == 422
    assert "The end comes before the beginning." in wrong.content.decode()
    assert "Mill Lane 3" in wrong.content.decode()
    made = leader.post(f"{partner}listings/new/", offer | {"closes": "23:00"})
    assert made.status_code == 302
    host = browser_of(here.member("host"))
    found = host.post(reverse("directory"), {"q": "nowhere to sleep, arabic"}).content.decode()
    assert "Emergency beds" in found
    assert "Also searched for: Arabic." in found
    page = host.get(made.headers["Location"].partition("?")[0]).content.decode()
    for text in ("Mill Lane 3", "01632 960 111", "18:00–23:00", "Nothing", "This is right"):
        assert text in page
    assert "Change" not in page.partition("<main")[2].partition("</main>")[0]
    nothing = host.post(reverse("directory"), {"q": "zzyzx"}).content.decode()
    assert "Nothing found" in nothing
    assert '<option value="" selected>Any language</option>' in nothing
    assert "Nothing needs confirming now" in host.get(f"{reverse('directory')}?to_confirm").content.decode()


def test_a_long_list_goes_on_where_it_ended(here: Place) -> None:
    leader = here.member("leader")
    made = acting(leader, actions.add_partner, PartnerWords(name="Many"), key=key())
    for number in range(queries.A_PAGE + 5):
        acting(
            leader,
            actions.add_listing,
            made,
            ListingWords(name=f"Course {number:02}", languages=["so"]),
            key=key(),
        )
    browser = browser_of(here.member("host"))
    first = browser.post(reverse("directory"), {"language": "so"}).content.decode()
    assert "Course 00" in first
    assert "Course 34" not in first
    with_all = acting(leader, queries.find, Asked(languages=["so"]))
    after = str(with_all.lines[-1].id)
    for how in ({"language": "so"}, {"q": "Somali ?"}):
        second = browser.post(reverse("directory"), {**how, "after": after}).content.decode()
        assert "Course 34" in second
        assert "Course 00" not in second
    understood = browser.post(reverse("directory"), {"q": "Somali"}).content.decode()
    assert '<input type="hidden" name="q" value="Somali">' in understood
    assert "There are more." not in browser.post(reverse("directory"), {"q": "?"}).content.decode()


def test_whom_to_ask_for_is_said_and_only_addresses_of_the_web_are_followed(here: Place) -> None:
    leader = here.member("leader")
    organisation = {
        "id": key(),
        "name": "Harbour Trust",
        "description": "",
        "website": "ftp://harbour.example",
    }
    asked_for = {"id": key(), "name": "Ruth Iyer", "title": "Adviser", "email": "ruth@harbour.example",
                 "phones": [{"id": key(), "number": "01632 960 222", "extension": "7"},
                            {"id": key(), "number": "x"}]}  # fmt: skip
    offer = {"id": key(), "name": "Sailing", "status": "active", "organization": organisation, "contacts": [asked_for],
             "url": "https://harbour.example/sailing"}  # fmt: skip
    other = {"id": key(), "name": "Rowing", "status": "active", "organization_id": organisation["id"],
             "url": "javascript:alert(1)", "email": "boats@harbour.example"}  # fmt: skip
    found = bundle.load_files({"services.json": json.dumps([offer, other]).encode()})
    made = acting(leader, actions.bring, found, source="harbour", apply=True)
    assert {(one.kind, one.field, one.code) for one in made.faults} == {
        ("service", "url", "not-web"),
        ("organization", "website", "not-web"),
    }
    host = browser_of(here.member("host"))

    def page(name: str) -> str:
        """What an offer's page says between its heading and its end."""
        lines = acting(leader, queries.find, Asked(text=name)).lines
        return host.get(reverse("listing", args=[lines[0].id])).content.decode().partition("<main")[2]

    sailing, rowing = page("Sailing"), page("Rowing")
    assert '<b dir="auto">Ruth Iyer, Adviser</b>' in sailing
    assert '<a href="tel:01632960222" dir="ltr">01632 960 222 (7)</a>' in sailing
    assert '<span dir="auto">x</span>' in sailing  # nothing to dial
    assert '<a href="mailto:ruth@harbour.example" dir="ltr">' in sailing
    assert '<a href="https://harbour.example/sailing" rel="noopener noreferrer">' in sailing
    assert '<a href="mailto:boats@harbour.example" dir="ltr">' in rowing
    for page_of in (sailing, rowing):
        assert "javascript:" not in page_of
        assert "ftp:" not in page_of


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("harbour.example", "https://harbour.example"),
        ("http://harbour.example", "http://harbour.example"),
        ("javascript:alert(1)", ""),
        ("ftp://harbour.example", ""),
    ],
)
def test_a_website_that_is_typed_is_one_of_the_web(typed: str, kept: str) -> None:
    field = PartnerForm.base_fields["website"]
    if not kept:
        with pytest.raises(ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == kept


def test_what_is_due_is_asked_of_whoever_confirmed_it_last_and_one_press_says_it_is_right(
    here: Place,
) -> None:
    leader, coach, other = here.member("leader"), here.member("coach"), here.member("coach", name="Nell Orme")
    gone, before = here.member("coach", name="Odo Last"), MORNING - timedelta(days=1)
    with clock.held_at(before):
        made = acting(leader, actions.add_partner, PartnerWords(name="Due Again"), key=key())
        kayaking, kiting = (
            acting(leader, actions.add_listing, made, ListingWords(name=name), key=key())
            for name in ("Kayaking", "Kiting")
        )
        acting(coach, actions.confirm_listing, kayaking)
        acting(gone, actions.confirm_listing, kiting)
        acting(here.member("administrator"), team.end_membership, gone.member_id)

    def asked(who: Actor) -> list[str]:
        """What somebody is asked about."""
        return [one.name for one in acting(who, asked_again.asked_of) if one.partner == "Due Again"]

    assert asked(coach) == asked(leader) == []
    due = before + timedelta(days=actions.keeping.CONFIRM_DAYS)
    with clock.held_at(due):
        assert (asked(coach), asked(other)) == (["Kayaking"], [])
        assert asked(leader) == ["Kiting"]  # whoever said so last has left
    with clock.held_at(due + asked_again.FORTNIGHT):
        assert asked(leader) == ["Kayaking", "Kiting"]
        assert asked(coach) == ["Kayaking"]
        browser = browser_of(coach)
        today = browser.get(reverse("my_day"))
        assert "Is this still right?" in today.content.decode()
        assert "Kayaking" in today.content.decode()
        assert "To confirm (1)" in browser.get(reverse("directory")).content.decode()
        listed = browser.get(f"{reverse('directory')}?to_confirm").content.decode()
        assert "This is right: Course 00" in listed
        pressed = browser.post(reverse("listing_confirm", args=[kayaking]), {"back": "my_day"})
        assert pressed.headers["Location"] == reverse("my_day")
        assert "Kayaking" not in browser.get(reverse("my_day")).content.decode()
        pressed = browser.post(reverse("listing_confirm", args=[kiting]), {"back": "to_confirm"})
        assert pressed.headers["Location"] == f"{reverse('directory')}?to_confirm"
        away = browser.post(reverse("listing_confirm", args=[kiting]), {"back": "//elsewhere.example"})
        assert away.headers["Location"].startswith(reverse("listing", args=[kiting]))
        assert asked(leader) == asked(coach) == []


def test_each_page_asks_as_many_statements_as_it_says(here: Place) -> None:
    leader = here.member("leader")
    made = acting(leader, actions.add_partner, PartnerWords(name="Counted"), key=key())
    offer = acting(leader, actions.add_listing, made, ListingWords(name="Counting"), key=key())
    browser = browser_of(leader)
    for address, data in (
        (reverse("directory"), {"q": "counting"}),
        (reverse("listing", args=[offer]), None),
        (reverse("partner", args=[made]), None),
    ):
        answer = browser.post(address, data) if data else browser.get(address)
        assert int(answer.headers["X-Kohti-Statements"]) <= 5, address


@pytest.fixture(scope="module")
def brought(here: Place) -> Place:
    """The official example, public; and one offer that is for colleagues only."""
    if not HSDS.is_dir():
        pytest.skip(
            "KOHTI_SHARED/data/hsds is not here: the public API is not tried with the official example"
        )
    leader = here.member("leader")
    acting(leader, actions.bring_file, EXAMPLES / "service_full.json", source="example", apply=True)
    secret = acting(leader, actions.add_partner, PartnerWords(name="Refuge", public=False), key=key())
    acting(leader, actions.add_listing, secret, ListingWords(name="Safe house", public=False), key=key())
    acting(leader, actions.add_listing, secret, ListingWords(name="Helpline", public=True), key=key())
    top = {"id": str(uuid.uuid4()), "name": "Shelter", "description": ""}
    terms = bundle.load_files({"taxonomy_term.json": json.dumps(top).encode()})
    acting(leader, actions.bring, terms, source="terms", apply=True)
    return here


def get(address: str, status: int = 200, *, here: Place | None = None) -> Any:
    answer = browser_of(here.member("leader") if here else None).get(f"/hsds/{address}")
    assert answer.status_code == status, address
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json()


@official
def test_the_public_api_gives_the_official_example_back(brought: Place) -> None:
    assert get("")["version"] == "3.0"
    original = json.loads((EXAMPLES / "service_full.json").read_text())
    given = get(f"services/{EXAMPLE}")
    for one in (original, given):
        del one["assured_date"], one["last_modified"]
    assert given == original
    schema("service").validate(get(f"services/{EXAMPLE}"))
    schema("organization").validate(get(f"organizations/{original['organization']['id']}"))
    at = original["service_at_locations"][0]["id"]
    schema("service_at_location").validate(get(f"service_at_locations/{at}"))


@official
@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("services", "service"),
        ("services?full=true", "service"),
        ("organizations", "organization"),
        ("organizations?full=true", "organization"),
        ("service_at_locations", "service_at_location"),
        ("service_at_locations?full=true", "service_at_location"),
        ("taxonomies", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term"),
    ],
)
def test_each_list_is_a_page_of_the_official_shape(brought: Place, kind: str, shape: str) -> None:
    page = get(kind)
    assert set(page) == {
        *(
            "total_items",
            "total_pages",
            "page_number",
            "size",
            "first_page",
            "last_page",
            "empty",
            "contents",
        ),
    }
    assert page["size"] == len(page["contents"]) > 0
    for one in page["contents"]:
        schema(shape).validate(one)


@official
def test_what_is_for_colleagues_is_told_to_nobody_else_whoever_asks(brought: Place) -> None:
    for who in (None, brought):
        assert "Refuge" not in str(get("organizations?per_page=100&full=true", here=who))
        told = str(get("services?per_page=100&full=true", here=who))
        assert "Safe house" not in told
        assert "Helpline" not in told  # its organisation is not for all to know
    assert get(f"services/{uuid.uuid4()}", 404) == {"error": "not-there"}


@official
def test_a_list_is_narrowed_and_paged_and_a_wrong_parameter_is_named(brought: Place) -> None:
    (term,) = (one["id"] for one in get("taxonomy_terms")["contents"] if "parent_id" in one)
    organisation = get("organizations?search=Example Organization")["contents"][0]["id"]
    for narrowed in ("search=counselling", f"taxonomy_term_id={term}", f"organization_id={organisation}"):
        assert [one["id"] for one in get(f"services?{narrowed}")["contents"]] == [EXAMPLE], narrowed
    assert get("services?modified_after=2999-01-01T00:00:00Z")["empty"]
    assert set(get("services?minimal=true&search=counselling")["contents"][0]) == {"id", "last_modified"}
    tops, below = (get(f"taxonomy_terms?{how}")["contents"] for how in ("top_only=true", "per_page=100"))
    assert [one["id"] for one in tops] == [one["id"] for one in below if "parent_id" not in one] != []
    first, second = (get(f"services?per_page=1&page={page}") for page in (1, 2))
    assert first["first_page"]
    assert first["contents"] != second["contents"]
    lines = browser_of(None).get("/hsds/services?format=ndjson").content.decode().splitlines()
    assert len(lines) == get("services")["total_items"]
    for wrong in (
        "page=0",
        "page=x",
        "organization_id=x",
        "modified_after=x",
        "modified_after=0001-01-01T00:00:00%2B14:00",
        "modified_after=2026-01-01T00:00:00%2B99:00",
        "postcode=GL50",
        "proximity=9",
    ):
        assert get(f"services?{wrong}", 400) == {"error": "parameter", "parameter": wrong.partition("=")[0]}


def hung(here: Place) -> tuple[dict[str, Any], bundle.Bundle]:
    """A directory of two organisations and what hangs on them."""
    new = {
        name: str(uuid.uuid5(here.system.service_id or uuid.UUID(int=0), name))
        for name in ("open", "shut", "plain", "secret", "house", "hidden", "at", "at2", "at3", "term")
    }
    files: dict[str, list[dict[str, Any]]] = {
        "organizations.csv": [
            {"id": new["open"], "name": "Open Door", "description": ""},
            {"id": new["shut"], "name": "Refuge", "description": "", "parent_organization_id": new["open"]},
        ],
        "services.csv": [
            {
                "id": new["plain"],
                "organization_id": new["open"],
                "name": "Quiet lunch",
                "description": "Soup for neighbours",
                "status": "active",
            },
            {"id": new["secret"], "organization_id": new["open"], "name": "Hideaway", "status": "active"},
        ],
        "locations.csv": [
            {"id": new["house"], "location_type": "physical", "name": "Unicorn lodge", "organization_id": new["open"]},
            {"id": new["hidden"], "location_type": "physical", "name": "Griffin lodge", "organization_id": new["shut"]},
        ],
        "service_at_location.csv": [
            {"id": new["at"], "service_id": new["secret"], "location_id": new["house"]},
            {"id": new["at2"], "service_id": new["plain"], "location_id": new["hidden"]},
        ],
        "taxonomy_terms.csv": [{"id": new["term"], "name": "Warmth", "description": ""}],
        "attributes.csv": [
            {"id": new["at3"], "link_id": new["open"], "link_entity": "organization", "taxonomy_term_id": new["term"]}
        ],
    }  # fmt: skip
    return new, bundle.load_files({"tables.json": json.dumps(files).encode()})


def test_nothing_that_hangs_on_what_is_for_colleagues_goes_out(here: Place) -> None:
    leader = here.member("leader")
    ids, found = hung(here)
    assert found.faults == []
    acting(leader, actions.bring, found, source="hung", apply=True)
    for line in acting(leader, queries.find, Asked(text="Hideaway")).lines:
        acting(leader, actions.change_listing, line.id, ListingWords(name="", public=False))
    with as_system(here.system):
        refuge = Partner.objects.get(hsds_id=ids["shut"])
    acting(leader, actions.change_partner, refuge.id, PartnerWords(name="", public=False))
    door = get(f"organizations/{ids['open'].upper()}")
    assert [one["name"] for one in door["services"]] == ["Quiet lunch"]
    assert "locations" not in door
    assert door["attributes"][0]["taxonomy_term"]["name"] == "Warmth"
    for address in (
        f"services/{ids['plain']}",
        "services?full=TRUE&per_page=100",
        "service_at_locations?full=1",
    ):
        assert "lodge" not in str(get(address)), address
    out = acting(leader, outgoing.as_bundle, public_only=True)
    assert out.faults == []
    assert ids["open"] in out.of("organization")
    for kind, name in (("organization", "shut"), ("location", "hidden"), ("location", "house"),
                       ("service", "secret"), ("service_at_location", "at"), ("service_at_location", "at2")):  # fmt: skip
        assert ids[name] not in out.of(kind), name
        assert ids[name] in acting(leader, outgoing.as_bundle).of(kind)
    # found by its own words, with their endings, and by nobody's else
    assert [one["id"] for one in get("services?search=neighbour%20lunches")["contents"]] == [ids["plain"]]
    for other in ("Griffin", "?"):
        assert get(f"services?search={other}")["empty"], other


def test_the_api_asks_as_many_statements_however_much_there_is(here: Place) -> None:
    leader = here.member("leader")
    for name in ("One", "Two"):
        made = acting(leader, actions.add_partner, PartnerWords(name=f"Batch {name}"), key=key())
        for number in range(2):
            place = actions.PlaceWords(town="Stroud")
            words = ListingWords(name=f"Batched {number}", place=place)
            acting(leader, actions.add_listing, made, words, key=key())
    for address, most in (
        ("organizations?search=Batch&full=true", 8),
        ("organizations?search=Batch&full_service=true", 8),
        ("services?search=Batched&full=true", 8),
        ("service_at_locations?search=Batched&full=true", 7),
    ):
        answer = browser_of(None).get(f"/hsds/{address}")
        assert answer.json()["size"] >= 2
        assert int(answer.headers["X-Kohti-Statements"]) <= most, address
    brief = get("organizations?search=Batch&full=1&full_service=false")["contents"]
    assert {tuple(one) for entry in brief for one in entry["services"]} == {("id", "name", "status")}


@official
def test_a_directory_goes_out_as_it_came_in(brought: Place) -> None:
    leader = brought.member("leader")
    made = acting(leader, outgoing.as_bundle)
    original = bundle.load(EXAMPLES / "service_full.json")
    for kind, records in original.records.items():
        for hsds_id, record in records.items():
            assert made.of(kind)[hsds_id] == record
