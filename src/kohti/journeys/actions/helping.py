"""A colleague of any organisation, or a mentor, helps with agreed steps of a plan, for a time."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.sharing.actions import share
from kohti.people.sharing.models import STEPS, Share

from ..models import Helping, Step
from .journeys import journey_to_change, works_here

MOST_WORDS = 500


def ask_to_help(
    actor: Actor,
    step_id: uuid.UUID,
    member_id: uuid.UUID,
    *,
    until: date,
    told: str,
    key: str,
) -> uuid.UUID:
    """Let a colleague see one step of a plan and say what came of it, until the end of a day; its id.

    `told`: how the person agreed. A share of `steps` lets them: both end together, and with the way. Raises NotThere,
    and Refused for a step that is sealed or not under way, somebody whose role reads nothing shared, or who helps
    with it already.
    """
    actors.must(actor, "journeys.work")
    made = new_id()
    before = once.first_time("step.help", key, made)
    if before is not None:
        return before
    step = Step.objects.filter(id=step_id).first()
    if step is None:
        raise NotThere("no such step")
    journey = journey_to_change(actor, step.journey_id)
    if step.sealed:
        raise Refused(_("This step is sealed. It stays between those who hold its key."), code="sealed")
    if step.state not in (Step.State.DOING, Step.State.STUCK):
        raise Refused(_("Nobody can help with this step now: it is not under way."), code="not-under-way")
    member = works_here(actor, member_id)
    if "shares.read" not in member.role.verbs:
        raise Refused(_("Their role cannot read what is shared with them."), code="reads-nothing")
    _end_what_ran_out(actor, step_id, member_id)
    if Helping.objects.filter(step_id=step_id, member_id=member_id, ended_at=None).exists():
        raise Refused(_("They help with this step already."), code="helps")
    share(
        actor,
        journey.person_id,
        organisation_id=member.organisation_id,
        members=[member_id],
        fields=[STEPS],
        what_for=step.words,
        basis=Share.Basis.CONSENT,
        told=told,
        until=until,
        because=("helping", made),
        key=f"{key}:share",
    )
    assert actor.member_id is not None
    Helping.objects.create(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey.id,
        step_id=step_id,
        member_id=member_id,
        until=until,
        by_member=actor.member_id,
        at=clock.now(),
    )
    history.record(
        "step.helper",
        "step",
        step_id,
        persons=[journey.person_id],
        detail={"member": member_id, "until": until, "told": told},
    )
    return made


def _end_what_ran_out(actor: Actor, step_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Helping whose share has run out or was ended stands for nothing: they can be asked again."""
    for one in Helping.objects.filter(step_id=step_id, member_id=member_id, ended_at=None):
        held = Share.objects.filter(
            because_kind="helping", because_id=one.id, ended_at=None, ends__gt=clock.now()
        )
        if not held.exists():
            Helping.objects.filter(id=one.id).update(ended_at=clock.now(), ended_by=actor.member_id)


def end_help(actor: Actor, helping_id: uuid.UUID) -> uuid.UUID:
    """End somebody's help with a step now, and with it what was shared for it; whose step it is. Raises NotThere."""
    actors.must(actor, "journeys.work")
    one = _of(helping_id)
    ended = Helping.objects.filter(id=helping_id, ended_at=None).update(
        ended_at=clock.now(), ended_by=actor.member_id
    )
    if ended:
        history.record("step.helper_ended", "step", one.step_id, persons=[one.person_id])
    return one.person_id


def help_read(actor: Actor, helping_id: uuid.UUID) -> None:
    """Say that one has read what a helper did. Raises NotThere."""
    actors.must(actor, "journeys.work")
    one = _of(helping_id)
    if Helping.objects.filter(id=helping_id, seen_at=None).update(seen_at=clock.now()):
        history.record("step.help_read", "step", one.step_id, persons=[one.person_id])


def help_with_step(
    actor: Actor, step_id: uuid.UUID, *, version: int, state: str = "", words: str = "", key: str
) -> None:
    """Say what came of a step that one helps with: done, stuck (with what would help), goes on, or a line alone.

    It stands in the plan as theirs, and on the coach's Today. `version` is that of the step that was read. Raises
    NotThere where one does not help with it, or no longer, and Refused for a step that was changed meanwhile.
    """
    actors.must(actor, "shares.read")
    made = new_id()
    if once.first_time("step.helped", key, made) is not None:
        return
    said = " ".join(words.split())
    if len(said) > MOST_WORDS:
        raise Refused(_("That is too long. Put it in a few words."), code="too-long")
    if state == Step.State.STUCK and not said:
        raise Refused(_("Say what would help."), code="why")
    assert actor.staff_id is not None
    helping = Helping.objects.filter(step_id=step_id, member__staff_id=actor.staff_id, ended_at=None)
    whose = list(helping.values_list("person_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.help_with_step(%s, %s, %s, %s, %s)", [step_id, version, state, said, made]
        )
        row = cursor.fetchone()
    answer = row[0] if row else "gone"
    if answer == "gone" or not whose:
        raise NotThere("no such step")
    if answer == "changed":
        raise Refused(_("Somebody has changed this step meanwhile. Look at it again."), code="changed")
    if answer == "no-such-move":
        raise Refused(_("That cannot become of this step."), code="no-such-move")
    if answer == "nothing":
        raise Refused(_("Say what happened."), code="no-words")
    history.record("step.helped", "step", step_id, persons=whose, detail={"state": state, "words": said})


def _of(helping_id: uuid.UUID) -> Helping:
    found = Helping.objects.filter(id=helping_id).first()
    if found is None:
        raise NotThere("no such help")
    return found
