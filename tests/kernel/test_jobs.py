"""Background work, done by a real worker process as whoever ordered it."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from procrastinate.contrib.django import app
from tests.factories import MORNING, Place, as_system, place

from kohti.config import addresses, installation
from kohti.diary import actions as diary
from kohti.diary.jobs import import_file
from kohti.diary.models import Booking, ImportedFile
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed
from kohti.team import actions as team

PATIENCE_S = 240
FILE = b"""Reference,Date,Start,Minutes,Customer,Date of birth,Phone,Email,With,Type,Note
R1,2026-03-12,09:00,10,Ann Early,1990-01-02,07700 900001,,Sally Jones,Work search review,
R2,2026-03-12,09:10,10,Ben Next,1991-02-03,07700 900002,,Sally Jones,Work search review,
"""


@pytest.fixture(scope="module", autouse=True)
def morning_everywhere() -> Iterator[None]:
    """The worker's own clock stands at the morning of the tests too."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        installation.set_clock(owner, MORNING, sample=False)
        yield
        owner.execute("update kernel_installation set clock_offset_us = 0, sample = false")


class Worker:
    """A `kohti worker`."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kohti.config.command", "worker"], stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """As a machine that loses power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Politely."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker for a while."""
    one = Worker()
    try:
        yield one
    finally:
        one.stop()


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something to become true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < PATIENCE_S, f"in {PATIENCE_S} s not: {what}"
        time.sleep(0.05)


def order(here: Place, leader: Actor) -> tuple[uuid.UUID, int]:
    """A held file, ordered to be imported: its id and the number of the job."""
    with as_actor(leader):
        held = diary.hold_file(leader, here.centre.id, FILE, filename="d.csv", key=str(uuid.uuid4()))
        diary.order_import(leader, held.id)
        return held.id, import_file.order(leader, subject_id=held.id)


def state_of(leader: Actor, file_id: uuid.UUID) -> str:
    with as_actor(leader):
        return ImportedFile.objects.get(id=file_id).state


def job_status(owner: psycopg.Connection, number: int) -> str:
    row = owner.execute("select status::text from procrastinate_jobs where id = %s", (number,)).fetchone()
    assert row is not None
    return str(row[0])


def events(owner: psycopg.Connection, here: Place, verb: str) -> list[tuple[str, uuid.UUID | None]]:
    """Who did something, by the history: kind of actor and membership."""
    return [
        (row[0], row[1])
        for row in owner.execute(
            "select kind, member_id from kernel_historyevent where service_id = %s and verb = %s"
            " order by xid, id",
            (here.system.service_id, verb),
        )
    ]


def test_a_job_runs_as_the_member_who_ordered_it(owner: psycopg.Connection) -> None:
    here = place()
    leader = here.member("leader")
    with worker():
        file_id, number = order(here, leader)
        until(lambda: job_status(owner, number) == "succeeded", "the job is done")
    assert state_of(leader, file_id) == "applied"
    assert events(owner, here, "diary.imported") == [("member", leader.member_id)]
    assert events(owner, here, "booking.made") == [("member", leader.member_id)] * 2


def test_a_job_whose_order_is_undone_never_runs(owner: psycopg.Connection) -> None:
    here = place()
    leader = here.member("leader")
    with pytest.raises(ZeroDivisionError), as_actor(leader):
        number = import_file.order(leader, subject_id=uuid.uuid4())
        raise ZeroDivisionError
    assert owner.execute("select 1 from procrastinate_jobs where id = %s", (number,)).fetchone() is None


def test_nobody_orders_what_they_may_not_do() -> None:
    host = place().member("host")
    with pytest.raises(NotAllowed), as_actor(host):
        import_file.order(host, subject_id=uuid.uuid4())


def test_arguments_are_identifiers_and_a_language_only(owner: psycopg.Connection) -> None:
    here = place()
    leader = here.member("leader")
    _file_id, number = order(here, leader)
    row = owner.execute("select args from procrastinate_jobs where id = %s", (number,)).fetchone()
    assert row is not None
    assert set(row[0]) == {"member_id", "service_id", "subject_id", "language"}
    assert row[0].pop("language") == "en"
    assert all(uuid.UUID(value) for value in row[0].values())
    owner.execute("delete from procrastinate_jobs where id = %s", (number,))


def test_a_job_is_refused_and_says_so_when_the_right_is_gone(owner: psycopg.Connection) -> None:
    here = place()
    leader = here.member("leader")
    file_id, number = order(here, leader)
    with as_system(here.system) as system:
        assert leader.member_id is not None
        team.end_membership(system, leader.member_id)
    with worker():
        until(lambda: job_status(owner, number) == "succeeded", "the job was looked at")
    second = here.member("leader", name="Who Stays")
    assert state_of(second, file_id) == "ordered"
    with as_actor(second):
        assert Booking.objects.count() == 0
    assert events(owner, here, "diary.imported") == []
    assert events(owner, here, "job.refused") == [("system", None)]
    row = owner.execute(
        "select e.subject_kind, e.subject_id, d.body::jsonb->>'ordered_by' from kernel_historyevent e"
        " join kernel_historydetail d on d.event_id = e.id"
        " where e.service_id = %s and e.verb = 'job.refused'",
        (here.system.service_id,),
    ).fetchone()
    assert row == ("diary.import", file_id, str(leader.member_id))


def waiting(owner: psycopg.Connection, task: str) -> int:
    """Housekeeping that the last tick ordered and nobody has done yet."""
    row = owner.execute(
        "insert into procrastinate_jobs (queue_name, task_name, lock, args)"
        " values ('housekeeping', %s, %s, jsonb_build_object('timestamp', 1)) returning id",
        (task, task),
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_housekeeping_that_waits_twice_is_done_twice_and_ends_no_worker(owner: psycopg.Connection) -> None:
    """At a tick the same may still wait from the last one: a worker was busy, or away."""
    numbers = [waiting(owner, "seal-history") for _tick in range(2)]
    with worker() as one:
        for number in numbers:
            until(lambda number=number: job_status(owner, number) == "succeeded", "both were done")  # type: ignore[misc]
        assert one.process.poll() is None


def test_no_housekeeping_is_refused_because_the_same_waits_already() -> None:
    """Its refusal would end the worker: PostgreSQL leaves out under row policies what the library reads there."""
    importlib.import_module("kohti.config.housekeeping")
    assert [task.name for task in app.tasks.values() if task.queueing_lock] == []
    assert len(app.tasks) > 5


def test_jobs_that_were_done_a_day_ago_are_cleared_and_those_that_failed_are_kept(
    owner: psycopg.Connection,
) -> None:
    kept = {}
    for status, age in (("succeeded", 25), ("succeeded", 1), ("failed", 25)):
        row = owner.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status)"
            " values ('work', 'long-gone', '{}', %s) returning id",
            (status,),
        ).fetchone()
        assert row is not None
        owner.execute(
            "insert into procrastinate_events (job_id, type, at) values (%s, %s, now() - make_interval(hours => %s))",
            (row[0], status, age),
        )
        kept[row[0]] = (status, age) != ("succeeded", 25)
    number = waiting(owner, "clear-done-jobs")
    with worker():
        until(lambda: job_status(owner, number) == "succeeded", "it was cleared")
    left = {
        row[0] for row in owner.execute("select id from procrastinate_jobs where task_name = 'long-gone'")
    }
    assert left == {job for job, stays in kept.items() if stays}
    owner.execute("delete from procrastinate_jobs where task_name = 'long-gone'")


def test_a_job_whose_worker_was_killed_is_done_once_by_another(owner: psycopg.Connection) -> None:
    """kill -9 in the middle: the next worker finds the job, and doing it again changes nothing twice."""
    here = place()
    leader = here.member("leader")
    file_id, number = order(here, leader)
    with worker() as first, psycopg.connect(os.environ["DATABASE_URL"]) as holding:
        holding.execute("select 1 from diary_importedfile where id = %s for update", (file_id,))
        until(lambda: _waits_for_a_lock(owner), "the job is in the middle")
        assert job_status(owner, number) == "doing"
        first.kill()
    assert state_of(leader, file_id) == "ordered"
    with worker():
        until(lambda: job_status(owner, number) == "succeeded", "another worker took it up")
    assert state_of(leader, file_id) == "applied"
    assert events(owner, here, "diary.imported") == [("member", leader.member_id)]
    with as_actor(leader):
        assert Booking.objects.count() == 2


def _waits_for_a_lock(owner: psycopg.Connection) -> bool:
    row = owner.execute(
        "select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid"
        " where not l.granted and a.usename = 'kohti_worker' and a.datname = current_database()"
    ).fetchone()
    return bool(row and row[0])
