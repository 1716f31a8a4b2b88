"""What stands around the sample's morning: the day before, lived and closed, and tomorrow, booked, with what helps whom.

The words are in `days/*.toml`, in the language of the place. All of it is made by the product's own actions.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

import structlog.testing

from kohti.diary import actions as diary
from kohti.diary import queries, reminding, sessions
from kohti.diary.actions import NewBooking
from kohti.diary.models import Booking, Kind, Room
from kohti.frontdesk.replay import Colleague, Day, WalkIn
from kohti.kernel import actor as actors
from kohti.kernel import clock, names
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.outbox import sending
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team import devices
from kohti.team import queries as team
from kohti.team.models import Membership

from .life import DAY, YESTERDAY, words_of
from .places import Sampled

TOMORROW = DAY + timedelta(days=1)
KNOWN_FOR = timedelta(days=20)
FIRST, STAGGER = timedelta(minutes=10), timedelta(minutes=10)
CONFIRMED = 5
FILES = resources.files("kohti.config") / "sample" / "days"


def around(service: str) -> dict[str, Any]:
    """What is around the morning of a service of the sample."""
    return tomllib.loads((FILES / f"{service}.toml").read_text("utf-8"))


@dataclass
class Around:
    """The days around the morning of one centre, and whoever makes them."""

    here: Sampled
    system: Actor
    colleagues: Sequence[Colleague]
    seed: int
    regulars: list[Person] = field(default_factory=list)
    away: set[uuid.UUID | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.told = around(self.here.service)
        self.coaches = self._coaches()
        with as_actor(self.system):
            leads = next(
                one
                for one in Membership.objects.filter(
                    service_id=self.system.service, centre_id=self.system.centre
                ).select_related("role")
                if "devices.keep" in one.role.verbs
            )
            found = actors.member(leads.id)
            self.rooms = {
                one.code: one for one in Room.objects.filter(centre_id=self.system.centre, retired=False)
            }
            kinds = {one.code: one for one in Kind.objects.filter(service_id=self.system.service)}
        assert found is not None
        self.leader = found
        self.kinds = [kinds[code] for code in self.told["kinds"]]

    def _coaches(self) -> list[Actor]:
        """Who is booked: whom one can be first, then as many others as the day wants."""
        first = {name for role, name, _centre, _place in self.here.accounts if role == self.here.coach}
        coaches = [one.actor for one in self.colleagues if not one.streams and not one.stands_in]
        coaches.sort(key=lambda one: str(one.facts["name"]) not in first)
        return coaches[: self.told["coaches"]]

    def at(self, day: date, wall: str) -> datetime:
        """A time of a day there."""
        return clock.local(day, wall, self.system.zone)

    @property
    def registered(self) -> datetime:
        """When the regulars became known."""
        return self.at(DAY, "10:00") - KNOWN_FOR

    def key(self, what: object) -> str:
        """The key of one of the presses."""
        return f"around:{self.here.service}:{what}"

    def live(self, data: Path) -> None:
        """All of it, in order of time."""
        self.away_this_week()
        self.before()
        self.after()
        self.told_at_once(data)
        self.today()
        self.devices()

    def away_this_week(self) -> None:
        """A coach of today's diary is away, and the desk stands in: whoever is so in the lives, too."""
        first = self.told.get("away_this_week")
        away = next((one.actor for one in self.colleagues if one.actor.facts["name"] == first), None)
        if away is not None and away.staff_id is not None:
            self.away.add(away.staff_id)
            with (
                clock.held_at(self.at(YESTERDAY - timedelta(days=1), "08:10")),
                as_actor(self.leader) as leader,
            ):
                diary.be_away(
                    leader,
                    away.staff_id,
                    YESTERDAY,
                    DAY + timedelta(days=2),
                    key=f"away:{self.here.service}",
                )

    @property
    def at_work(self) -> list[Colleague]:
        """Who is here today."""
        return [one for one in self.colleagues if one.actor.staff_id not in self.away]

    def before(self) -> None:
        """Yesterday, from opening to closing."""
        self.regulars = self._register()
        with clock.held_at(self.at(YESTERDAY - timedelta(days=4), "14:00")), as_actor(self.system):
            self.book(self.regulars[: self.told["yesterday"]], YESTERDAY)
        self.lived(YESTERDAY, seed=self.seed)

    def some(self, turn: int) -> list[Person]:
        """As many of the regulars as come on a day, others each time."""
        start = turn * 5 % len(self.regulars)
        return (self.regulars[start:] + self.regulars[:start])[: self.told["yesterday"]]

    def lived(self, day: date, *, seed: int) -> None:
        """Live a day whose appointments are booked, from opening to closing."""
        waits_for = self._not_held(day)
        come = [
            WalkIn(self.at(day, wall), "", reason, note)
            for wall, reason, note in self.told["walk_ins"]
            if reason not in waits_for
        ]
        there = {one.staff_id for one in self.coaches}
        crew = [one for one in self.colleagues if one.streams or one.actor.staff_id in there]
        Day(self.system, self.system.centre, day, crew, seed).live(come)

    def _not_held(self, day: date) -> set[str]:
        """Reasons that bring nobody on this day, as their drop-in is not held then."""
        with as_actor(self.system):
            plan = team.blueprint(self.system)
            held = {one.stream for one in sessions.sessions(self.system, self.system.centre, day)}
        closed = {str(one.stream) for one in plan.drop_ins if one.stream} - held
        return {str(one.code) for one in plan.reasons if one.stream in closed}

    def after(self) -> None:
        """Tomorrow: who comes to whom, what helps them, who is away, who would come earlier."""
        with clock.held_at(self.at(YESTERDAY, "15:40")), as_actor(self.leader) as leader:
            made = self.book(self.regulars[-self.told["tomorrow"] :], TOMORROW)
            for number, one in enumerate(made[-3:]):
                diary.ask_earlier(
                    leader,
                    one.id,
                    opens=time(9) if number else None,
                    closes=time(12) if number else None,
                    key=self.key(f"wish{number}"),
                )
            for number, (one, mark) in enumerate(zip(made[1::3], self.told["marks"], strict=False)):
                assert one.person_id is not None
                people.add_mark(
                    leader,
                    one.person_id,
                    kind="helps",
                    words=mark["words"],
                    promises=mark["promises"],
                    review_on=DAY + timedelta(days=2 + 12 * number),
                    key=self.key(f"mark{number}"),
                )
            for coach in self.coaches:
                if coach.facts["name"] == self.told["away_tomorrow"] and coach.staff_id:
                    diary.be_away(leader, coach.staff_id, TOMORROW, TOMORROW, key=self.key("away"))

    def today(self) -> None:
        """What is agreed on for today, before anybody comes: rooms, and two times that became free."""
        with clock.held_at(self.at(YESTERDAY, "16:10")), as_actor(self.leader) as leader:
            booked = list(
                Booking.objects.filter(centre_id=leader.centre, day=DAY, state=Booking.State.BOOKED)
                .select_related("kind")
                .order_by("starts", "reference", "id")
            )
            wanted = [
                one
                for one in booked
                if one.kind.code in self.told["in_rooms"] and one.staff_id not in self.away
            ]
            taken: dict[str, datetime] = {}
            for one in wanted:
                room = self._free_room(taken, one.starts, one.ends)
                if room is not None:
                    diary.move(
                        leader,
                        one.id,
                        starts=one.starts,
                        room_id=room.id,
                        version=one.version,
                        key=self.key(f"room:{one.id}"),
                    )
            late = [one for one in booked if one.starts > self.at(DAY, "13:00") and one not in wanted]
            for one in late[1:9:5]:
                diary.cancel(leader, one.id, reason=self.told["cancelled"], key=self.key(f"off:{one.id}"))

    def told_at_once(self, data: Path) -> None:
        """A few were told of the time that was agreed on; of the last message nobody knows whether it arrived."""
        with clock.held_at(self.at(YESTERDAY, "15:45")):
            with as_actor(self.system):
                wanted = Booking.objects.filter(
                    centre_id=self.system.centre, day=TOMORROW, state=Booking.State.BOOKED
                ).order_by("starts", "id")
                reminding.confirm(self.system, [one.id for one in wanted[:CONFIRMED]])
            written = reminding.write_due(self.system)
            sending.send_waiting(self.system, data, most=max(0, written - 1))
            # Somebody pulled the plug while the last one was on its way: meant to be, so no log has to warn of it.
            with structlog.testing.capture_logs():
                sending.take(self.system)
                sending.send_waiting(self.system, data)

    def devices(self) -> None:
        """The kiosks and the board, each set up; a press on the sample's page takes the first of a kind over."""
        named = [("kiosk", name) for name in self.told["devices"]["kiosks"]]
        named.append(("board", self.told["devices"]["board"]))
        known: set[str] = set()
        with clock.held_at(self.at(DAY, "08:30")), as_actor(DOOR):
            for kind, name in named:
                device_id = uuid.uuid5(self.leader.centre, f"{kind}:{name}" if kind in known else kind)
                known.add(kind)
                with as_actor(self.leader) as leader:
                    code = devices.add_device(leader, kind=kind, name=name, device_id=device_id).code
                assert devices.pair(code) is not None

    def _register(self) -> list[Person]:
        """People who come to this centre again and again."""
        told, chance = words_of(self.here.service), Random(f"kohti:days:{self.here.service}")
        wanted = []
        number = max(self.told["yesterday"], self.told["tomorrow"]) * 4 // 3
        for place in range(number):
            group = chance.choices(told["names"], [one["share"] for one in told["names"]])[0]
            name = f"{chance.choice(group['first'])} {chance.choice(group['last'])}"
            handle = names.fold(name).replace(" ", ".").replace("'", "")
            wanted.append(
                NewPerson(
                    full_name=name,
                    date_of_birth=date(2004, 1, 1) - timedelta(days=chance.randrange(42 * 365)),
                    phone=f"{told['telephone']}{999 - place:03}" if "telephone" in told else "",
                    email=f"{handle}.{place}@example.org" if place % 3 else "",
                    languages=tuple(group["languages"]),
                )
            )
        with clock.held_at(self.registered), as_actor(self.system):
            return list(people.register(self.system, self.system.centre, wanted))

    def book(self, who: Sequence[Person], day: date) -> list[Booking]:
        """Book these people on a day, one coach after the other, in rooms and at desks that are free then."""
        hours = queries.opening(self.system.centre, day, self.system.zone)
        assert hours is not None
        taken: dict[str, datetime] = {}
        wanted = []
        for place, (person, starts) in enumerate(zip(who, self._slots(hours[0]), strict=False)):
            kind = self.kinds[place % len(self.kinds)]
            ends = starts + timedelta(minutes=kind.minutes)
            turn = place % len(self.coaches)
            room = self._free_room(taken, starts, ends) if kind.code in self.told["in_rooms"] else None
            wanted.append(
                NewBooking(
                    starts=starts,
                    minutes=kind.minutes,
                    kind_id=kind.id,
                    person_id=person.id,
                    staff_id=self.coaches[turn].staff_id,
                    room_id=(room or self.rooms[self.told["desks"][turn]]).id,
                    note=self.told["notes"][place // 6] if place % 6 == 4 and place // 6 < 3 else "",
                )
            )
        return diary.book(self.system, self.system.centre, wanted)

    def _slots(self, opens: datetime) -> Iterator[datetime]:
        """When the coaches have their next, in turns."""
        turn = 0
        while True:
            for place in range(len(self.coaches)):
                yield (
                    opens.astimezone(UTC)
                    + FIRST
                    + turn * timedelta(minutes=self.told["every"])
                    + (place % 3) * STAGGER
                )
            turn += 1

    def _free_room(self, taken: dict[str, datetime], starts: datetime, ends: datetime) -> Room | None:
        """A room for a talk that nobody has then; from now on it is taken."""
        for code in self.told["rooms"]:
            if code not in taken or taken[code] <= starts:
                taken[code] = ends
                return self.rooms[code]
        return None
