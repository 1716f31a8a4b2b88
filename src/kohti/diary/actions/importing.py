"""A diary file: checked, held, ordered, applied."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, names, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.people import actions as people
from kohti.people import queries as people_queries
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team import actions as team

from .. import queries
from ..file import Booked, Change, Check, DiaryRow, Problem, check, kept_reference, read_rows
from ..file.values import phone_digits
from ..models import Booking, ImportedFile, Kind
from . import files
from .booking import NewBooking, book, clash_words, floor_of, take_turns
from .following import after_change

DIARY = "diary"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file held against the diary: what would happen, and what the diary holds for its days."""

    result: Check
    booked: tuple[tuple[uuid.UUID, Booked], ...]


def check_file(
    actor: Actor, centre_id: uuid.UUID, content: bytes, *, filename: str, hold: bool = False
) -> Checked:
    """Hold a diary file against what is booked, changing nothing. Raises UnreadableSheet.

    With `hold` what is booked stays as found until this transaction ends: who checks somebody in waits.
    """
    actors.must(actor, "diary.import")
    country = str(actor.facts.get("country", "GB"))
    rows, refused, total = read_rows(
        content, filename=filename, country=country, today=clock.today(actor.zone)
    )
    rows, skipped = _on_the_clock(rows, actor.zone)
    refused = sorted((*refused, *skipped), key=lambda problem: problem.row)
    rows = _with_kinds(rows, queries.kinds_in_files(actor.service))
    booked = tuple(
        queries.booked_on(
            centre_id,
            {row.starts.date() for row in rows},
            (kept_reference(row.reference) for row in rows),
            actor.zone,
            hold=hold,
        )
    )
    return Checked(check(rows, refused, total, [one for _id, one in booked]), booked)


def _on_the_clock(rows: Sequence[DiaryRow], zone: ZoneInfo) -> tuple[list[DiaryRow], list[Problem]]:
    """The rows at a time that there is, and why not the others: clocks that go forward skip an hour."""
    there, skipped = [], []
    for row in rows:
        if _instant(row, zone).astimezone(zone).replace(tzinfo=None) == row.starts:
            there.append(row)
        else:
            reason = _("There is no such time on that day: the clocks go forward.")
            skipped.append(Problem(row.row, "time", reason))
    return there, skipped


def _with_kinds(rows: Sequence[DiaryRow], kinds: dict[str, Kind]) -> list[DiaryRow]:
    """The rows with the blueprint's code for their kind; one it does not know is warned of."""
    usual = min(kinds.values(), key=lambda kind: kind.minutes)
    out = []
    for row in rows:
        kind = kinds.get(row.kind.casefold())
        if kind is not None:
            out.append(replace(row, kind=kind.code))
            continue
        reason = _("The kind “%(kind)s” is not known here; taken as “%(usual)s”.") % {
            "kind": row.kind,
            "usual": words.title(usual.title),
        }
        warning = Problem(row.row, "unknown-kind", reason)
        out.append(replace(row, kind=usual.code, warnings=(*row.warnings, warning)))
    return out


def hold_file(actor: Actor, centre_id: uuid.UUID, content: bytes, *, filename: str, key: str) -> ImportedFile:
    """Keep an uploaded file with the result of its check, until it is applied or a day has passed.

    Raises UnreadableSheet, with the key left for another file.
    """
    result = check_file(actor, centre_id, content, filename=filename).result
    return files.hold(
        actor,
        DIARY,
        centre_id,
        content,
        filename=filename,
        result=result.as_json() | {"changes": _changes(result)},
        key=key,
    )


def _changes(result: Check) -> list[dict[str, Any]]:
    return [
        {
            "row": change.row.row,
            "reference": change.row.reference,
            "fields": [
                {
                    "field": name,
                    "before": str(getattr(change.before, name) or ""),
                    "after": str(getattr(change.row, name) or ""),
                }
                for name in change.fields
            ],
        }
        for change in result.changed
    ]


def order_import(actor: Actor, file_id: uuid.UUID) -> ImportedFile:
    """Mark a held file as about to be applied. Raises NotThere."""
    actors.must(actor, "diary.import")
    return files.order(DIARY, file_id)[0]


def apply_held(actor: Actor, file_id: uuid.UUID) -> ImportedFile:
    """Apply a held file, once: taking it up again after a crash changes nothing more."""
    actors.must(actor, "diary.import")
    file = files.held(DIARY, file_id, to_change=True)
    if file.state == ImportedFile.State.APPLIED:
        return file
    result = apply_file(actor, file.centre_id, bytes(file.content), filename=file.name)
    return files.applied(file, result.as_json() | {"changes": _changes(result)})


def give_up(actor: Actor, file_id: uuid.UUID, why: str) -> None:
    """Say that a held file could not be applied; nothing of it was."""
    files.give_up(DIARY, file_id, why)


def apply_file(actor: Actor, centre_id: uuid.UUID, content: bytes, *, filename: str) -> Check:
    """Put a file's importable rows into the diary; the same file twice changes nothing.

    Unknown colleagues become names to confirm. People are matched within the centre by name and date of
    birth (or, without one, by name and a way to reach them), else added. All in one transaction.
    """
    with connection.cursor() as cursor:  # one file at a time for a centre: two would add the same people
        cursor.execute("select pg_advisory_xact_lock(7236011, hashtext(%s))", [str(centre_id)])
    checked = check_file(actor, centre_id, content, filename=filename, hold=True)
    result = checked.result
    taken = [*result.new, *(change.row for change in result.changed)]
    if not taken:
        return result
    kinds = {kind.code: kind for kind in queries.kinds_in_files(actor.service).values()}
    colleagues = team.find_or_name(actor, centre_id, [row.staff for row in taken if row.staff])
    ids = {one.reference: booking_id for booking_id, one in checked.booked if one.reference}
    by_value = {one: booking_id for booking_id, one in checked.booked}

    changing = [
        (ids.get(change.before.reference) or by_value[change.before], change) for change in result.changed
    ]
    was_for = {
        booking.id: booking.person
        for booking in Booking.objects.filter(id__in=[booking_id for booking_id, _change in changing])
        .select_related("person")
        .order_by("id")
    }
    persons = _people_of(
        actor,
        centre_id,
        taken,
        {change.row.row: was for booking_id, change in changing if (was := was_for[booking_id])},
        result.unchanged,
    )
    # Bookings that move may pass through each other's places: set them aside, then put all of them back.
    Booking.objects.filter(id__in=[booking_id for booking_id, _change in changing]).update(
        state=Booking.State.MISSED  # which holds no time, and is nothing to tell anybody
    )
    moved = []
    for booking_id, change in changing:
        row = change.row
        starts = _instant(row, actor.zone)
        person = persons[row.row]
        moved.append(
            Booking(
                id=booking_id,
                service_id=actor.service,
                centre_id=centre_id,
                day=row.starts.date(),
                starts=starts,
                ends=starts + timedelta(minutes=row.minutes),
                person_id=person.id,
                staff_id=colleagues[names.fold(row.staff)].id if row.staff else None,
                kind_id=kinds[row.kind].id,
                note=row.note,
                state=Booking.State.BOOKED,
            )
        )
    take_turns(moved)
    try:
        with transaction.atomic():
            for booking in moved:
                Booking.objects.filter(id=booking.id).update(
                    day=booking.day,
                    starts=booking.starts,
                    ends=booking.ends,
                    person_id=booking.person_id,
                    staff_id=booking.staff_id,
                    kind_id=booking.kind_id,
                    note=booking.note,
                    state=booking.state,
                    beside_by=None,
                    version=F("version") + 1,
                )
    except IntegrityError as clash:
        raise Refused(clash_words(str(clash)), code="clash") from clash
    people.end_grants(actor, [booking.id for booking in moved])
    people.show_on_floor(actor, centre_id, floor_of(centre_id, moved, actor.zone))
    for booking, (_booking_id, change) in zip(moved, changing, strict=True):
        history.record(
            "booking.changed",
            "booking",
            booking.id,
            persons=[booking.person_id] if booking.person_id else [],
            detail={"before": asdict(change.before), "fields": list(change.fields)},
        )
    _follow(actor, moved, [change for _id, change in changing], was_for)
    book(
        actor,
        centre_id,
        [
            NewBooking(
                starts=_instant(row, actor.zone),
                minutes=row.minutes,
                kind_id=kinds[row.kind].id,
                person_id=persons[row.row].id,
                staff_id=colleagues[names.fold(row.staff)].id if row.staff else None,
                reference=row.reference,
                note=row.note,
            )
            for row in result.new
        ],
    )
    history.record("diary.imported", "centre", centre_id, detail={"name": filename, "rows": len(taken)})
    live.tell(centre_id, "diary", centre_id)
    return result


def _follow(
    actor: Actor,
    moved: Sequence[Booking],
    changes: Sequence[Change],
    was_for: Mapping[uuid.UUID, Person | None],
) -> None:
    """Let follow what depends on them; who comes is told of another time or length, or that it is theirs now."""
    at_another, told = [], []
    for booking, change in zip(moved, changes, strict=True):
        before = was_for[booking.id]
        if before is None or before.id != booking.person_id:
            told.append(booking.id)
        elif "starts" in change.fields:
            at_another.append(booking.id)
        elif "minutes" in change.fields:
            told.append(booking.id)
    after_change(actor, [booking.id for booking in moved], moved=at_another, told=told)


def _instant(row: DiaryRow, zone: ZoneInfo) -> datetime:
    return row.starts.replace(tzinfo=zone).astimezone(UTC)


@dataclass(slots=True)
class _Known:
    """Somebody a row may be about: held already (`person`), or to be added from the row that named them."""

    born: date | None
    reached: set[str]
    person: Person | None = None
    row: DiaryRow | None = None

    def is_of(self, row: DiaryRow) -> bool:
        """Whether a row with this name is about them: the same date of birth, or else a way to reach them."""
        if self.born is not None and row.date_of_birth is not None:
            return self.born == row.date_of_birth
        if not self.reached & _reached(row):
            return self.row is not None and self.born == row.date_of_birth
        return True


def _reached(row: DiaryRow) -> set[str]:
    return {one for one in (phone_digits(row.phone), row.email.casefold()) if one}


def _people_of(
    actor: Actor,
    centre_id: uuid.UUID,
    rows: Sequence[DiaryRow],
    booked: Mapping[int, Person],
    unchanged: Sequence[DiaryRow],
) -> dict[int, Person]:
    """The person of each row (by its number), found or added. `booked`: whom the row's booking is for now.

    Ways to reach them are those of the rows; what a row that changes nothing says as well stays.
    """
    known: dict[str, list[_Known]] = {}
    named = people_queries.people_named(centre_id, (names.fold(row.customer) for row in rows))
    contacts = people_queries.contacts_of([person.id for person in named])
    for person in named:
        reached = {
            phone_digits(value) if kind == "phone" else value.casefold()
            for kind, value in contacts[person.id]
        }
        known.setdefault(person.folded, []).append(_Known(person.date_of_birth, reached, person))
    found: dict[int, _Known] = {}
    for row in rows:
        same_name = known.setdefault(names.fold(row.customer), [])
        before = booked.get(row.row)
        own = [
            one
            for one in same_name
            if before is not None and one.person == before and None in (one.born, row.date_of_birth)
        ]
        exact = [one for one in same_name if one.born is not None and one.born == row.date_of_birth]
        one = next(iter([*own, *exact, *(other for other in same_name if other.is_of(row))]), None)
        if one is None:
            one = _Known(row.date_of_birth, set(), row=row)
            same_name.append(one)
        one.born = one.born or row.date_of_birth
        one.reached |= _reached(row)
        found[row.row] = one
    new = [one for group in known.values() for one in group if one.row is not None]
    made = people.register(
        actor,
        centre_id,
        [
            NewPerson(
                full_name=one.row.customer, date_of_birth=one.born, phone=one.row.phone, email=one.row.email
            )
            for one in new
            if one.row is not None
        ],
    )
    for one, person in zip(new, made, strict=True):
        one.person = person
    out: dict[int, Person] = {}
    for row in rows:
        one = found[row.row]
        assert one.person is not None
        out[row.row] = one.person
        if one.born is not None and one.person.date_of_birth is None:
            people.note_birth(actor, one.person.id, one.born)
            one.person.date_of_birth = one.born
    confirmed = {value for row in unchanged for value in (row.phone, row.email) if value}
    of_person: dict[uuid.UUID, list[DiaryRow]] = {}
    for row in rows:
        of_person.setdefault(out[row.row].id, []).append(row)
    for person_id, theirs in of_person.items():
        stay = [(kind, value) for kind, value in contacts.get(person_id, ()) if value in confirmed]
        people.reach(
            actor,
            person_id,
            phones=[row.phone for row in theirs if row.phone] + [v for kind, v in stay if kind == "phone"],
            emails=[row.email for row in theirs if row.email] + [v for kind, v in stay if kind == "email"],
        )
    return out
