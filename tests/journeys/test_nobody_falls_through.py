"""Whatever is done in whatever order, and however much time passes: each open way is held or on a list that is read.

Sequences of random actions over a small service, each begun anew; the same seed is the same sequence. After every
action the stored instants are held against the rules, at this moment and at others to come.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from tests.factories import MORNING, acting, as_system, place
from tests.journeys.deeds import Deeds
from tests.journeys.other_deeds import OtherDeeds

from kohti.config import addresses
from kohti.diary import actions as diary
from kohti.journeys import actions, attention, holding, queries
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.errors import KohtiError
from kohti.kernel.ids import new_id
from kohti.team import actions as team


class Week(Deeds, OtherDeeds):
    """A service at work; every deed, and the promise."""

    OFTEN = (
        "contact", "appointment", "plan_steps", "plan_move", "book", "mark", "be_away", "cover", "wait", "wait", "wait",
    )  # fmt: skip
    ONCE = (
        "open_journey", "close", "reopen", "stage", "limit", "pause", "end_pause", "extend", "plan_aim",
        "plan_end_aim", "agree", "end_cover", "ask_over", "answer_over", "give_coach", "reach", "verify",
        "withdraw", "answer_check", "cancel", "miss_the_rest", "be_back", "colleague_leaves", "colleague_begins",
        "transfer", "restrict", "other_rules",
        "follow_up", "offer", "answer_offer", "aim_again", "rate", "answer_questions", "take_back_over", "pass_key",
        "cover_several", "give_several", "catch_up", "bring_paper", "write_note", "correct_note", "move_note", "died",
        "lives", "merge", "unmerge", "bring_caseload", "change_place", "come_back", "next_blueprint",
        "transfers_come", "open_up", "emergency", "give_sight", "end_sight",
    )  # fmt: skip

    FIRST = {
        "extend": "limit", "verify": "reach", "withdraw": "reach", "answer_check": "reach", "reopen": "close",
        "end_cover": "cover", "plan_end_aim": "plan_aim", "answer_over": "ask_over", "plan_move": "plan_steps",
        "agree": "plan_steps", "end_pause": "pause", "cancel": "book", "mark": "book", "be_back": "be_away",
        "follow_up": "close", "answer_offer": "offer", "aim_again": "plan_end_aim", "take_back_over": "ask_over",
        "pass_key": "answer_over", "correct_note": "write_note", "move_note": "write_note", "lives": "died",
        "unmerge": "merge", "come_back": "colleague_leaves", "transfers_come": "transfer", "open_up": "restrict",
        "end_sight": "give_sight", "catch_up": "be_back",
    }  # fmt: skip
    """What mostly comes before, without which there would be nothing to do it with."""

    def begin(self, seed: int) -> None:
        """Everything of the sequence before is gone; three coaches are here, one person is on their way."""
        self.trail: list[str] = [f"seed {seed}"]
        self.clear()
        self.die = random.Random(seed)
        self.step(self.open_journey)
        self.step(self.plan_steps)

    def step(self, action: Callable[[], None]) -> None:
        """One action, and the promise after it. What is refused changes nothing, and counts as not done."""
        name = action.__name__
        with clock.held_at(self.now):
            try:
                action()
                self.done[name] += 1
                self.trail.append(name)
            except KohtiError as no:
                self.trail.append(f"({name}: {no})")
        if self.leaving:
            self.say_goodbye()
        stale = self.owner.execute(STALE.encode(), {"service": self.service, "now": self.now}).fetchall()
        assert not stale, (stale, self.trail)
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
        if found.orphans and self.leaders_are_here(at):
            raise AssertionError((at, found.faults, self.trail))

    def leaders_are_here(self, at: datetime) -> bool:
        """Whether no leader is away at an instant."""
        return not self.all(
            "select 1 from diary_absence where service_id = %s and staff_id = any(%s) and starts <= %s and ends > %s",
            [self.leader.staff_id, self.leader_there.staff_id],
            at,
            at,
        )

    def somebody_reads(self) -> None:
        """Each way that nobody holds stands on the Today of somebody who is here, as they themselves read it."""
        if not self.leaders_are_here(self.now):
            return
        listed = self.all(
            "select j.id, j.lapse from journeys_journey j where service_id = %s and closed_at is null"
            f" and {holding.LISTED.format(now='%s')}",
            self.now,
            self.now,
        )
        away = {
            row["staff_id"]
            for row in self.all(
                "select staff_id from diary_absence where service_id = %s and starts <= %s and ends > %s",
                self.now,
                self.now,
            )
        }
        read = set()
        with clock.held_at(self.now):
            for one in (*self.coaches, self.leader, self.leader_there) if listed else ():
                if one.staff_id not in away:
                    leads = actors.may(one, "journeys.lead")
                    found = acting(one, queries.needing, leads=leads)
                    read |= {needs.journey_id for needs in found.mine + found.climbed}
        unread = [row for row in listed if row["id"] not in read]
        assert not unread, (self.now, unread, self.trail)

    def play(self, seed: int, steps: int, turn: str = "") -> None:
        """A sequence of this many actions, one of which is `turn`, or what is this seed's turn."""
        self.begin(seed)
        at = self.die.randrange(steps)
        for n in range(steps):
            name = self.die.choice(self.OFTEN if self.die.random() < 0.4 else self.ONCE)
            if n == at:
                name = turn or self.ONCE[seed % len(self.ONCE)]
            if n == at or self.die.random() < 0.5:
                self.prepare(name)
            self.step(getattr(self, name))
        self.somebody_reads()

    def prepare(self, name: str) -> None:
        """What mostly comes before, and what comes before that."""
        if name in self.FIRST:
            self.prepare(self.FIRST[name])
            self.step(getattr(self, self.FIRST[name]))


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


@pytest.fixture(scope="module")
def week() -> Iterator[Week]:
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner, clock.held_at(MORNING):
        yield Week(place(), owner)


def test_nobody_falls_through_in_twenty_sequences(week: Week) -> None:
    for seed in range(20):
        week.play(seed, 10)
    for seed in range(20, 80):
        never = sorted({*week.OFTEN, *week.ONCE} - set(week.done))
        if never:
            week.play(seed, 4, turn=never[seed % len(never)])
    assert {*week.OFTEN, *week.ONCE} == set(week.done), "each was done at least once"


FIRST_SEED, SEQUENCES = (int(os.environ.get(name, n)) for name, n in (("SEED", 1_000), ("SEQUENCES", 10_000)))
"""`SEED=20000 SEQUENCES=500` drives others, so that a run can go on where another ended."""


@pytest.mark.long
def test_nobody_falls_through_in_ten_thousand_sequences(week: Week) -> None:
    for n in range(SEQUENCES):
        week.play(FIRST_SEED + n, 15)
        if n % 100 == 99:
            print(f"{n + 1:,} of {SEQUENCES:,} sequences, {week.done.total():,} actions", flush=True)


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
