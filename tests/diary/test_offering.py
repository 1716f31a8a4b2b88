"""A time that came free is offered by message to who waits, one after the other, each once; a link says yes or no."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from tests.factories import MORNING, Place, acting, as_system, as_worker, browser_of, in_threads, place

from kohti.diary import actions, by_link, offering
from kohti.diary.models import Booking, Freed, Offer, Wish
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.people.models import Person

NINE = MORNING.replace(hour=9) + timedelta(days=1)
LATER = NINE + timedelta(days=6)


@pytest.fixture(scope="module")
def place_of_all() -> Place:
    return place()


@pytest.fixture
def here(place_of_all: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A service in which nobody waits, whose messages know where it is."""
    monkeypatch.setattr(settings, "CSRF_TRUSTED_ORIGINS", ["https://kohti.example"])
    yield place_of_all
    with as_system(place_of_all.system):
        Wish.objects.filter(ended_at=None).update(ended_at=clock.now(), ended="back")
        Freed.objects.all().delete()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach", name=f"Kim Number{random.randrange(10**6)}")


def ask(here: Place, at: datetime | None = None) -> int:
    """One round of the worker."""
    with clock.held_at(at or clock.now()), as_worker():
        return offering.offer(here.system)


def waits(here: Place, coach: Actor, number: int, **how: Any) -> Booking:
    """The appointment of somebody who would come earlier; the lower the number, the longer they wait."""
    booking = here.booking(LATER + timedelta(minutes=30 * number), minutes=30, staff_id=coach.staff_id)
    with clock.held_at(MORNING + timedelta(seconds=number)):
        acting(coach, actions.ask_earlier, booking.id, key=f"ask {booking.id}", **how)
    return booking


def frees(here: Place, coach: Actor, starts: datetime = NINE, minutes: int = 30) -> None:
    """A time of the coach comes free: somebody cancels."""
    off = here.booking(starts, minutes=minutes, staff_id=coach.staff_id)
    acting(coach, actions.cancel, off.id, reason="ill", key=f"off {off.id}")


def offers(here: Place, coach: Actor) -> list[Offer]:
    """Everything that was offered of a coach's time, in order."""
    with as_system(here.system):
        return list(Offer.objects.filter(staff_id=str(coach.staff_id)).order_by("at", "id"))


def said(here: Place, coach: Actor) -> list[tuple[object, str]]:
    """Whose appointment, and what became of the offer."""
    return [(one.booking_id, one.state) for one in offers(here, coach)]


def address_of(member: Actor) -> str:
    """The address of a colleague's calendar."""
    page = browser_of(member).post("/calendar/", {"key": "once"}).content.decode()
    (found,) = re.findall(r'value="http://testserver(/calendar/[\w-]{43}\.ics)"', page)
    return str(found)


def happened(owner: psycopg.Connection, person_id: object) -> list[tuple[Any, ...]]:
    """What the history has of somebody, and about what."""
    return owner.execute(
        "select verb, subject_id from kernel_historyevent where person_ids @> array[%s::uuid]", [person_id]
    ).fetchall()


def link_of(offer: Offer) -> str:
    return f"/a/offer/{by_link.token_of_offer(offer.id)}/"


def starts(here: Place, booking: Booking) -> datetime:
    with as_system(here.system):
        return Booking.objects.get(id=booking.id).starts


def test_who_waits_longest_is_asked_by_message_and_a_yes_moves_their_appointment(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    second, first = waits(here, coach, 2), waits(here, coach, 1)
    frees(here, coach)
    assert ask(here) == 1
    assert ask(here, MORNING + timedelta(minutes=10)) == 0
    assert said(here, coach) == [(first.id, "open")]
    (offer,) = offers(here, coach)
    (body,) = (
        owner.execute("select body from kernel_message where id = %s", [offer.message_id]).fetchone() or ()
    )
    assert "Thursday 12 March 2026 at 09:00, Cheltenham" in body
    assert f"https://kohti.example{link_of(offer)}" in body
    assert "by 11:00" in body
    assert "review" not in body
    browser = Client()
    page = browser.get(link_of(offer)).content.decode()
    assert "Wednesday 18 March 2026 at 09:30" in page
    assert "Person Number" not in page
    answer = browser.post(link_of(offer), {"answer": "yes"})
    assert answer.status_code == 302
    assert "at this time now" in browser.get(answer.headers["Location"]).content.decode()
    assert (starts(here, first), starts(here, second)) == (NINE, second.starts)
    assert said(here, coach) == [(first.id, "yes")]
    assert "This time is yours" in browser.get(link_of(offer)).content.decode()
    with as_system(here.system):
        assert Booking.objects.get(id=first.id).version == first.version + 1
        assert Wish.objects.get(booking_id=first.id).ended == "filled"
    calendar = Client().get(address_of(coach)).content.decode().replace("\r\n ", "")
    (event,) = [part for part in calendar.split("BEGIN:VEVENT") if f"UID:{first.id}" in part]
    assert "T090000" in event
    assert "SEQUENCE:2" in event
    happened = owner.execute(
        "select verb from kernel_historyevent where person_ids = array[%s]", [first.person_id]
    ).fetchall()
    assert {"offer.made", "booking.link_opened", "booking.moved", "offer.answered"} <= {
        one for (one,) in happened
    }
    assert ask(here, MORNING + timedelta(minutes=20)) == 1
    assert [(one.booking_id, one.starts) for one in offers(here, coach)][1:] == [(second.id, first.starts)]
    told = owner.execute("select about from diary_reminder where booking_id = %s", [first.id]).fetchall()
    assert told == [("moved",)]


def test_who_says_no_or_nothing_keeps_what_they_have_and_the_next_is_asked(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    first, second, third = (waits(here, coach, n) for n in (1, 2, 3))
    frees(here, coach)
    assert ask(here) == 1
    browser = Client()
    (offer,) = offers(here, coach)
    assert browser.post(link_of(offer), {"answer": "no"}).status_code == 302
    assert "Everything stays as it is" in browser.get(link_of(offer)).content.decode()
    assert ask(here, MORNING + timedelta(minutes=1)) == 1
    assert ask(here, MORNING + timedelta(minutes=62)) == 1
    assert said(here, coach) == [(first.id, "no"), (second.id, "late"), (third.id, "open")]
    late = offers(here, coach)[1]
    assert ("offer.ended", second.id) in happened(owner, late.person_id)
    with clock.held_at(MORNING + timedelta(minutes=62)):
        answer = browser.post(link_of(late), {"answer": "yes"})
        assert answer.status_code == 410
        assert "This offer is over" in answer.content.decode()
    assert [starts(here, one) for one in (first, second, third)] == [
        one.starts for one in (first, second, third)
    ]


def test_somebody_who_has_no_appointment_says_yes_and_has_one(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    leader, someone = here.member("leader"), here.person()
    kind = here.kinds["work-search-review"]
    until = LATER.date()
    acting(
        leader,
        actions.ask_for_time,
        someone.id,
        kind.id,
        staff_id=coach.staff_id,
        until=until,
        key=str(someone.id),
    )
    frees(here, coach)
    assert ask(here) == 1
    (offer,) = offers(here, coach)
    answer = Client().post(link_of(offer), {"answer": "yes"})
    assert answer.status_code == 302
    with as_system(here.system):
        made = Booking.objects.get(id=offer.id)
        assert (made.person_id, made.starts, made.staff_id) == (someone.id, NINE, coach.staff_id)
        assert Wish.objects.get(person_id=someone.id).ended == "filled"
    page = Client().get(answer.headers["Location"]).content.decode()
    assert "This time is yours" in page
    assert "at this time now" not in page, "nothing has moved"
    assert said(here, coach) == [(None, "yes")]
    assert ("wish.ended", offer.id) in happened(owner, someone.id)


def test_a_yes_and_a_colleague_who_gives_another_time_at_once_make_one_appointment(
    here: Place, coach: Actor
) -> None:
    leader, other, someone = here.member("leader"), here.member("coach"), here.person()
    kind, until = here.kinds["work-search-review"], LATER.date()
    wish = acting(
        leader,
        actions.ask_for_time,
        someone.id,
        kind.id,
        staff_id=coach.staff_id,
        until=until,
        key=f"w {someone.id}",
    )
    frees(here, coach)
    assert ask(here) == 1
    (offer,) = offers(here, coach)

    assert other.staff_id is not None
    how = {
        "starts": NINE + timedelta(hours=3),
        "staff_id": other.staff_id,
        "version": 0,
        "key": f"gives {wish}",
    }

    def at_once(number: int) -> object:
        if number:
            return Client().post(link_of(offer), {"answer": "yes"}).status_code
        return acting(leader, actions.take_earlier, wish, **how)

    done = in_threads(2, at_once, at_once=2)
    assert not [one for one in done if isinstance(one, Exception) and not isinstance(one, Refused)]
    with as_system(here.system):
        assert Booking.objects.filter(person_id=someone.id).count() == 1


def test_until_when_an_answer_counts_says_its_day_where_that_is_not_today(coach: Actor) -> None:
    with as_actor(coach):
        assert offering.by(MORNING + timedelta(hours=1), coach) == "11:00"
        assert offering.by(NINE, coach) == "Thursday 12 March 2026 at 09:00"


def test_whoever_was_slower_is_told_kindly_and_keeps_what_they_have(here: Place, coach: Actor) -> None:
    first = waits(here, coach, 1)
    frees(here, coach)
    ask(here)
    (offer,) = offers(here, coach)
    here.booking(NINE, minutes=30, staff_id=coach.staff_id)
    answer = Client().post(link_of(offer), {"answer": "yes"})
    assert answer.status_code == 410
    assert "Somebody else has this time now" in answer.content.decode()
    assert starts(here, first) == first.starts
    ask(here)
    assert said(here, coach) == [(first.id, "gone")]


def test_staff_see_who_was_asked_and_take_it_back_before_it_is_sent(
    here: Place, coach: Actor, owner: psycopg.Connection
) -> None:
    first = waits(here, coach, 1)
    frees(here, coach)
    ask(here)
    (offer,) = offers(here, coach)
    browser = browser_of(coach)
    listed = browser.get("/diary/waiting-list/").content.decode()
    assert "suits, until 11:00" in re.sub(r"<[^>]+>", "", listed)
    (back,) = re.findall(r'action="([^"]+/back/)"', listed)
    assert browser.post(back).status_code == 302
    assert "Taken back" in browser.get("/diary/waiting-list/").content.decode()
    assert said(here, coach) == [(first.id, "back")]
    assert owner.execute("select state from kernel_message where id = %s", [offer.message_id]).fetchone() == (
        "cancelled",
    )
    assert Client().post(link_of(offer), {"answer": "yes"}).status_code == 410
    assert ask(here) == 0


@pytest.mark.parametrize(
    ("at", "person", "settle"),
    [
        (MORNING.replace(hour=21), {}, "quiet"),
        (MORNING, {"no_messages": True}, "no messages"),
        (MORNING, {"safe_contact": "Ring after six"}, "own way"),
        (NINE - timedelta(minutes=90), {}, "too soon"),
    ],
)
def test_nobody_is_asked_in_quiet_hours_too_late_or_who_must_not_be_written_to(
    here: Place, coach: Actor, at: datetime, person: dict[str, Any], settle: str
) -> None:
    first = waits(here, coach, 1)
    with as_system(here.system):
        Person.objects.filter(id=str(first.person_id)).update(**person)
    frees(here, coach)
    assert ask(here, at) == 0, settle
    assert offers(here, coach) == []


def test_two_workers_at_once_ask_one_person_and_of_two_yeses_at_once_one_counts(
    here: Place, coach: Actor
) -> None:
    first, _second = waits(here, coach, 1), waits(here, coach, 2)
    frees(here, coach)
    made = in_threads(2, lambda _n: _as_a_worker(here), at_once=2)
    assert sorted(made) == [0, 1], made  # type: ignore[type-var]
    (offer,) = offers(here, coach)
    other = here.person()

    def at_once(n: int) -> object:
        if n == 0:
            return Client().post(link_of(offer), {"answer": "yes"}).status_code
        return here.booking(NINE, minutes=30, person=other, staff_id=coach.staff_id).id

    in_threads(2, at_once, at_once=2)
    with as_system(here.system):
        then = list(
            Booking.objects.filter(starts=NINE, staff_id=str(coach.staff_id), holds=True).order_by("id")
        )
    assert len(then) == 1
    assert (said(here, coach)[0][1] == "yes") == (then[0].id == first.id)


def _as_a_worker(here: Place) -> int:
    from django.db import connections

    connections["default"] = connections["worker"]
    return offering.offer(here.system)


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 30))])
def test_whatever_happens_nobody_is_asked_twice_and_no_time_is_promised_twice(
    here: Place, coach: Actor, seed: int
) -> None:
    die, now = random.Random(seed), MORNING
    waiting = [waits(here, coach, n, closes=time(17)) for n in range(4)]
    pieces = [NINE + timedelta(minutes=30 * n) for n in range(4)]
    held = [here.booking(one, minutes=30, staff_id=coach.staff_id) for one in pieces]
    for _step in range(18):
        now += timedelta(minutes=die.randrange(1, 40))
        with clock.held_at(now):
            _one_step(here, coach, die, held, pieces)
            ask(here, now)
        _promises(here, coach)
    if seed == 0:  # others may answer nothing at all
        assert {one.state for one in offers(here, coach)} & {"yes", "no"}
    for one in waiting:
        assert starts(here, one) <= one.starts


def _one_step(
    here: Place, coach: Actor, die: random.Random, held: list[Booking], pieces: list[datetime]
) -> None:
    what = die.choice(("cancel", "cancel", "yes", "yes", "no", "book", "back"))
    opened = [one for one in offers(here, coach) if one.state == "open"]
    try:
        if what == "cancel" and held:
            off = held.pop(die.randrange(len(held)))
            acting(coach, actions.cancel, off.id, reason="ill", key=f"off {off.id}")
        elif what == "book":
            held.append(here.booking(die.choice(pieces), minutes=30, staff_id=coach.staff_id))
        elif opened and what == "back":
            acting(coach, actions.take_back_offer, die.choice(opened).id)
        elif opened and what in ("yes", "no"):
            Client().post(link_of(die.choice(opened)), {"answer": what})
    except Refused:
        return


def _promises(here: Place, coach: Actor) -> None:
    """What must be so at any moment."""
    found = offers(here, coach)
    asked = [(one.person_id, one.starts) for one in found]
    assert len(asked) == len(set(asked))
    opened = sorted((one.starts, one.ends) for one in found if one.state == "open")
    assert all(one[1] <= other[0] for one, other in pairwise(opened))
    with as_system(here.system):
        for one in found:
            if one.state == "yes":
                booking = Booking.objects.get(id=str(one.booking_id))
                assert booking.starts <= one.starts
        then = Booking.objects.filter(staff_id=str(coach.staff_id), holds=True).order_by("starts")
        ends = [(one.starts.astimezone(UTC), one.ends) for one in then]
    assert all(one[1] <= other[0] for one, other in pairwise(ends))
