"""One life made up: whom they met, what they took on, where it got stuck, and how it ended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from kohti.kernel import names, references

from .life import DAY, MOVES_ON_AFTER, YESTERDAY, Begin, Ending, Life, Meeting, Move, weekday

TROUBLES = {"contact": 0.03, "next": 0.02, "missed": 0.015, "stuck": 0.02, "owner": 0.006}
"""Which share of the open ways stands on a list, and why; more do because their coach is away."""


class Coaches(Protocol):
    """Who works there, and gives their time to whom."""

    def of(self, centre: str, day: date) -> str:
        """The coach of somebody who begins at a centre on a day."""

    def finder(self, day: date, chance: Random) -> str:
        """Who met somebody out there; empty where nobody goes out."""

    def slot(self, coach: str, day: date) -> str:
        """A time of a coach's day that nobody has yet; empty where the day is full."""


@dataclass
class _Steps:
    """The steps of a way while it is made: which are open, and which comes next."""

    theme: Mapping[str, Any]
    words: Mapping[str, Any]
    chance: Random
    made: int = 0
    given: int = 0
    open: list[int] = field(default_factory=list)
    stuck: int | None = None
    due: dict[int, date] = field(default_factory=dict)

    def begin(self, due: date, *, stuck: bool = False, offered: bool = False) -> Begin:
        number, self.made = self.made, self.made + 1
        if offered:
            words, who = self.chance.choice(self.words["offered"]), "person"
        else:
            words, who = self.theme["steps"][self.given % len(self.theme["steps"])]
            self.given += 1
        if not offered:
            self.open.append(number)
        if stuck:
            self.stuck = number
        self.due[number] = due
        return Begin(number=number, words=words, who=who, due=due, offered=offered)


class MadeUp:
    """One life while it is made up."""

    def __init__(
        self, service: str, told: dict[str, Any], number: int, opened: date, fate: str, coaches: Coaches
    ) -> None:
        self.service, self.told, self.number, self.opened, self.fate = service, told, number, opened, fate
        self.chance = Random(f"kohti:{service}:{number}")
        self.words: dict[str, Any] = told["words"]
        self.coaches = coaches
        shares = [one["share"] for one in told["centres"]]
        self.centre = self.chance.choices(told["centres"], shares)[0]
        if fate in ("owner", "missed"):
            self.centre = told["centres"][0]
        self.theme = self.chance.choice(told["themes"])
        self.every: tuple[int, int] = tuple(told["every"])
        self.steps = _Steps(self.theme, self.words, self.chance)
        self.levels = {code: self.chance.randint(1, 3) for code in told["fields"]}

    def life(self) -> Life:
        """The whole of it."""
        chance, told = self.chance, self.told
        group = chance.choices(told["names"], [one["share"] for one in told["names"]])[0]
        name = f"{chance.choice(group['first'])} {chance.choice(group['last'])}"
        coach = self.coaches.of(self.centre["code"], self.opened)
        met_by = self.coaches.finder(self.opened, chance)
        ends = self._ends()
        days = self._days(ends)
        meetings = tuple(self._meetings(days, ends))
        handle = names.fold(name).replace(" ", ".").replace("'", "")
        asked = chance.random()
        return Life(
            service=self.service,
            number=self.number,
            reference=_reference(self.service, self.number),
            centre=self.centre["code"],
            coach=coach,
            met_by=met_by if len(meetings) > 3 else "",
            name=name,
            born=date(2005, 1, 1) - timedelta(days=int(chance.triangular(0, 46 * 365, 11 * 365))),
            languages=tuple(group["languages"]),
            interpreter=group["languages"][0] if len(group["languages"]) > 1 and asked < 0.3 else "",
            phone=f"{told['telephone']}{self.number:03}" if "telephone" in told else "",
            email=f"{handle}.{self.number}@example.org" if chance.random() < 0.6 else "",
            opened=self.opened,
            why=chance.choice(self.theme["why"]),
            aim=self.theme["aim"],
            aim_field=self.theme["field"],
            facts={
                "employment": chance.choice(["unemployed", "unemployed", "unemployed", "inactive"]),
                "education": chance.choice(["isced-0-2", "isced-3-4", "isced-3-4", "isced-5-8", ""]),
                "household": chance.choice(
                    ["alone", "partner", "partner-children", "alone-children", "others", ""]
                ),
            },
            meetings=meetings,
            ending=self._ending(ends) if ends else None,
            trouble=self.fate if self.fate in (*TROUBLES, "limit") else "",
            booked=self._booked(coach, ends),
            pause=chance.choice(self.words["pause"]) if not self.fate and chance.random() < 0.02 else "",
            more=self._more(days[-1]),
        )

    def _more(self, last: date) -> tuple[date, int] | None:
        """Whether a leader gave more time before the first was over: on which day, how many days."""
        weeks = self.told.get("weeks")
        if weeks is None:
            return (last, 42) if not self.fate and self.chance.random() < 0.03 else None
        soon = weekday(self.opened + timedelta(days=7 * weeks - 4))
        return (soon, 7 * weeks) if soon <= last and self.fate != "limit" else None

    def _ends(self) -> date | None:
        if self.fate not in ("moved-on", "ended"):
            return None
        age = min((YESTERDAY - self.opened).days, 14 * self.told.get("weeks", 26))
        return weekday(self.opened + timedelta(days=self.chance.randint(MOVES_ON_AFTER, age)))

    def _days(self, ends: date | None) -> list[date]:
        """The days of the contacts, counted back from the last one."""
        most = max(self.every[1], 1)
        if ends:
            last = ends
        elif self.fate == "contact":
            last = weekday(YESTERDAY - timedelta(days=most + self.chance.randint(3, 9)))
        elif self.fate == "missed":
            last = weekday(YESTERDAY - timedelta(days=min(6, max(most - 1, 4))))
        else:
            last = weekday(YESTERDAY - timedelta(days=self.chance.randint(0, max(most - 3, 0))))
        days: list[date] = []
        day = max(last, weekday(self.opened + timedelta(days=1)))
        while day > self.opened or not days:
            days.append(max(day, self.opened))
            step = self.chance.randint(*self.every)
            if len(days) > 6:  # What lies further back is told more briefly.
                step = self.chance.randint(4, 8) if most == 1 else step * 2
            day = weekday(day - timedelta(days=step))
        return sorted(set(days))

    def _meetings(self, days: Sequence[date], ends: date | None) -> Iterator[Meeting]:
        stages: list[str] = self.centre.get("stages", self.told["stages"])
        weeks = (days[-1] - self.opened).days / 7
        climb = (
            len(stages) - 1
            if self.fate == "moved-on"
            else min(len(stages) - 1, int(weeks / self.chance.uniform(3, 8)))
        )
        turns = {round((n + 1) * len(days) / (climb + 1)): n + 1 for n in range(climb)}
        for place, day in enumerate(days):
            last = place == len(days) - 1
            one = self._meeting(place, day, last=last and ends is None, ended=last and ends is not None)
            stage = stages[turns[place]] if place in turns and one.came else ""
            if stage:
                one = replace(one, stage=stage, stage_why=self.chance.choice(self.words["steps_up"]))
                if turns[place] == 1 and "climbed" in self.told:
                    one = replace(one, reached=tuple(self.told["climbed"]))
            yield one

    def _meeting(self, place: int, day: date, *, last: bool, ended: bool) -> Meeting:
        chance = self.chance
        channel = chance.choice(self.told["channels"])
        if place == 0:
            channel = self.told.get("first_channel", "here")
        wall = f"{chance.randint(9, 14):02}:{chance.choice((5, 15, 20, 35, 40, 50)):02}"
        if place and not last and not ended and chance.random() < 0.06:
            text = chance.choice(self.words["missed"])
            return Meeting(day=day, wall=wall, channel=channel, came=False, text=text)
        moves = [] if place == 0 else list(self._moves(day, last=last, ended=ended))
        begins = [] if ended else list(self._begins(place, day, last=last))
        return Meeting(
            day=day,
            wall=wall,
            channel=channel,
            text=self._text() if place == 0 or self.every[1] > 1 or chance.random() < 0.35 else "",
            needs=tuple(self._needs(place)),
            begins=tuple(begins),
            moves=(*moves, *self._stuck_now(begins)),
            reached=self._on_the_way(place, last=last),
            agreed=bool(begins or moves) and chance.random() < 0.5,
        )

    def _text(self) -> str:
        pool = self.words["notes"] if self.chance.random() < 0.6 else self.theme["notes"]
        text: str = self.chance.choice(pool)
        return text

    def _moves(self, day: date, *, last: bool, ended: bool) -> Iterator[Move]:
        """What became of the steps that were open."""
        chance, steps = self.chance, self.steps
        finish = ended or (last and self.fate == "next")
        for number in list(steps.open):
            drawn = chance.random()
            if number == steps.stuck:
                steps.stuck = None
                yield Move(number=number, state="done" if finish or drawn < 0.5 else "doing", due=None)
                if finish or drawn < 0.5:
                    steps.open.remove(number)
            elif drawn > (0.85 if finish else 0.9):
                steps.open.remove(number)
                yield Move(number=number, state="dropped", why=chance.choice(self.words["dropped"]))
            elif finish or drawn < 0.6:
                steps.open.remove(number)
                yield Move(number=number, state="done")
            elif drawn < 0.75:
                later = max(steps.due[number], day) + timedelta(days=chance.randint(4, 12))
                steps.due[number] = later
                yield Move(number=number, due=later)

    def _begins(self, place: int, day: date, *, last: bool) -> Iterator[Begin]:
        """The steps that begin; after the last contact one is to come, unless nothing is planned."""
        chance, steps = self.chance, self.steps
        if last and self.fate == "next" and place:
            return
        if last:
            yield steps.begin(DAY + timedelta(days=chance.randint(1, 16)), stuck=self.fate == "stuck")
            if chance.random() < 0.12:
                yield steps.begin(DAY + timedelta(days=chance.randint(2, 9)), offered=True)
        elif place == 0 or len(steps.open) < 2:
            yield steps.begin(day + timedelta(days=chance.randint(7, 18)))
        if place == 0:
            yield steps.begin(day + timedelta(days=chance.randint(9, 24)))
        elif not last and steps.stuck is None and chance.random() < 0.05:
            yield steps.begin(day + timedelta(days=14), stuck=True)

    def _stuck_now(self, begins: list[Begin]) -> Iterator[Move]:
        """A step that is stuck: now and then, and at the end where that is the trouble."""
        if self.steps.stuck in [one.number for one in begins]:
            assert self.steps.stuck is not None
            yield Move(number=self.steps.stuck, state="stuck", why=". ".join(self.theme["stuck"]))

    def _needs(self, place: int) -> Iterator[tuple[str, int | None, int]]:
        """How fields of life go: all at first, some again later, mostly a little better."""
        again = list(self.levels) if place == 0 else self.chance.sample(list(self.levels), 2)
        if place % 3:
            return
        for code in again:
            if place:
                self.levels[code] = max(1, min(4, self.levels[code] + self.chance.choice((0, 1, 1, -1))))
            seen = self.levels[code]
            own = max(1, min(4, seen + self.chance.choice((-1, 0, 0, 1))))
            yield code, None if self.chance.random() < 0.04 else own, seen

    def _on_the_way(self, place: int, *, last: bool) -> tuple[str, str] | None:
        kinds = self.told.get("on_the_way", ())
        found = [tuple(one) for one in self.theme["reached"] if one[0] in kinds]
        if not found or place < 4 or last or self.chance.random() > 0.03:
            return None
        kind, words = self.chance.choice(found)
        return kind, words

    def _ending(self, ends: date) -> Ending:
        chance, words = self.chance, self.words
        if self.fate == "ended":
            kind, said = chance.choice(words["goodbyes"])
            stage = self.told["other_stage"]
            return Ending(day=ends, stage=stage, kind=kind, kind_words="", words=said, success=False)
        wanted = self.told.get("moves_on")
        found = [one for one in self.theme["reached"] if not wanted or one[0] in wanted]
        kind, what = chance.choice(found)
        return Ending(
            day=ends,
            stage=self.told["moved_stage"],
            kind=kind,
            kind_words=what,
            words=chance.choice(words["thanks"]),
            success=True,
            evidence=chance.choice(words["evidence"]) if chance.random() < 0.85 else "",
            lasts=chance.choice(words["lasts"]),
        )

    def _booked(self, coach: str, ends: date | None) -> tuple[date, str] | None:
        if ends or self.centre is not self.told["centres"][0]:
            return None
        if self.fate == "missed":
            day = weekday(YESTERDAY - timedelta(days=self.chance.randint(0, 2)))
        elif self.fate or self.chance.random() > 0.35:
            return None
        else:
            day = weekday(DAY + timedelta(days=self.chance.randint(1, 15)))
            if day <= DAY:
                return None
        wall = self.coaches.slot(coach, day)
        return (day, wall) if wall else None


def _reference(service: str, number: int) -> str:
    """The reference of a life, the same each time: by it one knows who is here already."""
    value = int.from_bytes(hashlib.sha256(f"kohti:{service}:{number}".encode()).digest()[:5])
    body = "".join(references.ALPHABET[value >> 5 * n & 31] for n in range(7))
    return references.read_reference(body + references.check_character(body))
