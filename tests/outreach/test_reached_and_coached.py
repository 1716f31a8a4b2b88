"""From reached to coached: what the sample's first two years come to, counted from rows by the page for the leader."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, as_system, as_worker, browser_of

from kohti.config import sample, services
from kohti.config.sample import reached
from kohti.config.sample.life import words_of
from kohti.config.sample.reached import One
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.team.models import Centre

TOLD = words_of("jobteam-gent")


def planned(part: int) -> list[One]:
    return reached.plan(TOLD["reached"], TOLD["names"], part=part)


def test_the_plan_says_what_the_service_said() -> None:
    made = planned(1)
    assert made == planned(1)
    year, last = date(2021, 1, 31), date(2022, 1, 31)
    assert len(made) == 1217
    assert sum(one.coached is not None for one in made) == 728
    assert sum(one.met[0] <= year for one in made) == 798
    assert sum(one.coached is not None and one.coached <= year for one in made) == 532
    for one in made:
        assert list(one.met) == sorted(set(one.met))
        assert one.met[-1] <= (one.coached or last)
        assert one.ended is None or (one.coached and one.coached < one.ended)


def lived(part: int, *, again: bool = False) -> tuple[Actor, Actor]:
    """The two years of one in so many, in a service of their own; its housekeeping and its leader today."""
    code = f"s{uuid.uuid4().hex[:10]}"
    text = services.shipped("jobteam-gent").replace('code = "jobteam-gent"', f'code = "{code}"', 1)
    with as_worker():
        system = services.apply(text, name="test.toml")
    with as_system(system):
        system = replace(system, centre_id=Centre.objects.get(service_id=system.service, code="centrum").id)
    with as_worker():
        hires = TOLD["reached"]["organisations"]
        reached.Years(system, TOLD["reached"], centre="centrum", hires=hires).live(planned(part))
        if again:
            reached.Years(system, TOLD["reached"], centre="centrum", hires=hires).live(planned(part))
        with clock.held_at(sample.HIRED):
            leader = sample.member_of(
                system, "Elke Bossuyt", role="teamleider", centre="centrum", organisation="stad"
            )
    return system, leader


def page(leader: Actor, until: date | None = None) -> tuple[int, ...]:
    """Reached and coached, as the page says them: of the target's two years, or from the start until a day."""
    asked: dict[str, Any] = {}
    if until:
        asked = {
            "first_0": 1,
            "first_1": 2,
            "first_2": 2020,
            "last_0": until.day,
            "last_1": until.month,
            "last_2": until.year,
        }
    with clock.held_at(MORNING):
        text = browser_of(leader).get("/outreach/figures/", asked).content.decode()
    return tuple(int(number.replace(",", "")) for number in re.findall(r"<b>([\d,]+)</b>", text)[:2])


def test_reached_and_coached_are_counted_from_rows_once_each(owner: psycopg.Connection) -> None:
    part = 100
    system, leader = lived(part)
    assert page(leader) == (1217 // part, 728 // part)
    assert page(leader, date(2021, 1, 31)) == (798 // part, 532 // part)
    rows = owner.execute(
        "select count(*), count(distinct reached_id) from outreach_encounter where service_id = %s",
        (system.service,),
    ).fetchone()
    assert rows == (sum(len(one.met) for one in planned(part)), 1217 // part)
    still = owner.execute(
        "select count(*) from journeys_journey where service_id = %s and closed_at is null", (system.service,)
    ).fetchone()
    assert still == (0,)


@pytest.mark.long
def test_all_of_them_come_to_the_figures_of_january_2022() -> None:
    _system, leader = lived(1, again=True)
    assert page(leader) == (1217, 728)
    assert page(leader, date(2021, 1, 31)) == (798, 532)
