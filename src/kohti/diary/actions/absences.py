"""Colleagues are away, and come back."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Staff

from ..models import Absence


def be_away(actor: Actor, staff_id: uuid.UUID, first: date, last: date, *, key: str) -> uuid.UUID:
    """Say that a colleague is away from a day to a day, both included; oneself, or somebody of one's centre.

    What is booked with them stands, and is told to whoever covers appointments. Raises NotThere, Refused.
    """
    made = new_id()
    before = once.first_time("diary.away", key, made)
    if before is not None:
        return before
    staff = Staff.objects.filter(id=staff_id, service_id=actor.service).first()
    if staff is None:
        raise NotThere("no such colleague")
    if last < first or last < clock.today(actor.zone):
        raise Refused(_("The end comes before the beginning."), code="order")
    Absence.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=staff.centre_id,
        staff_id=staff_id,
        starts=_midnight(actor, first),
        ends=_midnight(actor, last + timedelta(days=1)),
        by_member=actor.member_id,
    )
    history.record("diary.away", "staff", staff_id, detail={"first": first, "last": last})
    return made


def be_back(actor: Actor, absence_id: uuid.UUID) -> None:
    """The colleague is here again, from now on. Raises NotThere."""
    now = clock.now()
    absence = Absence.objects.filter(id=absence_id, ends__gt=now).select_for_update(no_key=True).first()
    if absence is None:
        raise NotThere("nobody is away")
    absence.ends = max(absence.starts, now)
    absence.save(update_fields=["ends"])
    history.record("diary.back", "staff", absence.staff_id)


def caught_up(actor: Actor, absence_id: uuid.UUID) -> None:
    """Whoever was away has read what happened meanwhile. Again changes nothing. Raises NotThere."""
    absence = Absence.objects.filter(id=absence_id, ends__lte=clock.now()).first()
    if absence is None or absence.staff_id != actor.staff_id:
        raise NotThere("no such absence")
    if absence.read_at is None:
        absence.read_at = clock.now()
        absence.save(update_fields=["read_at"])
        history.record("diary.caught_up", "staff", absence.staff_id)


def _midnight(actor: Actor, day: date) -> datetime:
    return datetime.combine(day, time(), actor.zone).astimezone(UTC)
