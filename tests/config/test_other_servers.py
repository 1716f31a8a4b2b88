"""What the kernel promises holds on the distribution's PostgreSQL 15, and through a pooler in transaction mode.

Tests of the kernel and of restoring, run as they are against other servers. Where these are not installed the
tests are skipped, and say so loudly.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.config.cli import OURS, data_folder, free_port

FIFTEEN = Path("/usr/lib/postgresql/15/bin")
CHECKOUT = Path(__file__).parents[2]
PROMISES = tuple(
    f"tests/kernel/test_{name}.py" for name in ("policies", "history", "once", "actor", "jobs", "live")
)
RESTORING = ("tests/config/test_keeping.py", "tests/config/test_upgrade.py")
"""The latter brings back backups that were made on the server we bring."""
NOBODY = "nobody" if os.geteuid() == 0 else None

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def fifteen() -> Iterator[str]:
    """The owner's address of a PostgreSQL 15 of the distribution's."""
    if not (FIFTEEN / "initdb").exists():
        pytest.skip(f"NOT TESTED on PostgreSQL 15: {FIFTEEN} is not there (apt-get install postgresql-15)")
    with data_folder() as folder:
        folder.chmod(0o777)
        cluster, port = folder / "cluster", free_port()

        def do(program: str, *words: str) -> None:
            subprocess.run(
                [FIFTEEN / program, *words], user=NOBODY, check=True, stdout=subprocess.DEVNULL, cwd=folder
            )

        do("initdb", "-D", str(cluster), "-U", "boss", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        do("pg_ctl", "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            address = f"postgresql://boss@127.0.0.1:{port}"
            with psycopg.connect(f"{address}/postgres", autocommit=True) as admin:
                # An owner as a managed database gives one: no superuser.
                admin.execute("create role kohti_owner login createdb createrole")
                # Only for the tests' end: the pooler stays connected to the databases they drop.
                admin.execute("grant pg_signal_backend to kohti_owner")
                admin.execute("create database kohti owner kohti_owner")
            yield f"postgresql://kohti_owner@127.0.0.1:{port}/kohti"
        finally:
            do("pg_ctl", "-D", str(cluster), "-m", "immediate", "-w", "stop")


@contextmanager
def pooler(server: str) -> Iterator[int]:
    """pgbouncer in transaction mode before a server; its port. Fewer connections than threads ask for."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("NOT TESTED through a pooler: pgbouncer is not there (apt-get install pgbouncer)")
    with data_folder() as folder:
        folder.chmod(0o777)
        port, behind = free_port(), server.rpartition(":")[2].partition("/")[0]
        (folder / "users").write_text('"kohti_owner" ""\n"kohti_web" ""\n"kohti_worker" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
            "pool_mode = transaction\ndefault_pool_size = 5\nmax_client_conn = 500\n"
            "ignore_startup_parameters = extra_float_digits,options\nlogfile =\n"
        )
        process = subprocess.Popen(
            [program, "-q", str(folder / "pgbouncer.ini")],
            user=NOBODY,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            limit = time.monotonic() + 30
            while True:
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None
                assert time.monotonic() < limit
            yield port
        finally:
            process.terminate()
            process.wait(10)


def hold(promises: tuple[str, ...], **environment: str) -> None:
    """The tests of these promises, all but the long ones, pass with this environment."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    kept = {name: value for name, value in kept.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly"),
            *promises,
        ],
        cwd=CHECKOUT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    print(done.stdout[-200:])
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_what_the_kernel_promises_holds_on_postgresql_15(fifteen: str) -> None:
    hold(PROMISES, DATABASE_URL=fifteen)


def test_a_backup_comes_back_on_postgresql_15(fifteen: str) -> None:
    hold(RESTORING, DATABASE_URL=fifteen)


def test_what_the_kernel_promises_holds_through_a_pooler_in_transaction_mode(fifteen: str) -> None:
    """The web role goes through it, as operations has it; the worker and live news around it."""
    behind = fifteen.rpartition(":")[2].partition("/")[0]
    with pooler(fifteen) as port:
        through = fifteen.replace("kohti_owner@", "kohti_web:any@").replace(f":{behind}/", f":{port}/")
        hold(PROMISES, DATABASE_URL=fifteen, KOHTI_WEB_URL=through)
