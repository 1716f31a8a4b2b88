"""Encounters: written in seconds, several at once where many were met, and taken back where they were a slip."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.history import Event
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people import fields as life

from .. import named
from ..models import Encounter, Goer, Reached, Round, Spot

MOST_NICKNAME, MOST_TEXT = 40, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEncounter:
    """Somebody who was met: nothing but where has to be said.

    reached_id  who was met, where they were met before; none: somebody new
    about       fields of life; given, next: words of the blueprint, by code
    at          when, where that is not now
    """

    spot_id: uuid.UUID
    reached_id: uuid.UUID | None = None
    nickname: str = ""
    about: Sequence[str] = ()
    given: Sequence[str] = ()
    next: str = ""
    text: str = ""
    at: datetime | None = None
    id: uuid.UUID = field(default_factory=new_id)


def write_encounter(actor: Actor, said: NewEncounter, *, key: str) -> uuid.UUID:
    """Write one down; its id. Again with the same key, from another phone too, changes nothing. As `write_encounters`."""
    actors.must(actor, "outreach.go")
    before = once.first_time("encounter.written", key, said.id)
    if before is not None:
        return before
    write_encounters(actor, [said])
    return said.id


def write_encounters(actor: Actor, said: Sequence[NewEncounter]) -> None:
    """Write down whom one met. Whoever was not met before is one person reached, until they are joined. Ten statements at most.

    A code that the blueprint does not know is left out: nobody out there is told that a word was wrong. They are put to
    the round that the actor is on then. Raises NotThere for a spot or somebody elsewhere, Refused where what it is about
    is sealed for who they became, and the key not held.
    """
    actors.must(actor, "outreach.go")
    known = named.words_of(actor)
    now = clock.now()
    at_a_spot = set(
        Spot.objects.filter(id__in=[one.spot_id for one in said], centre_id=actor.centre).values_list(
            "id", flat=True
        )
    )
    again = {
        one.id: one
        for one in Reached.objects.filter(
            id__in=[one.reached_id for one in said if one.reached_id], joined_into=None
        )
    }
    mine = rounds_of(actor, [one.at or now for one in said])
    new: list[Reached] = []
    written: list[Encounter] = []
    for one in said:
        if one.spot_id not in at_a_spot or (one.reached_id and one.reached_id not in again):
            raise NotThere("no such spot, or nobody such")
        at = one.at or now
        if at > now:
            raise Refused(_("This time has not come yet."), code="to-come")
        nickname = names.tidy(one.nickname)[:MOST_NICKNAME]
        who = again[one.reached_id] if one.reached_id else None
        if who is None:
            who = Reached(
                id=new_id(),
                service_id=actor.service,
                centre_id=actor.centre,
                nickname=nickname,
                folded=names.fold(nickname),
                made_at=at,
                last_at=at,
            )
            new.append(who)
        about = [code for code in known.about if code in one.about]
        sealed = life.sealed_of(actor, about)
        if who.person_id is not None:
            for code in sealed:
                people.have_key(who.person_id, code)
        written.append(
            Encounter(
                id=one.id,
                service_id=actor.service,
                centre_id=actor.centre,
                spot_id=one.spot_id,
                round_id=next((r for r, starts, ends in mine if starts <= at < ends), None),
                reached_id=who.id,
                own_id=who.id,
                person_id=who.person_id,
                at=at,
                about=about,
                sealed=sealed,
                given=[code for code in known.given if code in one.given],
                next=one.next if one.next in known.next else "",
                nickname=nickname,
                text=one.text.strip()[:MOST_TEXT],
                by_member=actor.member_id,
                by_staff_id=actor.staff_id,
            )
        )
    Reached.objects.bulk_create(new, batch_size=500)
    Encounter.objects.bulk_create(written, batch_size=500)
    history.record_each(
        [
            Event(
                "encounter.written",
                "encounter",
                one.id,
                [one.person_id] if one.person_id else [],
                {"reached": one.reached_id},
            )
            for one in written
        ]
    )


def rounds_of(actor: Actor, times: Sequence[datetime]) -> list[tuple[uuid.UUID, datetime, datetime]]:
    """The rounds the actor goes on at these times: from when until when, somewhat longer than planned. One statement."""
    if actor.staff_id is None or not times:
        return []
    found = Round.objects.filter(
        id__in=Goer.objects.filter(staff_id=actor.staff_id).values("round_id"),
        cancelled_at=None,
        starts__lte=max(times) + timedelta(hours=1),
        back_by__gt=min(times) - timedelta(hours=4),
    ).order_by("starts", "id")
    return [
        (
            one.id,
            min(one.starts, one.started_at or one.starts),
            one.ended_at or one.back_by + timedelta(hours=4),
        )
        for one in found
    ]


def withdraw(actor: Actor, encounter_id: uuid.UUID) -> None:
    """Take back an encounter that was a slip: it stays, and counts nowhere. Again changes nothing.

    Whoever wrote it takes it back. Raises NotThere, NotAllowed.
    """
    actors.must(actor, "outreach.go")
    found = Encounter.objects.filter(id=encounter_id).first()
    if found is None:
        raise NotThere("no such encounter")
    if found.by_member != actor.member_id:
        raise NotAllowed("whoever wrote an encounter takes it back")
    if Encounter.objects.filter(id=encounter_id, withdrawn_at=None).update(withdrawn_at=clock.now()):
        history.record(
            "encounter.withdrawn",
            "encounter",
            encounter_id,
            persons=[found.person_id] if found.person_id else [],
        )
