"""Reads of the diary for pages, commands and the rooms above."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from kohti.kernel import clock
from kohti.people.queries import contacts_of

from .file import Booked
from .models import Booking, Kind, Opening


def opening(centre_id: uuid.UUID, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When a centre opens and closes on a day, as instants; None when it stays closed. One statement."""
    row = (
        Opening.objects.filter(centre_id=centre_id, weekday=day.weekday())
        .extra(
            where=["not exists (select 1 from diary_closure c where c.centre_id = %s and c.day = %s)"],
            params=[centre_id, day],
        )
        .values_list("opens", "closes")
        .first()
    )
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
        for words in (kind.code, *kind.title.values(), *kind.in_files):
            found.setdefault(str(words).casefold(), kind)
    return found
