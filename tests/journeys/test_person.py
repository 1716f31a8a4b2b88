"""All that is held about somebody's way can be told, and every word of it forgotten."""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
from django.db.models import Model
from tests.factories import MORNING, TODAY, Place, acting, as_system

from kohti.config import about
from kohti.journeys import actions, attention
from kohti.journeys.actions import Fact, MoveStep, NewAim, NewContact, NewStep, Said
from kohti.journeys.models import PARTS, Answers, Ending, Journey
from kohti.kernel import clock, drafts
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import new_id

SECRET = "Zyxquince"


def test_every_word_of_a_way_is_told_and_forgotten_and_its_figures_stay(
    here: Place, owner: psycopg.Connection
) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    person = here.person(f"{SECRET} Quincey")
    other = here.hire("coach", centre="cheltenham", name="Priya Nair")
    assert other.member_id is not None

    def key() -> str:
        return str(new_id())

    way = acting(
        leader,
        actions.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        why_here=SECRET,
        facts={"employment": Fact("out-of-work", TODAY)},
        key=key(),
    )
    with as_system(here.system):
        Journey.objects.filter(id=way).update(limit_on=TODAY + timedelta(days=90))
    aim = NewAim(words=SECRET, field="work")
    step = NewStep(words=SECRET, who="partner", who_words=SECRET, due_on=TODAY, aim_id=aim.id)
    said = (Said("work", 2),)
    contact = NewContact(channel="here", text=SECRET, needs=said, changes=(aim, step))
    with as_actor(coach):
        actions.write_contact(coach, way, contact, key=key())
        actions.ask_to_help(coach, step.id, other.member_id, until=TODAY, told=SECRET, key=key())
    acting(other, actions.help_with_step, step.id, version=1, state="", words=SECRET, key=key())
    with as_actor(coach):
        actions.change_plan(
            coach, way, [MoveStep(id=step.id, version=1, state="stuck", why=SECRET)], key=key()
        )
        actions.move_to_stage(coach, way, "looking", SECRET)
        actions.pause(coach, way, TODAY + timedelta(days=3), SECRET, key=key())
        reached = actions.reach(coach, way, "job", TODAY, words=SECRET, evidence=SECRET, key=key())
        Answers.objects.create(
            service_id=coach.service,
            person_id=person.id,
            journey_id=way,
            view="own",
            at=MORNING,
            answers={SECRET: 1},
            sheet=new_id(),
            by_member=coach.member_id,
        )
        actions.cover(
            coach, [way], other.member_id, starts=MORNING, ends=MORNING + timedelta(days=1), key=key()
        )
        asked = actions.ask_to_take_over(
            coach, way, other.member_id, from_day=TODAY, until_day=TODAY, words=SECRET, key=key()
        )
        drafts.keep("appointment", way, {"text": [SECRET]}, version=0)
    acting(other, actions.answer_hand_over, asked, accept=False, words=SECRET)
    acting(leader, actions.extend, way, 7, SECRET, key=key())
    with as_actor(coach):
        version = Journey.objects.get(id=way).version
        actions.close(coach, way, SECRET, version=version, follow_up_on=TODAY + timedelta(days=9))
        actions.follow_up(coach, Ending.objects.get(journey_id=way).id, SECRET)
        assert coach.member_id is not None
        actions.reopen(coach, way, coach.member_id, SECRET, version=version + 1)
    with as_system(here.system) as system:
        told = about.tell(system, person.id)
        check = told["journeys.lastingcheck"][0]["id"]
        actions.answer_check(system, check, "yes", SECRET)
        parts: tuple[type[Model], ...] = (Journey, *PARTS)
        assert all(told[f"journeys.{one._meta.model_name}"] for one in parts)
        assert told["journeys.outcome"][0]["id"] == reached
        assert str(told).count(SECRET) > 12
        for _twice in range(2):
            about.forget(system, person.id)
        left = about.tell(system, person.id)
    assert SECRET not in str(left)
    assert [len(rows) for table, rows in left.items() if table.startswith("journeys.")] == [
        len(rows) for table, rows in told.items() if table.startswith("journeys.")
    ]
    assert left["journeys.need"][0]["level"] == 2
    assert left["journeys.outcome"][0]["kind"] == "job"
    assert attention.check(owner, clock.now(), here.system.service).wrong == 0
    tables = [
        str(row[0])
        for row in owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
    ]
    for table in tables:
        rows = owner.execute(f'select to_jsonb(t) from "{table}" t'.encode()).fetchall()
        assert SECRET not in json.dumps(rows, default=str), table
