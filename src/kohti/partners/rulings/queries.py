"""Questions to the authority: of a way, to us, on Today."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import history, reading
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.people.sharing.queries import SharedPerson, shared_with_me


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what became of it; `asked_by`, `taken_by`: who, `late`: the leader is shown it."""

    id: uuid.UUID
    journey_id: uuid.UUID
    person_id: uuid.UUID
    kind: str
    words: str
    fields: list[str]
    asked_by: str
    asked_at: datetime
    answer_by: datetime
    state: str
    taken_by: str
    answer: str
    reason: str
    step: str
    due_on: date | None
    closed_at: datetime | None
    mine: bool
    taken_by_me: bool
    shown: bool


COLUMNS = """
r.id, r.journey_id, r.person_id, r.kind, r.words, r.fields::text[], coalesce(a.full_name, ''), r.asked_at, r.answer_by,
r.state, coalesce(t.full_name, ''), r.answer, r.reason, r.step, r.due_on, r.closed_at,
r.asked_by_id = (select kohti.member()), coalesce(r.taken_by_id = (select kohti.member()), false),
exists (select 1 from people_share s where s.because_id = r.id and s.ended_at is null and s.ends > kohti.now())
"""
FROM = """
from partners_ruling r
left join team_membership am on am.id = r.asked_by_id left join team_staff a on a.id = am.staff_id
left join team_membership tm on tm.id = r.taken_by_id left join team_staff t on t.id = tm.staff_id
"""
OF_A_WAY = f"""
select {COLUMNS} {FROM} where r.journey_id = %s and (r.closed_at is null or (r.state = 'answered' and r.closed_at > %s))
order by r.asked_at desc, r.id limit 20
"""
TO_US = f"""
select {COLUMNS} {FROM} where r.closed_at is null and r.id = any((select kohti.my_rulings())::uuid[])
order by r.asked_at, r.id limit 100
"""
ONE = f"select {COLUMNS} {FROM} where r.id = %s"


def of_way(journey_id: uuid.UUID, since: datetime) -> list[Asked]:
    """The questions about a way that are open, or were answered since; newest first. One statement."""
    return _asked(OF_A_WAY, journey_id, since)


def one(ruling_id: uuid.UUID) -> Asked:
    """A question. Raises NotThere. One statement."""
    for found in _asked(ONE, ruling_id):
        return found
    raise NotThere("no such question")


def to_us(actor: Actor) -> list[tuple[Asked, SharedPerson]]:
    """The open questions that the actor may answer, oldest first, each with whom it is about. Three statements."""
    actors.must(actor, "rulings.give")
    found = _asked(TO_US)
    if not found:
        return []
    known = {person.id: person for person in shared_with_me(actor)}
    lines = [(asked, known[asked.person_id]) for asked in found if asked.person_id in known]
    history.record("person.listed", "person", None, persons=sorted({person.id for _one, person in lines}))
    return lines


def _asked(query: str, *values: uuid.UUID | datetime) -> list[Asked]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [Asked(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OnToday:
    """A question on Today: one's own, open or answered and not read; late at the centre one leads; or to oneself."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    words: str
    state: str
    answer: str
    reason: str
    asked_at: datetime
    asked_by: str
    taken_by: str
    which: str


TODAY = reading.Part(
    """
select * from (
    select r.id, r.person_id, coalesce(nullif(p.called, ''), p.full_name, '') as name, r.words, r.state, r.answer, r.reason,
        r.asked_at, coalesce(a.full_name, '') as asked_by, coalesce(t.full_name, '') as taken_by,
        case when r.asked_by_id = %(me)s then 'mine'
             when r.closed_at is null and r.answer_by <= (select kohti.now())
                  and r.centre_id = (select kohti.whole_centre()) then 'late'
             when r.closed_at is null and r.id = any((select kohti.my_rulings())::uuid[]) then 'to-me'
             else '' end as which
    from partners_ruling r
    left join people_person p on p.id = r.person_id
    left join team_membership am on am.id = r.asked_by_id left join team_staff a on a.id = am.staff_id
    left join team_membership tm on tm.id = r.taken_by_id left join team_staff t on t.id = tm.staff_id
    where (r.closed_at is null and r.centre_id = %(centre)s) or (r.asked_by_id = %(me)s and r.read_at is null)
) r where which <> '' order by asked_at, id limit 50
""",
    lambda row: OnToday(
        uuid.UUID(row["id"]),
        uuid.UUID(row["person_id"]),
        row["name"],
        row["words"],
        row["state"],
        row["answer"],
        row["reason"],
        datetime.fromisoformat(row["asked_at"]),
        row["asked_by"],
        row["taken_by"],
        row["which"],
    ),
)
"""The questions that `me` at `centre` is shown on Today."""
