"""Questions to the authority: who works with the person, and who was asked."""

from __future__ import annotations

from tests.kernel.policies.of_people import a_kept_person, in_force
from tests.kernel.policies.of_shares import shared_with
from tests.kernel.policies.of_ways import a_way
from tests.kernel.policies.rules import about, both, either, may
from tests.kernel.policies.who import Row, Who, World


def asked_of_me(who: Who, row: Row, world: World) -> bool:
    """Whoever may decide, as long as a share lasts that was made with them for this very question."""
    return (
        who.may("rulings.give")
        and (row["person_id"], "") in shared_with(who, world)
        and any(
            one["because_kind"] == "ruling"
            and one["because_id"] == row["id"]
            and in_force(one)
            and not one["ended_at"]
            and who.member in one["members"]
            for one in world.tables["people_share"]
        )
    )


def my_question(who: Who, row: Row, world: World) -> bool:
    """Nobody asks in another's name, or has answered before they ask."""
    return bool(who.member) and row["asked_by_id"] == who.member and row["state"] == "asked"


a_ruling = either(a_way, asked_of_me)
a_ruling_to_ask = both(about(a_kept_person), may("journeys.work"), my_question)
a_ruling_to_change = either(both(about(a_kept_person), may("journeys.work")), asked_of_me)
