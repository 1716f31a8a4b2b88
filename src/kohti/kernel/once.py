"""The same change with the same key happens once, also when it is asked for twice at the same moment."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from . import actor as actors
from .errors import Refused


def first_time(verb: str, key: str | None, subject_id: uuid.UUID) -> uuid.UUID | None:
    """Claim `key` for this change; None when it is new, else the subject the first call was about.

    A second call at the same moment waits for the first one's transaction: it sees its result if it
    commits and goes first if it fails. A key belongs to one verb; using it for another raises Refused.
    None for a key: whoever calls has claimed one of their own in this transaction, of which this is a part.
    """
    if key is None:
        return None
    actor = actors.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_done (service_id, key, verb, subject_id, at)"
            " values (%s, %s, %s, %s, kohti.now()) on conflict do nothing",
            [actor.service, key, verb, subject_id],
        )
        if cursor.rowcount:
            return None
        cursor.execute(
            "select verb, subject_id from kernel_done where service_id = %s and key = %s",
            [actor.service, key],
        )
        row = cursor.fetchone()
    if row is None or row[0] != verb:
        raise Refused(_("This was sent before for another change. Load the page again."), code="key-reused")
    return row[1] if isinstance(row[1], uuid.UUID) else uuid.UUID(str(row[1]))


def was_done(verb: str, key: str, subject_id: uuid.UUID) -> bool:
    """Whether this change of this subject was made with this key before; claims nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from kernel_done where service_id = %s and key = %s and verb = %s and subject_id = %s",
            [actors.current().service, key, verb, subject_id],
        )
        return cursor.fetchone() is not None


def all_or_nothing() -> Any:
    """What is refused in this block has not happened: neither half of it, nor the claim of its key."""
    return transaction.atomic()
