"""Outreach's pages, as a phone without script asks for them."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import psycopg
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, TODAY, acting, browser_of
from tests.outreach import doing
from tests.outreach.doing import Out

from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import short
from kohti.outreach import actions
from kohti.outreach.actions import NewEncounter
from kohti.outreach.models import Encounter, Reached, Round
from kohti.people.actions import NewPerson


def key() -> str:
    return str(uuid.uuid4())


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    assert answer.status_code in (200, 422), text[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2])).replace("&#39;", "'")


def the_form(browser: Client, address: str) -> str:
    """The hidden key of a page's form."""
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', browser.get(address).content.decode())
    assert found is not None
    return found[1]


def test_a_round_is_planned_gone_and_come_back_from_on_a_phone(out: Out) -> None:
    browser, leader = browser_of(out.ann), browser_of(out.leader)
    said = {
        "day_0": TODAY.day,
        "day_1": TODAY.month,
        "day_2": TODAY.year,
        "starts": "10:00",
        "back_by": "12:00",
        "spots": [str(out.square)],
        "goers": [str(out.ann.staff_id)],
        "watcher": str(out.leader.member_id),
        "phone": "07700 900123",
        "go": "1",
        "key": the_form(browser, "/outreach/rounds/new/"),
    }
    alone = browser.post("/outreach/rounds/new/", said)
    assert alone.status_code == 422
    assert "Two go as a rule" in text_of(alone)
    said["goers"] = [str(out.ann.staff_id), str(out.ben.staff_id)]
    gone = browser.post("/outreach/rounds/new/", said)
    again = browser.post("/outreach/rounds/new/", said)
    assert gone.status_code == again.status_code == 302
    assert gone.headers["Location"] == again.headers["Location"]
    assert "Out there" in text_of(browser.get(gone.headers["Location"]))
    # The place of the round is chosen already.
    page = browser.get("/outreach/met/").content.decode()
    assert re.search(rf'value="{out.square}"[^>]* checked', page)
    with clock.held_at(MORNING + timedelta(hours=2, minutes=20)):
        assert "Not back in time" in text_of(leader.get("/outreach/"))
        today = text_of(leader.get("/day/"))
        assert "Not back in time" in today
        assert "07700 900123" in today
        back = gone.headers["Location"].partition("?")[0] + "back/"
        for _press in range(2):
            assert leader.post(back, {"key": key()}).status_code == 302
        assert str(out.ann.facts["name"]) not in text_of(leader.get("/outreach/")).partition("Rounds")[0]
    cancelled = leader.post(gone.headers["Location"].partition("?")[0] + "cancel/", {"key": key()})
    assert cancelled.status_code == 409
    assert "This round is over" in cancelled.content.decode()


def test_whom_one_meets_is_written_taken_back_joined_and_becomes_a_person(out: Out) -> None:
    browser = browser_of(out.ann)
    nobody = browser.post("/outreach/met/", {"nickname": "Cap", "key": key()})
    assert "Say where." in text_of(nobody)
    assert 'value="Cap"' in nobody.content.decode()
    once = key()
    for nickname, key_ in (("Zebo", once), ("Zebo", once), ("Zebo's cap", key()), ("A slip", key())):
        said = {"spot": str(out.square), "nickname": nickname, "about": ["work"], "key": key_}
        answer = browser.post("/outreach/met/", said)
        assert answer.status_code == 302
        assert "zebo" not in unquote(answer.headers["Location"]).casefold()
    page = browser.get(answer.headers["Location"]).content.decode()
    undo = re.search(r'action="(/outreach/met/[^"]+/withdraw/)"', page)
    assert undo is not None
    browser.post(undo[1])
    found = browser.post("/outreach/people/", {"q": "zebo"})
    assert text_of(found).count("met once") == 2
    assert "A slip" not in text_of(browser.get("/outreach/people/"))
    with as_actor(out.ann):
        one, other = Reached.objects.filter(folded__startswith="zebo", centre_id=out.ann.centre).order_by(
            "-made_at", "-id"
        )[:2]
    here = reverse_of(one.id)
    page = browser.get(here).content.decode()
    assert str(other.id) in page
    title = re.findall("<title>(.*?)</title>", page)[0]
    assert "Zebo" not in title
    joined = browser.post(f"{here}join/", {"other": str(other.id), "key": key()})
    page = browser.get(joined.headers["Location"]).content.decode()
    assert "met 2 times" in page
    new = {"full_name": "Zebedee Quixworth", "called": "Zebo", "key": key()}
    became = browser.post(joined.headers["Location"].partition("?")[0] + "person/", new)
    assert became.status_code == 302
    with as_actor(out.ann):
        person = Encounter.objects.filter(nickname="Zebo").order_by("-at", "-id")[0].person_id
    assert person is not None
    assert text_of(browser.get(f"/people/{short(person)}/timeline/")).count("Met out there:") == 2
    undone = browser.post(joined.headers["Location"].partition("?")[0] + "not-them/")
    assert undone.status_code == 302
    assert browser.get(f"/people/{short(person)}/").status_code == 404


def test_somebody_without_a_nickname_who_was_met_long_ago_is_met_again_and_is_one_person(out: Out) -> None:
    browser = browser_of(out.ann)
    first = NewEncounter(spot_id=out.square, at=MORNING - timedelta(days=90))
    acting(out.ann, actions.write_encounters, [first])
    with as_actor(out.ann):
        who = Encounter.objects.get(id=first.id).reached_id
    again = f"/outreach/met/?reached={who}"
    page = browser.get(again).content.decode()
    assert re.search(rf'<option value="{who}"[^>]* selected[^>]*>\s*No nickname', page)
    said = {"spot": str(out.square), "reached": str(who), "key": the_form(browser, again)}
    assert browser.post("/outreach/met/", said).status_code == 302
    with as_actor(out.ann):
        assert Encounter.objects.filter(reached_id=who).count() == 2


def test_whoever_opens_a_round_is_in_the_history_of_those_met_on_it(
    out: Out, owner: psycopg.Connection
) -> None:
    planned = doing.a_thing(out.ann, out.leader, "round_id")
    with as_actor(out.ann):
        starts = Round.objects.get(id=planned).starts
    with clock.held_at(starts + timedelta(minutes=5)):
        first = NewEncounter(spot_id=out.square)
        acting(out.ann, actions.write_encounters, [first])
        with as_actor(out.ann):
            who = Encounter.objects.get(id=first.id, round_id=planned).reached_id
        person = acting(out.ann, actions.become_new, who, NewPerson(full_name="Rea Capp"), key=key())
        assert browser_of(out.ben).get(reverse("round", args=[planned])).status_code == 200
    listed = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'person.listed' and member_id = %s"
        " and %s = any(person_ids)",
        (out.ben.member_id, person),
    ).fetchone()
    assert listed == (1,)


def reverse_of(reached_id: uuid.UUID) -> str:
    return reverse("reached", args=[reached_id])


def test_pages_ask_the_same_however_much_there_is(out: Out) -> None:
    browser, leader = browser_of(out.ann), browser_of(out.leader)
    who = doing.a_thing(out.ann, out.leader, "reached_id", nickname="Many")
    pages = {
        "/outreach/": 6,
        "/outreach/met/": 6,
        "/outreach/people/": 6,
        "/outreach/spots/": 6,
        reverse_of(who): 7,
    }

    def asked() -> dict[str, int]:
        return {page: int(browser.get(page).headers["X-Kohti-Statements"]) for page in pages}

    asked()
    before = asked()
    acting(
        out.ann,
        actions.write_encounters,
        [NewEncounter(spot_id=out.square, nickname=f"Many {n}") for n in range(20)]
        + [NewEncounter(spot_id=out.square, reached_id=who) for n in range(20)],
    )
    assert asked() == before
    assert all(before[page] <= most for page, most in pages.items()), before
    leader.get("/outreach/figures/")
    assert int(leader.get("/outreach/figures/").headers["X-Kohti-Statements"]) <= 6


def test_what_is_counted_is_said_and_a_period_that_ends_before_it_begins_is_not(out: Out) -> None:
    leader = browser_of(out.leader)
    page = text_of(leader.get("/outreach/figures/"))
    assert "however often and by whomever" in page
    days = {"first_0": 2, "first_1": 3, "first_2": 2026, "last_0": 1, "last_1": 3, "last_2": 2026}
    wrong = leader.get("/outreach/figures/", days)
    assert wrong.status_code == 422
    assert "The end comes before the beginning." in text_of(wrong)
