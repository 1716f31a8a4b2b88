"""Rows that a blueprint names: brought to what its newest version says of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def bring(
    model: type[M],
    service_id: uuid.UUID,
    wanted: Mapping[Any, Mapping[str, Any]],
    *,
    by: str | tuple[str, ...],
) -> dict[Any, M]:
    """Bring a service's rows to what is wanted of each key: new ones are made, those that differ are changed.

    `by` names the column, or the columns, that are the key. Returns the rows by their keys. Rows that nothing is wanted
    of stay as they are. Two statements, and one more for each row that differs, however many there are.
    """
    columns = (by,) if isinstance(by, str) else by
    found: dict[Any, M] = {}
    for row in model._default_manager.filter(service_id=service_id).order_by("pk"):
        key = tuple(getattr(row, column) for column in columns)
        found[key[0] if isinstance(by, str) else key] = row
    for key, values in wanted.items():
        old = found.get(key)
        changed = [name for name, value in values.items() if old is not None and getattr(old, name) != value]
        if old is not None and changed:
            for name in changed:
                setattr(old, name, values[name])
            old.save(update_fields=changed)
    new = {
        key: model(
            service_id=service_id,
            **dict(zip(columns, (key,) if isinstance(by, str) else key, strict=True)),
            **values,
        )
        for key, values in wanted.items()
        if key not in found
    }
    model._default_manager.bulk_create(new.values())
    return found | new
