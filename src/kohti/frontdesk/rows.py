"""Who may see the front desk: those on its floor, for its day; the leader of a centre, every day."""

from __future__ import annotations

from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table

FUNCTIONS: tuple[str, ...] = ()

TABLES = (
    Table(name="frontdesk_stream", see=OWN_SERVICE),
    Table(name="frontdesk_reason", see=OWN_SERVICE),
    *(
        Table(name=name, see=ON_THE_FLOOR, add=ON_THE_FLOOR, change=ON_THE_FLOOR)
        for name in ("frontdesk_day", "frontdesk_visit", "frontdesk_period")
    ),
)
