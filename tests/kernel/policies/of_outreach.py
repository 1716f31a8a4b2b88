"""Outreach: whoever goes out from a centre, and of a person, whoever sees their way."""

from __future__ import annotations

from tests.kernel.policies.of_people import with_its_keys
from tests.kernel.policies.of_ways import of_somebody_s_way
from tests.kernel.policies.rules import Rules, a_colleague, both, either, kept_by, my_own, system_rows
from tests.kernel.policies.who import Row, Who, World


def of_the_team(who: Who, row: Row, world: World) -> bool:
    """Whoever goes out, of their own centre."""
    return who.may("outreach.go") and bool(who.floor) and row["centre_id"] == who.floor


def nobody_yet(who: Who, row: Row, world: World) -> bool:
    """Who became a person is said by joining and becoming, never by a row."""
    return row["person_id"] is None


def not_joined(who: Who, row: Row, world: World) -> bool:
    """Nor who is the same."""
    return row["joined_into_id"] is None


def open_to_the_team(who: Who, row: Row, world: World) -> bool:
    """Nobody yet, or somebody whose record is not for the named alone."""
    person = world.of("people_person", row["person_id"])
    return person is None or not person["restricted"]


of_a_meeting = either(nobody_yet, with_its_keys)
"""While nobody knows who it was, nothing is sealed."""

OF_OUTREACH: dict[str, Rules] = {
    "outreach_spot": kept_by(a_colleague, of_the_team, of_the_team),
    "outreach_round": kept_by(of_the_team, of_the_team, of_the_team),
    "outreach_goer": kept_by(of_the_team, of_the_team, None),
    "outreach_reached": kept_by(
        both(of_the_team, either(open_to_the_team, of_somebody_s_way)),
        both(of_the_team, nobody_yet, not_joined),
        both(of_the_team, nobody_yet),
    ),
    "outreach_encounter": kept_by(
        both(either(both(of_the_team, open_to_the_team), of_somebody_s_way), of_a_meeting),
        both(of_the_team, of_a_meeting, my_own),
        both(of_the_team, either(open_to_the_team, of_somebody_s_way), of_a_meeting, my_own),
        remove=system_rows,
    ),
}
