"""Backups: everything comes back as it was, nobody who was forgotten does, and nothing living is overrun."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.cli import Kohti
from tests.factories import MORNING, Place, acting, as_system, as_worker, place

from kohti.config import addresses, housekeeping, prepare
from kohti.config.keeping import backup, erasures, files, restore
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock, history
from kohti.kernel.errors import KohtiError
from kohti.kernel.ids import new_id

SINCE = {"kernel_message", "kernel_historyevent", "kernel_historydetail"}
"""What a restore may add to: that messages which waited are unknown now."""


def quiet(line: str) -> None:
    """Nobody listens."""


class Kept(Kohti):
    """An installation on the server of these tests, in a database and a data folder of its own."""

    def __init__(self, folder: Path, name: str, shared: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared / "secrets.json", folder / "secrets.json")
        self.name = name
        self.url = addresses.with_database(addresses.owner_url(), name)
        super().__init__(folder, DATABASE_URL=self.url)

    def sums(self) -> dict[str, tuple[int, str]]:
        """What each table holds: its rows and their digest."""
        with psycopg.connect(self.url) as owner:
            files.speak_plainly(owner)
            found = {
                name: files.summed(owner, name, columns) for name, columns in files.tables(owner).items()
            }
        return {name: (one.rows, one.digest) for name, one in found.items() if name not in files.LEFT_OUT}

    def ask(self, query: str, *values: object) -> Any:
        """One value, as the owner."""
        with psycopg.connect(self.url, autocommit=True) as owner:
            row = owner.execute(query.encode(), values).fetchone()
        return row[0] if row else None


@contextmanager
def dropped(*names: str) -> Iterator[None]:
    """Databases of a test, gone at its end."""
    try:
        yield
    finally:
        with psycopg.connect(
            addresses.with_database(addresses.owner_url(), "postgres"), autocommit=True
        ) as admin:
            for name in names:
                for one in (name, f"{name}_restoring", f"{name}_put_away"):
                    prepare.drop_database(admin, one)


def fresh_name() -> str:
    """A database nobody has."""
    return f"kohti_kept_{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="module")
def lived() -> Place:
    """A service with a morning behind it, and words that trip up whoever copies rows by hand."""
    with clock.held_at(MORNING):
        here = place()
        host, coach = here.member("host"), here.member("coach")
        for name in ("Tab\there \\N and\nnext line", "Zoë “Ω” Ærø", "\\.", "'; drop table x; --"):
            booking = here.booking(MORNING + timedelta(minutes=30), person=here.person(name))
            acting(host, frontdesk.check_in, booking.id, key=str(new_id()))
        acting(coach, frontdesk.call_next, key=str(new_id()))
    return here


@pytest.fixture(scope="module")
def made(lived: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "blueprints").mkdir()
    (folder / "blueprints" / "sixth.toml").write_text("# a sixth service\n")
    file = folder / "one.kohti"
    backup.make(file, data=folder, url=addresses.owner_url(), say=quiet)
    return file


@pytest.fixture(scope="module")
def restored(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The backup, brought back elsewhere."""
    name = fresh_name()
    kohti = Kept(tmp_path_factory.mktemp("restored"), name, Path(os.environ["KOHTI_DATA"]))
    with dropped(name):
        done = kohti.run("restore", made, "--json").json()
        assert done["verified"] is True
        assert done["history_verified"] is True
        assert done["database"] == name
        yield kohti


def forget(kohti: Kept, person_id: uuid.UUID, *, service_id: uuid.UUID) -> None:
    """Forget a person as the service's housekeeping does, in that installation."""
    url = addresses.as_role(
        kohti.url, addresses.WORKER, addresses.keep_secrets(kohti.data)["worker_password"]
    )
    with psycopg.connect(url) as worker:
        worker.execute(
            "select kohti.enter('system', null, %s, null, 'system', 'service', now())", (service_id,)
        )
        worker.execute("select kohti.forget_in_history(%s)", (person_id,))
        worker.execute(
            "select kohti.record(%s, 'person.forgotten', 'person', %s, %s, null)",
            (new_id(), person_id, [person_id]),
        )


def values_of(kohti: Kept, person_id: uuid.UUID) -> int:
    """How many events about a person still have their values."""
    return int(
        kohti.ask(
            "select count(*) from kernel_historyevent e join kernel_historydetail d on d.event_id = e.id"
            " where %s = any(e.person_ids) and d.body is not null",
            person_id,
        )
    )


# coming back


def test_every_row_of_every_table_comes_back_as_it_was(made: Path, restored: Kept) -> None:
    manifest = files.Reading(made).manifest
    assert manifest.rows > 100
    told = {table.name: (table.rows, table.digest) for table in manifest.tables}
    back = restored.sums()
    assert {name for name in told if back[name] != told[name]} <= {"kernel_installation", *SINCE}
    assert restored.ask("select era from kernel_installation") == 2
    assert restored.ask("select count(*) from people_person where full_name = %s", "\\.") == 1
    assert restored.ask("select last_value from procrastinate_jobs_id_seq") >= 1


def test_what_came_back_passes_every_check_and_goes_on(restored: Kept) -> None:
    found = {one["check"]: one["ok"] for one in restored.run("check", "--json", code=None).json()}
    assert found["the history is as it was written"]
    assert found["every table is under row policies"]
    assert found["nobody's membership crosses services"]
    restored.run("blueprint", "apply", "gloucestershire")
    assert json.loads(restored.run("history", "verify", "--json").out)["verified"] is True


def test_files_of_the_data_folder_come_back_and_secrets_are_apart(made: Path, restored: Kept) -> None:
    assert (restored.data / "blueprints" / "sixth.toml").read_text() == "# a sixth service\n"
    with zipfile.ZipFile(made) as archive:
        assert not [name for name in archive.namelist() if "secret" in name]
        key = addresses.keep_secrets(restored.data)["secret_key"].encode()
        assert not [name for name in archive.namelist() if key in archive.read(name)]
    assert made.stat().st_mode & 0o077 == 0


def test_whoever_was_forgotten_since_stays_forgotten(lived: Place, made: Path, restored: Kept) -> None:
    with psycopg.connect(addresses.owner_url()) as owner:
        row = owner.execute(
            "select id from people_person where full_name like 'Zoë%%' and service_id = %s",
            (lived.system.service,),
        ).fetchone()
    assert row is not None
    person_id: uuid.UUID = row[0]
    assert values_of(restored, person_id) > 0
    forget(restored, person_id, service_id=lived.system.service)
    told = restored.run("erasures").out
    assert json.loads(told.splitlines()[-1])["person"] == str(person_id)
    kept_apart = restored.data / "kept-apart.jsonl"
    kept_apart.write_text(told)
    name = fresh_name()
    with dropped(name):
        elsewhere = Kept(restored.data / "elsewhere", name, restored.data)
        done = elsewhere.run("restore", made, "--erasures", kept_apart, "--json").json()
        assert done["forgotten_again"] == 1
        assert done["history_verified"] is True
        assert values_of(elsewhere, person_id) == 0


# what is refused


def test_a_living_database_is_left_alone(made: Path, restored: Kept) -> None:
    before = restored.sums()
    done = restored.run("restore", made, code=3)
    assert "is alive" in done.err
    assert "--replace" in done.err
    done = restored.run("restore", made, "--beside", restored.name, code=3)
    assert "not empty" in done.err
    assert restored.sums() == before


def test_a_file_cut_short_or_altered_is_found(made: Path, tmp_path: Path) -> None:
    assert restore.check(made, quiet).rows > 100
    whole = made.read_bytes()
    cut = tmp_path / "cut.kohti"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(files.BadBackup, match="cut short"):
        restore.check(cut, quiet)
    altered = tmp_path / "altered.kohti"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(
                name, body.replace(b"Zo\xc3\xab", b"Zoe") if name == "tables/people_person.copy" else body
            )
    with pytest.raises(files.BadBackup, match="people_person"):
        restore.check(altered, quiet)
    with zipfile.ZipFile(made) as archive:
        events = archive.getinfo("tables/kernel_historyevent.copy")
    flipped = bytearray(whole)
    flipped[events.header_offset + events.compress_size // 2] ^= 1
    (tmp_path / "flipped.kohti").write_bytes(flipped)
    with pytest.raises(files.BadBackup):
        restore.check(tmp_path / "flipped.kohti", quiet)
    (tmp_path / "letter.kohti").write_text("Dear all,")
    with pytest.raises(files.BadBackup, match="not a backup"):
        restore.check(tmp_path / "letter.kohti", quiet)


def test_one_bit_that_is_another_is_found_wherever_it_stands(made: Path, tmp_path: Path) -> None:
    whole, dice = made.read_bytes(), random.Random(11)
    # Half of them in the directory at the end, where every byte means something.
    last = range(len(whole) - 6000, len(whole))
    found = 0
    for n in range(120):
        at = dice.choice(last) if n % 2 else dice.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[at] ^= 1 << dice.randrange(8)
        (tmp_path / "flipped.kohti").write_bytes(flipped)
        try:
            restore.check(tmp_path / "flipped.kohti", quiet)
        except files.BadBackup:
            found += 1
    # What is left stands for nothing that comes back: a time of day, a version of the program that packed it.
    assert found > 60


def with_manifest(made: Path, target: Path, **changes: object) -> Path:
    """The backup, its manifest changed."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, json.dumps(json.loads(body) | changes) if name == files.MANIFEST else body)
    return target


def test_a_backup_of_a_newer_release_is_not_guessed_at(made: Path, tmp_path: Path) -> None:
    with pytest.raises(files.BadBackup, match="does not know"):
        files.Reading(with_manifest(made, tmp_path / "format.kohti", format=2))
    manifest = files.Reading(made).manifest
    newer = with_manifest(
        made,
        tmp_path / "newer.kohti",
        migrations=[*manifest.migrations, ("people", "0999_what_nobody_thought_of")],
    )
    name = fresh_name()
    with dropped(name):
        kohti = Kept(tmp_path / "data", name, Path(os.environ["KOHTI_DATA"]))
        done = kohti.run("restore", newer, code=3)
        assert "people.0999_what_nobody_thought_of" in done.err
        assert "Traceback" not in done.err


def test_a_backup_that_would_not_fit_or_has_no_folder_is_said_before(tmp_path: Path) -> None:
    with pytest.raises(KohtiError, match="no folder"):
        backup.make(tmp_path / "no" / "x.kohti", data=tmp_path, url=addresses.owner_url(), say=quiet)
    assert backup.last(tmp_path) is None


# nightly


def test_old_backups_go_once_the_new_one_is_whole_and_nothing_else_does(tmp_path: Path) -> None:
    for day in ("01", "02", "03"):
        (tmp_path / f"kohti-202603{day}T030000Z.kohti").write_bytes(b"old")
    (tmp_path / "letter.kohti").write_bytes(b"not ours to remove")
    found = backup.make(tmp_path, data=tmp_path, url=addresses.owner_url(), say=quiet, keep=2)
    assert [Path(one).name for one in found.removed] == [
        "kohti-20260301T030000Z.kohti",
        "kohti-20260302T030000Z.kohti",
    ]
    there = sorted(one.name for one in tmp_path.glob("*.kohti"))
    assert there == ["kohti-20260303T030000Z.kohti", Path(found.file).name, "letter.kohti"]
    told = backup.last(tmp_path)
    assert told is not None
    assert told["file"] == found.file
    assert not list(tmp_path.glob(".*unfinished"))


def test_the_list_of_the_forgotten_only_grows(tmp_path: Path) -> None:
    one, two = (erasures.Erasure(new_id(), new_id(), f"2026-03-1{n}T10:00:00+00:00") for n in (1, 2))
    assert erasures.keep(tmp_path, {one}) == 1
    assert erasures.keep(tmp_path, {two, one._replace(at="2026-03-15T10:00:00+00:00")}) == 2
    assert erasures.keep(tmp_path, set()) == 2
    assert erasures.read(tmp_path / erasures.LIST) == {one, two}
    (tmp_path / "broken.jsonl").write_text(erasures.as_lines({one}) + "not a line\n")
    with pytest.raises(KohtiError, match="line 2"):
        erasures.read(tmp_path / "broken.jsonl")


def test_the_worker_keeps_the_list_beside_the_database(data: Path) -> None:
    with clock.held_at(MORNING):
        here = place()
        somebody = here.person()
        with as_system(here.system):
            history.forget(somebody.id)
    with as_worker():
        housekeeping.keep_erasures()
    assert somebody.id in {one.person_id for one in erasures.read(data / erasures.LIST)}


# interrupted


def until(true: Any, *, seconds: float = 60) -> None:
    """Wait for something to be so."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it never came to that"
        time.sleep(0.02)


@pytest.mark.long
def test_a_living_database_is_put_away_only_after_a_backup_of_it(
    lived: Place, made: Path, restored: Kept, tmp_path: Path
) -> None:
    name = fresh_name()
    kohti = Kept(tmp_path / "data", name, restored.data)
    with dropped(name):
        kohti.run("restore", made)
        kohti.run("blueprint", "apply", "gloucestershire")
        before = kohti.ask("select count(*) from team_service")
        with psycopg.connect(kohti.url):
            done = kohti.run("restore", made, "--replace", code=3)
            assert "Somebody is connected" in done.err
        assert kohti.ask("select count(*) from team_service") == before
        told = kohti.run("restore", made, "--replace", "--json").json()
        assert kohti.ask("select count(*) from team_service") == before - 1
        away = restore.check(Path(told["put_away"]), quiet)
        assert "gloucestershire" in away.services


@pytest.mark.long
def test_a_restore_killed_half_way_leaves_what_was_there_and_is_done_again(
    made: Path, restored: Kept, tmp_path: Path
) -> None:
    name = fresh_name()
    kohti = Kept(tmp_path / "data", name, restored.data)
    with (
        dropped(name),
        psycopg.connect(addresses.with_database(addresses.owner_url(), "postgres"), autocommit=True) as admin,
    ):
        kohti.run("restore", made)
        before = kohti.sums()
        with kohti.running("restore", made, "--replace") as process:
            until(lambda: restore.there_is(admin, f"{name}_restoring"))
            process.kill()
            process.wait()
        assert kohti.sums() == before
        until(lambda: not admin.execute(
            "select 1 from pg_stat_activity where datname = %s", (f"{name}_restoring",)).fetchone())  # fmt: skip
        assert kohti.run("restore", made, "--replace", "--json").json()["verified"] is True
        assert not restore.there_is(admin, f"{name}_restoring")


@pytest.mark.long
def test_a_backup_killed_half_way_leaves_no_file_of_that_name(restored: Kept, tmp_path: Path) -> None:
    target = tmp_path / "half.kohti"
    with psycopg.connect(restored.url) as owner:
        # The numbers of sequences are asked for after the rows and before the manifest.
        owner.execute("alter sequence procrastinate_jobs_id_seq increment by 1")
        with restored.running("backup", target) as process:
            until(lambda: list(tmp_path.glob(".half.kohti.*")))
            process.kill()
            process.wait()
    assert not target.exists()
    restored.run("backup", target)
    assert restore.check(target, quiet).rows > 100
