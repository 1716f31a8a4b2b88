"""A message as a mail: its heads and bytes, as RFC 5322 and RFC 2047 have them."""

from __future__ import annotations

import os
from datetime import UTC
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from .models import Message

MOST_OF_A_NAME = 120


def sender_address() -> str:
    """Whom mail comes from: KOHTI_MAIL_FROM."""
    return os.environ.get("KOHTI_MAIL_FROM", "") or "kohti@localhost"


def bounces_address() -> str:
    """Where what cannot be delivered comes back to: KOHTI_MAIL_BOUNCES, else whom mail comes from."""
    return os.environ.get("KOHTI_MAIL_BOUNCES", "") or sender_address()


def message_id_of(message_id: UUID) -> str:
    """The mail's own name in the world; a bounce brings it back."""
    return f"<kohti.{message_id}@{sender_address().rpartition('@')[2]}>"


def composed(message: Message) -> bytes:
    """The mail's bytes. Sent by a machine, and says so, so that no other machine answers.

    Heads are folded by `email.header.Header`: `EmailMessage` of some Python versions loses a space where it
    folds a long one.
    """
    heads = {
        "From": _address("From", message.sender, sender_address()),
        "To": _address("To", message.name, message.address),
        "Subject": _words("Subject", message.subject),
        "Date": format_datetime(message.at.astimezone(UTC)),
        "Message-ID": message_id_of(message.id),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": message.language,
    }
    if message.unsubscribe:
        heads["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        heads["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = EmailMessage()
    body.set_content(f"{message.body}\n", charset="utf-8", cte="quoted-printable")
    heads |= {name: str(value) for name, value in body.items()}
    lines = [f"{name}: {value}" for name, value in heads.items() if value]
    text = "\n".join([*lines, "", str(body.get_payload())])
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("ascii")


def _words(head: str, text: str) -> str:
    """A text of any script in a head; plain where it is ASCII."""
    return Header(text, "us-ascii" if text.isascii() else "utf-8", header_name=head).encode()


def _address(head: str, name: str, address: str) -> str:
    # Some programs look for these before they read what is encoded, and find two addresses in one.
    name = " ".join("".join(" " if one in ',;:<>()[]"@\\' else one for one in name).split())[:MOST_OF_A_NAME]
    if not address.isascii() or any(one.isspace() or one in "<>" for one in address) or "@" not in address:
        raise ValueError("no address")
    if not name:
        return address
    return f"{_words(head, name)}\n <{address}>"
