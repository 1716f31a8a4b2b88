"""The diary: bookings that never clash, and a file that changes exactly what it says."""

from __future__ import annotations

import csv
import io
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.factories import MORNING, TODAY, Place, acting, as_worker, place

from kohti.config import addresses
from kohti.diary import actions, jobs, queries
from kohti.diary.actions import NewBooking
from kohti.diary.models import Booking, ImportedFile
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock, sheets
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.sheets import UnreadableSheet
from kohti.people import queries as people
from kohti.people.models import Contact, Grant, Person
from kohti.team import actions as team
from kohti.team.models import Membership, Staff

SHARED = Path(os.environ.get("KOHTI_SHARED", Path(__file__).parents[2] / ".." / "shared"))
HEADER = ["Ref", "Date", "Start", "Minutes", "Customer", "DOB", "Phone", "Email", "With", "Type", "Notes"]
ADA = {
    "Ref": "A1",
    "Date": "2026-03-11",
    "Start": "14:00",
    "Minutes": "10",
    "Customer": "Ada Moss",
    "DOB": "1990-05-17",
    "Phone": "07700 900123",
    "Email": "ada@example.org",
    "With": "Kim Reed",
    "Type": "Work search review",
    "Notes": "",
}
BEN = ADA | {
    "Ref": "B2",
    "Start": "15:00",
    "Customer": "Ben Hale",
    "DOB": "1985-02-03",
    "Phone": "07700 900456",
    "Email": "ben@example.org",
}


def diary_file(*lines: dict[str, str]) -> bytes:
    """A diary file with these lines."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


class Diary:
    """A centre's diary, as its leader imports it."""

    def __init__(self, here: Place | None = None) -> None:
        self.here = here or place()
        self.leader = self.here.member("leader")

    def check(self, content: bytes) -> dict[str, Any]:
        """What a file would do."""
        checked = acting(self.leader, actions.check_file, self.here.centre.id, content, filename="diary.csv")
        return dict(checked.result.as_json())

    def apply(self, *lines: dict[str, str], content: bytes | None = None) -> dict[str, Any]:
        """Import a file."""
        result = acting(
            self.leader,
            actions.apply_file,
            self.here.centre.id,
            content or diary_file(*lines),
            filename="diary.csv",
        )
        return dict(result.as_json())

    def bookings(self) -> list[Booking]:
        """What is booked, in the order of time."""
        with as_actor(self.leader):
            return list(Booking.objects.select_related("person", "staff", "kind").order_by("starts", "id"))

    def booking(self, reference: str) -> Booking:
        """The booking with this reference."""
        return next(one for one in self.bookings() if one.reference == reference)

    def people(self) -> list[str]:
        """The names of the people of the centre."""
        with as_actor(self.leader):
            return list(Person.objects.order_by("sort_key").values_list("full_name", flat=True))


@pytest.fixture
def diary() -> Diary:
    return Diary()


def counts(told: dict[str, Any]) -> tuple[int, int, int]:
    """Importable, refused, unchanged."""
    return told["importable"], told["refused"], told["unchanged"]


# booking


def test_a_person_a_colleague_and_a_room_are_in_one_place_at_a_time(diary: Diary) -> None:
    here, person, staff = diary.here, diary.here.person(), diary.here.staff()
    here.booking(MORNING, person=person, staff_id=staff.id, minutes=30)
    with pytest.raises(Refused, match="This person is already booked at that time"):
        here.booking(MORNING + timedelta(minutes=20), person=person)
    with pytest.raises(Refused, match="This colleague is already booked at that time"):
        here.booking(MORNING + timedelta(minutes=20), staff_id=staff.id)
    here.booking(MORNING + timedelta(minutes=30), person=person, staff_id=staff.id)


def test_a_centre_books_nobody_it_does_not_know(diary: Diary) -> None:
    stranger = diary.here.member("leader", centre="gloucester")
    wanted = NewBooking(
        starts=MORNING,
        minutes=10,
        kind_id=diary.here.kinds["work-search-review"].id,
        person_id=diary.here.person().id,
    )
    with pytest.raises(NotThere):
        acting(stranger, actions.book, diary.here.other.id, [wanted])


def test_nobody_is_in_two_centres_at_once(diary: Diary) -> None:
    person = diary.here.person()
    diary.here.booking(MORNING, person=person)
    with pytest.raises(Refused, match="This person is already booked"):
        diary.here.booking(MORNING, person=person, centre=diary.here.other)


def test_several_are_booked_together_or_not_at_all(diary: Diary) -> None:
    person, kind = diary.here.person(), diary.here.kinds["work-search-review"].id
    wanted = [
        NewBooking(starts=MORNING + timedelta(minutes=minutes), minutes=20, kind_id=kind, person_id=person.id)
        for minutes in (0, 30, 40)
    ]
    with pytest.raises(Refused):
        acting(diary.leader, actions.book, diary.here.centre.id, wanted)
    assert diary.bookings() == []


def test_a_cancelled_time_is_free_again_and_cannot_be_cancelled_twice(diary: Diary) -> None:
    person = diary.here.person()
    booking = diary.here.booking(MORNING, person=person)
    acting(diary.leader, actions.cancel, booking.id, key=None)
    diary.here.booking(MORNING, person=person)
    with pytest.raises(Refused, match="no longer be cancelled"):
        acting(diary.leader, actions.cancel, booking.id, key=None)


def test_the_floor_sees_who_comes_today_and_tomorrow_who_comes_tomorrow(diary: Diary) -> None:
    host = diary.here.member("host")
    today, tomorrow = diary.here.person("Comes Today"), diary.here.person("Comes Tomorrow")
    diary.here.booking(MORNING + timedelta(hours=1), person=today)
    diary.here.booking(MORNING + timedelta(days=1), person=tomorrow)

    def seen() -> list[str]:
        with as_actor(host):
            return list(Person.objects.order_by("sort_key").values_list("full_name", flat=True))

    assert seen() == ["Comes Today"]
    with clock.held_at(MORNING + timedelta(hours=14)):
        assert seen() == ["Comes Tomorrow"]
    with clock.held_at(MORNING + timedelta(days=2)):
        assert seen() == []


def test_who_was_cancelled_is_not_seen_by_the_floor_any_more(diary: Diary) -> None:
    host = diary.here.member("host")
    for starts in (MORNING + timedelta(hours=1), MORNING + timedelta(days=1)):
        acting(diary.leader, actions.cancel, diary.here.booking(starts).id, key=None)
    for moment in (MORNING, MORNING + timedelta(days=1)):
        with clock.held_at(moment), as_actor(host):
            assert not Person.objects.exists()


# a real day


def test_cheltenhams_file_gives_what_is_expected_of_it_and_the_second_time_nothing(diary: Diary) -> None:
    folder = SHARED / "data" / "centre-day"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED against the real day: no shared data at {SHARED} (set KOHTI_SHARED)")
    expected = json.loads((folder / "expected.json").read_text())
    content = (folder / "cheltenham-2026-03-11-diary.csv").read_bytes()
    told = diary.check(content)
    assert diary.bookings() == []
    assert {name: told[name] for name in ("rows", "importable", "with_warnings", "refused", "unchanged")} == {
        "rows": expected["diary_rows"],
        "importable": expected["importable"],
        "with_warnings": expected["importable_with_warnings"],
        "refused": expected["refused"],
        "unchanged": 0,
    }
    assert len(told["problems"]) == expected["refused"] + expected["importable_with_warnings"]
    assert all(one["row"] and one["reason"] for one in told["problems"])

    assert diary.apply(content=content) == told
    bookings = diary.bookings()
    assert len(bookings) == expected["importable"]
    assert len({booking.staff_id for booking in bookings if booking.staff_id}) == expected["coaches"]
    with as_actor(diary.leader):
        assert not Staff.objects.exclude(full_name=diary.leader.facts["name"]).exclude(confirmed_at=None)
        assert Membership.objects.count() == 1

    again = diary.apply(content=content)
    assert counts(again) == (0, expected["refused"], expected["importable"])
    assert [(one.id, one.version) for one in diary.bookings()] == [(one.id, one.version) for one in bookings]


# what a file changes


def test_a_check_changes_nothing(diary: Diary, owner: psycopg.Connection[Any]) -> None:
    def everything() -> list[Any]:
        return [
            owner.execute(
                f"select * from {table} where service_id = %s order by id", (diary.here.system.service_id,)
            ).fetchall()
            for table in ("diary_booking", "people_person", "people_contact", "people_grant", "team_staff")
        ]

    diary.apply(ADA)
    before = everything()
    assert counts(diary.check(diary_file(ADA | {"Start": "16:00", "With": "Somebody New"}, BEN))) == (2, 0, 0)
    assert everything() == before


def test_a_changed_line_changes_its_booking_and_no_other(diary: Diary) -> None:
    diary.apply(ADA, BEN)
    ada, ben = diary.booking("A1"), diary.booking("B2")
    told = diary.apply(ADA | {"Start": "14:30", "Minutes": "20", "Notes": "wheelchair"}, BEN)
    assert counts(told) == (1, 0, 1)
    after = diary.booking("A1")
    assert (after.id, after.version) == (ada.id, ada.version + 1)
    assert (after.starts, after.ends) == (
        datetime.fromisoformat("2026-03-11T14:30Z"),
        datetime.fromisoformat("2026-03-11T14:50Z"),
    )
    assert (after.note, after.person_id, after.staff_id) == ("wheelchair", ada.person_id, ada.staff_id)
    assert diary.booking("B2").version == ben.version


def test_the_preview_shows_what_stood_there_and_what_comes(diary: Diary) -> None:
    diary.apply(ADA, BEN)
    content = diary_file(ADA | {"Start": "14:30", "With": "Jo Park"}, BEN)
    held = acting(
        diary.leader, actions.hold_file, diary.here.centre.id, content, filename="later.csv", key="one"
    )
    assert held.result["changes"] == [
        {
            "row": 2,
            "reference": "A1",
            "fields": [
                {"field": "starts", "before": "2026-03-11 14:00:00", "after": "2026-03-11 14:30:00"},
                {"field": "staff", "before": "Kim Reed", "after": "Jo Park"},
            ],
        }
    ]


def test_two_lines_may_swap_their_times(diary: Diary) -> None:
    diary.apply(ADA, BEN)
    assert counts(diary.apply(ADA | {"Start": "15:00"}, BEN | {"Start": "14:00"})) == (2, 0, 0)
    assert [one.reference for one in diary.bookings()] == ["B2", "A1"]


def test_a_line_may_move_to_another_day_and_is_found_by_its_reference(diary: Diary) -> None:
    diary.apply(ADA)
    before = diary.booking("A1")
    assert counts(diary.apply(ADA | {"Ref": " a 1 ", "Date": "2026-03-12"})) == (1, 0, 0)
    after = diary.booking("A1")
    assert (after.id, after.day) == (before.id, date(2026, 3, 12))
    host = diary.here.member("host")
    with as_actor(host):
        assert not Person.objects.exists()
    with clock.held_at(MORNING + timedelta(days=1)), as_actor(host):
        assert Person.objects.get().full_name == "Ada Moss"


def test_a_visit_that_has_begun_is_not_changed_by_a_file(diary: Diary) -> None:
    diary.apply(ADA, BEN)
    host = diary.here.member("host")
    acting(host, frontdesk.check_in, diary.booking("A1").id, key="in")
    told = diary.apply(ADA | {"Start": "16:00"}, BEN | {"Start": "16:30"})
    assert counts(told) == (1, 1, 0)
    assert "a file cannot change it" in told["problems"][0]["reason"]
    assert diary.booking("A1").state == "kept"


def test_refused_lines_leave_nothing_behind(diary: Diary) -> None:
    told = diary.apply(
        ADA,
        BEN | {"Start": "14:05", "With": "Kim Reed"},
        BEN | {"Ref": "C3", "Minutes": "many", "Customer": "Cy Lane", "With": "Lee Fox"},
    )
    assert counts(told) == (1, 2, 0)
    assert diary.people() == ["Ada Moss"]
    with as_actor(diary.leader):
        assert not Staff.objects.filter(full_name="Lee Fox").exists()
        assert Grant.objects.count() == 1


def test_an_import_is_whole_or_not_at_all(diary: Diary) -> None:
    elsewhere = diary.here.booking(
        datetime.fromisoformat("2026-03-11T15:00Z"), centre=diary.here.other, person=diary.here.person()
    )
    diary.apply(BEN | {"Start": "09:00"})
    ben = diary.booking("B2")
    with as_worker(), as_actor(replace(diary.here.system, centre_id=diary.here.other.id)):
        Booking.objects.filter(id=elsewhere.id).update(person_id=ben.person_id)
    with pytest.raises(Refused, match="This person is already booked at that time"):
        diary.apply(ADA, BEN)
    here = [one for one in diary.bookings() if one.centre_id == diary.here.centre.id]
    assert [one.reference for one in here] == ["B2"]
    assert diary.booking("B2").version == ben.version
    assert "Ada Moss" not in diary.people()


# whom and with whom


def test_unknown_colleagues_become_names_to_confirm_and_not_accounts(diary: Diary) -> None:
    diary.apply(ADA)
    with as_actor(diary.leader):
        found = Staff.objects.get(full_name="Kim Reed")
        assert found.confirmed_at is None
        assert not Membership.objects.filter(staff=found).exists()
    diary.apply(BEN | {"With": "KIM  REED"})
    assert diary.booking("B2").staff_id == found.id


def test_a_dash_where_a_colleague_could_stand_is_nobody_and_clashes_with_nobody(diary: Diary) -> None:
    assert counts(diary.apply(ADA | {"With": "—"}, BEN | {"With": "-", "Start": ADA["Start"]})) == (2, 0, 0)
    assert {booking.staff_id for booking in diary.bookings()} == {None}


def test_people_are_known_again_by_name_and_date_of_birth(diary: Diary) -> None:
    diary.apply(ADA)
    diary.apply(ADA | {"Ref": "A9", "Customer": "ada  moss", "Start": "16:00"})
    diary.apply(ADA | {"Ref": "A10", "DOB": "1991-05-17", "Start": "16:30"})
    first, again, namesake = (diary.booking(reference) for reference in ("A1", "A9", "A10"))
    assert first.person_id == again.person_id != namesake.person_id


def test_without_a_date_of_birth_people_are_known_by_a_way_to_reach_them(diary: Diary) -> None:
    diary.apply(ADA)
    nothing = {"DOB": "", "Phone": "", "Email": ""}
    diary.apply(ADA | nothing | {"Ref": "PHONE", "Start": "09:00", "Phone": "07700900123"})
    diary.apply(ADA | nothing | {"Ref": "MAIL", "Start": "10:00", "Email": "ADA@example.org"})
    diary.apply(ADA | nothing | {"Ref": "NEITHER", "Start": "11:00"})
    ada = diary.booking("A1").person_id
    assert diary.booking("PHONE").person_id == diary.booking("MAIL").person_id == ada
    assert diary.booking("NEITHER").person_id != ada


def test_a_moved_line_without_a_date_of_birth_is_still_about_the_same_person(diary: Diary) -> None:
    diary.apply(ADA)
    nothing = {"DOB": "", "Phone": "", "Email": ""}
    diary.apply(ADA | nothing | {"Start": "16:00"})
    moved = diary.booking("A1")
    assert moved.person is not None
    assert moved.person.date_of_birth == date(1990, 5, 17)
    assert diary.people() == ["Ada Moss"]


def test_a_date_of_birth_that_comes_later_is_added_to_the_person(diary: Diary) -> None:
    diary.apply(ADA | {"DOB": ""})
    assert counts(diary.apply(ADA)) == (1, 0, 0)
    person = diary.booking("A1").person
    assert person is not None
    assert person.date_of_birth == date(1990, 5, 17)
    assert diary.people() == ["Ada Moss"]


def test_a_new_phone_number_is_held_and_the_earlier_one_ends(diary: Diary) -> None:
    diary.apply(ADA)
    diary.apply(ADA | {"Phone": "07700 900999"})
    person_id = diary.booking("A1").person_id
    assert person_id is not None
    with as_actor(diary.leader):
        assert people.contacts_of([person_id])[person_id] == [
            ("email", "ada@example.org"),
            ("phone", "07700 900999"),
        ]
        assert Contact.objects.exclude(ended_at=None).get().value == "07700 900123"


def test_two_lines_may_name_two_numbers_of_one_person_and_both_are_held(diary: Diary) -> None:
    lines = [ADA, ADA | {"Ref": "A9", "Start": "16:00", "Phone": "07700 900999"}]
    diary.apply(*lines)
    assert counts(diary.apply(*lines)) == (0, 0, 2)
    assert counts(diary.apply(lines[0], lines[1] | {"Start": "16:30"})) == (1, 0, 1)
    assert counts(diary.apply(lines[0], lines[1] | {"Start": "16:30"})) == (0, 0, 2)
    person_id = diary.booking("A1").person_id
    assert person_id is not None
    with as_actor(diary.leader):
        assert sorted(people.contacts_of([person_id])[person_id]) == [
            ("email", "ada@example.org"),
            ("phone", "07700 900123"),
            ("phone", "07700 900999"),
        ]


def test_a_kind_the_service_does_not_know_is_taken_with_a_warning(diary: Diary) -> None:
    told = diary.apply(ADA | {"Type": "Tea and cake"})
    assert (told["importable"], told["with_warnings"]) == (1, 1)
    assert "Tea and cake" in told["problems"][0]["reason"]
    assert diary.booking("A1").kind.code == "work-search-review"


def test_a_long_reference_is_kept_whole(diary: Diary) -> None:
    told = diary.apply(ADA | {"Ref": "R" * 64})
    assert counts(told) == (1, 0, 0)
    assert diary.booking("R" * 64).note == ""


def test_a_file_of_another_country_is_read_as_its_makers_meant_it(diary: Diary) -> None:
    content = "Ref;Date;Start;Minutes;Customer\nÅ1;11/03/26;9.30;20;Åke Möller\n".encode("cp1252")
    assert counts(diary.apply(content=content)) == (1, 0, 0)
    booking = diary.bookings()[0]
    assert booking.person is not None
    assert (booking.person.full_name, booking.starts) == (
        "Åke Möller",
        datetime.fromisoformat("2026-03-11T09:30Z"),
    )


def test_a_cell_that_looks_like_a_formula_stays_text_in_and_out(diary: Diary) -> None:
    note = "=HYPERLINK(A1)"
    diary.apply(ADA | {"Notes": note, "Customer": "+Ada @Moss"})
    booking = diary.booking("A1")
    assert booking.person is not None
    assert (booking.note, booking.person.full_name) == (note, "+Ada @Moss")
    written = sheets.write_csv(["Name", "Note"], [[booking.person.full_name, booking.note]])
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    assert [cell.lstrip("'") for cell in cells] == ["+Ada @Moss", note]


# a held file


def held(diary: Diary, content: bytes, key: str = "one") -> ImportedFile:
    """An uploaded file, checked."""
    return acting(
        diary.leader, actions.hold_file, diary.here.centre.id, content, filename="diary.csv", key=key
    )


def order(diary: Diary, file: ImportedFile) -> None:
    """Order its import."""
    acting(diary.leader, actions.order_import, file.id)


def work(diary: Diary, file: ImportedFile) -> None:
    """Do the ordered work once, as the worker does it."""
    with as_worker():
        jobs.import_file.run(
            member_id=str(diary.leader.member_id),
            service_id=str(diary.leader.service_id),
            subject_id=str(file.id),
        )


def state(diary: Diary, file: ImportedFile) -> ImportedFile:
    """The file as it stands."""
    with as_actor(diary.leader):
        return ImportedFile.objects.get(id=file.id)


def test_the_same_upload_twice_is_held_once(diary: Diary) -> None:
    content = diary_file(ADA)
    assert held(diary, content).id == held(diary, content).id != held(diary, content, key="two").id


def test_work_that_is_done_twice_imports_once_and_keeps_no_content(diary: Diary) -> None:
    file = held(diary, diary_file(ADA, BEN))
    order(diary, file)
    work(diary, file)
    versions = [(one.id, one.version) for one in diary.bookings()]
    work(diary, file)
    assert [(one.id, one.version) for one in diary.bookings()] == versions
    after = state(diary, file)
    assert (after.state, bytes(after.content), after.result["importable"]) == ("applied", b"", 2)


def test_a_file_that_is_refused_as_a_whole_is_said_to_have_failed(diary: Diary) -> None:
    diary.apply(BEN | {"Start": "09:00"})
    elsewhere = diary.here.booking(
        datetime.fromisoformat("2026-03-11T15:00Z"), centre=diary.here.other, person=diary.here.person()
    )
    with as_worker(), as_actor(replace(diary.here.system, centre_id=diary.here.other.id)):
        Booking.objects.filter(id=elsewhere.id).update(person_id=diary.booking("B2").person_id)
    file = held(diary, diary_file(BEN))
    order(diary, file)
    work(diary, file)
    assert state(diary, file).state == "failed"


def test_a_job_whose_orderer_has_left_changes_nothing_and_says_so(
    diary: Diary, owner: psycopg.Connection[Any]
) -> None:
    file = held(diary, diary_file(ADA))
    order(diary, file)
    assert diary.leader.member_id is not None
    with as_worker(), as_actor(diary.here.system):
        team.end_membership(diary.here.system, diary.leader.member_id)
    work(diary, file)
    rows = owner.execute(
        "select verb from kernel_historyevent where subject_id = %s and verb = 'job.refused'", (file.id,)
    ).fetchall()
    assert len(rows) == 1
    assert not owner.execute("select 1 from diary_booking where reference = 'A1' and service_id = %s",
                             (diary.leader.service_id,)).fetchall()  # fmt: skip


def test_only_who_may_import_does(diary: Diary) -> None:
    for role in ("host", "coach", "administrator"):
        with pytest.raises(NotAllowed):
            acting(
                diary.here.member(role),
                actions.check_file,
                diary.here.centre.id,
                diary_file(ADA),
                filename="diary.csv",
            )


def test_what_is_no_diary_is_refused_in_words(diary: Diary) -> None:
    for content in (b"", b"hello", b"Name,Colour\nAda,red\n", b"%PDF-1.7", b"PK\x03\x04broken"):
        with pytest.raises(UnreadableSheet) as refusal:
            diary.check(content)
        assert str(refusal.value.message)


# any file

NAMES = st.sampled_from(["Ada Moss", "ada moss", "Ben Hale", "Cy", "Ðóra Ł.", "—", "O’Neil", "O'Neil", ""])
DATES_OF_BIRTH = st.sampled_from(["", "1990-05-17", "17/05/1990", "1985-02-03", "never"])
PHONES = st.sampled_from(["", "07700 900123", "+44 7700 900123", "0770", "x"])
MAILS = st.sampled_from(["", "a@example.org", "A@EXAMPLE.org", "b@example.org", "@"])
STAFF = st.sampled_from(["", "Kim Reed", "KIM REED", "Jo Park", "—", "!"])
KINDS = st.sampled_from(["", "Work search review", "work-search-review", "First commitments", "Tea"])
REFERENCES = st.sampled_from(["", "A1", "a1", " A 1", "B2", "ß1", "SS1", "İ", "R" * 64, "=1+1"])
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "Ref": REFERENCES,
            "Date": st.sampled_from(["2026-03-11", "12/03/2026", "11.3.26", "someday"]),
            "Start": st.sampled_from(["09:00", "9.10", "09:20", "0930", "10:00", "late"]),
            "Minutes": st.sampled_from(["10", "20", "40", "0"]),
            "Customer": NAMES,
            "DOB": DATES_OF_BIRTH,
            "Phone": PHONES,
            "Email": MAILS,
            "With": STAFF,
            "Type": KINDS,
            "Notes": st.sampled_from(["", "wheelchair", "=1+1", "two\nlines"]),
        }
    ),
    max_size=8,
)
OVERLAPS = """
select count(*) from diary_booking a join diary_booking b on a.id < b.id and a.service_id = b.service_id
  and (a.person_id = b.person_id or a.staff_id = b.staff_id) and a.starts < b.ends and b.starts < a.ends
where a.service_id = %s and a.state in ('booked', 'kept') and b.state in ('booked', 'kept')
"""


def any_files(examples: int) -> None:
    """Import random files one after the other into one diary, moving people on in between."""
    diary = Diary()
    host = diary.here.member("host")

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(LINES, LINES, st.lists(st.integers(0, 9), max_size=3))
    def import_them(first: list[dict[str, str]], second: list[dict[str, str]], come: Sequence[int]) -> None:
        begin_anew(diary)
        for lines in (first, second):
            content = diary_file(*lines)
            told = diary.check(content)
            assert diary.apply(content=content) == told
            assert told["rows"] == told["importable"] + told["refused"] + told["unchanged"]
            again = diary.apply(content=content)
            assert counts(again) == (0, told["refused"], told["importable"] + told["unchanged"])
            with as_actor(diary.leader):
                today = list(Booking.objects.filter(day=TODAY, state="booked").order_by("starts", "id"))
            for index in come[: len(today)]:
                acting(host, frontdesk.check_in, today[index % len(today)].id, key=str(uuid.uuid4()))
        with psycopg.connect(addresses.owner_url()) as owner:
            assert owner.execute(OVERLAPS, (diary.leader.service_id,)).fetchone() == (0,)

    import_them()


def begin_anew(diary: Diary) -> None:
    """Set aside what is booked, so that the next files meet an empty diary and people who are known."""
    with psycopg.connect(addresses.owner_url()) as owner:
        for table in ("frontdesk_period", "frontdesk_visit", "frontdesk_day", "diary_booking"):
            owner.execute(f"delete from {table} where service_id = %s", (diary.leader.service_id,))


def test_any_two_files_are_imported_without_a_clash_and_a_second_time_change_nothing() -> None:
    any_files(40)


@pytest.mark.long
def test_a_thousand_pairs_of_files_are_imported_without_a_clash() -> None:
    any_files(1000)


def test_a_check_makes_few_statements_however_long_the_file(diary: Diary) -> None:
    def made(lines: int) -> int:
        content = diary_file(
            *(ADA | {"Ref": f"R{n}", "Customer": f"Visitor {n}", "With": f"Coach {n}"} for n in range(lines))
        )
        with as_actor(diary.leader):
            connection.statements = 0  # type: ignore[attr-defined]
            actions.check_file(diary.leader, diary.here.centre.id, content, filename="diary.csv")
            return int(connection.statements)  # type: ignore[attr-defined]

    assert made(200) == made(2) <= 3


def test_the_hours_of_a_centre_are_those_of_its_wall_clock_all_year(diary: Diary) -> None:
    with as_actor(diary.leader):
        zone, centre = diary.leader.zone, diary.here.centre.id
        winter, summer = (
            queries.opening(centre, day, zone) for day in (date(2026, 3, 27), date(2026, 3, 30))
        )
        assert queries.opening(centre, date(2026, 4, 3), zone) is None
        assert queries.opening(centre, date(2026, 3, 28), zone) is None
    assert winter is not None
    assert summer is not None
    assert (winter[0].hour, winter[1].hour) == (9, 17)
    assert (summer[0].hour, summer[1].hour) == (8, 16)


def test_a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_its_first(diary: Diary) -> None:
    skipped = ADA | {"Date": "2026-03-29", "Start": "01:30"}
    twice = BEN | {"Date": "2026-10-25", "Start": "01:30"}
    told = diary.apply(skipped, twice)
    assert counts(told) == (1, 1, 0)
    assert [(one["row"], one["code"]) for one in told["problems"]] == [(2, "time")]
    assert "the clocks go forward" in told["problems"][0]["reason"]
    assert [one.starts for one in diary.bookings()] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    assert counts(diary.apply(skipped, twice)) == (0, 1, 1)


def test_an_appointment_across_midnight_is_of_the_day_it_begins_and_stays_as_it_is(diary: Diary) -> None:
    late = ADA | {"Start": "23:50", "Minutes": "30"}
    early = BEN | {"Date": "2026-03-12", "Start": "00:10", "Customer": "Ada Moss", "DOB": "1990-05-17"}
    assert counts(diary.apply(late)) == (1, 0, 0)
    (booking,) = diary.bookings()
    assert booking.day == date(2026, 3, 11)
    assert (booking.starts, booking.ends) == (
        datetime(2026, 3, 11, 23, 50, tzinfo=UTC),
        datetime(2026, 3, 12, 0, 20, tzinfo=UTC),
    )
    assert counts(diary.apply(late)) == (0, 0, 1)
    # Who is still there at midnight is not somewhere else at ten past.
    assert counts(diary.apply(late, early)) == (0, 1, 1)
