"""Drop-ins and open access hours of a centre: from its blueprint, and added by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.brought import bring
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team import queries as team
from kohti.team.models import Organisation, Staff

from .. import own_lines
from ..models import DropIn, Room, Travel
from .closed_days import mine

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDropIn:
    """A weekly session to be added: on one weekday (0 Monday), between two local wall times, from a day on."""

    title: str
    weekday: int
    opens: time
    closes: time
    first: date
    last: date | None = None
    open_access: bool = False
    organisation_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    room_id: uuid.UUID | None = None
    stream: str = ""
    own_line: bool = False
    """A line of its own for its visitors, instead of one that is there."""


def add_drop_in(actor: Actor, centre_id: uuid.UUID, wanted: NewDropIn, *, key: str) -> uuid.UUID:
    """Hold a session at a centre every week; its id. Again with the same key changes nothing.

    It takes the time of its colleague and its room from now on; what is booked there already stands. Raises NotThere,
    and Refused where its times are in no order, or its colleague or room holds another session then.
    """
    actors.must(actor, "centre.close")
    mine(actor, centre_id)
    made = new_id()
    before = once.first_time("drop_in.added", key, made)
    if before is not None:
        return before
    title = names.tidy(wanted.title)[:MOST_TITLE]
    if wanted.closes <= wanted.opens or (wanted.last and wanted.last < wanted.first):
        raise Refused(_("The end comes before the beginning."), code="order")
    if wanted.last and wanted.last < clock.today(actor.zone):
        raise Refused(_("This day is over."), code="day-over")
    lines = {one.code for one in team.blueprint(actor).streams if not one.of_appointments}
    if wanted.stream and wanted.stream not in lines:
        raise NotThere("no such line")
    if wanted.room_id and not Room.objects.filter(id=wanted.room_id, centre_id=centre_id).exists():
        raise NotThere("no such room")
    if wanted.staff_id and not Staff.objects.filter(id=wanted.staff_id, service_id=actor.service).exists():
        raise NotThere("no such colleague")
    _keep_clear(wanted)
    DropIn.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=centre_id,
        title={actor.first_language: title},
        open_access=wanted.open_access,
        organisation_id=wanted.organisation_id,
        staff_id=wanted.staff_id,
        room_id=wanted.room_id,
        stream=wanted.stream,
        weekday=wanted.weekday,
        opens=wanted.opens,
        closes=wanted.closes,
        first=wanted.first,
        last=wanted.last,
    )
    if wanted.own_line:
        own_lines.make(actor, made)
    history.record(
        "drop_in.added",
        "drop_in",
        made,
        detail={"title": title, "weekday": wanted.weekday, "opens": wanted.opens, "closes": wanted.closes},
        tell=centre_id,
    )
    return made


def _keep_clear(wanted: NewDropIn) -> None:
    """Nobody and no room holds two sessions at once."""
    together = DropIn.objects.filter(
        Q(last=None) | Q(last__gte=wanted.first),
        weekday=wanted.weekday,
        opens__lt=wanted.closes,
        closes__gt=wanted.opens,
    )
    if wanted.last:
        together = together.filter(first__lte=wanted.last)
    if wanted.room_id and together.filter(room_id=wanted.room_id).exists():
        raise Refused(_("Another session is held in this room at that time."), code="room-held")
    if wanted.staff_id and together.filter(staff_id=wanted.staff_id).exists():
        raise Refused(_("This colleague holds another session at that time."), code="staff-held")


def end_drop_in(actor: Actor, drop_in_id: uuid.UUID) -> uuid.UUID:
    """A session added by hand is held no more from tomorrow on; returns its centre. Raises NotThere."""
    found = _of_mine(actor, drop_in_id)
    if found.code:
        raise NotThere("this one comes from the blueprint")
    today = clock.today(actor.zone)
    if found.last is None or found.last > today:
        found.last = max(today, found.first - timedelta(days=1))
        found.save(update_fields=["last"])
        history.record(
            "drop_in.ended", "drop_in", drop_in_id, detail={"last": found.last}, tell=found.centre_id
        )
    return found.centre_id


def skip(actor: Actor, drop_in_id: uuid.UUID, day: date, *, held: bool = False) -> uuid.UUID:
    """A session is not held on one day, or (`held`) on that day after all; returns its centre. Raises NotThere, Refused."""
    found = _of_mine(actor, drop_in_id)
    if day < clock.today(actor.zone):
        raise Refused(_("This day is over."), code="day-over")
    if day.weekday() != found.weekday or day < found.first or (found.last and day > found.last):
        raise Refused(_("This session is not held on that day anyway."), code="not-held")
    days = set(found.skipped_days)
    days = days - {day} if held else days | {day}
    if days != set(found.skipped_days):
        found.skipped_days = sorted(days)
        found.save(update_fields=["skipped_days"])
        verb = "drop_in.held" if held else "drop_in.skipped"
        history.record(verb, "drop_in", drop_in_id, detail={"day": day}, tell=found.centre_id)
    return found.centre_id


def _of_mine(actor: Actor, drop_in_id: uuid.UUID) -> DropIn:
    actors.must(actor, "centre.close")
    found = (
        DropIn.objects.filter(service_id=actor.service, id=drop_in_id).select_for_update(no_key=True).first()
    )
    if found is None:
        raise NotThere("no such session")
    mine(actor, found.centre_id)
    return found


def apply_blueprint(actor: Actor, plan: Blueprint, centres: dict[str, uuid.UUID]) -> None:
    """Put the sessions of a blueprint and the ways between its centres into force.

    A day that was taken out of a session by hand stays out.
    """
    rooms = {
        (one.centre_id, one.code): one.id
        for one in Room.objects.filter(service_id=actor.service).exclude(code="").order_by("id")
    }
    partners = dict(
        Organisation.objects.filter(service_id=actor.service).order_by("code").values_list("code", "id")
    )
    sessions = {
        (centres[centre], part.code, WEEKDAYS.index(day)): {
            "title": dict(part.title),
            "open_access": part.open_access,
            "organisation_id": partners.get(part.organisation or ""),
            "room_id": rooms.get((centres[centre], part.room or "")),
            "stream": part.stream or "",
            "opens": part.opens,
            "closes": part.closes,
            "first": part.starts,
            "last": part.until,
            "except_days": list(part.but),
        }
        for part in plan.drop_ins
        for centre in part.centres or tuple(centres)
        for day in part.days
    }
    brought = bring(DropIn, actor.service, sessions, by=("centre_id", "code", "weekday"))
    kept = [brought[key].id for key in sessions]
    DropIn.objects.filter(service_id=actor.service).exclude(code="").exclude(id__in=kept).delete()
    Travel.objects.filter(service_id=actor.service).delete()
    Travel.objects.bulk_create(
        Travel(
            service_id=actor.service,
            one_id=centres[part.between[0]],
            other_id=centres[part.between[1]],
            minutes=part.minutes,
        )
        for part in plan.travel
    )
