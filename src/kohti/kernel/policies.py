"""Row policies: from each room's declaration to the database.

A room's `rows.py` holds `TABLES`, a `Table` for each of its tables, `FUNCTIONS`, SQL that its policies call,
and, where the web must not call some of these, `WORKER_ONLY`, their signatures. `apply` writes them all in
one transaction as the owner; a table nobody declared is an error, so none can exist that everybody sees.

Helper functions used in conditions, each to be wrapped as `(select kohti.x())` so that it is computed once
a statement: `service`, `colleagues` (the service, for whoever works there), `floor` (the centre whose day the
actor sees), `whole_centre`, `staff`, `member`, `system`, `at_the_door`, `first_day` and `last_day` (between which
that centre's days are seen), `my_people`, `people_on_my_floor` and `in_sight` (the person a page is about, where
the actor sees them); `admitted`, `guest_of` and `guest_person` (the appointment a guest is known by, the centre it
is at, and whose it is).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

OWN_SERVICE = "service_id = (select kohti.service())"
OF_COLLEAGUES = "service_id = (select kohti.colleagues())"
"""The same for whoever works there: neither a kiosk nor a guest is told who else there is."""
ON_THE_FLOOR = (
    "centre_id = (select kohti.floor())"
    " and day between (select kohti.first_day()) and (select kohti.last_day())"
)
"""Whoever works on the floor of a centre sees its day; its leader every day."""
SYSTEM_SERVICE = "service_id = (select kohti.system())"
ANYBODY = "(select kohti.kind()) is not null"
"""Every row, for whoever said who they are."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Who may do what to the rows of one table.

    see, add, change, remove   conditions for members and screens; empty: not at all
    door                       verbs on all rows for nobody yet (sign-in): of see, add, change, remove
    system                     verbs for the service's own housekeeping, on `system_rows`
    worker                     further verbs for the worker's database role, whoever acts, on `worker_rows`
    """

    name: str
    see: str = ""
    add: str = ""
    change: str = ""
    remove: str = ""
    door: str = ""
    system: str = "see add change"
    system_rows: str = SYSTEM_SERVICE
    worker: str = ""
    worker_rows: str = ANYBODY


COMMANDS = {"see": "select", "add": "insert", "change": "update", "remove": "delete"}
WEB, WORKER, DEFINER = "kohti_web", "kohti_worker", "kohti_definer"


def _policy(table: str, name: str, command: str, roles: str, condition: str) -> str:
    using = "" if command == "insert" else f" using ({condition})"
    check = f" with check ({condition})" if command in ("insert", "update") else ""
    return f'create policy "{name}" on {table} for {command} to {roles}{using}{check};'


def statements(table: Table, *, owner: str) -> list[str]:
    """The SQL that puts one table under its policies, given the owner's role name."""
    name = f'public."{table.name}"'
    out = [
        f"alter table {name} enable row level security, force row level security;",
        f"revoke all on {name} from public, {WEB}, {WORKER}, {DEFINER};",
        f'create policy "owner" on {name} to "{owner}" using (true) with check (true);',
        f'create policy "definer" on {name} to {DEFINER} using (true) with check (true);',
        f"grant select, insert, update, delete on {name} to {DEFINER};",
    ]
    web: set[str] = set()
    worker: set[str] = set()
    for verb, command in COMMANDS.items():
        condition = getattr(table, verb)
        if condition:
            out.append(_policy(name, f"staff {verb}", command, f"{WEB}, {WORKER}", condition))
            web.add(command)
            worker.add(command)
        if verb in table.door.split():
            out.append(
                _policy(name, f"door {verb}", command, f"{WEB}, {WORKER}", "(select kohti.at_the_door())")
            )
            web.add(command)
            worker.add(command)
        if verb in table.system.split() and table.system_rows:
            out.append(_policy(name, f"system {verb}", command, WORKER, table.system_rows))
            worker.add(command)
        if verb in table.worker.split():
            out.append(_policy(name, f"worker {verb}", command, WORKER, table.worker_rows))
            worker.add(command)
    for role, commands in ((WEB, web), (WORKER, worker)):
        if commands:
            out.append(f"grant {', '.join(sorted(commands))} on {name} to {role};")
    return out


FOR_OUR_ROLES = f"""
do $$ declare one regprocedure; begin
    for one in select p.oid from pg_proc p join pg_roles r on r.oid = p.proowner
               where p.pronamespace = 'kohti'::regnamespace and r.rolname = current_user loop
        execute format('revoke all on function %s from public', one);
        execute format('grant execute on function %s to {WEB}, {WORKER}, {DEFINER}', one);
    end loop;
end $$"""


def _rights_to_functions(owner: str, worker_only: Iterable[str]) -> Iterator[str]:
    """PostgreSQL lets everybody call a new function; its owner, and nobody else, can take that back."""
    for role in (owner, DEFINER):
        yield f'set local role "{role}"'
        yield FOR_OUR_ROLES
    for signature in worker_only:
        yield f"revoke execute on function {signature} from {WEB}"
    yield "reset role"


def _wanted(connection: psycopg.Connection[Any], rooms: Iterable[Any]) -> tuple[list[str], list[str], str]:
    """The SQL of every room's functions, that of tables and rights, and the digest of both.

    Raises RuntimeError naming the tables that no room declared, or that a room declared but nobody made.
    """
    rooms = list(rooms)
    owner_row = connection.execute("select current_user").fetchone()
    assert owner_row is not None
    owner = str(owner_row[0])
    tables = [table for room in rooms for table in room.TABLES]
    functions = [text for room in rooms for text in room.FUNCTIONS]
    names = {table.name for table in tables}
    existing = {
        str(row[0])
        for row in connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r','p')"
        )
    }
    if existing != names:
        raise RuntimeError(
            f"tables without a row policy: {sorted(existing - names)}; "
            f"policies without a table: {sorted(names - existing)}"
        )
    body = [line for table in tables for line in statements(table, owner=owner)]
    body += _rights_to_functions(owner, [one for room in rooms for one in getattr(room, "WORKER_ONLY", ())])
    return functions, body, hashlib.sha256("\n".join([*functions, *body]).encode()).hexdigest()


def _written(connection: psycopg.Connection[Any]) -> str:
    """The digest of what was written last, or nothing."""
    row = connection.execute("select obj_description(to_regnamespace('kohti'), 'pg_namespace')").fetchone()
    return str(row[0]) if row is not None and row[0] else ""


def in_force(connection: psycopg.Connection[Any], rooms: Iterable[Any]) -> str:
    """Why the policies of these rooms are not in force as declared, asked as the owner; nothing when they are."""
    try:
        _functions, body, digest = _wanted(connection, rooms)
    except RuntimeError as trouble:
        return str(trouble)
    if _written(connection) != digest:
        return "what was written last is of another release"
    row = connection.execute(
        "select string_agg(relname, ', ' order by relname) from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        " and not (relrowsecurity and relforcerowsecurity)"
    ).fetchone()
    if row is not None and row[0]:
        return f"switched off on {row[0]}"
    declared = {f"{found[2]} {found[1]}" for line in body if (found := POLICY.match(line))}
    there = {
        f"{table} {name}"
        for table, name in connection.execute(
            "select tablename, policyname from pg_policies where schemaname = 'public'"
        )
    }
    if declared != there:
        return f"policies missing or added: {', '.join(sorted(declared ^ there)[:5])}"
    return ""


POLICY = re.compile(r'^create policy "(.+?)" on public\."(.+?)"')


def apply(connection: psycopg.Connection[Any], rooms: Iterable[Any]) -> bool:
    """Write every room's functions, policies and grants, as the owner; False when nothing had changed.

    `rooms` are their rows modules, each with `FUNCTIONS` (SQL texts) and `TABLES`.
    Raises RuntimeError naming the tables that no room declared, or that a room declared but nobody made.
    """
    functions, body, digest = _wanted(connection, rooms)
    if _written(connection) == digest:
        return False
    with connection.transaction():
        connection.execute("create schema if not exists kohti")
        connection.execute(f"grant usage on schema kohti to {WEB}, {WORKER}, {DEFINER}")
        connection.execute(f"grant usage on schema public to {WEB}, {WORKER}, {DEFINER}")
        connection.execute(f"grant create on schema kohti to {DEFINER}")
        for table_name, policy in connection.execute(
            "select tablename, policyname from pg_policies where schemaname = 'public'"
        ).fetchall():
            connection.execute(
                sql.SQL("drop policy {} on public.{}").format(
                    sql.Identifier(policy), sql.Identifier(table_name)
                )
            )
        for text in functions:
            connection.execute(text.encode())
        for line in body:
            connection.execute(line.encode())
        connection.execute(
            f"grant usage, select on all sequences in schema public to {WEB}, {WORKER}".encode()
        )
        connection.execute(sql.SQL("comment on schema kohti is {}").format(sql.Literal(digest)))
    return True
