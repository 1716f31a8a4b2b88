"""A caseload file: checked, held, ordered, applied; all of it or nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kohti.diary.actions import files
from kohti.diary.models import ImportedFile
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.names import fold
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team.models import Centre

from .. import rules
from ..file import CaseRow, Checked, Found, Known, Place, check, read_rows, words_of
from .beginning import Fact, NewWay, begin

KIND = "caseload"
AT_ONCE = 500
"""Rows of a file that are asked about, and written, together."""

T = TypeVar("T")


def check_caseload(actor: Actor, content: bytes, *, filename: str) -> Checked:
    """Hold a caseload file against who is known at the actor's centre, changing nothing. Raises UnreadableSheet."""
    actors.must(actor, "journeys.lead")
    found = read_rows(
        content,
        filename=filename,
        country=str(actor.facts.get("country", "GB")),
        today=clock.today(actor.zone),
        words=words_of(actor),
    )
    return check(found, _known(actor, found.rows))


def hold_caseload(actor: Actor, content: bytes, *, filename: str, key: str) -> ImportedFile:
    """Keep a caseload file with the result of its check, until it is applied or a day has passed.

    Raises UnreadableSheet, with the key left for another file.
    """
    checked = check_caseload(actor, content, filename=filename)
    return files.hold(
        actor, KIND, _centre(actor), content, filename=filename, result=checked.as_json(), key=key
    )


def order_caseload(actor: Actor, file_id: uuid.UUID, *, register: bool) -> bool:
    """Mark a held file as about to be applied; whether it was not before. `register`: who is unknown is added.

    Raises NotThere.
    """
    actors.must(actor, "journeys.lead")
    return files.order(KIND, file_id, register=register)[1]


def apply_held_caseload(actor: Actor, file_id: uuid.UUID) -> ImportedFile:
    """Apply a held file, once: taking it up again after a crash changes nothing more. Raises Refused."""
    actors.must(actor, "journeys.lead")
    file = files.held(KIND, file_id, to_change=True)
    if file.state == ImportedFile.State.APPLIED:
        return file
    register = bool(file.result.get("register"))
    checked = apply_caseload(actor, bytes(file.content), filename=file.name, register=register)
    return files.applied(file, checked.as_json() | {"register": register})


def apply_caseload(actor: Actor, content: bytes, *, filename: str, register: bool) -> Checked:
    """Begin the ways of a file's rows, all of them or none; the same file again changes nothing.

    Who is not known is added with `register`, else left out. Statements are as many for each five hundred rows,
    whatever the rows say. Raises UnreadableSheet, and Refused where somebody's way was begun meanwhile.
    """
    actors.must(actor, "journeys.lead")
    centre_id = _centre(actor)
    with connection.cursor() as cursor:  # one file at a time for a centre: two would add the same people
        cursor.execute("select pg_advisory_xact_lock(7236012, hashtext(%s))", [str(centre_id)])
    checked = check_caseload(actor, content, filename=filename)
    wanted = [(row, found.person_id, coach) for row, found, coach in checked.ways]
    for some in _parts(checked.unknown if register else ()):
        made = people.register(
            actor, centre_id, [NewPerson(full_name=row.name, date_of_birth=row.born) for row, _coach in some]
        )
        wanted += [(row, person.id, coach) for (row, coach), person in zip(some, made, strict=True)]
    first = next((one.code for one in rules.stages(actor)), "")
    try:
        with transaction.atomic():
            for part in _parts(wanted):
                begin(actor, [_way(actor, centre_id, *one, first=first) for one in part])
    except IntegrityError as clash:
        raise Refused(_("They are on their way with us already."), code="open-already") from clash
    if wanted:
        history.record(
            "caseload.imported", "centre", centre_id, detail={"name": filename, "rows": len(wanted)}
        )
        live.tell(centre_id, "caseload", centre_id)
    return checked


def give_up_caseload(actor: Actor, file_id: uuid.UUID, why: str) -> None:
    """Say that a held file could not be applied; nothing of it was."""
    files.give_up(KIND, file_id, why)


def _way(
    actor: Actor, centre_id: uuid.UUID, row: CaseRow, person_id: uuid.UUID, coach: uuid.UUID, *, first: str
) -> NewWay:
    now, today = clock.now(), clock.today(actor.zone)
    begun = row.opened_on or today
    opened_at = now if begun == today else clock.local(begun, "09:00", actor.zone)
    return NewWay(
        person_id=person_id,
        centre_id=centre_id,
        owner_id=coach,
        basis=row.basis,
        opened_at=opened_at,
        limit_on=row.limit_on or rules.last_day(actor, begun),
        stage=row.stage or first,
        # Since when they are in a later stage no file says: what is known begins today.
        stage_since=now if row.stage and row.stage != first else None,
        why_here=row.why_here,
        facts={kind: Fact(value, since) for kind, (value, since) in row.facts.items()},
        step=row.step,
        step_on=row.step_on,
    )


def _centre(actor: Actor) -> uuid.UUID:
    if actor.centre_id is None:
        raise NotThere("no centre")
    return actor.centre_id


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


PLACES = """
select m.id, s.full_name, s.folded, m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now()),
    r.verbs ? 'journeys.work'
from team_membership m join team_staff s on s.id = m.staff_id join team_role r on r.id = m.role_id
where m.centre_id = %s order by m.starts, m.id
"""
WAYS = """
select person_id, owner_id, opened_at, closed_at from journeys_journey where person_id = any(%s)
order by opened_at, id
"""


def _known(actor: Actor, rows: Sequence[CaseRow]) -> Known:
    """Whom and what rows can be about: four statements, and three for each five hundred rows."""
    centre_id = _centre(actor)
    places: dict[str, list[Place]] = defaultdict(list)
    held: dict[uuid.UUID, Place] = {}
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [centre_id])
        for member_id, name, folded, here, works in cursor.fetchall():
            held[member_id] = Place(member_id, name, here, works)
            places[folded].append(held[member_id])
        addresses = sorted({row.coach.casefold() for row in rows if "@" in row.coach})
        cursor.execute("select address, member_id from kohti.places_by_address(%s)", [addresses])
        for address, member_id in cursor.fetchall():
            places[address].append(held[member_id])
    centres = list(Centre.objects.filter(service_id=actor.service).order_by("code"))
    people_found: dict[str, Found] = {}
    named: dict[tuple[str, date], list[Found]] = defaultdict(list)
    names: set[str] = set()
    for part in _parts(rows):
        for person, found in _people(actor, centre_id, part):
            people_found[person.reference] = found
            names.add(person.folded)
            if person.date_of_birth is not None:
                named[person.folded, person.date_of_birth].append(found)
    return Known(
        people=people_found,
        named=named,
        names=frozenset(names),
        places=places,
        centre=frozenset(
            fold(text) for one in centres if one.id == centre_id for text in (one.code, one.name)
        ),
        centres=frozenset(fold(text) for one in centres for text in (one.code, one.name)),
    )


def _people(actor: Actor, centre_id: uuid.UUID, rows: Sequence[CaseRow]) -> list[tuple[Person, Found]]:
    """Those of the actor's sight whom these rows may be about, each with their ways. Three statements."""
    references = [row.reference for row in rows if row.reference]
    folded = [fold(row.name) for row in rows if not row.reference]
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from people_person where service_id = %s and reference = any(%s)"
            " union select id from people_person where centre_id = %s and folded = any(%s)",
            [actor.service, references, centre_id, folded],
        )
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return []
        cursor.execute(WAYS, [ids])
        ways: dict[uuid.UUID, list[tuple[uuid.UUID | None, datetime, datetime | None]]] = defaultdict(list)
        for person_id, owner_id, opened_at, closed_at in cursor.fetchall():
            ways[person_id].append((owner_id, opened_at, closed_at))
    history.record("person.found", "people", None, persons=ids)
    found: list[tuple[Person, Found]] = []
    for person in Person.objects.filter(id__in=ids).order_by("id"):
        theirs = ways[person.id]
        is_open = next(((owner, _day(actor, at)) for owner, at, end in theirs if end is None), None)
        ended = tuple((_day(actor, at), _day(actor, end)) for _owner, at, end in theirs if end is not None)
        died = person.died_on is not None
        here = person.centre_id == centre_id
        found.append((person, Found(person.id, person.folded, here, is_open, ended, died)))
    return found


def _day(actor: Actor, at: datetime) -> date:
    return at.astimezone(actor.zone).date()
