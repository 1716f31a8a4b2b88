"""Several readings of one page in one statement: what it shows is asked for once, and is of one moment.

Each part is a query of its own, plain to read; the database answers all of them as JSON in one row. It saves the way
there and back for each, and the work of writing each query anew. Row policies hold for each part as for any query.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model, UUIDField

T = TypeVar("T")
M = TypeVar("M", bound=Model)
Row = dict[str, Any]


@dataclass(frozen=True)
class Part(Generic[T]):
    """One query and what becomes of each of its rows, as JSON has it: instants, days and identifiers are texts."""

    sql: str
    make: Callable[[Row], T]


def at(text: str | None) -> datetime | None:
    """An instant of a row, or None."""
    return datetime.fromisoformat(text) if text is not None else None


def day(text: str | None) -> date | None:
    """A day of a row, or None."""
    return date.fromisoformat(text) if text is not None else None


def identifier(text: str | None) -> uuid.UUID | None:
    """An identifier of a row, or None."""
    return uuid.UUID(text) if text is not None else None


def _reader(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    column = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(column, DateTimeField):
        return at
    if isinstance(column, DateField):
        return day
    return identifier if isinstance(column, UUIDField) else None


def rows_of(model: type[M], which: str) -> Part[M]:
    """The rows of a model: `which` is what follows `where`, with its order. Its values stand as %(name)s.

    For models whose columns are texts, numbers, truths, lists, JSON, days, instants and identifiers.
    """
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
    names = [one.attname for one in fields]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    readers = [(one.attname, _reader(one)) for one in fields]

    def make(row: Row) -> M:
        return model.from_db(
            "default", names, [read(row[name]) if read else row[name] for name, read in readers]
        )

    return Part(f'select {columns} from "{model._meta.db_table}" where {which}', make)


@cache
def _statement(parts: tuple[str, ...]) -> str:
    asked = ", ".join(f"(select coalesce(json_agg(r), '[]') from ({sql}) r)" for sql in parts)
    return f"select {asked}"


def together(values: Mapping[str, Any], *parts: Part[Any]) -> list[list[Any]]:
    """The rows of each part, in the order of the parts. One statement; `values` are those of all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(part.sql for part in parts)), values)
        answers = cursor.fetchone()
    return [[part.make(row) for row in rows] for part, rows in zip(parts, answers, strict=True)]
