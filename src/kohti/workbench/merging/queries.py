"""Who may be written down twice, and two records side by side."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kohti.diary.models import Booking
from kohti.frontdesk.models import OPEN, Visit
from kohti.journeys.models import Journey
from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people import alike
from kohti.people.merges import Merge
from kohti.people.models import Contact, Mark, Person

A_PAGE = 50
MOST_WEIGHED = 1000

CANDIDATES = """
with mine as (
    select id, folded, sounds, date_of_birth as born, translate(upper(reference), 'ILO- ._', '110') as bare
    from people_person where centre_id = %(centre)s),
numbers as (
    select distinct c.person_id, c.plain from people_contact c join mine m on m.id = c.person_id
    where c.ended_at is null and c.sealed = '' and length(c.plain) >= 6),
pairs as (
    select a.id as one, b.id as other from mine a join mine b on b.born = a.born and a.id < b.id
    where a.sounds && b.sounds
    union select a.id, b.id from mine a join mine b on b.folded = a.folded and a.id < b.id where a.folded <> ''
    union select a.id, b.id from mine a join mine b on b.sounds = a.sounds and a.id < b.id
    where cardinality(a.sounds) > 1 and length(a.folded) = length(b.folded)
      and array(select w from unnest(string_to_array(a.folded, ' ')) w order by w)
        = array(select w from unnest(string_to_array(b.folded, ' ')) w order by w)
    union select a.id, b.id from mine a join mine b on b.bare = a.bare and a.id < b.id
    union select a.person_id, b.person_id from numbers a join numbers b
        on b.plain = a.plain and a.person_id < b.person_id)
select one, other from pairs p
where not exists (select 1 from people_apart x where x.person_id = p.one and x.other_id = p.other)
order by one, other limit %(most)s
"""
"""Pairs of people of a centre worth a second look: each arm joins on something that few share.

A name that only sounds alike needs a birth or a number besides, and is found by that; here it finds swapped names.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be of one person, the older first, and what speaks for it (`alike.why`)."""

    one: Person
    other: Person
    why: tuple[str, ...]


SAME_REFERENCE = "same-reference"


def likely(
    actor: Actor, *, after: tuple[uuid.UUID, uuid.UUID] | None = None
) -> tuple[list[Pair], tuple[uuid.UUID, uuid.UUID] | None]:
    """Who of the centre the actor leads may be written down twice, likeliest first, fifty a page. Four statements.

    And the pair that the next page begins after, if there is one. After a pair that stands on the list no more it
    begins at the beginning.

    A name that sounds alike, alone, is worth nothing here: it takes a birth, a phone or the whole name. Those that
    somebody kept apart are not among them.
    """
    actors.must(actor, "people.merge")
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"centre": actor.centre, "most": MOST_WEIGHED})
        found = cursor.fetchall()
    ids = {one for pair in found for one in pair}
    if not ids:
        return [], None
    persons = Person.objects.in_bulk(ids)
    plains: dict[uuid.UUID, list[str]] = {one: [] for one in ids}
    for person_id, plain in Contact.objects.filter(
        person_id__in=ids, ended_at=None, sealed="", plain__gt=""
    ).values_list("person_id", "plain"):
        plains[person_id].append(plain)
    weighed = []
    for first, second in found:
        if first not in persons or second not in persons:
            continue
        one, other = sorted(
            (persons[first], persons[second]), key=lambda person: (person.created_at, person.id)
        )
        weight, why = alike.why(
            one.folded,
            one.date_of_birth,
            plains[one.id],
            other_folded=other.folded,
            other_born=other.date_of_birth,
            other_plains=plains[other.id],
        )
        if one.reference != other.reference and _bare(one) == _bare(other):
            weight, why = weight + 3, (*why, SAME_REFERENCE)
        if weight > alike.ENOUGH and why != (alike.SOUNDS, alike.NEAR_BIRTH):
            weighed.append((weight, Pair(one, other, why)))
    weighed.sort(key=lambda one: (-one[0], one[1].one.sort_key, one[1].one.id, one[1].other.id))
    keys = [(pair.one.id, pair.other.id) for _weight, pair in weighed]
    begin = keys.index(after) + 1 if after in keys else 0
    pairs = [pair for _weight, pair in weighed[begin : begin + A_PAGE]]
    if pairs:
        shown = {one.id for pair in pairs for one in (pair.one, pair.other)}
        history.record("person.found", "duplicates", None, persons=sorted(shown))
    return pairs, keys[begin + A_PAGE - 1] if len(keys) > begin + A_PAGE else None


def _bare(person: Person) -> str:
    return "".join(one for one in person.reference.upper() if one.isalnum()).translate(
        str.maketrans("ILO", "110")
    )


@dataclass(frozen=True, slots=True)
class Record:
    """One of two records, as far as the actor may read it.

    `counts` by table: how many rows, and how many of them are sealed from the actor.
    """

    person: Person
    contacts: tuple[Contact, ...]
    marks: tuple[Mark, ...]
    way: Journey | None
    visits: tuple[Visit, ...]
    bookings: tuple[Booking, ...]
    counts: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two records. `clashes`: pairs of appointments at one time, the one that stays first."""

    kept: Record
    gone: Record
    clashes: tuple[tuple[Booking, Booking], ...]

    @property
    def seen(self) -> str:
        """What was looked at, as a digest: who goes on merges what they saw."""
        said = [
            [str(one.person.id), _values(one.person), [_values(row) for row in (*one.contacts, *one.marks)]]
            + [str(one.way and one.way.id), sorted(one.counts.items())]
            + [[str(row.id), row.state] for row in one.bookings]
            + [[str(row.id), row.state] for row in one.visits]
            for one in (self.kept, self.gone)
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:32]


def _values(row: Any) -> list[str]:
    return [str(getattr(row, one.attname)) for one in row._meta.concrete_fields if one.name != "heed"]


def side_by_side(actor: Actor, kept_id: uuid.UUID, gone_id: uuid.UUID) -> SideBySide:
    """Two records for whoever may make them one. Eight statements; both are read, which is in the history.

    Raises NotThere.
    """
    actors.must(actor, "people.merge")
    ids = (kept_id, gone_id)
    persons = Person.objects.in_bulk(ids)
    if len(persons) < 2:
        raise NotThere("no such person")
    with connection.cursor() as cursor:
        cursor.execute("select kohti.carried_counts(%s), kohti.carried_counts(%s)", ids)
        row = cursor.fetchone() or ("{}", "{}")
    counts = [json.loads(one) if isinstance(one, str) else (one or {}) for one in row]
    contacts = list(
        Contact.objects.filter(person_id__in=ids, ended_at=None).order_by("-preferred", "kind", "id")
    )
    marks = list(Mark.objects.filter(person_id__in=ids, ended_at=None).order_by("created_at", "id"))
    ways = {
        one.person_id: one
        for one in Journey.objects.filter(person_id__in=ids, closed_at=None).select_related("owner__staff")
    }
    visits = list(Visit.objects.filter(person_id__in=ids, state__in=OPEN).order_by("arrived_at", "id"))
    bookings = list(
        Booking.objects.filter(person_id__in=ids, holds=True)
        .select_related("kind", "staff")
        .order_by("-starts", "id")[:200]
    )
    records = [
        Record(
            persons[one],
            tuple(_of(contacts, one)),
            tuple(_of(marks, one)),
            ways.get(one),
            tuple(_of(visits, one)),
            tuple(_of(bookings, one)),
            {table: (number, hidden) for table, (number, hidden) in found.items()},
        )
        for one, found in zip(ids, counts, strict=True)
    ]
    history.record("person.opened", "person", kept_id, persons=list(ids))
    kept, gone = records
    return SideBySide(kept, gone, tuple(_clashes(kept.bookings, gone.bookings)))


def _of(rows: Iterable[Any], person_id: uuid.UUID) -> list[Any]:
    return [one for one in rows if one.person_id == person_id]


def _clashes(kept: Iterable[Booking], gone: Iterable[Booking]) -> Iterable[tuple[Booking, Booking]]:
    theirs = list(gone)
    for one in kept:
        for other in theirs:
            if one.starts < other.ends and other.starts < one.ends:
                came = other.state == Booking.State.KEPT and one.state != Booking.State.KEPT
                yield (other, one) if came else (one, other)


@dataclass(frozen=True, slots=True)
class Made:
    """A record that went into another: when, by whom, what it was called and how it is found. `since`: how many
    rows were written since, by table."""

    id: uuid.UUID
    kept_id: uuid.UUID
    at: datetime
    who: str
    reference: str
    undone: bool
    since: dict[str, int]


def merge_of(actor: Actor, merge_id: uuid.UUID) -> Made:
    """A merge of somebody whom the actor sees. Two statements. Raises NotThere."""
    actors.must(actor, "people.merge")
    row = Merge.objects.filter(id=merge_id).select_related("by_staff").first()
    if row is None:
        raise NotThere("no such merge")
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.carried_counts(%s), kohti.reference_of_merged(%s)", [row.kept_id, merge_id]
        )
        found, reference = cursor.fetchone() or (None, "")
    counts = json.loads(found) if isinstance(found, str) else (found or {})
    since = {
        table: number - row.totals.get(table, 0)
        for table, (number, _hidden) in counts.items()
        if number > row.totals.get(table, 0)
    }
    return Made(
        row.id,
        row.kept_id,
        row.at,
        row.by_staff.full_name if row.by_staff else "",
        reference or "",
        row.undone_at is not None,
        since,
    )


def merges_into(actor: Actor, person_id: uuid.UUID) -> list[tuple[uuid.UUID, datetime]]:
    """The merges that made somebody's record what it is, newest first. One statement."""
    actors.must(actor, "people.merge")
    rows = Merge.objects.filter(kept_id=person_id, undone_at=None).order_by("-at", "-id")
    return list(rows.values_list("id", "at")[:20])
