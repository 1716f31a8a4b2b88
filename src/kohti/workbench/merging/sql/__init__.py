"""Two records become one, and two again: one function each, built of what the rooms say they carry.

The definer does it, since nobody's own sight is enough: what is sealed comes along whether or not whoever merges may
read it, and the sight of colleagues follows. It asks itself whether the actor may. Each ends whole or not at all.
"""

from __future__ import annotations

from .carried import CARRIED, STAYS
from .counting import COUNTS
from .guarding import GUARD, GUARDS
from .merging import MERGE
from .undoing import UNMERGE

FUNCTIONS = (MERGE, UNMERGE, COUNTS, GUARD, GUARDS)

__all__ = ("CARRIED", "FUNCTIONS", "STAYS")
