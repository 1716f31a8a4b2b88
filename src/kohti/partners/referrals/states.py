"""What a referral goes through: which state follows which, whose word makes it so, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from .models import Referral

State, How = Referral.State, Referral.How
AFTER: Mapping[str, tuple[str, ...]] = {
    State.DRAFT: (State.SENT, State.WITHDRAWN),
    State.SENT: (State.SEEN, State.ACCEPTED, State.WAITING, State.DECLINED, State.WITHDRAWN),
    State.SEEN: (State.ACCEPTED, State.WAITING, State.DECLINED, State.WITHDRAWN),
    State.WAITING: (State.ACCEPTED, State.STARTED, State.DECLINED, State.WITHDRAWN),
    State.ACCEPTED: (State.STARTED, State.WAITING, State.DECLINED, State.WITHDRAWN),
    State.STARTED: (State.DONE, State.DECLINED, State.WITHDRAWN),
    State.DECLINED: (),
    State.DONE: (),
    State.WITHDRAWN: (),
}
"""What may follow each state; the database holds everybody to it."""
OURS = (State.SENT, State.WITHDRAWN)
"""What the side that hands over says; everything else is the word of whoever was asked."""
CLOSED = (State.DECLINED, State.DONE, State.WITHDRAWN)
OPEN = (State.SENT, State.SEEN, State.ACCEPTED, State.WAITING, State.STARTED)
UNANSWERED = (State.SENT, State.SEEN)
WITH_WORDS = (State.DECLINED, State.DONE)
"""What is said with a reason or an outcome, never without."""

CALLED: Mapping[str, Callable[[], str]] = {
    State.DRAFT: lambda: _("Draft"),
    State.SENT: lambda: _("Sent"),
    State.SEEN: lambda: _("Read by them"),
    State.ACCEPTED: lambda: _("Accepted"),
    State.DECLINED: lambda: _("Said no"),
    State.WAITING: lambda: _("On the waiting list"),
    State.STARTED: lambda: _("Started"),
    State.DONE: lambda: _("Done"),
    State.WITHDRAWN: lambda: _("Withdrawn"),
}
TONES: Mapping[str, str] = {
    State.SENT: "neutral",
    State.SEEN: "neutral",
    State.ACCEPTED: "accent",
    State.WAITING: "outline",
    State.STARTED: "accent",
    State.DONE: "success",
}
HOWS: Mapping[str, tuple[Callable[[], str], Callable[[], str]]] = {
    How.WALK: (
        lambda: _("Walk over now"),
        lambda: _("The partner is in the building: go together and introduce them."),
    ),
    How.CALL: (lambda: _("Call together"), lambda: _("Ring while the person sits beside you.")),
    How.APPOINTMENT: (lambda: _("An appointment"), lambda: _("In the partner's own book.")),
    How.MESSAGE: (lambda: _("A message"), lambda: _("They get in touch with the person.")),
}
IN_HAND = """array(
    select j.person_id from journeys_journey j where j.owner_id = (select kohti.member()) and j.closed_at is null
    union all select c.person_id from journeys_cover c
    where c.member_id = (select kohti.member()) and c.starts <= kohti.now() and c.ends > kohti.now())"""
MINE = f"(r.from_member_id = (select kohti.member()) or r.person_id = any({IN_HAND}))"
"""What is the actor's to look after: what they sent, and of whom they have in hand or stand in for."""


def called(state: str) -> str:
    """What a state is called in the language in use."""
    return CALLED[state]() if state in CALLED else state


def may_follow(state: str, wanted: str) -> bool:
    """Whether a referral in a state can come into another."""
    return wanted in AFTER.get(state, ())
