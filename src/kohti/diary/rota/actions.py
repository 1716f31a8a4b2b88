"""Keeping the rota: another one from a day on, its end, holidays, and who is away and who stands in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import combinations

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Organisation, Staff

from ..actions.absences import be_away
from ..models import Absence, Room
from .models import Rota, RotaChange, RotaLine

MOST_LINES = 200
"""More than so many in one rota are a mistake: thirty people on five days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Somebody is there on a weekday (0 Monday), between two local wall times; without `staff_id` whoever is sent."""

    weekday: int
    opens: time
    closes: time
    staff_id: uuid.UUID | None = None
    room_id: uuid.UUID | None = None


def keep_rota(
    actor: Actor, organisation_id: uuid.UUID, starts: date, lines: Sequence[Placed], *, key: str
) -> uuid.UUID:
    """Place people of an organisation at the actor's centre from a day on; returns the rota.

    What held there for the organisation ends the day before, and what was to begin later never does. What is booked
    already stands. Again with the same key changes nothing. Raises NotThere, and Refused, in words, for a day that is
    over, hours in no order, and somebody who would be in two places at once.
    """
    actors.must(actor, "rota.keep")
    made = new_id()
    before = once.first_time("rota.made", key, made)
    if before is not None:
        return before
    organisation = _organisation(actor, organisation_id)
    if starts < clock.today(actor.zone):
        raise Refused(_("This day is over."), code="day-over")
    if not lines:
        raise Refused(_("This rota is empty. If it is to end, use “End a rota”."), code="nobody")
    if len(lines) > MOST_LINES:
        raise Refused(_("These are too many lines for one rota."), code="too-many")
    if any(one.closes <= one.opens for one in lines):
        raise Refused(_("The end comes before the beginning."), code="order")
    _known(actor, lines)
    _in_one_place(actor, organisation_id, starts, lines)
    for held in _held(actor, organisation_id).filter(Q(ends=None) | Q(ends__gt=starts)).order_by("starts"):
        _end(actor, held, max(held.starts, starts))
    try:
        with transaction.atomic():
            Rota.objects.create(
                id=made,
                service_id=actor.service,
                centre_id=actor.centre,
                organisation_id=organisation_id,
                starts=starts,
                by_member=actor.member_id,
                at=clock.now(),
            )
    except IntegrityError as trouble:
        raise Refused(
            _("Somebody changed this rota just now. Load the page again."), code="changed"
        ) from trouble
    RotaLine.objects.bulk_create(
        RotaLine(
            service_id=actor.service,
            rota_id=made,
            staff_id=one.staff_id,
            room_id=one.room_id,
            weekday=one.weekday,
            opens=one.opens,
            closes=one.closes,
        )
        for one in lines
    )
    history.record(
        "rota.made",
        "rota",
        made,
        detail={"organisation": organisation.name, "starts": starts, "lines": len(lines)},
        tell=actor.centre,
    )
    return made


def end_rota(actor: Actor, rota_id: uuid.UUID, last: date) -> None:
    """A rota holds for the last time on a day; one that has not begun by then never does. Again changes nothing.

    Raises NotThere; Refused for a day before yesterday, because what was is not changed.
    """
    actors.must(actor, "rota.keep")
    held = Rota.objects.filter(id=rota_id, centre_id=actor.centre).select_for_update(no_key=True).first()
    if held is None:
        raise NotThere("no such rota")
    if last < clock.today(actor.zone) - timedelta(days=1):
        raise Refused(_("This day is over."), code="day-over")
    ends = max(held.starts, last + timedelta(days=1))
    if held.ends is None or held.ends > ends:
        _end(actor, held, ends)


def nobody_comes(actor: Actor, organisation_id: uuid.UUID, first: date, last: date, *, key: str) -> uuid.UUID:
    """Nobody of an organisation comes from a day to a day, both included: its holiday. Raises NotThere, Refused."""
    actors.must(actor, "rota.keep")
    made = new_id()
    before = once.first_time("rota.holiday", key, made)
    if before is not None:
        return before
    organisation = _organisation(actor, organisation_id)
    _in_order(actor, first, last)
    _change(actor, made, organisation_id, first, last)
    detail = {"organisation": organisation.name, "first": first, "last": last}
    history.record("rota.holiday", "rota", made, detail=detail, tell=actor.centre)
    return made


def away(
    actor: Actor, staff_id: uuid.UUID, first: date, last: date, *, cover_id: uuid.UUID | None = None, key: str
) -> uuid.UUID:
    """A placed colleague is away from a day to a day, both included, and perhaps somebody stands in.

    That they are away is an absence like anybody's, where they belong to this centre and it is not noted yet. Returns
    what was made: the standing in, else the absence. Raises NotThere; Refused for days in no order, where nothing
    places the colleague here, where they belong to another centre and nobody stands in, and where somebody does already.
    """
    actors.must(actor, "rota.keep")
    made = new_id()
    before = once.first_time("rota.away", key, made)
    if before is not None:
        return before
    _in_order(actor, first, last)
    staff = Staff.objects.filter(id=staff_id, service_id=actor.service).first()
    placed = (
        RotaLine.objects.filter(staff_id=staff_id, rota__centre_id=actor.centre, rota__starts__lte=last)
        .filter(Q(rota__ends=None) | Q(rota__ends__gt=first))
        .order_by("-rota__starts")
        .values_list("rota__organisation_id", flat=True)
        .first()
    )
    if staff is None or placed is None:
        raise Refused(_("No rota places this colleague here then."), code="not-placed")
    if staff.centre_id == actor.centre and not _away_already(actor, staff_id, first, last):
        noted = be_away(actor, staff_id, first, last, key=f"{key}:away")
        if cover_id is None:
            made = noted
    elif cover_id is None and staff.centre_id != actor.centre:
        raise Refused(
            _("They belong to another centre: note it there, or say who stands in."), code="elsewhere"
        )
    elif cover_id is None:
        raise Refused(_("This is noted already."), code="noted")
    if cover_id is not None:
        if cover_id == staff_id or not Staff.objects.filter(id=cover_id, service_id=actor.service).exists():
            raise NotThere("no such colleague")
        _change(actor, made, placed, first, last, staff_id=staff_id, cover_id=cover_id)
    history.record(
        "rota.covered" if cover_id else "rota.away",
        "staff",
        staff_id,
        detail={"first": first, "last": last, "cover": cover_id},
        tell=actor.centre,
    )
    return made


def take_back(actor: Actor, change_id: uuid.UUID) -> None:
    """A holiday is none, or somebody does not stand in after all. Again changes nothing. Raises NotThere."""
    actors.must(actor, "rota.keep")
    found = (
        RotaChange.objects.filter(id=change_id, centre_id=actor.centre).select_for_update(no_key=True).first()
    )
    if found is None:
        raise NotThere("no such change")
    if found.ended_at is None:
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])
        detail = {"first": found.first, "last": found.last}
        history.record("rota.taken_back", "rota", change_id, detail=detail, tell=actor.centre)


def _organisation(actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    found = Organisation.objects.filter(service_id=actor.service, id=organisation_id, retired=False).first()
    if found is None:
        raise NotThere("no such organisation")
    return found


def _in_order(actor: Actor, first: date, last: date) -> None:
    if last < first:
        raise Refused(_("The end comes before the beginning."), code="order")
    if last < clock.today(actor.zone):
        raise Refused(_("This day is over."), code="day-over")


def _known(actor: Actor, lines: Sequence[Placed]) -> None:
    staff = {one.staff_id for one in lines if one.staff_id}
    rooms = {one.room_id for one in lines if one.room_id}
    if Staff.objects.filter(service_id=actor.service, id__in=staff).count() != len(staff):
        raise NotThere("no such colleague")
    if Room.objects.filter(centre_id=actor.centre, id__in=rooms).count() != len(rooms):
        raise NotThere("no such room")


def _held(actor: Actor, organisation_id: uuid.UUID) -> QuerySet[Rota]:
    return Rota.objects.filter(centre_id=actor.centre, organisation_id=organisation_id).select_for_update(
        no_key=True
    )


TWICE = """
select s.full_name, l.weekday, c.name from diary_rotaline l join diary_rota r on r.id = l.rota_id
join team_staff s on s.id = l.staff_id join team_centre c on c.id = r.centre_id
join unnest(%(staff)s::uuid[], %(weekdays)s::int[], %(opens)s::time[], %(closes)s::time[]) w(staff_id, weekday, opens, closes)
  on w.staff_id = l.staff_id and w.weekday = l.weekday and w.opens < l.closes and w.closes > l.opens
where r.service_id = %(service)s and (r.ends is null or r.ends > %(starts)s) and (r.ends is null or r.ends > r.starts)
  and not (r.centre_id = %(centre)s and r.organisation_id = %(organisation)s)
order by s.sort_key, l.weekday limit 1
"""


def _in_one_place(actor: Actor, organisation_id: uuid.UUID, starts: date, lines: Sequence[Placed]) -> None:
    """Nobody is placed twice at once, within this rota or beside another of the service."""
    named = [one for one in lines if one.staff_id]
    for one, other in combinations(named, 2):
        if (
            (one.staff_id, one.weekday) == (other.staff_id, other.weekday)
            and one.opens < other.closes
            and other.opens < one.closes
        ):
            name = Staff.objects.filter(id__in=[one.staff_id]).values_list("full_name", flat=True).first()
            said = {"name": name, "day": words.weekday(one.weekday)}
            raise Refused(_("%(name)s stands twice at the same time: %(day)s.") % said, code="twice")
    with connection.cursor() as cursor:
        cursor.execute(
            TWICE,
            {
                "staff": [one.staff_id for one in named],
                "weekdays": [one.weekday for one in named],
                "opens": [one.opens for one in named],
                "closes": [one.closes for one in named],
                "service": actor.service,
                "centre": actor.centre,
                "organisation": organisation_id,
                "starts": starts,
            },
        )
        found = cursor.fetchone()
    if found is not None:
        said = {"name": found[0], "day": words.weekday(found[1]), "centre": found[2]}
        raise Refused(
            _("%(name)s is placed elsewhere at the same time: %(day)s, %(centre)s.") % said, code="elsewhere"
        )


def _end(actor: Actor, held: Rota, ends: date) -> None:
    held.ends = ends
    held.save(update_fields=["ends"])
    history.record(
        "rota.ended", "rota", held.id, detail={"last": ends - timedelta(days=1)}, tell=actor.centre
    )


def _away_already(actor: Actor, staff_id: uuid.UUID, first: date, last: date) -> bool:
    begins = clock.local(first, "00:00", actor.zone)
    ends = clock.local(last + timedelta(days=1), "00:00", actor.zone)
    return Absence.objects.filter(
        staff_id=staff_id, starts__lte=max(begins, clock.now()), ends__gte=ends
    ).exists()


def _change(
    actor: Actor,
    made: uuid.UUID,
    organisation_id: uuid.UUID,
    first: date,
    last: date,
    *,
    staff_id: uuid.UUID | None = None,
    cover_id: uuid.UUID | None = None,
) -> None:
    try:
        with transaction.atomic():
            RotaChange.objects.create(
                id=made,
                service_id=actor.service,
                centre_id=actor.centre,
                organisation_id=organisation_id,
                first=first,
                last=last,
                staff_id=staff_id,
                cover_id=cover_id,
                by_member=actor.member_id,
                at=clock.now(),
            )
    except IntegrityError as trouble:
        raise Refused(_("Somebody stands in on one of these days already."), code="covered") from trouble
