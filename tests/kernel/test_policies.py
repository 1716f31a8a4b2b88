"""Who may see and change which rows, at the database itself.

Raw SQL as the database roles, under two dozen actors, on every table, is held against `policies/tables.py`: the rules
of the product written down a second time, in Python, over all rows as the owner sees them. The two know nothing of
each other, so a row too many or too few in either shows.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.factories import MORNING, Place, as_system, place
from tests.kernel.policies.actors import actors_of
from tests.kernel.policies.in_use import add_beside, put_to_use
from tests.kernel.policies.rules import Rules
from tests.kernel.policies.tables import RULES
from tests.kernel.policies.who import HARMLESS, KEYS, LATE, Row, Who, World, everything, key_of

from kohti.config import addresses
from kohti.kernel import clock, history, policies


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Place, Place]]:
    """Two services in full use; the second keeps another time zone."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner, clock.held_at(MORNING):
        here, there = place(), place()
        owner.execute(
            "update team_service set timezone = 'Europe/Helsinki' where id = %s", (there.system.service_id,)
        )
        there = replace(
            there, system=replace(there.system, facts={**there.system.facts, "timezone": "Europe/Helsinki"})
        )
        for one in (here, there):
            put_to_use(one)
            add_beside(owner, one, one.member("host").facts["user_id"])
        with as_system(here.system):
            history.seal()
        yield here, there


@pytest.fixture(scope="module")
def actors(services: tuple[Place, Place]) -> list[Who]:
    """Two dozen and more."""
    return actors_of(*services)


@pytest.fixture
def world(services: tuple[Place, Place], owner: psycopg.Connection) -> World:
    """Every row there is."""
    return everything(owner)


@pytest.fixture(autouse=True)
def late_in_the_evening() -> Iterator[None]:
    """When the rules are tried, the two services do not agree what day it is."""
    with clock.held_at(LATE):
        yield


@contextmanager
def acting(lines: dict[str, psycopg.Connection], who: Who) -> Iterator[psycopg.Connection]:
    """A raw transaction as this actor, undone at the end."""
    line = lines[who.database_role]
    with line.transaction(force_rollback=True):
        if who.enter is not None:
            entering = {"device": "enter_device", "guest": "enter_guest", "partner": "enter_partner"}.get(
                who.enter[0]
            )
            row = line.execute(
                *(f"select kohti.{entering}(%s, %s)", (who.enter[1], LATE))
                if entering
                else ("select kohti.enter(%s, %s, %s, %s, %s, %s, %s)", (*who.enter, LATE))
            ).fetchone()
            assert row is not None
            assert row[0] == bool(who.kind), f"{who.name}: entering"
        yield line


REFUSED = "refused"


def outcome(line: psycopg.Connection, query: sql.Composed, values: tuple[Any, ...] = ()) -> Any:
    """What a statement gives, in a savepoint: its rows, `refused` (the role has no such right at all), or
    `hidden` (a policy did not let the row through). Other rules of the table count as let through: policies
    come before them.
    """
    try:
        with line.transaction(force_rollback=True):
            return line.execute(query, values).fetchall()
    except psycopg.errors.InsufficientPrivilege as trouble:
        return "hidden" if "row-level security" in str(trouble) else REFUSED
    except psycopg.errors.IntegrityError:
        return [("let through",)]


def text_of(value: Any) -> Any:
    """A key as JSON writes it."""
    return str(value) if isinstance(value, uuid.UUID) else value


def returned(found: Any) -> Any:
    """Rows as a set of keys, in JSON's writing."""
    return found if isinstance(found, str) else {tuple(text_of(value) for value in row) for row in found}


def columns(table: str) -> sql.Composed:
    """The key's columns."""
    return sql.SQL(", ").join(sql.Identifier(column) for column in KEYS.get(table, ("id",)))


def expected(rules: Rules, who: Who, verbs: tuple[str, ...], table: str, world: World) -> Any:
    """The keys of the rows on which the actor may do all of these, or `refused`."""
    held = [rules.of(who, verb) for verb in verbs]
    if any(rule is None for rule in held):
        return REFUSED
    return {
        key_of(table, row)
        for row in world.tables[table]
        if all(rule is not None and rule(who, row, world) for rule in held)
    }


def test_every_table_has_a_rule_here(world: World) -> None:
    assert set(world.tables) == set(RULES)


def test_the_services_fill_every_table_that_a_rule_is_about(world: World) -> None:
    empty = {table for table, rows in world.tables.items() if not rows}
    assert empty <= {
        "auth_group",
        "auth_group_permissions",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
    }


def test_the_rules_tell_the_actors_apart(actors: list[Who], world: World) -> None:
    """A model that lets everybody or nobody through would prove nothing."""
    for table in (
        "people_person", "diary_booking", "frontdesk_visit", "people_grant", "people_contact", "people_note", "people_mark",
        "journeys_journey", "journeys_need",
    ):  # fmt: skip
        seen = {frozenset(expected(RULES[table], who, ("see",), table, world)) for who in actors}
        assert len(seen) >= 8, table


def test_nobody_sees_a_row_more_or_less(
    actors: list[Who], world: World, lines: dict[str, psycopg.Connection]
) -> None:
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                found = returned(
                    outcome(
                        line,
                        sql.SQL("select {} from public.{}").format(columns(table), sql.Identifier(table)),
                    )
                )
                should = expected(rules, who, ("see",), table, world)
                if found != should:
                    wrong.append(_difference(who, "sees", table, found, should))
    assert not wrong, "\n".join(wrong)


def _difference(who: Who, verb: str, table: str, found: Any, should: Any) -> str:
    """What is wrong, in words short enough to read."""
    if isinstance(found, str) or isinstance(should, str):
        answers = [one if isinstance(one, str) else f"{len(one)} rows" for one in (found, should)]
        return f"{who.name} {verb} {table}: {answers[0]}, not {answers[1]}"
    many, few = (sorted(map(str, one))[:3] for one in (found - should, should - found))
    return f"{who.name} {verb} {table}: too many {many}, too few {few}"


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_nobody_changes_or_removes_a_row_more_or_less(
    verb: str, actors: list[Who], world: World, lines: dict[str, psycopg.Connection]
) -> None:
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                key = sql.Identifier(HARMLESS.get(table) or KEYS.get(table, ("id",))[0])
                what = (
                    sql.SQL("update public.{table} set {key} = {key} returning {keys}")
                    if verb == "change"
                    else sql.SQL("delete from public.{table} returning {keys}")
                ).format(table=sql.Identifier(table), key=key, keys=columns(table))
                found = returned(outcome(line, what))
                should = expected(rules, who, ("see", verb), table, world)
                if found == {("let through",)}:
                    found = should
                if found != should:
                    wrong.append(_difference(who, verb, table, found, should))
    assert not wrong, "\n".join(wrong)


def _near(rows: list[Row], services: tuple[Place, Place]) -> list[Row]:
    """The rows of the two services; of tables that belong to none, a few."""
    ours = {str(one.system.service_id) for one in services}
    mine = [row for row in rows if row.get("service_id", row.get("id")) in ours]
    return mine or rows[-5:]


def _of_each_sort(
    table: str, services: tuple[Place, Place], actors: list[Who], world: World, *, most: int
) -> list[Row]:
    """Of the rows that the rules answer alike for everybody, a few: all of them would take minutes."""
    sorts: dict[tuple[bool, ...], list[Row]] = {}
    for row in _near(world.tables[table], services):
        answers = []
        for who in actors:
            for verb in ("see", "add"):
                rule = RULES[table].of(who, verb)
                answers.append(rule is not None and rule(who, row, world))
        sorts.setdefault(tuple(answers), []).append(row)
    return [row for rows in sorts.values() for row in rows[:most]]


def _copy(table: str, row: Row, n: int) -> Row:
    """The same row under a key of its own."""
    column = KEYS.get(table, ("id",))[-1]
    old = row[column]
    new: Any = 1_000_000_000 + n if isinstance(old, int) else str(uuid.uuid4())
    if table == "kernel_installation":
        new = 2
    return row | {column: new}


@pytest.mark.parametrize("most", [1, pytest.param(3, marks=pytest.mark.long)])
def test_nobody_adds_a_row_where_they_may_not(
    most: int,
    services: tuple[Place, Place],
    actors: list[Who],
    world: World,
    lines: dict[str, psycopg.Connection],
    owner: psycopg.Connection,
) -> None:
    wrong = []
    tried = {table: _of_each_sort(table, services, actors, world, most=most) for table in RULES}
    for who in actors:
        with acting(lines, who) as line:
            line.execute(TRY)
            for table, rules in RULES.items():
                rule = rules.of(who, "add")
                rows = [_copy(table, row, n) for n, row in enumerate(tried[table])]
                for row, found in _added(line, world.insert(table), rows if rule is not None else rows[:1]):
                    should: Any = REFUSED
                    if rule is not None:
                        should = "added" if rule(who, row, world) else "hidden"
                    if found != should:
                        wrong.append(
                            f"{who.name} adds to {table} {key_of(table, row)}: {found}, not {should}"
                        )
                        break
    assert not wrong, "\n".join(wrong)


TRY = """
create function pg_temp.tried(statement text, given text) returns text language plpgsql as $$
begin
    execute statement using given;
    raise exception 'taken back' using errcode = 'KT000';
exception
    when sqlstate 'KT000' or integrity_constraint_violation then return 'added';
    when insufficient_privilege then
        return case when sqlerrm like '%row-level security%' then 'hidden' else 'refused' end;
end $$
"""
"""Tries a statement and takes it back, as whoever calls it: thousands of rows, a journey for each table."""


def _added(line: psycopg.Connection, insert: sql.Composed, rows: list[Row]) -> list[tuple[Row, str]]:
    """What became of each row: added, hidden by a policy, or refused."""
    found = line.execute(
        "select pg_temp.tried(%s, given) from unnest(%s::text[]) with ordinality as t(given, n) order by n",
        (insert.as_string(line), [json.dumps(row) for row in rows]),
    ).fetchall()
    return [(row, outcome_) for row, (outcome_,) in zip(rows, found, strict=True)]


def test_nobody_moves_a_row_to_where_they_may_not_keep_it(
    services: tuple[Place, Place],
    actors: list[Who],
    world: World,
    lines: dict[str, psycopg.Connection],
) -> None:
    places = [str(one.id) for place_ in services for one in (place_.centre, place_.other)]
    moves: dict[str, list[Row]] = {
        "centre_id": [{"centre_id": centre} for centre in places],
        "to_centre_id": [{"to_centre_id": centre} for centre in places],
        "day": [{"day": (LATE + timedelta(days=days)).date().isoformat()} for days in (-1, 0, 1, 2)],
        "service_id": [{"service_id": str(one.system.service_id)} for one in services],
    }
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                see, change = rules.of(who, "see"), rules.of(who, "change")
                if see is None or change is None or not world.tables[table]:
                    continue
                mine = [
                    row
                    for row in _near(world.tables[table], services)
                    if see(who, row, world) and change(who, row, world)
                ][:4]
                for row in mine:
                    for column, values in moves.items():
                        if row.get(column) is None or "id" not in row:
                            continue
                        for value in values:
                            new = row | value
                            found = outcome(
                                line,
                                sql.SQL("update public.{} set {} = %s where id = %s returning 1").format(
                                    sql.Identifier(table), sql.Identifier(column)
                                ),
                                (value[column], row["id"]),
                            )
                            should = change(who, new, world) and see(who, new, world)
                            if (found != "hidden") != should:
                                wrong.append(f"{who.name} moves {table} {row['id']} to {value}: {found}")
    assert not wrong, "\n".join(wrong)


def test_settings_made_by_hand_do_not_make_the_web_the_system(
    services: tuple[Place, Place], lines: dict[str, psycopg.Connection]
) -> None:
    here, _there = services
    web = lines[policies.WEB]
    with web.transaction(force_rollback=True):
        for name in ("system", "service"):
            web.execute("select set_config(%s, %s, true)", (f"kohti.{name}", str(here.system.service_id)))
        web.execute("select set_config('kohti.kind', 'system', true)")
        for table in ("people_person", "diary_booking", "frontdesk_visit", "team_user"):
            query = sql.SQL("select 1 from public.{}").format(sql.Identifier(table))
            assert outcome(web, query) == [], table


def test_a_temporary_table_does_not_stand_in_for_one_of_ours(
    services: tuple[Place, Place], lines: dict[str, psycopg.Connection]
) -> None:
    """A function that sees more than its caller must not be led to a table of the caller's."""
    here, there = services
    web = lines[policies.WEB]
    victim = there.person()
    with web.transaction(force_rollback=True):
        web.execute("create temporary table people_grant as select * from public.people_grant where false")
        web.execute("grant select on pg_temp.people_grant to public")
        web.execute(
            "insert into pg_temp.people_grant (person_id, to_member_id, to_role, starts, ends)"
            " values (%s, %s, '', '2020-01-01', '2030-01-01')",
            (victim.id, here.member("host").member_id),
        )
        web.execute(
            "select kohti.enter('member', %s, null, null, '', '', %s)", (here.member("host").member_id, LATE)
        )
        found = web.execute("select id from public.people_person where id = %s", (victim.id,)).fetchall()
    assert found == []


def test_nothing_can_point_into_another_service(
    services: tuple[Place, Place], owner: psycopg.Connection
) -> None:
    """Every reference between two tables that carry a service carries it too."""
    here, there = services
    references = owner.execute(
        """
        select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and array_length(c.conkey, 1) = 1
          and (select count(*) from pg_attribute s where s.attrelid in (c.conrelid, c.confrelid)
               and s.attname = 'service_id') = 2
        """
    ).fetchall()
    assert references == []
    with pytest.raises(psycopg.errors.ForeignKeyViolation), owner.transaction(force_rollback=True):
        owner.execute(
            "update diary_booking set person_id = %s, state = 'cancelled' where service_id = %s",
            (there.person().id, here.system.service_id),
        )
