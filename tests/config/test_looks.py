"""A service's style sheet: its own, kept for good by browsers, and asked of nobody."""

from __future__ import annotations

import re

import psycopg
import pytest
from django.test import Client
from tests.factories import as_system, browser_of, place

from kohti.config import installation, looks, services
from kohti.design import theme
from kohti.design.logo import BadLogo
from kohti.design.theme import Theme
from kohti.kernel import blueprint
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed
from kohti.team import logos
from kohti.team.models import Service


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


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h120v40z"/></svg>'


def test_a_logo_is_worn_on_every_page_and_can_do_nothing_by_itself() -> None:
    here = place()
    with as_system(here.system) as system:
        picture = logos.keep_logo(system, DRAWING)
    page = (
        browser_of(here.hire("host", centre="cheltenham", name="Priya Nair"))
        .get("/arrivals/")
        .content.decode()
    )
    (address,) = re.findall(r'<img src="(/look/[^"]+)" alt="">', page)
    assert address.endswith(f"/logo/{picture}")
    answer = Client().get(address)
    assert answer.content == DRAWING
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Vary" not in answer.headers
    other = place().member("host").facts["service_code"]
    assert Client().get(address.replace(here.member("host").facts["service_code"], other)).status_code == 404


def test_a_logo_that_is_a_script_is_refused_and_the_old_one_stays() -> None:
    here = place()
    with as_system(here.system) as system:
        kept = logos.keep_logo(system, DRAWING)
        with pytest.raises(BadLogo):
            logos.keep_logo(system, DRAWING.replace(b"<path", b"<script/><path"))
        assert Service.objects.get(id=system.service).picture == kept


def test_the_same_logo_again_changes_nothing_and_only_who_may_change_one_does(
    owner: psycopg.Connection,
) -> None:
    here = place()
    for _n in range(2):
        with as_system(here.system) as system:
            logos.keep_logo(system, DRAWING)
    told = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'logo_kept' and service_id = %s",
        [here.system.service],
    ).fetchone()
    assert told == (1,)
    with as_actor(here.member("administrator")) as administrator, pytest.raises(NotAllowed):
        logos.keep_logo(administrator, DRAWING)


def test_a_service_s_own_way_in_shows_its_name_and_colours_before_anybody_signs_in() -> None:
    here, _another = place(), place()
    code = here.member("host").facts["service_code"]
    browser = Client()
    assert f'data-theme="{code}"' not in browser.get("/account/sign-in/").content.decode()
    assert browser.get(f"/at/{code}/").headers["Location"] == "/account/sign-in/"
    page = browser.get("/account/sign-in/").content.decode()
    assert f'data-theme="{code}"' in page
    assert len(style_sheets(page)) == 1
    assert browser.get("/at/nowhere/").status_code == 404
