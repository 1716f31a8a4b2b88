"""What else is done around a way: choices, papers, the appointment's page, files, two records, blueprints, places."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.http import QueryDict
from tests.factories import acting, as_system
from tests.journeys.doing import Doing, Row
from tests.journeys.test_bringing import line, name_of, table

from kohti.diary import actions as diary
from kohti.journeys import actions, instrument, queries
from kohti.journeys.actions import MoveStep, NewStep, ReopenAim, Said
from kohti.journeys.models import Journey
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.attachments import actions as papers
from kohti.team import actions as team
from kohti.workbench import saving
from kohti.workbench.merging import actions as merging


def key() -> str:
    """A key that was never used."""
    return str(new_id())


class OtherDeeds(Doing):
    """What can be done besides."""

    def follow_up(self) -> None:
        ending = self.one(
            "select id, member_id from journeys_ending where service_id = %s and asked_at is null"
            " and again_at is null and follow_up_on is not null order by at, id"
        )
        who = self.coach(ending["member_id"]) or self.leader
        acting(who, actions.follow_up, ending["id"], self.die.choice(["All is well", "Nobody was reached"]))

    def offer(self) -> None:
        """Two things to choose from."""
        way = self.way()
        steps = [NewStep(words=words, due_on=self.day(), offered=True) for words in ("A course", "A visit")]
        acting(self.hand(way), actions.change_plan, way["id"], steps, key=key())

    def answer_offer(self) -> None:
        """They take it, decline it, or want to be asked later."""
        step = self.one(
            "select * from journeys_step where service_id = %s and state = 'offered' order by made_at, id"
        )
        state = self.die.choice(["doing", "declined", ""])
        ask_on = None if state else self.day()
        move = MoveStep(id=step["id"], version=step["version"], state=state, ask_on=ask_on, said="here")
        acting(self.leader, actions.change_plan, step["journey_id"], [move], key=key())

    def aim_again(self) -> None:
        aim = self.one(
            "select * from journeys_aim where service_id = %s and state <> 'open' order by made_at, id"
        )
        acting(self.leader, actions.change_plan, aim["journey_id"], [ReopenAim(id=aim["id"])], key=key())

    def rate(self) -> None:
        way = self.way()
        said = Said(self.die.choice(["work", "health"]), self.die.choice([None, 1, 4]), "own")
        acting(self.hand(way), actions.rate, way["id"], [said], key=key())

    def answer_questions(self) -> None:
        way = self.way()
        answers = {item.code: self.die.choice([1, 4, instrument.UNSAID]) for item in instrument.ITEMS[:3]}
        acting(self.hand(way), actions.answer, way["id"], "own", answers, key=key())

    def appointment(self) -> None:
        """The ten-minute page is saved, with all that may go with it."""
        way = self.way()
        typed = QueryDict(mutable=True)
        typed.update(
            {"key": key(), "channel": "here", "note": self.die.choice(["", "We met."]), "own-work": "2"}
        )
        if self.die.random() < 0.3:
            typed["missed"] = "1"
        if self.die.random() < 0.5:
            typed["stage"] = self.die.choice(["new", "barriers"])
        if self.die.random() < 0.6:
            typed["next"] = "Ring the college"
            due = self.day()
            for n, part in enumerate((due.day, due.month, due.year)):
                typed[f"next-day_{n}"] = str(part)
        if self.die.random() < 0.2:
            typed["outcome"] = "job"
        with as_actor(self.hand(way)) as me:
            found = Journey.objects.filter(id=way["id"], closed_at=None).first()
            if found is None:
                raise NotThere("no such way")
            steps = queries.open_steps(found.id)
            for step in steps:
                typed[f"step-{step.id}"] = self.die.choice(["", "", "done", "stuck", "dropped", "taken"])
                typed[f"why-{step.id}"], typed[f"v-{step.id}"] = "It is so", str(step.version)
            if self.die.random() < 0.3:
                typed["time"] = next((at for at, _words in saving.times(me, found, self.day(1))), "")
            saving.save(me, found.id, typed)

    def take_back_over(self) -> None:
        asked = self.one(
            "select h.id, j.owner_id, j.centre_id from journeys_handover h join journeys_journey j on j.id = h.journey_id"
            " where h.service_id = %s and h.state = 'asked'"
        )
        acting(self.hand(asked), actions.take_back, asked["id"])

    def pass_key(self) -> None:
        """Who handed somebody over gives what is sealed to the new coach, one field of life."""
        given = self.one(
            "select h.* from journeys_handover h where h.service_id = %s and h.state = 'accepted' order by at, id"
        )
        former = self.coach(given["from_member_id"]) or self.leader
        if not self.all(
            "select id from people_grant where service_id = %s and person_id = %s and field = 'health' and ends > %s",
            given["person_id"],
            clock.now(),
        ):
            acting(former, people.write_note, given["person_id"], "Said so", fields=["health"], key=key())
        until = clock.now() + timedelta(days=90)
        acting(
            former, people.give_sight, given["person_id"], given["to_member_id"], until=until, field="health",
            key=key(),
        )  # fmt: skip

    def open_ways_here(self) -> list[uuid.UUID]:
        """Open ways of this centre."""
        found = self.all(
            "select id from journeys_journey where service_id = %s and closed_at is null and centre_id = %s"
            " order by opened_at, id",
            self.here.centre.id,
        )
        if not found:
            raise NotThere("nobody is on their way")
        return [row["id"] for row in found]

    def cover_several(self) -> None:
        starts = clock.now() + timedelta(hours=self.die.randrange(30))
        ends = starts + timedelta(days=self.die.randrange(1, 6))
        acting(
            self.leader, actions.cover, self.open_ways_here(), self.member(), starts=starts, ends=ends, key=key()
        )  # fmt: skip

    def give_several(self) -> None:
        acting(self.leader, actions.give_coach_to_several, self.open_ways_here(), self.member())

    def catch_up(self) -> None:
        """Whoever is back has read what happened meanwhile."""
        absence = self.one(
            "select id, staff_id from diary_absence where service_id = %s and ends <= %s and read_at is null"
            " order by starts, id",
            clock.now(),
        )
        who = next((one for one in self.coaches if one.staff_id == absence["staff_id"]), self.leader)
        acting(who, diary.caught_up, absence["id"])

    def bring_paper(self) -> None:
        """A paper, and with it something that was reached."""
        way = self.way()
        who, today = self.hand(way), clock.today(self.here.system.zone)
        paper = acting(who, papers.bring, way["person_id"], b"a text", filename="a.txt", key=key())
        acting(who, actions.reach, way["id"], "job", today, key=key(), paper_id=paper)

    def write_note(self) -> None:
        way = self.way()
        fields = self.die.choice([[], ["health"]])
        acting(self.hand(way), people.write_note, way["person_id"], "Said so", fields=fields, key=key())

    def correct_note(self) -> None:
        note = self.note()
        acting(self.leader, people.correct, note["id"], "Said otherwise", "a slip", version=note["version"])

    def move_note(self) -> None:
        note = self.note()
        acting(
            self.leader, people.move_note, note["id"], self.somebody(), "the wrong one", version=note["version"]
        )  # fmt: skip

    def note(self) -> Row:
        """A note on one of the people."""
        return self.one(
            "select id, version from people_note where service_id = %s and person_id = any(%s)"
            " and not moved_away and sealed = '{}' order by at, id",
            self.people,
        )

    def died(self) -> None:
        today = clock.today(self.here.system.zone)
        acting(self.leader, people.note_death, self.somebody(), died_on=today, died_said="their sister")

    def lives(self) -> None:
        found = self.one(
            "select id from people_person where service_id = %s and died_on is not null and id = any(%s) order by id",
            self.people,
        )
        acting(self.leader, people.take_back_death, found["id"])

    def merge(self) -> None:
        """Two of the people were one."""
        kept, gone = self.die.sample(self.people, 2)
        ways = self.all(
            "select id from journeys_journey where service_id = %s and closed_at is null and person_id = any(%s)"
            " order by opened_at, id",
            [kept, gone],
        )
        goes_on = self.die.choice(ways)["id"] if ways else None
        acting(self.leader, merging.merge, kept, gone, {}, key=key(), way_id=goes_on)
        self.joined = True

    def unmerge(self) -> None:
        found = self.one(
            "select id from people_merge where service_id = %s and undone_at is null and kept_id = any(%s) order by at, id",
            self.people,
        )
        acting(self.leader, merging.unmerge, found["id"])

    def bring_caseload(self) -> None:
        """A caseload file: one whom we know, one who is new."""
        coach: Actor = self.die.choice(self.coaches)
        person = self.one(
            "select reference from people_person where service_id = %s and id = any(%s) order by id",
            self.people,
        )
        today = clock.today(self.here.system.zone)
        opened = today - timedelta(days=self.die.randrange(40))
        more = {
            "basis": "task",
            "opened": opened.isoformat(),
            "limit": self.day(60).isoformat() if self.die.random() < 0.5 else "",
            "step": "Ring the bakery",
            "when": self.day().isoformat(),
        }
        rows = table(
            line(name_of(coach), reference=person["reference"], **more),
            line(name_of(coach), name=f"New {new_id().hex}", born="17/05/1990", **more),
        )
        found = acting(self.leader, actions.apply_caseload, rows, filename="c.csv", register=True)
        if not found.ways and not found.unknown:
            raise NotThere("nothing in the file")
        fresh = self.all(
            "select person_id from journeys_journey where service_id = %s order by opened_at, id"
        )
        self.people += [row["person_id"] for row in fresh if row["person_id"] not in self.people]

    def change_place(self) -> None:
        """A coach works in another role or at another centre, from now on or later."""
        if len(self.coaches) < 2:
            raise NotThere("nobody would be left")
        gone = self.die.choice(self.coaches)
        assert gone.member_id is not None
        role, centre = self.die.choice([(self.coach_role, "gloucester"), ("host", "cheltenham")])
        at = clock.now() + timedelta(hours=self.die.choice([0, 0, 20]))
        with as_system(self.here.system) as system:
            team.change_place(
                system, gone.member_id, role=role, centre=centre, organisation="jobcentre", starts=at
            )
        self.go(gone, at)

    def come_back(self) -> None:
        """Who left has a place again: another one."""
        gone = self.one(
            "select m.id, m.staff_id from team_membership m join team_role r on r.id = m.role_id"
            " where m.service_id = %s and m.centre_id = %s and m.ends <= %s and m.id = any(%s) order by m.id",
            self.here.centre.id,
            clock.now(),
            list(self.leaving),
        )
        with as_system(self.here.system) as system:
            made = team.give_place(
                system, gone["id"], role=self.coach_role, centre="cheltenham", organisation="jobcentre",
                starts=clock.now(),
            )  # fmt: skip
            back = actors.member(made.id)
        assert back is not None
        self.coaches.append(back)

    def next_blueprint(self) -> None:
        """The service is brought to its next blueprint: a stage goes, the coach's role has another code."""
        role = "adviser" if self.coach_role == "coach" else "coach"
        if self.die.random() < 0.5:
            role = self.coach_role
        self.bring(role, looking=not self.looking, contact_days=self.die.randrange(3, 20))

    def transfers_come(self) -> None:
        """Some nights later, the housekeeping: moves whose day has come."""
        self.now += timedelta(days=self.die.randrange(5))
        with clock.held_at(self.now), as_system(self.here.system) as system:
            if not people.apply_transfers(system):
                raise NotThere("nobody moves")

    def open_up(self) -> None:
        """A restricted record is open to others again."""
        person = self.one(
            "select id from people_person where service_id = %s and id = any(%s) and restricted order by id",
            self.people,
        )
        acting(self.leader, people.open_record, person["id"])

    def emergency(self) -> None:
        who = self.die.choice([*self.coaches, self.leader])
        acting(who, people.open_in_emergency, self.somebody(), "bleeding", key=key())

    def give_sight(self) -> None:
        until = clock.now() + timedelta(days=self.die.randrange(1, 9))
        acting(self.leader, people.give_sight, self.somebody(), self.member(), until=until, key=key())

    def end_sight(self) -> None:
        """Whatever sight somebody has of one of the people."""
        grant = self.one(
            "select id, to_member_id from people_grant where service_id = %s and ends > %s order by starts, id",
            clock.now(),
        )
        who = self.die.choice([self.leader, self.coach(grant["to_member_id"]) or self.leader])
        acting(who, people.end_sight, grant["id"])
