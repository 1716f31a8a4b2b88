"""Rows that are about a person: each room says which of its tables carry one, so that two records can become one.

A room's `carried.py` holds `CARRIED`, one `Carried` a table; where two records cannot simply be laid together, also
the SQL that settles it first. What is built of them stands in `workbench/merging/sql/`. A column that refers to
a person and is named neither here nor in `STAYS` fails a test, so that no new room is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A table with rows about a person.

    columns   those that name the person
    without   columns that are not kept for going back: derived by the database, or the bytes of a file
    sealed    whether its column `sealed` names fields of life: empty, `one`, or `many`
    hangs_on  (column, table): what is written later about a row of that table goes back with it
    brings    (column, table): a row of that table, named in this column, goes back with this one
    unless    SQL about a row `t` that cannot come along, with `p_kept` for whom it would come to
    guarded   whether a row that comes for a record which has just been merged is refused
    """

    table: str
    columns: tuple[str, ...] = ("person_id",)
    without: tuple[str, ...] = ()
    sealed: str = ""
    hangs_on: tuple[str, str] = ("", "")
    brings: tuple[str, str] = ("", "")
    unless: str = ""
    guarded: bool = True


STAYS: dict[tuple[str, str], str] = {
    (
        "kernel_historyevent",
        "person_ids",
    ): "what happened is never changed: the kept one's history shows both",
}
"""Columns about people that stay as they are, and why. By table and column."""

CARRIED: tuple[Carried, ...] = (Carried(table="kernel_message", columns=("to_id",), guarded=False),)
"""The kernel's own: what was written to somebody, or waits to leave."""
