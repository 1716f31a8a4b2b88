"""A day lived through: the same seed lives the same day."""

from __future__ import annotations

from typing import Any

from tests.factories import as_system, as_worker, place

from kohti.config import sample
from kohti.diary import actions as diary
from kohti.frontdesk import replay
from kohti.kernel import clock


def lived(seed: int, *, appointments: int = 30) -> dict[str, Any]:
    """The first appointments and walk-ins of Cheltenham's day, lived in a service of its own."""
    here = place()
    lines = sample.file(sample.DIARY).splitlines(keepends=True)
    content = b"".join(lines[: appointments + 1])
    with clock.held_at(sample.BEFORE), as_system(here.system) as actor:
        diary.apply_file(actor, here.centre.id, content, filename=sample.DIARY)
    with as_worker():
        with clock.held_at(sample.HIRED):
            colleagues = sample.at_work(here.system, here.centre)
        day = replay.Day(here.system, here.centre.id, sample.DAY, colleagues, seed)
        day.live(replay.read_walk_ins(sample.file(sample.LOG), sample.DAY, here.system)[:20])
    with as_system(here.system):
        return replay.outcome(here.centre.id, sample.DAY).as_json()


def test_the_same_seed_lives_the_same_day_and_another_one_another() -> None:
    once, again, other = lived(1), lived(1), lived(2)
    assert once == again
    assert once != other
    assert once["tickets"] == once["distinct_tickets"] == once["visits"]
    assert once["open_at_close"] == 0
