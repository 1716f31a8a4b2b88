"""Encounters of the same person put together, and taken apart again where that was wrong. Nothing is lost either way."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from ..models import Encounter, Reached


def reached(reached_id: uuid.UUID) -> Reached:
    """Somebody who was met, if the actor goes out from there. Raises NotThere."""
    found = Reached.objects.filter(id=reached_id).first()
    if found is None:
        raise NotThere("nobody such")
    return found


def join(actor: Actor, one_id: uuid.UUID, other_id: uuid.UUID, *, key: str) -> uuid.UUID:
    """These two are the same: all encounters stand with one of them, counted once; who that is.

    That is whoever became a person, else the first. Joining again changes nothing. Raises NotThere, and Refused for
    somebody and themselves, for who is joined elsewhere already, and for two who became two people: their records are
    made one first.
    """
    actors.must(actor, "outreach.go")
    if one_id == other_id:
        raise Refused(_("This is the same entry."), code="same")
    before = once.first_time("reached.joined", key, one_id)
    if before is not None:
        return reached(before).joined_into_id or before
    kept, other = reached(one_id), reached(other_id)
    if kept.id in (other.joined_into_id, other.id) or other.id == kept.joined_into_id:
        return kept.joined_into_id or kept.id
    if kept.joined_into_id or other.joined_into_id:
        raise Refused(_("One of them was joined with somebody meanwhile. Look again."), code="joined")
    if kept.person_id and other.person_id and kept.person_id != other.person_id:
        raise Refused(_("They are two people here. Make their two records one first."), code="two-people")
    if other.person_id and not kept.person_id:
        kept, other = other, kept
    moved = _put(other.id, None, kept.id)
    history.record(
        "reached.joined",
        "reached",
        kept.id,
        persons=[kept.person_id] if kept.person_id else [],
        detail={"joined": other.id, "encounters": moved},
    )
    return kept.id


def _put(from_id: uuid.UUID, only: uuid.UUID | None, to_id: uuid.UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select kohti.put_encounters(%s, %s, %s)", [from_id, only, to_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotThere("nobody such")
    return int(row[0])


def not_the_same(actor: Actor, reached_id: uuid.UUID) -> uuid.UUID | None:
    """Somebody who was joined into another is not the same: what they came with goes back to them. Whose it was until now.

    Again changes nothing (None). Raises NotThere.
    """
    actors.must(actor, "outreach.go")
    found = reached(reached_id)
    if found.joined_into_id is None:
        return None
    into = reached(found.joined_into_id)
    with connection.cursor() as cursor:
        cursor.execute("select kohti.come_apart(%s)", [reached_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotThere("nobody such")
    history.record(
        "reached.apart",
        "reached",
        reached_id,
        persons=[into.person_id] if into.person_id else [],
        detail={"from": into.id},
    )
    return into.id


def take_apart(actor: Actor, encounter_id: uuid.UUID, *, key: str) -> uuid.UUID:
    """One encounter was with somebody else: it stands alone again, as one more reached; who that is.

    Again with the same key changes nothing. Raises NotThere, and Refused where it is the only one.
    """
    actors.must(actor, "outreach.go")
    made = new_id()
    before = once.first_time("encounter.apart", key, made)
    if before is not None:
        return before
    found = Encounter.objects.filter(id=encounter_id).first()
    if found is None:
        raise NotThere("no such encounter")
    if not Encounter.objects.filter(reached_id=found.reached_id).exclude(id=encounter_id).exists():
        raise Refused(
            _("This is the only meeting with them: there is nothing to take apart."), code="only-one"
        )
    was = reached(found.reached_id)
    Reached.objects.create(
        id=made,
        service_id=found.service_id,
        centre_id=found.centre_id,
        nickname=found.nickname,
        folded=names.fold(found.nickname),
        made_at=found.at,
        last_at=found.at,
    )
    _put(was.id, encounter_id, made)
    history.record(
        "encounter.apart",
        "encounter",
        encounter_id,
        persons=[was.person_id] if was.person_id else [],
        detail={"from": was.id, "to": made},
    )
    return made
