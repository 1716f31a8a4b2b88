"""References that carry the service, so that no row can point into another service."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations import RunSQL


def belongs(to: type[models.Model] | str, *, null: bool = False, **how: Any) -> Any:
    """A reference whose foreign key, with the service in it, stands in a migration (`carries_service`)."""
    return models.ForeignKey(to, models.PROTECT, null=null, db_constraint=False, db_index=False, **how)


def carries_service(table: str, column: str, target: str) -> RunSQL:
    """A migration step: `table.(service_id, column)` must be a `(service_id, id)` of `target`."""
    name = f"{table}_{column}_in_service"
    return RunSQL(
        f'alter table "{table}" add constraint "{name}" foreign key (service_id, "{column}")'
        f' references "{target}" (service_id, id)',
        f'alter table "{table}" drop constraint "{name}"',
    )
