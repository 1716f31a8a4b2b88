"""However many tables a statement writes, each way it touches is held once, when all of it is written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import TODAY, Place, acting
from tests.journeys.test_holding import begin, coach, key, owner, rules, stored

from kohti.journeys import actions
from kohti.journeys.actions import NewContact, NewStep

if TYPE_CHECKING:
    from kohti.journeys.models import Journey
    from kohti.kernel.actor import Actor

__all__ = ["coach", "owner"]

YESTERDAY, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=9)

THREE_AT_ONCE = """
with a as (update journeys_step set due_on = %(day)s where journey_id = %(first)s),
    b as (update journeys_contact set at = at - interval '400 days' where journey_id = %(second)s),
    c as (delete from journeys_step where journey_id = %(third)s)
select 1
"""
WRITES_IN_BETWEEN = """
create or replace function pg_temp.having_touched(p_journey uuid, p_day date) returns date language plpgsql as $$
begin
    update journeys_contact set at = at where journey_id = p_journey;
    return p_day;
end $$
"""


@pytest.fixture
def ways(here: Place, coach: Actor) -> list[Journey]:
    """Three of them, each held by a step and a contact."""
    found = [begin(here, coach) for _one in range(3)]
    for way in found:
        step = NewStep(words="A course", due_on=LATER)
        acting(coach, actions.write_contact, way.id, NewContact(channel="here", changes=(step,)), key=key())
    return found


def test_what_one_statement_does_to_several_ways_is_known_of_each(owner: Any, ways: list[Journey]) -> None:
    first, second, third = ways
    assert [rules(owner, way) for way in ways] == [set(), set(), set()]
    owner.execute(
        THREE_AT_ONCE, {"day": YESTERDAY, "first": first.id, "second": second.id, "third": third.id}
    )
    assert [rules(owner, way) for way in ways] == [{"next"}, {"contact"}, {"next"}]


def test_what_is_written_while_a_statement_goes_on_does_not_end_it(
    here: Place, owner: Any, ways: list[Journey]
) -> None:
    """The inner statement is done before the outer one has written its row."""
    way = ways[0]
    owner.execute(WRITES_IN_BETWEEN)
    owner.execute(
        "update journeys_step set due_on = pg_temp.having_touched(journey_id, %s) where journey_id = %s",
        (YESTERDAY, way.id),
    )
    assert rules(owner, way) == {"next"}
    owner.execute(
        "update journeys_step set due_on = pg_temp.having_touched(journey_id, %s) where journey_id = %s",
        (LATER, way.id),
    )
    assert rules(owner, way) == set()


def test_what_failed_halfway_leaves_nothing_waiting(here: Place, owner: Any, ways: list[Journey]) -> None:
    """A statement that is taken back in a transaction that goes on: what comes after it is held as ever."""
    way = ways[0]
    with owner.transaction():
        with pytest.raises(Exception, match="step_state"), owner.transaction():
            owner.execute("update journeys_step set state = 'lost' where journey_id = %s", (way.id,))
        owner.execute("update journeys_step set due_on = %s where journey_id = %s", (YESTERDAY, way.id))
        held = owner.execute(
            "select held_until, current_setting('kohti.changing', true) from journeys_journey where id = %s",
            (way.id,),
        ).fetchone()
        assert held is not None
        assert held[1] == "0"
    assert stored(here, way.id).held_until == held[0]
    assert rules(owner, way) == {"next"}
