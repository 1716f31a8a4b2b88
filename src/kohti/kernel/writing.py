"""Rows of several tables written in one statement: a change that touches six tables asks the database once.

Policies, keys and triggers hold as for six statements; triggers find all of it written. It happens wholly or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from . import history


@cache
def _columns(model: type[Model]) -> dict[str, str]:
    """The columns of a model that are written, by attribute."""
    return {one.attname: str(one.column) for one in model._meta.concrete_fields if not one.generated}


@cache
def _inserting(model: type[Model]) -> str:
    table = f'"{model._meta.db_table}"'
    columns = ", ".join(f'"{one}"' for one in _columns(model).values())
    return (
        f"insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, %s)"
    )


@cache
def _updating(model: type[Model], fields: tuple[str, ...]) -> str:
    table = f'"{model._meta.db_table}"'
    changes = ", ".join(f'"{_columns(model)[one]}" = r."{_columns(model)[one]}"' for one in fields)
    return (
        f"update {table} t set {changes} from jsonb_populate_recordset(null::{table}, %s) r where t.id = r.id"
    )


class Rows:
    """Rows to be written, in the order of the tables they were given in."""

    def __init__(self) -> None:
        self._asked: list[tuple[str, str]] = []

    def add(self, rows: Sequence[Model]) -> None:
        """New rows of one table."""
        if rows:
            self._take(_inserting(type(rows[0])), rows, tuple(_columns(type(rows[0]))))

    def change(self, rows: Sequence[Model], fields: Sequence[str]) -> None:
        """Rows of one table that are there already, by their `id`: these fields of them."""
        if rows:
            self._take(_updating(type(rows[0]), tuple(fields)), rows, ("id", *fields))

    def _take(self, sql: str, rows: Sequence[Model], names: tuple[str, ...]) -> None:
        columns = _columns(type(rows[0]))
        values: list[dict[str, Any]] = [{columns[name]: getattr(one, name) for name in names} for one in rows]
        self._asked.append((sql, json.dumps(values, ensure_ascii=False, default=str)))

    def write(self, *events: history.Event) -> None:
        """Write them, and with them what the history is to say. One statement; none where there is nothing at all."""
        values = [values for _sql, values in self._asked]
        parts = ", ".join(f"part_{n} as ({sql})" for n, (sql, _values) in enumerate(self._asked))
        said = "select 1"
        if events:
            said = history.RECORD_EACH
            values.append(history.as_rows(events))
        if values:
            with connection.cursor() as cursor:
                cursor.execute(f"with {parts} {said}" if parts else said, values)
        self._asked = []
