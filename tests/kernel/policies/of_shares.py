"""What is shared with an organisation: who reads by a share alone, and who sees that there is one."""

from __future__ import annotations

from tests.kernel.policies.of_people import (
    a_kept_person,
    in_force,
    of_a_seen_person,
    with_its_keys,
)
from tests.kernel.policies.rules import about, both, either, may, my_own
from tests.kernel.policies.who import Row, Who, World


def shared_with(who: Who, world: World) -> set[tuple[str, str]]:
    """Which fields of whom are shared with one, and `""` for whom anything is; nothing of a restricted record."""
    if not who.may("shares.read"):
        return set()
    found = set()
    for share in world.tables["people_share"]:
        ours = share["to_organisation_id"] == who.organisation
        person = world.of("people_person", share["person_id"])
        holds = in_force(share) and not share["ended_at"]
        if not (ours and holds) or (share["members"] and who.member not in share["members"]):
            continue
        if person is not None and not person["restricted"] and not person["merged_into_id"]:
            found |= {(share["person_id"], field) for field in ("", *share["fields"])}
    return found


def shared(who: Who, row: Row, world: World, *fields: str) -> bool:
    """All of these fields of the person a row is about, and what it is sealed to."""
    sealed = [row["sealed"]] if isinstance(row["sealed"], str) else row["sealed"]
    wanted = {(row["person_id"], field) for field in (*fields, *sealed) if field}
    return bool(fields) and wanted <= shared_with(who, world)


def a_shared_way_to_reach(who: Who, row: Row, world: World) -> bool:
    """How to reach them, where that is shared; never a hidden address."""
    return not row["sealed"] and shared(who, row, world, "reach")


def a_shared_help(who: Who, row: Row, world: World) -> bool:
    """What helps them, where that is shared."""
    return not row["sealed"] and row["kind"] == "helps" and shared(who, row, world, "helps")


def a_shared_note(who: Who, row: Row, world: World) -> bool:
    """A note of fields of life that are all shared."""
    return shared(who, row, world, *row["fields"])


def of_a_shared_field(who: Who, row: Row, world: World) -> bool:
    """What belongs to a field of life that is shared."""
    return bool(row["field"]) and shared(who, row, world, row["field"])


def of_a_shared_aim(who: Who, row: Row, world: World) -> bool:
    """A step towards an aim that is shared."""
    aim = world.of("journeys_aim", row["aim_id"]) if row["aim_id"] else None
    return (
        aim is not None
        and bool(aim["field"])
        and shared(who, row, world, aim["field"])
        and of_a_shared_field(who, aim, world)
    )


def with_us(who: Who, row: Row, world: World) -> bool:
    """A share with one's own organisation, of somebody of whom something is shared with one now."""
    return row["to_organisation_id"] == who.organisation and (row["person_id"], "") in shared_with(who, world)


named_to_me = either(my_own, with_its_keys)
"""Whose name tells something is named to whoever made the share, and to who holds the key of what it tells."""
a_share = either(with_us, both(of_a_seen_person, may("people.open"), named_to_me))
a_share_to_make = both(about(a_kept_person), may("shares.write"), my_own)
a_share_to_end = both(about(a_kept_person), may("shares.write"), named_to_me)


def of_a_share(who: Who, grant: Row, world: World) -> bool:
    """A grant that a share gave is seen by whoever sees the share."""
    share = world.of("people_share", grant["because_id"])
    return share is not None and a_share(who, share, world)


def helps_now(who: Who, helping: Row, world: World) -> bool:
    """Somebody who was asked helps until it ends, and while the share lasts that was made for it."""
    member = world.of("team_membership", helping["member_id"])
    shares = [
        one
        for one in world.tables["people_share"]
        if one["because_kind"] == "helping" and one["because_id"] == helping["id"]
    ]
    return (
        bool(who.member)
        and member is not None
        and member["staff_id"] == who.staff
        and not helping["ended_at"]
        and any(in_force(one) and not one["ended_at"] and who.member in one["members"] for one in shares)
        and (helping["person_id"], "steps") in shared_with(who, world)
    )


def a_step_i_help_with(who: Who, row: Row, world: World) -> bool:
    """A step that one was asked to help with; nothing sealed."""
    return not row["sealed"] and any(
        one["step_id"] == row["id"] and helps_now(who, one, world) for one in world.tables["journeys_helping"]
    )


def who_helps(who: Who, row: Row, world: World) -> bool:
    """Who helps is seen by whoever sees the way; whose name tells something, by who asked and who holds the key."""
    seen = of_a_seen_person(who, row, world) and who.may("journeys.see") and named_to_me(who, row, world)
    return seen or helps_now(who, row, world)


a_helper_to_ask = both(about(a_kept_person), may("journeys.work"), my_own)
a_helper_to_end = both(about(a_kept_person), may("journeys.work"), named_to_me)
