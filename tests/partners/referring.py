"""What tests of referrals ask for again and again."""

from __future__ import annotations

from kohti.kernel import clock, reading
from kohti.kernel.actor import Actor
from kohti.partners.referrals import queries


def waiting_for(actor: Actor) -> list[queries.Line]:
    """Replies from partners, and answers that are late, as a colleague's Today lists them."""
    return reading.together({"today": clock.today(actor.zone)}, queries.REPLIES)[0]
