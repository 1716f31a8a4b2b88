"""Somebody in crisis: a colleague is asked to come to the door, and nobody leaves without knowing who helps next."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from typing import Literal

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, outbox
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from ..models import OPEN
from .visits import Moved, it_is, say, ticket_of

MOST_WORDS = 200
What = Literal["appointment", "colleague", "place", "drop-in", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHelp:
    """Who helps next, in the words of the card and in its language; `declined`: they did not want to know."""

    what: What
    name: str = ""
    place: str = ""
    when: str = ""
    phone: str = ""
    language: str = "en"


def ask_to_come(actor: Actor, visit_id: uuid.UUID, staff_id: uuid.UUID, *, key: str) -> Moved:
    """Ask a colleague of the centre to come to somebody who waits; every open screen of the centre says so.

    Whoever is asked later takes the place of whoever was asked before. Raises NotThere, and Refused where the
    visit is over, or the colleague is away.
    """
    actors.must(actor, "queue.call")
    if once.first_time("visit.asked", f"{key}:{actor.member_id}", visit_id) is not None:
        return it_is(visit_id)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.letter, v.number, v.state, v.person_id, v.booking_id from frontdesk_visit v"
            " where v.id = %s and v.centre_id = %s for no key update",
            [visit_id, actor.centre],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotThere("no such visit")
        letter, number, state, person_id, booking_id = row
        if state not in OPEN:
            raise Refused(
                _("%(ticket)s is no longer here.") % {"ticket": ticket_of(letter, number)}, code="over"
            )
        cursor.execute(
            "update frontdesk_visit v set asked_staff_id = m.staff_id, asked_at = %(now)s, version = version + 1"
            " from team_membership m where v.id = %(visit)s and m.staff_id = %(staff)s"
            " and m.centre_id = v.centre_id and m.starts <= %(now)s and (m.ends is null or m.ends > %(now)s)"
            " and not exists (select 1 from diary_absence a where a.staff_id = m.staff_id"
            "  and a.starts <= %(now)s and a.ends > %(now)s)",
            {"visit": visit_id, "staff": staff_id, "now": now},
        )
        if not cursor.rowcount:
            raise Refused(_("This colleague is not here now. Ask another."), code="away")
    say(actor, "visit.asked", visit_id, person_id, staff=staff_id)
    return Moved(visit_id, ticket_of(letter, number), state, booking_id)


def say_next_help(actor: Actor, visit_id: uuid.UUID, helps: NextHelp, *, key: str) -> None:
    """Hold who helps somebody next, as they were told. What is said later takes its place. Raises NotThere."""
    actors.must(actor, "queue.call")
    if once.first_time("visit.next_help", f"{key}:{actor.member_id}", visit_id) is not None:
        return
    kept = {name: str(value)[:MOST_WORDS] for name, value in asdict(helps).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            "update frontdesk_visit set next_help = %s::jsonb, version = version + 1"
            " where id = %s and centre_id = %s and counts returning person_id",
            [json.dumps(kept), visit_id, actor.centre],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such visit")
    say(actor, "visit.next_help", visit_id, row[0], what=helps.what, name=kept["name"], when=kept["when"])


def text_the_card(
    actor: Actor, visit_id: uuid.UUID, body: str, *, to: outbox.To, language: str, key: str
) -> uuid.UUID:
    """Send the card as a text to a number they gave now, or to one that is safe; the message's id.

    Raises Refused for a number nothing can be sent to.
    """
    actors.must(actor, "queue.call")
    message_id = outbox.write(
        actor,
        channel="sms",
        to=to,
        kind="next-help",
        body=body,
        key=f"next-help:{key}",
        centre_id=actor.centre,
        language=language,
    )
    history.record("visit.card", "visit", visit_id, persons=[to.id] if to.id else [], detail={"by": "sms"})
    return message_id


def card_printed(actor: Actor, visit_id: uuid.UUID, person_id: uuid.UUID | None) -> None:
    """The card was printed, for them to take along."""
    actors.must(actor, "queue.call")
    history.record(
        "visit.card", "visit", visit_id, persons=[person_id] if person_id else [], detail={"by": "paper"}
    )


def nobody_leaves_alone(ticket: str) -> Refused:
    """Why a visit in crisis is not done yet."""
    return Refused(
        _("%(ticket)s is in crisis: say who helps next, or that they did not want to know.")
        % {"ticket": ticket},
        code="next-help",
    )
