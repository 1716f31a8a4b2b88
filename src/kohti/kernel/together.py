"""Foreign keys that carry the service, so that no row can point into another service."""

from __future__ import annotations

from django.db.migrations import RunSQL


def carries_service(table: str, column: str, target: str) -> RunSQL:
    """A migration step: `table.(service_id, column)` must be a `(service_id, id)` of `target`."""
    name = f"{table}_{column}_in_service"
    return RunSQL(
        f'alter table "{table}" add constraint "{name}" foreign key (service_id, "{column}")'
        f' references "{target}" (service_id, id)',
        f'alter table "{table}" drop constraint "{name}"',
    )
