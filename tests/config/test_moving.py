"""A whole service out and in again elsewhere: the same rows, or nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.config.test_doctor import from_template
from tests.config.test_keeping import Kept, dropped, fresh_name, quiet
from tests.factories import MORNING, Place, acting, place

from kohti.config import addresses
from kohti.config.keeping import files, service
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock, history
from kohti.kernel.ids import new_id


@pytest.fixture(scope="module")
def lived() -> Place:
    """A service with a morning behind it, and a name that a spreadsheet would take for a formula."""
    with clock.held_at(MORNING):
        here = place(f"moving-{new_id().hex[-8:]}")
        booking = here.booking(MORNING + timedelta(minutes=30), person=here.person("=1+1 Formula"))
        acting(here.member("host"), frontdesk.check_in, booking.id, key=str(new_id()))
        here.person("Zoë “Ω”\nÆrø")
    return here


def code_of(here: Place) -> str:
    """The service's code."""
    return str(here.member("host").facts["service_code"])


@pytest.fixture(scope="module")
def exported(lived: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file."""
    file = tmp_path_factory.mktemp("out") / "service.zip"
    with clock.held_at(MORNING):
        service.export(code_of(lived), file, url=addresses.owner_url(), say=quiet)
    return file


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Kept]:
    """An installation with nothing in it."""
    name = fresh_name()
    with dropped(name):
        from_template(name)
        yield Kept(tmp_path / "elsewhere", name, Path(os.environ["KOHTI_DATA"]))


def test_the_file_speaks_for_itself(exported: Path, lived: Place) -> None:
    assert exported.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(exported) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        for table in manifest["tables"]:
            assert {f"csv/{table['name']}.csv", f"json/{table['name']}.jsonl"} <= names
            rows = list(csv.reader(io.StringIO(archive.read(f"csv/{table['name']}.csv").decode("utf-8-sig"))))
            assert len(rows) - 1 == table["rows"], table["name"]
        people = archive.read("csv/people_person.csv").decode("utf-8-sig")
        assert '"\'=1+1 Formula"' in people
        assert '"=1+1 Formula"' in archive.read("json/people_person.jsonl").decode()
        told = archive.read("dictionary.md").decode()
        assert "## people_person" in told
        assert "what to call them, when not by the full name" in told
        assert "password" not in archive.read("csv/team_user.csv").decode()
        assert not [name for name in names if "session" in name or "authenticator" in name]


def test_it_comes_in_elsewhere_row_by_row_under_the_same_identifiers(
    exported: Path, lived: Place, elsewhere: Kept
) -> None:
    looked = service.bring(exported, url=elsewhere.url, apply=False, say=quiet)
    assert elsewhere.ask("select count(*) from team_service") == 0
    service.bring(exported, url=elsewhere.url, apply=True, say=quiet)
    for table in looked.tables:
        if table.name == service.USERS:
            assert elsewhere.ask("select count(*) from team_user where password = '!'") == table.rows
        elif table.name != service.DETAILS:
            column = "id" if table.name == service.SERVICES else "service_id"
            count = elsewhere.ask(
                f'select count(*) from "{table.name}" where {column} = %s', lived.system.service
            )
            assert count == table.rows, table.name
    with psycopg.connect(elsewhere.url, autocommit=True) as owner:
        *_all, verdict = history.verify(owner)
    assert verdict.faults == []
    assert verdict.events > 0
    found = elsewhere.run("check", "--json").json()
    assert [one["check"] for one in found if not one["ok"]] == []
    back = elsewhere.data / "back.zip"
    made = service.export(code_of(lived), back, url=elsewhere.url, say=quiet)
    before = {table.name: table.digest for table in looked.tables}
    after = {table.name: table.digest for table in made.tables}
    assert {name for name in before if before[name] != after[name]} <= {service.EVENTS}


def test_what_is_there_already_is_not_overrun(exported: Path, lived: Place, elsewhere: Kept) -> None:
    with pytest.raises(service.Taken, match="already"):
        service.bring(exported, url=addresses.owner_url(), apply=True, say=quiet)
    with psycopg.connect(elsewhere.url, autocommit=True) as owner:
        with zipfile.ZipFile(exported) as archive:
            somebody = json.loads(archive.read("json/team_user.jsonl").splitlines()[0])["username"]
        owner.execute(
            "insert into team_user (id, username, email, password, is_active) values (%s, %s, '', '!', true)",
            (new_id(), somebody),
        )
    with pytest.raises(service.Taken, match=somebody):
        service.bring(exported, url=elsewhere.url, apply=True, say=quiet)
    assert elsewhere.ask("select count(*) from team_service") == 0
    assert elsewhere.ask("select count(*) from people_person") == 0


def test_an_altered_row_another_release_and_another_file_are_refused(
    exported: Path, elsewhere: Kept, tmp_path: Path
) -> None:
    def changed(name: str, old: bytes, new: bytes) -> Path:
        target = tmp_path / "changed.zip"
        with zipfile.ZipFile(exported) as before, zipfile.ZipFile(target, "w") as after:
            for one in before.namelist():
                body = before.read(one)
                after.writestr(one, body.replace(old, new) if one == name else body)
        return target

    with pytest.raises(files.BadBackup, match="people_person"):
        service.bring(
            changed("json/people_person.jsonl", b"Formula", b"Formulb"),
            url=elsewhere.url,
            apply=True,
            say=quiet,
        )
    with pytest.raises(files.BadBackup, match="another release"):
        service.bring(
            changed("manifest.json", b"people.0001_initial", b"people.0000_initial"),
            url=elsewhere.url,
            apply=True,
            say=quiet,
        )
    with zipfile.ZipFile(exported) as archive:
        events = archive.getinfo("json/kernel_historyevent.jsonl")
    damaged = bytearray(exported.read_bytes())
    damaged[events.header_offset + events.compress_size // 2] ^= 1
    (tmp_path / "damaged.zip").write_bytes(damaged)
    with pytest.raises(files.BadBackup, match="kernel_historyevent cannot be read"):
        service.bring(tmp_path / "damaged.zip", url=elsewhere.url, apply=True, say=quiet)
    (tmp_path / "letter.zip").write_text("Dear all,")
    with pytest.raises(files.BadBackup, match="not an exported service"):
        service.bring(tmp_path / "letter.zip", url=elsewhere.url, apply=True, say=quiet)
    assert elsewhere.ask("select count(*) from team_service") == 0
