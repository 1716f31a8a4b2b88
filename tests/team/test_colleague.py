"""A colleague's page: what an administrator finds there when somebody is locked out."""

from __future__ import annotations

import re

from tests.config.test_sign_in import NEEDED, browser, colleague, user_of, with_code, works
from tests.factories import browser_of, place

from kohti.kernel.actor import Actor

WAY_BACK = "They can no longer sign in"


def page_of(who: Actor, about: Actor) -> str:
    return browser_of(who).get(f"/team/colleagues/{about.facts['staff_id']}/").content.decode()


def test_from_a_colleague_s_page_they_are_let_back_with_a_code_that_is_shown_once() -> None:
    here = place()
    host, administrator = colleague(here), here.member("administrator")
    with_code(host)
    page = page_of(administrator, host)
    assert "one-time codes" in page
    (form,) = re.findall(r'href="(/team/places/[^"]+/way-back/)"', page)
    office = browser_of(administrator)
    asked = office.get(form).content.decode()
    (key,) = re.findall(r'name="key" value="([0-9a-f-]{36})"', asked)
    given = office.post(form, {"key": key}).content.decode()
    (code,) = set(re.findall(r"\b(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}\b", given))
    client = browser()
    answer = client.post(
        "/account/way-back/",
        {"username": user_of(host).username, "code": code, "password": "a quite new password"},
    )
    assert answer.status_code == 302
    assert client.get("/arrivals/").headers["Location"] == NEEDED, "the codes they had are gone too"
    assert not works(client)
    assert code not in page_of(administrator, host)


def test_who_leads_a_centre_and_who_looks_at_themselves_are_not_offered_it() -> None:
    here = place()
    host, administrator = here.member("host"), here.member("administrator")
    assert WAY_BACK in page_of(administrator, host)
    assert WAY_BACK not in page_of(here.member("leader"), host)
    assert WAY_BACK not in page_of(administrator, administrator)


def test_who_has_left_has_no_way_back_and_may_come_back_by_a_new_place() -> None:
    here = place()
    host, administrator = here.member("host"), here.member("administrator")
    office = browser_of(administrator)
    assert office.post(f"/team/places/{host.member_id}/end/", {"because": "left"}).status_code == 302
    page = page_of(administrator, host)
    assert WAY_BACK not in page
    assert "Comes back" in page
    again = office.post(
        f"/team/places/{host.member_id}/another/",
        {
            "role": "host",
            "centre": "cheltenham",
            "organisation": "jobcentre",
            "starts_0": "11",
            "starts_1": "3",
            "starts_2": "2026",
        },
    )
    assert again.status_code == 302
    back = page_of(administrator, host)
    assert "Working here now" in back
    assert "They have left" in back
