"""The history nobody can rewrite unnoticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.factories import MORNING, Place, as_system, as_worker, in_threads, place

from kohti.config import addresses, prepare
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.models import Visit
from kohti.kernel import clock, history
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NoActor
from kohti.people import queries as people


def events_of(owner: psycopg.Connection, here: Place) -> list[tuple[str, str]]:
    """The verbs and kinds of subject of a service's events, in their order."""
    return [
        (row[0], row[1])
        for row in owner.execute(
            "select verb, subject_kind from kernel_historyevent where service_id = %s order by xid, id",
            (here.system.service_id,),
        )
    ]


def verdict(owner: psycopg.Connection, *, expect: str = "") -> history.Verdict:
    """What verification finds at its end."""
    *_all, found = history.verify(owner, expect=expect)
    return found


def seal_all(owner: psycopg.Connection, here: Place) -> None:
    """Seal until nothing of the service waits; other databases' transactions may hold it up for a moment."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with as_worker(), as_actor(DOOR):
            history.seal(most=25)
        if unsealed(owner, here) == 0:
            return
        time.sleep(0.02)
    raise AssertionError("events were never sealed")


def unsealed(owner: psycopg.Connection, here: Place) -> int:
    """How many of the service's events no seal covers."""
    row = owner.execute(
        "select count(*) from kernel_historyevent e where e.service_id = %s and not exists"
        " (select 1 from kernel_historyseal s where s.era = e.era and e.xid >= s.after_xid"
        " and e.xid < s.before_xid)",
        (here.system.service_id,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def a_morning(here: Place, visits: int = 5) -> Actor:
    """A host at work: walk-ins, each an event with a value."""
    host = here.member("host")
    for n in range(visits):
        with as_actor(host):
            frontdesk.take_walk_in(
                host, here.reasons["evidence"].id, key=str(uuid.uuid4()), given_name=f"Ann the {n}th"
            )
    return host


# --------------------------------------------------------------------------- with the change, or not at all


def test_a_change_and_its_event_are_one(owner: psycopg.Connection) -> None:
    here = place()
    here.member("host")
    before = len(events_of(owner, here))
    a_morning(here, visits=1)
    assert events_of(owner, here)[before:] == [("visit.walk_in", "visit")]


def test_a_change_whose_event_cannot_be_written_fails(owner: psycopg.Connection) -> None:
    """The disk, a fault of ours, whatever it is: no event, no change."""
    here = place()
    host = here.member("host")
    before = events_of(owner, here)
    owner.execute(
        sql.SQL(
            "alter table kernel_historyevent add constraint no_room check (service_id <> {}) not valid"
        ).format(sql.Literal(here.system.service_id))
    )
    try:
        with pytest.raises(Exception, match="no_room"), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="walk")
    finally:
        owner.execute("alter table kernel_historyevent drop constraint no_room")
    with as_actor(host):
        assert Visit.objects.count() == 0
    assert events_of(owner, here) == before
    with as_actor(host):
        assert frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="walk").ticket == "D001"


def test_a_change_that_is_undone_leaves_no_event(owner: psycopg.Connection) -> None:
    here = place()
    host = here.member("host")
    before = events_of(owner, here)
    with pytest.raises(ZeroDivisionError), as_actor(host):
        frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="walk")
        raise ZeroDivisionError
    assert events_of(owner, here) == before


def test_nothing_is_written_without_an_actor() -> None:
    with pytest.raises(NoActor):
        history.record("something", "thing", uuid.uuid4())


def test_opening_a_person_is_an_event_about_them(owner: psycopg.Connection) -> None:
    here = place()
    someone = here.person()
    leader = here.member("leader")
    with as_actor(leader):
        people.open_person(leader, someone.id)
    row = owner.execute(
        "select kind, member_id, subject_id, person_ids from kernel_historyevent"
        " where service_id = %s and verb = 'person.opened'",
        (here.system.service_id,),
    ).fetchone()
    assert row == ("member", leader.member_id, someone.id, [someone.id])


def test_values_stand_beside_the_chain_and_nowhere_in_it(owner: psycopg.Connection) -> None:
    here = place()
    a_morning(here, visits=1)
    row = owner.execute(
        "select e::text, d.body from kernel_historyevent e join kernel_historydetail d on d.event_id = e.id"
        " where e.service_id = %s and e.verb = 'visit.walk_in'",
        (here.system.service_id,),
    ).fetchone()
    assert row is not None
    assert "Ann the 0th" not in row[0]
    assert "Ann the 0th" in row[1]


# --------------------------------------------------------------------------- sealed


def test_sealing_covers_every_event_once(owner: psycopg.Connection) -> None:
    here = place()
    a_morning(here, visits=30)
    seal_all(owner, here)
    row = owner.execute("select count(*), coalesce(sum(events), 0) from kernel_historyseal").fetchone()
    assert row is not None
    found = verdict(owner)
    assert found.faults == []
    assert (found.seals, found.sealed) == row
    assert found.seals >= 2
    assert found.head


def test_a_late_commit_is_sealed_by_a_later_batch(owner: psycopg.Connection, data: Path) -> None:
    """Somebody who began earlier commits after others were sealed: the next batch takes them in."""
    here = place()
    host = a_morning(here, visits=1)
    late = uuid.uuid4()
    enter = "select kohti.enter('member', %s, null, null, '', '', now())"
    with psycopg.connect(addresses.web_url(data)) as slow:
        slow.execute(enter, (host.member_id,))
        slow.execute("select kohti.record(%s, 'late', 'test', null, '{}', 'value')", (late,))
        a_morning(here, visits=4)
        with as_worker(), as_actor(DOOR):
            history.seal()
        waiting = unsealed(owner, here)
        # What came after the one that is still open waits with it.
        assert waiting >= 4
        slow.commit()
    seal_all(owner, here)
    row = owner.execute(
        "select count(*) from kernel_historyseal s join kernel_historyevent e on e.era = s.era"
        " and e.xid >= s.after_xid and e.xid < s.before_xid where e.id = %s",
        (late,),
    ).fetchone()
    assert row == (1,)
    assert verdict(owner).faults == []


def test_two_who_seal_at_once_make_one_chain(owner: psycopg.Connection) -> None:
    here = place()
    a_morning(here, visits=20)

    def sealing(_n: int) -> int:
        with as_worker(), as_actor(DOOR):
            return history.seal(most=3)

    results = in_threads(6, sealing, at_once=6)
    assert all(isinstance(one, int) for one in results)
    seal_all(owner, here)
    assert verdict(owner).faults == []


# --------------------------------------------------------------------------- forgotten


def test_a_forgotten_person_leaves_a_chain_that_verifies(owner: psycopg.Connection) -> None:
    here = place()
    ann, ben = here.person("Ann Forgotten"), here.person("Ben Remembered")
    seal_all(owner, here)
    with as_system(here.system):
        assert history.forget(ann.id) == 1
    seal_all(owner, here)
    bodies = [
        row[0]
        for row in owner.execute(
            "select d.body from kernel_historydetail d join kernel_historyevent e on e.id = d.event_id"
            " where e.service_id = %s and e.verb = 'person.registered' order by e.xid, e.id",
            (here.system.service_id,),
        )
    ]
    assert bodies[0] is None
    assert "Ben Remembered" in bodies[1]
    found = verdict(owner)
    assert found.faults == []
    assert found.erased >= 1
    assert ("person.forgotten", "person") in events_of(owner, here)
    with as_system(here.system):
        assert history.forget(ann.id) == 0
    assert ben.full_name == "Ben Remembered"


def test_one_service_cannot_forget_the_people_of_another(owner: psycopg.Connection) -> None:
    here, there = place(), place()
    ann = here.person("Ann Kept")
    with as_system(there.system):
        assert history.forget(ann.id) == 0
    row = owner.execute(
        "select count(*) from kernel_historydetail d join kernel_historyevent e on e.id = d.event_id"
        " where e.person_ids @> array[%s] and d.body is null",
        (ann.id,),
    ).fetchone()
    assert row == (0,)


# --------------------------------------------------------------------------- altered, found and named


@contextmanager
def altered(
    owner: psycopg.Connection, statement: str, values: tuple[object, ...] = ()
) -> Iterator[history.Verdict]:
    """The verdict after the owner changed something behind everybody's back; put back at the end."""
    with owner.transaction(force_rollback=True):
        changed = owner.execute(statement.encode(), values).rowcount
        assert changed == 1, statement
        yield verdict(owner)


@pytest.fixture(scope="module")
def lived() -> Iterator[Place]:
    """A service with a sealed past and a little that is not sealed yet."""
    with clock.held_at(MORNING), psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        here = place()
        a_morning(here, visits=60)
        here.person("Somebody Known")
        seal_all(owner, here)
        assert verdict(owner).faults == []
        yield here


def sealed_event(owner: psycopg.Connection, here: Place) -> tuple[uuid.UUID, int]:
    """An event in the middle, with values, and the number of its seal."""
    row = owner.execute(
        "select e.id, s.n from kernel_historyevent e join kernel_historyseal s on s.era = e.era"
        " and e.xid >= s.after_xid and e.xid < s.before_xid"
        " where e.service_id = %s and e.verb = 'visit.walk_in' order by e.xid, e.id offset 30 limit 1",
        (here.system.service_id,),
    ).fetchone()
    assert row is not None
    return row[0], int(row[1])


FIELDS = {
    "at": "at + interval '1 microsecond'",
    "service_id": "gen_random_uuid()",
    "kind": "overlay(kind placing 'n' from 1)",
    "member_id": "gen_random_uuid()",
    "verb": "overlay(verb placing 'w' from 1)",
    "subject_kind": "overlay(subject_kind placing 'w' from 1)",
    "subject_id": "gen_random_uuid()",
    "person_ids": "person_ids || gen_random_uuid()",
    "detail_digest": "set_byte(detail_digest, 7, get_byte(detail_digest, 7) # 1)",
    "digest": "set_byte(digest, 7, get_byte(digest, 7) # 1)",
}


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_one_altered_byte_of_an_event_is_found_and_named(
    field: str, lived: Place, owner: psycopg.Connection
) -> None:
    event, seal = sealed_event(owner, lived)
    with altered(
        owner, f"update kernel_historyevent set {field} = {FIELDS[field]} where id = %s", (event,)
    ) as found:
        assert f"event {event}: was altered (seal {seal})" in found.faults


def test_an_event_altered_together_with_its_digest_is_found_by_its_seal(
    lived: Place, owner: psycopg.Connection
) -> None:
    event, seal = sealed_event(owner, lived)
    with owner.transaction(force_rollback=True):
        owner.execute("update kernel_historyevent set verb = 'other' where id = %s", (event,))
        owner.execute(
            "update kernel_historyevent e set digest = kohti.event_digest(e) where id = %s", (event,)
        )
        assert verdict(owner).faults == [f"seal {seal}: events were altered, added or removed"]


def test_a_removed_event_is_found_by_its_seal(lived: Place, owner: psycopg.Connection) -> None:
    event, seal = sealed_event(owner, lived)
    with altered(owner, "delete from kernel_historyevent where id = %s", (event,)) as found:
        assert found.faults == [f"seal {seal}: events were altered, added or removed"]


def test_an_event_slipped_in_is_found_by_its_seal(lived: Place, owner: psycopg.Connection) -> None:
    event, seal = sealed_event(owner, lived)
    with owner.transaction(force_rollback=True):
        owner.execute(
            "insert into kernel_historyevent select (r).* from (select"
            " jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid())) r"
            " from kernel_historyevent e where id = %s) made",
            (event,),
        )
        faults = verdict(owner).faults
    assert len(faults) == 2
    assert f"(seal {seal})" in faults[0]
    assert "its values are gone" in faults[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update kernel_historydetail set body = body || ' '", "its values were altered"),
        ("update kernel_historydetail set salt = set_byte(salt, 3, get_byte(salt, 3) # 1)", "altered"),
        ("update kernel_historydetail set body = null", "its values were altered"),
        ("delete from kernel_historydetail", "its values are gone"),
        (
            "update kernel_historydetail set body = null, salt = null, erased_at = now()",
            "its values were erased, but nobody of it was forgotten",
        ),
        ("update kernel_historydetail set body = 'a lie', erased_at = now()", "erased"),
    ],
)
def test_altered_values_are_found_and_named(
    change: str, words: str, lived: Place, owner: psycopg.Connection
) -> None:
    event, _seal = sealed_event(owner, lived)
    with altered(owner, f"{change} where event_id = %s", (event,)) as found:
        assert len(found.faults) == 1
        assert found.faults[0].startswith(f"event {event}: ")
        assert words in found.faults[0]


@pytest.mark.parametrize("column", ["hash", "previous", "digest"])
def test_an_edited_seal_is_found_and_named(column: str, lived: Place, owner: psycopg.Connection) -> None:
    _event, seal = sealed_event(owner, lived)
    byte = f"set_byte({column}, 0, get_byte({column}, 0) # 1)"
    if column == "previous" and seal == 1:
        byte = "'\\x00'"
    with altered(owner, f"update kernel_historyseal set {column} = {byte} where n = %s", (seal,)) as found:
        assert f"seal {seal}: does not follow from the one before" in found.faults


@pytest.mark.parametrize("column", ["events", "after_xid", "before_xid"])
def test_an_edited_reach_of_a_seal_is_found(column: str, lived: Place, owner: psycopg.Connection) -> None:
    _event, seal = sealed_event(owner, lived)
    with altered(
        owner, f"update kernel_historyseal set {column} = {column} + 1 where n = %s", (seal,)
    ) as found:
        assert any(fault.startswith(f"seal {seal}: ") for fault in found.faults)


def test_a_removed_seal_is_found(lived: Place, owner: psycopg.Connection) -> None:
    _event, seal = sealed_event(owner, lived)
    with altered(owner, "delete from kernel_historyseal where n = %s", (seal,)) as found:
        assert any(fault.startswith("seals are missing") for fault in found.faults)


def test_an_end_that_was_cut_off_is_found_by_a_head_kept_elsewhere(
    lived: Place, owner: psycopg.Connection
) -> None:
    head = verdict(owner).head
    assert verdict(owner, expect=head).faults == []
    with owner.transaction(force_rollback=True):
        owner.execute(
            "delete from kernel_historyevent e using kernel_historyseal s where s.n ="
            " (select max(n) from kernel_historyseal) and e.xid >= s.after_xid"
        )
        owner.execute("delete from kernel_historyseal where n = (select max(n) from kernel_historyseal)")
        assert verdict(owner).faults == []
        assert "cut off" in verdict(owner, expect=head).faults[0]


def test_an_event_altered_before_it_is_sealed_is_found(lived: Place, owner: psycopg.Connection) -> None:
    a_morning(lived, visits=1)
    row = owner.execute(
        "select id from kernel_historyevent order by era desc, xid desc, id desc limit 1"
    ).fetchone()
    assert row is not None
    with altered(owner, "update kernel_historyevent set verb = 'y' where id = %s", row) as found:
        assert found.faults == [f"event {row[0]}: was altered (not yet sealed)"]


# --------------------------------------------------------------------------- on the command line


@pytest.fixture
def own_database(owner: psycopg.Connection) -> Iterator[str]:
    """The owner's address of a database with a history of its own."""
    name = f"kohti_history_{uuid.uuid4().hex[:10]}"
    before = os.environ["DATABASE_URL"]
    with psycopg.connect(before, autocommit=True) as admin:
        prepare.make_database(admin, name, owner=admin.info.user)
    url = addresses.with_database(before, name)
    try:
        subprocess.run(
            [sys.executable, "-m", "kohti.config.command", "migrate"],
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            capture_output=True,
        )
        yield url
    finally:
        with psycopg.connect(before, autocommit=True) as admin:
            prepare.drop_database(admin, name)


def fill(owner: psycopg.Connection, events: int) -> None:
    """Many events at once, each with its digest, and their seals."""
    with owner.transaction():
        owner.execute("alter table kernel_historyevent alter digest drop not null")
        owner.execute(
            "insert into kernel_historyevent"
            " (id, era, xid, at, kind, verb, subject_kind, subject_id, person_ids)"
            " select md5('event ' || n)::uuid, 1, 100 + n / 50, now(), 'member', 'visit.called',"
            " 'visit', md5('visit ' || n)::uuid, '{}' from generate_series(1, %s) n",
            (events,),
        )
        owner.execute("update kernel_historyevent e set digest = kohti.event_digest(e)")
        owner.execute("alter table kernel_historyevent alter digest set not null")
    # Transaction numbers below what the server has used up: all of them can be sealed.
    row = owner.execute("select pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    highest = 100 + events // 50
    for _turn in range(max(0, highest - int(row[0]) + 1)):
        owner.execute("select pg_current_xact_id()")


def kohti(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, as a person would call it."""
    return subprocess.run(
        [sys.executable, "-m", "kohti.config.command", *words],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def _try_the_command(url: str, events: int) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        fill(owner, events)
        until = time.monotonic() + 60
        while time.monotonic() < until and _waits(owner):
            assert kohti(url, "history", "seal").returncode == 0
    good = kohti(url, "history", "verify", "--json")
    assert good.returncode == 0, good.stderr
    told = json.loads(good.stdout)
    assert (told["events"], told["sealed"], told["verified"], told["faults"]) == (events, events, True, [])
    with psycopg.connect(url, autocommit=True) as owner:
        changed = owner.execute(
            "update kernel_historyevent set subject_kind = 'visiu' where id = md5(%s)::uuid returning id",
            (f"event {events * 2 // 3}",),
        ).fetchone()
    assert changed is not None
    bad = kohti(url, "history", "verify", "--json")
    assert bad.returncode == 1
    faults = json.loads(bad.stdout)["faults"]
    assert len(faults) == 1
    assert str(changed[0]) in faults[0]
    words = kohti(url, "history", "verify")
    assert words.returncode == 1
    assert "NOT as it was written" in words.stdout
    assert kohti(url, "history", "verify", "--expect", "00").returncode == 1


def _waits(owner: psycopg.Connection) -> bool:
    row = owner.execute(
        "select coalesce(max(xid), 0) >= coalesce((select max(before_xid) from kernel_historyseal), 0)"
        " from kernel_historyevent"
    ).fetchone()
    return bool(row and row[0])


def test_the_command_says_by_its_exit_code_what_it_found(own_database: str) -> None:
    _try_the_command(own_database, 2_000)


@pytest.mark.long
def test_one_altered_byte_among_a_million_events_is_found(own_database: str) -> None:
    _try_the_command(own_database, 1_000_000)
