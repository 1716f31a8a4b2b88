"""Two records of one person become one, and two again."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people.actions import seen
from kohti.people.merges import Apart

FIELDS = ("full_name", "called", "date_of_birth", "languages", "interpreter", "safe_contact", "not_by")
"""What is chosen field by field. Who must not be left a message, or whose address is hidden, stays so in any case."""
BOTH = ("languages", "safe_contact", "not_by")
"""Those of which both can stay."""


def merge(
    actor: Actor,
    kept_id: uuid.UUID,
    gone_id: uuid.UUID,
    choices: Mapping[str, str],
    *,
    key: str,
    way_id: uuid.UUID | None = None,
    without: Collection[uuid.UUID] = (),
) -> uuid.UUID:
    """Make two records of one person one: everything of `gone` stands with `kept` from now on.

    `choices` says for each of `FIELDS` whose value stays: `kept`, `gone`, or of `BOTH` `both`. Of two open ways
    `way_id` goes on; the other ends, and can be read. All ways to reach them stay but those `without`, which end; the
    same number of both is one. Nobody sees more of what is sealed or restricted than before:
    a key opens what it opened, and of two restricted records those see the one who were named on both. All in one
    transaction; what it takes to go back is kept. Returns the id of the merge.

    Raises NotThere, and Refused where it cannot be: another centre's, a record restricted to others, a move to come,
    two open ways and none chosen, a field of life sealed on both whose keys nobody holds together.
    """
    actors.must(actor, "people.merge")
    made = new_id()
    before = once.first_time("people.merge", key, made)
    if before is not None:
        return before
    words = _("Two records of one person became one. Their other way goes on.")
    fields = {name: choices.get(name, "kept") for name in FIELDS}
    ended = [str(one) for one in without]
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.merge_people(%s, %s, %s, %s, %s, %s)",
            [made, kept_id, gone_id, json.dumps({**fields, "without": ended}), way_id, words],
        )
        row = cursor.fetchone()
    _refuse(actor, row[0] if row else "not-there")
    history.record(
        "person.merged",
        "merge",
        made,
        persons=[kept_id, gone_id],
        detail={"chosen": fields, "without": ended},
        tell=actor.centre,
    )
    return made


@dataclass(frozen=True, slots=True)
class Undone:
    """Two records again. `left`: how many appointments stay cancelled, since their hour was given away meanwhile."""

    kept_id: uuid.UUID
    gone_id: uuid.UUID
    left: int


def unmerge(actor: Actor, merge_id: uuid.UUID) -> Undone | None:
    """Undo a merge: every row stands where it stood and says what it said, unless it was changed since.

    What was written since stays with the kept record, but for what hangs on something that goes back: the parts of
    a way, the visit of an appointment. Undoing again gives None. Raises NotThere, and Refused where it cannot be.
    """
    actors.must(actor, "people.merge")
    with connection.cursor() as cursor:
        cursor.execute("select kohti.unmerge_people(%s)", [merge_id])
        row = cursor.fetchone()
    found: dict[str, Any] = (
        json.loads(row[0]) if row and isinstance(row[0], str) else (row[0] if row else {"no": "not-there"})
    )
    if found.get("again"):
        return None
    _refuse(actor, found.get("no", ""), undoing=True)
    undone = Undone(uuid.UUID(found["kept"]), uuid.UUID(found["gone"]), found["left"])
    history.record(
        "person.unmerged",
        "merge",
        merge_id,
        persons=[undone.kept_id, undone.gone_id],
        tell=actor.centre,
    )
    return undone


def keep_apart(actor: Actor, person_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Say that two people who look alike are two. They stand on the list of likely ones no more. Raises NotThere."""
    actors.must(actor, "people.merge")
    first, second = sorted((seen(person_id).id, seen(other_id).id))
    if Apart.objects.filter(person_id=first, other_id=second).exists():
        return
    Apart.objects.create(
        service_id=actor.service, person_id=first, other_id=second, by_member=actor.member_id, at=clock.now()
    )
    history.record("person.apart", "person", first, persons=[first, second])


def why_not(actor: Actor, code: str, *, undoing: bool = False) -> str:
    """What to tell whoever meant to merge, or to undo it, where the database says no."""
    if code.startswith("key:"):
        field = field_title(actor, code.removeprefix("key:"))
        return _(
            "Both records hold something sealed (%(field)s), and nobody holds the keys of both. Somebody who holds"
            " one gives it to somebody who holds the other first, on “Who sees them”."
        ) % {"field": field}
    if undoing and code == "elsewhere":
        return _("They have moved to another centre since. It cannot be undone from here.")
    said = {
        "merged": _("Somebody has made these two records one meanwhile."),
        "elsewhere": _("Only two records of the centre you lead can become one. Ask for a move first."),
        "not-named": _("Only somebody who is named on a restricted record can do this."),
        "moves": _("A move to another centre is still to come. Do this after the move."),
        "which-way": _("Choose which of the two ways goes on."),
        "forgotten": _("They were forgotten since. What was erased cannot be put back."),
        "restricted": _("It was decided since who may open this record. Take that back first."),
        "later": _("Another record has been joined to this one since. Undo that first."),
        "way": _("A new way was begun since. It cannot be undone while that is open."),
    }
    return said.get(code, "")


def field_title(actor: Actor, code: str) -> str:
    """How a key is called: a field of life, or a hidden address."""
    return _("Hidden address") if code == "address" else life.title_of(life.fields_of_life(actor), code)


def _refuse(actor: Actor, code: str, *, undoing: bool = False) -> None:
    if code == "not-there":
        raise NotThere("no such person")
    if code:
        raise Refused(why_not(actor, code, undoing=undoing), code=code.partition(":")[0])
