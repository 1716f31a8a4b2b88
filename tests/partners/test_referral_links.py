"""A partner without an account answers by a link: opened once, for one browser, showing what was agreed and no more."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place
from tests.partners.referring import waiting_for

from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.kernel.outbox.models import Message
from kohti.partners import actions as directory
from kohti.partners.referrals import actions, links, queries
from kohti.partners.referrals.actions import Wanted
from kohti.partners.referrals.models import Referral
from kohti.people import actions as people


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture(scope="module")
def debts(here: Place) -> uuid.UUID:
    words = directory.PartnerWords(name="Debt help")
    with clock.held_at(MORNING):
        return acting(here.member("leader"), directory.add_partner, words, key=key())


def key() -> str:
    return str(uuid.uuid4())


def somebody(coach: Actor) -> uuid.UUID:
    """Ann, with a telephone number, an aim of money, one of work, and a sealed note of money's neighbour."""
    new = people.NewPerson(full_name="Ann Other", called="Annie", phone="07700 900123")
    person = acting(coach, people.register, coach.centre, [new], key=key())[0].id
    assert coach.member_id is not None
    way = acting(coach, journeys.open_journey, person, owner_id=coach.member_id, basis="task", key=key())
    aims = [
        journeys.NewAim(words="Pay the rent in time", field="money"),
        journeys.NewAim(words="Bake again", field="work"),
    ]
    acting(coach, journeys.change_plan, way, aims, key=key())
    acting(coach, people.write_note, person, "Owes two months of rent.", fields=["money"], key=key())
    acting(coach, people.write_note, person, "Owes it to a dealer.", fields=["money", "health"], key=key())
    return person


def referred(here: Place, debts: uuid.UUID, **how: object) -> uuid.UUID:
    coach = here.member("coach")
    values: dict[str, object] = {
        "partner_id": debts,
        "name": "Dora Debt",
        "address": "dora@example.org",
        "how": "message",
        "about": "Two months of rent.",
        "fields": {"money": "To make a plan"},
        "until": TODAY + timedelta(days=30),
    }
    made = acting(coach, actions.write, somebody(coach), Wanted(**(values | how)), key=key())  # type: ignore[arg-type]
    acting(coach, actions.send, made, key=key())
    return made


def mailed(here: Place, referral: uuid.UUID) -> tuple[str, Message]:
    """The address of the link that was mailed, and the mail."""
    before = key()
    made = acting(here.member("coach"), links.make, referral, mail=True, key=before)
    assert made is not None
    with as_system(here.system):
        mail = Message.objects.filter(service_id=here.system.service, kind="referral.link").latest("id")
    return "/" + made.address.partition("/r/")[1].strip("/") + "/" + made.address.partition("/r/")[2], mail


def opened(address: str) -> Client:
    browser = Client()
    assert browser.post(f"{address}open/").status_code == 302
    return browser


def text_of(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    return answer.content.decode()


def test_a_partner_reads_what_was_agreed_and_answers(here: Place, debts: uuid.UUID) -> None:
    referral = referred(here, debts)
    address, mail = mailed(here, referral)
    assert address in mail.body
    assert mail.address == "dora@example.org"
    assert "Ann" not in f"{mail.subject} {mail.body} {address}"
    # a mail program that looks at the link opens nothing
    for browser in (Client(), Client()):
        door = text_of(browser, address)
        assert "Open it in this browser" in door
        assert "Ann" not in door
    dora = opened(address)
    page = text_of(dora, address)
    for shown in (
        "Ann Other",
        "Annie",
        "Two months of rent.",
        "To make a plan",
        "Pay the rent in time",
        "Owes two",
    ):
        assert shown in page
    for hidden in ("07700", "Bake again", "dealer", "Safe contact"):
        assert hidden not in page
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert "Ann" not in title[1]
    said = {"state": "accepted", "words": "Monday at ten.", "name": "Dora Debt", "key": key()}
    for _twice in range(2):
        assert dora.post(f"{address}answer/", said).status_code == 302
    with as_actor(here.member("coach")) as coach:
        turns = queries.page(coach, referral).turns
    assert [(one.state, one.words, one.by) for one in turns if not one.here] == [
        ("seen", "", ""),
        ("accepted", "Monday at ten.", "Dora Debt"),
    ]
    assert dora.post(f"{address}answer/", {"state": "declined", "key": key()}).status_code == 422
    assert dora.post(f"{address}answer/", {"state": "sent", "key": key()}).status_code == 403


def test_a_second_browser_is_told_so_and_can_ask_for_a_new_link(here: Place, debts: uuid.UUID) -> None:
    referral = referred(here, debts)
    address, _mail = mailed(here, referral)
    opened(address)
    other = Client()
    other.post(f"{address}open/")
    page = text_of(other, address, 410)
    assert "This link was opened already" in page
    assert "Ann" not in page
    for _twice in range(2):
        assert other.post(f"{address}again/").status_code == 302
    assert "You have asked for a new link." in text_of(other, address, 410)
    with as_actor(here.member("coach")) as coach:
        out = waiting_for(coach)
        assert referral in {one.id for one in out if one.unread}
        assert [one.state for one in queries.page(coach, referral).turns] == ["sent", "again"]
    again, _mail = mailed(here, referral)
    assert "This link no longer works" in text_of(Client(), address, 410)
    assert "Ann Other" in text_of(opened(again), again)


def test_what_ends_is_gone_on_the_next_request(here: Place, debts: uuid.UUID) -> None:
    coach, referral = here.member("coach"), referred(here, debts)
    address, _mail = mailed(here, referral)
    dora = opened(address)
    assert "Ann Other" in text_of(dora, address)
    acting(coach, links.end, referral)
    assert "Whoever sent it has ended it" in text_of(dora, address, 410)
    again, _mail = mailed(here, referral)
    dora = opened(again)
    with clock.held_at(MORNING + timedelta(days=15)):
        assert "This link was good until a day that has passed." in text_of(dora, again, 410)
    acting(coach, actions.withdraw, referral, why="", key=key())
    typed = dora.post(f"{again}answer/", {"state": "accepted", "words": "Gladly!", "key": key()})
    assert typed.status_code == 410
    assert "This was withdrawn" in typed.content.decode()
    assert "Gladly!" in typed.content.decode()
    with as_actor(coach):
        assert Referral.objects.get(id=referral).state == "withdrawn"
    with pytest.raises(Refused, match="This is over"):
        acting(coach, links.make, referral, mail=False, key=key())
    assert Client().get(reverse("referral_link", args=["guessed"])).status_code == 404


def test_the_link_of_a_restricted_record_opens_nothing(here: Place, debts: uuid.UUID) -> None:
    coach, referral = here.member("coach"), referred(here, debts)
    address, _mail = mailed(here, referral)
    dora = opened(address)
    with as_actor(coach):
        person = Referral.objects.get(id=referral).person_id
    assert coach.member_id is not None
    acting(here.member("leader"), people.restrict, person, [coach.member_id], "a relative", key=key())
    assert "Ann Other" not in text_of(dora, address, 410)


def test_a_link_that_is_given_by_hand_is_shown_once(here: Place, debts: uuid.UUID) -> None:
    coach = browser_of(here.member("coach"))
    made = acting(
        here.member("coach"),
        actions.write,
        somebody(here.member("coach")),
        Wanted(
            partner_id=debts,
            how="walk",
            about="Rent.",
            fields={"money": ""},
            until=TODAY + timedelta(days=9),
        ),
        key=key(),
    )
    there = reverse("referral", args=[made])
    shown = coach.post(f"{there}do/", {"do": "send", "key": "once"}).content.decode()
    assert "It is shown this once" in shown
    address = re.search(r"/r/[\w-]+/", shown)
    assert address is not None
    assert address[0] not in coach.get(there).content.decode()
    assert "Ann Other" in text_of(opened(address[0]), address[0])
    # they rang instead: whoever sent it writes down what they said
    said = {"do": "answer", "state": "accepted", "key": key()}
    assert coach.post(f"{there}do/", said).status_code == 302


def test_only_who_holds_the_key_of_what_is_shown_makes_a_link(here: Place, debts: uuid.UUID) -> None:
    coach = here.member("coach")
    person = somebody(coach)
    with as_actor(coach):
        people.write_note(coach, person, "a clinic", fields=["health"], key=key())
    wanted = Wanted(
        partner_id=debts,
        how="message",
        about="Rent.",
        fields={"health": "", "money": ""},
        until=TODAY + timedelta(days=9),
    )
    made = acting(coach, actions.write, person, wanted, key=key())
    acting(coach, actions.send, made, key=key())
    leader = here.member("leader")
    with pytest.raises(Refused, match="you do not hold its key"):
        acting(leader, links.make, made, mail=False, key=key())
    assert acting(coach, links.make, made, mail=False, key=key()) is not None
