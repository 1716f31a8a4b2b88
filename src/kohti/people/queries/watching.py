"""What the leader of a centre is to look at, and who is asked about a restricted record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people.models import Grant, Mark, Transfer

A_PAGE = 50
MOST_REVIEWED = 100


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


ALERTS = """
select a.id, a.kind, a.at, a.until, coalesce(s.full_name, ''), a.words, p.id, coalesce(p.full_name, ''),
    coalesce(p.reference, ''), p.id is null, a.seen_at is not null
from people_alert a left join team_staff s on s.id = a.by_staff_id left join people_person p on p.id = a.person_id
where a.centre_id = %(centre)s and {which} order by a.at desc, a.id desc limit %(most)s
"""


def alerts(actor: Actor) -> list[AlertLine]:
    """The newest of what the leader of a centre is to look at, what was not seen first. Two statements."""
    return sorted(_alerts(actor, "true"), key=lambda one: one.seen)


def emergencies(actor: Actor) -> list[AlertLine]:
    """The newest emergency accesses at the centre that its leader has not looked at. Two statements."""
    return _alerts(actor, "a.kind = 'emergency' and a.seen_at is null")


def _alerts(actor: Actor, which: str) -> list[AlertLine]:
    actors.must(actor, "people.alerts")
    with connection.cursor() as cursor:
        cursor.execute(ALERTS.format(which=which), {"centre": actor.centre, "most": A_PAGE})
        found = [AlertLine(*row) for row in cursor.fetchall()]
    persons = [one.person_id for one in found if one.person_id]
    if persons:
        history.record("person.found", "alerts", None, persons=sorted(set(persons)))
    return found


SOON = timedelta(days=14)
"""How long before its end a danger note is to be looked at."""


@dataclass(frozen=True, slots=True)
class ToReview:
    """A mark of somebody of the centre whose day is near or has come. `on`: when it ends, or was to be looked at."""

    id: uuid.UUID
    kind: str
    words: str
    on: date
    over: bool
    person_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A restricted record that concerns a centre. `person_id` is none and `name` empty for who may not open it."""

    ask: str
    since: datetime
    person_id: uuid.UUID | None
    name: str


def to_review(actor: Actor) -> tuple[list[ToReview], list[Closed]]:
    """What the leader of a centre goes through again: marks whose day has come, those of danger two weeks before
    they end and until somebody ends them; and the restricted records of the centre or asked about there.

    Soonest first, at most a hundred of each. Two statements; whom it shows is in the history.
    """
    actors.must(actor, "people.alerts")
    today = clock.today(actor.zone)
    danger = Q(kind=Mark.Kind.DANGER, ends_on__lte=today + SOON)
    other = ~Q(kind=Mark.Kind.DANGER) & (Q(review_on__lte=today) | Q(ends_on__lt=today))
    rows = (
        Mark.objects.filter(danger | other, ended_at=None, person__centre_id=actor.centre)
        .select_related("person")
        .order_by("review_on", "id")[:MOST_REVIEWED]
    )
    marks = [
        ToReview(
            row.id,
            row.kind,
            row.words,
            row.ends_on or row.review_on,
            row.ends_on is not None and row.ends_on < today,
            row.person_id,
            row.person.full_name or row.person.reference,
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(kohti.whom_to_ask(r.person_id), ''), r.starts, p.id,"
            " coalesce(nullif(p.full_name, ''), p.reference, '') from people_restriction r"
            " left join people_person p on p.id = r.person_id join team_staff s on s.id = r.ask_staff_id"
            " where r.service_id = %(service)s and r.ended_at is null"
            " and (p.centre_id = %(centre)s or s.centre_id = %(centre)s) order by r.starts, r.id limit %(most)s",
            {"service": actor.service, "centre": actor.centre, "most": MOST_REVIEWED},
        )
        closed = [Closed(*row) for row in cursor.fetchall()]
    persons = {one.person_id for one in marks} | {one.person_id for one in closed if one.person_id}
    if persons:
        history.record("person.found", "review", None, persons=sorted(persons))
    return marks, closed


def mark_of(person_id: uuid.UUID, mark_id: uuid.UUID) -> Mark:
    """A mark of a person that nobody has ended. One statement. Raises NotThere."""
    found = Mark.objects.filter(id=mark_id, person_id=person_id, ended_at=None).first()
    if found is None:
        raise NotThere("no such mark")
    return found


class AskFirst(NotThere):
    """A record that is open to named people only, and not to this actor. They may know whom to ask, and no more."""

    def __init__(self, person_id: uuid.UUID, ask: str) -> None:
        super().__init__("no such person")
        self.person_id, self.ask = person_id, ask


def not_there(person_id: uuid.UUID) -> NotThere:
    """What to raise of somebody the actor does not see: whom to ask where the record is restricted. One statement."""
    ask = restriction_of(person_id)
    return NotThere("no such person") if ask is None else AskFirst(person_id, ask)


def restriction_of(person_id: uuid.UUID) -> str | None:
    """Whom to ask about a restricted record, empty where nobody of them is left; None where it is not restricted.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.whom_to_ask(%s)", [person_id])
        row = cursor.fetchone()
    return row[0] if row else None


def leads_to(person_id: uuid.UUID) -> uuid.UUID | None:
    """The record that this one became part of, for whoever may see it; else None. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.leads_to(%s)", [person_id])
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
