"""The ways of the sample's people, lived by the same actions as the pages, each on its own day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from kohti.diary.file import read_rows
from kohti.journeys import actions as journeys
from kohti.kernel import actor as actors
from kohti.kernel import clock, names
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team.models import Membership

from .places import Sampled
from .stories import STORIES, Story

DAY = date(2026, 3, 11)


def _on(ago: int, hour: int = 9) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, 20, tzinfo=UTC) - timedelta(days=ago)


def register(actor: Actor, centre_id: uuid.UUID, here: Sampled, diary: bytes, country: str) -> None:
    """Make known who comes in the stories, on the day they first came: the diary's file meets them again."""
    rows, _refused, _total = read_rows(diary, filename=here.diary, country=country, today=DAY)
    named = {row.customer: row for row in rows}
    for story in STORIES.get(here.service, ()):
        row = named[story.name]
        with clock.held_at(_on(story.ago, 8)), as_actor(actor):
            people.register(
                actor,
                centre_id,
                [
                    NewPerson(
                        full_name=row.customer,
                        date_of_birth=row.date_of_birth,
                        phone=row.phone,
                        email=row.email,
                    )
                ],
            )


def coach_of(actor: Actor, here: Sampled) -> Actor | None:
    """The coach of a service one can sign in as."""
    coach_name = next(name for role, name, centre, _organisation in here.accounts if role == here.coach)
    with as_actor(actor):
        place = Membership.objects.filter(
            service_id=actor.service,
            staff__full_name=coach_name,
            role__code=here.coach,
            centre__code=here.centre,
        ).first()
        return actors.member(place.id) if place else None


def live(actor: Actor, here: Sampled) -> int:
    """Live every story of a service with the coach one can sign in as; how many there are."""
    coach = coach_of(actor, here)
    stories = STORIES.get(here.service, ()) if coach is not None else ()
    for story in stories:
        assert coach is not None
        with as_actor(actor):
            person = Person.objects.get(service_id=actor.service, folded=names.fold(story.name))
        _live(actor, coach, person, story)
    return len(stories)


def _live(actor: Actor, coach: Actor, person: Person, story: Story) -> None:
    def key(what: str) -> str:
        return f"sample:{person.id}:{what}"

    assert coach.member_id is not None
    with clock.held_at(_on(story.ago)), as_actor(actor):
        way = journeys.open_journey(
            actor, person.id, owner_id=coach.member_id, basis="task", why_here=story.why, key=key("open")
        )
    aim = journeys.NewAim(words=story.aim)
    steps = [
        journeys.NewStep(
            words=one.words,
            who=one.who,
            due_on=DAY + timedelta(days=one.due) if one.due is not None else None,
            aim_id=aim.id,
        )
        for one in story.steps
    ]
    for number, met in enumerate(story.met):
        with clock.held_at(_on(met.ago, 10)), as_actor(coach):
            last = number == len(story.met) - 1
            changes: list[journeys.Change] = []
            if number == 0:
                changes = [
                    aim,
                    *(one for one, told in zip(steps, story.steps, strict=True) if told.state != "doing"),
                ]
            if last:
                changes += [
                    one for one, told in zip(steps, story.steps, strict=True) if told.state == "doing"
                ]
            journeys.write_contact(
                coach,
                way,
                journeys.NewContact(
                    channel=met.channel,
                    came=met.came,
                    text=met.text,
                    needs=tuple(
                        said
                        for field, own, seen in (story.needs if number == 0 else ())
                        for said in (journeys.Said(field, own, "own"), journeys.Said(field, seen, "coach"))
                    ),
                    changes=tuple(changes),
                ),
                key=key(f"met{number}"),
            )
            if number == 0:
                journeys.move_to_stage(coach, way, story.stage)
    with clock.held_at(_on(1, 15)), as_actor(coach):
        moves = [
            journeys.MoveStep(id=one.id, version=1, state=told.state, why=told.why)
            for one, told in zip(steps, story.steps, strict=True)
            if told.state in ("done", "stuck")
        ]
        journeys.change_plan(coach, way, moves, key=key("moves"))
    if story.outcome is not None:
        kind, ago, words = story.outcome
        with clock.held_at(_on(ago - 1, 14)), as_actor(coach):
            journeys.reach(coach, way, kind, DAY - timedelta(days=ago), words=words, key=key("outcome"))
