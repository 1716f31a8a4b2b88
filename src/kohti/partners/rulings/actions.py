"""A question to the authority is asked, taken, answered or withdrawn; the answer stands in the plan at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kohti.journeys.actions import due_before_it_begins, journey_to_change
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.sharing.actions import share
from kohti.people.sharing.models import HELPS, Share
from kohti.team.models import Membership

from . import rules
from .models import Ruling

MOST_WORDS, MOST_STEP = 1000, 500
State = Ruling.State


def ask(
    actor: Actor,
    journey_id: uuid.UUID,
    *,
    kind: str,
    words: str,
    fields: Sequence[str] = (),
    key: str,
) -> uuid.UUID:
    """Ask whoever may give rulings at the centre of a way; its id. It appears on their screens at once.

    They read the question and `fields` of the person until it is answered, at the latest until the end of the day.
    Raises NotThere, and Refused where nobody there may answer.
    """
    actors.must(actor, "journeys.work")
    made = new_id()
    before = once.first_time("ruling.asked", key, made)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
    if kind not in {one.code for one in rules.kinds(actor)}:
        raise NotThere("no such kind of question")
    now = clock.now()
    assert actor.member_id is not None
    Ruling.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=journey.centre_id,
        person_id=journey.person_id,
        journey_id=journey_id,
        kind=kind,
        words=_said(words, MOST_WORDS, _("Say what you ask.")),
        fields=sorted(set(fields)),
        asked_by_id=actor.member_id,
        asked_at=now,
        answer_by=now + timedelta(minutes=rules.minutes(actor)),
    )
    _show(actor, made, journey.centre_id, journey.person_id, fields, words, key=key)
    _told(
        "ruling.asked", made, journey.person_id, journey.centre_id, journey_id, kind=kind, fields=list(fields)
    )
    return made


def _show(
    actor: Actor,
    ruling_id: uuid.UUID,
    centre_id: uuid.UUID,
    person_id: uuid.UUID,
    fields: Sequence[str],
    words: str,
    *,
    key: str,
) -> None:
    """Share with all who may answer, organisation by organisation, until the end of the day."""
    now = clock.now()
    who = Membership.objects.filter(
        service_id=actor.service, centre_id=centre_id, role__verbs__contains=["rulings.give"], starts__lte=now
    ).exclude(ends__lte=now)
    asked: dict[uuid.UUID, list[uuid.UUID]] = {}
    assert actor.member_id is not None
    for one in who.exclude(id=actor.member_id).order_by("id"):
        asked.setdefault(one.organisation_id, []).append(one.id)
    if not asked:
        raise Refused(_("Nobody who may decide works at this centre."), code="nobody")
    for organisation_id, members in asked.items():
        share(
            actor,
            person_id,
            organisation_id=organisation_id,
            members=members,
            # what helps in a talk harms nobody, and a share names something
            fields=list(fields) or [HELPS],
            what_for=words.strip(),
            basis=Share.Basis.PUBLIC_TASK,
            told=_("They were there when it was asked."),
            until=clock.today(actor.zone),
            because=("ruling", ruling_id),
            key=f"{key}:{organisation_id}",
        )


def ask_again(actor: Actor, ruling_id: uuid.UUID, *, key: str) -> None:
    """Ask again what nobody answered: it is shown anew, and counts from now. Raises NotThere, and Refused once closed."""
    actors.must(actor, "journeys.work")
    if once.first_time("ruling.asked_again", key, ruling_id) is not None:
        return
    one = _open(ruling_id)
    now = clock.now()
    Ruling.objects.filter(id=one.id).update(
        answer_by=now + timedelta(minutes=rules.minutes(actor)),
        state=State.ASKED,
        taken_by=None,
        taken_at=None,
    )
    if not Share.objects.filter(because_id=one.id, ended_at=None, ends__gt=now).exists():
        _show(actor, one.id, one.centre_id, one.person_id, one.fields, one.words, key=key)
    _told("ruling.asked_again", one.id, one.person_id, one.centre_id, one.journey_id)


def take(actor: Actor, ruling_id: uuid.UUID) -> None:
    """Say that one answers this. Raises NotThere, and Refused where a colleague has it or it is closed."""
    actors.must(actor, "rulings.give")
    one = _to_decide(actor, ruling_id)
    if one.taken_by_id == actor.member_id:
        return
    if one.taken_by_id is not None and one.state == State.TAKEN:
        raise Refused(
            _("%(name)s has taken this already.") % {"name": one.taken_by.staff.full_name}, code="taken"
        )
    Ruling.objects.filter(id=one.id).update(state=State.TAKEN, taken_by=actor.member_id, taken_at=clock.now())
    _told("ruling.taken", one.id, one.person_id, one.centre_id, one.journey_id)


def answer(
    actor: Actor,
    ruling_id: uuid.UUID,
    *,
    decision: str,
    reason: str,
    step: str = "",
    due_on: date | None = None,
    key: str,
) -> None:
    """Decide: yes, no, or yes if. The reason and a step that goes with it stand in the plan at once.

    Raises NotThere where it is not, or no longer, shown to the actor, and Refused where no reason is given.
    """
    actors.must(actor, "rulings.give")
    made = new_id()
    if once.first_time("ruling.answered", key, made) is not None:
        return
    one = _to_decide(actor, ruling_id)
    if decision not in Ruling.Answer.values:
        raise Refused(_("Choose yes, no, or yes with a condition."), code="decision")
    why = _said(reason, MOST_WORDS, _("Say why, so that it can be understood and questioned."))
    if due_on is not None and due_on < clock.today(actor.zone):
        raise Refused(due_before_it_begins(), code="past")
    if due_on is not None and not step.strip():
        raise Refused(_("Say what it is."), code="step")
    now = clock.now()
    Ruling.objects.filter(id=one.id).update(
        state=State.ANSWERED,
        taken_by=actor.member_id,
        taken_at=one.taken_at if one.taken_by_id == actor.member_id else now,
        answer=decision,
        reason=why,
        step=_said(step, MOST_STEP, "") if step.strip() else "",
        due_on=due_on,
        version_id=made,
        closed_at=now,
    )
    _told(
        "ruling.answered", one.id, one.person_id, one.centre_id, one.journey_id, answer=decision, reason=why
    )


def withdraw(actor: Actor, ruling_id: uuid.UUID) -> uuid.UUID:
    """Take a question back; whose it was. Raises NotThere, and Refused where it was answered meanwhile."""
    actors.must(actor, "journeys.work")
    found = _there(ruling_id)
    if found.state == State.WITHDRAWN:
        return found.person_id
    one = _open(ruling_id)
    Ruling.objects.filter(id=one.id).update(state=State.WITHDRAWN, closed_at=clock.now(), read_at=clock.now())
    _told("ruling.withdrawn", one.id, one.person_id, one.centre_id, one.journey_id)
    return one.person_id


def read(actor: Actor, ruling_id: uuid.UUID) -> None:
    """Say that one has read an answer. Raises NotThere."""
    actors.must(actor, "journeys.work")
    one = _there(ruling_id)
    if Ruling.objects.filter(id=one.id, read_at=None, closed_at__isnull=False).update(read_at=clock.now()):
        history.record("ruling.read", "ruling", one.id, persons=[one.person_id])


def _there(ruling_id: uuid.UUID) -> Ruling:
    found = Ruling.objects.filter(id=ruling_id).select_for_update(no_key=True).first()
    if found is None:
        raise NotThere("no such question")
    return found


def _open(ruling_id: uuid.UUID) -> Ruling:
    one = _there(ruling_id)
    if one.state == State.ANSWERED:
        raise Refused(_("This has been answered already. The first answer stands."), code="answered")
    if one.state == State.WITHDRAWN:
        raise Refused(_("This question was taken back. Nothing needs to be answered."), code="withdrawn")
    return one


def _to_decide(actor: Actor, ruling_id: uuid.UUID) -> Ruling:
    one = _open(ruling_id)
    if one.asked_by_id == actor.member_id:
        raise Refused(_("You asked this yourself. Somebody else decides."), code="own")
    return one


def _said(text: str, most: int, empty: str) -> str:
    words = text.strip()
    if not words:
        raise Refused(empty, code="no-words")
    if len(words) > most:
        raise Refused(_("That is too long. Put it in a few words."), code="too-long")
    return words


def _told(
    verb: str,
    ruling_id: uuid.UUID,
    person_id: uuid.UUID,
    centre_id: uuid.UUID,
    journey_id: uuid.UUID,
    **detail: object,
) -> None:
    """Write it into the history; the centre's screens and the open appointment hear of it."""
    history.record(verb, "ruling", ruling_id, persons=[person_id], detail=detail or None, tell=centre_id)
    live.tell(journey_id, "ruling", ruling_id)
