"""What we know of a person, one group of it at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import alike
from kohti.people.models import Contact, Household, Mark, Person, Representative, Why
from kohti.people.promising import PROMISED

from .sight import asked, seen

MOST_DANGER = timedelta(days=183)
"""For how long a danger note holds at most; who still needs it writes it anew."""
MOST_REVIEW = timedelta(days=366)
"""When a mark is looked at again at the latest."""


PROMISES = tuple(PROMISED)
"""The codes of what can be promised somebody for when they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basics:
    """Who somebody is."""

    full_name: str
    called: str
    date_of_birth: date | None
    languages: tuple[str, ...]
    interpreter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How to reach somebody safely, and how not."""

    safe_contact: str
    not_by: str
    no_messages: bool


def keep_basics(actor: Actor, person_id: uuid.UUID, basics: Basics) -> None:
    """Hold who somebody is. Raises NotThere."""
    actors.must(actor, "people.edit")
    name = names.tidy(basics.full_name)
    _keep(
        person_id,
        "person.basics",
        asdict(basics),
        full_name=name,
        called=basics.called,
        folded=names.fold(name),
        sort_key=names.sort_key(name, language=actor.sorting),
        sounds=alike.sounds(name),
        date_of_birth=basics.date_of_birth,
        languages=list(basics.languages),
        interpreter=basics.interpreter,
    )


def keep_reach(actor: Actor, person_id: uuid.UUID, reach: Reach) -> None:
    """Hold how to reach somebody, and how not. Raises NotThere."""
    actors.must(actor, "people.edit")
    _keep(person_id, "person.reach", asdict(reach), **asdict(reach))


def _keep(person_id: uuid.UUID, verb: str, detail: dict[str, Any], **values: Any) -> None:
    if not Person.objects.filter(id=person_id).update(**values):
        raise NotThere("no such person")
    history.record(verb, "person", person_id, persons=[person_id], detail=detail)


def add_contact(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: str,
    value: str,
    key: str,
    note: str = "",
    preferred: bool = False,
    hidden: bool = False,
) -> uuid.UUID:
    """Hold a way to reach somebody. A preferred one takes the place of the one before.

    A hidden address is seen by whoever holds its key alone: who first hides one, and whom they name.
    """
    actors.must(actor, "people.edit")
    seen(person_id)
    sealed = "address" if hidden else ""
    made, before = _first("people.contact", key)
    if before is not None:
        return before
    have_key(person_id, sealed)
    if preferred:
        Contact.objects.filter(person_id=person_id, preferred=True).update(preferred=False)
    Contact.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        kind=kind,
        value=value,
        plain=alike.plain(kind, value),
        note=note,
        preferred=preferred,
        sealed=sealed,
        created_at=clock.now(),
    )
    if hidden:
        Person.objects.filter(id=person_id).update(address_hidden=True)
    history.record(
        "person.contact",
        "person",
        person_id,
        persons=[person_id],
        detail={"kind": kind, "value": value, "hidden": hidden},
    )
    return made


def end_contact(actor: Actor, person_id: uuid.UUID, contact_id: uuid.UUID) -> None:
    """A way to reach somebody holds no more. Raises NotThere."""
    _end(actor, Contact, person_id, contact_id, "person.contact_ended")
    hidden = Contact.objects.filter(person_id=person_id, sealed="address", ended_at=None).exists()
    Person.objects.filter(id=person_id, address_hidden=True).update(address_hidden=hidden)


def add_mark(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: str,
    words: str,
    review_on: date,
    key: str,
    about: str = "",
    sealed: str = "",
    ends_on: date | None = None,
    starts_on: date | None = None,
    promises: Sequence[str] = (),
    face_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Hold what helps somebody, or what makes them vulnerable, until it is looked at again.

    `promises` (of PROMISES) are kept by the queue whenever they come; `face_id` is the known face among them.
    One that reveals health or belief is `sealed` to that field of life. Raises Refused where the actor lacks its
    key, and where the review is not within a year.
    """
    actors.must(actor, "people.edit")
    person = seen(person_id)
    made, before = _first("people.mark", key)
    if before is not None:
        return before
    _within_a_year(actor, review_on)
    have_key(person_id, sealed)
    Mark.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        kind=kind,
        about=about,
        sealed=sealed,
        words=words,
        by_member=actor.member_id,
        created_at=clock.now(),
        review_on=review_on,
        ends_on=ends_on,
        starts_on=starts_on,
        promises=[code for code in PROMISES if code in promises],
        face_id=face_id if "face" in promises else None,
    )
    history.record(
        "person.mark",
        "mark",
        made,
        persons=[person_id],
        detail={"kind": kind, "about": about, "words": words},
        tell=None if sealed else person.centre_id,
    )
    return made


def add_danger(
    actor: Actor, person_id: uuid.UUID, *, words: str, reason: str, ends_on: date, key: str
) -> uuid.UUID:
    """Warn colleagues at the door until a day, within half a year; the reason is for fewer eyes.

    Open screens of the person's centre show it at once.
    Raises Refused where the day is past or too far.
    """
    actors.must(actor, "people.edit")
    person = seen(person_id)
    made, before = _first("people.danger", key)
    if before is not None:
        return before
    today = clock.today(actor.zone)
    if not today <= ends_on <= today + MOST_DANGER:
        raise Refused(_("A danger note ends within half a year."), code="danger-ends")
    Mark.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        kind=Mark.Kind.DANGER,
        words=words,
        by_member=actor.member_id,
        created_at=clock.now(),
        review_on=ends_on,
        ends_on=ends_on,
    )
    Why.objects.create(
        service_id=actor.service,
        person_id=person_id,
        about_id=made,
        sealed="danger",
        words=reason,
        by_member=actor.member_id,
        created_at=clock.now(),
    )
    history.record(
        "person.danger",
        "mark",
        made,
        persons=[person_id],
        detail={"words": words, "reason": reason, "ends_on": ends_on},
        tell=person.centre_id,
    )
    return made


def review_mark(actor: Actor, person_id: uuid.UUID, mark_id: uuid.UUID, review_on: date) -> None:
    """It still holds: look at it again on another day. Raises NotThere, Refused where that is not within a year.

    A danger note is not prolonged: who still needs it writes it anew.
    """
    actors.must(actor, "people.edit")
    _within_a_year(actor, review_on)
    still = Mark.objects.filter(id=mark_id, person_id=person_id, ended_at=None).exclude(kind=Mark.Kind.DANGER)
    if not still.update(review_on=review_on):
        raise NotThere("no such mark")
    history.record(
        "person.mark_reviewed", "mark", mark_id, persons=[person_id], detail={"review_on": review_on}
    )


def _within_a_year(actor: Actor, review_on: date) -> None:
    today = clock.today(actor.zone)
    if not today < review_on <= today + MOST_REVIEW:
        raise Refused(_("A mark is looked at again within a year."), code="review")


def end_mark(actor: Actor, person_id: uuid.UUID, mark_id: uuid.UUID) -> None:
    """It holds no more, and leaves open screens. Raises NotThere."""
    _end(actor, Mark, person_id, mark_id, "person.mark_ended", tell=actor.centre_id)


def add_representative(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    full_name: str,
    what_for: str,
    starts_on: date,
    key: str,
    reach: str = "",
    ends_on: date | None = None,
    paper: str = "",
) -> uuid.UUID:
    """Hold who may speak for somebody, in what, and the paper that was seen."""
    actors.must(actor, "people.edit")
    seen(person_id)
    made, before = _first("people.representative", key)
    if before is not None:
        return before
    Representative.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        full_name=names.tidy(full_name),
        reach=reach,
        what_for=what_for,
        starts_on=starts_on,
        ends_on=ends_on,
        paper=paper,
        paper_seen_on=clock.today(actor.zone) if paper else None,
        by_member=actor.member_id,
        created_at=clock.now(),
    )
    history.record(
        "person.representative",
        "representative",
        made,
        persons=[person_id],
        detail={"name": full_name, "what_for": what_for, "paper": paper},
    )
    return made


def end_representative(actor: Actor, person_id: uuid.UUID, representative_id: uuid.UUID) -> None:
    """They speak for this person no more. Raises NotThere."""
    _end(actor, Representative, person_id, representative_id, "person.representative_ended")


def add_household(
    actor: Actor, person_id: uuid.UUID, other_id: uuid.UUID, *, kind: str, starts_on: date, key: str
) -> uuid.UUID:
    """Two people belong together; `kind` says what the first is to the other. Both must be seen.

    Raises NotThere, and Refused where they are held together already.
    """
    actors.must(actor, "people.edit")
    seen(person_id)
    seen(other_id)
    made, before = _first("people.household", key)
    if before is not None:
        return before
    held = models.Q(person_id=person_id, other_id=other_id) | models.Q(person_id=other_id, other_id=person_id)
    if person_id == other_id or Household.objects.filter(held, ended_at=None).exists():
        raise Refused(_("These two are together already."), code="household-once")
    Household.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        other_id=other_id,
        kind=kind,
        starts_on=starts_on,
        by_member=actor.member_id,
        created_at=clock.now(),
    )
    history.record(
        "person.household", "household", made, persons=[person_id, other_id], detail={"kind": kind}
    )
    return made


def end_household(actor: Actor, person_id: uuid.UUID, household_id: uuid.UUID) -> None:
    """They belong together no more, seen from either. Raises NotThere."""
    actors.must(actor, "people.edit")
    mine = models.Q(person_id=person_id) | models.Q(other_id=person_id)
    row = Household.objects.filter(mine, id=household_id, ended_at=None).first()
    if row is None:
        raise NotThere("no such line")
    Household.objects.filter(id=household_id).update(ended_at=clock.now())
    history.record("person.household_ended", "household", household_id, persons=[row.person_id, row.other_id])


def _first(verb: str, key: str) -> tuple[uuid.UUID, uuid.UUID | None]:
    made = new_id()
    return made, once.first_time(verb, key, made)


def have_key(person_id: uuid.UUID, field: str) -> None:
    """Raise Refused unless the actor holds the key of a sealed field, or is the first to need it."""
    if field and not asked("take_key", person_id, field):
        raise Refused(_("This is sealed: only those who hold it can add to it."), code="sealed")


def _end(
    actor: Actor,
    model: type[models.Model],
    person_id: uuid.UUID,
    row_id: uuid.UUID,
    verb: str,
    *,
    tell: uuid.UUID | None = None,
) -> None:
    actors.must(actor, "people.edit")
    rows = model._default_manager.filter(id=row_id, person_id=person_id, ended_at=None)
    if not rows.update(ended_at=clock.now()):
        raise NotThere("no such line")
    history.record(verb, "person", row_id, persons=[person_id], tell=tell)
