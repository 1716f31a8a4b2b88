"""Mail that came back: a delivery status notification (RFC 3464), read and put to its message."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Part

from django.utils.translation import gettext as _

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import KohtiError

from .models import Message

MOST_BYTES = 2_000_000
OURS = re.compile(r"kohti\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PASSING = ("5.2.2", "5.2.3", "5.3.4", "5.7")
"""Refused for good, but not because nobody is there: a full box, a mail too large, a rule against its words."""


class NotABounce(KohtiError):
    """What came is no notification that one of our mails could not be delivered; nothing was changed."""

    code = "not-a-bounce"


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which message came back, why (RFC 3463), and whether its address works no more."""

    message_id: uuid.UUID
    status: str
    gone: bool


def read(content: bytes) -> Bounce:
    """What a mail says about one of ours. Raises NotABounce with why it is none."""
    if len(content) > MOST_BYTES:
        raise NotABounce(_("This is too large for a notice that a mail came back."))
    # The parser of the old policy never fails, whatever comes.
    mail = message_from_bytes(content, policy=policy.compat32)
    groups = [group for part in _parts(mail, "message/delivery-status") for group in _groups(part)]
    if mail.get_content_type() != "multipart/report" or not groups:
        raise NotABounce(_("This mail is no notice that a mail came back (no delivery status is in it)."))
    actions = {_word(group, "Action") for group in groups} - {""}
    if "failed" not in actions:
        if "delayed" in actions:
            raise NotABounce(_("This notice says that a mail is late, not that it came back."))
        raise NotABounce(_("This notice does not say that a mail came back."))
    message_id = _whose(mail)
    if message_id is None:
        raise NotABounce(_("This notice is about a mail that is not ours."))
    failed = next(group for group in groups if _word(group, "Action") == "failed")
    found = STATUS.search(str(failed.get("Status", "")))
    status = ".".join(found.groups()) if found else "5.0.0"
    passing = f"{status}.".startswith(tuple(f"{one}." for one in PASSING))
    return Bounce(message_id, status, status.startswith("5.") and not passing)


def _word(group: Part, name: str) -> str:
    return str(group.get(name, "")).strip().lower()


def _parts(mail: Part, kind: str) -> Iterator[Part]:
    return (part for part in mail.walk() if part.get_content_type() == kind)


def _groups(part: Part) -> list[Part]:
    """What a delivery status says: a group of fields about the mail, then one for each recipient."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Part)] if isinstance(payload, list) else []


def _whose(mail: Part) -> uuid.UUID | None:
    """The message that came back, by its own name: in what was returned, else in what the notice answers."""
    said: list[str] = []
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            body = part.get_payload(decode=True)
            said.append(body.decode("ascii", "replace") if isinstance(body, bytes) else "")
        elif part is not mail and part.get("Message-ID"):
            said.append(str(part["Message-ID"]))
    said += [str(mail.get(name, "")) for name in ("In-Reply-To", "References")]
    for text in said:
        found = OURS.search(text)
        if found:
            return uuid.UUID(found[1])
    return None


def take(actor: Actor, bounce: Bounce) -> Message | None:
    """Put a bounce to its message; the message, or None where the actor's service has no such one.

    Taking it twice changes nothing. What is not sent yet has not come back.
    """
    message = Message.objects.filter(id=bounce.message_id).first()
    if message is None:
        return None
    came_back = (Message.State.SENT, Message.State.UNKNOWN, Message.State.SENDING)
    if Message.objects.filter(id=message.id, state__in=came_back).update(
        state=Message.State.BOUNCED, since=clock.now(), reply=f"dsn {bounce.status}"
    ):
        persons = [message.to_id] if message.to_kind == "person" and message.to_id else []
        history.record("message.bounced", "message", message.id, persons=persons)
    return message
