"""The workbench has no tables: what the database does here lays the rows of several rooms together."""

from __future__ import annotations

from kohti.kernel.policies import Table

from .merging import sql

TABLES: tuple[Table, ...] = ()
FUNCTIONS = sql.FUNCTIONS
