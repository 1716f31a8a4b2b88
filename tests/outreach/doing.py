"""What tests of outreach start from: a service whose coaches go out, with two spots."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import time, timedelta

from tests.factories import TODAY, Place, acting

from kohti.kernel.actor import Actor, as_actor
from kohti.outreach import actions
from kohti.outreach.actions import NewEncounter, NewRound, SpotWords
from kohti.outreach.models import Encounter
from kohti.people import actions as people
from kohti.people.actions import NewPerson


@dataclass
class Out:
    """A service, two who go out, their leader, and where people are met."""

    here: Place
    ann: Actor
    ben: Actor
    leader: Actor
    square: uuid.UUID
    library: uuid.UUID


def going_out(here: Place) -> Out:
    """Ann and Ben go out; they are new each time, so that nobody is booked already."""
    ann, ben = (here.member("coach", name=f"{name} {uuid.uuid4().hex[:6]}") for name in ("Ann", "Ben"))
    square, library = (
        acting(
            ann,
            actions.add_spot,
            SpotWords(name=f"{name} {uuid.uuid4().hex[:6]}", kind="street"),
            key=str(uuid.uuid4()),
        )
        for name in ("Square", "Library")
    )
    return Out(here, ann, ben, here.member("leader"), square, library)


THINGS = ("spot_id", "round_id", "reached_id", "encounter_id")
"""What addresses of outreach name."""


def a_thing(actor: Actor, watcher: Actor, key: str, *, nickname: str = "") -> uuid.UUID:
    """One of these, of the actor's centre; an encounter is the second one with somebody."""
    assert actor.staff_id is not None
    assert watcher.member_id is not None
    once = uuid.uuid4().hex
    with as_actor(actor):
        spot = actions.add_spot(actor, SpotWords(name=f"Square {once}", kind="street"), key=f"spot:{once}")
        if key == "spot_id":
            return spot
        if key == "round_id":
            # Each on a day of its own: nobody goes twice at a time.
            day = TODAY + timedelta(days=next(_days))
            wanted = NewRound(
                day=day,
                starts=time(14),
                back_by=time(16),
                spots=[spot],
                goers=[actor.staff_id],
                watcher=watcher.member_id,
            )
            return actions.plan_round(actor, wanted, key=f"round:{once}")
        first = NewEncounter(spot_id=spot, nickname=nickname)
        actions.write_encounters(actor, [first])
        reached = Encounter.objects.get(id=first.id).reached_id
        actions.write_encounters(actor, [NewEncounter(spot_id=spot, nickname=nickname, reached_id=reached)])
        return reached if key == "reached_id" else first.id


def met_out_there(actor: Actor, colleague: Actor) -> None:
    """A centre's outreach in use: a round, somebody joined, one who became a person with something sealed, one
    who is for the named alone, one who became nobody."""
    a_thing(actor, colleague, "round_id")
    one, other, person, named = (
        a_thing(actor, colleague, "reached_id", nickname=name) for name in ("A", "B", "C", "N")
    )
    a_thing(colleague, actor, "reached_id", nickname="D")
    with as_actor(actor):
        actions.join(actor, one, other, key=f"join:{one}")
        spot = Encounter.objects.filter(reached_id=person).order_by("id")[0].spot_id
        actions.write_encounters(actor, [NewEncounter(spot_id=spot, reached_id=person, about=["health"])])
        actions.become_new(actor, person, NewPerson(full_name="Cap Capp"), key=f"became:{person}")
        closed = actions.become_new(actor, named, NewPerson(full_name="Nam Edonly"), key=f"became:{named}")
    assert actor.member_id is not None
    with as_actor(colleague):
        people.restrict(colleague, closed, [actor.member_id], "a relative", key=f"restrict:{named}")


_days = itertools.count(1)
