"""Only the owner makes tables."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Migrations run on the owner's connection and nowhere else."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Whether tables may be made through the connection `db`."""
        return db == "owner"
