"""To share something of a person with another organisation, to look whether it is still needed, and to end it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, writing
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people.actions.notes import put_note
from kohti.people.actions.sight import asked, kept
from kohti.team.models import Membership, Organisation

from . import queries
from .models import NOT_OF_LIFE, PARTS, STEPS, Share, last_day

LONGEST = timedelta(days=366)
"""No share is longer: who still needs it is asked again."""


def share(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID,
    fields: Sequence[str],
    what_for: str,
    basis: str,
    until: date,
    key: str,
    members: Sequence[uuid.UUID] = (),
    review_on: date | None = None,
    told: str = "",
    because: tuple[str, uuid.UUID | None] = ("", None),
) -> uuid.UUID:
    """Let an organisation, or these of its people, read what is named of a person until the end of a day; its id.

    `fields`: fields of life and of `PARTS`. `review_on`: empty, half way. `told`: how the person was told, or how they
    agreed; nothing is shared on consent without it. From the next statement on they read it. The same key shares once.
    Raises NotThere for whoever is not seen, and Refused where a field is nobody's to share, the organisation has gone
    or is the actor's own, or the days do not fit. With colleagues of one's own organisation only what they are asked
    for by name is shared (`members` and `because`).
    """
    actors.must(actor, "shares.write")
    if kept(person_id).restricted:
        raise Refused(
            _("This record is open to named people only. Name whoever is to see it."), code="restricted"
        )
    made = new_id()
    before = once.first_time("shares.write", key, made)
    if before is not None:
        return before
    now, today = clock.now(), clock.today(actor.zone)
    ends = datetime.combine(until + timedelta(days=1), time(), actor.zone)
    review = review_on or today + (until - today) // 2
    wanted = sorted(set(fields))
    _check(actor, person_id, organisation_id, wanted, until, review, asked_for=bool(members and because[0]))
    if basis == Share.Basis.CONSENT and not told.strip():
        raise Refused(_("Say how they agreed."), code="not-told")
    mine = Membership.objects.filter(
        id__in=members, organisation_id=organisation_id, service_id=actor.service
    )
    if mine.count() != len(set(members)):
        raise Refused(_("They do not work for this organisation."), code="not-theirs")
    assert actor.member_id is not None
    assert actor.staff_id is not None
    Share.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        to_organisation_id=organisation_id,
        members=list(dict.fromkeys(members)),
        fields=wanted,
        what_for=what_for.strip(),
        basis=basis,
        told=told.strip(),
        starts=now,
        ends=ends,
        review_on=review,
        because_kind=because[0],
        because_id=because[1],
        by_member=actor.member_id,
        by_staff_id=actor.staff_id,
    )
    history.record(
        "share.made",
        "share",
        made,
        persons=[person_id],
        detail={"fields": wanted, "basis": basis, "until": until},
    )
    return made


def _check(
    actor: Actor,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    wanted: Sequence[str],
    until: date,
    review: date,
    *,
    asked_for: bool,
) -> None:
    """That this may be shared, with this organisation, for as long. Raises NotThere and Refused.

    `asked_for`: it goes with something that is asked of these people by name, who may be of one's own organisation.
    """
    today = clock.today(actor.zone)
    to = Organisation.objects.filter(id=organisation_id, service_id=actor.service).first()
    if to is None:
        raise NotThere("no such organisation")
    if to.retired:
        raise Refused(_("This organisation no longer works here."), code="gone")
    if to.id == actor.organisation_id and not asked_for:
        raise Refused(
            _("This is your own organisation: its people see a person by working with them."), code="own"
        )
    if not today <= until <= today + LONGEST:
        raise Refused(_("Share until a day from today, at most a year away."), code="days")
    if not today <= review <= until:
        raise Refused(_("Look at it again on a day before it ends."), code="days")
    if not wanted:
        raise Refused(_("Choose what is shared."), code="nothing")
    known = life.fields_of_life(actor)
    for field in wanted:
        if field in PARTS or (field == STEPS and asked_for):
            continue
        if field not in known:
            raise NotThere("no such field of life")
        if known[field][1] and not asked("take_key", person_id, field):
            raise Refused(
                _("“%(field)s” is sealed, and you do not hold its key.") % {"field": known[field][0]},
                code="sealed",
            )


def review_share(actor: Actor, share_id: uuid.UUID, *, again_on: date, answer: str = "") -> None:
    """Say that a share is still needed, and when to look again; where they object, why it goes on all the same.

    Raises NotThere, and Refused for a day after its end, where an objection is not answered, or where it has ended.
    """
    actors.must(actor, "shares.write")
    one = _mine(share_id)
    kept(one.person_id)
    if not clock.today(actor.zone) < again_on <= last_day(one.ends, actor.zone):
        raise Refused(_("Look at it again on a day before it ends."), code="days")
    if one.ended_at is not None:
        raise Refused(_("This has ended."), code="ended")
    waits = one.objected_at is not None and not one.answer
    if waits and not answer.strip():
        raise Refused(_("They object. Say why it goes on all the same."), code="objection")
    Share.objects.filter(id=share_id).update(
        review_on=again_on, answer=answer.strip() if waits else one.answer
    )
    history.record(
        "share.reviewed",
        "share",
        share_id,
        persons=[one.person_id],
        detail={"was": one.review_on, "again_on": again_on} | ({"answer": answer.strip()} if waits else {}),
    )


def object_to(actor: Actor, share_id: uuid.UUID, *, words: str) -> bool:
    """Write down that the person objects to a share, in their words; True where that has ended it.

    What they consented to ends with their word. Anything else waits for an answer, on Today of whoever shared it, of
    the person's coach and of the leader. Raises NotThere, and Refused without words, or where it has ended.
    """
    actors.must(actor, "shares.write")
    one = _mine(share_id)
    kept(one.person_id)
    if not words.strip():
        raise Refused(_("Write what they object to."), code="why")
    if one.ended_at is not None:
        raise Refused(_("This has ended."), code="ended")
    if one.basis == Share.Basis.CONSENT:
        end_share(actor, share_id, why=words)
        return True
    if (one.objection, one.answer) == (words.strip(), ""):
        return False
    Share.objects.filter(id=share_id).update(objected_at=clock.now(), objection=words.strip(), answer="")
    history.record(
        "share.objected", "share", share_id, persons=[one.person_id], detail={"words": words.strip()}
    )
    return False


def end_share(actor: Actor, share_id: uuid.UUID, *, why: str) -> None:
    """End a share now: from the next statement on it shows nothing, wherever it was read.

    One that has ended stays as it is. Raises NotThere, and Refused where no reason is given.
    """
    actors.must(actor, "shares.write")
    one = _mine(share_id)
    kept(one.person_id)
    if not why.strip():
        raise Refused(_("Say why it ends."), code="why")
    now = clock.now()
    changed = Share.objects.filter(id=share_id, ended_at=None).update(
        ended_at=now, ended_by=actor.member_id, ended_why=why.strip()
    )
    if changed:
        history.record("share.ended", "share", share_id, persons=[one.person_id], detail={"why": why.strip()})


def write_note(
    actor: Actor, person_id: uuid.UUID, text: str, *, fields: Sequence[str], key: str
) -> uuid.UUID:
    """Write a note on somebody of whom these fields of life are shared with the actor; its id.

    The same key writes once. Raises NotThere where nothing is shared, or no longer, and Refused for a field that is not.
    """
    actors.must(actor, "people.note")
    found = queries.shared_with_me(actor, person_id)
    if not found:
        raise NotThere("no such person")
    wanted = list(dict.fromkeys(fields))
    if not wanted or not set(wanted) <= set(found[0].fields) - set(NOT_OF_LIFE):
        raise Refused(_("Choose a field of life that is shared with you."), code="not-shared")
    made = new_id()
    before = once.first_time("people.write_note", key, made)
    if before is not None:
        return before
    rows = writing.Rows()
    rows.write(put_note(rows, actor, person_id, made, text, wanted))
    return made


def _mine(share_id: uuid.UUID) -> Share:
    one = Share.objects.filter(id=share_id).first()
    if one is None:
        raise NotThere("no such share")
    return one
