"""The command line, run for real: what it prints for a machine, its exit codes, its words for a person."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import urllib.error
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.cli import (
    DIARY,
    SHARED,
    Finished,
    Kohti,
    Visitor,
    data_folder,
    free_port,
    made_by,
    small_day,
)

from kohti.config import command, services
from kohti.kernel import blueprint, postgres

COUNTS = ("rows", "importable", "with_warnings", "refused", "unchanged")
FIFTEEN = Path("/usr/lib/postgresql/15/bin")


def counts(done: Finished) -> tuple[int, ...]:
    """The numbers of an import, in order."""
    found = done.json()
    assert set(found) == {*COUNTS, "problems"}
    assert all(one["row"] > 0 and one["reason"] for one in found["problems"])
    return tuple(found[name] for name in COUNTS)


class Installation(Kohti):
    """A data folder whose server is held up, so that commands do not start it each time."""

    server: postgres.Server

    def owner(self) -> psycopg.Connection[Any]:
        """The database, as the one who may do everything."""
        return psycopg.connect(self.server.address.url("kohti"), autocommit=True)


@pytest.fixture(scope="module")
def empty() -> Iterator[Installation]:
    """An installation with a service and nobody in it."""
    with made_by("migrate") as (data, server, _said):
        kohti = Installation(data)
        kohti.server = server
        kohti.run("blueprint", "apply", "gloucestershire")
        yield kohti


@pytest.fixture(scope="module")
def sample() -> Iterator[Installation]:
    """The sample, loaded by the demo."""
    with made_by("demo", "--no-serve") as (data, server, said):
        assert "the sample is ready" in said
        kohti = Installation(data)
        kohti.server = server
        yield kohti


# importing


def test_a_diary_is_checked_then_imported_and_the_second_time_nothing_is_new(empty: Installation) -> None:
    expected = (212, 203, 1, 9, 0)
    if (SHARED / "data" / "centre-day").is_dir():
        told = json.loads((SHARED / "data" / "centre-day" / "expected.json").read_text())
        assert expected[:4] == (
            told["diary_rows"],
            told["importable"],
            told["importable_with_warnings"],
            told["refused"],
        )
    diary = ("import", "diary", DIARY, "--centre", "cheltenham")
    for _twice in range(2):
        assert counts(empty.run(*diary, "--json")) == expected
    assert counts(empty.run(*diary, "--apply", "--json")) == expected
    assert counts(empty.run(*diary, "--apply", "--json")) == (212, 0, 0, 9, 203)
    said = empty.run(*diary).out
    assert "203 unchanged" in said
    assert "row 205: The time cannot be read" in said


def test_a_caseload_is_checked_then_its_ways_begin_and_the_second_time_nothing_is_new(
    sample: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "caseload.csv"
    lines = (
        "Name,Date of birth,Coach,Next step",
        "Ada Caseload,17/05/1990,Sally Jones,Ring the bakery",
        "Ben Caseload,31/02/1984,Sally Jones,",
        "Cai Caseload,01/02/1985,Nobody Atall,",
        "ada  caseload,17/05/1990,Sally Jones,",
    )
    file.write_text("\n".join(lines), "utf-8")
    caseload = ("import", "caseload", file, "--centre", "cheltenham")

    def told(*more: str) -> tuple[int, ...]:
        found = sample.run(*caseload, *more, "--json").json()
        return tuple(found[name] for name in ("rows", "importable", "unknown", "refused", "unchanged"))

    for more in ((), (), ("--apply",), ("--apply", "--register")):
        assert told(*more) == (4, 0, 1, 3, 0)
    assert told("--apply", "--register") == (4, 0, 0, 3, 1), "the same file again changes nothing"
    said = sample.run(*caseload).out
    assert "row 3: Date of birth: “31/02/1984” cannot be read as a day." in said
    assert "row 4: Coach: “Nobody Atall” is not known here." in said
    assert "row 5: The same person is in row 2." in said
    assert "nothing was changed" in said
    assert sample.run("check", "attention", "--json", code=None).json()["wrong"] == 0
    nowhere = sample.run("import", "caseload", file, "--centre", "atlantis", code=2)
    assert "There is no centre “atlantis” here" in nowhere.err


def test_a_directory_comes_in_as_hsds_and_goes_out_again(empty: Installation, tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    ids = [f"0190b6f0-0000-7000-8000-00000000000{n}" for n in range(1, 4)]
    (package / "organizations.csv").write_text(
        f"id,name,description\n{ids[0]},Debt Help,Advice on debts\n", "utf-8"
    )
    (package / "services.csv").write_text(
        f"id,organization_id,name,status\n{ids[1]},{ids[0]},Debt advice,active\n{ids[2]},{ids[2]},Lost,active\n",
        "utf-8",
    )
    bring = ("import", "hsds", package, "--service", "gloucestershire")

    def told(*more: str) -> tuple[int, ...]:
        found = empty.run(*bring, *more, "--json").json()
        return tuple(found[name] for name in ("records", "new", "changed", "unchanged", "gone"))

    assert told() == told("--apply") == (2, 2, 0, 0, 0)
    assert told("--apply") == (2, 0, 0, 2, 0)
    (package / "inner").mkdir()
    from_within = (
        "import",
        "hsds",
        package / "inner" / "..",
        "--service",
        "gloucestershire",
        "--source",
        " ",
    )
    assert empty.run(*from_within, "--json").json()["unchanged"] == 2
    said = empty.run(*bring).out
    assert f"service {ids[2]}, organization_id: names a record that is not in it; left out" in said
    out = tmp_path / "out.zip"
    empty.run("export", "hsds", out, "--service", "gloucestershire")
    with zipfile.ZipFile(out) as written:
        assert {one["path"] for one in json.loads(written.read("datapackage.json"))["resources"]} == {
            "organizations.csv",
            "services.csv",
        }
        assert b"Debt advice" in written.read("services.csv")
    again = empty.run("import", "hsds", out, "--service", "gloucestershire", "--source", "package", "--json")
    assert again.json()["unchanged"] == 2
    empty.run("import", "hsds", tmp_path / "none", "--service", "gloucestershire", code=3)
    empty.run("export", "hsds", tmp_path / "out.doc", "--service", "gloucestershire", code=2)
    empty.run("import", "hsds", package, "--service", "atlantis", code=2)


def test_importing_where_there_is_no_such_centre_or_file_is_said(empty: Installation, tmp_path: Path) -> None:
    nowhere = empty.run("import", "diary", DIARY, "--centre", "atlantis", code=2)
    assert "There is no centre “atlantis” here" in nowhere.err
    missing = empty.run("import", "diary", tmp_path / "no.csv", "--centre", "cheltenham", code=3)
    assert "cannot be read" in missing.err
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    empty.run("import", "diary", tmp_path / "picture.csv", "--centre", "cheltenham", code=3)


# blueprints


def test_a_blueprint_is_checked_with_the_line_of_every_fault(empty: Installation, tmp_path: Path) -> None:
    assert empty.run("blueprint", "check", "gloucestershire", "--json").json()["ok"] is True
    bad = tmp_path / "bad.toml"
    bad.write_text('[service]\ncode = "x"\nname = "X"\ncountry = "XX"\n')
    done = empty.run("blueprint", "check", bad, "--json", code=1)
    found = done.json()
    assert found["ok"] is False
    assert {"line": 4, "where": "service.country"} in [
        {"line": one["line"], "where": one["where"]} for one in found["problems"]
    ]
    empty.run("blueprint", "apply", bad, code=1)
    empty.run("blueprint", "check", tmp_path / "none.toml", code=3)


def test_a_blueprint_s_faults_speak_the_language_of_the_command(tmp_path: Path) -> None:
    text = (Path(command.__file__).parent / "blueprints" / "jobteam-gent.toml").read_text()
    bad = tmp_path / "bad.toml"
    bad.write_text(re.sub('light = "#[0-9a-fA-F]{6}"', 'light = "#f0e68c"', text, count=1))
    said = {
        language: Kohti(tmp_path, KOHTI_LANGUAGE=language).run("blueprint", "check", bad, code=1).out
        for language in ("en", "fi")
    }
    assert "the nearest colour that would do" in said["en"]
    assert "theme.accent.light" in said["fi"]
    assert "colour" not in said["fi"]


def test_a_blueprint_applied_again_is_the_same_service_in_its_next_version(
    empty: Installation, tmp_path: Path
) -> None:
    text = (Path(command.__file__).parent / "blueprints" / "gloucestershire.toml").read_text()
    own = tmp_path / "stroud.toml"
    own.write_text(text.replace('code = "gloucestershire"', 'code = "stroud-valleys"', 1).replace(
        '"cheltenham"', '"stonehouse"'))  # fmt: skip
    first = empty.run("blueprint", "apply", own, "--json").json()
    assert (first["service"], first["version"]) == ("stroud-valleys", 1)
    assert "stonehouse" in first["centres"]
    assert empty.run("blueprint", "apply", own, "--json").json() == first
    own.write_text(own.read_text() + "\n# another word\n")
    assert empty.run("blueprint", "apply", own, "--json").json()["version"] == 2


def test_the_logo_beside_a_blueprint_is_worn_and_one_that_is_a_script_stops_it(
    empty: Installation, tmp_path: Path
) -> None:
    text = (Path(command.__file__).parent / "blueprints" / "gloucestershire.toml").read_text()
    own, logo = tmp_path / "severn.toml", tmp_path / "severn.svg"
    own.write_text(text.replace('code = "gloucestershire"', 'code = "severn"', 1).replace(
        "[theme]\n", '[theme]\nlogo = "severn.svg"\n', 1))  # fmt: skip
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
    logo.write_text(drawing.replace("<path", "<script/><path"))
    for verb in ("check", "apply"):
        assert "severn.svg: The drawing holds “script”" in empty.run("blueprint", verb, own, code=3).err
    with empty.owner() as owner:
        asked = "select picture from team_service where code = 'severn'"
        assert owner.execute(asked).fetchone() is None
        logo.write_text(drawing)
        empty.run("blueprint", "apply", own)
        row = owner.execute(asked).fetchone()
    assert row is not None
    assert row[0].endswith(".svg")


def test_a_new_blueprint_is_in_order_as_it_stands_and_never_written_over(empty: Installation) -> None:
    new = ("blueprint", "new", "kulmala", "--language", "fi", "--language", "en", "--name", "Kulman työpaja")
    file = Path(empty.run(*new, "--json").json()["file"])
    assert file == empty.data / "blueprints" / "kulmala.toml"
    own = file.read_text("utf-8") + "\n# mine\n"
    file.write_text(own, "utf-8")
    assert "already" in empty.run(*new, code=1).err
    assert file.read_text("utf-8") == own
    assert "a code of small letters" in empty.run("blueprint", "new", "Kulma Ä", code=2).err
    tried = empty.run("blueprint", "apply", "kulmala", "--check", "--json").json()
    assert tried["ok"] is True
    assert {"list": "roles", "code": "host", "how": "new"} in tried["changes"]
    with empty.owner() as owner:
        count = owner.execute("select count(*) from team_service where code = 'kulmala'").fetchone()
    assert count == (0,)


def test_a_change_that_would_orphan_somebody_is_refused_in_words_and_for_a_machine(
    empty: Installation, tmp_path: Path
) -> None:
    own = tmp_path / "gloucestershire.toml"
    text = (Path(command.__file__).parent / "blueprints" / "gloucestershire.toml").read_text()
    head = text.index('[[centres]]\ncode = "stroud"')
    own.write_text(text[:head] + text[text.index("[[opening]]") :])
    invite = ("staff", "add-administrator", "gloucestershire", "--name", "Ada Nott", "--centre", "stroud")
    empty.run(*invite)
    expected = {"list": "centres", "code": "stroud", "what": "invitations that wait", "number": 1}
    found = empty.run("blueprint", "apply", own, "--check", "--json", code=1).json()
    assert (found["ok"], found["held"]) == (False, [expected])
    assert "A centre closes when" in empty.run("blueprint", "apply", own, code=1).out


# the sample


def test_everybody_of_the_sample_can_sign_in_with_name_and_password(sample: Installation) -> None:
    accounts = sample.run("demo", "accounts", "--json").json()
    assert all(one["service"] and one["role"] and one["name"] and one["password"] for one in accounts)
    assert {one["role"] for one in accounts} >= {"host", "coach", "leader", "administrator", "tiiminvetaja"}
    # Each role of each of the five services can be somebody.
    for code in services.shipped_codes():
        roles = {role.code for role in blueprint.read(services.shipped(code)).roles}
        assert {one["role"] for one in accounts if one["service"] == code} == roles
    port = free_port()
    with sample.running("serve", "--port", port):
        Visitor(port).wait_until_it_answers()
        # Signing in takes its time: everybody of one service, one of each other.
        english = [one for one in accounts if one["service"] == "gloucestershire"]
        others = {one["service"]: one for one in accounts if one not in english}
        for one in (*english, *others.values()):
            page = Visitor(port).sign_in(one["name"], one["password"])
            assert "/account/sign-out/" in page, one["name"]
        stranger = Visitor(port)
        assert "/account/sign-out/" not in stranger.sign_in(accounts[0]["name"], "not the password")
        with pytest.raises(urllib.error.HTTPError) as refusal:
            visitor = Visitor(port)
            visitor.sign_in(*(accounts[0][word] for word in ("name", "password")))
            visitor.get("/no/such/page/")
        assert refusal.value.code == 404
        refusal.value.close()


def test_each_service_of_the_sample_stands_in_the_middle_of_a_day(sample: Installation) -> None:
    with sample.owner() as owner:
        twice = owner.execute(
            "select staff_id from team_membership group by staff_id, role_id having count(*) > 1"
        ).fetchall()
        assert twice == [], "nobody works in one role at one place twice"
        found = owner.execute(
            "select s.code, count(*) filter (where v.state = 'waiting'),"
            " count(*) filter (where v.state = 'serving'), count(*) filter (where v.state = 'done'),"
            " count(*) filter (where v.booking_id is null),"
            " (select count(*) from diary_booking b where b.service_id = s.id),"
            " count(*) filter (where v.day = '2026-03-10'),"
            " count(*) filter (where v.day = '2026-03-10' and v.is_open),"
            " (select count(*) from diary_booking b where b.service_id = s.id and b.day = '2026-03-12'"
            "  and b.room_id is not null),"
            " (select count(*) from diary_wish w where w.service_id = s.id),"
            " (select count(*) from team_device d where d.service_id = s.id and d.token_hash <> ''),"
            " count(*) filter (where v.next_help is not null),"
            " (select count(*) from kernel_message m where m.service_id = s.id and m.state = 'unknown')"
            " from team_service s left join frontdesk_visit v on v.service_id = s.id group by s.id"
        ).fetchall()
    assert {row[0] for row in found} == set(services.shipped_codes())
    for code, waiting, serving, done, walked_in, booked, *around in found:
        assert min(waiting, serving, done) > 0, code
        assert (walked_in >= 5, booked >= 12) == (True, True), code
        yesterday, left_open, tomorrow, wishes, devices, met, _unknown = around
        assert (yesterday >= 8, left_open, tomorrow >= 8, wishes) == (True, 0, True, 3), code
        assert (devices >= 2, met > 0) == (True, True), code
    assert sum(row[-1] for row in found) == 4


def test_the_demo_begins_where_it_was_left(sample: Installation) -> None:
    before = sample.run("demo", "accounts", "--json").json()
    with sample.owner() as owner:
        visits = owner.execute("select count(*) from frontdesk_visit").fetchone()
    again = sample.run("demo", "--no-serve")
    assert "making" not in again.err
    assert sample.run("demo", "accounts", "--json").json() == before
    with sample.owner() as owner:
        assert owner.execute("select count(*) from frontdesk_visit").fetchone() == visits


def test_where_people_are_real_there_are_no_sample_accounts_and_no_demo(empty: Installation) -> None:
    refused = empty.run("demo", "accounts", "--json", code=1)
    assert refused.out == ""
    assert "not sample data" in refused.err
    left_alone = empty.run("demo", "--no-serve", code=1)
    assert "leaves it alone" in left_alone.err


# looking after it


def test_the_routes_are_listed_with_who_may(empty: Installation) -> None:
    routes = empty.run("routes", "--json").json()
    assert all(set(one) == {"pattern", "name", "methods", "who_may", "roles"} for one in routes)
    assert all(one["pattern"].startswith("/") and one["methods"] and one["who_may"] for one in routes)
    queue = next(one for one in routes if one["name"] == "queue")
    assert (queue["pattern"], queue["methods"], queue["who_may"]) == ("/queue/", ["GET"], "queue.call")
    assert queue["roles"] == ["host", "coach", "leader", "partner"]


def test_a_whole_installation_passes_every_check(sample: Installation) -> None:
    found = sample.run("check", "--json").json()
    assert [one for one in found if not one["ok"]] == []
    assert all(one["check"] and one["found"] for one in found)


A_WAY = """
from datetime import UTC, datetime
from kohti.config.commands.common import database

with database():
    from kohti.config import services
    from kohti.journeys import actions
    from kohti.kernel.actor import as_actor, member
    from kohti.people.actions import NewPerson, register
    from kohti.team.actions import NO_PASSWORD, add_member

    system, centre = services.centre_called("cheltenham")
    with as_actor(system):
        began = datetime(2026, 1, 5, tzinfo=UTC)
        coach = add_member(system, username="sally", password_hash=NO_PASSWORD, full_name="Sally Okafor",
                           role="leader", centre="cheltenham", organisation="jobcentre", starts=began)
        someone = register(system, centre.id, [NewPerson(full_name="Ann Example")])[0]
        sally = member(coach.id)
    with as_actor(sally):
        print(actions.open_journey(sally, someone.id, owner_id=sally.member_id, basis="task", key="k"))
"""


def test_whom_nobody_holds_is_said_in_figures(empty: Installation) -> None:
    def figures(code: int) -> dict[str, int]:
        found: dict[str, int] = empty.run("check", "attention", "--json", code=code).json()
        return found

    assert figures(0) == {"open": 0, "held": 0, "listed": 0, "orphans": 0, "wrong": 0}
    done = subprocess.run(
        [empty.command[0], "-c", A_WAY], env=empty.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    way = done.stdout.strip()
    listed = {"open": 1, "held": 0, "listed": 1, "orphans": 0, "wrong": 0}
    assert figures(0) == listed
    assert "1 open: 0 held, 1 on somebody's list" in empty.run("check", "attention").out
    stored = "update journeys_journey set held_until = held_until + %s::interval"
    ended = "update team_membership m set ends = %s where id = (select owner_id from journeys_journey)"
    with empty.owner() as owner:
        try:
            owner.execute(stored, ("5 years",))
            assert figures(1) == listed | {"listed": 0, "wrong": 1}
            assert way in empty.run("check", "attention", code=1).out
            broken = [one for one in empty.run("check", "--json", code=1).json() if not one["ok"]]
            assert [one["found"] for one in broken] == ["1 not"]
            owner.execute(stored, ("-5 years",))
            owner.execute(ended, ("2026-02-01",))
            assert figures(1) == listed | {"orphans": 1}
            assert "nobody reads their list (owner" in empty.run("check", "attention", code=1).out
        finally:
            owner.execute("update journeys_journey set closed_at = now()")


def test_one_altered_byte_of_the_history_is_found(sample: Installation) -> None:
    sample.run("history", "seal")
    whole = sample.run("history", "verify", "--json").json()
    assert whole["verified"] is True
    assert whole["events"] == whole["sealed"] > 0
    alter = "update kernel_historyevent set verb = %s where id = %s"
    with sample.owner() as owner:
        row = owner.execute(
            "select id, verb from kernel_historyevent order by id limit 1 offset 40"
        ).fetchone()
        assert row is not None
        event, verb = row
        owner.execute(alter, (verb[:-1] + chr(ord(verb[-1]) ^ 1), event))
        try:
            found = sample.run("history", "verify", "--json", code=1).json()
            assert found["verified"] is False
            assert str(event) in " ".join(found["faults"])
            broken = [one for one in sample.run("check", "--json", code=1).json() if not one["ok"]]
            assert [one["check"] for one in broken] == ["the history is as it was written"]
        finally:
            owner.execute(alter, (verb, event))
    assert sample.run("history", "verify", "--json").json()["verified"] is True


# where everything is kept


def test_a_folder_named_in_the_call_wins_over_the_environment(sample: Installation, tmp_path: Path) -> None:
    elsewhere = Kohti(tmp_path / "nothing-here")
    assert elsewhere.run("--data", sample.data, "demo", "accounts", "--json").json()
    assert not (tmp_path / "nothing-here").exists()


def test_what_has_no_tables_yet_says_what_to_run_first() -> None:
    with data_folder() as data:
        done = Kohti(data).run("check", code=3)
    assert "kohti migrate" in done.err


def test_a_database_that_does_not_answer_is_said_in_words() -> None:
    with data_folder() as data:
        kohti = Kohti(data, DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/kohti")
        for words in (("migrate",), ("check",), ("history", "verify")):
            done = kohti.run(*words, code=3)
            assert "Traceback" not in done.err
            assert done.err.strip()


@pytest.fixture(scope="module")
def fifteen() -> Iterator[str]:
    """The oldest PostgreSQL we support, from the distribution."""
    if not (FIFTEEN / "initdb").exists():
        pytest.skip(f"NOT TESTED on PostgreSQL 15: {FIFTEEN} is not there (apt-get install postgresql-15)")
    with data_folder() as folder:
        user = "nobody" if os.geteuid() == 0 else None
        cluster, port = folder / "cluster", free_port()
        folder.chmod(0o777)

        def do(program: str, *words: str) -> None:
            subprocess.run(
                [FIFTEEN / program, *words], user=user, check=True, stdout=subprocess.DEVNULL, cwd=folder
            )

        do("initdb", "-D", str(cluster), "-U", "boss", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        do("pg_ctl", "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            address = f"postgresql://boss@127.0.0.1:{port}"
            with psycopg.connect(f"{address}/postgres", autocommit=True) as admin:
                admin.execute("create database kohti")
            yield f"{address}/kohti"
        finally:
            do("pg_ctl", "-D", str(cluster), "-m", "fast", "-w", "stop")


@pytest.mark.long
def test_postgresql_15_of_the_distribution_is_enough(fifteen: str) -> None:
    with data_folder() as data:
        kohti = Kohti(data, DATABASE_URL=fifteen)
        kohti.run("migrate")
        kohti.run("migrate")
        kohti.run("blueprint", "apply", "gloucestershire")
        diary = ("import", "diary", DIARY, "--centre", "cheltenham", "--apply", "--json")
        assert counts(kohti.run(*diary)) == (212, 203, 1, 9, 0)
        assert counts(kohti.run(*diary)) == (212, 0, 0, 9, 203)
        day = ("replay", "day", "--centre", "cheltenham", *small_day(data), "--json")
        assert kohti.run(*day).json()["history_verified"] is True
        assert all(one["ok"] for one in kohti.run("check", "--json").json())
        assert not list(data.glob("postgres-*"))


# words


def commands(parser: argparse.ArgumentParser, *before: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command under a parser, with its words."""
    yield before, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from commands(below, *before, name)


EVERY = dict(commands(command.parser()))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main([*words, "--help"])
    assert end.value.code == 0
    assert "usage: kohti" in capsys.readouterr().out
    for action in EVERY[words]._actions:
        if action.option_strings or action.choices is None:
            assert action.help or action.metavar, f"{words}: {action.dest} says nothing"


def test_the_commands_are_the_ones_that_were_promised() -> None:
    promised = {
        "demo",
        "serve",
        "worker",
        "migrate",
        "backup",
        "restore",
        "erasures",
        "export",
        "staff",
        "doctor",
        "import",
        "replay",
        "mail",
        "check",
        "bench",
        "history",
        "routes",
    }
    assert promised | {"blueprint"} == {words[0] for words in EVERY if words}


def test_the_first_administrator_comes_in_by_a_link_that_is_good_once_and_for_a_day(
    empty: Installation,
) -> None:
    name = ("--name", "Ann First")
    found = empty.run("staff", "add-administrator", "gloucestershire", *name, "--json").json()
    path = re.fullmatch(r"http://localhost:8000(/account/join/[\w-]{40,}/)", found["link"])
    assert path is not None
    words = empty.run("staff", "add-administrator", "gloucestershire", "--name", "Ann Second").out
    assert "good once, for 24 hours" in words
    with empty.owner() as owner:
        rows = owner.execute(
            "select i.full_name, r.scope, i.expires - i.made_at from team_invitation i"
            " join team_role r on r.id = i.role_id where i.full_name in ('Ann First', 'Ann Second')"
            " order by i.made_at"
        ).fetchall()
    assert rows == [(who, "administration", timedelta(hours=24)) for who in ("Ann First", "Ann Second")]
    again = empty.run("staff", "add-administrator", "gloucestershire", *name, code=3).err
    assert "Take that invitation back first" in again
    nowhere = empty.run("staff", "add-administrator", "atlantis", *name, code=2).err
    assert "There is no service “atlantis” here. There is gloucestershire" in nowhere
    centre = empty.run("staff", "add-administrator", "gloucestershire", *name, "--centre", "x", code=2).err
    assert "There is no centre “x” in gloucestershire." in centre


def test_words_that_are_off_end_with_two(empty: Installation) -> None:
    assert "usage" in empty.run(code=2).err
    empty.run("conjure", code=2)
    empty.run("import", "diary", DIARY, code=2)
    empty.run("replay", "day", "--centre", "x", "--diary", "y", "--walk-ins", "z", "--day", "soon", code=2)


@pytest.mark.long
def test_the_bench_measures_every_operation_over_every_past(tmp_path: Path) -> None:
    found = Kohti(tmp_path).run("bench", "frontdesk", "--past", "0,700", "--repeat", "7", "--json").json()
    assert {one["rows"] for one in found} == {0, 700}
    assert [one["operation"] for one in found[::2]] == [
        "empty page",
        "check in",
        "walk in",
        "list of 300",
        "call next",
        "begin",
        "finish",
    ]
    for one in found:
        assert min(one["app_cpu_ms"], one["db_cpu_ms"], one["p50_ms"], one["statements"]) > 0
        assert one["bytes"] < 100_000


@pytest.mark.long
def test_the_bench_of_ways_measures_every_page_and_the_check_of_attention(tmp_path: Path) -> None:
    found = Kohti(tmp_path).run("bench", "journeys", "--ways", "1200", "--repeat", "1", "--json").json()
    assert {one["rows"] for one in found["operations"]} == {600, 1200}
    assert {one["rows"] for one in found["together"]} == {1200}
    for one in found["operations"] + found["together"]:
        assert min(one["app_cpu_ms"], one["db_cpu_ms"], one["p50_ms"], one["statements"]) > 0, one
    for one in found["attention"]:
        assert (one["open"], one["orphans"], one["wrong"]) == (one["rows"], 0, 0)
        assert 0 < one["listed"] < one["open"]


@pytest.mark.long
def test_the_bench_starts_web_processes_and_weighs_them(tmp_path: Path) -> None:
    found = Kohti(tmp_path).run("bench", "start", "--repeat", "2", "--json").json()
    assert len(found) == 2
    for one in found:
        assert 0 < one["cpu_ms"] / 1000 < one["wall_s"] * 4
        assert one["memory_mb"] > 20


@pytest.mark.long
def test_the_bench_of_live_news_hears_every_change_on_every_screen(tmp_path: Path) -> None:
    (found,) = Kohti(tmp_path).run("bench", "live", "--screens", "40", "--changes", "3", "--json").json()
    assert (found["screens"], found["missed"], found["ended"]) == (40, 0, 0)
    assert 0 < found["p50_ms"] <= found["p95_ms"] <= found["most_ms"]
    assert found["connections_meanwhile"] < 10
    assert [one["operation"] for one in found["pages"]] == ["arrivals", "queue"]


@pytest.mark.long
def test_the_bench_of_a_nation_lives_every_visit_to_its_end(tmp_path: Path) -> None:
    words = ("--centres", "9", "--visits", "5", "--workers", "2")
    found = Kohti(tmp_path).run("bench", "nation", *words, "--json").json()
    assert (found["centres"], found["visits"], found["synchronous_commit"]) == (9, 45, "on")
    assert list(found["steps"]) == ["come", "call", "begin", "done", "visit"]
    assert min(found["visits_a_second"], found["app_cpu_ms"], found["db_cpu_ms"], found["statements"]) > 0
