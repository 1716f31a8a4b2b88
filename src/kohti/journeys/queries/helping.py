"""Who helps with which step, what they did lately, and the steps that one helps with oneself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, reading
from kohti.kernel.actor import Actor
from kohti.people.sharing.queries import SharedPerson, shared_with_me

from ..models import Step

DONE_SHOWN = timedelta(days=14)
"""For how long whoever helped sees a step that is done."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who helps with a step, until the end of a day, and how the person agreed."""

    id: uuid.UUID
    step_id: uuid.UUID
    name: str
    until: date
    told: str


HELPERS = reading.Part(
    """
select h.id, h.step_id, t.full_name as name, h.until, coalesce(s.told, '') as told
from journeys_helping h join team_membership m on m.id = h.member_id join team_staff t on t.id = m.staff_id
join people_share s on s.because_id = h.id and s.because_kind = 'helping'
where h.journey_id = %(way)s and h.ended_at is null and s.ended_at is null and s.ends > kohti.now()
  and (m.ends is null or m.ends > kohti.now())
order by t.full_name, h.id
""",
    lambda row: Helper(
        uuid.UUID(row["id"]),
        uuid.UUID(row["step_id"]),
        row["name"],
        date.fromisoformat(row["until"]),
        row["told"],
    ),
)


def may_help(actor: Actor, way_centre: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Who can be asked to help: colleagues of any organisation at a centre whose role reads what is shared, by name.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.id, s.full_name || ' · ' || o.name from team_membership m"
            " join team_staff s on s.id = m.staff_id join team_organisation o on o.id = m.organisation_id"
            " join team_role r on r.id = m.role_id where m.centre_id = %s and r.verbs ? 'shares.read'"
            " and m.id is distinct from %s and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())"
            " order by s.full_name, m.id",
            [way_centre, actor.member_id],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Helped:
    """What a helper did with a step of somebody whom the actor has in hand."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: str
    helper: str
    step: str
    state: str
    words: str
    at: datetime


HELPED = reading.Part(
    """
select h.id, h.person_id, coalesce(nullif(p.called, ''), p.full_name) as person, t.full_name as helper, s.words as step,
    s.state, h.news as words, h.news_at as at
from journeys_helping h join journeys_journey j on j.id = h.journey_id and j.owner_id = %(me)s and j.closed_at is null
join people_person p on p.id = h.person_id join journeys_step s on s.id = h.step_id
join team_membership m on m.id = h.member_id join team_staff t on t.id = m.staff_id
where h.news_at is not null and h.seen_at is null order by h.news_at, h.id limit 50
""",
    lambda row: Helped(
        uuid.UUID(row["id"]),
        uuid.UUID(row["person_id"]),
        row["person"],
        row["helper"],
        row["step"],
        row["state"],
        row["words"],
        datetime.fromisoformat(row["at"]),
    ),
)
"""What helpers did with steps of whom `me` has in hand, and nobody has read yet; oldest first."""


@dataclass(frozen=True, slots=True)
class MyStep:
    """A step that the actor helps with: whose it is, until when, who asked, and how the person agreed."""

    id: uuid.UUID
    person: SharedPerson
    words: str
    due_on: date | None
    state: str
    why: str
    version: int
    until: date
    told: str
    asked_by: str

    @property
    def open(self) -> bool:
        """Whether there is something to do."""
        return self.state in (Step.State.DOING, Step.State.STUCK)


MY_STEPS = """
select s.id, h.person_id, s.words, s.due_on, s.state, s.why, s.version, h.until, coalesce(a.told, ''),
    coalesce(t.full_name, '')
from journeys_step s join journeys_helping h on h.step_id = s.id and h.ended_at is null
join team_membership m on m.id = h.member_id and m.staff_id = %(staff)s
left join people_share a on a.because_id = h.id and a.because_kind = 'helping'
left join team_membership b on b.id = h.by_member left join team_staff t on t.id = b.staff_id
where s.id = any((select kohti.my_steps())::uuid[])
  and (s.state in ('doing', 'stuck') or s.changed_at > %(since)s)
order by s.state not in ('doing', 'stuck'), s.due_on nulls last, s.id limit 200
"""


def steps_i_help_with(actor: Actor, person_id: uuid.UUID | None = None) -> list[MyStep]:
    """The steps that the actor helps with now, what is due first on top; of one person where given.

    Two statements, and the history's, which says whom they are of.
    """
    actors.must(actor, "shares.read")
    with connection.cursor() as cursor:
        cursor.execute(MY_STEPS, {"staff": actor.staff_id, "since": clock.now() - DONE_SHOWN})
        rows = [row for row in cursor.fetchall() if person_id in (None, row[1])]
    if not rows:
        return []
    known = {one.id: one for one in shared_with_me(actor, person_id)}
    found = [MyStep(row[0], known[row[1]], *row[2:]) for row in rows if row[1] in known]
    history.record("person.listed", "person", None, persons=sorted({one.person.id for one in found}))
    return found
