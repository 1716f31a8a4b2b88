"""How it goes, over all of life: ratings of fields, and the questionnaire. Written beside what was said before."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kohti.kernel import clock, history, once, writing
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people import fields as life

from .. import instrument, rules
from ..models import Answers, Need
from .contacts import Said, add_needs
from .journeys import journey_to_change


def rate(actor: Actor, journey_id: uuid.UUID, said: Sequence[Said], *, key: str) -> None:
    """Write how fields of life go today, by the person or by the coach; nothing said before is changed.

    Raises NotThere for a field that the service does not have, and Refused where the key of a sealed field is not
    held or nothing was said.
    """
    if once.first_time("needs.rate", key, journey_id) is not None:
        return
    journey = journey_to_change(actor, journey_id)
    if not said:
        raise Refused(_("Say how at least one thing goes."), code="nothing")
    if {one.field for one in said} - set(life.fields_of_life(actor)):
        raise NotThere("no such field of life")
    rows = writing.Rows()
    add_needs(rows, actor, journey, said)
    rows.write()
    history.record(
        "needs.rated",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"needs": [[one.field, one.view, one.level] for one in said]},
    )


def seal_of_item(actor: Actor, item: str) -> str:
    """The sealed field of life that an item of the questionnaire touches; empty for one that is open.

    An item about health is sealed whatever the blueprint says.
    """
    field = rules.field_of_item(actor, item)
    if field and life.sealed_of(actor, [field]):
        return field
    return life.HEALTH if item == life.HEALTH else ""


def answer(
    actor: Actor, journey_id: uuid.UUID, view: str, answers: Mapping[str, int | str], *, key: str
) -> uuid.UUID:
    """Keep a questionnaire that the person answered, or that the coach answered about them; its sheet.

    Items that touch a sealed field are kept in rows of their own, one a field. What was answered before stays.
    Raises NotThere for an item or an answer that there is not, and Refused where a key is not held or nothing was
    answered.
    """
    made = new_id()
    before = once.first_time("needs.answer", key, made)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
    allowed = {1, 2, 3, 4, instrument.UNSAID, instrument.DOES_NOT_APPLY}
    if view not in Need.View.values or set(answers) - {one.code for one in instrument.ITEMS}:
        raise NotThere("no such item")
    if set(answers.values()) - allowed:
        raise NotThere("no such answer")
    if not answers:
        raise Refused(_("Answer at least one."), code="nothing")
    rows: dict[str, dict[str, int | str]] = {}
    for item, given in answers.items():
        rows.setdefault(seal_of_item(actor, item), {})[item] = given
    for field in sorted(rows):
        if field:
            people.have_key(journey.person_id, field)
    now = clock.now()
    Answers.objects.bulk_create(
        [
            Answers(
                service_id=actor.service,
                person_id=journey.person_id,
                journey_id=journey_id,
                view=view,
                at=now,
                sealed=field,
                answers=given,
                sheet=made,
                by_member=actor.member_id,
            )
            for field, given in rows.items()
        ]
    )
    history.record(
        "needs.answered",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"sheet": made, "view": view},
    )
    return made
