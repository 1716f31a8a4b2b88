"""What pages of the line read: how long each still waits, who could take somebody over, who was in the building."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor

from .models import IN_LINE
from .paces import Line, still
from .queries import IN_ORDER, Card


class Standing(NamedTuple):
    """An open visit, as far as the waits of others depend on it."""

    id: uuid.UUID
    stream: str
    state: str
    staff_id: uuid.UUID | None
    with_staff_id: uuid.UUID | None
    agreed_at: datetime | None


def standing(centre_id: uuid.UUID, day: date) -> list[Standing]:
    """The open visits of a centre's day in the order they will be called. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select v.id, t.code, case when v.state <> 'waiting' or {IN_LINE} then v.state else 'parked' end,"
            " v.staff_id, v.with_staff_id, v.agreed_at from frontdesk_visit v"
            " join frontdesk_stream t on t.id = v.stream_id"
            f" where v.centre_id = %s and v.day = %s and v.is_open{IN_ORDER}",
            [centre_id, day],
        )
        return [Standing._make(row) for row in cursor.fetchall()]


def waits_of(cards: Sequence[Card | Standing], lines: Sequence[Line]) -> dict[uuid.UUID, int | None]:
    """How many minutes, as one says them, each waiting visit of a whole queue (in its order) still waits.

    Whoever waits for a named colleague waits behind that colleague's others; anybody else behind those of the line.
    """
    by_code = {line.code: line for line in lines}
    busy = {card.with_staff_id for card in cards if card.with_staff_id}
    ahead: dict[object, int] = {}
    found: dict[uuid.UUID, int | None] = {}
    for card in cards:
        line = by_code.get(card.stream)
        if card.state != "waiting" or line is None:
            continue
        pool: object = card.staff_id or card.stream
        found[card.id] = still(
            line,
            ahead.get(pool, 0),
            named=card.staff_id is not None,
            busy=card.staff_id in busy,
            agreed_at=card.agreed_at,
        )
        ahead[pool] = ahead.get(pool, 0) + 1
    return found


def as_told(waits: Mapping[uuid.UUID, int | None]) -> str:
    """How long each still waits, as the script of the queue reads it: visits and minutes in turn."""
    return " ".join(f"{visit_id} {minutes}" for visit_id, minutes in waits.items() if minutes is not None)


class AtWork(NamedTuple):
    """A colleague with a place at the centre now."""

    id: uuid.UUID
    name: str


def colleagues_here(actor: Actor) -> list[AtWork]:
    """Who works at the actor's centre now and is not away, by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, s.full_name from team_staff s where exists (select 1 from team_membership m"
            " where m.staff_id = s.id and m.centre_id = %(centre)s and m.starts <= %(now)s"
            " and (m.ends is null or m.ends > %(now)s)) and not exists (select 1 from diary_absence a"
            " where a.staff_id = s.id and a.starts <= %(now)s and a.ends > %(now)s) order by s.sort_key, s.id",
            {"centre": actor.centre, "now": clock.now()},
        )
        return [AtWork(*row) for row in cursor.fetchall()]


class Follows(NamedTuple):
    """What the next appointment of somebody who is being seen would be."""

    person_id: uuid.UUID
    staff_id: uuid.UUID
    staff: str
    kind_id: uuid.UUID
    minutes: int


def follows(actor: Actor, visit_id: uuid.UUID) -> Follows | None:
    """The next appointment that can be offered: with who sees them now, of the kind it was; None for a stranger.

    One statement. The kind of somebody without an appointment is the shortest of the service.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.person_id, s.id, s.full_name, k.id, k.minutes from frontdesk_visit v"
            " join team_staff s on s.id = v.with_staff_id left join diary_booking b on b.id = v.booking_id"
            " join lateral (select k.id, k.minutes from diary_kind k where k.service_id = v.service_id"
            " and (k.id = b.kind_id or (b.id is null and not k.retired)) order by k.minutes, k.code limit 1) k on true"
            " where v.id = %s and v.state = 'serving' and v.person_id is not null",
            [visit_id],
        )
        row = cursor.fetchone()
    return None if row is None else Follows(*row)


def out_since(actor: Actor) -> datetime | None:
    """Since when everybody is out of the actor's centre today; None while it is not so. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select alarm_at from frontdesk_day where centre_id = %s and day = %s",
            [actor.centre, clock.today(actor.zone)],
        )
        row = cursor.fetchone()
    return row[0] if row else None


class Inside(NamedTuple):
    """Somebody who was in the building when it was left."""

    ticket: str
    name: str
    desk: str
    staff: str
    person_id: uuid.UUID | None


def who_was_inside(actor: Actor) -> list[Inside]:
    """The visits that the alarm of today closed, by ticket, with names where the role sees them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.letter || lpad(v.number::text, 3, '0'), coalesce(p.full_name, v.given_name), v.desk,"
            " coalesce(s.full_name, ''), p.id from frontdesk_visit v"
            " left join people_person p on p.id = v.person_id left join team_staff s on s.id = v.with_staff_id"
            " where v.centre_id = %s and v.day = %s and v.ending = 'alarm' order by v.number",
            [actor.centre, clock.today(actor.zone)],
        )
        return [Inside._make(row) for row in cursor.fetchall()]


class Asked(NamedTuple):
    """A colleague who asks for help, and who goes."""

    id: uuid.UUID
    name: str
    desk: str
    comes: str
    staff_id: uuid.UUID


def asked_now(actor: Actor) -> list[Asked]:
    """Who asks for help at the actor's centre now, oldest first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.id, s.full_name, h.desk, coalesce(c.full_name, ''), s.id from frontdesk_help h"
            " join team_staff s on s.id = h.staff_id left join team_staff c on c.id = h.comes_id"
            " where h.centre_id = %s and h.day = %s and h.ended_at is null order by h.asked_at, h.id",
            [actor.centre, clock.today(actor.zone)],
        )
        return [Asked._make(row) for row in cursor.fetchall()]
