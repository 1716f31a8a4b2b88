"""Who waits is asked by message whether they would have a time that came free: one after the other, each once.

The worker does it. Each offer is written with its message in one transaction, one centre at a time; the database holds
that of one time one offer is open, and of one wish. Who has no safe way to be reached is left to staff, who see the
same time on the waiting list.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, history, outbox, words
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team import queries as team
from kohti.team.models import Centre

from . import by_link, earlier, reaching
from .earlier import Times, Waits
from .free import Free
from .models import Freed, Offer
from .reaching import Reach
from .reminding import out_of_quiet


def offer(actor: Actor) -> int:
    """All of it for one service, as its housekeeping, outside of a transaction; how many were asked.

    What is over is ended first, whatever the blueprint says; in quiet hours nobody is asked.
    """
    with as_actor(actor):
        end_what_is_over(actor)
        try:
            plan = team.blueprint(actor)
        except NotThere:
            return 0  # a service without a blueprint
        local = clock.now().astimezone(actor.zone).replace(tzinfo=None)
        quiet = out_of_quiet(local, plan.reminders) > local
        if not plan.waiting_list.offer or quiet or not settings.CSRF_TRUSTED_ORIGINS:
            return 0
        soon = clock.now() + timedelta(minutes=plan.waiting_list.notice_minutes)
        centres = list(
            Freed.objects.filter(service_id=actor.service, ends__gt=soon)
            .order_by("centre_id")
            .values_list("centre_id", flat=True)
            .distinct()
        )
    made = 0
    for centre_id in centres:
        with as_actor(actor):
            made += _offer_at(actor, plan, centre_id)
    return made


OVER = """
update diary_wish w set ended_at = %(now)s, ended = 'over'
where w.service_id = %(service)s and w.ended_at is null
  and (w.before <= %(now)s or exists (select 1 from diary_booking b where b.id = w.booking_id and b.starts <= %(now)s))
  and not exists (select 1 from diary_offer o where o.wish_id = w.id and o.state = 'open')
returning w.person_id, w.booking_id
"""
TAKEN = """
update diary_offer o set state = 'gone', answered_at = %(now)s
where o.service_id = %(service)s and o.state = 'open' and exists (
    select 1 from diary_booking b where b.staff_id = o.staff_id and b.holds and b.starts < o.ends and b.ends > o.starts
      and b.id is distinct from o.booking_id)
returning o.person_id, o.booking_id
"""
LATE = """
update diary_offer o set state = 'late', answered_at = %(now)s
where o.service_id = %(service)s and o.state = 'open' and o.until <= %(now)s
returning o.person_id, o.booking_id
"""


def end_what_is_over(actor: Actor) -> None:
    """Offers nobody answered in time and those whose time is taken, wishes whose day has passed, times that have begun."""
    now = clock.now()
    over: list[tuple[str, str, uuid.UUID, uuid.UUID | None]] = []
    with connection.cursor() as cursor:
        for verb, ended, query in (
            ("offer.ended", "late", LATE),
            ("offer.ended", "gone", TAKEN),
            ("wish.ended", "over", OVER),
        ):
            cursor.execute(query, {"now": now, "service": actor.service})
            over.extend((verb, ended, person, booking) for person, booking in cursor.fetchall())
    history.record_each(
        [
            history.Event(
                verb, "booking" if booking else "person", booking or person, [person], {"ended": ended}
            )
            for verb, ended, person, booking in over
        ]
    )
    Freed.objects.filter(service_id=actor.service, ends__lte=now).delete()


def _offer_at(actor: Actor, plan: Blueprint, centre_id: uuid.UUID) -> int:
    """Ask whoever waits at a centre about what came free there; how many were asked."""
    with connection.cursor() as cursor:  # one round at a time: two would ask twice
        cursor.execute("select pg_advisory_xact_lock(7236012, hashtext(%s))", [str(centre_id)])
    who = earlier.who_waits(centre_id)
    if not who:
        return 0
    now = clock.now()
    soon = now + timedelta(minutes=plan.waiting_list.notice_minutes)
    asked = _Asked.read(actor, who)
    able = reaching.of([one.person_id for one in who])
    times = Times(actor, centre_id, who)
    times.given.extend(Free(one.starts, one.ends, one.staff_id) for one in asked.open)
    made = 0
    for piece in Freed.objects.filter(centre_id=centre_id, ends__gt=soon).order_by("starts", "id"):
        if asked.is_open(piece):
            continue
        here = [
            one
            for one in times.free
            if one.staff_id == piece.staff_id and max(soon, piece.starts) <= one.starts < piece.ends
        ]
        for one in who if here else ():
            reach = able.get(one.person_id)
            if reach is None or reach.safe_way(plan.reminders)[0] or not asked.may_be(one, piece):
                continue
            free = times.first_for(one, here)
            if free is not None:
                done = _make(actor, plan, centre_id, one, reach, free)
                if done is None:
                    times.given.pop()
                    continue
                asked.open.append(done)
                made += 1
                break
    return made


@dataclass(slots=True)
class _Asked:
    """What those who wait were offered before, and all that is open at their centre."""

    open: list[Offer]
    before: list[Offer]

    @classmethod
    def read(cls, actor: Actor, who: Sequence[Waits]) -> _Asked:
        """One statement."""
        mine = Q(person_id__in={one.person_id for one in who}, ends__gt=clock.now())
        found = list(
            Offer.objects.filter(mine | Q(state=Offer.State.OPEN), service_id=actor.service).order_by(
                "at", "id"
            )
        )
        return cls([one for one in found if one.state == Offer.State.OPEN], found)

    def is_open(self, piece: Freed) -> bool:
        """Whether somebody is being asked about this time now."""
        return any(
            one.staff_id == piece.staff_id and one.starts < piece.ends and one.ends > piece.starts
            for one in self.open
        )

    def may_be(self, one: Waits, piece: Freed) -> bool:
        """Whether somebody can be asked about it: nothing else is open for them, and they were not asked before."""
        return not any(other.person_id == one.person_id for other in self.open) and not any(
            other.person_id == one.person_id and other.starts < piece.ends and other.ends > piece.starts
            for other in self.before
        )


def _make(
    actor: Actor, plan: Blueprint, centre_id: uuid.UUID, one: Waits, reach: Reach, free: Free
) -> Offer | None:
    """Ask one person about one time; None where their address can be none."""
    _why, channel, address = reach.safe_way(plan.reminders)
    now, made = clock.now(), new_id()
    until = min(now + timedelta(minutes=plan.waiting_list.holds_minutes), free.starts)
    assert free.staff_id is not None
    try:
        with transaction.atomic():
            message = _write(actor, plan, centre_id, made, reach, free, until, channel, address)
    except Refused:
        return None
    found = Offer.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=centre_id,
        wish_id=one.id,
        person_id=one.person_id,
        booking_id=one.booking_id,
        kind_id=one.kind_id,
        staff_id=free.staff_id,
        starts=free.starts,
        ends=free.ends,
        at=now,
        until=until,
        channel=channel,
        message_id=message,
    )
    about = ("booking", one.booking_id) if one.booking_id else ("person", one.person_id)
    history.record(
        "offer.made", *about, persons=[one.person_id], detail={"starts": free.starts}, tell=centre_id
    )
    return found


def _write(
    actor: Actor,
    plan: Blueprint,
    centre_id: uuid.UUID,
    offer_id: uuid.UUID,
    reach: Reach,
    free: Free,
    until: datetime,
    channel: Literal["mail", "sms"],
    address: str,
) -> uuid.UUID:
    """The message: when and where, yes or no until when; nothing of what it is about."""
    centre = Centre.objects.get(id=centre_id)
    language = reach.language(actor)
    link = settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/") + reverse(
        "link_offer", args=[by_link.token_of_offer(offer_id)]
    )
    with words.spoken(language, actor=actor):
        subject = _("A time came free")
        lines = [
            _("A time came free: %(when)s, %(where)s.")
            % {
                "when": when(free.starts, actor),
                "where": ", ".join(part for part in (centre.name, centre.address) if part),
            },
            _("Yes or no by %(time)s: %(link)s") % {"time": by(until, actor), "link": link},
            _("If you do not answer, everything stays as it is."),
        ]
    body = "\n\n".join(lines) if channel == "mail" else " ".join(lines)
    service = plan.service.name
    return outbox.write(
        actor,
        channel=channel,
        to=reach.to(address),
        kind="appointment.offered",
        subject=subject,
        body=f"{body}\n\n{service}" if channel == "mail" else f"{service}: {body}",
        key=f"offer:{offer_id}",
        centre_id=centre_id,
        sender=service,
        language=language,
    )


def when(starts: datetime, actor: Actor) -> str:
    """Day and time in the language in use."""
    return _("%(day)s at %(time)s") % {
        "day": words.day_long(starts.astimezone(actor.zone).date()),
        "time": words.clock_time(starts, actor.zone),
    }


def by(until: datetime, actor: Actor) -> str:
    """Until when an answer counts, in the language in use: with its day where that is another than today."""
    if until.astimezone(actor.zone).date() == clock.today(actor.zone):
        return words.clock_time(until, actor.zone)
    return when(until, actor)


def offered_to(wishes: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Offer]]:
    """What was offered for these wishes, newest first, with whom. One statement."""
    found: dict[uuid.UUID, list[Offer]] = {}
    for one in Offer.objects.filter(wish_id__in=wishes).select_related("staff").order_by("-at", "id"):
        found.setdefault(one.wish_id, []).append(one)
    return found
