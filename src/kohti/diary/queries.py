"""Reads of the diary for pages, commands and the rooms above."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people.queries import contacts_of
from kohti.team.models import Centre

from .file import Booked
from .models import Booking, Closure, Kind, Opening, Room


def opening(centre_id: uuid.UUID, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When a centre opens and closes on a day, as instants; None when it stays closed. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.opens, least(o.closes, c.closes) from diary_opening o"
            " left join diary_closure c on c.centre_id = o.centre_id and c.day = %s"
            " where o.centre_id = %s and o.weekday = %s and (c.id is null or c.closes > o.opens)",
            [day, centre_id, day.weekday()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return tuple(datetime.combine(day, wall, zone).astimezone(clock.now().tzinfo) for wall in row)  # type: ignore[return-value]


def booked_on(
    centre_id: uuid.UUID,
    days: Iterable[date],
    references: Iterable[str],
    zone: ZoneInfo,
    *,
    hold: bool = False,
) -> list[tuple[uuid.UUID, Booked]]:
    """What a centre's diary holds on these days or under these references, as a file would say it.

    Two statements: the bookings, and the people's contacts. The kind is the blueprint's code. With
    `hold` nobody else changes these bookings before this transaction ends.
    """
    bookings = Booking.objects.select_for_update(of=("self",), no_key=True) if hold else Booking.objects
    rows = list(
        bookings.filter(centre_id=centre_id)
        .filter(Q(day__in=set(days)) | Q(reference__in={one for one in references if one}))
        .select_related("person", "staff", "kind")
        .order_by("starts", "id")
    )
    contacts = contacts_of({row.person_id for row in rows if row.person_id})

    def latest(row: Booking, wanted: str) -> str:
        held = contacts[row.person_id] if row.person_id else ()
        return next((value for kind, value in reversed(held) if kind == wanted), "")

    return [
        (
            row.id,
            Booked(
                reference=row.reference,
                starts=row.starts.astimezone(zone).replace(tzinfo=None),
                minutes=int((row.ends - row.starts) / timedelta(minutes=1)),
                customer=row.person.full_name if row.person else "",
                date_of_birth=row.person.date_of_birth if row.person else None,
                phone=latest(row, "phone"),
                email=latest(row, "email"),
                also=tuple(value for _kind, value in contacts[row.person_id]) if row.person_id else (),
                staff=row.staff.full_name if row.staff else "",
                kind=row.kind.code,
                note=row.note,
                fixed=row.state != Booking.State.BOOKED,
                holds=row.state in (Booking.State.BOOKED, Booking.State.KEPT),
            ),
        )
        for row in rows
    ]


def kinds_in_files(service_id: uuid.UUID) -> dict[str, Kind]:
    """The kinds of appointment by how files write them, in lower case. One statement."""
    found: dict[str, Kind] = {}
    for kind in Kind.objects.filter(service_id=service_id, retired=False).order_by("code"):
        for written in (kind.code, *kind.title.values(), *kind.in_files):
            found.setdefault(str(written).casefold(), kind)
    return found


# centres


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day on which a centre stays closed, or `closes` at a wall time; `booked`: how many have an appointment all the same."""

    id: uuid.UUID
    day: date
    closes: time | None
    title: str
    by_hand: bool
    booked: int


@dataclass(frozen=True, slots=True)
class CentrePage:
    """A centre: where it is, when it is open (by weekday, 0 Monday), when it is not, and its rooms."""

    id: uuid.UUID
    name: str
    address: str
    retired: bool
    hours: tuple[tuple[int, time, time], ...]
    closed: tuple[ClosedDay, ...]
    rooms: tuple[str, ...]


def centre_page(actor: Actor, centre_id: uuid.UUID, *, most: int = 60) -> CentrePage:
    """A centre of the service for who administers it, else one's own. Five statements. Raises NotThere."""
    if actor.scope != "administration" and centre_id != actor.centre_id:
        raise NotThere("no such centre")
    centre = Centre.objects.filter(service_id=actor.service, id=centre_id).first()
    if centre is None:
        raise NotThere("no such centre")
    hours = Opening.objects.filter(centre_id=centre_id).order_by("weekday")
    closed = list(
        Closure.objects.filter(centre_id=centre_id, day__gte=clock.today(actor.zone)).order_by("day", "id")[
            :most
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from kohti.booked_on(%s, %s::date[])", [centre_id, [one.day for one in closed]]
        )
        booked = {row[0]: int(row[1]) for row in cursor.fetchall()}
    return CentrePage(
        centre.id,
        centre.name,
        centre.address,
        centre.retired,
        tuple((one.weekday, one.opens, one.closes) for one in hours),
        tuple(
            ClosedDay(
                one.id, one.day, one.closes, words.title(one.title), one.by_hand, booked.get(one.day, 0)
            )
            for one in closed
        ),
        tuple(
            Room.objects.filter(centre_id=centre_id, retired=False)
            .order_by("name")
            .values_list("name", flat=True)
        ),
    )
