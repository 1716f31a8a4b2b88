"""The history as a list: who sees what of it, how it is asked, taken away, and that reading it is noted."""

from __future__ import annotations

import uuid
from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock, history, sheets
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere
from kohti.people import queries as people
from kohti.team import actions as team
from kohti.workbench import queries
from kohti.workbench.queries import Asked


@pytest.fixture
def here() -> Place:
    return place()


def asked(actor: Actor, **about: object) -> list[queries.Happening]:
    """What an actor reads of the history."""
    with as_actor(actor):
        return queries.happenings(actor, Asked(**about))[0]  # type: ignore[arg-type]


def written(owner: psycopg.Connection, here: Place, verb: str) -> list[list[uuid.UUID]]:
    """The people of each event of a verb, in order."""
    rows = owner.execute(
        "select person_ids from kernel_historyevent where service_id = %s and verb = %s order by xid, id",
        (here.system.service_id, verb),
    )
    return [row[0] for row in rows]


def test_who_administers_sees_every_event_of_the_service_and_nobody_s_name(
    here: Place, owner: psycopg.Connection
) -> None:
    person = here.person("Zebedee Quixworth")
    coach = here.member("coach", centre="gloucester")
    acting(coach, frontdesk.take_walk_in, here.reasons["evidence"].id, key=str(uuid.uuid4()))
    found = asked(here.member("administrator"))
    assert {"visit.walk_in", "person.registered", "team.added"} <= {one.verb for one in found}
    (registered,) = [one for one in found if one.verb == "person.registered"]
    assert (registered.persons, registered.unnamed) == ((), 1)
    page = browser_of(here.member("administrator")).get("/history/").content.decode()
    assert coach.facts["name"] in page
    assert "Zebedee" not in page
    assert str(person.id) not in page
    assert written(owner, here, "audit.read") == []


def test_who_leads_a_centre_sees_what_its_colleagues_did_and_that_they_looked_is_noted(
    here: Place, owner: psycopg.Connection
) -> None:
    leader, elsewhere = here.member("leader"), here.member("leader", centre="gloucester")
    person = here.person("Zebedee Quixworth")
    stranger = here.person("Ann Stranger", centre=here.other)
    acting(leader, people.open_person, person.id)
    acting(elsewhere, people.open_person, stranger.id)
    found = asked(leader, verb="person.opened")
    assert [[name for _id, name in one.persons] for one in found] == [["Zebedee Quixworth"]]
    assert written(owner, here, "audit.read") == [[person.id]]


def test_the_history_of_a_person_is_for_who_may_open_them(here: Place, owner: psycopg.Connection) -> None:
    leader = here.member("leader")
    person, stranger = here.person(), here.person(centre=here.other)
    acting(leader, people.open_person, person.id)
    assert {one.verb for one in asked(leader, person_id=person.id)} == {"person.opened"}
    assert [person.id] in written(owner, here, "audit.read")
    with pytest.raises(NotThere):
        asked(leader, person_id=stranger.id)
    with pytest.raises(NotAllowed):
        asked(here.member("administrator"), person_id=person.id)


def test_what_is_asked_narrows_the_list(here: Place) -> None:
    administrator, host = here.member("administrator"), here.member("host")
    with clock.held_at(MORNING + timedelta(days=1)):
        acting(host, frontdesk.take_walk_in, here.reasons["evidence"].id, key=str(uuid.uuid4()))
    tomorrow = TODAY + timedelta(days=1)
    assert {one.verb for one in asked(administrator, day=tomorrow)} == {"visit.walk_in"}
    assert {one.staff_id for one in asked(administrator, staff_id=host.staff_id)} == {host.staff_id}
    assert {one.subject for one in asked(administrator, subject="visit")} == {"visit"}
    assert asked(administrator, verb="diary.imported") == []


def test_events_of_one_moment_come_once_each_page_by_page(here: Place) -> None:
    administrator = here.member("administrator")
    with as_actor(administrator):
        for _n in range(queries.PAGE * 2 + 5):
            history.record("diary.ordered", "file", uuid.uuid4())
        seen: list[uuid.UUID] = []
        after = None
        while True:
            found, after = queries.happenings(administrator, Asked(verb="diary.ordered"), after=after)
            seen += [one.id for one in found]
            if after is None:
                break
    assert len(seen) == len(set(seen)) == queries.PAGE * 2 + 5


def test_nothing_of_another_service_is_in_it(here: Place) -> None:
    there = place()
    there.member("host")
    host = there.member("host")
    assert here.system.service_id != there.system.service_id
    assert host.staff_id not in {one.staff_id for one in asked(here.member("administrator"))}
    with as_actor(there.member("administrator")):
        assert host.staff_id is not None
        with pytest.raises(NotThere):
            queries.name_of(here.member("administrator"), host.staff_id)


def test_the_list_taken_away_keeps_formulas_as_text_and_is_an_event(
    here: Place, owner: psycopg.Connection
) -> None:
    administrator = here.member("administrator")
    acting(
        administrator,
        team.invite,
        full_name="=HYPERLINK(A1)",
        role="host",
        centre="cheltenham",
        organisation="jobcentre",
        starts=MORNING,
    )
    answer = browser_of(administrator).get("/history/export/?verb=team.invited")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert b'"\'=HYPERLINK(A1)"' in answer.content
    sheet = sheets.read(answer.content, filename="history.csv")
    assert [row.cells["What"] for row in sheet.rows] == ["invited a colleague"]
    assert written(owner, here, "audit.exported") == [[]]


def test_an_address_with_nonsense_asks_for_everything(here: Place) -> None:
    browser = browser_of(here.member("administrator"))
    for nonsense in ("day=yesterday", "verb=drop", "who=me", "after=x", "person=1", "about=%00"):
        assert browser.get(f"/history/?{nonsense}").status_code == 200
    assert browser.get(f"/history/?after={uuid.uuid4()}").status_code == 404
    assert browser.get(f"/history/?who={uuid.uuid4()}").status_code == 404
