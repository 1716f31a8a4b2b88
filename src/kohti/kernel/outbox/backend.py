"""Django's own mail (signing in, ways back in) goes through the outbox like any other."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import KohtiError
from kohti.kernel.ids import new_id

from . import To, write


class Backend(BaseEmailBackend):
    """Writes each mail, one for each of its recipients, into the outbox of the transaction it is made in."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many mails were put into the outbox. Only their plain text; a mail with files is refused."""
        actor = actors.current_or_none()
        if actor is not None:
            return sum(self._write(actor, mail) for mail in email_messages)
        with as_actor(DOOR):
            return sum(self._write(DOOR, mail) for mail in email_messages)

    def _write(self, actor: Actor, mail: EmailMessage) -> int:
        if mail.attachments:
            raise ValueError("no files leave by mail: a mail says where to find them")
        written: list[Any] = []
        for recipient in mail.recipients():
            name, address = parseaddr(recipient)
            try:
                written.append(
                    write(
                        actor,
                        channel="mail",
                        to=To(kind="address", address=address, name=name),
                        kind="account",
                        subject=str(mail.subject),
                        body=str(mail.body),
                        key=f"django:{new_id()}",
                    )
                )
            except KohtiError:
                if not self.fail_silently:
                    raise
        return int(bool(written))
