"""Of whom something is shared with the actor, and what: a list, and one person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kohti.journeys.models import Aim, Step
from kohti.journeys.queries.plan import Rating, in_order
from kohti.kernel import actor as actors
from kohti.kernel import history, reading
from kohti.kernel.actor import Actor
from kohti.kernel.names import fold
from kohti.people.models import Contact, Mark
from kohti.people.sharing.models import NOT_OF_LIFE
from kohti.people.sharing.queries import SharedPerson

A_PAGE = 50
MOST = 200

WITH_US = """
s.person_id = p.person_id and s.ended_at is null and s.starts <= kohti.now() and s.ends > kohti.now()
and s.to_organisation_id = (select kohti.organisation())
and (s.members = '{}' or (select kohti.member()) = any(s.members))
"""
LIST = f"""
select p.person_id, p.full_name, p.called, p.reference, p.until, array(
    select distinct s.what_for from people_share s where {WITH_US} order by 1)
from (select person_id, full_name, called, reference, until, sort_key from kohti.shared_with_me(null)
      where (%(words)s::text[] = '{{}}' or person_id = any((select kohti.find_shared(%(words)s))::uuid[]))
        and (%(after)s::uuid is null or (sort_key, person_id) > (
             select l.sort_key, l.person_id from kohti.shared_with_me(%(after)s) l))
      order by sort_key, person_id limit %(most)s) p
order by p.sort_key, p.person_id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody of whom something is shared: who, until when, what for."""

    id: uuid.UUID
    full_name: str
    called: str
    reference: str
    until: datetime
    what_for: list[str]


def shared_list(actor: Actor, typed: str = "", *, after: uuid.UUID | None = None) -> tuple[list[Line], bool]:
    """Of whom something is shared with the actor now, by name, after one of them; and whether more follow.

    `typed`: parts of their names. Two statements; whom it shows is in the history.
    """
    actors.must(actor, "shares.read")
    words = fold(typed).split()
    with connection.cursor() as cursor:
        cursor.execute(LIST, {"words": words, "after": after, "most": A_PAGE + 1})
        found = [Line(*row) for row in cursor.fetchall()]
    shown = found[:A_PAGE]
    if shown:
        history.record(
            "person.found" if words else "person.listed",
            "people",
            None,
            persons=[one.id for one in shown],
            detail={"typed": typed} if words else None,
        )
    return shown, len(found) > A_PAGE


@dataclass(frozen=True, slots=True)
class Noted:
    """A note of shared fields of life: when, who wrote it, of which fields, its words."""

    id: uuid.UUID
    at: datetime
    who: str
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """A share with the actor's organisation that holds: what for, until when, and who made it."""

    what_for: str
    ends: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shared of a person, beside who they are; steps open ones first, notes newest first."""

    shares: tuple[Given, ...]
    contacts: tuple[Contact, ...]
    helps: tuple[Mark, ...]
    notes: tuple[Noted, ...]
    older: uuid.UUID | None
    aims: tuple[Aim, ...]
    steps: tuple[Step, ...]
    needs: tuple[Rating, ...]


SHARES = reading.Part(
    "select s.what_for, s.ends, coalesce(b.full_name, '') as by from people_share s"
    " cross join (select %(person)s::uuid as person_id) p left join team_staff b on b.id = s.by_staff_id"
    f" where {WITH_US} order by s.ends desc, s.id",
    lambda row: Given(row["what_for"], datetime.fromisoformat(row["ends"]), row["by"]),
)
CONTACTS = reading.rows_of(
    Contact,
    "person_id = %(person)s and %(reach)s and sealed = '' and ended_at is null"
    " order by preferred desc, kind, created_at, id",
)
HELPS = reading.rows_of(
    Mark,
    "person_id = %(person)s and %(helps)s and kind = 'helps' and sealed = '' and ended_at is null"
    " and (ends_on is null or ends_on >= %(today)s) order by created_at, id",
)
NOTES = reading.Part(
    """
select n.id, n.at, coalesce(t.full_name, '') as who, n.fields, n.text from (
    select * from people_note
    where person_id = %(person)s and not moved_away and fields <> '{}' and fields <@ %(fields)s::varchar[]
      and sealed <@ %(fields)s::varchar[]
      and (%(older)s::uuid is null or (at, id) < (select l.at, l.id from people_note l where l.id = %(older)s))
    order by at desc, id desc limit %(most)s) n left join team_staff t on t.id = n.by_staff_id
order by n.at desc, n.id desc
""",
    lambda row: Noted(
        uuid.UUID(row["id"]),
        datetime.fromisoformat(row["at"]),
        row["who"],
        tuple(row["fields"]),
        row["text"],
    ),
)
OF_SHARED = "person_id = %(person)s and field = any(%(fields)s) and sealed = any(%(fields)s || ''::text)"
AIMS = reading.rows_of(Aim, f"{OF_SHARED} and state <> 'dropped' order by made_at desc, id limit {MOST}")
STEPS = reading.rows_of(
    Step,
    "person_id = %(person)s and sealed = any(%(fields)s || ''::text) and state not in ('dropped', 'declined')"
    f" and aim_id in (select id from journeys_aim where {OF_SHARED}) order by made_at desc, id limit {MOST}",
)
NEEDS = reading.Part(
    f"select distinct on (field, view) field, view, level, at from journeys_need where {OF_SHARED}"
    " order by field, view, at desc, id desc",
    lambda row: Rating(row["field"], row["view"], row["level"], datetime.fromisoformat(row["at"])),
)


def beside(person: SharedPerson, today: object, *, older: uuid.UUID | None = None) -> Beside:
    """What is shared of a person whom the actor has opened as shared, and no more, though they may see more.

    One statement.
    """
    fields: Sequence[str] = [code for code in person.fields if code not in NOT_OF_LIFE]
    shares, contacts, helps, notes, aims, steps, needs = reading.together(
        {
            "person": person.id,
            "reach": "reach" in person.fields,
            "helps": "helps" in person.fields,
            "fields": list(fields),
            "today": today,
            "older": older,
            "most": A_PAGE + 1,
        },
        SHARES,
        CONTACTS,
        HELPS,
        NOTES,
        AIMS,
        STEPS,
        NEEDS,
    )
    return Beside(
        tuple(shares),
        tuple(contacts),
        tuple(helps),
        tuple(notes[:A_PAGE]),
        notes[A_PAGE - 1].id if len(notes) > A_PAGE else None,
        tuple(aims),
        tuple(sorted(steps, key=in_order)),
        tuple(needs),
    )
