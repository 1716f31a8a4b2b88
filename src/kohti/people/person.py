"""What is held about one person beside their own rows, and how it is forgotten."""

from __future__ import annotations

import uuid

from kohti.kernel import history, outbox
from kohti.kernel.actor import Actor

from .attachments import actions as papers


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase a person's papers, what was written to them, and the values of their history. Housekeeping only.

    That there were papers and messages stays, without a name; the history verifies as before.
    """
    papers.forget(actor, person_id)
    outbox.forget(actor, person_id)
    history.forget(person_id)
