"""Importing a diary in the browser: choose a file, see what it would do, decide."""

from __future__ import annotations

import re
import uuid
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import Place, as_worker, browser_of, place

from kohti.diary import jobs
from kohti.diary.forms import MOST_BYTES
from kohti.diary.models import Booking
from kohti.kernel import sheets
from kohti.kernel.actor import Actor, as_actor

HEADER = "Ref,Date,Start,Minutes,Customer,DOB,Phone,Email,With,Type,Notes\n"
ADA = "A1,2026-03-11,14:00,10,Ada Moss,1990-05-17,07700 900123,ada@example.org,Kim Reed,Work search review,\n"
BEN = "B2,2026-03-11,14:05,10,Ben Hale,,,,Kim Reed,Work search review,\n"


@pytest.fixture
def here() -> Place:
    return place()


@pytest.fixture
def leader(here: Place) -> Actor:
    return here.member("leader")


@pytest.fixture
def browser(leader: Actor) -> Client:
    return browser_of(leader)


def upload(browser: Client, content: bytes, *, name: str = "diary.csv", key: str = "") -> Any:
    """Send a file, as the form does."""
    return browser.post(
        "/diary/import/", {"file": SimpleUploadedFile(name, content), "key": key or str(uuid.uuid4())}
    )


def words(response: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def bookings(leader: Actor) -> list[str]:
    """The references of what is booked."""
    with as_actor(leader):
        return list(Booking.objects.order_by("reference").values_list("reference", flat=True))


def test_the_rows_to_look_at_are_taken_away_each_as_it_was(browser: Client) -> None:
    content = (
        b"Date,Time,Length,Customer,With,Kind,Phone\n"
        b"11/03/2026,10:00,30,Ann Fine,Sally Jones,Review,07700 900123\n"
        b"31/02/2026,10:00,30,=Ben Day,Sally Jones,Review,\n"
        b"11/03/2026,11:00,30,Cai Odd,Sally Jones,Review,no number\n"
    )
    sent = upload(browser, content)
    assert sent.status_code == 302, sent.content
    assert f'href="{sent.url}rows/"' in browser.get(sent.url).content.decode()
    answer = browser.get(f"{sent.url}rows/")
    assert "attachment" in answer.headers["Content-Disposition"]
    found = {row.cells["Row"]: row.cells for row in sheets.read(answer.content).rows}
    assert found["3"]["What happens"] == "Not taken"
    assert "31/02/2026" in found["3"]["Why"]
    assert (found["3"]["Date"], found["3"]["Customer"]) == ("31/02/2026", "=Ben Day")
    assert b"'=Ben Day" in answer.content, "no cell of it is a formula"
    assert found["4"]["Phone"] == "no number"


def test_the_page_asks_for_a_file(browser: Client) -> None:
    page = browser.get("/diary/import/")
    assert page.status_code == 200
    assert re.search(r'<input[^>]*type="file"', page.content.decode())
    assert 'enctype="multipart/form-data"' in page.content.decode()


def test_a_file_is_shown_before_anything_changes_and_then_imported(
    browser: Client, leader: Actor, owner: psycopg.Connection[Any]
) -> None:
    sent = upload(browser, (HEADER + ADA + BEN).encode())
    assert sent.status_code == 302
    preview = browser.get(sent.url)
    said = words(preview)
    assert "Nothing has been changed yet" in said
    assert "Double booked: Kim Reed already has an appointment at 14:00, row 2" in said
    assert "Import 1 row" in said
    assert bookings(leader) == []

    ordered = browser.post(f"{sent.url}apply/")
    assert (ordered.status_code, ordered.headers["Location"]) == (302, sent.url)
    assert "The import is running" in words(browser.get(sent.url))
    (job,) = owner.execute(
        "select args from procrastinate_jobs where task_name = 'diary.import' and args->>'member_id' = %s",
        (str(leader.member_id),),
    ).fetchall()
    with as_worker():
        jobs.import_file.run(**job[0])
    assert bookings(leader) == ["A1"]
    assert "The diary has been imported" in words(browser.get(f"{sent.url}state/"))


def test_pressing_import_twice_orders_it_once(
    browser: Client, leader: Actor, owner: psycopg.Connection[Any]
) -> None:
    sent = upload(browser, (HEADER + ADA).encode())
    for _n in range(2):
        assert browser.post(f"{sent.url}apply/").status_code == 302
    jobs_ordered = owner.execute(
        "select count(*) from procrastinate_jobs where args->>'member_id' = %s", (str(leader.member_id),)
    ).fetchone()
    assert jobs_ordered == (1,)


def test_the_preview_shows_old_and_new(browser: Client, leader: Actor) -> None:
    sent = upload(browser, (HEADER + ADA).encode())
    browser.post(f"{sent.url}apply/")
    with as_worker():
        jobs.import_file.run(
            member_id=str(leader.member_id),
            service_id=str(leader.service_id),
            subject_id=sent.url.split("/")[-2],
        )
    changed = upload(browser, (HEADER + ADA.replace("14:00", "15:30")).encode())
    assert re.search(r"before [^:]*14:00 after [^:]*15:30 ", words(browser.get(changed.url)))


def test_a_name_in_a_file_is_text_and_never_a_part_of_the_page(browser: Client) -> None:
    script = "<script>alert(1)</script>"
    sent = upload(
        browser, (HEADER + ADA.replace("Kim Reed", script) + BEN.replace("Kim Reed", script)).encode()
    )
    assert script not in browser.get(sent.url).content.decode()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "photo.png"),
        (b"%PDF-1.7 ...", "diary.pdf"),
        (b"Name,Colour\nAda,red\n", "colours.csv"),
        (b"PK\x03\x04 broken", "diary.xlsx"),
    ],
)
def test_a_wrong_file_gets_clear_words_and_keeps_the_page(browser: Client, content: bytes, name: str) -> None:
    answer = upload(browser, content, name=name)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    assert re.search(r'<input[^>]*type="file"', page)
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    assert upload(browser, (HEADER + ADA).encode(), key=key).status_code == 302


def test_no_file_an_empty_one_and_one_that_is_too_large_are_told_apart(browser: Client) -> None:
    nothing = browser.post("/diary/import/", {"key": str(uuid.uuid4())})
    assert nothing.status_code == 422
    assert "Choose a file" in words(nothing)
    assert "This file is empty" in words(upload(browser, b""))
    assert "too large" in words(upload(browser, b"x" * (MOST_BYTES + 1)))


def test_the_same_form_sent_twice_is_one_file(browser: Client) -> None:
    key = str(uuid.uuid4())
    content = (HEADER + ADA).encode()
    assert upload(browser, content, key=key).url == upload(browser, content, key=key).url


def test_a_file_of_another_centre_or_service_is_not_there(browser: Client, here: Place) -> None:
    sent = upload(browser, (HEADER + ADA).encode())
    for stranger in (here.member("leader", centre="gloucester"), place().member("leader")):
        other = browser_of(stranger)
        assert other.get(sent.url).status_code == 404
        assert other.get(f"{sent.url}state/").status_code == 404
        assert other.post(f"{sent.url}apply/").status_code == 404
    assert browser.get(f"/diary/import/{uuid.uuid4()}/").status_code == 404


def test_only_a_leader_is_offered_the_import(here: Place) -> None:
    for role in ("host", "coach", "administrator"):
        assert browser_of(here.member(role)).get("/diary/import/").status_code == 403
    assert browser_of(None).get("/diary/import/").status_code == 302
