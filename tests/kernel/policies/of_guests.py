"""What a guest sees and changes: the one appointment they are known by, and the visit it becomes."""

from __future__ import annotations

from tests.kernel.policies.who import Row, Rule, Who, World


def the_guests_own(who: Who, row: Row, world: World) -> bool:
    """A guest is known by one appointment, and sees and changes that one."""
    return bool(who.booking) and row["id"] == who.booking


def of_the_guests_own(who: Who, row: Row, world: World) -> bool:
    """And the visit it becomes."""
    return bool(who.booking) and row["booking_id"] == who.booking


def made_by_the_guest(who: Who, row: Row, world: World) -> bool:
    """Who was offered a time and has none yet makes the appointment they are known by, for themselves and there."""
    own = the_guests_own(who, row, world) and row["person_id"] == who.person
    return own and row["centre_id"] == who.centre


def of_the_guests_visit(who: Who, row: Row, world: World) -> bool:
    """With how long it stood where."""
    visit = world.of("frontdesk_visit", row["visit_id"])
    return visit is not None and of_the_guests_own(who, visit, world)


def where_the_guest_is(who: Who, row: Row, world: World) -> bool:
    """A guest draws a ticket of today, where their appointment is."""
    return bool(who.booking) and row["centre_id"] == who.centre and row["day"] == who.today.isoformat()


def for_the_guest(who: Who, row: Row, world: World) -> bool:
    """The floor sees the guest on the day of their appointment."""
    own = bool(who.booking) and row["because_id"] == who.booking and row["person_id"] == who.person
    return own and not row["field"] and row["because_kind"] == "booking" and row["to_centre_id"] == who.centre


def of_a_booking(rule: Rule) -> Rule:
    """What hangs on an appointment is seen by whoever sees that."""

    def of_its_booking(who: Who, row: Row, world: World) -> bool:
        booking = world.of("diary_booking", row["booking_id"])
        return booking is not None and rule(who, booking, world)

    return of_its_booking
