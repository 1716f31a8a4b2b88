"""The home of one server: its folder, its making, its start and its stop."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

import psycopg

from kohti.kernel.languages import gettext_noop

from .account import Account, command_of, run_as
from .address import HOST, SUPERUSER, Address, free_port
from .files import RECOVERY_MAY_TAKE, read, sync_folder, write
from .programs import ROOM_FOR_A_NEW_SERVER
from .settings import SETTINGS, configuration
from .trouble import PostgresTrouble, Say, disk_full, speaks_of_full_disk

OTHER_VERSION = gettext_noop(
    "%(what)s was made by PostgreSQL %(version)s, and this Kohti brings PostgreSQL %(ours)s. It was left as it is."
    " Move it with PostgreSQL's own dump and restore, or name another data folder."
)
STILL_BUSY_FOR = 120.0
STOPPING_MAY_TAKE = 60


@dataclass(frozen=True)
class Home:
    """One server's folder, with the programs and the system user that run it."""

    folder: Path
    binaries: Path
    major: int
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        """Where the server says what it has to say."""
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
                chosen = free_port(port, read(self.folder / "port"), patient=waited < 10)
                if chosen is not None and self.start(chosen, settings, say):
                    continue
            if waited > patience:
                raise self.trouble(
                    _("it did not come up within %(n)s seconds") % {"n": round(waited)},
                    f"{self.end_of_log()}\n{said}",
                )
            if waited > 3 and not told:
                told = True
                say(_("Waiting for the database, which is still busy with its end or with repairing itself"))
            time.sleep(0.1)

    def ensure_created(self, settings: Mapping[str, str], say: Say) -> None:
        """Make the cluster where there is none; whole or not at all. Raises PostgresTrouble."""
        if self.cluster.exists():
            found = read(self.cluster / "PG_VERSION").strip()
            if found == str(self.major):
                return
            raise PostgresTrouble(
                _(OTHER_VERSION) % {"what": self.cluster, "version": found or "?", "ours": self.major},
                code="other-version",
            )
        free = shutil.disk_usage(self.folder).free
        if free < ROOM_FOR_A_NEW_SERVER:
            raise disk_full(self.folder, needed=ROOM_FOR_A_NEW_SERVER)
        say(_("Creating the database in %(folder)s") % {"folder": self.folder})
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
            write(secret, password, owner=self.account)
            self.initdb(unfinished, secret, quick=settings.get("fsync") == "off")
            write(self.folder / "password", password)
            write(unfinished / "pg_hba.conf", f"host all all {HOST}/32 scram-sha-256\n", owner=self.account)
            unfinished.rename(self.cluster)
            sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        finally:
            secret.unlink(missing_ok=True)

    def initdb(self, folder: Path, secret: Path, *, quick: bool) -> None:
        """Fill a new cluster's folder."""
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
        raise self.trouble(_("it could not be created"), output)

    def start(self, port: int, settings: Mapping[str, str], say: Say) -> bool:
        """Try once.

        False when it did not work for a reason that passes; raises `PostgresTrouble` for one that stays.
        """
        self.forget_stranger()
        if self.log_size() > 4 * 2**20:
            self.log.replace(self.log.with_suffix(".log.1"))
        if not self.log.exists():
            write(self.log, "", owner=self.account)
        before = self.log_size()
        text = configuration({**SETTINGS, **settings, "port": str(port)})
        write(self.cluster / "postgresql.conf", text, owner=self.account)
        done = self.run(
            "pg_ctl",
            "start",
            "--wait",
            f"--timeout={RECOVERY_MAY_TAKE}",
            f"--pgdata={self.cluster}",
            f"--log={self.log}",
            when_slow=lambda: say(_("The database was interrupted and is repairing itself")),
        )
        if done.returncode == 0:
            write(self.folder / "port", str(port))
            return True
        why = done.stdout + self.log_since(before)
        if re.search(r"could not bind|could not create any TCP/IP sockets", why):
            (self.folder / "port").unlink(missing_ok=True)
            return False
        if re.search(r"still in use|already exists|another server might be running", why):
            return False
        raise self.trouble(_("it could not be started"), why)

    def stop(self, say: Say) -> None:
        """Stop the server without losing anything;

        quietly right when it does not run. Needs the use lock alone.
        """
        if self.postmaster() is None:
            return
        wait = ["--wait", f"--timeout={STOPPING_MAY_TAKE}", f"--pgdata={self.cluster}"]
        if self.run("pg_ctl", "stop", "--mode=fast", *wait).returncode == 0 or self.postmaster() is None:
            return
        say(
            _(
                "The database does not stop politely; stopping it at once. It repairs itself at the next start."
            )
        )
        self.run("pg_ctl", "stop", "--mode=immediate", *wait)
        if self.postmaster() is not None:
            raise PostgresTrouble(
                _("The database in %(folder)s could not be stopped.") % {"folder": self.folder}, code="busy"
            )

    def postmaster(self) -> int | None:
        """The process id of the running postmaster of this very cluster, or None.

        What the pid file says is not enough: after a crash that number may by now belong to somebody else.
        """
        pid = self.recorded_pid()
        if pid is None or pid <= 0:
            return None
        ours = r"(^|/)postgres -D " + re.escape(str(self.cluster)) + r"( |$)"
        return pid if re.search(ours, command_of(pid)) else None

    def recorded_pid(self) -> int | None:
        """The process id the pid file names; it may be a stranger's by now."""
        lines = self.pid_file()
        return int(lines[0]) if lines and re.fullmatch(r"-?\d+", lines[0].strip()) else None

    def recorded_port(self) -> int | None:
        """The port the pid file names."""
        lines = self.pid_file()
        return int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else None

    def pid_file(self) -> list[str]:
        """The lines of the pid file; none when nobody runs."""
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
            write(
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
            if speaks_of_full_disk(said):
                raise disk_full(self.folder) from error
            if "password authentication failed" in said:
                raise PostgresTrouble(
                    _("The database in %(folder)s does not take the password kept beside it.")
                    % {"folder": self.folder},
                    code="folder",
                ) from error
            # Full, so up; and that the postmaster at this port is ours we know from its process.
            return "" if "too many clients" in said else said
        ours = row is not None and os.path.realpath(str(row[0])) == os.path.realpath(self.cluster)
        return "" if ours else f"another server is at port {port}"

    def run(
        self, program: str, *arguments: str, when_slow: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user;

        its words, both streams together, are in `stdout`.
        """
        return run_as(
            [str(self.binaries / program), *arguments], self.account, home=self.folder, when_slow=when_slow
        )

    def give_to_account(self, path: Path) -> None:
        """Make a file or folder the server user's."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def log_size(self) -> int:
        """How long the log is, in bytes."""
        try:
            return self.log.stat().st_size
        except FileNotFoundError:
            return 0

    def log_since(self, offset: int) -> str:
        """What the log says from a place on, at most 64 kB of it."""
        try:
            with self.log.open("rb") as log:
                log.seek(offset)
                return log.read(64_000).decode(errors="replace")
        except FileNotFoundError:
            return ""

    def end_of_log(self) -> str:
        """The last few lines of the log."""
        return "\n".join(self.log_since(max(0, self.log_size() - 4_000)).splitlines()[-8:])

    def trouble(self, what: str, output: str) -> PostgresTrouble:
        """What went wrong, with the last words of the program."""
        if speaks_of_full_disk(output):
            return disk_full(self.folder)
        lines = [
            line
            for line in output.splitlines()
            if line.strip() and not line.startswith(("waiting for", "stopped waiting"))
        ]
        return PostgresTrouble(
            _(
                "The database in %(folder)s is not there: %(what)s. Nothing of it was lost. Its log is %(log)s:"
            )
            % {"folder": self.folder, "what": what, "log": self.log}
            + "\n"
            + "\n".join(lines[-8:]),
            code="start",
        )
