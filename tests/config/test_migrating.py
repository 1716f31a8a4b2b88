"""Migrations that keep their models make the same tables, down to the last index."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from tests.config.test_keeping import dropped, fresh_name

from kohti.config import addresses, prepare

EVERYTHING = """
    select 'column', format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                            a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace
    union all select 'index', indexdef from pg_indexes where schemaname = 'public'
    union all select 'constraint', format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace
"""


def found(url: str) -> set[tuple[str, str]]:
    """Columns, indexes and constraints of a database."""
    with psycopg.connect(url) as owner:
        return {(str(kind), str(one)) for kind, one in owner.execute(EVERYTHING)}


def test_every_index_and_constraint_of_the_models_is_in_the_database(owner: psycopg.Connection) -> None:
    ours = [one for one in apps.get_models() if one._meta.managed]
    wanted = {
        (one._meta.db_table, each.name)
        for one in ours
        for each in (*one._meta.indexes, *one._meta.constraints)
    }
    there = set(
        owner.execute(
            "select tablename, indexname from pg_indexes where schemaname = 'public'"
            " union select conrelid::regclass::text, conname from pg_constraint"
        )
    )
    assert len(wanted) > 100
    assert wanted <= there


@pytest.mark.long
def test_without_it_the_tables_are_the_same() -> None:
    name = fresh_name()
    beside = addresses.with_database(addresses.owner_url(), "postgres")
    with dropped(name):
        with psycopg.connect(beside, autocommit=True) as admin:
            prepare.make_database(admin, name, owner=admin.info.user)
        url = addresses.with_database(addresses.owner_url(), name)
        with psycopg.connect(url, autocommit=True) as owner:
            prepare.make_extensions(owner)
        settings = connections.settings["owner"]
        before = settings["NAME"]
        connections["owner"].close()
        settings["NAME"] = connections["owner"].settings_dict["NAME"] = name
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        finally:
            connections["owner"].close()
            settings["NAME"] = connections["owner"].settings_dict["NAME"] = before
        plain = found(url)
    with_it = {one for one in found(addresses.owner_url()) if "kohti_cache" not in one[1]}
    assert with_it == plain
