"""Reads of the team for pages and commands."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere

from .models import BlueprintVersion, Service, Staff


@dataclass(frozen=True, slots=True)
class MembershipOfUser:
    """One place where a user may work now."""

    member_id: uuid.UUID
    service: str
    centre: str
    role_title: str


def memberships_of(user_id: uuid.UUID) -> list[MembershipOfUser]:
    """Where a user may work now, in a fixed order. One statement; asked at the door."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.memberships_of(%s, %s)", [user_id, clock.now()])
        return [MembershipOfUser(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class PlaceNotNow:
    """One place where a user worked until a day, or will from a day on; the days are the service's own."""

    service: str
    centre: str
    begins: date | None
    ended: date | None


def places_not_now(user_id: uuid.UUID) -> list[PlaceNotNow]:
    """Where a user worked last or is to begin, at most three. One statement; asked at the door."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.places_not_now(%s, %s)", [user_id, now])
        return [
            PlaceNotNow(
                service,
                centre,
                starts.astimezone(ZoneInfo(zone)).date() if starts > now else None,
                ends.astimezone(ZoneInfo(zone)).date() if ends is not None and ends <= now else None,
            )
            for service, centre, zone, starts, ends in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account of the sample data, for its sign-in page."""

    user_id: uuid.UUID
    username: str
    service: str
    service_code: str
    theme: dict[str, Any]
    centre: str
    role: str
    role_title: str
    name: str
    verbs: list[str]


def sample_accounts() -> list[SampleAccount]:
    """The accounts of the sample data; none where the data are real. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.sample_accounts()")
        found = [list(row) for row in cursor.fetchall()]
    for row in found:
        row[4], row[9] = json.loads(row[4]), json.loads(row[9])
    return [SampleAccount(*row) for row in found]


_plans: dict[uuid.UUID, tuple[int, Blueprint]] = {}
"""The blueprint in force by service, as this process read it last."""


def blueprint(actor: Actor) -> Blueprint:
    """The blueprint in force in the actor's service: stages, fields of life, plan rules, targets, words.

    Asks nothing of the database while a member's facts say that the version this process knows is still the
    one in force; else one statement, or two for an actor who does not know the version.
    Raises NotThere for a service that has none.
    """
    service = actor.service
    number: int | None = actor.facts.get("version")
    if number is None:
        number = Service.objects.filter(id=service).values_list("version", flat=True).first() or 0
    known = _plans.get(service)
    if known is not None and known[0] == number:
        return known[1]
    rows = BlueprintVersion.objects.filter(service_id=service, number=number)
    plan = rows.values_list("plan", flat=True).first()
    if not plan:
        raise NotThere("no blueprint")
    made = Blueprint.from_json(plan)
    _plans[service] = (number, made)
    return made


@dataclass(frozen=True, slots=True)
class Colleague:
    """A line of the team page."""

    id: uuid.UUID
    name: str
    confirmed_at: datetime | None


def colleagues(centre_id: Any) -> list[Colleague]:
    """The colleagues of a centre in the order of their names, those to confirm first. One statement."""
    rows = Staff.objects.filter(centre_id=centre_id).values_list(
        "id", "full_name", "confirmed_at", "sort_key"
    )
    ordered = sorted(rows, key=lambda row: (row[2] is not None, row[3]))
    return [Colleague(row[0], row[1], row[2]) for row in ordered]
