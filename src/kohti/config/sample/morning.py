"""What a morning has beside its visits in order: somebody parked, handed over, called in vain, gone, in crisis; and
the other centres of the district, each with a few people. All of it by the product's own actions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from kohti.diary import actions as diary
from kohti.diary.models import Booking, Kind
from kohti.frontdesk import actions
from kohti.frontdesk.models import Reason, State, Visit
from kohti.frontdesk.replay import Colleague, Day, WalkIn
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.team import queries as team
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
    """Live the morning of the district's other centres, with a dozen booked at each, a few who walk in, and some for tomorrow.

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
        slots += [(staff_id, starts + timedelta(days=1)) for staff_id, starts in slots[::2]]
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


def in_every_state(day: Day, until: datetime, told: Mapping[str, Any], leader: Actor) -> None:
    """Towards the end of a morning that was lived: what the plain course of it did not bring about.

    `told` has its words, as `around.around`.
    """
    _Scene(day, until, told, leader).play()


class _Scene:
    """The end of a morning, one after the other."""

    def __init__(self, day: Day, until: datetime, told: Mapping[str, Any], leader: Actor) -> None:
        self.day, self.until, self.told, self.leader = day, until, told, leader
        self.door = day.host()
        self.desk = [one for one in day.colleagues if one.stands_in]
        with as_actor(self.door):
            self.reasons = {one.code: one.id for one in Reason.objects.filter(service_id=self.door.service)}

    def key(self, what: object) -> str:
        """The key of one of the presses."""
        return f"sample:{self.day.centre_id}:{what}"

    def ago(self, minutes: float) -> AbstractContextManager[datetime]:
        """The clock, so many minutes before the end."""
        return clock.held_at(self.until - timedelta(minutes=minutes))

    def play(self) -> None:
        """All of it, in order of time."""
        self.met_in_crisis()
        self.help_at_a_desk()
        self.needs_a_quiet_room()
        self.on_the_wrong_day()
        self.later_today()
        more = self.still_come()
        self.set_aside(more)
        self.called()

    def come(self, who: Actor, reason: str, **said: Any) -> uuid.UUID:
        """Somebody comes without an appointment."""
        return actions.take_walk_in(who, self.reasons[reason], **said).visit_id

    def met_in_crisis(self) -> None:
        """Somebody was in crisis, a colleague came to the door, and they left knowing who helps next."""
        met, leader = self.told["met"], self.leader
        with self.ago(52), as_actor(self.door) as door:
            visit = self.come(door, met["reason"], door_note=met["note"], key=self.key("crisis"))
            assert leader.staff_id is not None
            actions.ask_to_come(door, visit, leader.staff_id, key=self.key("asked"))
        with self.ago(50), as_actor(leader):
            actions.call(leader, visit, key=self.key("meets"))
        with self.ago(49), as_actor(leader):
            actions.begin(leader, visit, key=self.key("sits down"))
        with self.ago(26), as_actor(leader):
            helps = next(one for one in team.blueprint(leader).helps_now if one.code == met["place"])
            language: Any = leader.first_language
            next_help = actions.NextHelp(
                what="place",
                name=helps.title.get(language, ""),
                place=helps.place,
                when=helps.when.get(language, ""),
                phone=helps.phone,
                language=language,
            )
            actions.say_next_help(leader, visit, next_help, key=self.key("helps"))
            actions.finish(leader, visit, key=self.key("met"))

    def help_at_a_desk(self) -> None:
        """A colleague asked for help at their desk; another went, and it is over."""
        asks = self.day.colleagues[0].actor
        with self.ago(30), as_actor(asks):
            help_id = actions.ask_for_help(asks, desk="2", key=self.key("help"))
        with self.ago(29), as_actor(self.door) as door:
            actions.go_to_help(door, help_id, key=self.key("comes"))
        with self.ago(24), as_actor(asks):
            actions.end_help(asks, help_id, key=self.key("over"))

    def needs_a_quiet_room(self) -> None:
        """Their coach promised somebody who waits now a quiet room and a known face."""
        waits = {one.staff_id: one for one in self.day.here.values() if one.state == "waiting"}
        coach = next((one.actor for one in self.day.colleagues if one.actor.staff_id in waits), None)
        if coach is None:
            return
        with self.ago(20), as_actor(coach):
            person = Visit.objects.get(id=waits[coach.staff_id].visit_id).person_id
            if person is not None and actors.may(coach, "people.edit"):
                people.add_mark(
                    coach,
                    person,
                    kind="helps",
                    words=self.told["quiet"]["words"],
                    promises=("quiet", "face"),
                    face_id=coach.staff_id,
                    review_on=self.day.day + timedelta(days=91),
                    key=self.key("quiet"),
                )

    def on_the_wrong_day(self) -> None:
        """Somebody who is booked tomorrow is here today; whoever sees them takes them in."""
        wrong, leader = self.told["wrong_day"], self.leader
        with self.ago(8), as_actor(leader):
            booking = (
                Booking.objects.filter(
                    centre_id=self.day.centre_id, day=self.day.day + timedelta(days=1), state="booked"
                )
                .order_by("starts", "id")
                .first()
            )
            if booking is not None and booking.person_id is not None:
                self.come(
                    leader,
                    wrong["reason"],
                    person_id=booking.person_id,
                    door_note=wrong["note"],
                    key=self.key("wrong day"),
                )

    def later_today(self) -> None:
        """Somebody says through their link that they come a quarter of an hour late."""
        with self.ago(6), as_actor(self.door):
            booking = (
                Booking.objects.filter(
                    centre_id=self.day.centre_id,
                    day=self.day.day,
                    state="booked",
                    starts__gt=self.until,
                )
                .order_by("starts", "id")
                .first()
            )
        if booking is None:
            return
        with self.ago(6), as_actor(DOOR):
            guest = actors.guest(booking.id)
            assert guest is not None
            with as_actor(guest):
                diary.say_late(guest, booking.id, 15, key=self.key("late"))

    def still_come(self) -> list[uuid.UUID]:
        """A few more, where the morning is quiet."""
        with self.ago(9), as_actor(self.door) as door:
            return [
                self.come(door, one["reason"], given_name=one["name"], key=self.key(f"more{number}"))
                for number, one in enumerate(self.told.get("more", ()))
            ]

    def set_aside(self, more: list[uuid.UUID]) -> None:
        """One is parked, one has left, one was handed over."""
        here = [one for one in self.day.here.values() if one.state == "waiting" and not one.crisis]
        booked = [one.visit_id for one in here if one.staff_id]
        others = [one.visit_id for one in here if not one.staff_id] + more
        handed = self.told["handed"]
        with self.ago(3), as_actor(self.door) as door:
            if others or booked:
                actions.park(
                    door,
                    (booked or others).pop(),
                    until=self.until + timedelta(minutes=25),
                    word=self.told["parked"],
                    key=self.key("parked"),
                )
            if others:
                actions.leave(door, others.pop(0), key=self.key("left"))
            if others:
                actions.hand_over(
                    door,
                    others.pop(),
                    to_stream=handed["to"],
                    word=handed["word"],
                    key=self.key("handed"),
                )

    def _free_hands(self) -> list[Colleague]:
        """Who can call somebody now, the desk first: whoever is with somebody in crisis stays there."""
        with as_actor(self.leader):
            busy = set(
                Visit.objects.filter(
                    centre_id=self.day.centre_id,
                    day=self.day.day,
                    urgency=2,
                    state__in=(State.CALLED, State.SERVING),
                ).values_list("with_staff_id", flat=True)
            )
        others = [one for one in self.day.colleagues if one.streams and not one.stands_in]
        return [one for one in (*self.desk, *others) if one.actor.staff_id not in busy]

    def called(self) -> None:
        """Nobody came to the desk of the first, the second is on the way to theirs, and whoever else came waits."""
        with self.ago(2), as_actor(self.door) as door:
            come = [
                self.come(
                    door,
                    one["reason"],
                    given_name=one.get("name", ""),
                    door_note=one.get("note", ""),
                    key=self.key(f"came:{number}"),
                )
                for number, one in enumerate(self.told["come"])
            ]
        for number, colleague in enumerate((self._free_hands() * 2)[:2]):
            with self.ago((90 - 40 * number) / 60), as_actor(colleague.actor) as actor:
                for one in Visit.objects.filter(
                    with_staff_id=actor.staff_id, state__in=(State.CALLED, State.SERVING)
                ):
                    if one.state == State.CALLED:
                        actions.begin(actor, one.id, key=self.key(f"begun:{one.id}"))
                    actions.finish(actor, one.id, key=self.key(f"done:{one.id}"))
                actions.call(actor, come[number], key=self.key(f"call{number}"), desk=str(number + 1))
                if number == 0:
                    actions.did_not_come(actor, come[number], key=self.key("nobody"))
