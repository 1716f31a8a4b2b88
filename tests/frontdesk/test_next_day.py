"""Tomorrow's sheet: who comes, who needs what, who is where; by whose eyes, and what the history keeps of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pikepdf
import psycopg
import pytest
from django.urls import reverse
from tests.factories import MORNING, Place, as_system, browser_of, place

from kohti.diary import actions as diary
from kohti.frontdesk import next_day
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import Refused
from kohti.people import actions as people

NAME = "Zebedee Quixworth"
TOMORROW = date(2026, 3, 12)
NINE = MORNING + timedelta(days=1, hours=-1)


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """Tomorrow one comes who needs a ramp, and one whose coach is away; nobody changes it."""
    with clock.held_at(MORNING):
        made = place()
        coach, leader = made.member("coach"), made.member("leader")
        away = made.hire("coach", centre="cheltenham", name="Adela Away")
        assert away.staff_id is not None
        someone = made.person(NAME)
        with as_actor(leader):
            people.add_mark(
                leader,
                someone.id,
                kind="helps",
                words="a ramp at the door",
                review_on=TOMORROW + timedelta(days=9),
                key="ramp",
            )
        made.booking(NINE, person=someone, staff_id=coach.staff_id, minutes=20)
        made.booking(NINE + timedelta(hours=2), staff_id=coach.staff_id, minutes=20)
        made.booking(NINE, person=made.person("Alma Alone"), staff_id=away.staff_id)
        made.booking(person=made.person("Tina Today"), staff_id=coach.staff_id)
        with as_actor(away):
            diary.be_away(away, away.staff_id, TOMORROW, TOMORROW, key="away")
        yield made


def test_the_leader_reads_who_comes_who_needs_what_and_who_is_where(here: Place) -> None:
    leader = here.member("leader")
    with as_actor(leader):
        found = next_day.sheet(leader)
    assert found is not None
    assert found.day == TOMORROW
    assert [found.coming[number].name for number in found.alone] == ["Alma Alone"]
    page = browser_of(leader).get(reverse("tomorrow")).content.decode()
    assert "3 people booked, 1 of them with something to prepare, 1 without a colleague." in page
    assert "a ramp at the door" in page
    assert "Away: Adela Away" in page
    assert "Tina Today" not in page
    mine = next(one for one in found.colleagues if len(one.booked) == 2)
    said = next_day.where(leader, found, mine)
    assert said[0] == "2"
    assert "09:20–11:00" in said[3]


def test_whoever_meets_people_on_the_day_alone_reads_no_name_before_it(
    here: Place, owner: psycopg.Connection
) -> None:
    host = here.member("host")
    browser = browser_of(host)
    page = browser.get(reverse("tomorrow")).content.decode()
    assert "Work search review" in page
    assert not any(word in page for word in ("Quixworth", "ramp", "Alma"))
    told = owner.execute(
        "select person_ids from kernel_historyevent where member_id = %s and verb = 'person.listed'",
        (host.member_id,),
    ).fetchall()
    assert told == []


def test_whose_names_were_read_and_printed_is_in_the_history(here: Place, owner: psycopg.Connection) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    browser.get(reverse("tomorrow"))
    answer = browser.get(reverse("tomorrow_printed"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tomorrow.pdf"'
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == "Tomorrow's sheet"
    for verb in ("person.listed", "day.printed"):
        found = owner.execute(
            "select cardinality(person_ids) from kernel_historyevent where member_id = %s and verb = %s"
            " and subject_kind = 'centre' order by at desc limit 1",
            (leader.member_id, verb),
        ).fetchall()
        assert found == [(3,)]


def test_tomorrow_is_the_next_day_the_centre_is_open(here: Place) -> None:
    leader = here.member("leader")
    friday = MORNING + timedelta(days=2)
    with clock.held_at(friday), as_actor(leader):
        found = next_day.sheet(leader)
    assert found is not None
    assert found.day == date(2026, 3, 16)
    page = browser_of(leader).get(reverse("arrivals")).content.decode()
    assert reverse("tomorrow") in page


def test_gaps_are_what_bookings_and_absences_leave_of_the_opening_hours() -> None:
    opens, closes = NINE, NINE + timedelta(hours=8)

    def spans(*pairs: tuple[int, int]) -> list[next_day.Span]:
        return [(opens + timedelta(minutes=first), opens + timedelta(minutes=last)) for first, last in pairs]

    colleague = next_day.Colleague(
        "A", spans((60, 90), (0, 45), (100, 110)), spans((240, 900)), [], spans((120, 150))
    )
    assert colleague.gaps(opens, closes) == spans((150, 240))
    assert not colleague.away_all_day(opens, closes)
    assert next_day.Colleague("B", [], [], [], []).gaps(opens, closes) == [(opens, closes)]
    assert next_day.Colleague("C", [], spans((-60, 900)), [], []).gaps(opens, closes) == []


def test_a_centre_where_nobody_comes_has_a_sheet_too() -> None:
    empty = place()
    browser = browser_of(empty.member("leader"))
    assert browser.get(reverse("tomorrow")).status_code == 200
    assert browser.get(reverse("tomorrow_printed")).content.startswith(b"%PDF")
    with as_system(empty.system) as system:
        for day in range(1, 29):
            with suppress(Refused):  # Easter
                diary.close_on(system, empty.centre.id, MORNING.date() + timedelta(days=day), "painters")
    assert "stays closed" in browser.get(reverse("tomorrow")).content.decode()
    assert browser.get(reverse("tomorrow_printed")).status_code == 404
