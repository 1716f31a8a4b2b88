"""What the leader of a centre is to look at, and who is asked about a restricted record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.people.models import Alert, Grant, Transfer

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class AlertLine:
    """Something to look at. `name` is empty and `person_id` none where the person is not the actor's to see."""

    id: uuid.UUID
    kind: str
    at: datetime
    until: datetime | None
    who: str
    words: str
    person_id: uuid.UUID | None
    name: str
    reference: str
    hidden: bool
    seen: bool


def alerts(actor: Actor) -> list[AlertLine]:
    """The newest of what the leader of a centre is to look at, what was not seen first. Two statements."""
    actors.must(actor, "people.alerts")
    rows = (
        Alert.objects.filter(centre_id=actor.centre)
        .select_related("by_staff")
        .extra(
            select={
                "name": "select p.full_name from people_person p where p.id = people_alert.person_id",
                "reference": "select p.reference from people_person p where p.id = people_alert.person_id",
            },
            order_by=["-at", "-id"],
        )[:A_PAGE]
    )
    found = [
        AlertLine(
            row.id,
            row.kind,
            row.at,
            row.until,
            row.by_staff.full_name if row.by_staff else "",
            row.words,
            row.person_id if row.reference else None,
            row.name or "",
            row.reference or "",
            not row.reference,
            row.seen_at is not None,
        )
        for row in rows
    ]
    persons = [one.person_id for one in found if one.person_id]
    if persons:
        history.record("person.found", "alerts", None, persons=sorted(set(persons)))
    return sorted(found, key=lambda one: one.seen)


def restriction_of(person_id: uuid.UUID) -> str | None:
    """Whom to ask about a restricted record, empty where nobody of them is left; None where it is not restricted.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.whom_to_ask(%s)", [person_id])
        row = cursor.fetchone()
    return row[0] if row else None


def transfers_of(person_id: uuid.UUID) -> list[Transfer]:
    """The transfers of a person, newest first. One statement."""
    return list(
        Transfer.objects.filter(person_id=person_id)
        .select_related("from_centre", "to_centre")
        .order_by("-created_at", "-id")[:A_PAGE]
    )


def coming_at(actor: Actor, person_id: uuid.UUID) -> list[datetime]:
    """When a person is expected at the actor's centre from now on: the first days of it. One statement."""
    rows = Grant.objects.filter(
        person_id=person_id, to_centre_id=actor.centre, because_kind="booking", ends__gt=clock.now()
    )
    return list(rows.order_by("starts", "id").values_list("starts", flat=True)[:20])
