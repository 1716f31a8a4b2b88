"""What the rooms carry of a person, in one list, and the pieces of SQL that every part here is made of."""

from __future__ import annotations

from kohti.diary import carried as diary
from kohti.frontdesk import carried as frontdesk
from kohti.journeys import carried as journeys
from kohti.kernel import carried as kernel
from kohti.kernel.carried import Carried
from kohti.outreach import carried as outreach
from kohti.partners import carried as partners
from kohti.people import carried as people

CARRIED: tuple[Carried, ...] = (
    *kernel.CARRIED,
    *people.CARRIED,
    *diary.CARRIED,
    *journeys.CARRIED,
    *frontdesk.CARRIED,
    *partners.CARRIED,
    *outreach.CARRIED,
)
"""Every table with rows about a person, in an order in which they can be laid together."""

STAYS = (
    kernel.STAYS
    | people.STAYS
    | journeys.STAYS
    | diary.STAYS
    | frontdesk.STAYS
    | partners.STAYS
    | outreach.STAYS
)
"""Columns about people that stay as they are, and why. By table and column."""

NAMES = ("folded", "sort_key", "sounds")
"""What goes with a full name."""


def text_array(names: tuple[str, ...]) -> str:
    """SQL: these names as an array of texts."""
    return "array[" + ", ".join(f"'{name}'" for name in names) + "]::text[]"


def of_the_two(one: Carried, *, who: str = "(p_kept, p_gone)") -> str:
    """SQL: that a row `t` of this table is about either of the two, in any of its columns."""
    return "(" + " or ".join(f"t.{column} in {who}" for column in one.columns) + ")"


MAY = """
    if not coalesce(kohti.may('people.merge'), false) then
        return {no};
    end if;"""
"""Whoever may not merge is told what would be said of a record that is not there."""
