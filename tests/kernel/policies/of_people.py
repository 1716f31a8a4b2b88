"""Who sees and keeps people, and what stands beside them: grants, keys, restricted records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.kernel.policies.of_guests import for_the_guest
from tests.kernel.policies.rules import (
    about,
    both,
    in_the_centre,
    may,
    my_own,
    system_rows,
)
from tests.kernel.policies.who import Row, Who, World

from kohti.kernel import clock


def in_force(grant: Row) -> bool:
    """A grant holds from its beginning until its end."""
    return datetime.fromisoformat(grant["starts"]) <= clock.now() < datetime.fromisoformat(grant["ends"])


def to_the_member(who: Who, grant: Row) -> bool:
    """A grant to one's own membership."""
    return bool(who.member) and grant["to_member_id"] == who.member


def reaches(who: Who, grant: Row) -> bool:
    """A grant is to a member, or to the floor of a centre, all of it or one role there; what a share gives is another
    matter (`of_shares`)."""
    if grant["purpose"] == "share":
        return False
    floor = bool(who.floor) and grant["to_centre_id"] == who.floor
    return to_the_member(who, grant) or (floor and grant["to_role"] in ("", who.role))


def grants_of(who: Who, world: World) -> list[Row]:
    """The grants in force that reach one."""
    if who.name not in world.reaching:
        world.reaching[who.name] = [
            grant for grant in world.tables["people_grant"] if in_force(grant) and reaches(who, grant)
        ]
    return world.reaching[who.name]


def people_of(who: Who, world: World, holds: Callable[[Row], bool] = lambda grant: True) -> set[str]:
    """Whom grants in force let one see; a grant for a field of life alone shows nobody."""
    return {grant["person_id"] for grant in grants_of(who, world) if not grant["field"] and holds(grant)}


def keys_of(who: Who, world: World, *purposes: str) -> set[tuple[str, str]]:
    """The sealed fields of which people one may read, by grants of some purposes to oneself."""
    return {
        (grant["person_id"], grant["field"])
        for grant in grants_of(who, world)
        if grant["field"] and to_the_member(who, grant) and (not purposes or grant["purpose"] in purposes)
    }


def named(who: Who, world: World, *purposes: str) -> set[str]:
    """The restricted records that are open to one by name, or for an hour in an emergency."""
    return people_of(who, world, lambda grant: to_the_member(who, grant) and grant["purpose"] in purposes)


def a_seen_person(who: Who, row: Row, world: World) -> bool:
    """Somebody of the centre one leads, somebody granted to one, or anybody for the housekeeping; a restricted
    record is open to those named alone, whoever leads."""
    if system_rows(who, row, world):
        return True
    if row["merged_into_id"]:  # an empty record is there for nobody: every way to it leads on
        return False
    if row["restricted"]:
        return row["id"] in named(who, world, "named", "emergency")
    return in_the_centre(who, row, world) or row["id"] in people_of(who, world)


def a_kept_person(who: Who, row: Row, world: World) -> bool:
    """Whom one sees, but for the month in which a former coach may still read."""
    if not a_seen_person(who, row, world):
        return False
    if row["restricted"] or in_the_centre(who, row, world):
        return True
    return row["id"] in people_of(who, world, lambda grant: grant["purpose"] != "former")


def a_person_to_change(who: Who, row: Row, world: World) -> bool:
    """Whoever keeps people's records and this person, and the leader of the centre."""
    leads = in_the_centre(who, row, world) and not row["restricted"]
    return leads or (who.may("people.edit") and a_kept_person(who, row, world))


def a_person_to_add(who: Who, row: Row, world: World) -> bool:
    """Whoever registers people does so at their own centre; nobody adds a restricted one but its leader."""
    at_the_floor = bool(who.floor) and row["centre_id"] == who.floor and not row["restricted"]
    return in_the_centre(who, row, world) or (at_the_floor and who.may("people.register"))


of_a_seen_person = about(a_seen_person)
"""What stands beside somebody is seen by whoever sees them."""


of_a_kept_person = both(about(a_kept_person), may("people.edit"))
"""And kept by whoever keeps them."""


of_a_person_in_the_centre = about(both(a_seen_person, in_the_centre))
"""And somebody of the centre one leads."""


def with_its_keys(who: Who, row: Row, world: World) -> bool:
    """What is sealed needs a key for each field it is sealed to."""
    sealed = [row["sealed"]] if isinstance(row["sealed"], str) else row["sealed"]
    return {(row["person_id"], field) for field in sealed if field} <= keys_of(who, world)


a_way_to_reach = both(of_a_seen_person, with_its_keys)


a_way_to_keep = both(
    with_its_keys, lambda *about: of_a_kept_person(*about) or of_a_person_in_the_centre(*about)
)


a_note = both(of_a_seen_person, may("people.note"), with_its_keys)


a_note_to_change = both(
    a_note,
    about(a_kept_person),
    lambda who, row, world: my_own(who, row, world) or who.may("people.keep"),
)


a_note_of_before = both(a_note, of_a_person_in_the_centre, may("people.keep"))


def a_reason(who: Who, row: Row, world: World) -> bool:
    """Why a danger note or a restriction stands: for who gave it, the leader, and who holds the key."""
    if not of_a_seen_person(who, row, world):
        return False
    leader = of_a_person_in_the_centre(who, row, world)
    return my_own(who, row, world) or leader or (row["person_id"], row["sealed"]) in keys_of(who, world)


two_of_the_centre = both(
    of_a_person_in_the_centre,
    about(both(a_seen_person, in_the_centre), "other_id"),
    may("people.merge"),
)
"""Two people of the centre one leads."""


beside_both = both(of_a_seen_person, about(a_seen_person, "other_id"))


def to_give(who: Who, row: Row, world: World) -> bool:
    """A grant about a restricted record in which one is named, or about a field one holds the key of for good."""
    of_the_named = row["person_id"] in named(who, world, "named")
    return of_the_named or (row["person_id"], row["field"]) in keys_of(who, world, "sealed")


def a_grant_to_me(who: Who, row: Row, world: World) -> bool:
    """A grant to one's own membership; one in force to one's floor; every one to the centre one leads, on its
    people, and of what one may give. What a share gave is seen with the share (`of_shares`)."""
    if row["purpose"] == "share":
        return False
    if of_the_book(who, row, world) or for_the_guest(who, row, world):
        return True
    if to_the_member(who, row) or of_a_person_in_the_centre(who, row, world) or to_give(who, row, world):
        return True
    return to_the_centre(who, row, world) or (in_force(row) and reaches(who, row))


def to_the_centre(who: Who, row: Row, world: World) -> bool:
    """A grant to the centre one leads."""
    return bool(who.whole) and row["to_centre_id"] == who.whole


def a_grant_to_give(who: Who, row: Row, world: World) -> bool:
    """Nobody grants sight of somebody they do not see. The leader shows people to the centre, and those of the
    centre to a colleague; who holds a key passes it on; the named name others; nobody gives an emergency."""
    if row["purpose"] == "arrival" and for_the_guest(who, row, world):
        return True
    if not of_a_seen_person(who, row, world):
        return False
    if row["field"]:
        held = (row["person_id"], row["field"]) in keys_of(who, world, "sealed")
        return held and row["purpose"] == "sealed" and row["to_member_id"] is not None
    if row["purpose"] == "named":
        return row["to_member_id"] is not None and row["person_id"] in named(who, world, "named")
    if row["purpose"] in ("emergency", "former", "share"):
        return False
    to_a_member = row["to_member_id"] is not None and of_a_person_in_the_centre(who, row, world)
    return to_the_centre(who, row, world) or to_a_member or for_a_booking(who, row, world)


def for_a_booking(who: Who, row: Row, world: World) -> bool:
    """Who books somebody lets the floor see who comes."""
    return row["purpose"] == "arrival" and of_the_book(who, row, world)


def of_the_book(who: Who, row: Row, world: World) -> bool:
    """That somebody is seen by the floor, because of an appointment at the centre where one books, or of a visit
    without one at the centre where one takes people in."""
    here = bool(who.floor) and row["to_centre_id"] == who.floor and not row["field"]
    books = who.may("diary.book") or who.may("journeys.work")
    takes_in = who.may("arrivals.check_in") and row["because_kind"] == "visit"
    return here and ((books and row["because_kind"] == "booking") or takes_in)


def a_grant_to_change(who: Who, row: Row, world: World) -> bool:
    """Ended by the leader of the centre it is to or the person is of, and by who could have given it; what a share
    gave ends with the share."""
    if row["purpose"] == "share":
        return False
    leads = to_the_centre(who, row, world) or of_a_person_in_the_centre(who, row, world)
    books = of_the_book(who, row, world) or for_the_guest(who, row, world)
    return leads or books or to_give(who, row, world)


def from_the_centre(who: Who, row: Row, world: World) -> bool:
    """A transfer out of the centre one leads."""
    return bool(who.whole) and row["from_centre_id"] == who.whole


a_transfer_to_order = both(
    from_the_centre,
    of_a_seen_person,
    may("people.transfer"),
    lambda who, row, world: row["done_at"] is None,
)
