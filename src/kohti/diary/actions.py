"""Every change of the diary."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, names, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people import queries as people_queries
from kohti.people.actions import NewPerson, ShowOnFloor
from kohti.people.models import Person
from kohti.team import actions as team
from kohti.team.models import Centre

from . import queries
from .file import Booked, Check, DiaryRow, Problem, check, kept_reference, read_rows
from .file.values import phone_digits
from .models import Booking, Closure, ImportedFile, Kind, Opening

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the diary's part of a blueprint into force: kinds, opening hours, closures."""
    actors.must(actor, "blueprint.apply")
    centres = {
        centre.code: centre.id
        for centre in Centre.objects.filter(service_id=actor.service, retired=False).order_by("code")
    }
    for kind in plan.kinds:
        Kind.objects.update_or_create(
            service_id=actor.service,
            code=kind.code,
            defaults={
                "title": dict(kind.title),
                "minutes": kind.minutes,
                "in_files": list(kind.in_files),
                "retired": False,
            },
        )
    Kind.objects.filter(service_id=actor.service).exclude(code__in=[k.code for k in plan.kinds]).update(
        retired=True
    )
    Opening.objects.filter(service_id=actor.service).delete()
    hours = {
        (code, WEEKDAYS.index(day)): (part.opens, part.closes)
        for part in plan.opening
        for code in part.centres or centres
        for day in part.days
    }
    Opening.objects.bulk_create(
        Opening(
            service_id=actor.service, centre_id=centres[code], weekday=weekday, opens=opens, closes=closes
        )
        for (code, weekday), (opens, closes) in hours.items()
    )
    Closure.objects.filter(service_id=actor.service).delete()
    Closure.objects.bulk_create(
        Closure(service_id=actor.service, centre_id=centres[code], day=part.day, title=dict(part.title))
        for part in plan.closures
        for code in part.centres or centres
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A booking to be made: half open from `starts`, `minutes` long."""

    starts: datetime
    minutes: int
    kind_id: uuid.UUID
    person_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    room_id: uuid.UUID | None = None
    reference: str = ""
    note: str = ""


def _floor_of(centre_id: uuid.UUID, rows: Sequence[Booking], zone: ZoneInfo) -> list[ShowOnFloor]:
    return [
        ShowOnFloor(
            person_id=row.person_id,
            starts=_midnight(row.day, zone),
            ends=_midnight(row.day + timedelta(days=1), zone),
            because_kind="booking",
            because_id=row.id,
        )
        for row in rows
        if row.person_id is not None
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def book(actor: Actor, centre_id: uuid.UUID, wanted: Sequence[NewBooking]) -> list[Booking]:
    """Book all of these, or none and raise Refused: nobody and no room is in two places at once.

    On the day, the people booked are seen by the floor of the centre. Raises NotThere for somebody the actor
    does not see.
    """
    persons = {one.person_id for one in wanted if one.person_id}
    if persons and Person.objects.filter(id__in=persons).count() < len(persons):
        raise NotThere("no such person")
    rows = [
        Booking(
            id=new_id(),
            service_id=actor.service,
            centre_id=centre_id,
            day=one.starts.astimezone(actor.zone).date(),
            starts=one.starts,
            ends=one.starts + timedelta(minutes=one.minutes),
            person_id=one.person_id,
            staff_id=one.staff_id,
            room_id=one.room_id,
            kind_id=one.kind_id,
            reference=kept_reference(one.reference),
            note=one.note,
        )
        for one in wanted
    ]
    _take_turns(rows)
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as clash:
        raise Refused(_clash_words(str(clash)), code="clash") from clash
    people.show_on_floor(actor, centre_id, _floor_of(centre_id, rows, actor.zone))
    for row in rows:
        history.record(
            "booking.made",
            "booking",
            row.id,
            persons=[row.person_id] if row.person_id else [],
            detail={"starts": row.starts, "ends": row.ends},
        )
    if rows:
        live.tell(centre_id, "diary", centre_id)
    return rows


TURNS = 512
"""Locks for everybody's time: enough not to wait for strangers, few enough for a file of 20,000 rows."""


def _take_turns(rows: Sequence[Booking]) -> None:
    """Wait for whoever is booking the same people or rooms now, until they have committed.

    Without it two who book one slot at the same moment wait for each other, and one of them is thrown out
    by the database instead of being refused.
    """
    wanted = {one.int % TURNS for row in rows for one in (row.person_id, row.staff_id, row.room_id) if one}
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(7236010, turn) from unnest(%s::int[]) turn", [sorted(wanted)]
        )


def _clash_words(trouble: str) -> str:
    if "never_two_of_person" in trouble:
        return _("This person is already booked at that time.")
    if "never_two_of_staff" in trouble:
        return _("This colleague is already booked at that time.")
    if "never_two_of_room" in trouble:
        return _("This room is already booked at that time.")
    return _("This booking cannot stand beside what is booked already.")


def cancel(actor: Actor, booking_id: uuid.UUID) -> None:
    """Cancel a booking that is still to come; its time is free again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking set state = 'cancelled', version = version + 1"
            " where id = %s and state = 'booked' returning centre_id, person_id",
            [booking_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused(_("This booking can no longer be cancelled."), code="not-booked")
    centre_id, person_id = row
    people.end_grants(actor, [booking_id])
    history.record("booking.cancelled", "booking", booking_id, persons=[person_id] if person_id else [])
    live.tell(centre_id, "diary", centre_id)


def mark(actor: Actor, booking_id: uuid.UUID, state: str, *, expected: Sequence[str]) -> bool:
    """Say that a booking was kept or missed, or is open again; False when it was in none of `expected`.

    Called by the rooms where people are met. Raises Refused when it may no longer stand in its place.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "update diary_booking set state = %s, version = version + 1"
                " where id = %s and state = any(%s)",
                [state, booking_id, list(expected)],
            )
            return bool(cursor.rowcount)
    except IntegrityError as clash:
        raise Refused(_clash_words(str(clash)), code="clash") from clash


def miss_the_rest(actor: Actor, centre_id: uuid.UUID, day: date) -> list[uuid.UUID]:
    """Mark every booking of a day that nobody came to as missed; their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking b set state = 'missed', version = version + 1 from ("
            " select id from diary_booking where centre_id = %s and day = %s and state = 'booked'"
            " order by starts, id for no key update) open where b.id = open.id returning b.id, b.person_id",
            [centre_id, day],
        )
        missed = cursor.fetchall()
    for booking_id, person_id in missed:
        history.record("booking.missed", "booking", booking_id, persons=[person_id] if person_id else [])
    return [booking_id for booking_id, _person in missed]


# importing a file


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
    checked = check_file(actor, centre_id, content, filename=filename)
    file_id = new_id()
    before = once.first_time("diary.hold", key, file_id)
    if before is not None:
        return ImportedFile.objects.get(id=before)
    held = ImportedFile.objects.create(
        id=file_id,
        service_id=actor.service,
        centre_id=centre_id,
        name=filename[:200],
        content=content,
        result=checked.result.as_json() | {"changes": _changes(checked.result)},
        by_member=actor.member_id,
        at=clock.now(),
    )
    history.record("diary.checked", "file", held.id, detail={"name": filename})
    return held


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
    """Mark a held file as about to be applied; raises Refused when it was already, or is gone."""
    actors.must(actor, "diary.import")
    held = ImportedFile.objects.select_for_update().filter(id=file_id).first()
    if held is None:
        raise NotThere("no such file")
    if held.state == ImportedFile.State.CHECKED:
        held.state = ImportedFile.State.ORDERED
        held.save(update_fields=["state"])
        history.record("diary.ordered", "file", held.id)
    return held


def apply_held(actor: Actor, file_id: uuid.UUID) -> ImportedFile:
    """Apply a held file, once: taking it up again after a crash changes nothing more."""
    actors.must(actor, "diary.import")
    held = ImportedFile.objects.select_for_update().filter(id=file_id).first()
    if held is None:
        raise NotThere("no such file")
    if held.state == ImportedFile.State.APPLIED:
        return held
    result = apply_file(actor, held.centre_id, bytes(held.content), filename=held.name)
    held.state = ImportedFile.State.APPLIED
    held.result = result.as_json() | {"changes": _changes(result)}
    held.content = b""
    held.save(update_fields=["state", "result", "content"])
    return held


def give_up(actor: Actor, file_id: uuid.UUID, why: str) -> None:
    """Say that a held file could not be applied; nothing of it was."""
    if ImportedFile.objects.filter(id=file_id, state=ImportedFile.State.ORDERED).update(
        state=ImportedFile.State.FAILED, content=b""
    ):
        history.record("diary.failed", "file", file_id, detail={"why": why})


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
        state=Booking.State.CANCELLED
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
    _take_turns(moved)
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
                    version=F("version") + 1,
                )
    except IntegrityError as clash:
        raise Refused(_clash_words(str(clash)), code="clash") from clash
    people.end_grants(actor, [booking.id for booking in moved])
    people.show_on_floor(actor, centre_id, _floor_of(centre_id, moved, actor.zone))
    for booking, (_booking_id, change) in zip(moved, changing, strict=True):
        history.record(
            "booking.changed",
            "booking",
            booking.id,
            persons=[booking.person_id] if booking.person_id else [],
            detail={"before": asdict(change.before), "fields": list(change.fields)},
        )
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
