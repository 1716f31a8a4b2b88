"""From reached to coached: the first two years of outreach, written down by the product's own actions, each day once.

The figures are Jobteam Gent's own: 798 reached and 532 in coaching after a year, 1,217 and 728 by January 2022. Who they
are is invented; by whom they were met and coached then, too: those colleagues have left since.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from kohti.journeys import actions as journeys
from kohti.journeys.models import Journey
from kohti.kernel import actor as actors
from kohti.kernel import clock, names, once
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id
from kohti.outreach import actions as outreach
from kohti.outreach.actions import NewEncounter, NewRound, SpotWords
from kohti.outreach.models import Encounter, Spot
from kohti.people.actions import NewPerson
from kohti.team import actions as team
from kohti.team.models import Membership

from . import member_of

OURS = uuid.UUID("6b0f1c52-3d0e-4a0a-9d8b-0d2f1b1f7c90")
ABOUT = ("werk", "wonen", "geld", "papieren", "netwerk")
GIVEN = ("flyer", "phone", "food", "clothes")
NEXT = ("again", "come", "call", "nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """Somebody who was met: on which days, at which spot, under which nickname; and when coaching began and ended.

    known   whether the one who met them again knew who it was: else two meetings were joined later
    """

    number: int
    name: str
    nickname: str
    spot: str
    met: tuple[date, ...]
    known: bool
    coached: date | None = None
    coach: str = ""
    ended: date | None = None


def plan(told: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], *, part: int = 1) -> list[One]:
    """Everybody who was reached, in the order of their first meeting; the same each time. `part`: one in so many of them."""
    chance = Random("kohti:reached")
    first: date = told["first"]
    last: date = told["last"]
    year = first.replace(year=first.year + 1)
    one_year, in_all = ([number // part for number in told[key]] for key in ("after_a_year", "in_all"))
    days = sorted(
        [_weekday(first, year - timedelta(days=1), chance) for _n in range(one_year[0])]
        + [_weekday(year, last, chance) for _n in range(in_all[0] - one_year[0])]
    )
    early = [n for n, day in enumerate(days) if day < year - timedelta(days=14)]
    begun = {n: _after(days[n], year - timedelta(days=1), chance) for n in chance.sample(early, one_year[1])}
    others = [n for n, day in enumerate(days) if n not in begun and day < last - timedelta(days=14)]
    for n in chance.sample(others, in_all[1] - one_year[1]):
        begun[n] = _after(max(days[n], year), last, chance)
    return [_one(n, day, begun.get(n), told, groups, chance, last) for n, day in enumerate(days)]


def _weekday(first: date, last: date, chance: Random) -> date:
    day = first + timedelta(days=chance.randint(0, (last - first).days))
    day -= timedelta(days=max(0, day.weekday() - 4))
    return day if day >= first else first + timedelta(days=7 - first.weekday())


def _after(day: date, last: date, chance: Random) -> date:
    """A working day soon after another, and not after the last."""
    found = min(day + timedelta(days=chance.randint(3, 40)), last)
    found -= timedelta(days=max(0, found.weekday() - 4))
    return max(found, day)


def _one(
    number: int,
    day: date,
    coached: date | None,
    told: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    chance: Random,
    last: date,
) -> One:
    group = chance.choices(groups, [one["share"] for one in groups])[0]
    given = chance.choice(group["first"])
    met, until = [day], coached or last
    for _again in range(chance.choice((0, 0, 1, 1, 2, 3))):
        following = met[-1] + timedelta(days=chance.randint(2, 21))
        following -= timedelta(days=max(0, following.weekday() - 4))
        if met[-1] < following <= until:
            met.append(following)
    return One(
        number=number,
        name=f"{given} {chance.choice(group['last'])}",
        nickname=chance.choice((given, given, chance.choice(told["nicknames"]), "")),
        spot=chance.choice(told["spots"])[0],
        met=tuple(met),
        known=chance.random() < 0.6,
        coached=coached,
        coach=told["coaches"][number % len(told["coaches"])],
        ended=_after(coached + timedelta(days=chance.randint(60, 270)), date(2022, 12, 23), chance)
        if coached
        else None,
    )


class Years:
    """The two years at one centre, as they are lived."""

    def __init__(
        self, system: Actor, told: Mapping[str, Any], *, centre: str, hires: Mapping[str, str]
    ) -> None:
        """`hires`: the organisation of who goes out, and of who coaches."""
        self.system, self.told, self.centre = system, told, centre
        self.begins = clock.local(told["first"] - timedelta(days=3), "08:00", system.zone)
        self.out = [self._hired(name, "outreacher", hires["out"]) for name in told["out"]]
        self.coaches = {name: self._hired(name, "jobcoach", hires["coach"]) for name in told["coaches"]}
        with self._acting(self.out[0], told["first"], "08:30") as actor:
            for name, kind in told["spots"]:
                outreach.add_spot(actor, SpotWords(name=name, kind=kind), key=f"sample:spot:{name}")
            self.spots = dict(Spot.objects.filter(centre_id=actor.centre).values_list("name", "id"))

    def _hired(self, name: str, role: str, organisation: str) -> Actor:
        with clock.held_at(self.begins):
            with as_actor(self.system):
                known = Membership.objects.filter(
                    service_id=self.system.service, staff__full_name=name, centre__code=self.centre
                ).first()
                found = None if known is None else actors.member(known.id)
            return found or member_of(
                self.system,
                name,
                role=role,
                centre=self.centre,
                organisation=organisation,
                starts=self.begins,
            )

    @contextmanager
    def _acting(self, actor: Actor, day: date, wall: str) -> Iterator[Actor]:
        with clock.held_at(clock.local(day, wall, self.system.zone)), as_actor(replace(actor)) as copied:
            yield copied

    def live(self, everybody: Sequence[One]) -> None:
        """Live every day that was not lived yet, each in one transaction; at the end those who worked then leave."""
        days: dict[date, list[tuple[str, One, int]]] = defaultdict(list)
        for one in everybody:
            for turn, day in enumerate(one.met):
                days[day].append(("met", one, turn))
            if one.coached:
                days[one.coached].append(("coached", one, 0))
            if one.ended:
                days[one.ended].append(("ended", one, 0))
        for day in sorted(days):
            with clock.held_at(clock.local(day, "08:00", self.system.zone)), as_actor(replace(self.system)):
                if once.first_time("sample.day", f"reached:{day}", new_id()) is None:
                    self._day(day, days[day])
        self._leave()

    def _day(self, day: date, events: Sequence[tuple[str, One, int]]) -> None:
        met = [(one, turn) for kind, one, turn in events if kind == "met"]
        if met:
            self._met(day, met)
        for kind, one, _turn in events:
            if kind == "coached":
                self._begins_coaching(day, one)
            elif kind == "ended":
                self._ends(day, one)

    def _met(self, day: date, met: Sequence[tuple[One, int]]) -> None:
        chance = Random(f"kohti:reached:{day}")
        if day.weekday() == 1:
            self._goes_round(day)
        who = self.out[day.toordinal() % len(self.out)]
        with self._acting(who, day, "17:30") as actor:
            outreach.write_encounters(actor, [self._written(day, one, turn, chance) for one, turn in met])
            for one, turn in met:
                if turn and not one.known:
                    outreach.join(
                        actor,
                        self._whose(one, 0),
                        self._whose(one, turn),
                        key=f"sample:joined:{one.number}:{turn}",
                    )

    def _written(self, day: date, one: One, turn: int, chance: Random) -> NewEncounter:
        at = datetime.combine(day, time(chance.randint(10, 16), chance.randrange(0, 60, 5)), self.system.zone)
        return NewEncounter(
            id=_id(self.system, one, turn),
            spot_id=self.spots[one.spot],
            reached_id=self._whose(one, 0) if turn and one.known else None,
            nickname=one.nickname,
            about=chance.sample(ABOUT, chance.randint(0, 2)),
            given=chance.sample(GIVEN, chance.randint(0, 2)),
            next=chance.choice(NEXT),
            at=at,
        )

    def _whose(self, one: One, turn: int) -> uuid.UUID:
        found: uuid.UUID = Encounter.objects.values_list("reached_id", flat=True).get(
            id=_id(self.system, one, turn)
        )
        return found

    def _goes_round(self, day: date) -> None:
        """A round every Tuesday afternoon: two go, a third watches, and they are back in time."""
        first, second, watcher = (self.out[(day.toordinal() // 7 + n) % len(self.out)] for n in range(3))
        assert first.staff_id and second.staff_id and watcher.member_id  # noqa: PT018
        wanted = NewRound(
            day=day,
            starts=time(13, 30),
            back_by=time(17),
            spots=list(self.spots.values())[:3],
            goers=[first.staff_id, second.staff_id],
            watcher=watcher.member_id,
        )
        with self._acting(first, day, "13:20") as actor:
            planned = outreach.plan_round(actor, wanted, key=f"sample:round:{day}")
            outreach.start_round(actor, planned, key=f"sample:start:{day}")
        with self._acting(first, day, "16:50") as actor:
            outreach.back(actor, planned, key=f"sample:back:{day}")

    def _begins_coaching(self, day: date, one: One) -> None:
        coach = self.coaches[one.coach]
        assert coach.member_id is not None
        with self._acting(self.out[one.number % len(self.out)], day, "17:40") as actor:
            person = outreach.become_new(
                actor,
                self._whose(one, 0),
                NewPerson(full_name=names.tidy(one.name)),
                key=f"sample:became:{one.number}",
            )
            way = journeys.open_journey(
                actor, person, owner_id=coach.member_id, basis="task", key=f"sample:way:{one.number}"
            )
        with self._acting(coach, day, "17:50") as actor:
            journeys.move_to_stage(actor, way, self.told["stage"])

    def _ends(self, day: date, one: One) -> None:
        with self._acting(self.coaches[one.coach], day, "16:10") as actor:
            person = Encounter.objects.values_list("person_id", flat=True).get(id=_id(self.system, one, 0))
            way = Journey.objects.get(person_id=person)
            turn = one.number % len(self.told["leave"])
            journeys.move_to_stage(actor, way.id, self.told["leave"][turn])
            version = Journey.objects.values_list("version", flat=True).get(id=way.id)
            journeys.close(actor, way.id, self.told["ended"][turn], version=version)

    def _leave(self) -> None:
        at = clock.local(date(2023, 1, 31), "17:00", self.system.zone)
        with clock.held_at(at), as_actor(replace(self.system)) as system:
            for one in (*self.out, *self.coaches.values()):
                assert one.member_id is not None
                if Membership.objects.filter(id=one.member_id, ends=None).exists():
                    team.end_membership(system, one.member_id)


def _id(system: Actor, one: One, turn: int) -> uuid.UUID:
    return uuid.uuid5(OURS, f"{system.service_id}:{one.number}:{turn}")
