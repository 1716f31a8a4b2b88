"""When something goes wrong: a page that says what happened, what was kept and what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.core.internal.ratelimit import respond_429
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from tests.factories import browser_of, place

from kohti.config import urls
from kohti.kernel.doors import open_to_all
from kohti.kernel.errors import Refused
from kohti.kernel.sheets import UnreadableSheet

RAISED: dict[str, Exception] = {
    "fault": RuntimeError("a name: Kirsi Koskinen"),
    "away": OperationalError("connection refused"),
    "late": Refused("Somebody was quicker."),
    "sheet": UnreadableSheet("This is no table.", code="not-a-table"),
}


@open_to_all()
def fails(request: HttpRequest, kind: str) -> Any:
    raise RAISED[kind]


urlpatterns = [*urls.urlpatterns, path("fails/<slug:kind>/", fails, name="fails")]
handler400, handler429, handler500 = urls.handler400, urls.handler429, urls.handler500


def said(answer: Any) -> str:
    """The words of a page's content; it has one heading, three paragraphs and a way on."""
    text: str = answer.content.decode()
    assert text.count("<h1") == 1
    main = text[text.index("<main") :]
    assert len(re.findall(r"<p[ >]", main)) >= 4
    assert 'href="/"' in main
    return main


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("fault", 500, "It is not your fault"),
        ("away", 503, "its database does not answer"),
        ("late", 409, "Somebody was quicker."),
        ("sheet", 422, "This is no table."),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_fails_says_what_happened_what_was_kept_and_what_to_do(
    kind: str, status: int, words: str, signed_in: bool
) -> None:
    browser = browser_of(place().member("host")) if signed_in else Client()
    browser.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        answer = browser.get(f"/fails/{kind}/")
    assert answer.status_code == status
    page = said(answer)
    assert words in page
    assert "Kirsi" not in page
    assert ("Retry-After" in answer.headers) is (status == 503)
    # At work the menu stays; where our own fault may lie in it, it does not.
    assert ("k-menu" in answer.content.decode()) is (signed_in and status < 500)


def test_a_form_without_its_secret_was_open_for_too_long() -> None:
    host = browser_of(place().member("host"))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = host.cookies
    answer = strict.post("/language/", {"language": "fi"})
    assert answer.status_code == 403
    assert "open for too long" in said(answer)
    assert "What you typed is still on the page you came from" in said(answer)


def test_what_is_too_large_is_told_so() -> None:
    answer = Client().post("/language/", {"language": "x" * 12_100_000})
    assert answer.status_code == 413
    assert "larger than this page takes" in said(answer)


def test_what_cannot_be_read_is_told_so() -> None:
    answer = Client(headers={"Host": "bad_host!"}).get("/account/sign-in/")
    assert answer.status_code == 400
    assert "incomplete" in said(answer)


def test_too_many_tries_are_told_to_wait() -> None:
    request = RequestFactory().post("/account/sign-in/")
    request.user, request.session = AnonymousUser(), {}  # type: ignore[assignment]
    answer = respond_429(request)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Wait five minutes" in said(answer)


def test_the_offline_page_is_the_same_for_everybody_and_the_worker_is_asked_of_nobody() -> None:
    host = browser_of(place().member("host"))
    page = host.get("/offline/").content
    assert page == Client().get("/offline/").content
    assert b"Cheltenham" not in page
    worker = Client().get("/offline.js")
    assert worker.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Vary" not in worker.headers
