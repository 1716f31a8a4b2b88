"""The link of an appointment: for whoever it is with, worth that appointment alone, and only while it stands."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import MORNING, Place, acting, as_system, as_worker, browser_of, place

from kohti.diary import actions as diary
from kohti.diary import by_link, reminding
from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import short
from kohti.people import actions as people

NOON = MORNING + timedelta(hours=2)


@pytest.fixture(scope="module")
def here() -> Place:
    return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach", name=f"Kim Reed{uuid.uuid4().hex[:4]}")


@pytest.fixture
def booking(here: Place, coach: Actor) -> Booking:
    return here.booking(NOON, person=here.person("Zebedee Quixworth"), staff_id=coach.staff_id)


@pytest.fixture
def browser() -> Client:
    return Client()


def link_of(here: Place, booking: Booking) -> str:
    """The address behind which an appointment stands now."""
    with as_system(here.system):
        return f"/a/{by_link.token_now(booking.id)}/"


def words(answer: Any) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]).split())


def send(browser: Client, address: str, **fields: object) -> Any:
    """A form of a page, with what it hides."""
    page = browser.get(address).content.decode()
    hidden = dict(re.findall(r'name="(key|v)" value="([^"]*)"', page))
    return browser.post(address, hidden | fields)


def stands(here: Place, booking: Booking) -> Booking:
    """The appointment as it is now."""
    with as_system(here.system):
        return Booking.objects.get(id=booking.id)


def test_a_link_shows_its_appointment_and_nothing_else_of_anybody(
    here: Place, booking: Booking, browser: Client
) -> None:
    here.booking(NOON + timedelta(hours=1), person=here.person("Yolanda Other"))
    answer = browser.get(link_of(here, booking))
    said = words(answer)
    assert answer.status_code == 200
    assert "Wednesday 11 March 2026 at 12:00" in said
    assert "Cheltenham" in said
    assert "With Kim" in said
    whole = answer.content.decode()
    for hidden in (
        "Quixworth",
        "Zebedee",
        "Reed",
        "Yolanda",
        "07700",
        "somebody@example.org",
        str(booking.id),
    ):
        assert hidden not in whole, hidden
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in str(answer.headers)


def test_a_person_moves_their_appointment_and_the_old_link_leads_no_further(
    here: Place, booking: Booking, browser: Client
) -> None:
    before = link_of(here, booking)
    page = browser.get(f"{before}move/")
    times = re.findall(r'name="at" value="([^"]+)"', page.content.decode())
    assert 3 <= len(times) <= 9
    answer = send(browser, f"{before}move/", at=times[1])
    assert answer.status_code == 302
    moved = stands(here, booking)
    assert moved.starts == datetime.fromisoformat(times[1])
    assert moved.version == booking.version + 1
    assert answer.url.partition("?")[0] == link_of(here, booking) != before
    assert "at this time now" in words(browser.get(answer.url))
    assert browser.get(before).status_code == 410
    fields = dict(re.findall(r'name="(key|v)" value="([^"]*)"', page.content.decode())) | {"at": times[1]}
    assert browser.post(f"{before}move/", fields).status_code == 410, (
        "another form than the one that moved it"
    )


def test_two_quick_presses_move_once_and_lead_to_the_appointment_both(
    here: Place, booking: Booking, browser: Client
) -> None:
    address = link_of(here, booking)
    page = browser.get(f"{address}move/").content.decode()
    times = re.findall(r'name="at" value="([^"]+)"', page)
    fields = dict(re.findall(r'name="(key|v)" value="([^"]*)"', page)) | {"at": times[1]}
    first, second = (browser.post(f"{address}move/", fields) for _press in range(2))
    assert second.status_code == 302
    assert second.headers["Location"] == first.headers["Location"]
    assert "at this time now" in words(browser.get(second.headers["Location"]))
    assert stands(here, booking).version == booking.version + 1


def test_a_time_that_was_taken_meanwhile_is_refused_and_others_are_offered(
    here: Place, booking: Booking, coach: Actor, browser: Client
) -> None:
    address = link_of(here, booking)
    (taken, *_others) = re.findall(
        r'name="at" value="([^"]+)"', browser.get(f"{address}move/").content.decode()
    )
    here.booking(datetime.fromisoformat(taken), person=here.person(), staff_id=coach.staff_id)
    answer = send(browser, f"{address}move/", at=taken)
    assert answer.status_code == 409
    assert "has just been taken" in words(answer)
    assert taken not in re.findall(r'name="at" value="([^"]+)"', answer.content.decode())
    assert stands(here, booking).starts == NOON


@pytest.mark.parametrize("at", ["", "yesterday", "2026-03-11T12:00", "2026-03-15T12:00:00+00:00", "x" * 5000])
def test_no_time_that_is_not_offered_can_be_had(
    here: Place, booking: Booking, browser: Client, at: str
) -> None:
    assert send(browser, f"{link_of(here, booking)}move/", at=at).status_code == 409
    assert stands(here, booking).starts == NOON


def test_a_person_cancels_with_a_reason_and_the_time_is_free_again(
    here: Place, booking: Booking, coach: Actor, browser: Client
) -> None:
    address = link_of(here, booking)
    assert send(browser, f"{address}cancel/", why="ill").status_code == 302
    gone = stands(here, booking)
    assert (gone.state, gone.reason) == ("cancelled", "I am ill")
    here.booking(NOON, person=here.person(), staff_id=coach.staff_id)
    answer = browser.get(address)
    assert answer.status_code == 410
    assert "This appointment is cancelled" in words(answer)
    assert "01632 960 101" in words(answer)


def test_a_reason_that_is_none_of_ours_is_not_kept(here: Place, booking: Booking, browser: Client) -> None:
    send(browser, f"{link_of(here, booking)}cancel/", why="My mother is in hospital")
    assert stands(here, booking).reason == "I do not want to say"


def test_somebody_says_how_late_they_come_and_takes_it_back(
    here: Place, booking: Booking, coach: Actor, browser: Client
) -> None:
    address = link_of(here, booking)
    answer = browser.post(f"{address}late/", {"minutes": "15", "key": "one"})
    assert answer.status_code == 302
    assert stands(here, booking).late_minutes == 15
    arrivals = browser_of(here.member("host")).get("/arrivals/")
    assert "Comes 15 minutes later" in words(arrivals)
    assert "Comes 15 minutes later" in words(browser_of(coach).get("/day/"))
    assert "15 minutes later" in words(browser.get(address))
    browser.post(f"{address}late/", {"minutes": "0", "key": "two"})
    assert stands(here, booking).late_minutes is None


@pytest.mark.parametrize("minutes", ["", "-5", "121", "1e3", "9999999999"])
def test_only_minutes_up_to_two_hours_are_late(
    here: Place, booking: Booking, browser: Client, minutes: str
) -> None:
    browser.post(f"{link_of(here, booking)}late/", {"minutes": minutes, "key": "k"})
    assert stands(here, booking).late_minutes is None


def test_nobody_is_late_for_another_day(here: Place, coach: Actor, browser: Client) -> None:
    booking = here.booking(NOON + timedelta(days=1), staff_id=coach.staff_id)
    address = link_of(here, booking)
    assert "later will you come" not in words(browser.get(address))
    assert browser.post(f"{address}late/", {"minutes": "5", "key": "k"}).status_code == 409


def test_whatever_leads_no_further_says_so_alike(
    here: Place, booking: Booking, coach: Actor, browser: Client
) -> None:
    dead = here.person("Deceased Soon")
    died = here.booking(NOON + timedelta(days=2), person=dead, staff_id=coach.staff_id)
    old = here.booking(MORNING + timedelta(hours=4), staff_id=coach.staff_id)
    links = [link_of(here, one) for one in (booking, died, old)]
    acting(coach, diary.end_link, booking.id, key=str(uuid.uuid4()))
    with as_system(here.system) as system:
        people.note_death(system, dead.id, died_on=date(2026, 3, 10), died_said="the sister")
    with clock.held_at(MORNING + timedelta(days=1)):
        late = words(browser.get(links[2]))
    pages = [words(browser.get(links[0])), words(browser.get(links[1])), late]
    assert len(set(pages)) == 1
    assert "no longer works" in pages[0]
    assert "01632 960 101" in pages[0]


def test_a_guessed_link_says_nothing_of_anybody(here: Place, booking: Booking, browser: Client) -> None:
    good = link_of(here, booking)
    of_nobody = f"/a/{by_link.token_of(uuid.uuid4(), 1)}/"
    for guessed in (good[:-3] + "xx/", "/a/1/", "/a/.../", of_nobody, f"/a/{booking.id}/"):
        for address in (guessed, f"{guessed}move/", f"{guessed}cancel/"):
            answer = browser.get(address)
            assert answer.status_code == 404, address
            assert "Cheltenham" not in words(answer)
    assert browser.post(f"{of_nobody}cancel/").status_code == 404


def test_guessing_is_throttled(browser: Client) -> None:
    answers = [
        browser.get(
            f"/a/{number}/", headers={"X-Forwarded-For": "203.0.113.9"}, REMOTE_ADDR="203.0.113.9"
        ).status_code
        for number in range(62)
    ]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_too_late_is_too_late_by_the_centre_s_rule(here: Place, booking: Booking, browser: Client) -> None:
    address = link_of(here, booking)
    with clock.held_at(NOON + timedelta(minutes=1)):
        page = words(browser.get(address))
        assert "Choose another time" not in page
        assert browser.get(f"{address}move/").status_code == 302
        assert browser.post(f"{address}cancel/", {"why": "ill", "key": "k"}).status_code == 302
    assert stands(here, booking).state == "booked"


def test_the_page_speaks_the_language_chosen_and_else_the_person_s(here: Place, browser: Client) -> None:
    person = here.person("Aino Virtanen")
    with as_system(here.system):
        type(person).objects.filter(id=person.id).update(languages=["fi"])
    address = link_of(here, here.booking(NOON, person=person))
    assert '<html lang="fi"' in browser.get(address).content.decode()
    for code in ("en", "da", "nl", "pl"):
        page = browser.get(f"{address}?in={code}").content.decode()
        assert f'<html lang="{code}"' in page
        assert f"/move/?in={code}" in page


def test_the_history_says_that_it_was_the_person_themselves(
    here: Place, booking: Booking, browser: Client, owner: Any
) -> None:
    address = link_of(here, booking)
    browser.get(address)
    send(browser, f"{address}cancel/", why="ill")
    kinds = owner.execute(
        "select verb, kind from kernel_historyevent where subject_id = %s and kind = 'guest' order by at, id",
        [booking.id],
    ).fetchall()
    assert ("booking.link_opened", "guest") in kinds
    assert ("booking.cancelled", "guest") in kinds


def test_a_colleague_who_opens_a_link_is_nobody_there(here: Place, booking: Booking) -> None:
    answer = browser_of(here.member("leader")).get(link_of(here, booking))
    assert answer.status_code == 200
    assert "Quixworth" not in answer.content.decode()


def test_pressing_twice_moves_once(here: Place, booking: Booking, browser: Client) -> None:
    address = f"{link_of(here, booking)}late/"
    for _n in range(2):
        browser.post(address, {"minutes": "10", "key": "same"})
    assert stands(here, booking).version == booking.version


def test_whoever_has_come_sees_that_we_know(here: Place, booking: Booking, browser: Client) -> None:
    address = link_of(here, booking)
    acting(here.member("host"), frontdesk.check_in, booking.id, key=str(uuid.uuid4()))
    page = words(browser.get(address))
    assert "we know that you have come" in page
    assert "Cancel" not in page


def test_when_the_clocks_change_an_offered_nine_is_nine_on_the_wall(
    here: Place, coach: Actor, browser: Client
) -> None:
    friday = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
    booking = here.booking(friday, staff_id=coach.staff_id)
    with clock.held_at(friday - timedelta(hours=2)):
        page = browser.get(f"{link_of(here, booking)}move/").content.decode()
    assert "Monday 30 March 2026 at 09:00" in page
    assert "2026-03-30T08:00:00+00:00" in page


def test_an_old_link_is_no_way_to_change_what_moved(here: Place, booking: Booking, browser: Client) -> None:
    address = link_of(here, booking)
    moved = stands(here, booking)
    with as_actor(here.member("leader")) as leader:
        diary.move(leader, booking.id, starts=NOON + timedelta(minutes=30), version=moved.version, key=None)
    assert browser.post(f"{address}cancel/", {"why": "ill", "key": "k"}).status_code == 410
    assert stands(here, booking).state == "booked"


def test_a_coach_gives_out_the_link_and_ends_it(here: Place, owner: Any) -> None:
    coach, someone = here.member("coach"), here.person()
    booking = here.booking(NOON + timedelta(days=1), person=someone, staff_id=coach.staff_id)
    leader = browser_of(here.member("leader"))
    page = leader.get(f"/people/{short(someone.id)}/appointments/").content.decode()
    address = link_of(here, booking)
    assert f"http://testserver{address}" in page
    tell = f"/appointments/{short(booking.id)}/tell/"
    for how in ("mail", "sms"):
        assert leader.post(tell, {"how": how, "language": "en", "key": how}).status_code == 302
    bodies = owner.execute("select body from kernel_message where to_id = %s", [someone.id]).fetchall()
    assert [address in body for (body,) in bodies] == [True, True]
    assert (
        leader.post(tell, {"how": "letter", "language": "da", "key": "paper", "bring": ""}).status_code == 302
    )
    assert leader.post(tell, {"how": "end-link", "language": "en", "key": "end"}).status_code == 302
    assert Client().get(address).status_code == 410
    assert Client().get(link_of(here, booking)).status_code == 200


def test_staff_see_what_was_sent_and_why_not(here: Place) -> None:
    coach = here.member("coach")
    sent, not_sent = here.person(), here.person()
    with as_system(here.system):
        type(sent).objects.filter(id=not_sent.id).update(not_by="Not by phone")
    for number, person in enumerate((sent, not_sent)):
        here.booking(MORNING + timedelta(days=1, minutes=10 * number), person=person, staff_id=coach.staff_id)
    with clock.held_at(MORNING + timedelta(minutes=15)), as_worker():
        reminding.remind(here.system)
    leader = browser_of(here.member("leader"))
    assert "Reminder, text, 11 March 2026, 10:00 Waiting" in words(
        leader.get(f"/people/{short(sent.id)}/appointments/")
    )
    said = words(leader.get(f"/people/{short(not_sent.id)}/appointments/"))
    assert "Not sent How they can be reached safely is for people to read" in said


def test_a_link_says_how_long_the_line_is_now(here: Place, booking: Booking, browser: Client) -> None:
    host, address = here.member("host"), link_of(here, booking)
    early = here.booking(MORNING + timedelta(minutes=10), person=here.person())
    before = words(browser.get(address))
    acting(host, frontdesk.check_in, early.id, key=str(uuid.uuid4()))
    (was,), (now,) = (
        re.findall(r"Waiting now (\d+) ", page) for page in (before, words(browser.get(address)))
    )
    assert int(now) == int(was) + 1


def test_the_page_of_a_link_costs_a_fixed_number_of_statements(
    here: Place, booking: Booking, browser: Client
) -> None:
    address = link_of(here, booking)
    browser.get(address)
    costs = {browser.get(address).headers["X-Kohti-Statements"] for _n in range(2)}
    assert len(costs) == 1
    assert int(costs.pop()) <= 12
