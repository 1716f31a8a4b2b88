"""What a morning has beside its visits in order: somebody parked, handed over, called in vain, gone, in crisis; and
the other centres of the district, each with a few people. All of it by the product's own actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from kohti.diary import actions as diary
from kohti.diary.models import Kind
from kohti.frontdesk import actions
from kohti.frontdesk.models import Reason, State, Visit
from kohti.frontdesk.replay import Colleague, Day, WalkIn
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.team.models import Centre

Member = Callable[..., Actor]

ELSEWHERE: dict[str, tuple[str, str, str]] = {
    "gloucester": ("Tomasz Bielak", "Joan Farrier", "Imran Sadiq"),
    "coleford": ("Beth Wyatt", "Carys Morgan", "Neil Tovey"),
    "cinderford": ("Sunita Rao", "Gwen Baldwin", "Peter Hale"),
    "tewkesbury": ("Malcolm Dray", "Olga Sikora", "Hilary Birch"),
    "cirencester": ("Rosa Fernandes", "Trevor Lamb", "Anita Desai"),
    "stroud": ("Kit Ainsworth", "Moses Otieno", "Jane Pollard"),
}
"""Who is at the door of each other centre, and its two coaches."""

FIRST_NAMES = (
    "Alan Bushra Ceri Daniel Edith Farid Gemma Hugo Ivana Joseph Kasia Liam Mona Noel Orla Pavel Rita Sean"
)
LAST_NAMES = "Ashby Barua Carver Dunn Eastwood Fielding Grover Hussain Irwin Jarvis Kemp Lowe Malik Norris"
WALK_INS = (
    (9, 22, "own-coach", ""),
    (9, 55, "evidence", ""),
    (10, 19, "own-coach", "in a hurry"),
    (10, 31, "evidence", "with a pushchair"),
    (10, 37, "own-coach", ""),
)
BOOKED_EACH, EVERY = 6, timedelta(minutes=25)


def elsewhere(
    actor: Actor,
    member: Member,
    day: date,
    *,
    until: datetime,
    seed: int,
    centres: Mapping[str, tuple[str, str, str]] = ELSEWHERE,
) -> None:
    """Live the morning of the district's other centres, with a dozen booked at each and a few who walk in.

    `member` makes a colleague ready to act, as `sample.member_of`.
    """
    with as_actor(actor):
        places = {one.code: one for one in Centre.objects.filter(service_id=actor.service)}
    names = _names(Random(seed))
    for number, (code, (host, *coaches)) in enumerate(centres.items()):
        with clock.held_at(until - timedelta(days=180)):
            hired = [
                member(actor, name, role=role, centre=code, organisation="jobcentre")
                for name, role in (*((coach, "coach") for coach in coaches), (host, "host"))
            ]
        _elsewhere(
            replace(actor, centre_id=places[code].id),
            places[code],
            hired[:-1],
            hired[-1],
            names,
            day,
            until,
            seed + number,
        )


def _names(chance: Random) -> Iterator[str]:
    """Invented people, each name once."""
    every = [f"{first} {last}" for first in FIRST_NAMES.split() for last in LAST_NAMES.split()]
    chance.shuffle(every)
    return iter(every)


def _elsewhere(
    actor: Actor,
    place: Centre,
    coaches: list[Actor],
    host: Actor,
    names: Iterator[str],
    day: date,
    until: datetime,
    seed: int,
) -> None:
    def at(hour: int, minute: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=actor.zone).astimezone(UTC)

    with clock.held_at(until - timedelta(days=1)), as_actor(actor):
        kind = Kind.objects.get(service_id=actor.service, code="work-search-review")
        slots = [
            (coach.staff_id, at(9, 5 + 10 * which) + turn * EVERY)
            for which, coach in enumerate(coaches)
            for turn in range(BOOKED_EACH)
        ]
        known = people.register(actor, place.id, [NewPerson(full_name=next(names)) for _slot in slots])
        diary.book(
            actor,
            place.id,
            [
                diary.NewBooking(
                    starts=starts, minutes=20, kind_id=kind.id, person_id=person.id, staff_id=staff_id
                )
                for person, (staff_id, starts) in zip(known, slots, strict=True)
            ],
        )
    colleagues = [*(Colleague(coach, (), False) for coach in coaches), Colleague(host, ("desk",), True)]
    come = [WalkIn(at(hour, minute), next(names), reason, note) for hour, minute, reason, note in WALK_INS]
    Day(actor, place.id, day, colleagues, seed, until=until).live(come)


def in_every_state(day: Day, until: datetime) -> None:
    """Towards the end of a morning that was lived: what the plain course of it did not bring about."""
    door = day.host()
    desk = [one for one in day.colleagues if one.stands_in]
    asks, comes = desk[0].actor, door

    def key(what: str) -> str:
        return f"sample:{day.centre_id}:{what}"

    with clock.held_at(until - timedelta(minutes=30)), as_actor(asks):
        help_id = actions.ask_for_help(asks, desk="2", key=key("help"))
    with clock.held_at(until - timedelta(minutes=29)), as_actor(comes):
        actions.go_to_help(comes, help_id, key=key("comes"))
    with clock.held_at(until - timedelta(minutes=24)), as_actor(asks):
        actions.end_help(asks, help_id, key=key("over"))

    booked = [one for one in day.here.values() if one.state == "waiting" and one.staff_id]
    others = [one for one in day.here.values() if one.state == "waiting" and not one.staff_id]
    with clock.held_at(until - timedelta(minutes=3)):
        if booked or others:
            with as_actor(door):
                actions.park(
                    door,
                    (booked or others).pop().visit_id,
                    until=until + timedelta(minutes=25),
                    word="Gone to fetch a letter from home.",
                    key=key("parked"),
                )
        if others:
            with as_actor(door):
                actions.leave(door, others.pop(0).visit_id, key=key("left"))
        if others:
            with as_actor(door):
                actions.hand_over(
                    door,
                    others.pop().visit_id,
                    to_stream="housing",
                    word="The landlord wants them out by Friday.",
                    key=key("handed"),
                )
    with clock.held_at(until - timedelta(minutes=2)), as_actor(door):
        reasons = {one.code: one.id for one in Reason.objects.filter(service_id=door.service)}
        come = [
            actions.take_walk_in(
                door, reasons[reason], key=key(f"came:{name}"), given_name=name, door_note=note
            ).visit_id
            for reason, name, note in (
                ("evidence", "Wanda Pike", ""),
                ("own-coach", "Leon Abara", ""),
                ("homeless-tonight", "", "Slept in the car; has not eaten."),
            )
        ]
    # Nobody came to the desk of the first, the second is on the way to theirs, and the third waits in crisis.
    for number, colleague in enumerate(desk[:2]):
        with clock.held_at(until - timedelta(seconds=90 - 40 * number)), as_actor(colleague.actor) as actor:
            for one in Visit.objects.filter(
                with_staff_id=actor.staff_id, state__in=(State.CALLED, State.SERVING)
            ):
                if one.state == State.CALLED:
                    actions.begin(actor, one.id, key=key(f"begun:{one.id}"))
                actions.finish(actor, one.id, key=key(f"done:{one.id}"))
            actions.call(actor, come[number], key=key(f"call{number}"), desk=str(number + 1))
            if number == 0:
                actions.did_not_come(actor, come[number], key=key("nobody"))
