"""The sample's other people: made up the same each time, lived by the product's own actions, and counted from rows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.cli import Kohti, Visitor, data_folder, free_port
from tests.factories import MORNING, as_system, as_worker, place

from kohti.config import filling, sample, services
from kohti.config.sample import lives, living
from kohti.config.sample.life import DAY, Life, words_of
from kohti.config.sample.places import CHELTENHAM, SAMPLED, Sampled
from kohti.config.sample.stories import STORIES
from kohti.journeys import attention
from kohti.journeys.models import Journey
from kohti.kernel import blueprint, clock, postgres
from kohti.kernel.actor import Actor


@cache
def made_up(service: str) -> list[Life]:
    """Everybody of a service, made up once."""
    return lives.lives(service, len(STORIES[service]))


def test_the_same_people_are_made_up_each_time() -> None:
    assert lives.lives("vollsmose", len(STORIES["vollsmose"])) == made_up("vollsmose")


def test_as_many_begin_and_move_on_as_the_service_says() -> None:
    made = made_up("tyotalo")
    assert len(made) + 4 == 1073
    assert sum(one.ending is not None and one.ending.success for one in made) == 89
    assert len({one.reference for one in made}) == len(made)
    assert min(one.opened for one in made) >= date(2025, 9, 15)


@pytest.mark.parametrize("here", SAMPLED, ids=lambda here: here.service)
def test_lives_speak_of_what_their_service_has(here: Sampled) -> None:
    service = here.service
    plan = blueprint.read(services.shipped(service))
    stages = {one.code: one.ends for one in plan.stages}
    fields = {one.code for one in plan.fields if not one.sealed}
    success = {one.code: one.positive for one in plan.outcomes}
    centres = {one.code for one in plan.centres}
    made = made_up(service)
    assert {one.trouble for one in made} >= {"contact", "next", "missed", "stuck", "owner"}
    for one in made:
        assert one.centre in centres
        assert one.aim_field in fields
        assert {code for met in one.meetings for code, _own, _seen in met.needs} <= fields
        assert all(not stages[met.stage] for met in one.meetings if met.stage)
        assert all(success[met.reached[0]] for met in one.meetings if met.reached)
        days = [met.day for met in one.meetings]
        assert days == sorted(set(days))
        assert one.opened <= days[0]
        assert days[-1] < DAY
        if one.ending:
            assert stages[one.ending.stage]
            assert success[one.ending.kind] is one.ending.success


def test_nobody_is_on_a_list_who_has_a_step_to_come_and_was_met_lately() -> None:
    days = {"tyotalo": 14, "gloucestershire": 14, "vollsmose": 7, "jobteam-gent": 7, "work-centres": 1}
    for service, within in days.items():
        for one in made_up(service):
            if one.trouble or one.ending:
                continue
            last = one.meetings[-1]
            assert last.day + timedelta(days=within) >= DAY
            assert any(step.due >= DAY for step in last.begins)


def test_how_far_they_are_is_known_until_the_sample_is_made_anew(tmp_path: Path) -> None:
    assert filling.progress(tmp_path) is None
    filling.keep(tmp_path, filling.Progress(7, 9))
    assert filling.progress(tmp_path) == filling.Progress(7, 9)
    filling.begin_anew(tmp_path)
    assert filling.progress(tmp_path) is None


def test_lives_are_lived_by_the_rules_each_with_its_trouble(owner: psycopg.Connection[Any]) -> None:
    with clock.held_at(MORNING):
        here = place()
    system = replace(here.system, centre_id=here.centre.id)
    told = words_of("gloucestershire")
    with as_worker():
        for name in told["own"]:
            _works_here(system, name, "coach", "cheltenham")
        _works_here(system, "Margaret Whitlock", "leader", "cheltenham")
        _works_here(system, "Helen Ashworth", "leader", "gloucester")
        world = living.World(CHELTENHAM, system)
        kinds = {
            one.trouble or (one.ending and one.ending.kind) or "": one for one in made_up("gloucestershire")
        }
        for one in kinds.values():
            world.live(one)
            world.live(one)
        assert len(world.missing()) == world.planned - len(kinds)
        world.be_away()
    found = attention.check(owner, sample.STANDS_AT, system.service)
    assert (found.wrong, found.orphans) == (0, 0)
    assert found.open == sum(one.ending is None for one in kinds.values())
    with clock.held_at(sample.STANDS_AT), as_system(replace(system)):
        for one in kinds.values():
            way = Journey.objects.get(person__reference=one.reference, service_id=system.service)
            assert (way.closed_at is not None) is (one.ending is not None)
            if one.trouble:
                assert way.held_until is not None
                assert way.held_until <= sample.STANDS_AT
                assert way.lapse == one.trouble


def _works_here(system: Actor, name: str, role: str, centre: str) -> None:
    with clock.held_at(sample.HIRED):
        sample.member_of(system, name, role=role, centre=centre, organisation="jobcentre")


@pytest.fixture(scope="module")
def whole() -> Iterator[Kohti]:
    """The whole sample, made by the command line: interrupted once, and gone on with."""
    with data_folder() as data:
        kohti = Kohti(data)
        with postgres.use(data):
            kohti.run("demo", "--no-serve")
            for enough in (50, 10_000):
                with kohti.running("demo", "lives"):
                    _until_there(data, enough)
            yield kohti


def _until_there(data: Path, enough: int, *, seconds: float = 3600) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        now = filling.progress(data)
        if now is not None and now.made >= min(enough, now.of):
            return
        time.sleep(0.2)
    raise AssertionError("the lives do not come to their end")


@pytest.mark.long
def test_the_whole_sample_shows_the_figures_of_the_service_it_is_like(whole: Kohti) -> None:
    attention = whole.run("check", "attention", "--json").json()
    assert attention["held"] + attention["listed"] == attention["open"]
    assert (attention["wrong"], attention["orphans"]) == (0, 0)
    assert whole.run("demo", "lives", "--json").json() == {"made": 0}
    port = free_port()
    accounts = whole.run("demo", "accounts", "--json").json()
    leader = next(one for one in accounts if one["role"] == "tiiminvetaja")
    with whole.running("demo", "--port", port):
        visitor = Visitor(port)
        visitor.wait_until_it_answers()
        visitor.sign_in(leader["name"], leader["password"])
        page = visitor.get("/caseload/figures/")
    bold = [int(figure) for figure in re.findall(r"<b>(\d+)</b>", page)]
    started, opened, _listed, moved_on, ended, colleagues = bold
    assert (started, moved_on, colleagues) == (1073, 89, 20)
    assert opened + moved_on + ended == started
