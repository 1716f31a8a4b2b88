"""Who sees a person's way, and who works on it."""

from __future__ import annotations

from tests.kernel.policies.of_people import (
    a_kept_person,
    of_a_seen_person,
    with_its_keys,
)
from tests.kernel.policies.rules import (
    Rules,
    about,
    both,
    either,
    in_the_centre,
    kept_by,
    may,
    own_time,
    system_rows,
)
from tests.kernel.policies.who import Row, Rule, Who, World

a_way = both(of_a_seen_person, may("journeys.see"))
"""Whose way one sees: whoever sees the person and works with ways."""


a_way_to_work_on = both(about(a_kept_person), may("journeys.work"))


def my_way_to_give(to: str) -> Rule:
    """A way is given by whoever has it in hand, by the leader of its centre, by who opens it (to its first coach)
    or takes it up again, and by who was asked to take it, to themselves."""

    def gives(who: Who, row: Row, world: World) -> bool:
        way = world.of("journeys_journey", row["journey_id"])
        if way is None or way["person_id"] != row["person_id"] or way["service_id"] != who.service:
            return False
        if way["owner_id"] is None or way["owner_id"] == who.member or way["closed_at"] is not None:
            return True
        if in_the_centre(who, way, world) and who.may("journeys.lead"):
            return True
        had = any(one["journey_id"] == way["id"] for one in world.tables["journeys_owning"])
        asked = any(
            one["journey_id"] == way["id"] and one["state"] == "asked" and one["to_member_id"] == row[to]
            for one in world.tables["journeys_handover"]
        )
        return (way["owner_id"] == row[to] and not had) or (row[to] == who.member and asked)

    return gives


def part_of_a_way(
    *,
    add: Rule | None = None,
    change: Rule | None = None,
    sealed: bool = False,
    shared: Rule | None = None,
) -> Rules:
    """A part of a way, seen by whoever sees the way, or with whom it is shared, and kept by whoever works on it."""
    key = (with_its_keys,) if sealed else ()
    see = both(a_way, *key)
    return kept_by(
        either(see, shared) if shared else see,
        both(a_way_to_work_on, *key, *([add] if add else [])),
        both(a_way_to_work_on, *key, *([change] if change else [])),
        remove=system_rows,
    )


of_somebody_s_way = both(lambda who, row, world: bool(row["person_id"]), a_way)
"""What somebody's way is told from beside its own rows: their appointments, and when they came."""


leads_ways = may("journeys.lead")


def in_the_book(who: Who, row: Row, world: World) -> bool:
    """Whoever books at a centre keeps its book, whatever the day."""
    return bool(who.floor) and row["centre_id"] == who.floor and who.may("diary.book")


def own_time_here(who: Who, row: Row, world: World) -> bool:
    """A coach books people with themselves, where they work."""
    here = bool(who.floor) and row["centre_id"] == who.floor
    return here and own_time(who, row, world) and who.may("journeys.work")
