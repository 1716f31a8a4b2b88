"""Rounds: planned, begun, back again, or not gone at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kohti.diary import actions as diary
from kohti.diary.actions import NewBooking
from kohti.diary.models import Absence, Booking, Kind
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Membership, Staff

from .. import named
from ..models import Goer, Round, Spot

LONGEST = timedelta(hours=16)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """A round to be planned, in local wall time: an end that is not after the beginning is of the next day.

    goers    whose time it takes (staff)
    watcher  the colleague (a membership) who hears of it when they are not back
    """

    day: date
    starts: time
    back_by: time
    spots: Sequence[uuid.UUID]
    goers: Sequence[uuid.UUID]
    watcher: uuid.UUID
    phone: str = ""


def plan_round(actor: Actor, wanted: NewRound, *, key: str) -> uuid.UUID:
    """Plan a round and book everybody who goes; its id. Again with the same key changes nothing.

    Nobody is booked twice: raises Refused, naming whom, where somebody is booked or away then, where nobody goes or the
    one who watches goes along; NotThere for what is not of this centre.
    """
    actors.must(actor, "outreach.go")
    made = new_id()
    before = once.first_time("round.planned", key, made)
    if before is not None:
        return before
    starts = _at(wanted.day, wanted.starts, actor)
    next_day = wanted.back_by <= wanted.starts
    ends = _at(wanted.day + timedelta(days=1 if next_day else 0), wanted.back_by, actor)
    if ends <= clock.now():
        raise Refused(_("This time is over."), code="over")
    if not starts < ends <= starts + LONGEST:
        raise Refused(_("A round lasts 16 hours at most."), code="too-long")
    spots = list(dict.fromkeys(wanted.spots))
    known = Spot.objects.filter(id__in=spots, centre_id=actor.centre, ended_at=None).count()
    if not spots or known < len(spots):
        raise NotThere("no such spot")
    goers = list(dict.fromkeys(wanted.goers))
    staff = {one.id: one for one in Staff.objects.filter(id__in=goers, service_id=actor.service)}
    if not goers:
        raise Refused(_("Say who goes."), code="nobody-goes")
    if len(staff) < len(goers):
        raise NotThere("no such colleague")
    watcher = watchers(actor).filter(id=wanted.watcher).first()
    if watcher is None:
        raise NotThere("no such colleague")
    if watcher.staff_id in staff:
        raise Refused(_("Whoever watches stays here: choose somebody who does not go along."), code="goes")
    _all_here([staff[one] for one in goers], starts, ends)
    booked = diary.book(
        actor,
        actor.centre,
        [
            NewBooking(
                starts=starts,
                minutes=int((ends - starts) / timedelta(minutes=1)),
                kind_id=_kind(actor),
                staff_id=one,
            )
            for one in goers
        ],
    )
    Round.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=actor.centre,
        day=wanted.day,
        starts=starts,
        back_by=ends,
        spots=spots,
        phone=wanted.phone.strip()[:40],
        watcher_id=watcher.id,
        by_member=actor.member_id,
        made_at=clock.now(),
    )
    Goer.objects.bulk_create(
        Goer(
            service_id=actor.service,
            centre_id=actor.centre,
            round_id=made,
            staff_id=staff_id,
            booking_id=one.id,
        )
        for staff_id, one in zip(goers, booked, strict=True)
    )
    history.record(
        "round.planned",
        "round",
        made,
        detail={"starts": starts, "back_by": ends, "goers": goers, "watcher": watcher.id, "spots": spots},
    )
    return made


def watchers(actor: Actor) -> QuerySet[Membership]:
    """The colleagues of the actor's centre whose role goes out and who work there now, by name."""
    now = clock.now()
    return (
        Membership.objects.filter(
            Q(ends=None) | Q(ends__gt=now),
            centre_id=actor.centre,
            starts__lte=now,
            role__verbs__contains=["outreach.go"],
        )
        .select_related("staff")
        .order_by("staff__sort_key", "id")
    )


def _at(day: date, wall: time, actor: Actor) -> datetime:
    return clock.local(day, f"{wall:%H:%M}", actor.zone)


def _kind(actor: Actor) -> uuid.UUID:
    found = (
        Kind.objects.filter(service_id=actor.service, code=named.rules(actor).kind or "")
        .values_list("id", flat=True)
        .first()
    )
    if found is None:
        raise NotThere("no kind of appointment for rounds")
    return found


def _all_here(staff: Sequence[Staff], starts: datetime, ends: datetime) -> None:
    """Raise Refused, naming whom, where somebody is booked already or away then. Two statements."""
    ids = [one.id for one in staff]
    booked = set(
        Booking.objects.filter(
            staff_id__in=ids, starts__lt=ends, ends__gt=starts, holds=True, beside_by=None
        ).values_list("staff_id", flat=True)
    )
    away = set(
        Absence.objects.filter(staff_id__in=ids, starts__lt=ends, ends__gt=starts).values_list(
            "staff_id", flat=True
        )
    )
    for taken, said, code in (
        (booked, _("Booked at that time already: %(names)s."), "clash"),
        (away, _("Away at that time: %(names)s."), "away"),
    ):
        if taken:
            found = words.all_of([one.full_name for one in staff if one.id in taken])
            raise Refused(said % {"names": found}, code=code)


def _open(round_id: uuid.UUID) -> Round:
    found = Round.objects.filter(id=round_id).select_for_update(no_key=True).first()
    if found is None:
        raise NotThere("no such round")
    return found


def start_round(actor: Actor, round_id: uuid.UUID, *, key: str) -> None:
    """They are on their way. Once they are, again changes nothing. Raises NotThere, and Refused when it is over."""
    actors.must(actor, "outreach.go")
    if once.first_time("round.started", key, round_id) is not None:
        return
    found = _open(round_id)
    _not_over(found, actor)
    if found.started_at is not None:
        return
    Round.objects.filter(id=round_id).update(started_at=clock.now())
    _gone(actor, round_id)
    history.record("round.started", "round", round_id)


def _gone(actor: Actor, round_id: uuid.UUID) -> None:
    """Those who go went: the time in their diaries was kept."""
    for booking_id in (
        Goer.objects.filter(round_id=round_id).order_by("id").values_list("booking_id", flat=True)
    ):
        diary.mark(actor, booking_id, Booking.State.KEPT, expected=["booked", "missed"])


def back(actor: Actor, round_id: uuid.UUID, *, key: str) -> None:
    """They are back, says one of them or a colleague: nobody is told any more that they are not.

    Saying it a second time changes nothing, whoever says it. Raises NotThere, and Refused where it was cancelled.
    """
    actors.must(actor, "outreach.go")
    if once.first_time("round.back", key, round_id) is not None:
        return
    found = _open(round_id)
    if found.ended_at is not None:
        return
    _not_over(found, actor)
    now = clock.now()
    Round.objects.filter(id=round_id).update(
        ended_at=now, ended_by=actor.member_id, started_at=found.started_at or min(found.starts, now)
    )
    if found.started_at is None:
        _gone(actor, round_id)
    history.record("round.back", "round", round_id)
    _no_longer_late(found)


def cancel_round(actor: Actor, round_id: uuid.UUID, *, key: str) -> None:
    """Nobody goes: the time of those who would have is free again. Raises NotThere, and Refused once they have gone."""
    actors.must(actor, "outreach.go")
    if once.first_time("round.cancelled", key, round_id) is not None:
        return
    found = _open(round_id)
    if found.cancelled_at is not None:
        return
    _not_over(found, actor)
    if found.started_at is not None:
        raise Refused(_("They are on their way already. Say when they are back."), code="started")
    Round.objects.filter(id=round_id).update(cancelled_at=clock.now())
    for booking_id in (
        Goer.objects.filter(round_id=round_id).order_by("id").values_list("booking_id", flat=True)
    ):
        diary.mark(actor, booking_id, Booking.State.CANCELLED, expected=["booked"])
    history.record("round.cancelled", "round", round_id)
    _no_longer_late(found)


def _no_longer_late(found: Round) -> None:
    """Open screens that said that it is not back say that it is."""
    if found.late_at is not None:
        live.tell(found.centre_id, "round-back", found.id)


def _not_over(found: Round, actor: Actor) -> None:
    if found.cancelled_at is not None:
        raise Refused(_("This round was cancelled."), code="cancelled")
    if found.ended_at is not None:
        at = words.clock_time(found.ended_at, actor.zone)
        raise Refused(_("This round is over: they were back at %(time)s.") % {"time": at}, code="over")
