"""The pages of the rota, as a leader, a host and a coach use them."""

from __future__ import annotations

import re
import uuid
from datetime import date, time, timedelta

from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.diary.rota import actions
from kohti.diary.rota.actions import Placed
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import short
from kohti.team.models import Organisation

ROTA = "/rota/"


def organisation(here: Place, code: str = "housing-body") -> uuid.UUID:
    leader = here.member("leader")
    with as_actor(leader):
        return Organisation.objects.get(service_id=leader.service, code=code).id


def placed(here: Place, *people: uuid.UUID | None, code: str = "housing-body", weekday: int = 2) -> uuid.UUID:
    lines = [Placed(weekday=weekday, opens=time(9), closes=time(12), staff_id=one) for one in people]
    leader = here.member("leader")
    return acting(leader, actions.keep_rota, organisation(here, code), TODAY, lines, key=str(uuid.uuid4()))


def a_day(day: date, name: str) -> dict[str, str]:
    """A day as three fields send it."""
    return {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}


def without_tags(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_leader_places_people_of_a_partner_and_the_desk_reads_who_is_here() -> None:
    here = place()
    ruth, gareth = here.staff("Ruth Oyelaran").id, here.staff("Gareth Lyle").id
    leader = browser_of(here.member("leader"))
    form = leader.get("/rota/new/").content.decode()
    assert form.count('name="r3-staff"') == 1
    typed = {
        "organisation": str(organisation(here)),
        "key": str(uuid.uuid4()),
        "rows": "3",
        **a_day(TODAY, "starts"),
        "r0-staff": str(ruth),
        "r0-weekdays": ["2", "4"],
        "r0-opens": "09:00",
        "r0-closes": "12:00",
        "r1-staff": str(gareth),
        "r1-weekdays": ["2"],
        "r1-opens": "13:00",
        "r1-closes": "16:00",
    }
    answer = leader.post("/rota/new/", typed)
    assert answer.status_code == 302
    week = leader.get(answer.headers["Location"])
    assert "2 people, 2 days a week" in without_tags(week.content.decode())
    here_now = without_tags(browser_of(here.member("host")).get("/here/").content.decode())
    assert "Ruth Oyelaran , Housing partner until 12:00" in here_now
    assert "Later today" in here_now
    assert "Gareth Lyle , Housing partner 13:00–16:00" in here_now
    # the next one begins with what there is
    again = leader.get("/rota/new/", {"organisation": str(organisation(here))}).content.decode()
    assert re.search(rf'<option value="{ruth}" selected', again)


def test_what_cannot_be_is_said_where_it_stands_and_what_was_typed_stays() -> None:
    here = place()
    leader = browser_of(here.member("leader"))
    typed = {
        "organisation": str(organisation(here)),
        "key": str(uuid.uuid4()),
        "rows": "1",
        **a_day(TODAY, "starts"),
        "r0-weekdays": ["2"],
        "r0-opens": "12:00",
        "r0-closes": "09:00",
    }
    answer = leader.post("/rota/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The end comes before the beginning." in page
    assert 'value="12:00"' in page
    assert "This rota is empty" in leader.post("/rota/new/", typed | {"r0-weekdays": []}).content.decode()
    more = leader.post("/rota/new/", typed | {"more": "1"})
    page = more.content.decode()
    assert (more.status_code, page.count('name="r4-staff"')) == (200, 1)
    assert 'value="12:00"' in page
    assert f'value="{TODAY.year}"' in page


def test_somebody_is_away_somebody_stands_in_and_it_is_taken_back() -> None:
    here = place()
    ruth, third = here.staff("Ruth Oyelaran").id, here.staff("Third Person").id
    placed(here, ruth)
    leader = browser_of(here.member("leader"))
    typed = {
        "who": str(ruth),
        "cover": str(third),
        "key": str(uuid.uuid4()),
        **a_day(TODAY, "first"),
        **a_day(TODAY, "last"),
    }
    answer = leader.post("/rota/change/", typed)
    assert answer.status_code == 302
    page = leader.get(answer.headers["Location"]).content.decode()
    assert "Third Person for Ruth Oyelaran" in page
    arrivals = without_tags(browser_of(here.member("host")).get("/arrivals/").content.decode())
    assert "Third Person , Housing partner for Ruth Oyelaran until 12:00" in arrivals
    assert "Ruth Oyelaran , Housing partner Not here; Stand in: Third Person" in arrivals
    again = leader.post("/rota/change/", typed | {"key": str(uuid.uuid4())})
    assert again.status_code == 422
    assert "Somebody stands in on one of these days already." in again.content.decode()
    everybody = f"all:{organisation(here)}"
    both = leader.post("/rota/change/", typed | {"who": everybody, "key": str(uuid.uuid4())})
    assert "Somebody stands in for one person, not for all of them." in both.content.decode()
    taken = re.search(r'action="(/rota/change/[^"]+/take-back/)"', page)
    assert taken
    assert leader.post(taken[1]).status_code == 302
    assert "Third Person for Ruth" not in leader.get(ROTA).content.decode()


def test_a_holiday_stands_in_the_week_and_at_the_desk() -> None:
    here = place()
    placed(here, here.staff("Ruth Oyelaran").id)
    leader = browser_of(here.member("leader"))
    typed = {"who": f"all:{organisation(here)}", "key": str(uuid.uuid4()), **a_day(TODAY, "first")}
    leader.post("/rota/change/", typed)
    assert "Nobody from Housing partner comes" in leader.get(ROTA).content.decode()
    here_now = without_tags(browser_of(here.member("coach")).get("/here/").content.decode())
    assert "Housing partner Holiday" in here_now
    assert "Ruth Oyelaran" not in here_now


def test_a_rota_ends_and_is_printed_on_one_page() -> None:
    here = place()
    people = [here.staff(f"Placed Number {number}").id for number in range(30)]
    made = placed(here, *people)
    leader = browser_of(here.member("leader"))
    printed = leader.get("/rota/print/")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert b"/Type/Pages/Count 1/" in printed.content
    assert leader.get(f"/rota/{short(made)}/end/").status_code == 200
    for no_day in ("", "in March", "9999-12-31"):
        unread = leader.post(f"/rota/{short(made)}/end/", {"last": no_day})
        assert unread.status_code == 422
        assert "Give a day, a month and a year." in unread.content.decode()
    yesterday = {"last": (TODAY - timedelta(days=2)).isoformat()}
    assert leader.post(f"/rota/{short(made)}/end/", yesterday).status_code == 422
    assert leader.post(f"/rota/{short(made)}/end/", {"last": TODAY.isoformat()}).status_code == 302
    with clock.held_at(MORNING + timedelta(days=7)):
        assert "Nobody is placed here in this week" in leader.get(ROTA).content.decode()


def test_a_day_that_no_calendar_here_has_is_today() -> None:
    host = browser_of(place().member("host"))
    for address in (ROTA, "/book/"):
        today = without_tags(host.get(address).content.decode())
        for day in ("9999-12-31", "0001-01-01"):
            assert without_tags(host.get(address, {"day": day}).content.decode()) == today


def test_nobody_but_who_keeps_the_rota_sees_how_to_change_it() -> None:
    here = place()
    placed(here, here.staff("Ruth Oyelaran").id)
    page = browser_of(here.member("host")).get(ROTA).content.decode()
    assert "Ruth Oyelaran" in page
    assert "/rota/change/" not in page
    assert "/rota/new/" not in page


def test_the_pages_cost_the_same_statements_however_many_are_placed() -> None:
    here = place()
    leader, host = browser_of(here.member("leader")), browser_of(here.member("host"))

    def cost() -> list[int]:
        asked = [(host, "/here/"), (host, ROTA), (host, "/arrivals/"), (host, "/book/"), (leader, ROTA)]
        asked += [(leader, "/rota/new/"), (leader, "/day/")]
        return [int(one.get(address).headers["X-Kohti-Statements"]) for one, address in asked]

    placed(here, here.staff().id)
    cost()
    few = cost()
    placed(here, *(here.staff().id for _one in range(12)), code="advice-bureau")
    placed(here, *(here.staff().id for _one in range(12)))
    assert cost() == few
    # what Today costs is not the rota's business
    assert max(few[:-1]) <= 12
