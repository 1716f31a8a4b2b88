"""Who may see the front desk: those on its floor, for its day; the leader of a centre, every day.

When somebody came is part of their time here: whoever sees their way sees that too.
"""

from __future__ import annotations

from kohti.diary.rows import OF_SOMEBODY_SEEN
from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table
from kohti.kernel.rows import definer

FUNCTIONS = (
    definer(
        """
kohti.admitted_visits()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(id), '{}') from frontdesk_visit where booking_id = kohti.admitted()
$$"""
    ),
)

BY_THE_GUEST = "booking_id = (select kohti.admitted())"
"""Whoever checks themselves in, with the one appointment they are known by."""
OF_THE_GUEST = "visit_id = any((select kohti.admitted_visits())::uuid[])"
AT_THE_GUEST_S_CENTRE = "(centre_id = (select kohti.guest_of()) and day = (select kohti.first_day()))"

TABLES = (
    Table(name="frontdesk_stream", see=OWN_SERVICE),
    Table(name="frontdesk_reason", see=OWN_SERVICE),
    *(
        Table(
            name=name,
            see=f"({floor}) or {guest}",
            add=f"({floor}) or {guest}",
            change=f"({floor}) or {guest}",
        )
        for name, floor, guest in (
            ("frontdesk_day", ON_THE_FLOOR, AT_THE_GUEST_S_CENTRE),
            ("frontdesk_period", ON_THE_FLOOR, OF_THE_GUEST),
        )
    ),
    Table(
        name="frontdesk_visit",
        see=f"({ON_THE_FLOOR}) or {OF_SOMEBODY_SEEN} or {BY_THE_GUEST}",
        add=f"({ON_THE_FLOOR}) or {BY_THE_GUEST}",
        change=f"({ON_THE_FLOOR}) or {BY_THE_GUEST}",
    ),
)
