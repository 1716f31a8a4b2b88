"""A person's card and overview."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, reading
from kohti.kernel.actor import Actor
from kohti.people import beside, sight
from kohti.people.models import Contact, Grant, Mark, Person, Representative, Why
from kohti.team.models import Membership

from .watching import not_there


@dataclass(frozen=True, slots=True)
class MarkLine:
    """Something to know of a person for a while. `due`: its day of review has come."""

    id: uuid.UUID
    kind: str
    about: str
    sealed: str
    words: str
    review_on: date
    ends_on: date | None
    due: bool
    reason: str = ""


def age_on(born: date | None, died_on: date | None, day: date) -> int | None:
    """Full years on a day, at most on that of a death; None without a date of birth."""
    if born is None:
        return None
    day = min(day, died_on) if died_on else day
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who a person is, how to reach them, and what to know before meeting them."""

    id: uuid.UUID
    reference: str
    full_name: str
    called: str
    date_of_birth: date | None
    languages: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    centre_id: uuid.UUID
    interpreter: str = ""
    safe_contact: str = ""
    not_by: str = ""
    no_messages: bool = False
    address_hidden: bool = False
    restricted: bool = False
    ways: tuple[Contact, ...] = ()
    marks: tuple[MarkLine, ...] = ()
    beside: beside.Read = ()
    died_on: date | None = None
    died_said: str = ""

    def age_on(self, day: date) -> int | None:
        """Full years on a day, at most on that of their death; None without a date of birth."""
        return age_on(self.date_of_birth, self.died_on, day)

    @property
    def helps(self) -> tuple[MarkLine, ...]:
        """What helps and what makes them vulnerable, as far as it is not sealed."""
        return tuple(mark for mark in self.marks if mark.kind != Mark.Kind.DANGER and not mark.sealed)

    @property
    def danger(self) -> MarkLine | None:
        """The danger note that holds longest, if there is one."""
        found = [mark for mark in self.marks if mark.kind == Mark.Kind.DANGER]
        return max(found, key=lambda mark: mark.ends_on or date.min) if found else None


PERSON = reading.rows_of(Person, f"id = (select {sight.ABOUT})")
WAYS = reading.rows_of(
    Contact, "person_id = %(person)s and ended_at is null order by preferred desc, kind, created_at, id"
)
MARKS = reading.rows_of(
    Mark,
    "person_id = %(person)s and ended_at is null and (ends_on is null or ends_on >= %(today)s) order by created_at, id",
)


def open_person(actor: Actor, person_id: uuid.UUID, *, verb: str = "person.opened") -> PersonCard:
    """A person's card, written into the history as read under `verb`. Two statements.

    Raises NotThere; AskFirst where the record is restricted and somebody else may say more.
    """
    actors.must(actor, "people.open")
    today = clock.today(actor.zone)
    persons, ways, marks, *others = reading.together(
        {"person": person_id, "today": today}, PERSON, WAYS, MARKS, *beside.asked()
    )
    if not persons:
        raise not_there(person_id)
    (person,) = persons
    card = PersonCard(
        person.id,
        person.reference,
        person.full_name,
        person.called,
        person.date_of_birth,
        tuple(person.languages),
        tuple((contact.kind, contact.value) for contact in ways),
        person.centre_id,
        person.interpreter,
        person.safe_contact,
        person.not_by,
        person.no_messages,
        person.address_hidden,
        person.restricted,
        tuple(ways),
        tuple(
            MarkLine(
                mark.id,
                mark.kind,
                mark.about,
                mark.sealed,
                mark.words,
                mark.review_on,
                mark.ends_on,
                mark.review_on <= today,
            )
            for mark in marks
        ),
        tuple((part, row) for part, rows in zip(beside.parts(), others, strict=True) for row in rows),
        person.died_on,
        person.died_said,
    )
    history.record(verb, "person", person.id, persons=[person.id])
    return card


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody of the household, as seen from one of the two. `kind`: what they are to this person."""

    id: uuid.UUID
    other_id: uuid.UUID
    name: str
    kind: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class Moving:
    """The centre a person goes to, and from which day."""

    centre: str
    from_day: date


@dataclass(frozen=True, slots=True)
class Overview:
    """What else we know of a person, as far as the actor may see it."""

    representatives: tuple[Representative, ...]
    household: tuple[Kin, ...]
    reasons: dict[uuid.UUID, str] = field(default_factory=dict)
    moving: Moving | None = None


INVERSE = {"parent": "child"}


KIN = reading.Part(
    """
select h.id, h.kind, h.starts_on, h.person_id = %(person)s as here, p.id as other_id, p.full_name
from people_household h
join people_person p on p.id = case when h.person_id = %(person)s then h.other_id else h.person_id end
where (h.person_id = %(person)s or h.other_id = %(person)s) and h.ended_at is null order by h.created_at, h.id
""",
    lambda row: Kin(
        uuid.UUID(row["id"]),
        uuid.UUID(row["other_id"]),
        row["full_name"],
        str(INVERSE.get(row["kind"], row["kind"]) if row["here"] else row["kind"]),
        date.fromisoformat(row["starts_on"]),
    ),
)
REPRESENTATIVES = reading.rows_of(
    Representative,
    "person_id = %(person)s and ended_at is null and (ends_on is null or ends_on >= %(today)s) order by created_at, id",
)
REASONS = reading.rows_of(Why, "person_id = %(person)s order by created_at")
MOVING = reading.Part(
    """
select c.name, t.from_day from people_transfer t join team_centre c on c.id = t.to_centre_id
where t.person_id = %(person)s and t.done_at is null order by t.created_at limit 1
""",
    lambda row: Moving(row["name"], date.fromisoformat(row["from_day"])),
)


def overview(person_id: uuid.UUID, today: date) -> Overview:
    """Who speaks for a person, who belongs to them, the reasons one may know. One statement."""
    household, representatives, reasons, moving = reading.together(
        {"person": person_id, "today": today}, KIN, REPRESENTATIVES, REASONS, MOVING
    )
    return Overview(
        tuple(representatives),
        tuple(household),
        {row.about_id: row.words for row in reasons},
        moving[0] if moving else None,
    )


def people_named(centre_id: uuid.UUID, folded: Iterable[str]) -> list[Person]:
    """The people of a centre with one of these folded names, oldest first. One statement."""
    return list(
        Person.objects.filter(centre_id=centre_id, folded__in=set(folded), merged_into=None).order_by(
            "created_at", "id"
        )
    )


def contacts_of(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """How each of these people can be reached now: kind and value, oldest first. One statement."""
    found: dict[uuid.UUID, list[tuple[str, str]]] = {person_id: [] for person_id in person_ids}
    for contact in Contact.objects.filter(person_id__in=found, ended_at=None).order_by("created_at", "id"):
        found[contact.person_id].append((contact.kind, contact.value))
    return found


@dataclass(frozen=True, slots=True)
class Sight:
    """A colleague who may see a person now: what, what for, until when."""

    id: uuid.UUID
    name: str
    field: str
    purpose: str
    starts: datetime
    ends: datetime


def who_sees(person_id: uuid.UUID) -> list[Sight]:
    """The colleagues granted sight of a person now, as far as the actor may know. One statement."""
    now = clock.now()
    rows = (
        Grant.objects.filter(person_id=person_id, to_member__isnull=False, starts__lte=now, ends__gt=now)
        .exclude(purpose="share")
        .select_related("to_member__staff")
        .order_by("starts", "id")
    )
    found = []
    for row in rows:
        assert row.to_member is not None
        found.append(
            Sight(row.id, row.to_member.staff.full_name, row.field, row.purpose, row.starts, row.ends)
        )
    return found


def colleagues_who_may_see(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The memberships of the service that hold now and open people's pages, by name. One statement."""
    now = clock.now()
    rows = (
        Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), service_id=actor.service, starts__lte=now)
        .filter(role__verbs__contains=["people.open"])
        .select_related("staff", "centre")
        .order_by("staff__sort_key", "id")[:500]
    )
    return [(row.id, f"{row.staff.full_name}, {row.centre.name}") for row in rows]
