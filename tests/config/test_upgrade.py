"""From one release to the next: with the data of each release there was, and interrupted in the middle.

`tests/config/releases/` holds a backup of every release, made by its own `kohti backup` after `kohti migrate`,
`kohti blueprint apply gloucestershire` and `kohti import diary` of the sample's day.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.config.test_keeping import Kept, dropped, fresh_name

from kohti.config import addresses, prepare
from kohti.config.keeping import files

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.kohti"))


@contextmanager
def installation(folder: Path, *, made: bool) -> Iterator[Kept]:
    """An installation of its own on the server of these tests; `made`: with an empty database."""
    name = fresh_name()
    kohti = Kept(folder, name, Path(os.environ["KOHTI_DATA"]))
    with dropped(name):
        if made:
            beside = addresses.with_database(addresses.owner_url(), "postgres")
            with psycopg.connect(beside, autocommit=True) as admin:
                admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield kohti


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_the_data_of_every_release_come_into_this_one(release: Path, tmp_path: Path) -> None:
    manifest = files.Reading(release).manifest
    before = {table.name: table.rows for table in manifest.tables}
    assert before["diary_booking"] == 203
    with installation(tmp_path / "data", made=False) as kohti:
        done = kohti.run("restore", release, "--json").json()
        assert done["verified"] is True
        assert done["history_verified"] is True
        assert done["migrations_since"] == len(prepare.migrations_of_this_release()) - len(
            manifest.migrations
        )
        after = {name: rows for name, (rows, _digest) in kohti.sums().items()}
        for name in ("people_person", "people_contact", "diary_booking", "team_staff", "team_service"):
            assert after[name] == before[name], name
        assert after["kernel_historyevent"] >= before["kernel_historyevent"]
        checks = kohti.run("check", "--json").json()
        assert [one["check"] for one in checks if not one["ok"]] == []


def test_a_database_ahead_of_the_program_is_left_alone(tmp_path: Path) -> None:
    with installation(tmp_path / "data", made=True) as kohti:
        with psycopg.connect(kohti.url, autocommit=True) as owner:
            owner.execute(
                "create table django_migrations (id bigint, app text, name text, applied timestamptz)"
            )
            owner.execute("insert into django_migrations values (1, 'people', '0999_of_tomorrow', now())")
        done = kohti.run("migrate", code=3)
        assert "people.0999_of_tomorrow" in done.err
        assert "Nothing was changed" in done.err
        assert kohti.ask("select count(*) from pg_class where relnamespace = 'public'::regnamespace") == 1


@pytest.mark.long
def test_an_update_killed_half_way_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Killed again and again, each time a little later, until one gets through."""
    with installation(tmp_path / "data", made=True) as kohti:
        whole = len(prepare.migrations_of_this_release())
        killed, reached = 0, -1
        with psycopg.connect(kohti.url, autocommit=True) as owner:

            def applied() -> int:
                return len(prepare.applied(owner))

            while applied() < whole:
                goal = min(applied() + 12, whole)
                with kohti.running("migrate") as process:
                    limit = time.monotonic() + 120
                    while applied() < goal and process.poll() is None:
                        assert time.monotonic() < limit
                    process.kill()
                    process.wait()
                assert applied() > reached, "it began anew"
                reached, killed = applied(), killed + 1
        assert killed >= 3
        kohti.run("migrate")
        kohti.run("blueprint", "apply", "gloucestershire")
        checks = kohti.run("check", "--json").json()
        assert [one["check"] for one in checks if not one["ok"]] == []


@pytest.mark.long
def test_two_updates_at_once_do_the_work_once(tmp_path: Path) -> None:
    with (
        installation(tmp_path / "data", made=True) as kohti,
        psycopg.connect(kohti.url, autocommit=True) as other,
    ):
        other.execute("select pg_advisory_lock(7236002)")
        with kohti.running("migrate") as process:
            limit = time.monotonic() + 60
            while not other.execute(
                "select 1 from pg_locks where locktype = 'advisory' and not granted and objid = 7236002"
            ).fetchone():
                assert time.monotonic() < limit
                assert process.poll() is None
            assert prepare.applied(other) == set()
            other.execute("select pg_advisory_unlock(7236002)")
            assert process.wait(120) == 0
        assert len(prepare.applied(other)) == len(prepare.migrations_of_this_release())
