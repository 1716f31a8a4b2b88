"""What was asked of colleagues, and what became of it: whose way moves from coach to coach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q

from kohti.kernel import clock
from kohti.kernel.actor import Actor

from ..models import HandOver

TOLD = timedelta(days=7)
"""For how long whoever asked is told of the answer."""
ANSWERED = (HandOver.State.ACCEPTED, HandOver.State.DECLINED)


def hand_overs(actor: Actor) -> tuple[Sequence[HandOver], Sequence[HandOver]]:
    """Whose way the actor is asked to take over; and what they asked themselves: open, or answered within a week.

    Both oldest first. One statement.
    """
    me = actor.member_id
    open_ones = Q(to_member_id=me) | Q(from_member_id=me)
    answered = Q(from_member_id=me, state__in=ANSWERED, answered_at__gt=clock.now() - TOLD)
    found = list(
        HandOver.objects.filter(answered | (open_ones & Q(state=HandOver.State.ASKED)))
        .select_related("person", "from_member__staff", "to_member__staff")
        .order_by("at", "id")
    )
    asked = [one for one in found if one.to_member_id == me and one.state == HandOver.State.ASKED]
    return asked, [one for one in found if one.from_member_id == me]


def open_hand_over(actor: Actor, journey_id: uuid.UUID) -> HandOver | None:
    """Who is asked now to take a way over, if anybody is. One statement."""
    asked = HandOver.objects.filter(journey_id=journey_id, state=HandOver.State.ASKED)
    return asked.select_related("to_member__staff").first()
