"""What was promised somebody for their time here is kept, or it is said why not."""

from __future__ import annotations

import json
import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.people.actions import PROMISES

from .visits import say

MOST_WHY = 200


def answer_promise(
    actor: Actor, visit_id: uuid.UUID, promise: str, *, kept: bool, why: str = "", key: str
) -> None:
    """Say of a visit that a promise (of PROMISES) was kept, or why it was not; said again it takes the place of before.

    Raises NotThere, and Refused where it was not kept and nobody says why.
    """
    actors.must(actor, "queue.call")
    if promise not in PROMISES:
        raise NotThere("no such promise")
    if not kept and not why.strip():
        raise Refused(_("Say in a few words why not."), code="why")
    if once.first_time("visit.promise", f"{key}:{actor.member_id}", visit_id) is not None:
        return
    said = {promise: {"kept": kept, "why": "" if kept else why.strip()[:MOST_WHY]}}
    with connection.cursor() as cursor:
        cursor.execute(
            "update frontdesk_visit set promises = coalesce(promises, '{}') || %s::jsonb, version = version + 1"
            " where id = %s and centre_id = %s and counts returning person_id",
            [json.dumps(said), visit_id, actor.centre],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such visit")
    say(actor, "visit.promise", visit_id, row[0], promise=promise, kept=kept, why=said[promise]["why"])
