"""A caseload: whom it shows, how somebody is found in it, how it is narrowed, and that it is found again."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin, key

from kohti.config import addresses
from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions, queries
from kohti.journeys.actions import NewContact, NewStep
from kohti.journeys.queries import Chosen
from kohti.kernel import clock, sheets
from kohti.kernel.ids import short
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person

if TYPE_CHECKING:
    from django.test import Client

    from kohti.journeys.models import Journey
    from kohti.kernel.actor import Actor


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {uuid.uuid4().hex}")


def on_their_way(here: Place, coach: Actor, name: str, *, phone: str = "") -> Person:
    """Somebody of this name in the coach's hands."""
    with as_system(here.system) as system:
        person = people.register(system, here.centre.id, [NewPerson(full_name=name, phone=phone)])[0]
    acting(
        here.member("leader"),
        actions.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=key(),
    )
    return person


def planned(coach: Actor, journey: Journey, days: int) -> None:
    step = NewStep(words="Go on", due_on=TODAY + timedelta(days=days))
    acting(coach, actions.change_plan, journey.id, [step], key=key())


def names(page: bytes) -> list[str]:
    """Whom a page lists, in order."""
    found = re.findall(r'<th scope="row">.*?<a href="[^"]+" dir="auto">([^<]*)</a>', page.decode())
    return [html.unescape(one) for one in found]


def found(browser: Client, typed: str, show: str = "mine") -> list[str]:
    return names(browser.post(f"/caseload/?show={show}", {"q": typed}).content)


def test_somebody_is_found_by_any_part_of_a_name_reference_or_number(here: Place, coach: Actor) -> None:
    zoe = on_their_way(here, coach, "Zoë Ångström-Nuñez", phone="07700 900 456")
    on_their_way(here, coach, "Marcus Walker", phone="+44 (0)20 7946 0018")
    browser = browser_of(coach)
    everybody = ["Marcus Walker", "Zoë Ångström-Nuñez"]
    for typed in (
        "zoe",
        "ÅNGSTROM",
        "nunez zo",
        "ström",
        "7700900",
        "+44 7700 900",
        "0044 7700 900456",
        "0-7700/9",
    ):
        assert found(browser, typed) == ["Zoë Ångström-Nuñez"], typed
    for typed in ("020 7946", "2079460018", "+44 20 79"):
        assert found(browser, typed) == ["Marcus Walker"], typed
    reference = zoe.reference.replace("-", "")
    for typed in (reference, reference[1:6].lower(), zoe.reference.replace("0", "o")):
        assert found(browser, typed) == ["Zoë Ångström-Nuñez"], typed
    assert sorted(found(browser, "r")) == everybody
    assert found(browser, "Quixworth") == []
    assert found(browser, "%") == []
    assert found(browser, "zoe", show="closed") == []


def test_nobody_is_found_who_may_not_be_seen(here: Place, coach: Actor) -> None:
    other = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    person = on_their_way(here, other, "Hilma Hidden", phone="07700 911911")
    browser = browser_of(coach)
    for typed in ("Hilma", "07700 911911", person.reference):
        assert found(browser, typed, show="centre") == [], typed
    assert found(browser_of(other), "Hilma", show="centre") == ["Hilma Hidden"]
    assert found(browser_of(here.member("leader")), "Hilma", show="centre") == ["Hilma Hidden"]


def test_what_a_list_is_narrowed_to_is_found_again_at_the_next_visit(here: Place, coach: Actor) -> None:
    on_their_way(here, coach, "Anna Berg")
    browser = browser_of(coach)
    assert browser.get("/caseload/").status_code == 200
    assert browser.get("/caseload/?show=mine&flag=needs&order=name").status_code == 200
    again = browser_of(coach).get("/caseload/")
    assert again.status_code == 302
    assert set(again["Location"].partition("?")[2].split("&")) == {"show=mine", "flag=needs", "order=name"}
    assert browser.get("/caseload/?show=mine").status_code == 200
    assert browser.get("/caseload/").status_code == 200
    other = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    browser.get("/caseload/?show=centre")
    assert browser_of(other).get("/caseload/").status_code == 200


def test_a_leader_narrows_the_centre_to_a_coach_a_stage_and_who_needs_somebody(
    here: Place, coach: Actor
) -> None:
    first, second = begin(here, coach), begin(here, coach)
    planned(coach, first, 5)
    leader = here.member("leader")
    browser = browser_of(leader)
    theirs = f"show=centre&coach={short(coach.member_id or uuid.uuid4())}"
    assert len(names(browser.get(f"/caseload/?{theirs}").content)) == 2
    needing = names(browser.get(f"/caseload/?{theirs}&flag=needs").content)
    assert needing == [name_of(here, second)]
    assert names(browser.get(f"/caseload/?{theirs}&flag=covered").content) == []
    stand_in = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    acting(
        leader,
        actions.cover,
        [first.id],
        stand_in.member_id,
        starts=MORNING,
        ends=MORNING + timedelta(days=3),
        key=key(),
    )
    assert names(browser.get(f"/caseload/?{theirs}&flag=covered").content) == [name_of(here, first)]
    assert (
        b"Nobody matches this choice" in browser.get(f"/caseload/?{theirs}&stage={other_stage(here)}").content
    )
    assert b"You stand in" in browser_of(stand_in).get("/caseload/").content


def name_of(here: Place, journey: Journey) -> str:
    with as_system(here.system):
        return Person.objects.get(id=journey.person_id).full_name


def other_stage(here: Place) -> str:
    from kohti.journeys import rules

    with as_system(here.system) as system:
        return rules.stages(system)[1].code


@pytest.mark.parametrize("order", ["needs", "name", "contact"])
def test_a_long_list_is_read_page_by_page_and_nobody_is_left_out(
    here: Place, coach: Actor, order: str
) -> None:
    ways = [begin(here, coach) for _n in range(7)]
    for n, one in enumerate(ways[:4]):
        with clock.held_at(MORNING + timedelta(minutes=n + 1)):
            acting(coach, actions.write_contact, one.id, NewContact(channel="here"), key=key())
    seen, after = [], ""
    while True:
        page = acting(coach, queries.caseload, Chosen(order=order), after=after, most=3)
        seen += [case.journey_id for case in page.cases]
        assert "Person" not in page.further, "an address names nobody"
        after = page.further
        if not after:
            break
    assert sorted(seen) == sorted(one.id for one in ways)
    whole = acting(coach, queries.caseload, Chosen(order=order), most=50)
    assert seen == [case.journey_id for case in whole.cases]
    if order == "contact":
        assert seen[:3] == sorted(one.id for one in ways[4:]), "who waits longest stands first"


def test_a_search_with_many_hits_goes_on_without_a_name_in_the_address(here: Place, coach: Actor) -> None:
    for n in range(52):
        on_their_way(here, coach, f"Ida Match{n:02}")
    browser = browser_of(coach)
    page = browser.post("/caseload/?show=mine&order=name", {"q": "match"})
    later = re.search(r'action="([^"]*after=[^"]*)"', page.content.decode())
    assert later is not None
    assert "atch" not in later[1]
    rest = browser.post(html.unescape(later[1]), {"q": "match"})
    assert names(rest.content) == ["Ida Match50", "Ida Match51"]


def test_a_strange_address_shows_what_it_can(here: Place, coach: Actor) -> None:
    begin(here, coach)
    browser = browser_of(coach)
    for address in (
        "show=theirs&order=up",
        "after=yesterday",
        "coach=x&show=centre",
        "flag=red",
        "order=name&after=_x",
    ):
        assert len(names(browser.get(f"/caseload/?{address}").content)) == 1, address
    assert browser_of(here.member("host")).get("/caseload/").status_code == 403


def test_the_page_asks_the_database_at_most_eight_things(here: Place, coach: Actor) -> None:
    begin(here, coach)
    for actor, address in (
        (coach, "/caseload/?show=mine&flag=needs&order=name"),
        (here.member("leader"), "/caseload/?show=centre&order=contact"),
        (here.member("leader"), "/caseload/?show=closed"),
    ):
        browser = browser_of(actor)
        browser.get(address)
        assert int(browser.get(address)["X-Kohti-Statements"]) <= 8, address


def taken(browser: Client, address: str, typed: str = "") -> bytes:
    """What a list that is taken away holds."""
    answer = browser.post(address, {"q": typed})
    assert answer.status_code == 200

    async def whole() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])  # type: ignore[attr-defined]

    return async_to_sync(whole)()


def test_a_list_is_taken_away_whole_as_it_is_narrowed_and_that_is_noted(here: Place, coach: Actor) -> None:
    for n in range(52):
        on_their_way(here, coach, f"Ida Taken{n:02}")
    on_their_way(here, coach, "=1+1 Formula")
    browser = browser_of(coach)
    for kind in ("csv", "xlsx"):
        content = taken(browser, f"/caseload/taken/{kind}/?show=mine&order=name")
        sheet = sheets.read(content)
        assert [row.cells["Name"] for row in sheet.rows][:2] == ["=1+1 Formula", "Ida Taken00"]
        assert len(sheet.rows) == 53
        assert sheet.rows[1].cells["Opened on"] == TODAY.isoformat()
        assert sheet.rows[1].cells["Needs somebody now"] == "Nothing is planned"
    assert b'"\'=1+1 Formula"' in taken(browser, "/caseload/taken/csv/?show=mine", "formula")
    assert len(sheets.read(taken(browser, "/caseload/taken/csv/?show=mine", "formula")).rows) == 1
    answer = browser.post("/caseload/taken/csv/?show=mine", {"q": "Ida"})
    assert answer["Content-Disposition"] == 'attachment; filename="caseload-2026-03-11.csv"'
    answer.close()
    taken_away = told(coach, "caseload.taken")
    assert len(taken_away[0]) == 53, "whom it listed"


def told(actor: Actor, verb: str) -> list[list[uuid.UUID]]:
    """Of whom the history says that this colleague did something, the first first."""
    with psycopg.connect(addresses.owner_url()) as owner:
        rows = owner.execute(
            "select person_ids from kernel_historyevent where member_id = %s and verb = %s order by xid, id",
            (actor.member_id, verb),
        )
        return [row[0] for row in rows]


def test_what_is_taken_away_holds_nobody_and_nothing_that_one_may_not_see(here: Place, coach: Actor) -> None:
    person = on_their_way(here, coach, "Rita Restricted")
    leader = here.member("leader")
    other = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    assert b"Rita" in taken(browser_of(leader), "/caseload/taken/csv/?show=centre")
    assert b"Rita" not in taken(browser_of(other), "/caseload/taken/csv/?show=centre")
    acting(leader, people.restrict, person.id, members=[coach.member_id], reason="Threatened", key=key())
    assert b"Rita" not in taken(browser_of(leader), "/caseload/taken/csv/?show=centre")
    assert b"Rita" in taken(browser_of(coach), "/caseload/taken/csv/?show=mine")
    assert browser_of(here.member("host")).post("/caseload/taken/csv/").status_code == 403
    assert browser_of(coach).post("/caseload/taken/pdf/").status_code == 404


def test_from_the_queue_at_the_desk_it_is_two_presses_to_somebodys_way(here: Place, coach: Actor) -> None:
    person = here.person("Wilma Waiting")
    booking = here.booking(person=person, staff_id=coach.staff_id)
    acting(here.member("host"), frontdesk.check_in, booking.id, key=key())
    browser = browser_of(here.member("leader"))
    assert (
        f'<a href="/people/{person.id}/" dir="auto">Wilma Waiting</a>'
        in browser.get("/queue/").content.decode()
    )
    assert f"/people/{short(person.id)}/plan/" in browser.get(f"/people/{person.id}/").content.decode()
    assert f"/people/{short(person.id)}/way/" in browser.get(f"/people/{person.id}/plan/").content.decode()


def test_who_leads_begins_with_the_centre_and_everybody_else_with_their_own(here: Place) -> None:
    coach, leader = here.member("coach"), here.hire("leader", centre="cheltenham", name="Begins here")
    for who, first, other in ((coach, "mine", "centre"), (leader, "centre", "mine")):
        browser = browser_of(who)
        current = f'href="/caseload/?show={first}" aria-current'
        assert current in browser.get("/caseload/").content.decode()
        assert f'href="/caseload/?show={other}" aria-current' in shown(browser, other)
        assert browser.get("/caseload/").headers["Location"] == f"/caseload/?show={other}"
        shown(browser, first)
        assert current in browser.get("/caseload/").content.decode(), "what is usual is not kept"


def shown(browser: Client, show: str) -> str:
    return browser.get(f"/caseload/?show={show}").content.decode()
