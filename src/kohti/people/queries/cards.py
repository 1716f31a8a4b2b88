"""A person's card and overview."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people.models import Contact, Grant, Household, Mark, Person, Representative, Transfer, Why
from kohti.team.models import Membership


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

    def age_on(self, day: date) -> int | None:
        """Full years on a day, or None without a date of birth."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def helps(self) -> tuple[MarkLine, ...]:
        """What helps and what makes them vulnerable, as far as it is not sealed."""
        return tuple(mark for mark in self.marks if mark.kind != Mark.Kind.DANGER and not mark.sealed)

    @property
    def danger(self) -> MarkLine | None:
        """The danger note that holds longest, if there is one."""
        found = [mark for mark in self.marks if mark.kind == Mark.Kind.DANGER]
        return max(found, key=lambda mark: mark.ends_on or date.min) if found else None


def open_person(actor: Actor, person_id: uuid.UUID, *, verb: str = "person.opened") -> PersonCard:
    """A person's card, written into the history as read under `verb`. Four statements. Raises NotThere."""
    actors.must(actor, "people.open")
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("no such person")
    ways = tuple(
        Contact.objects.filter(person_id=person_id, ended_at=None).order_by(
            "-preferred", "kind", "created_at", "id"
        )
    )
    today = clock.today(actor.zone)
    held = Q(ends_on=None) | Q(ends_on__gte=today)
    marks = Mark.objects.filter(held, person_id=person_id, ended_at=None).order_by("created_at", "id")
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
        ways,
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
class Overview:
    """What else we know of a person, as far as the actor may see it."""

    representatives: tuple[Representative, ...]
    household: tuple[Kin, ...]
    reasons: dict[uuid.UUID, str] = field(default_factory=dict)
    transfer: Transfer | None = None


INVERSE = {"parent": "child"}


def overview(person_id: uuid.UUID, today: date) -> Overview:
    """Who speaks for a person, who belongs to them, the reasons one may know. Four statements."""
    mine = Q(person_id=person_id) | Q(other_id=person_id)
    household = []
    for row in (
        Household.objects.filter(mine, ended_at=None)
        .select_related("person", "other")
        .order_by("created_at", "id")
    ):
        here = row.person_id == person_id
        other = row.other if here else row.person
        kind = INVERSE.get(row.kind, row.kind) if here else row.kind
        household.append(Kin(row.id, other.id, other.full_name, kind, row.starts_on))
    return Overview(
        tuple(
            Representative.objects.filter(
                Q(ends_on=None) | Q(ends_on__gte=today), person_id=person_id, ended_at=None
            ).order_by("created_at", "id")
        ),
        tuple(household),
        {row.about_id: row.words for row in Why.objects.filter(person_id=person_id).order_by("created_at")},
        Transfer.objects.filter(person_id=person_id, done_at=None)
        .select_related("to_centre")
        .order_by("created_at")
        .first(),
    )


def people_named(centre_id: uuid.UUID, folded: Iterable[str]) -> list[Person]:
    """The people of a centre with one of these folded names, oldest first. One statement."""
    return list(
        Person.objects.filter(centre_id=centre_id, folded__in=set(folded)).order_by("created_at", "id")
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
