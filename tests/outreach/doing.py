"""What tests of outreach start from: a service whose coaches go out, with two spots."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from tests.factories import Place, acting

from kohti.kernel.actor import Actor
from kohti.outreach import actions
from kohti.outreach.actions import SpotWords


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
