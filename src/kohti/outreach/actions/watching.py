"""Not back in time: the colleague who watches is told, then the team leader, until somebody says that they are back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from kohti.kernel import clock, history, outbox, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.team import queries as team
from kohti.team.models import Membership, Staff

from ..models import Goer, Round, Spot


def tell_who_is_late(actor: Actor) -> int:
    """Tell who watches of every round that is not back in time, and its leader some time later; how many were told of.

    Where whoever watches works here no longer, the leader is told at once.
    As the service's own housekeeping, every minute: each is told once. A round that nobody said had begun counts too:
    they may be out there. Says so on open screens at once, and by mail where there is an address.
    """
    try:
        part = team.blueprint(actor).outreach
    except NotThere:
        return 0
    now = clock.now()
    late = now - timedelta(minutes=part.late_minutes)
    later = late - timedelta(minutes=part.leader_minutes)
    due = list(
        Round.objects.filter(
            Q(late_at=None, back_by__lte=late) | Q(leader_at=None, back_by__lte=later),
            service_id=actor.service,
            ended_at=None,
            cancelled_at=None,
        )
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("back_by", "id")[:200]
    )
    for one in due:
        to_leader = one.leader_at is None and (one.back_by <= later or not _works(one.watcher_id, now))
        told: list[uuid.UUID] = []
        if one.late_at is None:
            told.append(one.watcher_id)
            one.late_at = now
        if to_leader:
            told += _leaders(one.centre_id)
            one.leader_at = now
        one.save(update_fields=["late_at", "leader_at"])
        _write(actor, one, list(dict.fromkeys(told)))
        history.record(
            "round.late",
            "round",
            one.id,
            detail={"back_by": one.back_by, "leader": to_leader},
            tell=one.centre_id,
        )
    return len(due)


def _works(member_id: uuid.UUID, now: datetime) -> bool:
    return Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), id=member_id, starts__lte=now).exists()


def _leaders(centre_id: uuid.UUID) -> list[uuid.UUID]:
    now = clock.now()
    return list(
        Membership.objects.filter(
            Q(ends=None) | Q(ends__gt=now),
            centre_id=centre_id,
            starts__lte=now,
            role__verbs__contains=["outreach.go", "journeys.lead"],
        )
        .order_by("id")
        .values_list("id", flat=True)
    )


def _write(actor: Actor, late: Round, members: Sequence[uuid.UUID]) -> None:
    """A mail to each who has an address: who, where, since when, on which phone."""
    goers = list(
        Staff.objects.filter(id__in=Goer.objects.filter(round_id=late.id).values("staff_id"))
        .order_by("sort_key", "id")
        .values_list("full_name", flat=True)
    )
    spots = dict(Spot.objects.filter(id__in=late.spots).order_by("id").values_list("id", "name"))
    to = (
        Membership.objects.filter(Q(ends=None) | Q(ends__gt=clock.now()), id__in=members)
        .select_related("user", "staff")
        .order_by("id")
    )
    with words.spoken(actor.first_language, actor=actor):
        lines = [
            _("They wanted to be back at %(time)s.") % {"time": words.clock_time(late.back_by, actor.zone)},
            f"{_('Who goes')}: {words.all_of(goers)}",
            f"{_('Where')}: {words.all_of([spots[one] for one in late.spots if one in spots])}",
            *([f"{_('Phone')}: {late.phone}"] if late.phone else []),
            _("Call them. Then say in Outreach that they are back."),
        ]
        for member in to:
            if not member.user.email:
                continue
            try:
                outbox.write(
                    actor,
                    channel="mail",
                    to=outbox.To(
                        kind="member", id=member.id, address=member.user.email, name=member.staff.full_name
                    ),
                    kind="round.late",
                    subject=_("A round is not back"),
                    body="\n".join(lines),
                    key=f"round-late:{late.id}:{member.id}:{late.leader_at}",
                    centre_id=late.centre_id,
                )
            except Refused:  # An address nothing can be sent to: the page says it all the same.
                continue
