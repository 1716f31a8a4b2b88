"""What an administrator lets the service wear, and how that goes with what the blueprint brings."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from tests.config.test_looks import DRAWING, style_sheets
from tests.factories import Place, as_system, as_worker, browser_of, place

from kohti.config import services
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed
from kohti.team import logos
from kohti.team.models import Service

PAGE = "/service/look/"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PICTURE = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0" + b"\0" * 6 + b"\0" + b"\0" * 6))
    + _chunk(b"IEND", b"")
)


@pytest.fixture
def here() -> Place:
    return place()


def administrator(here: Place) -> Client:
    return browser_of(here.member("administrator"))


def press(browser: Client, **given: Any) -> Any:
    return browser.post(PAGE, given)


def upload(browser: Client, data: bytes) -> Any:
    return press(browser, what="logo", logo=SimpleUploadedFile("logo.svg", data))


def worn(here: Place) -> str:
    """The accent colour of the pages a host of the service sees."""
    page = browser_of(here.member("host")).get("/team/").content.decode()
    (sheet,) = style_sheets(page)
    return f"#{sheet.split('/')[3].split('.')[0]}"


def pictured(here: Place) -> str:
    """The logo on them."""
    page = browser_of(here.member("host")).get("/team/").content.decode()
    return next(iter(re.findall(r'<img src="(/look/[^"]+)" alt="">', page)), "")


def applied(here: Place, accent: str) -> None:
    """A new version of the service's blueprint, with another colour."""
    code = here.member("host").facts["service_code"]
    text = services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1)
    with as_worker():
        services.apply(re.sub(r'light = "#[0-9a-f]+"', f'light = "{accent}"', text), name=f"{code}.toml")


def test_everybody_wears_the_colours_an_administrator_chose_and_it_is_in_the_history(
    here: Place, owner: psycopg.Connection
) -> None:
    answer = press(administrator(here), what="colours", accent="#0B3D91", dark="")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}?done")
    assert worn(here) == "#0b3d91"
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'service.worn' and service_id = %s",
        (here.system.service,),
    ).fetchone()
    assert row == (1,)


def test_a_new_version_of_the_blueprint_does_not_undo_the_choice_nor_the_choice_the_blueprint(
    here: Place,
) -> None:
    browser = administrator(here)
    press(browser, what="colours", accent="#0b3d91")
    applied(here, "#5b4bab")
    assert worn(here) == "#0b3d91"
    press(browser, what="accent")
    assert worn(here) == "#5b4bab"


def test_colours_are_tried_on_light_and_dark_before_they_are_worn(here: Place) -> None:
    before = worn(here)
    page = press(administrator(here), what="try", accent="#0b3d91", dark="#8fb4ff").content.decode()
    assert "How it would look" in page
    (sheet,) = [one for one in style_sheets(page) if "both" in one]
    text = Client().get(sheet).content.decode()
    light, dark = text.split('[data-preview="dark"]')
    assert "--ds-color-accent-base-default: #0b3d91" in light
    assert "--ds-color-accent-base-default: #8fb4ff" in dark
    assert "--late-surface: oklch(0.31" in dark
    assert worn(here) == before


@pytest.mark.parametrize(
    ("accent", "dark", "said"),
    [
        ("#ffee00", "", "cannot be read"),
        ("#c01b1b", "", "red says danger"),
        ("#b45309", "", "amber says waiting too long|red says danger"),
        ("#15705c", "#0b1d41", "cannot be read"),
        ("red", "", "is no colour"),
        ("", "", "required"),
    ],
)
def test_colours_nobody_could_read_or_that_mean_something_else_are_refused_with_one_that_would_do(
    here: Place, accent: str, dark: str, said: str
) -> None:
    before = worn(here)
    browser = administrator(here)
    for what in ("try", "colours"):
        answer = press(browser, what=what, accent=accent, dark=dark)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert re.search(said, page)
    assert worn(here) == before
    for nearest in re.findall(r"would do is (#[0-9a-f]{6})", page)[:1]:
        mended = {"accent": accent, "dark": dark} | {"dark" if dark else "accent": nearest}
        assert press(browser, what="colours", **mended).status_code == 302


def test_a_logo_is_given_taken_off_and_the_blueprint_s_worn_again(here: Place) -> None:
    with as_system(here.system) as system:
        logos.keep_logo(system, DRAWING)
    theirs = pictured(here)
    browser = administrator(here)
    assert upload(browser, PICTURE).status_code == 302
    own = pictured(here)
    assert own.endswith(".png")
    assert Client().get(own).content == PICTURE
    assert Client().get(theirs).content == DRAWING
    with as_system(here.system) as system:
        logos.keep_logo(system, DRAWING.replace(b"</svg>", b" </svg>"))
    assert pictured(here) == own
    press(browser, what="no-logo")
    assert pictured(here) == ""
    assert Client().get(own).status_code == 404
    press(browser, what="picture")
    assert pictured(here).endswith(".svg")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (DRAWING.replace(b"<path", b"<script/><path"), "script"),
        (b"", "The file is empty"),
        (b"GIF89a", "PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 200_000, "200 kB"),
    ],
)
def test_a_logo_that_is_a_script_or_no_picture_is_refused_in_words_and_changes_nothing(
    here: Place, data: bytes, said: str
) -> None:
    browser = administrator(here)
    upload(browser, PICTURE)
    before = pictured(here)
    answer = upload(browser, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert pictured(here) == before


def test_only_who_administers_chooses_and_only_for_their_own_service(here: Place) -> None:
    other = place()
    before = worn(other)
    assert browser_of(here.member("leader")).get(PAGE).status_code == 403
    with as_actor(here.member("leader")) as leader, pytest.raises(NotAllowed):
        logos.wear_colours(leader, "#0b3d91")
    press(administrator(here), what="colours", accent="#0b3d91")
    assert worn(other) == before
    # The row itself is nobody's to write: name, rules and blueprint stay as they are.
    with as_actor(here.member("administrator")), pytest.raises(DatabaseError, match="permission denied"):
        Service.objects.filter(id=here.system.service).update(name="Mine")


def test_the_same_choice_again_is_no_event(here: Place, owner: psycopg.Connection) -> None:
    browser = administrator(here)
    for _n in range(2):
        press(browser, what="colours", accent="#0b3d91")
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'service.worn' and service_id = %s",
        (here.system.service,),
    ).fetchone()
    assert row == (1,)
