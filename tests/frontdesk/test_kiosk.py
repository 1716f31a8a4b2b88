"""The kiosk: by code, by reference, by birth; once at two kiosks; kind words for the rest; and it knows nobody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client
from tests.config.test_routes import EXPECTED, SAID, address_of, keys_of
from tests.factories import MORNING, Place, acting, in_threads, place

from kohti.diary import actions as diary
from kohti.diary import codes
from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.models import Period, Visit
from kohti.kernel import clock, references
from kohti.kernel.actor import DOOR, as_actor
from kohti.kernel.doors import DEVICE_COOKIE
from kohti.kernel.languages import CODES
from kohti.team import devices

ALL = {"languages": list(CODES)}
BORN = date(1984, 3, 11)


@pytest.fixture
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held_at(MORNING):
        yield


def screen(here: Place, kind: str = "kiosk", *, centre: str = "cheltenham") -> Client:
    """The browser of a kiosk or board that was set up just now."""
    with as_actor(here.member("leader", centre=centre)) as leader:
        made = devices.add_device(leader, kind=kind, name="By the door", settings=ALL, device_id=uuid.uuid4())
    with as_actor(DOOR):
        _kind, token = devices.pair(made.code) or ("", "")
    client = Client()
    client.cookies[DEVICE_COOKIE] = token
    return client


def said(client: Client, path: str, language: str = "en", **typed: str) -> str:
    """What the kiosk says to what somebody typed: its text, without the marks."""
    answer = client.post(f"/kiosk/{language}/{path}/", typed)
    assert answer.status_code in (200, 409, 422, 429), answer.status_code
    main = answer.content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", main))


def by_birth(client: Client, born: str, initials: str) -> str:
    return said(client, "born", step="initials", born=born, typed=initials)


def visits(here: Place) -> list[Visit]:
    with as_actor(here.member("leader")):
        return list(Visit.objects.order_by("number"))


def test_who_types_the_code_is_here_and_is_told_a_ticket_and_where_to_sit(here: Place) -> None:
    booking = here.booking(person=here.person("Zebedee Quixworth"))
    text = said(screen(here), "code", typed=f"{booking.code[:3].lower()} {booking.code[3:]}")
    assert "You are checked in" in text
    assert "A001" in text
    assert "10:10" in text
    assert "Zebedee" not in text
    (visit,) = visits(here)
    assert (visit.booking_id, visit.state) == (booking.id, "waiting")


def test_the_reference_and_the_birth_with_initials_find_today_s_appointment_too(here: Place) -> None:
    kiosk = screen(here)
    first, second = here.person("Ada Brown", born=BORN), here.person("Łukasz van der Berg", born=BORN)
    here.booking(person=first)
    here.booking(MORNING + timedelta(minutes=20), person=second)
    assert "You are checked in" in said(kiosk, "code", typed=first.reference.replace("-", " "))
    assert "You are checked in" in by_birth(kiosk, "11 03 1984", "lb")
    assert [visit.person_id for visit in visits(here)] == [first.id, second.id]


def test_of_two_who_fit_neither_is_told_of_the_other(here: Place) -> None:
    kiosk = screen(here)
    here.booking(person=here.person("Ada Brown", born=BORN))
    here.booking(MORNING + timedelta(minutes=20), person=here.person("Adam Black", born=BORN))
    text = by_birth(kiosk, "11031984", "AB")
    assert "Please speak to us" in text
    assert "10:" not in text
    assert visits(here) == []


def test_who_was_born_otherwise_or_is_called_otherwise_is_not_found(here: Place) -> None:
    kiosk = screen(here)
    here.booking(person=here.person("Ada Brown", born=BORN))
    for born, initials in (("12031984", "AB"), ("11031984", "AX"), ("11031984", "A")):
        assert "Please speak to us" in by_birth(kiosk, born, initials)
    assert visits(here) == []


def test_two_kiosks_with_one_code_at_once_give_one_ticket(here: Place) -> None:
    booking = here.booking()
    kiosks = [screen(here), screen(here)]
    texts = in_threads(2, lambda n: said(kiosks[n], "code", typed=booking.code), at_once=2)
    assert all("A001" in str(text) for text in texts), texts
    assert len(visits(here)) == 1


def test_who_did_it_is_in_the_history_with_the_kiosk(here: Place) -> None:
    booking = here.booking()
    said(screen(here), "code", typed=booking.code)
    with connections["owner"].cursor() as owner:
        owner.execute(
            "select e.kind, d.body::jsonb ? 'device' from kernel_historyevent e"
            " join kernel_historydetail d on d.event_id = e.id where e.verb = 'visit.check_in'"
            " and e.person_ids = array[%s]::uuid[]",
            [booking.person_id],
        )
        assert owner.fetchall() == [("guest", True)]


def test_who_is_here_already_keeps_the_ticket_and_hears_when_called(here: Place) -> None:
    kiosk, booking = screen(here), here.booking()
    said(kiosk, "code", typed=booking.code)
    text = said(kiosk, "code", typed=booking.code)
    assert "checked in already" in text
    assert "A001" in text
    (visit,) = visits(here)
    host = here.member("host")
    acting(host, frontdesk.call, visit.id, key="call", desk="Desk 4")
    assert "Please go to Desk 4." in said(kiosk, "code", typed=booking.code)
    acting(host, frontdesk.begin, visit.id, key="begin")
    acting(host, frontdesk.finish, visit.id, key="finish")
    assert "This appointment is over" in said(kiosk, "code", typed=booking.code)


def test_whose_first_appointment_of_the_day_is_done_is_checked_in_for_the_second(here: Place) -> None:
    kiosk, person, host = screen(here), here.person(), here.member("host")
    first, second = (here.booking(MORNING + timedelta(minutes=n), person=person) for n in (0, 40))
    said(kiosk, "code", typed=person.reference)
    (visit,) = visits(here)
    for action in (frontdesk.call, frontdesk.begin, frontdesk.finish):
        acting(host, action, visit.id, key=action.__name__)
    assert "You are checked in" in said(kiosk, "code", typed=person.reference)
    assert [one.booking_id for one in visits(here)] == [first.id, second.id]


@pytest.mark.parametrize("at_the_desk", [True, False])
def test_whoever_waits_as_a_walk_in_keeps_that_one_ticket_when_checked_in(
    here: Place, at_the_desk: bool
) -> None:
    leader, coach, person = here.member("leader"), here.member("coach"), here.person()
    walked_in = acting(
        leader, frontdesk.take_walk_in, here.reasons["evidence"].id, key="walk-in", person_id=person.id
    )
    booking = here.booking(person=person, staff_id=coach.staff_id)
    if at_the_desk:
        assert acting(leader, frontdesk.check_in, booking.id, key="in").ticket == walked_in.ticket
    else:
        assert walked_in.ticket in said(screen(here), "code", typed=booking.code)
    (visit,) = visits(here)
    assert (visit.booking_id, visit.staff_id, visit.state) == (booking.id, coach.staff_id, "waiting")
    with as_actor(leader):
        assert Booking.objects.get(id=booking.id).state == "kept"
    called = acting(coach, frontdesk.call_next, key="next")
    assert called is not None
    assert called.ticket == walked_in.ticket


def test_a_walk_in_who_is_called_already_is_not_told_to_take_a_seat(here: Place) -> None:
    leader, person = here.member("leader"), here.person()
    reason, booking = here.reasons["evidence"].id, here.booking(person=person)
    walked_in = acting(leader, frontdesk.take_walk_in, reason, key="walk-in", person_id=person.id)
    acting(leader, frontdesk.call, walked_in.visit_id, key="call", desk="4")
    text = said(screen(here), "code", typed=booking.code)
    assert f"It is your turn Your ticket {walked_in.ticket}" in text
    assert "Take a seat" not in text


def test_a_code_of_another_day_another_centre_or_a_cancelled_one_is_said_kindly(here: Place) -> None:
    kiosk = screen(here)
    yesterday = here.booking(MORNING - timedelta(days=1))
    tomorrow = here.booking(MORNING + timedelta(days=1))
    elsewhere = here.booking(centre=here.other)
    cancelled = here.booking(MORNING + timedelta(hours=2))
    acting(here.member("leader"), diary.cancel, cancelled.id, key="cancel")
    assert "Your appointment was on Tuesday 10 March 2026 at 10:00" in said(
        kiosk, "code", typed=yesterday.code
    )
    text = said(kiosk, "code", typed=tomorrow.code)
    assert "another day" in text
    assert "Thursday 12 March 2026 at 10:00" in text
    text = said(kiosk, "code", typed=elsewhere.code)
    assert "another centre" in text
    assert here.other.name in text
    assert "cancelled" in said(kiosk, "code", typed=cancelled.code)
    assert visits(here) == []


def test_early_and_late_are_said_with_what_to_do(here: Place) -> None:
    kiosk = screen(here)
    early, late = here.booking(MORNING + timedelta(hours=3)), here.booking(MORNING - timedelta(minutes=30))
    text = said(kiosk, "code", typed=early.code)
    assert "You are early" in text
    assert "from 12:00 on" in text
    assert "You will still be seen." in said(kiosk, "code", typed=late.code)
    assert [visit.booking_id for visit in visits(here)] == [late.id]


def test_too_many_wrong_codes_send_people_to_the_desk_for_a_while(here: Place) -> None:
    kiosk, other = screen(here), screen(here)
    booking = here.booking()
    for n in range(12):
        assert "429" not in said(kiosk, "code", typed="BCDFG" + "BCDFGHJKMNPR"[n])
    assert kiosk.post("/kiosk/en/code/", {"typed": booking.code}).status_code == 429
    assert "You are checked in" in said(other, "code", typed=booking.code)


def test_one_code_tried_at_many_kiosks_is_counted_as_one(here: Place) -> None:
    for _kiosk in range(5):
        said(screen(here), "code", typed="ZZZZZZ")
    assert screen(here).post("/kiosk/en/code/", {"typed": "ZZZZZZ"}).status_code == 429


def test_whoever_would_rather_speak_takes_one_ticket_of_nobody(here: Place) -> None:
    kiosk = screen(here)
    assert "ticket for the desk" in kiosk.get("/kiosk/en/speak/").content.decode()
    texts = [said(kiosk, "speak", key="one press, sent twice") for _press in range(2)]
    assert all("D001" in text for text in texts), texts
    (visit,) = visits(here)
    assert (visit.person_id, visit.booking_id, visit.given_name, visit.state) == (None, None, "", "waiting")
    assert visit.title["en"] == "Does not want to say"
    with as_actor(here.member("leader")):
        assert Period.objects.filter(visit=visit).count() == 1


def test_after_the_day_was_closed_no_ticket_is_drawn(here: Place) -> None:
    kiosk, booking = screen(here), here.booking()
    leader = here.member("leader")
    acting(leader, frontdesk.close_day, here.centre.id, MORNING.date(), key="close")
    assert "closed" in said(kiosk, "speak", key="late")
    assert "Please speak to us" in said(kiosk, "code", typed=booking.code)
    assert visits(here) == []


def test_without_javascript_each_key_writes_one_letter(here: Place) -> None:
    kiosk = screen(here)
    page = kiosk.post("/kiosk/en/code/", {"typed": "KR", "press": "T"}).content.decode()
    assert 'value="KRT"' in page
    page = kiosk.post("/kiosk/en/code/", {"typed": "KRT", "press": "back"}).content.decode()
    assert 'value="KR"' in page
    page = kiosk.post("/kiosk/en/born/", {"typed": "11031984"}).content.decode()
    assert "Your first letters" in page
    assert kiosk.post("/kiosk/en/born/", {"typed": "11131984"}).status_code == 422


def test_what_was_typed_badly_is_said_beside_the_field(here: Place) -> None:
    kiosk = screen(here)
    answer = kiosk.post("/kiosk/en/code/", {"typed": "<b>7"})
    assert answer.status_code == 422
    assert "six letters" in answer.content.decode()


def test_a_kiosk_speaks_its_languages_and_no_other(here: Place) -> None:
    kiosk = screen(here)
    page = kiosk.get("/kiosk/").content.decode()
    for name in ("English", "Suomi", "Dansk", "Nederlands", "Polski"):
        assert name in page
    assert 'lang="pl"' in kiosk.get("/kiosk/pl/").content.decode()
    assert kiosk.get("/kiosk/xx/").status_code == 404


def test_a_kiosk_knows_no_other_address(here: Place) -> None:
    """Each address answers it as it answers nobody; a board's is not a kiosk's."""
    kiosk, nobody = screen(here), Client()
    tried = 0
    for name, method in EXPECTED:
        if name.startswith("kiosk") or name in ("device_set_up", "enter_as"):
            continue
        somewhere = {key: SAID.get(key) or (7 if key == "pk" else uuid.uuid4()) for key in keys_of(name)}
        address = address_of(name, somewhere)
        mine, theirs = (client.generic(method, address) for client in (kiosk, nobody))
        assert mine.status_code == theirs.status_code, (name, method)
        assert mine.get("Location") == theirs.get("Location"), (name, method)
        tried += 1
    assert tried > 100
    assert kiosk.get("/board/")["Location"] == "/device/"


def test_an_ended_kiosk_goes_to_where_it_is_set_up(here: Place) -> None:
    kiosk = screen(here)
    with as_actor(here.member("leader")) as leader:
        (one,) = devices.devices(leader)
        assert one.seen_at is None or one.seen_at == MORNING
        devices.end_device(leader, one.id)
    assert kiosk.get("/kiosk/")["Location"] == "/device/"


def test_when_a_kiosk_was_last_seen_is_noted_every_ten_minutes_and_not_at_each_page(here: Place) -> None:
    kiosk = screen(here)

    def seen() -> object:
        with as_actor(here.member("leader")) as leader:
            return devices.devices(leader)[0].seen_at

    kiosk.get("/kiosk/")
    with clock.held_at(MORNING + timedelta(minutes=9)):
        kiosk.get("/kiosk/")
    assert seen() == MORNING
    with clock.held_at(MORNING + timedelta(minutes=11)):
        kiosk.get("/kiosk/")
    assert seen() == MORNING + timedelta(minutes=11)


def test_a_screen_is_set_up_by_its_code_and_wrong_ones_are_counted(here: Place) -> None:
    with as_actor(here.member("leader")) as leader:
        made = devices.add_device(leader, kind="board", name="By the door", device_id=uuid.uuid4())
    client = Client(REMOTE_ADDR="192.0.2.7")
    assert client.post("/device/", {"code": "ABCD EFGH"}).status_code == 422
    assert client.post("/device/", {"code": made.code.lower()})["Location"] == "/board/"
    assert client.get("/board/").status_code == 200
    for _try in range(9):
        client.post("/device/", {"code": "ABCD EFGH"})
    assert client.post("/device/", {"code": "ABCD EFGH"}).status_code == 429


def test_its_cookie_is_no_script_s_and_stays(here: Place) -> None:
    kiosk = screen(here)
    kiosk.get("/kiosk/")
    kept = kiosk.cookies[DEVICE_COOKIE]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert int(kept["max-age"]) > 300 * 24 * 3600


def test_a_code_is_given_to_whatever_is_booked_also_beside_our_own_code(here: Place) -> None:
    booking = here.booking()
    assert re.fullmatch("[B-DF-HJ-NP-TV-XZ]{6}", booking.code)
    assert set(codes.LETTERS) < set(references.ALPHABET), "each has its key on the kiosk"
    with connections["owner"].cursor() as owner:
        owner.execute(
            "select column_default from information_schema.columns"
            " where table_name = 'diary_booking' and column_name = 'code'"
        )
        assert "gen_random_uuid" in owner.fetchone()[0]
    with as_actor(DOOR):
        assert not Booking.objects.exists()
