"""The pages about people: what they say, and what stays when something is wrong."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions, queries
from kohti.people.actions import NewPerson
from kohti.people.models import Alert, Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach")


def text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


def new(browser: Client, **typed: str) -> object:
    born = typed.pop("born", "").split("-")
    parts = {f"date_of_birth_{n}": part for n, part in enumerate(reversed(born))} if len(born) == 3 else {}
    return browser.post(reverse("person_new"), {"key": str(uuid.uuid4()), **parts, **typed})


def test_what_was_refused_once_is_saved_when_it_is_sent_again_put_right(here: Place, coach: Actor) -> None:
    someone = acting(coach, actions.register, coach.centre, [NewPerson(full_name="Ann")])[0]
    browser, address = browser_of(coach), reverse("person_change", args=[someone.id, "danger"])
    typed = {"key": str(uuid.uuid4()), "words": "two of you", "reason": "why"}
    until = {"ends_on_0": "1", "ends_on_1": "4"}
    assert browser.post(address, typed | until | {"ends_on_2": "2031"}).status_code == 422
    assert browser.post(address, typed | until | {"ends_on_2": "2026"}).status_code == 302
    with as_actor(coach):
        assert [mark.words for mark in queries.open_person(coach, someone.id).marks] == ["two of you"]


def test_what_was_typed_stays_where_something_is_wrong(coach: Actor) -> None:
    answer = new(
        browser_of(coach),
        full_name="Typed Name",
        language_1="ti",
        interpreter="sgn",
        phone="0770",
        email="no",
    )
    assert answer.status_code == 422  # type: ignore[attr-defined]
    for kept in ("Typed Name", "0770", 'value="ti" selected', 'value="sgn" selected'):
        assert kept in text(answer)


def test_languages_are_chosen_and_shown_by_name_the_often_spoken_first(coach: Actor) -> None:
    browser = browser_of(coach)
    form = text(browser.get(reverse("person_new")))
    often, every = form.split("All languages", 1)
    assert often.index(">English<") < often.index(">Finnish<") < often.index(">Arabic<")
    assert ">Tagalog<" not in often
    assert ">Tagalog<" in every
    page = browser.post(
        reverse("person_new"),
        {"key": str(uuid.uuid4()), "full_name": "Lin Guist", "language_1": "tl", "language_2": "en",
         "language_3": "tl", "interpreter": "tl"},
        follow=True,
    )  # fmt: skip
    assert "Filipino, English" in text(page) or "Tagalog, English" in text(page)
    browser.cookies["kohti_language"] = "fi"
    finnish = text(browser.get(page.request["PATH_INFO"]))
    assert "tagalog, englanti" in finnish
    assert "tl, en" not in finnish


def test_a_language_that_was_held_before_there_was_a_list_stays(coach: Actor) -> None:
    known = NewPerson(
        full_name="Old Words", languages=("en", "nso", "fi", "gsw"), interpreter="Kurmanji, by phone"
    )
    someone = acting(coach, actions.register, coach.centre, [known])[0]
    browser, address = browser_of(coach), reverse("person_change", args=[someone.id, "who"])
    form = text(browser.get(address))
    chosen = re.findall(r'value="([^"]+)" selected', form)
    assert chosen == ["en", "nso", "fi", "gsw", "Kurmanji, by phone"]
    typed = {f"language_{n}": code for n, code in enumerate(chosen[:4], 1)} | {"interpreter": chosen[4]}
    saved = browser.post(address, {"key": str(uuid.uuid4()), "full_name": "Old Words"} | typed)
    assert saved.status_code == 302
    with as_actor(coach):
        card = queries.open_person(coach, someone.id)
    assert (card.languages, card.interpreter) == (known.languages, known.interpreter)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"full_name": "Muhamed Al-Hasimi"}, "the name sounds alike"),
        ({"full_name": "Al Hashimi Mohammed"}, "same names, in another order"),
        ({"full_name": "M. Hashimi", "phone": "+44 7700 900777"}, "same phone or e-mail"),
        ({"full_name": "Mohammed Al Hashimi", "born": "1987-02-12"}, "date of birth nearly the same"),
    ],
)
def test_likely_duplicates_are_shown_with_why(typed: dict[str, str], why: str) -> None:
    here = place()
    coach = here.member("coach")
    known = NewPerson(full_name="Mohammed Al Hashimi", date_of_birth=date(1987, 12, 2), phone="07700 900777")
    acting(coach, actions.register, coach.centre, [known, NewPerson(full_name="Anna Berg")])
    answer = new(browser_of(coach), **typed)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert why in text(answer)
    assert "Anna Berg" not in text(answer)
    assert acting(coach, lambda _actor: Person.objects.count()) == 2


def test_somebody_of_another_centre_is_not_shown_only_the_leaders_are_told() -> None:
    here = place()
    coach = here.member("coach")
    there = here.member("coach", centre="gloucester")
    known = NewPerson(full_name="Zebedee Quixworth", date_of_birth=date(1987, 12, 2))
    acting(there, actions.register, there.centre, [known])
    answer = new(browser_of(coach), full_name="Quixworth Zebedee", born="1987-12-02")
    assert "Ask the team leader" in text(answer)
    assert reverse("person_new") in text(answer)
    assert not re.findall(r"/people/[0-9A-Za-z_-]{22}/", text(answer))
    for leader in (here.member("leader"), here.member("leader", centre="gloucester")):
        with as_actor(leader):
            assert [one.kind for one in queries.alerts(leader)] == ["match"]
    half = new(browser_of(coach), full_name="Zebedee Quixworth", born="1987-12-03")
    assert half.status_code == 302  # type: ignore[attr-defined]


def test_who_asks_too_often_is_told_nothing_more() -> None:
    here = place()
    coach, there = here.member("coach"), here.member("coach", centre="gloucester")
    many = [NewPerson(full_name=f"Person {word}", date_of_birth=date(1980, 1, 1)) for word in "abcdefg"]
    acting(there, actions.register, there.centre, many)
    answers = [acting(coach, actions.ask_elsewhere, one) for one in many]
    assert answers == [True] * 5 + [False] * 2
    assert acting(coach, actions.ask_elsewhere, many[0])
    leader = here.member("leader", centre="gloucester")
    assert acting(leader, lambda _actor: Alert.objects.count()) == 5


@pytest.mark.parametrize(
    "typed", ["quix", "Zebedée", "1987-12-02", "2.12.1987", "+44 7700 900 888", "Z@Q.ORG"]
)
def test_a_person_is_found_by_name_birth_phone_and_mail(typed: str) -> None:
    here = place()
    coach = here.member("coach")
    known = NewPerson(
        full_name="Zebedee Quixworth", date_of_birth=date(1987, 12, 2), phone="07700 900888", email="z@q.org"
    )
    acting(
        coach, actions.register, coach.centre, [known, NewPerson(full_name="Anna Berg", phone="07700 111222")]
    )
    answer = text(browser_of(coach).post(reverse("people_find"), {"q": typed}))
    assert "Zebedee Quixworth" in answer
    assert "Anna Berg" not in answer
    stranger = here.member("coach", name="A Stranger")
    assert "Zebedee" not in text(browser_of(stranger).post(reverse("people_find"), {"q": typed})).replace(
        f'value="{typed}"', ""
    )


def test_the_list_comes_in_pages_in_the_order_of_names() -> None:
    here = place()
    leader = here.member("leader")
    acting(leader, actions.register, leader.centre, [NewPerson(full_name=f"A {n:03d}") for n in range(60)])
    browser = browser_of(leader)
    first = text(browser.get(reverse("people")))
    later = re.search(r'href="(/people/\?after=[^"]+)"', first)
    assert later is not None
    second = text(browser.get(later[1]))
    names = re.findall(r">(A \d{3})<", first + second)
    assert names == [f"A {n:03d}" for n in range(60)]


def test_a_restricted_record_says_whom_to_ask_and_opens_in_an_emergency(here: Place, coach: Actor) -> None:
    leader, named = here.member("leader"), here.member("coach", name="Named Nora")
    someone = acting(coach, actions.register, coach.centre, [NewPerson(full_name="Secret Sam")])[0]
    acting(leader, actions.restrict, someone.id, [named.member_id], "a relative", key=str(uuid.uuid4()))
    browser, address = browser_of(leader), reverse("person", args=[someone.id])
    closed = browser.get(address)
    assert closed.status_code == 403
    assert "Named Nora" in text(closed)
    assert "Secret Sam" not in text(closed)
    emergency = reverse("person_emergency", args=[someone.id])
    assert "Secret Sam" not in text(browser.get(emergency))
    opened = browser.post(emergency, {"key": str(uuid.uuid4()), "reason": "collapsed"}, follow=True)
    assert "Secret Sam" in text(opened)
    assert "Open for one hour" in text(opened)


def test_the_page_of_a_person_costs_a_fixed_number_of_statements(here: Place, coach: Actor) -> None:
    someone = acting(coach, actions.register, coach.centre, [NewPerson(full_name="Counted Cy")])[0]
    for n in range(3):
        acting(coach, actions.write_note, someone.id, f"note {n}", key=str(uuid.uuid4()))
        acting(
            coach, actions.add_contact, someone.id, kind="phone", value=f"07700 90000{n}", key=str(uuid.uuid4())
        )  # fmt: skip
    browser = browser_of(coach)
    for name, most in (("person", 10), ("person_timeline", 10)):
        browser.get(reverse(name, args=[someone.id]))
        answer = browser.get(reverse(name, args=[someone.id]))
        assert int(answer.headers["X-Kohti-Statements"]) <= most, name


def test_a_restricted_person_is_on_the_day_s_list_without_a_name_and_can_be_checked_in(here: Place) -> None:
    leader, host, named = here.member("leader"), here.member("host"), here.member("coach", name="Nan Named")
    someone = here.person("Hidden Harriet")
    booking = here.booking(person=someone)
    acting(leader, actions.restrict, someone.id, [named.member_id], "a relative", key=str(uuid.uuid4()))
    for who in (host, leader):
        page = text(browser_of(who).get(reverse("arrivals")))
        assert "Hidden Harriet" not in page
        assert "Ask Nan Named" in page
    answer = browser_of(host).post(reverse("check_in", args=[booking.id]), {"v": "1"}, follow=True)
    assert answer.status_code == 200
    assert "Their ticket" in text(answer)
    assert "Hidden Harriet" not in text(answer)
