"""Every change of who knows what."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.team.models import Staff

from .. import finding
from ..actions.deriving import sayings
from .models import Expertise

MOST_KNOWN = 1000
MOST_REACHED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Knows:
    """What a colleague knows: fields of life, languages (ISO 639), what else in their words; how they are reached."""

    fields: Sequence[str] = ()
    languages: Sequence[str] = ()
    known: str = ""
    reached: str = ""


def keep_expertise(actor: Actor, staff_id: uuid.UUID, wanted: Knows, *, key: str) -> None:
    """Write down what a colleague knows: one's own, or anybody's for who keeps the directory.

    Nothing at all takes them off the list. Again with the same key changes nothing. Raises NotThere, NotAllowed.
    """
    actors.must(actor, "directory.see" if staff_id == actor.staff_id else "directory.keep")
    if once.first_time("expertise.kept", key, staff_id) is not None:
        return
    name = (
        Staff.objects.filter(service_id=actor.service, id=staff_id)
        .values_list("full_name", flat=True)
        .first()
    )
    if name is None:
        raise NotThere("no such colleague")
    fields = sorted(set(wanted.fields) & life.fields_of_life(actor).keys())
    said, own = sayings(actor), wanted.known.strip()[:MOST_KNOWN]
    words = "\n".join([name, own, *(phrase for code in fields for phrase in said.get(code, ()))])
    values = {
        "fields": fields,
        "languages": sorted(set(wanted.languages)),
        "known": own,
        "reached": names.tidy(wanted.reached)[:MOST_REACHED],
        "words": words,
        "folded": names.fold(words),
        "speech": finding.SPEECH.get(actor.first_language, "simple"),
        "kept_at": clock.now(),
        "kept_by_id": actor.staff_id,
    }
    Expertise.objects.update_or_create(
        service_id=actor.service,
        staff_id=staff_id,
        defaults=values,
        create_defaults={"id": new_id(), **values},
    )
    history.record("expertise.kept", "staff", staff_id, detail={"fields": fields})
