"""Who of us knows what: written by each, found in the same words as who else helps, with whether they are here."""

from __future__ import annotations

import re
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.diary import actions as diary
from kohti.diary.rota import actions as rota
from kohti.diary.rota.actions import Placed
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere
from kohti.kernel.ids import short
from kohti.partners import queries as directory
from kohti.partners.expertise import actions, queries
from kohti.partners.expertise.actions import Knows
from kohti.partners.queries import Asked
from kohti.team import actions as team


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        made = place()
        says(
            made,
            "Bea Quint",
            fields=["money"],
            languages=["ar", "fr"],
            known="Debt relief, bailiffs",
            reached="214",
        )
        says(made, "Karel Ost", "leader", fields=["housing"], languages=["pl"])
        says(made, "Ines Moor", fields=["money"], languages=["pl"], known="Benefits for families")
        return made


def says(here: Place, name: str, role: str = "coach", **knows: Any) -> Actor:
    """A colleague who writes what they know."""
    one = here.member(role, name=name)
    keep(one, one, **knows)
    return one


def keep(actor: Actor, of: Actor, *, key: str = "", **knows: Any) -> None:
    acting(actor, actions.keep_expertise, of.staff_id, Knows(**knows), key=key or str(uuid.uuid4()))


def who(here: Place, text: str = "", **asked: Any) -> list[str]:
    host = here.member("host")
    with as_actor(host):
        wanted = directory.understood(host, Asked(text=text, **asked))
        return [one.name for one in queries.knowing(host, wanted).lines]


def test_a_colleague_who_knows_is_found_as_one_asks(here: Place) -> None:
    assert who(here, "who here knows about debt relief in Arabic") == ["Bea Quint"]
    assert who(here, "who here knows about debt relief") == ["Bea Quint", "Ines Moor"]  # who says it first
    assert who(here, "who speaks Polish?") == ["Ines Moor", "Karel Ost"]
    assert who(here, "kuka osaa arabiaa") == ["Bea Quint"]
    assert who(here, "nowhere to sleep tonight") == ["Karel Ost"]  # a field of life, as people say it
    assert who(here, "families") == ["Ines Moor"]
    assert who(here, "quint") == ["Bea Quint"]
    assert who(here, fields=["housing"]) == ["Karel Ost"]
    assert who(here, "bicycle repair") == who(here, "who knows about bicycles") == who(here) == []
    # Only where somebody is asked for is a word alone enough.
    assert who(here, "relief at last") == []


def test_each_writes_what_they_know_and_who_keeps_the_directory_for_all(here: Place) -> None:
    coach, host, leader = (here.member(role) for role in ("coach", "host", "leader"))
    keep(host, host, known="Sign language")
    assert who(here, "sign language") == [host.facts["name"]]
    with pytest.raises(NotAllowed):
        keep(host, coach, known="Not mine to say")
    keep(leader, coach, known="Beekeeping", fields=["no such field", "work"], key="once")
    keep(leader, coach, known="Never", key="once")
    assert coach.staff_id is not None
    found = acting(host, queries.colleague, coach.staff_id)
    assert (found.known, found.fields, found.organisation) == ("Beekeeping", ("work",), "Jobcentre")
    keep(coach, coach)
    keep(host, host)
    assert who(here, "beekeeping") == who(here, "sign language") == []
    with pytest.raises(NotThere):
        acting(leader, actions.keep_expertise, uuid.uuid4(), Knows(), key="nobody")


def test_whoever_has_left_is_found_no_more(here: Place) -> None:
    gone = says(here, "Otto Prell", known="Glassblowing")
    assert who(here, "glassblowing") == ["Otto Prell"]
    administrator = here.member("administrator")
    acting(administrator, team.end_membership, gone.member_id)
    with clock.held_at(MORNING + timedelta(seconds=1)):
        assert who(here, "glassblowing") == []
        assert "Otto Prell" not in [one.name for one in acting(administrator, queries.colleagues).lines]


def test_the_search_shows_colleagues_with_whether_they_are_here_and_how_they_are_reached(here: Place) -> None:
    host = here.member("host")
    browser = browser_of(host)
    bea = next(one for one in acting(host, queries.colleagues).lines if one.name == "Bea Quint")
    here.booking(MORNING + timedelta(hours=2), staff_id=bea.staff_id)
    asked = {"q": "who knows about debt relief in Arabic"}
    answer = browser.post(reverse("directory"), asked)
    assert int(answer.headers["X-Kohti-Statements"]) <= 8
    page = answer.content.decode().partition("<main")[2]
    for text in ("Colleagues", "Bea Quint", "Debt relief, bailiffs", "214", "Here today", "Arabic, French"):
        assert text in page
    one = browser.get(reverse("colleague_knows", args=[bea.staff_id]))
    assert "How colleagues reach them" in one.content.decode()
    body, first = (
        here.organisation("housing-body"),
        [Placed(weekday=2, opens=time(9), closes=time(15, 30), staff_id=bea.staff_id)],
    )
    acting(here.member("leader"), rota.keep_rota, body, MORNING.date(), first, key=str(uuid.uuid4()))
    assert "Here today, until 15:30" in browser.get(reverse("who_knows")).content.decode()
    with clock.held_at(MORNING - timedelta(hours=2)):
        assert "Here today, 09:00–15:30" in browser.get(reverse("who_knows")).content.decode()
    with as_actor(here.member("leader")) as leader:
        diary.be_away(leader, bea.staff_id, MORNING.date(), MORNING.date(), key=str(uuid.uuid4()))
    assert "Away today" in browser.get(reverse("who_knows")).content.decode()
    assert "Bea Quint" not in browser.post(reverse("directory"), {"q": "pottery"}).content.decode()


def test_one_writes_it_on_a_page_of_one_s_own(here: Place) -> None:
    host = here.member("host")
    browser = browser_of(host)
    assert host.staff_id is not None
    address = reverse("colleague_knows_change", args=[host.staff_id])
    assert address in browser.get(reverse("who_knows")).content.decode()
    typed = {"fields_of_life": ["health"], "languages": ["so"], "known": "<b>Football</b>", "reached": "ext. 7",
             "key": str(uuid.uuid4())}  # fmt: skip
    wrong = browser.post(address, {**typed, "languages": ["klingon"]})
    assert wrong.status_code == 422
    assert "ext. 7" in wrong.content.decode()
    done = browser.post(address, typed)
    assert done.status_code == 302
    assert short(host.staff_id) in done.headers["Location"]
    page = browser.get(done.headers["Location"]).content.decode()
    assert "&lt;b&gt;Football" in page
    assert "<b>Football" not in page
    again = browser.get(address).content.decode()
    assert re.search(r'value="health"[^>]*checked', again)
    assert not re.search(r'value="money"[^>]*checked', again)
    of_another = reverse("colleague_knows_change", args=[here.member("coach").staff_id])
    assert browser.get(of_another).status_code == 404
