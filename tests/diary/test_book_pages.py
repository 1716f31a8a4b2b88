"""The appointment book as its pages show it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, acting, as_system, browser_of, place

from kohti.config import services
from kohti.diary.actions import NewDropIn, add_drop_in, hours
from kohti.diary.models import Booking, Room
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import blueprint, clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import short


def own(actor: Actor) -> uuid.UUID:
    """What a member is known by in the book."""
    assert actor.staff_id is not None
    return actor.staff_id


def as_typed(day: date, at: str) -> dict[str, str]:
    """A day and a time as a form sends them."""
    return {"day_0": str(day.day), "day_1": str(day.month), "day_2": str(day.year), "at": at}


def filled(page: str, name: str) -> str:
    """What a field of a page begins with."""
    control = re.search(rf'<input[^>]*name="{name}"[^>]*>|<select[^>]*name="{name}".*?</select>', page, re.S)
    assert control, name
    value = re.search(r'value="([^"]*)"( selected)?', re.sub(r'<option value="[^"]*">', "", control[0]))
    return value[1] if value else ""


def test_a_day_shows_who_is_booked_with_whom_and_what_is_free() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach", name="Clara Coach")
    someone = here.person("Amina Karimi")
    here.booking(MORNING + timedelta(hours=1), minutes=30, person=someone, staff_id=coach.staff_id)
    page = browser_of(host).get("/book/").content.decode()
    assert "Clara Coach" in page
    assert "<b>11:00</b> <bdi>Amina Karimi</bdi>" in page
    assert ">Free 10:30<" in page
    assert ">Free 11:00<" not in page
    assert ">Free 11:30<" in page


def test_a_drop_in_stands_in_the_column_of_its_room_and_of_whoever_holds_it_and_is_no_free_time() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    session = NewDropIn(
        title="Debt help", weekday=2, opens=time(13), closes=time(15), first=TODAY, staff_id=own(coach)
    )
    acting(leader, add_drop_in, here.centre.id, session, key="debt")
    here.booking(MORNING + timedelta(hours=4), minutes=30, staff_id=coach.staff_id)
    browser = browser_of(leader)
    by_room = browser.get("/book/?by=room").content.decode()
    quiet = by_room.split(">Quiet room</a>")[1].split("</section>")[0]
    assert "<p><b>09:30–12:00</b> <bdi>Housing drop-in</bdi> <span>Housing partner</span></p>" in quiet
    assert re.findall(r">Free ([\d:]+)<", quiet)[0] == "12:00"
    assert '<li dir="auto">Debt help, 13:00–15:00' in by_room
    by_staff = browser.get("/book/").content.decode()
    assert '<li dir="auto">Housing drop-in, 09:30–12:00, Quiet room, Housing partner</li>' in by_staff
    for page in (by_staff, browser.get(f"/book/week/{short(own(coach))}/").content.decode()):
        # half an hour of it was booked on purpose: what is left stands before and after
        assert re.findall(r"<li data-m=(\d+) data-held><p><b>13:00–15:00</b> <bdi>Debt help", page) == [
            "12",
            "6",
        ]
    mine = by_staff.split(str(coach.facts["name"]))[1].split("</section>")[0]
    assert not {"13:00", "13:30", "14:30"} & set(re.findall(r">Free ([\d:]+)<", mine))


def test_a_time_is_free_until_it_is_over_on_a_page_that_is_opened_again_and_again() -> None:
    here = place()
    here.member("coach")
    browser = browser_of(here.member("host"))

    def is_free(after: timedelta) -> bool:
        with clock.held_at(MORNING + after):
            return ">Free 10:00<" in browser.get("/book/").content.decode()

    half_an_hour = timedelta(minutes=30)
    a_moment = timedelta(seconds=1)
    asked = (timedelta(), half_an_hour - a_moment, half_an_hour, half_an_hour * 3, a_moment)
    assert [is_free(after) for after in asked] == [True, True, False, False, True]


def test_whoever_is_not_seen_stands_in_the_book_without_a_name() -> None:
    here = place()
    coach = here.member("coach")
    someone = here.person("Amina Karimi")
    here.booking(MORNING + timedelta(days=2), person=someone, staff_id=coach.staff_id)
    day = f"/book/?day={TODAY + timedelta(days=2)}"
    assert "<b>10:00</b> <bdi>Somebody</bdi>" in browser_of(here.member("host")).get(day).content.decode()
    assert "Amina Karimi" in browser_of(here.member("leader")).get(day).content.decode()


def test_a_press_on_a_free_time_books_it() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    someone = here.person("Amina Karimi")
    browser = browser_of(leader)
    day = browser.get("/book/").content.decode()
    pressed = re.search(rf'value="(s{short(own(coach))}\.20260311\.1200)"', day)
    assert pressed
    page = browser.get("/book/new/", {"at": pressed[1], "for": short(someone.id)})
    form = page.content.decode()
    assert (filled(form, "at"), filled(form, "staff")) == ("12:00", short(own(coach)))
    assert "Amina Karimi" in form
    answer = browser.post(
        "/book/new/",
        {
            "person": short(someone.id),
            "kind": short(here.kinds["work-search-review"].id),
            **as_typed(TODAY, "12:00"),
            "staff": short(own(coach)),
            "room": "",
            "note": "wheelchair",
            "key": str(uuid.uuid4()),
        },
    )
    assert answer.headers["Location"] == f"/book/?day={TODAY}&said=booked"
    with as_actor(leader):
        row = Booking.objects.get(person_id=someone.id)
    assert (row.starts, row.staff_id, row.note) == (
        MORNING + timedelta(hours=2),
        coach.staff_id,
        "wheelchair",
    )


def test_a_free_time_is_looked_for_here_and_elsewhere_and_one_press_fills_the_form() -> None:
    here = place()
    coach = here.member("coach", name="Clara Coach")
    here.member("coach", centre="gloucester", name="Gloria Gloucester")
    here.booking(MORNING, minutes=120, staff_id=coach.staff_id)
    later = here.member("coach", name="Later Lee")
    here.booking(MORNING, minutes=120, staff_id=later.staff_id)
    browser = browser_of(here.member("host"))
    typed = {
        "kind": short(here.kinds["work-search-review"].id),
        **as_typed(TODAY, ""),
        "note": "wheelchair",
        "key": str(uuid.uuid4()),
    }
    found = browser.post("/book/new/", typed | {"times": "1"})
    assert int(found.headers["X-Kohti-Statements"]) <= 12
    page = found.content.decode()
    assert 'value="wheelchair"' in page
    assert "Gloria" not in page
    first, *rest = re.findall(r'name="take" value="([^"]+)"', page)
    assert len({one[:16] for one in (first, *rest)}) == len(rest) + 1, "each time once"
    with_lee = browser.post("/book/new/", typed | {"times": "1", "staff": short(own(later))}).content.decode()
    assert f'value="2026-03-11.12:00.{short(own(later))}."' in with_lee
    assert first == f"2026-03-11.12:00.{short(own(coach))}."
    form = browser.post("/book/new/", typed | {"take": first}).content.decode()
    taken = {name: filled(form, name) for name in ("at", "staff", "room", "note")}
    assert taken == {"at": "12:00", "staff": short(own(coach)), "room": "", "note": "wheelchair"}
    sent = typed | taken | as_typed(TODAY, taken["at"])
    assert browser.post("/book/new/", sent).headers["Location"] == f"/book/?day={TODAY}&said=booked"
    # Elsewhere it is said who has time, and booked there.
    there = browser.post("/book/new/", typed | {"times": "1", "where": short(here.other.id)}).content.decode()
    assert "Gloria Gloucester · Gloucester" in there
    assert 'name="take"' not in there
    both = browser.post("/book/new/", typed | {"times": "1", "where": "all"}).content.decode()
    assert "Gloria Gloucester" in both
    assert "Clara Coach" in both.split("k-lines")[1]


def test_a_free_time_has_the_room_that_helps_and_the_time_of_the_person() -> None:
    here = place()
    coach, someone = here.member("coach"), here.person("Amina Karimi")
    here.booking(MORNING, minutes=60, person=someone)
    browser = browser_of(coach)
    asked = {"kind": short(here.kinds["work-search-review"].id), "person": short(someone.id), "times": "1"}
    page = browser.post("/book/new/", asked | as_typed(TODAY, "")).content.decode()
    assert re.findall(r'name="take" value="([\d.:-]+)\.', page)[0] == "2026-03-11.11:00"


def test_a_host_finds_who_comes_today_by_a_few_letters() -> None:
    here = place()
    someone = here.person("Amina Karimi")
    here.booking(person=someone)
    here.booking(person=here.person("Somebody Else"))
    page = browser_of(here.member("host")).post("/book/new/", {"q": "ami kar", "find": "1"}).content.decode()
    assert "Amina Karimi" in page
    assert "Somebody Else" not in page


def test_a_host_puts_a_walk_in_who_has_no_appointment_on_the_waiting_list() -> None:
    here = place()
    someone, leader, browser = (
        here.person("Walka Inn"),
        here.member("leader"),
        browser_of(here.member("host")),
    )
    address = f"/people/{short(someone.id)}/appointments/waiting/"
    assert browser.get(address).status_code == 404
    reason = here.reasons["evidence"].id
    acting(leader, frontdesk.take_walk_in, reason, key="walk-in", person_id=someone.id)
    found = browser.post("/book/new/", {"q": "walka", "find": "1"}).content.decode()
    assert f'value="{short(someone.id)}"' in found
    asked = browser.post("/book/new/", {"person": short(someone.id), "times": "1"}).content.decode()
    assert f'href="{address}"' in asked
    page = browser.get(address)
    assert int(page.headers["X-Kohti-Statements"]) <= 12
    assert "Walka Inn" in page.content.decode()
    fields = dict(re.findall(r'name="(key|until_[012])"[^>]*? value="([^"]+)"', page.content.decode()))
    kind = short(here.kinds["work-search-review"].id)
    assert browser.post(address, fields | {"kind": kind}).headers["Location"] == "/diary/waiting-list/?said"
    assert "Walka Inn" in browser.get("/diary/waiting-list/").content.decode()


def test_what_cannot_be_booked_is_said_on_the_form_and_nothing_typed_is_lost() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    here.booking(MORNING + timedelta(hours=2), staff_id=coach.staff_id)
    wanted = {
        "kind": short(here.kinds["work-search-review"].id),
        **as_typed(TODAY, "12:00"),
        "staff": short(own(coach)),
        "note": "wheelchair",
        "key": str(uuid.uuid4()),
    }
    refused = browser_of(host).post("/book/new/", wanted)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "This colleague is already booked at that time." in page
    assert 'value="wheelchair"' in page
    assert "beside what the colleague has" not in page
    # The form is sent again as it is, key and all: what was refused has not been done.
    offered = browser_of(here.member("leader")).post("/book/new/", wanted)
    assert "beside what the colleague has" in offered.content.decode()
    booked = browser_of(here.member("leader")).post("/book/new/", wanted | {"beside": "on"})
    assert booked.status_code == 302
    assert "<em>Beside</em>" in browser_of(host).get("/book/").content.decode()


def test_an_appointment_is_moved_from_its_page() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    booking = here.booking()
    browser = browser_of(host)
    page = browser.get(f"/book/{short(booking.id)}/").content.decode()
    form = page[page.index("/move/") :]
    tomorrow = TODAY + timedelta(days=1)
    sent = {**as_typed(tomorrow, "14:30"), "staff": short(own(coach)), "room": ""}
    sent |= {name: filled(form, name) for name in ("version", "key")}
    answer = browser.post(f"/book/{short(booking.id)}/move/", sent)
    assert answer.headers["Location"] == f"/book/?day={tomorrow}&said=moved"
    late = browser.post(f"/book/{short(booking.id)}/move/", sent | {"key": "another press"})
    assert late.status_code == 409
    assert "A colleague changed this appointment meanwhile." in late.content.decode()


def test_an_appointment_is_cancelled_with_a_word_why() -> None:
    here = place()
    booking, browser = here.booking(), browser_of(here.member("host"))
    without = browser.post(f"/book/{short(booking.id)}/cancel/", {"reason": "", "version": "1", "key": "k"})
    assert without.status_code == 422
    answer = browser.post(
        f"/book/{short(booking.id)}/cancel/", {"reason": "rang, is ill", "version": "1", "key": "k"}
    )
    assert answer.headers["Location"] == f"/book/?day={TODAY}&said=cancelled"
    page = browser.get(f"/book/{short(booking.id)}/").content.decode()
    assert "rang, is ill" in page
    assert "book_cancel" not in page
    assert short(booking.id) not in browser.get("/book/").content.decode()


def test_a_week_shows_the_days_of_one_colleague() -> None:
    here = place()
    coach = here.member("coach")
    here.booking(MORNING, staff_id=coach.staff_id)
    here.booking(MORNING + timedelta(days=1), staff_id=coach.staff_id)
    here.booking(MORNING + timedelta(days=1))
    page = browser_of(coach).get(f"/book/week/{short(own(coach))}/?day={TODAY}").content.decode()
    days = re.findall(r"<h2><a[^>]*>([^<]*)</a>", page)
    assert days[:2] == ["Monday 9 March 2026", "Tuesday 10 March 2026"]
    assert len(days) == 5
    assert page.count("<bdi>") == 2
    elsewhere = here.member("coach", centre="gloucester")
    assert browser_of(coach).get(f"/book/week/{short(own(elsewhere))}/").status_code == 404


def test_a_week_of_a_room_is_reached_from_its_column_and_books_it_with_a_press() -> None:
    here = place()
    coach = here.member("coach", name="Clara Coach")
    with as_actor(coach):
        room = Room.objects.get(centre_id=here.centre.id, code="room-2")
    here.booking(MORNING, staff_id=coach.staff_id, room_id=room.id)
    here.booking(MORNING + timedelta(days=1), staff_id=coach.staff_id)
    browser = browser_of(coach)
    day = browser.get("/book/?by=room").content.decode()
    found = re.search(r'<h2><a href="(/book/week/room/[^"]+)" dir="auto">Room 2</a>', day)
    assert found
    page = browser.get(found[1]).content.decode()
    assert len(re.findall(r"<h2><a[^>]*>([^<]*)</a>", page)) == 5
    assert page.count("<bdi>") == 1
    assert "Clara Coach</span>" in page
    pressed = re.search(rf'name=at value="(r{short(room.id)}\.20260312\.1200)"', page)
    assert pressed
    form = browser.get("/book/new/", {"at": pressed[1]}).content.decode()
    assert (filled(form, "at"), filled(form, "room")) == ("12:00", short(room.id))
    assert browser_of(here.member("coach", centre="gloucester")).get(found[1]).status_code == 404


def test_a_closed_day_and_the_time_that_is_over_offer_nothing() -> None:
    here = place()
    coach = here.member("coach")
    page = browser_of(coach).get("/book/").content.decode()
    assert ">Free 09:30<" not in page
    closed = browser_of(coach).get("/book/?day=2026-03-14").content.decode()
    assert "The centre is closed on this day." in closed
    assert ">Free" not in closed


def test_whoever_the_book_names_is_in_the_history(owner: psycopg.Connection) -> None:
    here = place()
    booking, host = here.booking(), here.member("host")
    browser_of(host).get("/book/")
    row = owner.execute(
        "select person_ids from kernel_historyevent where verb = 'person.listed' and subject_kind = 'book'"
        " and service_id = %s",
        [here.system.service_id],
    ).fetchone()
    assert row == ([booking.person_id],)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 7), ("2026-10-25", 9)])
def test_nine_stays_nine_on_the_day_the_clocks_change(day: str, hours: int) -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    zone = host.zone
    eight = datetime.combine(date.fromisoformat(day), time(8), zone)
    with clock.held_at(MORNING - timedelta(days=1)):
        made = here.booking(eight, minutes=30, staff_id=coach.staff_id)
        late = here.booking(eight.replace(hour=23, minute=45), minutes=30, staff_id=coach.staff_id)
        page = browser_of(host).get(f"/book/?day={day}").content.decode()
    assert "<b>08:00</b>" in page
    assert "<b>23:45</b>" in page
    assert "<span>08:00</span>" in page
    assert (made.day.isoformat(), late.day.isoformat()) == (day, day)
    assert made.starts.astimezone(UTC).hour == (7 if hours == 7 else 8)


def test_the_book_costs_the_same_statements_however_much_is_booked() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    browser = browser_of(leader)
    here.booking(MORNING, staff_id=coach.staff_id)
    browser.get("/queue/")

    def cost(address: str) -> int:
        return int(browser.get(address).headers["X-Kohti-Statements"])

    with as_actor(leader):
        room = Room.objects.get(centre_id=here.centre.id, code="room-2")
    three = (
        "/book/",
        "/book/?by=room",
        f"/book/week/{short(own(coach))}/",
        f"/book/week/room/{short(room.id)}/",
    )
    few = [cost(one) for one in three]
    for n in range(1, 12):
        here.booking(MORNING + timedelta(minutes=10 * n), staff_id=coach.staff_id)
    assert [cost(one) for one in three] == few
    assert max(few) <= 5


def test_rooms_and_desks_come_from_the_blueprint_and_one_that_goes_is_retired() -> None:
    here = place()
    text = services.shipped("gloucestershire")
    host = here.member("host")
    headings = re.findall(
        r"<h2><a [^>]*>([^<]*)</a>", browser_of(host).get("/book/?by=room").content.decode()
    )
    assert headings[:3] == ["Room 1", "Room 2", "Quiet room"]
    assert headings[-1] == "Desk 6"
    plan = blueprint.read(
        text.replace('code = "room-2"\nname = "Room 2"', 'code = "room-3"\nname = "Room 2"')
    )
    with as_system(here.system) as system:
        hours.apply_blueprint(system, plan)
    with as_actor(host):
        rooms = Room.objects.filter(centre_id=here.centre.id, name="Room 2").values_list("code", "retired")
        assert sorted(rooms) == [("room-2", True), ("room-3", False)]


def test_two_rooms_of_a_centre_with_one_name_are_a_fault_of_the_blueprint() -> None:
    text = services.shipped("gloucestershire").replace('name = "Room 2"', 'name = "Room 1"')
    with pytest.raises(blueprint.BadBlueprint, match="two rooms of a centre share a name: Room 1"):
        blueprint.read(text)
