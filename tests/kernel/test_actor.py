"""Who asks: no actor, no rows; and what was said in one transaction is forgotten in the next."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test import override_settings
from psycopg.conninfo import conninfo_to_dict
from tests.factories import HIRED, MORNING, Place, as_system, browser_of, in_threads, place
from tests.kernel import lazy_page

from kohti.config import addresses
from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.models import Visit
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NoActor, NotAllowed
from kohti.people.models import Person
from kohti.team import actions as team
from kohti.team.models import Centre

LEFT_BEHIND = "select current_setting('kohti.member', true), (select count(*) from team_centre)"


def centres_seen() -> int:
    """How many centres the actor sees: seven in each service."""
    return Centre.objects.count()


def member_in_the_database() -> str:
    """Who the database believes is asking."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.member()::text")
        return str(cursor.fetchone()[0])


def test_a_query_without_an_actor_is_an_error_not_an_empty_list() -> None:
    place()
    with pytest.raises(NoActor):
        list(Centre.objects.order_by("id"))
    with pytest.raises(NoActor), transaction.atomic():
        Centre.objects.count()


def test_raw_sql_without_an_actor_sees_no_rows(data: Path) -> None:
    here = place()
    here.booking()
    for url in (addresses.web_url(data), addresses.worker_url(data)):
        with psycopg.connect(url) as line:
            for table in (
                "people_person",
                "diary_booking",
                "team_centre",
                "kernel_installation",
                "team_user",
            ):
                assert line.execute(f"select count(*) from {table}".encode()).fetchone() == (0,), table


def test_a_streamed_answer_that_asks_the_database_fails_loudly() -> None:
    with override_settings(ROOT_URLCONF=lazy_page.__name__):
        response = browser_of(place().member("host")).get("/streamed/")
        assert response.status_code == 200
        with pytest.raises(NoActor):
            list(response.streaming_content)  # type: ignore[attr-defined]


def test_a_page_rendered_after_its_view_is_rendered_as_the_member() -> None:
    lazy_page.seen.clear()
    with override_settings(ROOT_URLCONF=lazy_page.__name__):
        response = browser_of(place().member("host")).get("/lazy/")
    assert response.status_code == 200
    assert lazy_page.seen == [7]


def test_an_actor_inside_another_gives_the_old_one_back() -> None:
    here, there = place(), place()
    outer, inner = here.member("host"), there.member("host")
    here.booking()
    with as_actor(outer):
        assert member_in_the_database() == str(outer.member_id)
        with as_actor(inner):
            assert actors.current() is inner
            assert member_in_the_database() == str(inner.member_id)
            assert Person.objects.count() == 0
        assert actors.current() is outer
        assert member_in_the_database() == str(outer.member_id)
        assert Person.objects.count() == 1
    assert actors.current_or_none() is None


def test_an_inner_actor_that_fails_takes_the_whole_transaction_with_it() -> None:
    here = place()
    outer, inner = here.member("host"), here.member("coach")
    visits_before = _visits(outer)
    with pytest.raises(transaction.TransactionManagementError), as_actor(outer):
        frontdesk.take_walk_in(outer, here.reasons["evidence"].id, key="walk")
        try:
            with as_actor(inner):
                raise ValueError("this went wrong")
        except ValueError:
            pass
        Visit.objects.count()
    assert _visits(outer) == visits_before


def _visits(actor: Actor) -> int:
    with as_actor(actor):
        return Visit.objects.count()


def test_a_rollback_to_a_savepoint_does_not_leave_the_wrong_actor() -> None:
    """PostgreSQL takes settings back with the savepoint; the connection notices and says again who asks."""
    here, there = place(), place()
    outer, inner = here.member("host"), there.member("host")
    with as_actor(outer):
        with pytest.raises(ValueError, match="back"), transaction.atomic():
            with as_actor(inner):
                assert member_in_the_database() == str(inner.member_id)
            raise ValueError("back")
        assert member_in_the_database() == str(outer.member_id)
        with as_actor(inner):
            with pytest.raises(ValueError, match="back"), transaction.atomic():
                member_in_the_database()
                raise ValueError("back")
            assert member_in_the_database() == str(inner.member_id)
        assert member_in_the_database() == str(outer.member_id)


def test_a_savepoint_entered_before_the_first_statement_does_not_hide_the_actor() -> None:
    """The first statement says who asks; when it came inside a savepoint that is undone, it is said again."""
    host = place().member("host")
    with as_actor(host):
        with pytest.raises(ValueError, match="back"), transaction.atomic():
            assert centres_seen() == 7
            raise ValueError("back")
        assert centres_seen() == 7


def test_settings_do_not_outlive_the_transaction() -> None:
    host = place().member("host")
    with as_actor(host):
        centres_seen()
    raw = connection.connection
    row = raw.execute(
        "select current_setting('kohti.member', true), (select count(*) from team_centre)"
    ).fetchone()
    raw.rollback()
    assert row[0] in (None, "")
    assert row[1] == 0


def test_an_ended_membership_is_refused_from_the_next_transaction_on() -> None:
    here = place()
    host = here.member("host")
    with as_actor(host):
        assert centres_seen() == 7
    with as_system(here.system) as system:
        assert host.member_id is not None
        team.end_membership(system, host.member_id)
    with pytest.raises(NotAllowed), as_actor(host):
        centres_seen()
    with as_actor(DOOR):
        assert host.member_id is not None
        assert actors.member(host.member_id) is None


def test_a_membership_that_has_not_begun_gives_nothing_yet() -> None:
    here = place()
    host = here.member("host")
    with clock.held_at(HIRED - timedelta(seconds=1)), pytest.raises(NotAllowed), as_actor(host):
        centres_seen()
    with clock.held_at(HIRED), as_actor(host):
        assert centres_seen() == 7


def test_the_web_cannot_be_the_system() -> None:
    here = place()
    with pytest.raises(NotAllowed), as_actor(here.system):
        centres_seen()


def test_a_screen_is_nobody_and_sees_what_its_role_sees() -> None:
    here = place()
    here.booking()
    host = here.member("host")
    screen = host.as_screen()
    assert screen.member_id is None
    assert screen.staff_id is None
    assert "name" not in screen.facts
    with as_actor(screen):
        assert Person.objects.count() == 1
    with as_actor(replace(screen, centre_id=here.other.id)):
        assert Person.objects.count() == 0


def test_the_clock_in_sql_is_the_clock_in_python() -> None:
    host = place().member("host")
    with clock.held_at(MORNING.replace(microsecond=123456)), as_actor(host), connection.cursor() as cursor:
        cursor.execute("select kohti.now()")
        assert cursor.fetchone() == (clock.now(),)


def test_three_hundred_transactions_of_many_actors_never_see_each_others_rows() -> None:
    _interleave("default")


# --------------------------------------------------------------------------- through a pooler


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def pooler() -> Iterator[str]:
    """PgBouncer in transaction mode with two server connections, as the database `pooled`."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("PGBOUNCER IS MISSING: nothing was tried through a pooler (apt install pgbouncer)")
    server = conninfo_to_dict(addresses.web_url(addresses.data_folder()))
    port = _free_port()
    folder = Path(tempfile.mkdtemp(prefix="kohti-pooler-"))
    (folder / "users.txt").write_text(f'"{server["user"]}" "{server["password"]}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"""[databases]
* = host={server["host"]} port={server["port"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
server_round_robin = 1
"""
    )
    user = None
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, -1)
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([program, folder / "pgbouncer.ini"], user=user, stdout=log, stderr=log)
    try:
        _wait_for(port, running, folder / "log")
        address = f"postgresql://{server['user']}@127.0.0.1:{port}/{server['dbname']}"
        with pytest.MonkeyPatch.context() as settings:
            settings.setenv("KOHTI_WEB_URL", address)
            pooled = addresses.databases(addresses.data_folder())["default"]
        connections.settings["pooled"] = connections.settings["default"] | pooled
        yield "pooled"
    finally:
        connections.settings.pop("pooled", None)
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder)


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if running.poll() is not None:
            break
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"pgbouncer did not start: {log.read_text()}")


@contextmanager
def through(alias: str) -> Iterator[None]:
    """Ask the database by another way."""
    before = connections["default"]
    connections["default"] = connections[alias]
    try:
        yield
    finally:
        connections["default"] = before


def _interleave(alias: str) -> None:
    places = [place() for _n in range(3)]
    for here in places:
        here.booking()
        here.booking(centre=here.other)
    cast: list[tuple[Place, Actor]] = [
        (here, here.member(role, centre=code))
        for here in places
        for role in ("host", "leader", "administrator")
        for code in ("cheltenham", "gloucester")
    ]

    def one(n: int) -> set[tuple[object, ...]]:
        here, actor = cast[n % len(cast)]
        crossed: set[tuple[object, ...]] = set()
        with through(alias), as_actor(actor):
            for _again in range(3):
                with connection.cursor() as cursor:
                    cursor.execute(
                        "select kohti.member()::text,"
                        " (select count(*) from team_centre where service_id <> %s),"
                        " (select count(*) from people_person where centre_id <> %s),"
                        " (select count(*) from people_person)",
                        [here.system.service_id, actor.centre_id],
                    )
                    member, strange, elsewhere, seen = cursor.fetchone()
                should = 0 if actor.role == "administrator" else 1
                if (member, strange, elsewhere, seen) != (str(actor.member_id), 0, 0, should):
                    crossed.add((n, member, strange, elsewhere, seen))
        return crossed

    results = in_threads(300, one)
    assert results == [set()] * 300


def test_through_a_pooler_three_hundred_transactions_never_cross_over(pooler: str) -> None:
    _interleave(pooler)


def test_through_a_pooler_nobody_inherits_an_actor(pooler: str) -> None:
    host = place().member("host")
    with through(pooler):
        for _n in range(20):
            with as_actor(host):
                assert centres_seen() == 7
            raw = connection.connection
            row = raw.execute(LEFT_BEHIND).fetchone()
            raw.rollback()
            assert row[0] in (None, "")
            assert row[1] == 0
        connection.close()


def test_through_a_pooler_savepoints_nested_actors_and_actions_work(pooler: str) -> None:
    here = place()
    booking = here.booking()
    host, other = here.member("host"), place().member("host")
    with through(pooler):
        with as_actor(host):
            with pytest.raises(ValueError, match="back"), transaction.atomic():
                with as_actor(other):
                    member_in_the_database()
                raise ValueError("back")
            moved = frontdesk.check_in(host, booking.id, key=str(uuid.uuid4()))
            assert moved.ticket == "A001"
        with pytest.raises(NoActor):
            centres_seen()
        connection.close()


def test_instants_come_from_the_database_in_utc_read_all_at_once_or_in_portions() -> None:
    here = place()
    begins = MORNING + timedelta(minutes=7, microseconds=3)
    booking = here.booking(begins)
    with as_actor(here.member("leader")):
        asked = Booking.objects.filter(id=booking.id).values_list("starts", flat=True)
        for found in (asked.get(), next(asked.iterator(chunk_size=1))):
            assert (found, found.tzinfo) == (begins, UTC)
