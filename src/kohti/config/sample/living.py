"""The lives of the sample's other people, lived by the product's own actions: one after the other, each once.

`kohti demo` does it beside the pages, `kohti demo lives` by itself. It can be stopped and goes on where it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db.models import Q

from kohti.diary import actions as diary
from kohti.diary.actions import NewBooking
from kohti.diary.models import Booking, Kind
from kohti.journeys import actions as journeys
from kohti.journeys.actions import Fact, MoveStep, NewAim, NewContact, NewStep, Said
from kohti.journeys.models import Cover, HandOver, Journey, LastingCheck, PlanVersion
from kohti.kernel import actor as actors
from kohti.kernel import clock, once
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team.models import Centre, Membership

from .. import filling, services
from ..filling import Progress
from . import HIRED, STANDS_AT, last_week, lives, member_of, reached
from .life import DAY, YESTERDAY, Begin, Life, Meeting, Move, crew, words_of
from .places import SAMPLED, Sampled
from .stories import STORIES

Say = Callable[[int, int], None]


def live(data: Path, say: Say) -> int:
    """Live every life that is not lived yet, a little of each service in turn; how many were.

    Each is one transaction, so that nobody is ever half there. `say` is told how many are there, of how many.
    """
    known = filling.progress(data)
    if known is not None and known.done:
        return 0
    if not _old_enough():
        filling.keep(data, Progress(0, 0))
        return 0
    worlds = [World(here, services.centre_called(here.centre)[0]) for here in SAMPLED]
    each = [world.missing() for world in worlds]
    of = sum(world.planned for world in worlds)
    made = of - sum(len(one) for one in each)
    before = made
    filling.keep(data, Progress(made, of))
    for world in worlds:
        last_week.live(world.here, world.system)
    for world, one in _in_turn(worlds, each):
        world.live(one)
        made += 1
        say(made, of)
        if made % 10 == 0 and made < of:
            filling.keep(data, Progress(made, of))
    for world in worlds:
        world.reach()
        world.be_away()
    filling.keep(data, Progress(of, of))
    return made - before


def _old_enough() -> bool:
    """Whether this sample began before its lives do; one of an earlier release did not, and stays as it is."""
    system, _place = services.centre_called(SAMPLED[0].centre)
    with as_actor(system):
        return Membership.objects.filter(service_id=system.service, starts__lte=HIRED).exists()


def _in_turn(worlds: list[World], each: list[list[Life]]) -> Iterator[tuple[World, Life]]:
    """Lives in an order in which every service fills at the same pace."""
    most = max((len(one) for one in each), default=0)
    spread = [
        [(place * most // len(one), world, life) for place, life in enumerate(one)]
        for world, one in zip(worlds, each, strict=True)
    ]
    for turn in sorted((one for some in spread for one in some), key=lambda one: one[0]):
        yield turn[1], turn[2]


class World:
    """A service of the sample with its colleagues, as lives are lived in it."""

    def __init__(self, here: Sampled, system: Actor) -> None:
        self.here, self.system, self.main = here, system, system.centre
        self.told = words_of(here.service)
        self.plan = lives.lives(here.service, len(STORIES.get(here.service, ())))
        self.planned = len(self.plan)
        with as_actor(self.system):
            self.centres: Mapping[str, uuid.UUID] = dict(
                Centre.objects.filter(service_id=self.system.service).values_list("code", "id")
            )
            self.kind = Kind.objects.filter(service_id=self.system.service, code=self.told["kind"]).first()
        self._hire()
        self.by_name = self._colleagues()
        codes = {centre_id: code for code, centre_id in self.centres.items()}
        self.leaders = {
            codes[one.centre_id]: one
            for one in self.by_name.values()
            if actors.may(one, "journeys.lead") and one.centre_id
        }
        self.leader = self.leaders[here.centre]

    def at(self, day: date, wall: str) -> datetime:
        """A time of a day there."""
        return clock.local(day, wall, self.system.zone)

    def missing(self) -> list[Life]:
        """The lives that nobody has lived yet, in order."""
        with as_actor(self.system):
            there = set(
                Person.objects.filter(
                    service_id=self.system.service, reference__in=[one.reference for one in self.plan]
                ).values_list("reference", flat=True)
            )
        return [one for one in self.plan if one.reference not in there]

    def _hire(self) -> None:
        """Make known who joined later, each from their day."""
        for one in crew(self.here.service):
            with clock.held_at(self.at(one.since, "08:00")), as_actor(self.system):
                known = Membership.objects.filter(
                    service_id=self.system.service, staff__full_name=one.name, centre__code=one.centre
                ).exists()
            if not known:
                with clock.held_at(self.at(one.since, "08:00")) as starts:
                    member_of(
                        self.system,
                        one.name,
                        role=one.role,
                        centre=one.centre,
                        organisation=one.organisation,
                        starts=starts,
                    )

    def _colleagues(self) -> dict[str, Actor]:
        """Everybody whose role works with ways, by name."""
        with clock.held_at(STANDS_AT), as_actor(self.system):
            rows = list(
                Membership.objects.filter(
                    Q(ends=None), service_id=self.system.service, role__verbs__contains=["journeys.work"]
                ).values_list("staff__full_name", "id", "role__code")
            )
            rows.sort(key=lambda row: row[2] == self.here.coach)
            found = [(name, actors.member(member_id)) for name, member_id, _role in rows]
        return {name: one for name, one in found if one is not None}

    def live(self, life: Life) -> None:
        """Live one life from its first day to its last, all in one transaction; done before, nothing happens."""
        with clock.held_at(self.at(life.opened, "08:30")), as_actor(self.system):
            if once.first_time("sample.life", f"life:{life.service}:{life.number}", new_id()) is None:
                _Lived(self, life).live()

    def reach(self) -> None:
        """Whom the service met out there in its first years, where it went out then; each day once."""
        told = self.told.get("reached")
        if told:
            years = reached.Years(self.system, told, centre=self.here.centre, hires=told["organisations"])
            years.live(reached.plan(told, self.told["names"]))

    def be_away(self) -> None:
        """One colleague is away this week; for some of their people another stands in, for the others nobody."""
        away, stands_in = (self.by_name[name] for name in self.told["away"])
        assert away.staff_id is not None
        assert stands_in.member_id is not None
        with _acting(self.leader, self.at(YESTERDAY - timedelta(days=1), "08:10")) as leader:
            diary.be_away(
                leader, away.staff_id, YESTERDAY, DAY + timedelta(days=2), key=f"away:{self.here.service}"
            )
            ways = list(
                Journey.objects.filter(owner_id=away.member_id, closed_at=None)
                .order_by("opened_at", "id")
                .values_list("id", flat=True)
            )
            some = ways[: max(1, len(ways) * 4 // 5)]
            if some and not Cover.objects.filter(journey_id__in=some).exists():
                journeys.cover(
                    leader,
                    some,
                    stands_in.member_id,
                    starts=self.at(YESTERDAY, "00:00"),
                    ends=self.at(DAY + timedelta(days=3), "00:00"),
                    key=f"cover:{self.here.service}",
                )


@contextmanager
def _acting(actor: Actor, at: datetime) -> Iterator[Actor]:
    """Somebody acts at a moment of a life: a copy of them, so that the database is told the time anew."""
    with clock.held_at(at), as_actor(replace(actor)) as copied:
        yield copied


class _Lived:
    """One life being lived; everything in the transaction of the caller."""

    def __init__(self, world: World, life: Life) -> None:
        self.world, self.life = world, life
        self.coach = world.by_name[life.coach]
        self.acting = world.by_name[life.met_by] if life.met_by else self.coach
        self.steps: dict[int, uuid.UUID] = {}
        self.versions: dict[int, int] = {}
        self.aim = NewAim(words=life.aim, field=life.aim_field)
        # Whoever has no coach now came from another centre yesterday.
        others = [one["code"] for one in world.told["centres"] if one["code"] != life.centre]
        self.home: str = others[0] if life.trouble == "owner" and others else life.centre

    def key(self, what: str) -> str:
        """The key of one of this life's changes."""
        return f"life:{self.life.service}:{self.life.number}:{what}"

    def live(self) -> None:
        """From the first day to the last."""
        life, world = self.life, self.world
        person = people.register(
            world.system,
            world.centres[self.home],
            [
                NewPerson(
                    full_name=life.name,
                    date_of_birth=life.born,
                    phone=life.phone,
                    email=life.email,
                    languages=life.languages,
                    interpreter=life.interpreter,
                    reference=life.reference,
                )
            ],
        )[0]
        assert self.acting.member_id is not None
        self.way = journeys.open_journey(
            world.system,
            person.id,
            owner_id=self.acting.member_id,
            basis="task",
            why_here=life.why,
            facts={kind: Fact(value) for kind, value in life.facts.items()},
            key=self.key("open"),
        )
        self.person = person.id
        for place, one in enumerate(life.meetings):
            if life.met_by and place == 2:
                self._hand_over(one.day)
            self._meet(place, one)
        self._agree_on_time()
        self._book()
        if life.ending is not None:
            self._end()
        if self.home != life.centre:
            self._move()

    def _act(self, day: date, wall: str, who: Actor | None = None) -> AbstractContextManager[Actor]:
        return _acting(who or self.acting, self.world.at(day, wall))

    def _meet(self, place: int, one: Meeting) -> None:
        new = [self._new(begin, place) for begin in one.begins]
        begun = {begin.number for begin in one.begins}
        now = [self._moved(move) for move in one.moves if move.number not in begun]
        with self._act(one.day, one.wall) as coach:
            written = journeys.write_contact(
                coach,
                self.way,
                NewContact(
                    channel=one.channel,
                    came=one.came,
                    text=one.text,
                    needs=tuple(
                        said
                        for code, own, seen in one.needs
                        for said in (Said(code, own, "own"), Said(code, seen, "coach"))
                    ),
                    changes=(*((self.aim,) if place == 0 else ()), *now, *new),
                ),
                key=self.key(f"met{place}"),
            )
            later = [self._moved(move) for move in one.moves if move.number in begun]
            if later:
                journeys.change_plan(coach, self.way, later, key=self.key(f"later{place}"))
            if one.stage:
                journeys.move_to_stage(coach, self.way, one.stage, one.stage_why)
            if one.reached:
                kind, words = one.reached
                journeys.reach(coach, self.way, kind, one.day, words=words, key=self.key(f"reached{place}"))
            if one.agreed:
                version = PlanVersion.objects.filter(contact_id=written).first()
                if version is not None:
                    journeys.agree(coach, version.id, "here")

    def _new(self, begin: Begin, place: int) -> NewStep:
        made = NewStep(
            words=begin.words,
            who=begin.who,
            due_on=begin.due,
            aim_id=self.aim.id if place == 0 or begin.number % 3 == 0 else None,
            offered=begin.offered,
        )
        self.steps[begin.number], self.versions[begin.number] = made.id, 1
        return made

    def _moved(self, move: Move) -> MoveStep:
        version = self.versions[move.number]
        self.versions[move.number] = version + 1
        return MoveStep(
            id=self.steps[move.number], version=version, state=move.state, why=move.why, due_on=move.due
        )

    def _hand_over(self, day: date) -> None:
        """Whoever found them asks a coach to go on, who says yes the same day."""
        if self.acting.member_id == self.coach.member_id or self.coach.member_id is None:
            self.acting = self.coach
            return
        words = str(self.world.told["words"]["hand_over"])
        with self._act(day, "08:40") as finder:
            asked = journeys.ask_to_take_over(
                finder,
                self.way,
                self.coach.member_id,
                from_day=day,
                until_day=day + timedelta(days=7),
                words=words,
                key=self.key("ask"),
            )
        with self._act(day, "08:50", self.coach) as coach:
            assert HandOver.objects.filter(id=asked).exists()
            journeys.answer_hand_over(coach, asked, accept=True)
        self.acting = self.coach

    def _agree_on_time(self) -> None:
        """The time limit stands still for some, and a leader gives some more of it."""
        life = self.life
        limited = Journey.objects.filter(id=self.way, limit_on__isnull=False).exists()
        day = life.meetings[-1].day
        if life.pause and limited:
            with self._act(day, "15:10") as coach:
                journeys.pause(coach, self.way, DAY + timedelta(days=40), life.pause, key=self.key("pause"))
        if life.more and limited and self.home in self.world.leaders:
            day, days = life.more
            words = str(self.world.told["words"]["more_time"])
            with self._act(day, "15:20", self.world.leaders[self.home]) as leader:
                journeys.extend(leader, self.way, days, words, key=self.key("more"))

    def _book(self) -> None:
        """An appointment to come, or one that nobody came to."""
        life, kind = self.life, self.world.kind
        if life.booked is None or kind is None or self.coach.staff_id is None:
            return
        day, wall = life.booked
        wanted = NewBooking(
            starts=self.world.at(day, wall),
            minutes=kind.minutes,
            kind_id=kind.id,
            person_id=self.person,
            staff_id=self.coach.staff_id,
        )
        with self._act(life.meetings[-1].day, "15:30") as coach:
            try:
                made: list[Booking] = diary.book(coach, self.world.main, [wanted])
            except Refused:  # Somebody of the demo has that time by now.
                return
        if day < DAY:
            with self._act(day, "16:00", self.world.system) as system:
                diary.mark(system, made[0].id, Booking.State.MISSED, expected=["booked"])

    def _end(self) -> None:
        """It ends: what was reached, thanks, when we ask again; somebody else verifies, and it lasts."""
        ending = self.life.ending
        assert ending is not None
        with self._act(ending.day, "15:40") as coach:
            made = journeys.reach(
                coach,
                self.way,
                ending.kind,
                ending.day,
                words=ending.kind_words,
                evidence=ending.evidence,
                key=self.key("outcome"),
            )
            journeys.move_to_stage(coach, self.way, ending.stage)
            version = Journey.objects.values_list("version", flat=True).get(id=self.way)
            journeys.close(
                coach,
                self.way,
                ending.words,
                version=version,
                follow_up_on=ending.day + timedelta(weeks=13) if ending.success else None,
            )
        after = min(ending.day + timedelta(days=2), YESTERDAY)
        leads = self.world.leaders.get(self.life.centre)
        if ending.evidence and leads is not None:
            with self._act(after, "16:05", leads) as leader:
                journeys.verify(leader, made)
        for one in list(LastingCheck.objects.filter(outcome_id=made).order_by("week")):
            long_ago = one.due_on > ending.day + timedelta(
                days=89
            )  # The coach sees them no more, the leader does.
            if one.due_on >= YESTERDAY or not (self.life.number + one.due_on.day) % 5:
                continue
            if long_ago and leads is None:
                continue
            with self._act(one.due_on, "15:50", leads if long_ago else None) as colleague:
                journeys.answer_check(colleague, one.id, "yes", ending.lasts)

    def _move(self) -> None:
        """They moved house: at the new centre the leader gives them a coach, and has not yet."""
        leave = replace(self.world.system, centre_id=self.world.centres[self.home])
        with self._act(YESTERDAY, "15:15", leave) as system:
            people.transfer(
                system,
                self.person,
                self.world.main,
                from_day=YESTERDAY,
                reason=str(self.world.told["words"]["moved_here"]),
                keep_member=None,
                key=self.key("moves"),
            )
