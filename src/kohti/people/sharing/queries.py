"""What is shared of somebody with whom, and who and what is shared with us."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.words import title

SHARES = """
select s.id, s.to_organisation_id, o.name, array(
           select t.full_name from team_membership m join team_staff t on t.id = m.staff_id
           where m.id = any(s.members) order by t.sort_key, t.id),
       s.fields::text[], s.what_for, s.basis, s.told, s.starts, s.ends, s.review_on, s.ended_at, s.ended_why, b.full_name,
       s.objected_at, s.objection, s.answer, coalesce(k.times, 0), k.last
from people_share s left join kohti.share_looks(%(person)s) k on k.share_id = s.id
     join team_organisation o on o.id = s.to_organisation_id
left join team_staff b on b.id = s.by_staff_id
where s.person_id = %(person)s
order by coalesce(s.ended_at, s.ends) > kohti.now() desc, s.starts desc, s.id
limit 200
"""
HIDDEN = """
select h.id, h.neutral, h.starts, h.ends, h.ended_at, h.by, coalesce(k.times, 0), k.last
from kohti.shares_hidden(%(person)s) h left join kohti.share_looks(%(person)s) k on k.share_id = h.id
order by h.starts desc, h.id
"""


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A share as a page lists it. `people`: whom of the organisation alone; `ended_at`: by hand, before its day;
    `looks`: how often its people looked while it held, and when last.
    """

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    people: list[str]
    fields: list[str]
    what_for: str
    basis: str
    told: str
    starts: datetime
    ends: datetime
    review_on: date
    ended_at: datetime | None
    ended_why: str
    by: str
    objected_at: datetime | None
    objection: str
    answer: str
    looks: int
    looked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.starts <= now < min(self.ends, self.ended_at or self.ends)


@dataclass(frozen=True, slots=True)
class HiddenShare:
    """A share with an organisation whose name the actor may not know of this person.

    Its neutral name, its days, and who made it.
    """

    id: uuid.UUID
    organisation: str
    starts: datetime
    ends: datetime
    ended_at: datetime | None
    by: str
    looks: int
    looked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.starts <= now < min(self.ends, self.ended_at or self.ends)


def shares_of(person_id: uuid.UUID) -> tuple[list[ShareLine], list[HiddenShare]]:
    """What is and was shared of a person, in force first, newest first; and what the actor may not read the name of.

    Two statements; the caller has opened the person.
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARES, {"person": person_id})
        lines = [ShareLine(*row) for row in cursor.fetchall()]
        cursor.execute(HIDDEN, {"person": person_id})
        hidden = [HiddenShare(row[0], title(row[1]), *row[2:]) for row in cursor.fetchall()]
    return lines, hidden


WITH_WHOM = """
select o.id, o.name from team_organisation o
where o.service_id = %(service)s and not o.retired and o.id <> %(mine)s order by lower(o.name), o.id
"""
ITS_PEOPLE = """
select m.id, t.full_name from team_membership m join team_staff t on t.id = m.staff_id
join team_role r on r.id = m.role_id
where m.organisation_id = %(chosen)s and m.service_id = %(service)s and m.starts <= kohti.now()
  and (m.ends is null or m.ends > kohti.now()) and r.verbs ? 'shares.read' order by t.sort_key, m.id limit 200
"""


def whom_to_share_with(
    actor: Actor, chosen: uuid.UUID | None
) -> tuple[list[tuple[uuid.UUID, str]], list[tuple[uuid.UUID, str]]]:
    """The other organisations of the service, by name; and the people of a chosen one who read what is shared.

    Two statements at most.
    """
    values = {"service": actor.service, "mine": actor.organisation_id, "chosen": chosen}
    with connection.cursor() as cursor:
        cursor.execute(WITH_WHOM, values)
        organisations = list(cursor.fetchall())
        if chosen is None or chosen not in dict(organisations):
            return organisations, []
        cursor.execute(ITS_PEOPLE, values)
        return organisations, list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class SharedPerson:
    """Somebody of whom something is shared with the actor: who they are, and no more than was shared.

    `date_of_birth` with `born`; `safe_contact`, `not_by` and `no_messages` with `reach`; else empty.
    """

    id: uuid.UUID
    full_name: str
    called: str
    sort_key: str
    reference: str
    languages: list[str]
    interpreter: str
    died_on: date | None
    date_of_birth: date | None
    safe_contact: str
    not_by: str
    no_messages: bool | None
    fields: list[str]
    until: datetime


def shared_with_me(actor: Actor, person_id: uuid.UUID | None = None) -> list[SharedPerson]:
    """Of whom something is shared with the actor now, by name; of one person where given.

    One statement. The caller writes into the history whom it shows.
    """
    actors.must(actor, "shares.read")
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.shared_with_me(%s) order by sort_key, person_id", [person_id])
        return [SharedPerson(*row) for row in cursor.fetchall()]


def open_shared(actor: Actor, person_id: uuid.UUID) -> SharedPerson:
    """Open what is shared of a person; it is in their history. Raises NotThere where nothing is, or no longer.

    One statement and the history's.
    """
    found = shared_with_me(actor, person_id)
    if not found:
        raise NotThere("no such person")
    history.record("person.opened", "person", person_id, persons=[person_id], detail={"by": "share"})
    return found[0]


def over_for_me(actor: Actor, person_id: uuid.UUID) -> tuple[bool, datetime | None]:
    """Whether something of a person was once shared with the actor, and when the last of it ended.

    No instant where it was not its end that closed it. Nothing says so to whoever was never shown anything. One statement.
    """
    actors.must(actor, "shares.read")
    with connection.cursor() as cursor:
        cursor.execute("select since from kohti.share_over(%s)", [person_id])
        row = cursor.fetchone()
    return row is not None, row[0] if row else None
