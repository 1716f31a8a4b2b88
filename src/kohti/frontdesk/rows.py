"""Who may see the front desk: those on its floor, for its day; the leader of a centre, every day.

When somebody came is part of their time here: whoever sees their way sees that too.
"""

from __future__ import annotations

from kohti.diary.rows import OF_SOMEBODY_SEEN
from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table

FUNCTIONS: tuple[str, ...] = ()

TABLES = (
    Table(name="frontdesk_stream", see=OWN_SERVICE),
    Table(name="frontdesk_reason", see=OWN_SERVICE),
    *(
        Table(name=name, see=ON_THE_FLOOR, add=ON_THE_FLOOR, change=ON_THE_FLOOR)
        for name in ("frontdesk_day", "frontdesk_period")
    ),
    Table(
        name="frontdesk_visit",
        see=f"({ON_THE_FLOOR}) or {OF_SOMEBODY_SEEN}",
        add=ON_THE_FLOOR,
        change=ON_THE_FLOOR,
    ),
)
