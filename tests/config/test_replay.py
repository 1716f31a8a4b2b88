"""A day lived again: the real one, a starved one, a crowded one; the same seed the same day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.cli import DIARY, SAMPLE, WALK_INS, Kohti, data_folder, small_day
from tests.factories import place
from tests.server import UNSAFE

from kohti.config.sample.places import SAMPLED, Sampled
from kohti.frontdesk.replay import read_walk_ins
from kohti.kernel import postgres
from kohti.kernel.sheets import UnreadableSheet

OUTCOME = [
    "visits",
    "seen",
    "did_not_come",
    "left",
    "median_wait_min",
    "p90_wait_min",
    "longest_wait_min",
    "tickets",
    "distinct_tickets",
    "open_at_close",
    "history_verified",
    "wall_s",
]
WHOLE = ("--diary", str(DIARY), "--walk-ins", str(WALK_INS))


class Replays:
    """Replays in one data folder, beside each other."""

    def __init__(self, kohti: Kohti, server: postgres.Server) -> None:
        self.kohti = kohti
        self.server = server

    def live(self, *words: str) -> dict[str, Any]:
        """Live a day; what must be so on every day is checked here."""
        found: dict[str, Any] = self.kohti.run(
            "replay", "day", "--centre", "cheltenham", *words, "--json"
        ).json()
        assert list(found) == OUTCOME
        assert found["visits"] == found["tickets"] == found["distinct_tickets"]
        assert found["open_at_close"] == 0
        assert found["history_verified"] is True
        assert 0 <= found["median_wait_min"] <= found["p90_wait_min"] <= found["longest_wait_min"]
        assert found["seen"] + found["left"] <= found["visits"]
        del found["wall_s"]
        return found


@pytest.fixture(scope="module")
def replays() -> Iterator[Replays]:
    with data_folder() as data, postgres.use(data, settings=UNSAFE) as server:
        yield Replays(Kohti(data), server)


def test_cheltenhams_day_looks_like_a_day(replays: Replays) -> None:
    found = replays.live(*WHOLE)
    assert 270 <= found["visits"] <= 310
    assert found["seen"] >= 0.9 * found["visits"]
    assert 1 <= found["left"] <= 15
    assert 10 <= found["did_not_come"] <= 30
    assert 2 <= found["median_wait_min"] <= 8
    assert 12 <= found["p90_wait_min"] <= 32
    assert found["longest_wait_min"] <= 75


@pytest.mark.long
def test_with_three_colleagues_people_wait_long_and_lose_patience(replays: Replays) -> None:
    found = replays.live(*WHOLE, "--staff", "3")
    assert found["seen"] < found["visits"] / 2
    assert found["left"] > found["seen"]
    assert found["p90_wait_min"] > 40


@pytest.mark.long
def test_with_sixty_colleagues_hardly_anybody_waits_at_the_desk(replays: Replays) -> None:
    few, many = replays.live(*WHOLE), replays.live(*WHOLE, "--staff", "60")
    assert many["median_wait_min"] < few["median_wait_min"]
    assert many["seen"] >= few["seen"]


@pytest.mark.long
def test_ten_seeds_are_ten_days_and_each_keeps_the_promises(replays: Replays) -> None:
    days = [replays.live(*WHOLE, "--seed", str(seed)) for seed in range(1, 11)]
    assert len({str(day) for day in days}) == 10


def test_the_same_seed_lives_the_same_day_again(replays: Replays, tmp_path: Path) -> None:
    files = small_day(tmp_path, lines=40)
    assert replays.live(*files, "--seed", "7") == replays.live(*files, "--seed", "7")


@pytest.mark.long
@pytest.mark.parametrize(
    "here", [one for one in SAMPLED if one.centre != "cheltenham"], ids=lambda one: one.service
)
def test_a_day_of_each_other_service_is_lived_the_same_way(replays: Replays, here: Sampled) -> None:
    files = ("--diary", SAMPLE / here.diary, "--walk-ins", SAMPLE / here.log)
    done = replays.kohti.run("replay", "day", *files, "--centre", here.centre, "--json").json()
    assert done["visits"] >= 15
    assert done["history_verified"] is True
    assert done["open_at_close"] == 0


@pytest.mark.long
def test_what_cannot_be_lived_is_said_in_words_and_leaves_nothing(replays: Replays, tmp_path: Path) -> None:
    day = ("replay", "day", *small_day(tmp_path))
    assert "atlantis" in replays.kohti.run(*day, "--centre", "atlantis", code=2).err
    sunday = replays.kohti.run(*day, "--centre", "cheltenham", "--day", "2026-03-15", code=3)
    assert "closed" in sunday.err
    with psycopg.connect(replays.server.address.url("postgres")) as admin:
        assert admin.execute("select datname from pg_database where datname like 'kohti%'").fetchall() == []


def test_a_log_that_cannot_be_read_names_what_is_wrong() -> None:
    actor, day = place().system, date(2026, 3, 11)
    with pytest.raises(UnreadableSheet, match="no column Arrived"):
        read_walk_ins(DIARY.read_bytes(), day, actor)
    with pytest.raises(UnreadableSheet, match=r"Row 3.*“soon”"):
        read_walk_ins(b"Arrived,Name,Reason,Seen at the door\n09:15,Sam,,\nsoon,Kim,,\n", day, actor)
    (one,) = read_walk_ins(
        b"Arrived,Name,Reason,Seen at the door\n09:15,Sam,Evidence to hand in,wet\n", date(2026, 7, 1), actor
    )
    assert (one.at, one.name) == (datetime(2026, 7, 1, 8, 15, tzinfo=UTC), "Sam")


@pytest.mark.long
def test_a_day_of_another_year_is_lived_all_the_same(replays: Replays, tmp_path: Path) -> None:
    for whole in (DIARY, WALK_INS):
        text = whole.read_text("utf-8").splitlines(keepends=True)[:13]
        (tmp_path / whole.name).write_text("".join(text).replace("2026-03-11", "2024-05-15"), "utf-8")
    found = replays.live("--diary", str(tmp_path / DIARY.name), "--walk-ins", str(tmp_path / WALK_INS.name))
    assert found["visits"] > 15
