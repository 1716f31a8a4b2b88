"""The appointment book as its pages show it."""

from __future__ import annotations

from datetime import timedelta

from tests.factories import MORNING, TODAY, browser_of, place


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
