"""This installation's facts, read once a process: whether its people are invented, and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import DOOR, as_actor

SAMPLE_ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change while a process runs."""

    sample: bool
    offset: timedelta


_facts: Facts | None = None


def load() -> Facts:
    """Read the facts and set this process's clock by them."""
    global _facts
    with as_actor(DOOR), connection.cursor() as cursor:
        cursor.execute("select sample, clock_offset_us from kernel_installation")
        row = cursor.fetchone()
    sample, offset_us = row if row else (False, 0)
    _facts = Facts(bool(sample), timedelta(microseconds=int(offset_us)))
    clock.set_offset(_facts.offset)
    return _facts


def facts() -> Facts:
    """The facts as loaded; plain ones before that."""
    return _facts or Facts(False, timedelta(0))


def set_clock(owner: psycopg.Connection[object], instant: datetime, *, sample: bool) -> None:
    """Let the product's clock stand at `instant` now and run from there, for every process that starts."""
    offset = instant - clock.real_now()
    owner.execute(
        "update kernel_installation set clock_offset_us = %s, sample = %s",
        (int(offset / timedelta(microseconds=1)), sample),
    )
