"""Reads of the team for pages and commands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kohti.kernel import clock

from .models import Staff


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
class SampleAccount:
    """An account of the sample data, for its sign-in page."""

    user_id: uuid.UUID
    username: str
    service: str
    service_code: str
    theme: str
    centre: str
    role: str
    role_title: str
    name: str


def sample_accounts() -> list[SampleAccount]:
    """The accounts of the sample data; none where the data are real. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.sample_accounts()")
        return [SampleAccount(*row) for row in cursor.fetchall()]


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
