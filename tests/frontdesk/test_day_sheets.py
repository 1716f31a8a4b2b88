"""The day sheet: the day on paper, and whose names it holds in the history."""

from __future__ import annotations

import io

import pikepdf
import psycopg
from django.urls import reverse
from tests.factories import browser_of, place


def test_the_day_sheet_is_a_pdf_that_says_whom_it_names_to_the_history(owner: psycopg.Connection) -> None:
    here = place()
    booking = here.booking()
    host = here.member("host")
    answer = browser_of(host).get(reverse("day_sheet"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="day-sheet.pdf"'
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == "Arrivals"
    found = owner.execute(
        "select person_ids from kernel_historyevent where verb = 'day.printed' and member_id = %s",
        (host.member_id,),
    ).fetchall()
    assert found == [([booking.person_id],)]


def test_a_day_without_anybody_is_a_sheet_too() -> None:
    answer = browser_of(place().member("host")).get(reverse("day_sheet"))
    assert answer.content.startswith(b"%PDF")


def test_the_arrivals_offer_the_sheet() -> None:
    page = browser_of(place().member("host")).get(reverse("arrivals")).content.decode()
    assert reverse("day_sheet") in page
