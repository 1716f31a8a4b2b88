"""How it goes, over all of life: both views side by side, over time, in the service's own words."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from tests.factories import MORNING, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin
from tests.journeys.test_pages import key_of

from kohti.config import services
from kohti.journeys import actions, rules
from kohti.journeys.actions import Said
from kohti.journeys.chart import Said as Point
from kohti.journeys.chart import chart
from kohti.journeys.models import Need
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id, short


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


def rated(coach: Actor, way: uuid.UUID, *said: Said) -> None:
    acting(coach, actions.rate, way, said, key=str(new_id()))


def test_both_views_stand_side_by_side_and_the_change_is_drawn_with_its_table(
    here: Place, coach: Actor
) -> None:
    way = begin(here, coach)
    address = f"/people/{short(way.person_id)}/needs/"
    rated(coach, way.id, Said("housing", 1, "own"), Said("housing", 2, "coach"), Said("money", None, "own"))
    browser = browser_of(coach)
    before = browser.get(address).content
    assert finders.find("journeys/needs.css"), "what draws the chart is served"
    assert b"<svg viewBox" not in before  # one saying is no change
    typed = {"key": key_of(before), "own-housing": "3", "coach-housing": "none"}
    with clock.held_at(MORNING + timedelta(days=30)):
        done = browser.post(address, typed)
        assert done.status_code == 302, done.content
        assert browser.post(address, typed).status_code == 302
        page = browser.get(done["Location"]).content.decode()
    housing = page.split('id="field-housing"')[1].split("</section>")[0]
    assert 'role="img" aria-label="How it went: Housing.' in housing
    rows = [row.split("</tr>")[0] for row in housing.split("<tr>")[2:]]
    assert ["10 April 2026" in rows[0], "Mostly fine" in rows[0], "Does not want to say" in rows[0]] == [
        True
    ] * 3
    assert ["11 March 2026" in rows[1], "Very hard" in rows[1], ">Hard<" in rows[1]] == [True] * 3
    with as_system(here.system):
        kept = Need.objects.filter(journey_id=way.id).order_by("at", "id")
        assert sorted((one.field, one.view, one.level or 0) for one in kept) == [
            ("housing", "coach", 0), ("housing", "coach", 2),
            ("housing", "own", 1), ("housing", "own", 3),
            ("money", "own", 0),
        ]  # fmt: skip


def test_what_is_sealed_is_shown_to_who_holds_the_key_alone(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    rated(coach, way.id, Said("addiction", 1, "own"), Said("work", 4, "own"))
    address = f"/people/{short(way.person_id)}/needs/"
    assert b'id="field-addiction"' in browser_of(coach).get(address).content
    leader = browser_of(here.member("leader"))
    page = leader.get(address).content
    assert b'id="field-work"' in page
    assert b'id="field-addiction"' not in page
    refused = leader.post(address, {"own-addiction": "4", "coach-work": "2"})
    assert refused.status_code == 422
    assert b"This is sealed" in refused.content
    assert b'value="2" selected' in refused.content
    with as_system(here.system):
        assert Need.objects.filter(journey_id=way.id).count() == 2


def test_nothing_said_and_a_field_there_is_not_are_refused(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    with pytest.raises(Refused, match="at least one"):
        rated(coach, way.id)
    with pytest.raises(NotThere):
        rated(coach, way.id, Said("no-such", 1))
    address = f"/people/{short(way.person_id)}/needs/"
    assert b"Say how at least one thing goes" in browser_of(coach).post(address, {}).content


def test_the_scale_speaks_the_words_of_the_blueprint() -> None:
    text = services.shipped("jobteam-gent").replace(
        'code = "jobteam-gent"', f'code = "s{new_id().hex[:10]}"', 1
    )
    text = text.replace(
        'title = { nl = "Wonen", en = "Housing" }\n',
        'title = { nl = "Wonen", en = "Housing" }\nlevels = [{ nl = "Straat", en = "Street" },'
        ' { nl = "Opvang", en = "Shelter" }, { nl = "Tijdelijk", en = "For now" }, { nl = "Thuis", en = "Home" }]\n',
        1,
    )
    from tests.factories import as_worker

    with as_worker():
        system = services.apply(text, name="test.toml")
        with as_actor(system):
            with words.spoken("nl"):
                assert rules.scale(system, "wonen")[1] == "Straat"
                assert rules.scale(system, "werk")[1] == "Loopt vast"
            assert list(rules.scale(system, "geld").values())[:4] == [
                "At a standstill", "Hard", "Goes reasonably well", "Goes well",
            ]  # fmt: skip
            assert rules.field_of_item(system, "health") == "mentale-gezondheid"
            assert actions.seal_of_item(system, "health") == "mentale-gezondheid"


def test_a_chart_keeps_the_two_apart_and_says_who_did_not_want_to_say() -> None:
    days = [MORNING + timedelta(days=n) for n in (0, 10, 20)]
    scale = {1: "a", 2: "b", 3: "c", 4: "d", None: "unsaid"}
    assert chart([Point("own", 1, days[0])], scale) is None
    made = chart(
        [
            Point("own", 1, days[0]),
            Point("coach", 1, days[0]),
            Point("own", None, days[1]),
            Point("own", 4, days[2]),
        ],
        scale,
    )
    assert made is not None
    own, coach = made.lines
    assert [mark.unsaid for mark in own.marks] == [False, True, False]
    assert own.path.count(",") == 2
    assert coach.path == ""
    assert own.marks[0].y != coach.marks[0].y
    assert [words for _y, words in made.levels] == ["d", "c", "b", "a", "unsaid"]
    assert all(
        0 <= mark.x <= made.wide and 0 <= mark.y <= made.height for line in made.lines for mark in line.marks
    )


def test_the_page_asks_the_same_however_much_was_said(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    address = f"/people/{short(way.person_id)}/needs/"
    browser = browser_of(coach)
    rated(coach, way.id, Said("work", 1, "own"))
    browser.get(address)
    before = int(browser.get(address).headers["X-Kohti-Statements"])
    for day in range(4):
        with clock.held_at(MORNING + timedelta(days=day)):
            rated(
                coach, way.id, *(Said(field, 1 + day % 4, "own") for field in ("work", "housing", "health"))
            )
            acting(coach, actions.answer, way.id, "own", {"search": 2, "health": "unsaid"}, key=str(new_id()))
    assert int(browser.get(address).headers["X-Kohti-Statements"]) == before
    assert before <= 10
