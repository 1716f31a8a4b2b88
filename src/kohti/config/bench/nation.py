"""A day of a whole country at the front desks: every visit through the actions, against one PostgreSQL.

Services of 7 to 50 centres, each centre with a host and four coaches. Several processes share the centres out; each
goes round its centres from visit to visit, so that all of them are open at the same time. A whole visit is four
transactions, each kept on disk before the next: somebody comes, is called, sits down, and is done. What happened is
sealed meanwhile, as the worker does it.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench.frontdesk import OPENING, TODAY
from kohti.config.bench.measure import Say, children, cpu_ms

SIZES = (7, 20, 50, 35, 12, 28)
"""Centres of the services, in turn."""
COACHES = 4
IN_THE_ROOM = 8
"""So many have come before the first of a centre is called, and wait all day."""
BETWEEN = timedelta(seconds=90)
SEAL_EVERY_S = 5.0
MOST_AT_ONCE = 50
"""Centres that one call prepares."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A centre with its places to work: the host's, then the coaches'; and the service's code."""

    service: str
    centre: str
    centre_id: uuid.UUID
    members: tuple[uuid.UUID, ...]


@dataclass(slots=True)
class Shift:
    """What one process did: ms of each step, whole visits, statements, its own CPU and memory."""

    times: dict[str, list[float]] = field(default_factory=dict)
    whole: list[float] = field(default_factory=list)
    statements: int = 0
    cpu_ms: float = 0
    memory_mb: list[float] = field(default_factory=list)
    database_mb: list[float] = field(default_factory=list)


def measure(*, centres: int, visits: int, workers: int, say: Say) -> dict[str, Any]:
    """Live the day of so many centres with so many visits each; what it took, as it is told by `in_words`."""
    with lived.scratch(say) as server:
        began = time.monotonic()
        desks = _open(centres, visits, workers, say)
        say(f"{centres} centres, {visits} visits each, prepared in {time.monotonic() - began:.0f} s")
        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            owner.execute("analyze")
            row = owner.execute("select pg_backend_pid(), current_setting('synchronous_commit')").fetchone()
            assert row is not None
            stat = Path(f"/proc/{row[0]}/stat").read_text() if server is not None else ""
        postmaster = int(stat.rpartition(")")[2].split()[1]) if stat else 0
        with _working(workers, "web") as pool, _sealing():
            list(pool.map(_ready, range(workers)))
            before = cpu_ms(children(postmaster)) if postmaster else 0.0
            began = time.monotonic()
            shares = [desks[n::workers] for n in range(workers)]
            shifts = list(pool.map(_live, shares, [visits] * workers))
            seconds = time.monotonic() - began
            database = (cpu_ms(children(postmaster)) if postmaster else 0.0) - before
        return _found(shifts, seconds, database, centres=centres, commit=row[1])


def in_words(found: dict[str, Any]) -> str:
    """What was measured, for a person."""
    lines = [
        f"{found['visits']:,} whole visits at {found['centres']} centres in {found['seconds']:.0f} s:"
        f" {found['visits_a_second']:.1f} a second, synchronous_commit {found['synchronous_commit']}",
        f"CPU a visit: {found['app_cpu_ms']:.1f} ms of Python, {found['db_cpu_ms']:.1f} ms of PostgreSQL;"
        f" {found['statements']:.1f} statements",
        f"memory, MB: a process {found['memory_mb'][0]:.0f} at a fifth of the day, {found['memory_mb'][1]:.0f} at its"
        f" end; its connection's {found['database_mb'][0]:.0f} and {found['database_mb'][1]:.0f}",
        f"{'':10}{'p50 ms':>10}{'p95 ms':>10}",
    ]
    lines += [f"{name:10}{one['p50']:>10.1f}{one['p95']:>10.1f}" for name, one in found["steps"].items()]
    return "\n".join(lines)


def _found(
    shifts: Sequence[Shift], seconds: float, database_ms: float, *, centres: int, commit: str
) -> dict[str, Any]:
    whole = [one for shift in shifts for one in shift.whole]
    names = list(shifts[0].times)
    spans = {name: [one for shift in shifts for one in shift.times[name]] for name in names}
    return {
        "centres": centres,
        "visits": len(whole),
        "seconds": round(seconds, 1),
        "visits_a_second": round(len(whole) / seconds, 1),
        "synchronous_commit": commit,
        "app_cpu_ms": round(sum(one.cpu_ms for one in shifts) / len(whole), 2),
        "db_cpu_ms": round(database_ms / len(whole), 2),
        "statements": round(sum(one.statements for one in shifts) / len(whole), 1),
        "memory_mb": [round(max(one.memory_mb[at] for one in shifts), 1) for at in (0, -1)],
        "database_mb": [round(max(one.database_mb[at] for one in shifts), 1) for at in (0, -1)],
        "steps": {name: _spread(times) for name, times in [*spans.items(), ("visit", whole)]},
    }


def _spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], 2),
    }


# ----------------------------------------------------------------- the country


def _open(centres: int, visits: int, workers: int, say: Say) -> list[Desk]:
    """The services with their centres, colleagues and appointments."""
    from kohti.config import sample, services
    from kohti.kernel import clock
    from kohti.kernel.actor import as_actor
    from kohti.team.models import Centre

    wanted: list[tuple[str, str, uuid.UUID]] = []
    with clock.held_at(sample.HIRED):
        turn = 0
        while len(wanted) < centres:
            size = min(SIZES[turn % len(SIZES)], max(centres - len(wanted), SIZES[0]))
            actor = services.apply(_blueprint(f"nation-{turn}", size), name="nation.toml")
            with as_actor(actor):
                places = Centre.objects.filter(service_id=actor.service).order_by("code")
                wanted += [(f"nation-{turn}", place.code, place.id) for place in places]
            turn += 1
    wanted = wanted[:centres]
    say(f"{turn} services")
    bites = [wanted[n : n + MOST_AT_ONCE] for n in range(0, centres, MOST_AT_ONCE)]
    with _working(min(workers, 2), "worker") as pool:
        return [desk for bite in pool.map(_prepare, bites, [visits] * len(bites)) for desk in bite]


def _blueprint(code: str, centres: int) -> str:
    """The shipped blueprint of seven centres as that of another service, with more of them."""
    from kohti.config import services

    text = services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1)
    more = "".join(
        f'[[centres]]\ncode = "centre-{n}"\nname = "Centre {n}"\n\n' for n in range(SIZES[0], centres)
    )
    return text.replace("[[centres]]", f"{more}[[centres]]", 1)


def _prepare(wanted: Sequence[tuple[str, str, uuid.UUID]], visits: int) -> list[Desk]:
    """Colleagues, people and their appointments of some centres: two visitors in three have one."""
    from kohti.config import sample
    from kohti.diary import actions as diary
    from kohti.diary.models import Kind
    from kohti.kernel import clock
    from kohti.kernel.actor import DOOR, as_actor, system_of
    from kohti.people import actions as people
    from kohti.people.actions import NewPerson
    from kohti.team import actions as team
    from kohti.team.models import Service

    desks = []
    with clock.held_at(sample.BEFORE):
        with as_actor(DOOR):
            ids = dict(Service.objects.values_list("code", "id"))
        for service, code, centre_id in wanted:
            with as_actor(system_of(ids[service], centre_id=centre_id, timezone="Europe/London")) as actor:
                colleagues = [
                    team.add_member(
                        actor,
                        username=f"{n}.{code}.{service}",
                        password_hash=team.NO_PASSWORD,
                        full_name=f"Colleague Number{n}",
                        role="coach" if n else "host",
                        centre=code,
                        organisation="jobcentre",
                        starts=sample.HIRED,
                    )
                    for n in range(COACHES + 1)
                ]
                booked = [n for n in range(visits) if n % 3]
                persons = people.register(
                    actor, centre_id, [NewPerson(full_name=f"Visitor Number{n:03d}") for n in booked]
                )
                kind = Kind.objects.get(service_id=actor.service, code="work-search-review")
                diary.book(
                    actor,
                    centre_id,
                    [
                        diary.NewBooking(
                            starts=OPENING + n * BETWEEN,
                            minutes=6,
                            kind_id=kind.id,
                            person_id=person.id,
                            staff_id=colleagues[1 + n % COACHES].staff_id,
                        )
                        for n, person in zip(booked, persons, strict=True)
                    ],
                )
            desks.append(Desk(service, code, centre_id, tuple(one.id for one in colleagues)))
    return desks


# ----------------------------------------------------------------- the processes


@contextmanager
def _working(workers: int, role: str) -> Iterator[ProcessPoolExecutor]:
    """Processes of our own that ask the database in a role."""
    before = os.environ["KOHTI_ROLE"]
    os.environ["KOHTI_ROLE"] = role
    try:
        with ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_set_up, initargs=(role,)
        ) as pool:
            yield pool
    finally:
        os.environ["KOHTI_ROLE"] = before


def _set_up(role: str) -> None:
    os.environ["KOHTI_ROLE"] = role
    import django

    django.setup(set_prefix=False)


@contextmanager
def _sealing() -> Iterator[None]:
    """Seal what happened, again and again, until the block ends."""
    over = threading.Event()

    def seal() -> None:
        from django.db import connections

        from kohti.kernel import history
        from kohti.kernel.actor import DOOR, as_actor

        try:
            while not over.wait(SEAL_EVERY_S):
                with as_actor(DOOR):
                    history.seal()
        finally:
            connections.close_all()

    thread = threading.Thread(target=seal)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _ready(_number: int) -> None:
    """Be here, with a connection."""
    from kohti.kernel import actor as actors
    from kohti.kernel.actor import DOOR, as_actor

    with as_actor(DOOR):
        actors.member(uuid.uuid4())


def _live(desks: Sequence[Desk], visits: int) -> Shift:
    """The day of some centres, in turn from visit to visit, until everybody is done."""
    from django.db import connection

    from kohti.frontdesk import actions
    from kohti.kernel import clock

    shift = Shift(times={name: [] for name in ("come", "call", "begin", "done")})
    centres = [_Centre(desk) for desk in desks]
    connection.statements = 0  # type: ignore[attr-defined]
    cpu = time.process_time()
    fifth = max(1, visits // 5)

    def timed(name: str, what: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        made = what()
        shift.times[name].append((time.perf_counter() - began) * 1000)
        return made

    for turn in range(visits + IN_THE_ROOM):
        with clock.held_at(OPENING + turn * BETWEEN):
            for centre in centres:
                if turn < visits:
                    visit = timed("come", partial(centre.come, turn))
                    centre.took[visit] = shift.times["come"][-1]
                if turn < IN_THE_ROOM:
                    continue
                called, coach = timed("call", partial(centre.call, turn))
                timed("begin", partial(centre.press, coach, actions.begin, called))
                timed("done", partial(centre.press, coach, actions.finish, called))
                after = sum(shift.times[name][-1] for name in ("call", "begin", "done"))
                shift.whole.append(centre.took.pop(called) + after)
        if turn in (fifth, visits + IN_THE_ROOM - 1):
            ours, theirs = _weight()
            shift.memory_mb.append(ours)
            shift.database_mb.append(theirs)
    shift.statements = connection.statements  # type: ignore[attr-defined]
    shift.cpu_ms = (time.process_time() - cpu) * 1000
    return shift


class _Centre:
    """A centre with its colleagues and those it expects; how long each visit's coming took."""

    def __init__(self, desk: Desk) -> None:
        from kohti.diary.models import Booking
        from kohti.frontdesk.models import Reason
        from kohti.kernel import actor as actors
        from kohti.kernel import clock
        from kohti.kernel.actor import DOOR, as_actor

        self.desk = desk
        self.took: dict[uuid.UUID, float] = {}
        with clock.held_at(OPENING):
            with as_actor(DOOR):
                found = [actors.member(one) for one in desk.members]
            self.host, *self.coaches = [one for one in found if one is not None]
            with as_actor(self.host):
                self.bookings = list(
                    Booking.objects.filter(centre_id=desk.centre_id, day=TODAY)
                    .order_by("starts")
                    .values_list("id", flat=True)
                )
                self.reason = Reason.objects.get(service_id=self.host.service, code="own-coach").id

    def come(self, turn: int) -> uuid.UUID:
        """Somebody comes: one in three walks in."""
        from kohti.frontdesk import actions
        from kohti.kernel.actor import as_actor

        with as_actor(self.host) as host:
            if turn % 3 == 0:
                moved = actions.take_walk_in(
                    host, self.reason, key=str(uuid.uuid4()), given_name="Somebody New"
                )
            else:
                booking = self.bookings[turn - turn // 3 - 1]
                moved = actions.check_in(host, booking, key=f"check-in:{booking}:1")
        return moved.visit_id

    def call(self, turn: int) -> tuple[uuid.UUID, Any]:
        """The coach whose turn it is calls whoever is next for them; who has nobody leaves it to the next."""
        from kohti.frontdesk import actions
        from kohti.kernel.actor import as_actor

        for n in range(COACHES):
            with as_actor(self.coaches[(turn + n) % COACHES]) as coach:
                moved = actions.call_next(coach, key=str(uuid.uuid4()), desk="4")
            if moved is not None:
                return moved.visit_id, coach
        raise RuntimeError("nobody waits")

    def press(self, coach: Any, action: Callable[..., Any], visit_id: uuid.UUID) -> None:
        """A button of the visit's card."""
        from kohti.kernel.actor import as_actor

        with as_actor(coach):
            action(coach, visit_id, key=str(uuid.uuid4()))


def _weight() -> tuple[float, float]:
    """Memory of our own, of this process and of its connection's in PostgreSQL (where that is on this machine), in MB."""
    from django.db import connection

    pid = getattr(connection.connection, "info", None)
    return _own_mb(os.getpid()), _own_mb(pid.backend_pid) if pid is not None else 0.0


def _own_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
