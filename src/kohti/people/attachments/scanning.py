"""Papers that came while the virus scanner was away are scanned when it is back. Housekeeping only."""

from __future__ import annotations

import uuid

from kohti.kernel import attachments, clock, history
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused

from .models import Attachment

FOUND = "virus-scanner"
"""Why a paper was ended, as a code: each reader is told in their language."""


def scan_again(actor: Actor, *, most: int = 200) -> int:
    """Scan papers of the actor's service that nobody has scanned, oldest first; how many have been.

    What the scanner finds something in is ended: its bytes are erased, a line with the reason stays. Stops where
    the scanner does not answer. Not to be called within a transaction: a scan may take half a minute.
    """
    if not attachments.has_scanner():
        return 0
    with as_actor(actor):
        waiting: list[uuid.UUID] = list(
            Attachment.objects.filter(service_id=actor.service, scanned="unscanned", ended_at=None)
            .order_by("at", "id")
            .values_list("id", flat=True)[:most]
        )
    done = 0
    for attachment_id in waiting:
        with as_actor(actor):
            paper = Attachment.objects.filter(id=attachment_id, ended_at=None).first()
        if paper is None or paper.content is None:
            continue
        try:
            found = attachments.scan(bytes(paper.content))
        except Refused:
            found = None
        if found == "unscanned":
            break
        with as_actor(actor):
            held = Attachment.objects.filter(id=attachment_id, scanned="unscanned", ended_at=None)
            if found is not None:
                changed, verb = held.update(scanned=found), "attachment.scanned"
            else:
                changed = held.update(ended_at=clock.now(), ended_because=FOUND, content=None)
                verb = "attachment.ended"
            if changed:
                detail = None if found is not None else {"because": FOUND}
                history.record(verb, "attachment", attachment_id, persons=[paper.person_id], detail=detail)
                done += 1
    return done
