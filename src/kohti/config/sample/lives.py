"""Who else is on their way in the sample, and how it went: made up from names and phrases, the same each time.

What stands here is a plan alone; `living` lives it by the product's own actions. The words are in `lives/*.toml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from .life import DAY, MOVES_ON_AFTER, Life, crew, weekday, words_of
from .made_up import TROUBLES, MadeUp


def lives(service: str, stories: int) -> list[Life]:
    """Everybody of a service but those of the stories, in the order in which their ways began."""
    told = words_of(service)
    chance = Random(f"kohti:{service}")
    opened = _beginnings(told, told["started"] - stories, chance)
    fates = _fates(told, opened, chance)
    coaches = _Coaches(service, told)
    return [
        MadeUp(service, told, number, day, fate, coaches).life()
        for number, (day, fate) in enumerate(zip(opened, fates, strict=True))
    ]


def _beginnings(told: Mapping[str, Any], wanted: int, chance: Random) -> list[date]:
    """The days on which ways began: in intakes, or more each week as the service grew."""
    first: date = told["first"]
    if "intakes" in told:
        days = [told["intakes"][n % len(told["intakes"])] for n in range(wanted)]
    else:
        span = (DAY - first).days - 2
        days = [first + timedelta(days=int(span * chance.triangular(0, 1, 0.6))) for _n in range(wanted)]
    return sorted(max(weekday(day), first) for day in days)


def _fates(told: Mapping[str, Any], opened: Sequence[date], chance: Random) -> list[str]:
    """What becomes of each: moved-on, ended, a trouble, or nothing but that it goes on."""
    fates = [""] * len(opened)
    old = [n for n, day in enumerate(opened) if (DAY - day).days > MOVES_ON_AFTER + 14]
    if "weeks" not in told:  # Where time is short, those go first who came first.
        chance.shuffle(old)
    moved, ended = told["moved_on"], told["ended_otherwise"]
    for n in old[:moved]:
        fates[n] = "moved-on"
    for n in old[moved : moved + ended]:
        fates[n] = "ended"
    going_on = [n for n, fate in enumerate(fates) if not fate and (DAY - opened[n]).days > 25]
    for n in going_on[: 2 if "weeks" in told else 0]:
        fates[n] = "limit"
    going_on = [n for n in going_on if not fates[n]]
    chance.shuffle(going_on)
    for trouble, share in TROUBLES.items():
        for _n in range(max(2, round(share * len(going_on)))):
            if going_on:
                fates[going_on.pop()] = trouble
    return fates


class _Coaches:
    """Gives each new person to the coach of their centre who has fewest."""

    def __init__(self, service: str, told: Mapping[str, Any]) -> None:
        first: date = told["first"]
        main = told["centres"][0]["code"]
        self.main = main
        outreach = set(told.get("outreach", ()))
        roles = {"coach", "omavalmentaja", "jobkonsulent", "jobcoach", "facilitator"}
        self.since: dict[tuple[str, str], date] = {
            (main, name): first for name in told["own"] if name not in outreach
        }
        self.since |= {(one.centre, one.name): one.since for one in crew(service) if one.role in roles}
        self.outreach = [(name, first) for name in told["own"] if name in outreach]
        self.outreach += [(one.name, one.since) for one in crew(service) if one.name in outreach]
        self.load: Counter[tuple[str, str]] = Counter()
        self.slots: Counter[tuple[str, date]] = Counter()

    def of(self, centre: str, day: date) -> str:
        """The coach of somebody who begins at a centre on a day."""
        here = [one for one, since in self.since.items() if one[0] == centre and since <= day]
        chosen = min(here, key=lambda one: (self.load[one], one))
        self.load[chosen] += 1
        return chosen[1]

    def finder(self, day: date, chance: Random) -> str:
        """Who met somebody out there; empty where nobody goes out."""
        known = [name for name, since in self.outreach if since <= day]
        return chance.choice(known) if known and chance.random() < 0.4 else ""

    def slot(self, coach: str, day: date) -> str:
        """A time of a coach's day that nobody has yet; empty where the day is full."""
        taken = self.slots[coach, day]
        self.slots[coach, day] += 1
        return f"{9 + taken:02}:10" if taken < 6 else ""
