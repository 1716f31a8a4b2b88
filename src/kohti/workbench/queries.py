"""What happened in a service, for who may look: the history read as a list.

Row policies decide which events: all of the service's for who administers it, those of one's own colleagues
for who leads a centre. Names of people stand beside an event only for who may see these people, and then
that is itself an event.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.models import HistoryEvent
from kohti.people.models import Person
from kohti.team.models import Invitation, Membership, Staff

PAGE = 50
MOST_EXPORTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which events: of one colleague (as diaries know them), of a verb, about a kind of thing, on a day, about a
    person."""

    staff_id: uuid.UUID | None = None
    verb: str = ""
    subject: str = ""
    day: date | None = None
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: when, who (empty for nobody in person) in which role, what, and about whom or what."""

    id: uuid.UUID
    at: datetime
    kind: str
    who: str
    staff_id: uuid.UUID | None
    verb: str
    subject: str
    colleague: str
    persons: tuple[tuple[uuid.UUID, str], ...]
    unnamed: int


def _events(actor: Actor, asked: Asked) -> Q:
    found = Q(service_id=actor.service)
    if asked.staff_id is not None:
        users = Membership.objects.filter(service_id=actor.service, staff_id=asked.staff_id).values("user_id")
        members = Membership.objects.filter(service_id=actor.service, user_id__in=users)
        found &= Q(member_id__in=list(members.values_list("id", flat=True)))
    if asked.verb:
        found &= Q(verb=asked.verb)
    if asked.subject:
        found &= Q(subject_kind=asked.subject)
    if asked.day is not None:
        begins = clock.local(asked.day, "00:00", actor.zone)
        ends = clock.local(asked.day + timedelta(days=1), "00:00", actor.zone)
        found &= Q(at__gte=begins, at__lt=ends)
    if asked.person_id is not None:
        found &= Q(person_ids__overlap=_records(asked.person_id))
    return found


def _records(person_id: uuid.UUID) -> list[uuid.UUID]:
    """The person's own record and those that became part of it. One statement. Raises NotThere."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.records_of(%s)", [person_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotThere("no such person")
    return list(row[0])


def happenings(
    actor: Actor, asked: Asked, *, after: uuid.UUID | None = None, most: int = PAGE
) -> tuple[list[Happening], uuid.UUID | None]:
    """A page of what happened, newest first, and where the next one begins. At most six statements.

    Asking for one person needs the right to open their page, and sight of them. Raises NotThere.
    """
    actors.must(actor, "audit.see")
    if asked.person_id is not None:
        actors.must(actor, "people.open")
    wanted = HistoryEvent.objects.filter(_events(actor, asked))
    if after is not None:
        last = HistoryEvent.objects.filter(id=after).values_list("at", "id").first()
        if last is None:
            raise NotThere("no such event")
        wanted = wanted.filter(Q(at__lt=last[0]) | Q(at=last[0], id__lt=last[1]))
    rows = list(wanted.order_by("-at", "-id")[: most + 1])
    shown = _named(actor, rows[:most])
    seen = {person_id for one in shown for person_id, _name in one.persons}
    if asked.person_id is not None:
        seen.add(asked.person_id)
    if seen:
        history.record("audit.read", "service", actor.service, persons=sorted(seen))
    return shown, rows[most - 1].id if len(rows) > most else None


def export(actor: Actor, asked: Asked) -> list[Happening]:
    """The newest of what happened, at most 10,000 events, to be taken away; which is itself an event."""
    found, _more = happenings(actor, asked, most=MOST_EXPORTED)
    history.record("audit.exported", "service", actor.service, detail={"events": len(found)})
    return found


def _named(actor: Actor, rows: Sequence[HistoryEvent]) -> list[Happening]:
    """The events with the names of colleagues, and of people where the actor sees them."""
    about = {row.subject_id for row in rows if row.subject_kind == "membership"}
    about |= {row.member_id for row in rows}
    ids = [one for one in about if one is not None]
    members = {one.id: one.staff for one in Membership.objects.filter(id__in=ids).select_related("staff")}
    named = [row.subject_id for row in rows if row.subject_kind == "staff" and row.subject_id is not None]
    staff = {one.id: one for one in Staff.objects.filter(id__in=named)}
    offered = [
        row.subject_id for row in rows if row.subject_kind == "invitation" and row.subject_id is not None
    ]
    invited = (
        dict(Invitation.objects.filter(id__in=offered).values_list("id", "full_name")) if offered else {}
    )
    wanted = {person_id for row in rows for person_id in row.person_ids}
    people: dict[uuid.UUID, str] = {}
    if wanted and actors.may(actor, "people.open"):
        people = dict(Person.objects.filter(id__in=wanted).values_list("id", "full_name"))
    found = []
    for row in rows:
        by = members.get(row.member_id) if row.member_id else None
        colleague = None
        if row.subject_kind == "membership" and row.subject_id is not None:
            colleague = members.get(row.subject_id)
        elif row.subject_kind == "staff" and row.subject_id is not None:
            colleague = staff.get(row.subject_id)
        persons = tuple((one, people[one]) for one in row.person_ids if one in people)
        found.append(
            Happening(
                row.id,
                row.at,
                row.kind,
                by.full_name if by else "",
                by.id if by else None,
                row.verb,
                row.subject_kind,
                colleague.full_name if colleague else _invited(invited, row.subject_id),
                persons,
                len(row.person_ids) - len(persons),
            )
        )
    return found


def _invited(invited: dict[uuid.UUID, str], subject_id: uuid.UUID | None) -> str:
    return invited.get(subject_id, "") if subject_id is not None else ""


def name_of(actor: Actor, staff_id: uuid.UUID) -> str:
    """A colleague's name; of one's own centre for who leads one. Raises NotThere."""
    rows = Staff.objects.filter(service_id=actor.service, id=staff_id)
    if actor.scope != "administration":
        rows = rows.filter(centre_id=actor.centre)
    name = rows.values_list("full_name", flat=True).first()
    if name is None:
        raise NotThere("no such colleague")
    return str(name)
