"""How long a wait is going to be: the formulas against a reference and against a simulated day."""

from __future__ import annotations

import heapq
import json
import os
import random
from pathlib import Path
from statistics import mean

import pytest

from kohti.frontdesk import waiting

REFERENCE = Path(os.environ.get("KOHTI_SHARED", "../shared")) / "data/queue/erlang_reference.json"


def test_the_formulas_agree_with_the_reference() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"no reference at {REFERENCE}: set KOHTI_SHARED")
    cases = json.loads(REFERENCE.read_text())["cases"]
    assert len(cases) >= 9
    for case in cases:
        servers, load = case["c"], case["a"]
        assert waiting.erlang_b(servers, load) == pytest.approx(case["erlang_b"], rel=1e-12)
        assert waiting.erlang_c(servers, load) == pytest.approx(case["erlang_c"], rel=1e-12)
        assert waiting.kept(servers, load, 180, 20) == pytest.approx(case["sl20_aht180"], rel=1e-12)
        assert waiting.expected_wait(servers, load, 180) == pytest.approx(case["asa_aht180"], rel=1e-12)


def test_one_server_waits_with_the_probability_of_the_load_and_two_at_one_with_a_third() -> None:
    assert waiting.erlang_c(1, 0.3) == pytest.approx(0.3)
    assert waiting.erlang_c(2, 1.0) == pytest.approx(1 / 3)


def test_more_load_than_hands_is_a_line_that_only_grows() -> None:
    assert (waiting.erlang_c(2, 2.5), waiting.kept(2, 2.5, 10, 20)) == (1.0, 0.0)
    assert waiting.expected_wait(2, 2.5, 10) == float("inf")


Told = tuple[int, float]


def lived(
    servers: int, coming: float, talk: float, minutes: float, seed: int
) -> tuple[list[Told], list[float]]:
    """A simulated day of one line: how many were ahead and the wait of each who found all busy; and every wait."""
    chance = random.Random(seed)
    free_at = [0.0] * servers
    begins: list[float] = []
    now, told, waits = 0.0, [], []
    while (now := now + chance.expovariate(coming)) < minutes:
        ahead = sum(begin > now for begin in begins[-200:])
        begin = max(now, free_at[0])
        heapq.heapreplace(free_at, begin + chance.expovariate(1 / talk))
        begins.append(begin)
        waits.append(begin - now)
        if begin > now:
            told.append((ahead, begin - now))
    return told, waits


def test_what_is_told_at_arrival_is_right_on_average_over_a_simulated_day() -> None:
    told, waits = lived(servers=3, coming=0.22, talk=10, minutes=200_000, seed=5)
    for ahead in (0, 2, 5):
        real = mean(wait for others, wait in told if others == ahead)
        estimate = waiting.minutes_until_called(ahead, 3, 3, 10)
        assert estimate == pytest.approx(real, rel=0.1)
    assert mean(waits) == pytest.approx(waiting.expected_wait(3, 2.2, 10), rel=0.1)
    assert mean(wait <= 20 for wait in waits) == pytest.approx(waiting.kept(3, 2.2, 10, 20), abs=0.02)


def test_as_many_as_are_needed_keep_the_promise_on_a_simulated_day_and_one_fewer_does_not() -> None:
    servers = waiting.needed(coming=0.3, talk=10, promise=20)
    for hands, held in ((servers, True), (servers - 1, False)):
        _told, waits = lived(hands, 0.3, 10, minutes=60_000, seed=7)
        assert (mean(wait <= 20 for wait in waits) >= 0.87) is held


def test_a_line_that_is_there_already_needs_more_hands() -> None:
    assert waiting.needed(0.03, 10, 20) == 1
    assert waiting.needed(0.03, 10, 20, waiting=9) == 5


def test_whoever_finds_somebody_free_does_not_wait_and_where_nobody_serves_nothing_is_said() -> None:
    assert waiting.minutes_until_called(0, 2, 1, 10) == 0
    assert waiting.minutes_until_called(1, 2, 1, 10) == 5
    assert waiting.minutes_until_called(0, 0, 0, 10) is None


def test_a_talk_is_as_long_as_a_rule_until_the_day_itself_says() -> None:
    assert waiting.talk_length(10, 0, 0) == 10
    assert waiting.talk_length(10, 4, 80) == 15
    assert waiting.talk_length(10, 96, 1920) == pytest.approx(19.6)


def test_minutes_are_said_in_fives() -> None:
    assert [waiting.rounded(one) for one in (0, 2, 4, 7.4, 8, 22)] == [3, 3, 5, 5, 10, 20]
