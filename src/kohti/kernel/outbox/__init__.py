"""Mail and text messages that leave, at most once each.

`write` puts a message into the outbox in the transaction of what it tells about; the worker sends it
(`sending.py`). One that a crash caught in the middle becomes `unknown` and is for a colleague to decide:
`again` or `settle`. Subjects say nothing of a person: they stand in lists and on locked screens.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from .models import Message

Channel = Literal["mail", "sms"]
ToKind = Literal["member", "person", "address"]
OURS = uuid.UUID("5f0b7a52-6c1c-5b8e-9a0e-6f3d0a1f7c11")
KEPT = timedelta(days=30)
"""How long the words of what was sent are kept, so that a colleague can see what somebody got."""
LONGEST_SMS = 1000
CALLING = {"GB": "44", "FI": "358", "DK": "45", "BE": "32", "PL": "48", "NL": "31", "IE": "353", "SE": "46"}


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Whom a message is for. `id` is the member's or person's; a bare address has none."""

    kind: ToKind
    address: str
    id: uuid.UUID | None = None
    name: str = ""


def write(
    actor: Actor,
    *,
    channel: Channel,
    to: To,
    kind: str,
    subject: str = "",
    body: str,
    key: str,
    centre_id: uuid.UUID | None = None,
    sender: str = "",
    language: str = "",
    unsubscribe: str = "",
) -> uuid.UUID:
    """Put a message into the outbox, to go when this transaction commits; returns its id.

    `kind` is a code of what it is (`appointment.time`); `key` makes the same order once. `centre_id` is whose
    team leader looks after it; without one the service's administrators do. `unsubscribe` is an address where
    the recipient stops messages of this kind. Raises Refused for an address nothing can be sent to.
    """
    message_id = id_of(actor, key)
    now = clock.now()
    address = mail_address(to.address) if channel == "mail" else number_to_dial(to.address, actor)
    values = {
        "id": message_id,
        "service_id": actor.service_id,
        "centre_id": centre_id,
        "channel": channel,
        "kind": kind,
        "to_kind": to.kind,
        "to_id": to.id,
        "name": one_line(to.name),
        "address": address,
        "sender": one_line(sender or str(actor.facts.get("service", "")) or "Kohti"),
        "language": language or words.language(),
        "subject": one_line(subject),
        "body": body.strip() if channel == "mail" else body.strip()[:LONGEST_SMS],
        "unsubscribe": unsubscribe,
        "state": Message.State.QUEUED,
        "tries": 0,
        "at": now,
        "since": now,
        "not_before": now,
        "reply": "",
        "provider_id": "",
        "by_member_id": actor.member_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into kernel_message ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})"
            " on conflict do nothing",
            list(values.values()),
        )
        if not cursor.rowcount:
            return message_id
    history.record(
        "message.written",
        "message",
        message_id,
        persons=[to.id] if to.kind == "person" and to.id else [],
        detail={"kind": kind, "channel": channel},
    )
    return message_id


def id_of(actor: Actor, key: str) -> uuid.UUID:
    """The identifier of the message that the actor's service ordered with this key, whether or not it did."""
    return uuid.uuid5(OURS, f"{actor.service_id}:{key}")


def came_to_nothing(messages: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Those of some messages that came back or were refused, as far as the actor sees them: `bounced`, `failed`."""
    lost = (Message.State.BOUNCED, Message.State.FAILED)
    return dict(Message.objects.filter(id__in=list(messages), state__in=lost).values_list("id", "state"))


def one_line(text: str) -> str:
    """A text fit for a head of a mail: on one line, without control characters or ones that turn it about."""
    kept = "".join(" " if one in "\r\n\t" else one for one in text)
    return " ".join(
        "".join(one for one in kept if unicodedata.category(one) not in ("Cc", "Cf", "Cs")).split()
    )


def mail_address(text: str) -> str:
    """A mail address as servers take it, its domain in ASCII. Raises Refused."""
    local, at, domain = text.strip().rpartition("@")
    try:
        made = f"{local}{at}{domain.encode('idna').decode()}"
        validate_email(made)
    except (ValidationError, UnicodeError) as trouble:
        raise Refused(_("This is no e-mail address that can be written to."), code="address") from trouble
    if not made.isascii():
        raise Refused(_("This is no e-mail address that can be written to."), code="address")
    return made


def number_to_dial(text: str, actor: Actor) -> str:
    """A phone number with its country (E.164), of the actor's where it names none. Raises Refused."""
    kept = "".join(one for one in text.replace("(0)", "") if one.isdigit() or one == "+")
    if kept.startswith("00"):
        kept = f"+{kept[2:]}"
    elif not kept.startswith("+"):
        kept = f"+{CALLING.get(str(actor.facts.get('country', 'GB')), '44')}{kept.removeprefix('0')}"
    digits = kept[1:]
    if not digits.isdigit() or not digits.isascii() or not 8 <= len(digits) <= 15:
        raise Refused(_("This is no phone number that can be written to."), code="address")
    return kept


UNDECIDED = (Message.State.UNKNOWN, Message.State.FAILED, Message.State.BOUNCED)


def _decide(actor: Actor, message_id: uuid.UUID, wanted: tuple[str, ...], state: str, verb: str) -> None:
    actors.must(actor, "messages.decide")
    now = clock.now()
    changed = Message.objects.filter(id=message_id, state__in=wanted, erased_at=None).update(
        state=state, since=now, not_before=now, **({"tries": 0} if state == Message.State.QUEUED else {})
    )
    if not changed:
        if not Message.objects.filter(id=message_id).exists():
            raise NotThere("no such message")
        raise Refused(_("Somebody was quicker, or it is on its way already."), code="moved-on")
    _recorded(verb, message_id)


def _recorded(verb: str, message_id: uuid.UUID, **detail: str) -> None:
    row = Message.objects.filter(id=message_id).values_list("to_kind", "to_id").first()
    persons = [row[1]] if row and row[0] == "person" and row[1] else []
    history.record(verb, "message", message_id, persons=persons, detail=detail or None)


def again(actor: Actor, message_id: uuid.UUID) -> None:
    """Send it once more: somebody decided so. Of one that is unknown it may be the second time."""
    _decide(actor, message_id, tuple(UNDECIDED), Message.State.QUEUED, "message.again")


def settle(actor: Actor, message_id: uuid.UUID) -> None:
    """Let an unknown one count as sent: somebody knows that it arrived, or lets it be."""
    _decide(actor, message_id, (Message.State.UNKNOWN,), Message.State.SENT, "message.settled")


def cancel(actor: Actor, message_id: uuid.UUID) -> None:
    """Do not send it. Only one that is still queued, or came to nothing."""
    wanted = (Message.State.QUEUED, Message.State.FAILED, Message.State.BOUNCED)
    _decide(actor, message_id, tuple(wanted), Message.State.CANCELLED, "message.cancelled")


ERASED = {"name": "", "address": "", "subject": "", "body": "", "unsubscribe": ""}


def forget(actor: Actor, to_id: uuid.UUID) -> int:
    """Erase who a person was and what was written to them from every message; returns how many.

    What is still queued is cancelled: nobody is written to who asked to be forgotten.
    """
    held = Message.objects.filter(to_id=to_id, erased_at=None)
    now = clock.now()
    held.filter(state=Message.State.QUEUED).update(state=Message.State.CANCELLED, since=now)
    return held.update(**ERASED, erased_at=now)


def tidy(actor: Actor, *, before: datetime | None = None) -> int:
    """Erase the words of what is settled for longer than `KEPT`; returns how many. Housekeeping only."""
    done = (Message.State.SENT, Message.State.CANCELLED, Message.State.BOUNCED, Message.State.FAILED)
    old = Message.objects.filter(
        service_id=actor.service_id, state__in=done, since__lt=before or clock.now() - KEPT, erased_at=None
    )
    return old.update(**ERASED, erased_at=clock.now())
