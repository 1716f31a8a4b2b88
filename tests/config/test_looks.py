"""A service's style sheet: its own, kept for good by browsers, and asked of nobody."""

from __future__ import annotations

import re

import psycopg
import pytest
from django.test import Client
from tests.factories import browser_of, place

from kohti.config import installation, looks, services
from kohti.design import theme
from kohti.design.theme import Theme
from kohti.kernel import blueprint


def style_sheets(html: str) -> list[str]:
    """The addresses of the services' style sheets a page asks for."""
    return re.findall(r'<link rel="stylesheet" href="(/look/[^"]+)">', html)


def test_a_page_of_a_service_wears_its_colours_and_browsers_keep_them() -> None:
    here = place()
    page = browser_of(here.member("host")).get("/arrivals/").content.decode()
    (address,) = style_sheets(page)
    code = here.member("host").facts["service_code"]
    assert f'data-theme="{code}"' in page
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Vary" not in answer.headers
    assert not answer.cookies
    assert f'[data-theme="{code}"]' in answer.content.decode()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_old_address_gets_the_new_sheet_but_not_for_good() -> None:
    answer = Client().get("/look/gent/0b3d91.css?v=older")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("colours", ["ffee00", "0b3d9", "0b3d91-0b3d91", "0b3d91-", "red", "0B3D91"])
def test_a_sheet_that_nobody_could_read_or_that_is_no_colour_is_not_there(colours: str) -> None:
    assert Client().get(f"/look/gent/{colours}.css").status_code == 404


def test_two_services_do_not_share_a_sheet() -> None:
    one, other = (looks.address(Theme(code, "#0b3d91")) for code in ("gent", "vollsmose"))
    assert one != other
    assert "vollsmose" not in Client().get(one).content.decode()


def test_the_host_stands_first_and_once() -> None:
    both = looks.look_of("gent", "Jobteam Gent", {"host": "Stad Gent"})
    assert (both.first, both.second) == ("Stad Gent", "Jobteam Gent")
    same = looks.look_of("gent", "Jobteam Gent", {"host": "Jobteam Gent"})
    assert (same.first, same.second) == ("Jobteam Gent", "")


def test_colours_that_are_refused_give_way_to_our_own() -> None:
    assert looks.look_of("gent", "Gent", {"accent": {"light": "#ffee00"}}).css == ""


def test_every_service_of_the_product_can_be_read() -> None:
    for code in services.shipped_codes():
        plan = blueprint.read(services.shipped(code), name=code)
        assert theme.check(Theme.of(code, plan.theme.model_dump())) == [], code


def test_the_sample_s_cards_each_wear_their_own_colours(
    monkeypatch: pytest.MonkeyPatch, owner: psycopg.Connection
) -> None:
    codes = []
    for _n in range(2):
        host = place().hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
        codes.append(host.facts["service_code"])
    monkeypatch.setattr(installation, "_facts", installation.Facts(True, installation.facts().offset))
    owner.execute("update kernel_installation set sample = true")
    try:
        page = Client().get("/").content.decode()
    finally:
        owner.execute("update kernel_installation set sample = false")
    sheets = style_sheets(page)
    for code in codes:
        assert f'data-theme="{code}"' in page
        assert [one for one in sheets if one.startswith(f"/look/{code}/")] != []
