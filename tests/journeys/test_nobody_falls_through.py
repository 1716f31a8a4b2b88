"""Whatever is done in whatever order, and however much time passes: each open way is held or on a list that is read.

Sequences of random actions over a small service, each begun anew; the same seed is the same sequence. After every
action the stored instants are held against the rules, at this moment and at others to come.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, Place, acting, as_system, place

from kohti.config import addresses
from kohti.diary import actions as diary
from kohti.journeys import actions, attention, holding
from kohti.journeys.actions import EndAim, MoveStep, NewAim, NewContact, NewStep, Said
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.team import actions as team

Row = dict[str, Any]


class Week:
    """A service at work, and a die."""

    def __init__(self, here: Place, owner: psycopg.Connection[Any]) -> None:
        self.here, self.owner = here, owner
        self.service = here.system.service
        self.now = MORNING
        self.leader = here.member("leader")
        self.leader_there = here.member("leader", centre="gloucester")
        self.coaches: list[Actor] = []
        self.people = [here.person(f"Person Number{n}").id for n in range(3)]
        self.done: Counter[str] = Counter()

    def begin(self, seed: int) -> None:
        """Everything of the sequence before is gone; three coaches are here, one person is on their way."""
        self.die = random.Random(seed)
        self.trail: list[str] = []
        for table in CLEARED:
            self.owner.execute(f"delete from {table} where service_id = %s".encode(), [self.service])
        self.owner.execute(
            "update people_person set centre_id = %s, restricted = false where service_id = %s",
            [self.here.centre.id, self.service],
        )
        self.owner.execute("update team_service set timezone = 'Europe/London' where id = %s", [self.service])
        # Days later, on a morning, so that absences and grants of before are over.
        self.now = (self.now + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
        while len(self.coaches) < 3:
            self.colleague_begins()
        self.die = random.Random(seed)
        self.step(self.open_journey)
        self.step(self.plan_steps)

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

    def way(self, *, closed: bool = False) -> Row:
        """An open way (or one that ended)."""
        return self.one(
            "select * from journeys_journey where service_id = %s and (closed_at is not null) = %s"
            " order by opened_at, id",
            closed,
        )

    def hand(self, way: Row) -> Actor:
        """Who does it: mostly whoever has it in hand, else the leader."""
        mine = [one for one in self.coaches if one.member_id == way["owner_id"]]
        return mine[0] if mine and self.die.random() < 0.7 else self.die.choice([self.leader, *mine])

    def day(self, most: int = 20) -> date:
        """A day to come, or today."""
        return clock.today(self.here.system.zone) + timedelta(days=self.die.randrange(most))

    def member(self) -> uuid.UUID:
        """A colleague."""
        found = self.die.choice([*self.coaches, self.leader]).member_id
        assert found is not None
        return found

    # ------------------------------------------------------------------- what can be done

    def open_journey(self) -> None:
        acting(
            self.leader,
            actions.open_journey,
            self.die.choice(self.people),
            owner_id=self.member(),
            basis="task",
            key=str(new_id()),
        )

    def close(self) -> None:
        way = self.way()
        acting(
            self.hand(way),
            actions.close,
            way["id"],
            "Thanks",
            version=way["version"],
            follow_up_on=self.day(),
            follow_up_by=self.member(),
        )

    def reopen(self) -> None:
        way = self.way(closed=True)
        acting(self.leader, actions.reopen, way["id"], self.member(), "Again", version=way["version"])

    def stage(self) -> None:
        way = self.way()
        code = self.die.choice(self.stages)
        acting(self.hand(way), actions.move_to_stage, way["id"], code, "So it is")

    def limit(self) -> None:
        """Services with a time limit: the blueprint's, set as the service's housekeeping would."""
        with as_system(self.here.system):
            from kohti.journeys.models import Journey

            Journey.objects.filter(id=self.way()["id"]).update(limit_on=self.day())

    def pause(self) -> None:
        way = self.way()
        acting(self.hand(way), actions.pause, way["id"], self.day(), "In hospital", key=str(new_id()))

    def end_pause(self) -> None:
        way = self.way()
        acting(self.hand(way), actions.end_pause, way["id"])

    def extend(self) -> None:
        acting(
            self.leader, actions.extend, self.way()["id"], self.die.randrange(1, 9), "Soon", key=str(new_id())
        )

    def contact(self) -> None:
        way = self.way()
        back = timedelta(minutes=self.die.choice([0, 0, 1, 60, 60 * 24 * 3]))
        acting(
            self.hand(way),
            actions.write_contact,
            way["id"],
            NewContact(
                channel=self.die.choice(["here", "phone"]),
                came=self.die.random() < 0.7,
                at=clock.now() - back,
                needs=(Said("work", self.die.choice([None, 1, 2, 3, 4])),),
                changes=self.new_steps() if self.die.random() < 0.5 else (),
            ),
            key=str(new_id()),
        )

    def new_steps(self) -> tuple[NewStep, ...]:
        due = self.day() if self.die.random() < 0.8 else None
        return (NewStep(words="A step", due_on=due, offered=self.die.random() < 0.3),)

    def plan_steps(self) -> None:
        way = self.way()
        acting(self.hand(way), actions.change_plan, way["id"], self.new_steps(), key=str(new_id()))

    def plan_aim(self) -> None:
        way = self.way()
        aim = NewAim(words="An aim", field="work")
        changes = (aim, NewStep(words="Towards it", aim_id=aim.id, due_on=self.day()))
        acting(self.hand(way), actions.change_plan, way["id"], changes, key=str(new_id()))

    def plan_end_aim(self) -> None:
        aim = self.one("select * from journeys_aim where service_id = %s order by made_at, id")
        end = EndAim(id=aim["id"], reached=self.die.random() < 0.5)
        acting(self.leader, actions.change_plan, aim["journey_id"], [end], key=str(new_id()))

    def plan_move(self) -> None:
        step = self.one("select * from journeys_step where service_id = %s order by made_at, id")
        state = self.die.choice(["doing", "stuck", "stuck", "done", "dropped", "declined", "offered", ""])
        move = MoveStep(
            id=step["id"],
            version=step["version"],
            state=state,
            why="It is so",
            due_on=self.day() if self.die.random() < 0.4 else None,
            answered=self.die.random() < 0.4,
            ask_on=self.day() if self.die.random() < 0.2 else None,
            said=self.die.choice(["here", "here", ""]),
        )
        acting(self.leader, actions.change_plan, step["journey_id"], [move], key=str(new_id()))

    def agree(self) -> None:
        version = self.one("select id from journeys_planversion where service_id = %s order by at, id")
        acting(self.leader, actions.agree, version["id"], "here")

    def cover(self) -> None:
        alone = self.all(
            "select *, lower(alone) as since from journeys_journey where service_id = %s and closed_at is null"
            " and alone is not null order by opened_at, id"
        )
        way = alone[0] if alone and self.die.random() < 0.7 else self.way()
        starts = way.get("since") or clock.now() + timedelta(hours=self.die.randrange(-5, 60))
        ends = starts + timedelta(hours=self.die.randrange(200))
        who = self.hand(way)
        acting(who, actions.cover, [way["id"]], self.member(), starts=starts, ends=ends, key=str(new_id()))

    def end_cover(self) -> None:
        cover = self.one("select id from journeys_cover where service_id = %s order by starts, id")
        acting(self.leader, actions.end_cover, cover["id"])

    def ask_over(self) -> None:
        way = self.way()
        first = self.day(4)
        acting(
            self.hand(way),
            actions.ask_to_take_over,
            way["id"],
            self.member(),
            from_day=first,
            until_day=first + timedelta(days=self.die.randrange(5)),
            words="",
            key=str(new_id()),
        )

    def answer_over(self) -> None:
        asked = self.one("select * from journeys_handover where service_id = %s and state = 'asked'")
        who = next((one for one in self.coaches if one.member_id == asked["to_member_id"]), self.leader)
        acting(who, actions.answer_hand_over, asked["id"], accept=self.die.random() < 0.7)

    def give_coach(self) -> None:
        acting(self.leader, actions.give_coach, self.way()["id"], self.member())

    def reach(self) -> None:
        way = self.way()
        kind = self.die.choice(["job", "home", "moved-away"])
        today = clock.today(self.here.system.zone)
        acting(self.hand(way), actions.reach, way["id"], kind, today, key=str(new_id()))

    def verify(self) -> None:
        outcome = self.one("select id from journeys_outcome where service_id = %s order by at, id")
        acting(self.leader, actions.verify, outcome["id"])

    def withdraw(self) -> None:
        outcome = self.one("select id from journeys_outcome where service_id = %s order by at, id")
        acting(self.leader, actions.withdraw, outcome["id"], "A slip")

    def answer_check(self) -> None:
        check = self.one("select id from journeys_lastingcheck where service_id = %s order by due_on, id")
        acting(self.leader, actions.answer_check, check["id"], self.die.choice(["yes", "no", "unknown"]))

    def book(self) -> None:
        minutes = self.die.choice([5, 60, 60 * 24, 60 * 24 * 6])
        new = diary.NewBooking(
            starts=clock.now() + timedelta(minutes=minutes),
            minutes=10,
            kind_id=self.here.kinds["work-search-review"].id,
            person_id=self.die.choice(self.people),
        )
        with as_system(self.here.system) as system:
            diary.book(system, self.here.centre.id, [new])

    def booking(self) -> uuid.UUID:
        found: uuid.UUID = self.one(
            "select id from diary_booking where service_id = %s and state <> 'cancelled' order by starts, id"
        )["id"]
        return found

    def cancel(self) -> None:
        booking = self.booking()
        with as_system(self.here.system) as system:
            diary.cancel(system, booking)

    def mark(self) -> None:
        booking = self.booking()
        state = self.die.choice(["kept", "missed", "missed", "booked"])
        with as_system(self.here.system) as system:
            diary.mark(system, booking, state, expected=["booked", "kept", "missed"])

    def miss_the_rest(self) -> None:
        with as_system(self.here.system) as system:
            diary.miss_the_rest(system, self.here.centre.id, clock.today(self.here.system.zone))

    def be_away(self) -> None:
        who = self.die.choice([*self.coaches, *self.coaches, self.leader])
        first = self.day(6)
        last = first + timedelta(days=self.die.randrange(6))
        acting(who, diary.be_away, who.staff_id, first, last, key=str(new_id()))

    def be_back(self) -> None:
        absence = self.one(
            "select id from diary_absence where service_id = %s and centre_id = %s order by starts, id",
            self.here.centre.id,
        )
        acting(self.leader, diary.be_back, absence["id"])

    def colleague_leaves(self) -> None:
        if len(self.coaches) < 2:
            raise NotThere("nobody would be left")
        gone = self.die.choice(self.coaches)
        assert gone.member_id is not None
        with as_system(self.here.system) as system:
            team.end_membership(system, gone.member_id)
        self.coaches.remove(gone)

    def colleague_begins(self) -> None:
        self.coaches.append(self.here.hire("coach", centre="cheltenham", name=f"Coach {new_id().hex}"))

    def transfer(self) -> None:
        person = self.one(
            "select id from people_person where service_id = %s and centre_id = %s and not restricted order by id",
            self.here.centre.id,
        )
        acting(
            self.leader,
            people.transfer,
            person["id"],
            self.here.other.id,
            from_day=clock.today(self.here.system.zone),
            reason="moved",
            keep_member=self.member() if self.die.random() < 0.5 else None,
            key=str(new_id()),
        )

    def restrict(self) -> None:
        person = self.one(
            "select id from people_person where service_id = %s and centre_id = %s and not restricted order by id",
            self.here.centre.id,
        )
        named = [self.leader.member_id, *([self.member()] if self.die.random() < 0.5 else [])]
        acting(self.leader, people.restrict, person["id"], named, "a relative", key=str(new_id()))

    def other_rules(self) -> None:
        """A new version of the blueprint: another interval, another zone."""
        days, zone = self.die.randrange(1, 20), self.die.choice(["Europe/London", "Europe/Helsinki"])
        with as_system(self.here.system):
            from kohti.journeys.models import Rules
            from kohti.team.models import Service

            Rules.objects.filter(service_id=self.service).update(contact_days=days)
            Service.objects.filter(id=self.service).update(timezone=zone)

    def wait(self) -> None:
        self.now += timedelta(minutes=self.die.choice([1, 10, 60, 60 * 14, 60 * 24, 60 * 24 * 5]))

    OFTEN = ("contact", "plan_steps", "plan_move", "book", "mark", "be_away", "cover", "wait", "wait", "wait")
    ONCE = (
        "open_journey", "close", "reopen", "stage", "limit", "pause", "end_pause", "extend", "plan_aim",
        "plan_end_aim", "agree", "end_cover", "ask_over", "answer_over", "give_coach", "reach", "verify",
        "withdraw", "answer_check", "cancel", "miss_the_rest", "be_back", "colleague_leaves", "colleague_begins",
        "transfer", "restrict", "other_rules",
    )  # fmt: skip

    FIRST = {
        "extend": "limit", "verify": "reach", "withdraw": "reach", "answer_check": "reach", "reopen": "close",
        "end_cover": "cover", "plan_end_aim": "plan_aim", "answer_over": "ask_over", "plan_move": "plan_steps",
        "agree": "plan_steps", "end_pause": "pause", "cancel": "book", "mark": "book", "be_back": "be_away",
    }  # fmt: skip
    """What mostly comes before, without which there would be nothing to do it with."""

    # ------------------------------------------------------------------- what must hold

    def step(self, action: Callable[[], None]) -> None:
        """One action, and the promise after it. What is refused changes nothing, and counts as not done."""
        name = action.__name__
        with clock.held_at(self.now):
            try:
                action()
                self.done[name] += 1
                self.trail.append(name)
            except (Refused, NotThere, NotAllowed):
                self.trail.append(f"({name})")
        self.look(self.now)
        self.look(self.moment_to_come())

    def moment_to_come(self) -> datetime:
        """An instant at which something may end, or just before it, or any."""
        ends = [
            row["held_until"]
            for row in self.all(
                "select held_until from journeys_journey where service_id = %s and closed_at is null"
            )
            if row["held_until"] > self.now
        ]
        if ends and self.die.random() < 0.6:
            found: datetime = self.die.choice(sorted(ends))
            return found - timedelta(microseconds=self.die.randrange(2))
        return self.now + timedelta(minutes=self.die.randrange(60 * 24 * 40))

    def look(self, at: datetime) -> None:
        """The promise, at an instant."""
        found = attention.check(self.owner, at, self.service)
        assert found.wrong == 0, (at, found.faults, self.trail)
        assert found.held + found.listed == found.open, (at, self.trail)
        stale = self.owner.execute(STALE.encode(), {"service": self.service, "now": self.now}).fetchall()
        assert not stale, (stale, self.trail)
        if self.leaders_are_here(at):
            assert found.orphans == 0, (at, found.faults, self.trail)

    def leaders_are_here(self, at: datetime) -> bool:
        return not self.all(
            "select 1 from diary_absence where service_id = %s and staff_id = any(%s) and starts <= %s and ends > %s",
            [self.leader.staff_id, self.leader_there.staff_id],
            at,
            at,
        )

    def play(self, seed: int, steps: int) -> None:
        """A sequence of this many actions."""
        self.begin(seed)
        for _n in range(steps):
            name = self.die.choice(self.OFTEN if self.die.random() < 0.4 else self.ONCE)
            if name in self.FIRST and self.die.random() < 0.5:
                self.step(getattr(self, self.FIRST[name]))
            self.step(getattr(self, name))

    @property
    def stages(self) -> list[str]:
        """The service's stages."""
        from kohti.journeys import rules

        with as_system(self.here.system) as system:
            return [one.code for one in rules.stages(system)]


STALE = f"""
select j.id, j.held_until, h.held_until, j.lapse, h.lapse, j.alone, h.alone
from ({holding.HELD.replace("j.id = any(p_journeys)", "j.service_id = %(service)s")}) h
join journeys_journey j on j.id = h.id
where (j.held_until, j.lapse, j.last_contact_at, j.next_at, j.ends_on)
    is distinct from (h.held_until, h.lapse, h.last_contact_at, h.next_at, h.ends_on)
   or coalesce(j.alone, '{{}}') * tstzmultirange(tstzrange(%(now)s, null))
    <> coalesce(h.alone, '{{}}') * tstzmultirange(tstzrange(%(now)s, null))
"""
"""What is stored of the time to come and would be another if it were computed now."""

PARTS_LAST_FIRST = (
    "ending", "lastingcheck", "outcome", "planchange", "planversion", "step", "aim", "answers", "need", "contact",
    "handover", "cover", "owning", "extension", "pause", "stagespell", "entryfact", "journey",
)  # fmt: skip
CLEARED = (
    *(f"journeys_{part}" for part in PARTS_LAST_FIRST),
    *("diary_booking", "diary_absence"),
    *("people_grant", "people_restriction", "people_transfer", "people_alert"),
)
"""What a sequence leaves behind; what is pointed at comes last."""


@pytest.fixture(scope="module")
def week() -> Iterator[Week]:
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner, clock.held_at(MORNING):
        yield Week(place(), owner)


def test_nobody_falls_through_in_forty_sequences(week: Week) -> None:
    for seed in range(40):
        week.play(seed, 10)
    assert set(week.done) == {*week.OFTEN, *week.ONCE}


@pytest.mark.long
def test_nobody_falls_through_in_ten_thousand_sequences(week: Week) -> None:
    for seed in range(1_000, 11_000):
        week.play(seed, 15)
        if seed % 100 == 0:
            print(f"{seed - 1_000:,} of 10,000 sequences, {week.done.total():,} actions", flush=True)


def test_somebody_whose_list_nobody_reads_is_counted(week: Week) -> None:
    """Their coach has left and the leader is away: the check says so rather than that all is well."""
    week.begin(7)
    coach = week.coaches[0]
    assert coach.member_id is not None
    with clock.held_at(week.now):
        if way := week.all("select id from journeys_journey where service_id = %s and closed_at is null"):
            acting(week.leader, actions.give_coach, way[0]["id"], coach.member_id)
        today = clock.today(week.here.system.zone)
        acting(week.leader, diary.be_away, week.leader.staff_id, today, today, key=str(new_id()))
        before = attention.check(week.owner, week.now, week.service)
        with as_system(week.here.system) as system:
            team.end_membership(system, coach.member_id)
        week.coaches.remove(coach)
        after = attention.check(week.owner, week.now + timedelta(seconds=1), week.service)
    assert (before.orphans, after.orphans, after.wrong) == (0, 1, 0)
    assert after.faults[0]["read"] is False


TRIGGERS = """
select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and (t.tgname like 'holds\\_on\\_%' or t.tgname like 'journeys\\_on\\_%') order by 1, 2
"""
NEVER_TRIED = {
    ("people_person", "journeys_on_restriction"),  # the leader is named too: test_whose_way.py looks at it
    ("journeys_rules", "journeys_on_insert"),  # before the first way
    *((f"journeys_{part}", "holds_on_delete") for part in ("step", "contact", "pause", "extension", "cover")),
    ("journeys_extension", "holds_on_update"),
    ("journeys_contact", "holds_on_update"),
}
"""What no action of the driver does by itself, or what another trigger mends a moment later."""


@pytest.mark.long
def test_without_any_one_of_its_triggers_somebody_falls_through(week: Week) -> None:
    """The driver would notice: each trigger that keeps the stored instants right is needed."""
    unneeded = []
    for table, trigger in week.owner.execute(TRIGGERS.encode()).fetchall():
        if (table, trigger) in NEVER_TRIED:
            continue
        week.owner.execute(f'alter table "{table}" disable trigger "{trigger}"'.encode())
        try:
            for seed in range(300):
                week.play(seed, 12)
            unneeded.append((table, trigger))
        except AssertionError:
            print(f"{table} {trigger}: noticed in sequence {seed}", flush=True)
        finally:
            week.owner.execute(f'alter table "{table}" enable trigger "{trigger}"'.encode())
    assert not unneeded
