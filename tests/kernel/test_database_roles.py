"""What the two database roles can never do, whoever acts: bypass, alter, erase, seal; and policies are always all in force."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import psycopg
import pytest

from kohti.config.rooms import ROOMS
from kohti.kernel import policies

PLANNED = {
    *("plan_cache_mode=force_generic_plan", "plan_cache_mode=force_custom_plan"),
    *("jit=off", "enable_seqscan=off"),
}
"""How a function may have its statements planned, and nothing else of its own."""


def test_the_database_roles_cannot_bypass_alter_or_erase(owner: psycopg.Connection) -> None:
    for role in (policies.WEB, policies.WORKER):
        assert owner.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication from pg_roles"
            " where rolname = %s",
            (role,),
        ).fetchone() == (False, False, False, False, False)
        owned = owner.execute(
            "select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = %s"
            " union all select proname from pg_proc p join pg_roles r on r.oid = p.proowner"
            " where r.rolname = %s",
            (role, role),
        ).fetchall()
        assert owned == []
        assert owner.execute(
            "select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = %s",
            (role,),
        ).fetchone() == (0,)
        rights = owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and (has_table_privilege(%(role)s, oid, 'truncate')"
            " or has_table_privilege(%(role)s, oid, 'trigger')"
            " or has_table_privilege(%(role)s, oid, 'references'))",
            {"role": role},
        ).fetchall()
        assert rights == []
        assert (
            owner.execute(
                "select nspname from pg_namespace where has_schema_privilege(%s, oid, 'create')"
                " and nspname !~ '^pg_(toast_)?temp'",
                (role,),
            ).fetchall()
            == []
        )


@pytest.mark.parametrize(
    "statement",
    [
        "alter table people_person disable row level security",
        "alter table people_person disable trigger all",
        "alter table kernel_historyevent disable trigger all",
        "drop table people_person",
        'drop policy "staff see" on people_person',
        "truncate frontdesk_visit",
        "set role kohti_definer",
        "set role kohti_owner",
        "set session authorization kohti_owner",
        "set session_replication_role = replica",
        "create or replace function kohti.floor() returns uuid language sql as $$ select null::uuid $$",
        "create table public.mine (id integer)",
        "create role mine",
        "copy people_person to program 'cat'",
        "insert into kernel_historyevent default values",
        "update kernel_historyevent set verb = 'nothing'",
        "delete from kernel_historyevent",
        "update kernel_historydetail set body = 'nothing'",
        "delete from kernel_historydetail",
        "update kernel_historyseal set events = 0",
        "delete from kernel_historyseal",
        "truncate kernel_historyevent",
        "update kernel_installation set clock_offset_us = 0",
    ],
)
def test_the_database_refuses(statement: str, lines: dict[str, psycopg.Connection]) -> None:
    for line in lines.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction(force_rollback=True):
            line.execute(statement.encode())


def test_nobody_goes_round_the_policies_on_request(lines: dict[str, psycopg.Connection]) -> None:
    """`row_security = off` makes a query fail rather than be filtered; it never shows more."""
    for line in lines.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction(force_rollback=True):
            line.execute("set local row_security = off")
            line.execute("select count(*) from people_person")


def test_sealing_and_forgetting_are_not_for_the_web(lines: dict[str, psycopg.Connection]) -> None:
    for call in ("kohti.seal_history(10)", f"kohti.forget_in_history('{uuid.uuid4()}')"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            lines[policies.WEB].transaction(force_rollback=True),
        ):
            lines[policies.WEB].execute(f"select {call}".encode())
    worker = lines[policies.WORKER]
    with (
        pytest.raises(psycopg.errors.RaiseException, match="housekeeping"),
        worker.transaction(force_rollback=True),
    ):
        worker.execute("select kohti.enter('door', null, null, null, '', '', now())")
        worker.execute("select kohti.forget_in_history(%s)", (uuid.uuid4(),))


def test_nobody_writes_history_without_saying_who_they_are(lines: dict[str, psycopg.Connection]) -> None:
    for line in lines.values():
        with (
            pytest.raises(psycopg.errors.RaiseException, match="nobody"),
            line.transaction(force_rollback=True),
        ):
            line.execute("select kohti.record(%s, 'x', 'x', null, '{}', null)", (uuid.uuid4(),))


def test_a_function_that_sees_more_than_its_caller_is_the_definers_and_looks_in_our_schemas_only(
    owner: psycopg.Connection,
) -> None:
    found = owner.execute(
        "select p.proname, r.rolname, p.proconfig from pg_proc p join pg_roles r on r.oid = p.proowner"
        " where p.prosecdef and p.pronamespace in ('kohti'::regnamespace, 'public'::regnamespace)"
        " order by 1"
    ).fetchall()
    assert len(found) >= 8
    for name, role, config in found:
        assert (name, role, config[0]) == (name, policies.DEFINER, "search_path=pg_catalog, public, pg_temp")
        assert set(config[1:]) <= PLANNED, name


def test_the_definer_cannot_sign_in(owner: psycopg.Connection) -> None:
    assert owner.execute(
        "select rolcanlogin, rolsuper from pg_roles where rolname = %s", (policies.DEFINER,)
    ).fetchone() == (False, False)


def test_a_table_without_a_declaration_is_named_and_nothing_is_written(owner: psycopg.Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("create table forgotten_table (id integer)")
        with pytest.raises(RuntimeError, match=r"without a row policy: \['forgotten_table'\]"):
            policies.apply(owner, ROOMS)


def test_a_declaration_without_a_table_is_named(owner: psycopg.Connection) -> None:
    extra = SimpleNamespace(TABLES=(policies.Table(name="not_made"),), FUNCTIONS=())
    with (
        owner.transaction(force_rollback=True),
        pytest.raises(RuntimeError, match=r"without a table: \['not_made'\]"),
    ):
        policies.apply(owner, [*ROOMS, extra])


def test_applying_the_policies_again_changes_nothing(owner: psycopg.Connection) -> None:
    assert policies.apply(owner, ROOMS) is False


def test_policies_of_a_new_release_are_written_over_those_of_the_old_one(owner: psycopg.Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("comment on schema kohti is 'as an older release wrote them'")
        assert policies.apply(owner, ROOMS) is True
        assert policies.apply(owner, ROOMS) is False


def test_every_table_is_under_policies_its_owner_included(owner: psycopg.Connection) -> None:
    assert (
        owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)"
        ).fetchall()
        == []
    )
