"""Who may see the front desk: those on its floor, for its day; the leader of a centre, every day."""

from __future__ import annotations

from kohti.kernel.policies import OWN_SERVICE, Table

FUNCTIONS: tuple[str, ...] = ()

FLOOR = (
    "(centre_id = (select kohti.floor()) and day = (select kohti.today()))"
    " or centre_id = (select kohti.whole_centre())"
)

TABLES = (
    Table(name="frontdesk_stream", see=OWN_SERVICE),
    Table(name="frontdesk_reason", see=OWN_SERVICE),
    *(
        Table(name=name, see=FLOOR, add=FLOOR, change=FLOOR)
        for name in ("frontdesk_day", "frontdesk_visit", "frontdesk_period")
    ),
)
