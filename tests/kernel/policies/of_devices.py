"""What a kiosk may write: a ticket of today, at its centre, of nobody in particular."""

from __future__ import annotations

from tests.kernel.policies.who import Row, Who, World


def at_the_kiosk(who: Who, row: Row, world: World) -> bool:
    """A kiosk draws tickets of today, where it stands."""
    return who.role == "kiosk" and row["centre_id"] == who.centre and row["day"] == who.today.isoformat()


def nobody_s_ticket(who: Who, row: Row, world: World) -> bool:
    """And each is of nobody: no name, no appointment, no colleague."""
    whose = ("person_id", "booking_id", "staff_id", "given_name")
    return at_the_kiosk(who, row, world) and not any(row[one] for one in whose)


def begun_at_the_kiosk(who: Who, row: Row, world: World) -> bool:
    """No colleague began it."""
    return at_the_kiosk(who, row, world) and not row["by_member"]
