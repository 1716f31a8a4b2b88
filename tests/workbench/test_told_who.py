"""Who sees what about somebody, told to themselves, and whose name would tell something named to the key alone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place
from tests.journeys.test_caseload import taken

from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.attachments.models import Attachment
from kohti.people.models import Person
from kohti.people.sharing import actions as sharing
from kohti.team import actions as team

FAR = TODAY + timedelta(days=60)


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach")


def somebody(coach: Actor, name: str, **who: Any) -> Person:
    return acting(coach, people.register, coach.centre, [NewPerson(full_name=name, **who)])[0]


def share(here: Place, coach: Actor, person: Person, to: str, *fields: str) -> uuid.UUID:
    return acting(
        coach,
        sharing.share,
        person.id,
        organisation_id=here.organisation(to),
        fields=fields,
        what_for="to live well",
        basis="public-task",
        until=FAR,
        key=str(uuid.uuid4()),
    )


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_they_read_who_sees_what_and_who_looked_in_their_own_language(here: Place, coach: Actor) -> None:
    ann, browser = somebody(coach, "Ann Told", languages=("fi", "en")), browser_of(coach)
    share(here, coach, ann, "housing-body", "housing")
    worker = here.member("partner-worker", organisation="housing-body")
    browser_of(worker).get(reverse("shared_person", args=[ann.id]))
    leader = here.member("leader")
    acting(leader, people.open_in_emergency, ann.id, "a fall", key=str(uuid.uuid4()))
    there = reverse("told_who", args=[ann.id])
    with clock.held_at(MORNING + timedelta(minutes=1)):
        answer = browser.get(there)
        page = read(browser.get(f"{there}?language=en"))
    assert '<html lang="fi"' in read(answer)
    assert int(answer.headers["X-Kohti-Statements"]) <= 14
    for seen in (
        "Housing partner", "to live well", "A public task", "cannot be done without", worker.facts["name"],
        "In an emergency. The team leader was told why.", f"Tell {coach.facts['name']}",
    ):  # fmt: skip
        assert seen in page, seen
    assert "a fall" not in page, "why is between who opened it and the leader"
    sent = {"key": str(uuid.uuid4()), "language": "en"}
    for _ in range(2):
        assert browser.post(there, sent).status_code == 302
    with as_actor(coach):
        assert Attachment.objects.filter(person_id=ann.id, title="Who sees what about you").count() == 1


PAGES = (
    "person", "person_timeline", "person_sharing", "told_who", "person_looked", "person_documents", "plan",
    "person_needs", "appointments", "ways", "person_share",
)  # fmt: skip
NAME, NEUTRAL = "Drug and alcohol service", "A health service"


def everything(here: Place, actor: Actor, person: Person) -> str:
    """All that somebody gets of a person over HTTP: their pages, lists, search and exports."""
    browser = browser_of(actor)
    # The form to share with anybody names all organisations of the service: that is not of this person.
    got = [read(browser.get(reverse(name, args=[person.id]))) for name in PAGES if name != "person_share"]
    got += [read(browser.get(reverse(name))) for name in ("my_day", "people", "caseload", "arrivals", "book")]
    got.append(read(browser.post(reverse("people_find"), {"q": person.full_name})))
    got.append(taken(browser, reverse("caseload_taken", args=["csv"])).decode())
    for name in ("audit", "audit_export"):
        got.append(read(browser.get(f"{reverse(name)}?person={person.id}")))
    return "\n".join(got)


def test_a_name_that_tells_something_is_named_to_the_key_alone_everywhere(here: Place) -> None:
    coach, leader = here.hire("coach", centre="cheltenham", name="Kay Keyholder"), here.member("leader")
    ann = somebody(coach, "Ann Neutral")
    acting(coach, people.write_note, ann.id, "of drink", fields=["addiction"], key=str(uuid.uuid4()))
    made = share(here, coach, ann, "drugs-service", "housing")
    ended = share(here, coach, ann, "drugs-service", "money")
    acting(coach, sharing.end_share, ended, why="done")
    worker = here.member("partner-worker", organisation="drugs-service", name="Wendy Worker")
    browser_of(worker).get(reverse("shared_person", args=[ann.id]))
    note = {"key": str(uuid.uuid4()), "text": "Came on Tuesday.", "fields_": ["housing"]}
    assert browser_of(worker).post(reverse("shared_person", args=[ann.id]), note).status_code == 302
    with clock.held_at(MORNING + timedelta(minutes=1)):
        got, known = everything(here, leader, ann), everything(here, coach, ann)
    assert "Came on Tuesday." in got
    assert NEUTRAL in got
    assert NAME not in got
    assert browser_of(leader).get(reverse("one_share", args=[ann.id, made])).status_code == 404
    assert NAME in known
    assert NEUTRAL not in known
    assert NAME in read(browser_of(coach).get(reverse("one_share", args=[ann.id, made])))


def asked_today(actor: Actor, when: datetime) -> str:
    with clock.held_at(when):
        page = read(browser_of(actor).get(reverse("my_day")))
    return page.partition('id="shares-due"')[2].partition("</section>")[0]


def test_what_is_due_is_asked_of_whoever_shared_it_then_of_the_coach_then_of_the_leader(here: Place) -> None:
    kai, lou = (here.hire("coach", centre="cheltenham", name=name) for name in ("Kai Sharer", "Lou Owner"))
    leader, due = here.member("leader"), MORNING + timedelta(days=40)
    assert kai.member_id is not None
    assert lou.member_id is not None
    ann, bea = somebody(kai, "Ann Due"), somebody(kai, "Bea Due")
    for person in (ann, bea):
        made = share(here, kai, person, "council", "housing")
    with as_actor(leader) as acts:
        journeys.open_journey(acts, ann.id, owner_id=lou.member_id, basis="task", key=str(uuid.uuid4()))
        far = MORNING + timedelta(days=90)
        people.give_sight(acts, ann.id, kai.member_id, until=far, key=str(uuid.uuid4()))
    assert asked_today(kai, MORNING) == "", "its day has not come"
    assert "Ann Due" in asked_today(kai, due)
    assert asked_today(lou, due) == ""
    acting(here.member("administrator"), team.end_membership, kai.member_id)
    assert "Ann Due" in asked_today(lou, due)
    assert "Bea Due" not in asked_today(lou, due)
    asked = asked_today(leader, due)
    assert "Bea Due" in asked
    assert "Ann Due" not in asked
    acting(leader, sharing.object_to, made, words="They know enough")
    assert "They know enough" in asked_today(leader, MORNING)
    with clock.held_at(due):
        acting(leader, sharing.end_share, made, why="done")
    assert "Bea Due" not in asked_today(leader, due)


def test_whoever_shared_and_sees_them_no_longer_is_asked_no_more(here: Place) -> None:
    kai, lou = (here.hire("coach", centre="cheltenham", name=name) for name in ("Kai Before", "Lou After"))
    leader, due = here.member("leader"), MORNING + timedelta(days=40)
    assert lou.member_id is not None
    ann = somebody(kai, "Ann Handed")
    share(here, kai, ann, "council", "housing")
    with as_actor(leader) as acts:
        journeys.open_journey(acts, ann.id, owner_id=lou.member_id, basis="task", key=str(uuid.uuid4()))
    assert "Ann Handed" not in asked_today(kai, due), "who registered them saw them for thirty days"
    assert "Ann Handed" in asked_today(lou, due)


def test_no_letter_keeps_the_name_that_tells(here: Place) -> None:
    coach = here.member("coach", name="Kit Keeper")
    ann = somebody(coach, "Ann Paper")
    page = reverse("told_who", args=[ann.id])
    share(here, coach, ann, "council", "housing")
    assert 'method="post"' in read(browser_of(coach).get(page)).split("<main")[1]
    share(here, coach, ann, "drugs-service", "housing")
    assert NAME in read(browser_of(coach).get(page))
    browser_of(coach).post(page, {"key": "k"})
    with as_actor(coach):
        assert not Attachment.objects.filter(person_id=ann.id).exists()
