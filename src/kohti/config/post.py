"""What leaves and what comes back, for every service: the outbox is sent, bounces find their message."""

from __future__ import annotations

import mailbox
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from kohti.config.housekeeping import services
from kohti.diary import offering, reminding
from kohti.kernel import outbox
from kohti.kernel.actor import DOOR, as_actor
from kohti.kernel.errors import NotThere
from kohti.kernel.jobs import housekeeping
from kohti.kernel.outbox import bounces, sending
from kohti.people import actions as people

log = structlog.get_logger()


@housekeeping("send-messages", cron="* * * * * */5")
def send_messages() -> None:
    """Send what waits in the outbox of every service, and of the installation."""
    send_all()


def send_all() -> Counter[str]:
    """Send everything that is due, once; how many became what."""
    done: Counter[str] = Counter()
    for actor in (*services(), DOOR):
        done += sending.send_waiting(actor, settings.DATA)
    return done


@housekeeping("remind", cron="* * * * *")
def remind() -> None:
    """Ask who waits about times that came free, remind people of their appointments, tell them what has changed.

    As each service's blueprint says.
    """
    for actor in services():
        offering.offer(actor)
        reminding.remind(actor)


@housekeeping("tidy-messages", cron="37 3 * * *")
def tidy_messages() -> None:
    """Erase the words of what was sent long ago."""
    for actor in (*services(), DOOR):
        with as_actor(actor):
            outbox.tidy(actor)


def take_bounce(content: bytes) -> bounces.Bounce:
    """Put one notice to the message it is about, and note an address that works no more.

    Raises NotABounce, or NotThere for a message we do not have.
    """
    bounce = bounces.read(content)
    for actor in (*services(), DOOR):
        with as_actor(actor):
            message = bounces.take(actor, bounce)
            if message is not None and message.to_kind == "person" and message.to_id and bounce.gone:
                people.contact_fails(actor, message.to_id, message.address)
        if message is not None:
            return bounce
    raise NotThere(_("This notice is about a mail that is not here."))


@dataclass
class Taken:
    """What came of a box of notices: how many were taken, and why the others were not."""

    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def take_bounces(box: Path) -> Taken:
    """Take every notice of a maildir (a folder) or an mbox (a file); what was taken is removed from it.

    What is refused stays for somebody to look at.
    """
    opened: mailbox.Mailbox[mailbox.Message]
    opened = mailbox.Maildir(box, create=False) if box.is_dir() else mailbox.mbox(box, create=False)
    found = Taken()
    opened.lock()
    try:
        for key in list(opened.keys()):
            try:
                take_bounce(opened.get_bytes(key))
            except (bounces.NotABounce, NotThere) as trouble:
                found.refused[str(trouble.message)] += 1
                continue
            found.taken += 1
            opened.discard(key)
    finally:
        opened.flush()
        with suppress(OSError):
            opened.unlock()
        opened.close()
    return found
