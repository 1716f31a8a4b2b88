"""A small service at work, and a die: what the driver of "nobody falls through" throws it with."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from tests.factories import MORNING, Place, as_system, as_worker

from kohti.config import services
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.team.models import Service

Row = dict[str, Any]
PARTS_LAST_FIRST = (
    "ending", "lastingcheck", "outcome", "planchange", "planversion", "step", "aim", "answers", "need", "contact",
    "handover", "cover", "owning", "extension", "pause", "stagespell", "entryfact", "journey",
)  # fmt: skip
CLEARED = (
    *(f"journeys_{part}" for part in PARTS_LAST_FIRST),
    *("diary_reminder", "diary_freed", "diary_offer", "diary_wish", "diary_booking", "diary_absence"),
    *("people_grant", "people_restriction", "people_transfer", "people_alert"),
)
"""What a sequence leaves behind; what is pointed at comes last."""
COACHES = 3
"""So many are here when a sequence begins."""


class Doing:
    """Who is here, whom they work with, what time it is."""

    def __init__(self, here: Place, owner: psycopg.Connection[Any]) -> None:
        self.here, self.owner = here, owner
        self.service = here.system.service
        self.now = MORNING
        self.die = random.Random(0)
        self.leader = here.member("leader")
        self.leader_there = here.member("leader", centre="gloucester")
        self.coaches: list[Actor] = []
        self.leaving: dict[uuid.UUID, datetime] = {}
        self.coach_role, self.looking, self.joined = "coach", True, False
        self.text = services.shipped("gloucestershire").replace(
            '"gloucestershire"', f'"{here_code(here)}"', 1
        )
        self.done: Counter[str] = Counter()
        self.known()

    def known(self) -> None:
        """Three people whom the service knows."""
        self.people = [self.here.person(f"Person Number{n}").id for n in range(3)]

    def clear(self) -> None:
        """Everything of the sequence before is gone, and it is days later, on a morning: no absence lasts till then."""
        with self.owner.transaction():
            for table in CLEARED:
                self.owner.execute(f"delete from {table} where service_id = %s".encode(), [self.service])
            del self.people[3:]
            self.owner.execute(
                "update people_person set centre_id = %s, restricted = false, died_on = null where id = any(%s)",
                [self.here.centre.id, self.people],
            )
            self.owner.execute(
                "update team_service set timezone = 'Europe/London' where id = %s", [self.service]
            )
            self.owner.execute(
                "update journeys_rules set contact_days = 14 where service_id = %s", [self.service]
            )
        if self.joined:
            self.known()
            self.joined = False
        self.now = (self.now + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
        if (self.coach_role, self.looking) != ("coach", True):
            with clock.held_at(self.now):
                self.bring("coach", looking=True)
        self.coaches = [one for one in self.coaches if one.member_id not in self.leaving][:COACHES]
        self.leaving.clear()
        while len(self.coaches) < COACHES:
            with clock.held_at(self.now):
                self.colleague_begins()

    def all(self, query: str, *values: object) -> list[Row]:
        """Rows as the owner sees them, of this service."""
        with self.owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(query.encode(), (self.service, *values)).fetchall()

    def one(self, query: str, *values: object) -> Row:
        """One of these rows. Raises NotThere where there is none."""
        found = self.all(query, *values)
        if not found:
            raise NotThere("nothing to do it with")
        return self.die.choice(found)

    def somebody(self) -> uuid.UUID:
        """One of the people, whether or not they are on their way."""
        return self.die.choice(self.people)

    def way(self, *, closed: bool = False) -> Row:
        """An open way (or one that ended)."""
        return self.one(
            "select * from journeys_journey where service_id = %s and (closed_at is not null) = %s"
            " order by opened_at, id",
            closed,
        )

    def leads(self, way: Row) -> Actor:
        """The leader of the way's centre."""
        return self.leader if way["centre_id"] == self.here.centre.id else self.leader_there

    def coach(self, member_id: uuid.UUID | None) -> Actor | None:
        """The coach with this place, where they are here."""
        return next((one for one in self.coaches if one.member_id == member_id), None)

    def hand(self, way: Row) -> Actor:
        """Who does it: mostly whoever has it in hand, else the leader."""
        mine = self.coach(way["owner_id"])
        if mine is not None and self.die.random() < 0.85:
            return mine
        return self.leads(way)

    def day(self, most: int = 20) -> date:
        """A day to come, or today."""
        return clock.today(self.here.system.zone) + timedelta(days=self.die.randrange(most))

    def member(self) -> uuid.UUID:
        """A colleague."""
        found = self.die.choice([*self.coaches, self.leader]).member_id
        assert found is not None
        return found

    def colleague_begins(self) -> None:
        """One more coach."""
        self.coaches.append(
            self.here.hire(self.coach_role, centre="cheltenham", name=f"Coach {uuid.uuid4().hex}")
        )

    def go(self, coach: Actor, at: datetime) -> None:
        """A coach's place ends at an instant."""
        assert coach.member_id is not None
        self.leaving[coach.member_id] = at
        self.say_goodbye()

    def say_goodbye(self) -> None:
        """Whose place has ended by now acts no more."""
        self.coaches = [
            one
            for one in self.coaches
            if one.member_id not in self.leaving or self.leaving[one.member_id] > self.now
        ]

    def bring(self, coach_role: str, *, looking: bool, contact_days: int = 14) -> None:
        """Bring the service to its next blueprint: another code of the coach's role, with or without a stage."""
        text = self.text.replace("contact_days = 14", f"contact_days = {contact_days}")
        if coach_role != "coach":
            text = text.replace('code = "coach"', f'code = "{coach_role}"')
            text = text.replace('roles = ["coach", ', f'roles = ["{coach_role}", ')  # who meets a crisis
        mapping = ""
        if not looking:
            start = text.index('[[stages]]\ncode = "looking"')
            text = text[:start] + text[text.index("[[stages]]", start + 2) :]
            mapping = '[mapping.stages]\nlooking = "getting-ready"\n'
        if coach_role != self.coach_role:
            mapping += f'[mapping.roles]\n{self.coach_role} = "{coach_role}"\n'
        with as_worker():
            services.apply(mapping + text, name="next.toml")
        self.coach_role, self.looking = coach_role, looking
        with as_system(self.here.system):
            self.coaches = [one for was in self.coaches if (one := self.place_of(was)) is not None]

    def place_of(self, coach: Actor) -> Actor | None:
        """A colleague at the place they have now."""
        assert coach.member_id is not None
        places = self.all(
            "select m.id, m.ends from team_membership m join team_role r on r.id = m.role_id where m.service_id = %s"
            " and m.staff_id = %s and r.code = %s and m.starts <= %s and (m.ends is null or m.ends > %s)"
            " order by m.starts desc",
            coach.staff_id,
            self.coach_role,
            self.now,
            self.now,
        )
        if not places:
            return None
        if places[0]["ends"] is not None:
            self.leaving[places[0]["id"]] = places[0]["ends"]
        return actors.member(places[0]["id"])


def here_code(here: Place) -> str:
    """The code of a service."""
    with as_system(here.system):
        return Service.objects.get(id=here.system.service).code
