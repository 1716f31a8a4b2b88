"""What is done with a way, day by day: begun, planned, met, handed on, ended. Each a deed of the driver."""

from __future__ import annotations

import uuid
from datetime import timedelta

from tests.factories import acting, as_system
from tests.journeys.doing import Doing, Row

from kohti.diary import actions as diary
from kohti.journeys import actions, rules
from kohti.journeys.actions import EndAim, MoveStep, NewAim, NewContact, NewStep, Said
from kohti.journeys.models import Journey, Rules
from kohti.kernel import clock
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.team import actions as team
from kohti.team.models import Service


class Deeds(Doing):
    """What can be done."""

    def open_journey(self) -> None:
        acting(
            self.leader,
            actions.open_journey,
            self.somebody(),
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
        acting(self.leads(way), actions.reopen, way["id"], self.member(), "Again", version=way["version"])

    def stage(self) -> None:
        way = self.way()
        code = self.die.choice(self.stages)
        acting(self.hand(way), actions.move_to_stage, way["id"], code, "So it is")

    def limit(self) -> None:
        """Services with a time limit: the blueprint's, set as the service's housekeeping would."""
        with as_system(self.here.system):
            Journey.objects.filter(id=self.way()["id"]).update(limit_on=self.day())

    def pause(self) -> None:
        way = self.way()
        acting(self.hand(way), actions.pause, way["id"], self.day(), "In hospital", key=str(new_id()))

    def end_pause(self) -> None:
        way = self.way()
        acting(self.hand(way), actions.end_pause, way["id"], "Home again")

    def extend(self) -> None:
        way = self.way()
        days = self.die.choice([self.die.randrange(1, 9), 7 * self.die.randrange(1, 5)])
        acting(self.leads(way), actions.extend, way["id"], days, "Soon", key=str(new_id()))

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
        who = self.coach(asked["to_member_id"]) or self.leader
        acting(who, actions.answer_hand_over, asked["id"], accept=self.die.random() < 0.7)

    def give_coach(self) -> None:
        way = self.way()
        acting(self.leads(way), actions.give_coach, way["id"], self.member())

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
        answer = self.die.choice(["yes", "no", "unknown"])
        ended = clock.today(self.here.system.zone) if answer == "no" else None
        acting(self.leader, actions.answer_check, check["id"], answer, ended_on=ended)

    def book(self) -> None:
        minutes = self.die.choice([5, 60, 60 * 24, 60 * 24 * 6])
        new = diary.NewBooking(
            starts=clock.now() + timedelta(minutes=minutes),
            minutes=10,
            kind_id=self.here.kinds["work-search-review"].id,
            person_id=self.one(
                "select id from people_person where service_id = %s and merged_into_id is null and id = any(%s)"
                " order by id",
                self.people,
            )["id"],
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
            diary.cancel(system, booking, key=None)

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
        first = self.die.choice([self.day(1), self.day(6)])
        last = first + timedelta(days=self.die.randrange(6))
        acting(who, diary.be_away, who.staff_id, first, last, key=str(new_id()))

    def be_back(self) -> None:
        absence = self.one(
            "select id from diary_absence where service_id = %s and centre_id = %s order by starts, id",
            self.here.centre.id,
        )
        acting(self.leader, diary.be_back, absence["id"])

    def colleague_leaves(self) -> None:
        """Now, or in some hours."""
        if len(self.coaches) < 2:
            raise NotThere("nobody would be left")
        gone = self.die.choice(self.coaches)
        at = clock.now() + timedelta(hours=self.die.choice([0, 0, 3, 40]))
        with as_system(self.here.system) as system:
            team.end_membership(system, gone.member_id or uuid.uuid4(), at=at, because="left")
        self.go(gone, at)

    def open_record_here(self) -> Row:
        """Somebody of this centre whose record is not restricted."""
        return self.one(
            "select id from people_person where service_id = %s and id = any(%s) and centre_id = %s"
            " and not restricted order by id",
            self.people,
            self.here.centre.id,
        )

    def transfer(self) -> None:
        person = self.open_record_here()
        acting(
            self.leader,
            people.transfer,
            person["id"],
            self.here.other.id,
            from_day=self.die.choice([clock.today(self.here.system.zone), self.day(4)]),
            reason="moved",
            keep_member=self.member() if self.die.random() < 0.5 else None,
            key=str(new_id()),
        )

    def restrict(self) -> None:
        person = self.open_record_here()
        named = [self.leader.member_id, *([self.member()] if self.die.random() < 0.5 else [])]
        acting(self.leader, people.restrict, person["id"], named, "a relative", key=str(new_id()))

    def other_rules(self) -> None:
        """A new version of the blueprint: another interval, another zone."""
        days, zone = self.die.randrange(1, 20), self.die.choice(["Europe/London", "Europe/Helsinki"])
        with as_system(self.here.system):
            Rules.objects.filter(service_id=self.service).update(contact_days=days)
            Service.objects.filter(id=self.service).update(timezone=zone)

    def wait(self) -> None:
        self.now += timedelta(minutes=self.die.choice([1, 10, 60, 60 * 14, 60 * 24, 60 * 24 * 5]))

    @property
    def stages(self) -> list[str]:
        """The service's stages."""
        with as_system(self.here.system) as system:
            return [one.code for one in rules.stages(system)]
