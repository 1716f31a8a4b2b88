"""What a person's way costs, measured from outside through real HTTP: the pages of a coach and a leader's day."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench import lives
from kohti.config.bench.measure import PASSWORD, Browser, Row, Say, Stand, Step, Web, as_table

TODAY = date(2026, 3, 11)
OPENING = datetime(2026, 3, 11, 9, 5, tzinfo=UTC)
SERVICES = ("gloucestershire", "work-centres", "vollsmose")
CENTRE = "cheltenham"
CLIENTS, PROCESSES = 8, 2
TENTH = 10


def measure(*, ways: int, repeat: int, say: Say) -> dict[str, Any]:
    """Measure every page with so many open ways, and with a tenth of them, in turn in one run.

    `operations`: one client at a time, CPU shared out over the requests; `together`: eight clients over all of the
    ways, at two web processes; `attention`: `kohti check attention` over everything, in seconds on the wall.
    `ways` is rounded up to whole caseloads; the tenth holds at least the whole centre that is measured, which is as
    big in both: what grows is other centres, other services and their past. Both are tidied before they are measured.
    """
    sizes = [whole(max(lives.PER_CENTRE * lives.PER_COACH, ways // TENTH))]
    sizes.append(max(whole(ways), sizes[0] + lives.WHOLE))
    with lived.scratch(say) as server, ExitStack() as stack:
        coaches, leader, members, plans = prepare(say)
        addresses_of: list[str] = []
        before = 0
        for size in sizes:
            say(f"{size:,} open ways")
            began = time.monotonic()
            lives.load(
                server,
                before,
                size,
                first=members,
                day=TODAY,
                opens=OPENING,
                plans=plans,
                say=lambda _line: None,
            )
            say(f"written in {time.monotonic() - began:.0f} s")
            before = size
            last = size == sizes[-1]
            addresses_of.append(addresses.owner_url() if last else lived.copy_of_scratch(server, str(size)))
        began = time.monotonic()
        for url in addresses_of:
            lives.tidy(server, url)
        say(f"tidied in {time.monotonic() - began:.0f} s")
        attention = [_attention(size, url) for size, url in zip(sizes, addresses_of, strict=True)]
        for found in attention:
            say(str(found))
        webs = [
            stack.enter_context(Web(size, url, opens=OPENING, processes=PROCESSES))
            for size, url in zip(sizes, addresses_of, strict=True)
        ]
        days = [_Day(web, coaches, leader) for web in webs]
        say("one client")
        for day in days:
            day.warm()
        operations = _measure(days, repeat, say)
        say(f"{CLIENTS} clients, {PROCESSES} processes")
        together = _measure(days[-1:], repeat, say, at_once=True)
    return {
        "operations": [asdict(row) for row in operations],
        "together": [asdict(row) for row in together],
        "attention": attention,
    }


def whole(ways: int) -> int:
    """As many ways, rounded up to whole caseloads."""
    return -(-ways // lives.WHOLE) * lives.WHOLE


def in_words(found: dict[str, Any]) -> str:
    """What was measured, for a person."""
    lines = [as_table(found["operations"]), "", as_table(found["together"]), ""]
    lines += [
        f"check attention {one['open']:>10,} open {one['listed']:>8,} listed {one['wrong'] + one['orphans']:>4} faults"
        f" {one['seconds']:>8.2f} s"
        for one in found["attention"]
    ]
    return "\n".join(lines)


def prepare(say: Say) -> tuple[list[str], str, list[uuid.UUID], list[Any]]:
    """The services; eight coaches and their leader who can sign in: names, the coaches' places, and the blueprints."""
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.kernel import blueprint, clock
    from kohti.kernel.actor import as_actor
    from kohti.team import actions as team

    say("making services")
    hashed = make_password(PASSWORD)
    with clock.held_at(sample.HIRED):
        for code in SERVICES:
            services.apply(services.shipped(code), name=f"{code}.toml")
    actor, _place = services.centre_called(CENTRE)

    def hire(name: str, role: str) -> uuid.UUID:
        return team.add_member(
            actor,
            username=name,
            password_hash=hashed,
            full_name=f"Bench {name.title()}",
            role=role,
            centre=CENTRE,
            organisation="jobcentre",
            starts=sample.HIRED,
        ).id

    with clock.held_at(sample.HIRED), as_actor(actor):
        coaches = [f"coach{chr(97 + n)}" for n in range(CLIENTS)]
        members = [hire(name, "coach") for name in coaches]
        hire("leader", "leader")
    plans = [blueprint.read(services.shipped(code), name=code) for code in SERVICES]
    return coaches, "leader", members, plans


def _attention(size: int, owner_url: str) -> dict[str, Any]:
    from kohti.journeys import attention

    with psycopg.connect(owner_url, autocommit=True) as owner:
        began = time.perf_counter()
        found = attention.check(owner, OPENING)
        seconds = time.perf_counter() - began
    figures = {name: getattr(found, name) for name in ("open", "held", "listed", "orphans", "wrong")}
    return {"rows": size, **figures, "seconds": round(seconds, 2)}


VERSIONS = re.compile(
    rb'name="v-([0-9a-f-]{36})"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="v-([0-9a-f-]{36})"'
)


class _Day:
    """The eight coaches at one number of ways, and eight screens of their leader; each coach's ways are theirs."""

    def __init__(self, web: Web, coaches: Sequence[str], leader: str) -> None:
        self.coaches = Stand(web, [Browser(web, name, number) for number, name in enumerate(coaches)])
        self.leaders = Stand(web, [Browser(web, leader, number) for number in range(len(coaches))])
        self.saved = [0] * len(coaches)

    def warm(self) -> None:
        """Each page once at each process: what a process reads once is read."""
        for browser in (*self.coaches.browsers, *self.leaders.browsers[:PROCESSES]):
            browser.get("/day/")

    def saving(self, number: int, times: int) -> list[Step]:
        """Read the form of an appointment as many times, each of another way, and what saves it."""
        steps: list[Step] = []
        browser = self.coaches.browsers[number]
        for _turn in range(times):
            address = f"/ways/{_short(lives.id_of('way', _own(number, self.saved[number])))}/appointment/"
            self.saved[number] += 1
            form = browser.get(address)[2]
            typed = {
                "key": str(uuid.uuid4()),
                "note": "They rang the workshop and may come for a day. We looked for the bus together.",
                "channel": "here",
                "next": "Go there and say how it was",
                "next-who": "person",
                "next-day_0": "20",
                "next-day_1": "3",
                "next-day_2": "2026",
                "own-work": "3",
                "coach-work": "2",
            }
            versions = {
                (one[1] or one[4]).decode(): (one[2] or one[3]).decode() for one in VERSIONS.finditer(form)
            }
            typed |= {f"v-{one}": version for one, version in versions.items()}
            typed[f"step-{min(versions)}"] = "done"

            def save(browser: Browser, address: str = address, typed: dict[str, str] = typed) -> Any:
                return browser.post(address, typed, htmx=False)

            steps.append(save)
        return steps


def _own(coach: int, number: int) -> int:
    """The number of one of a coach's ways."""
    return coach * lives.PER_COACH + number % lives.PER_COACH


def _short(one: uuid.UUID) -> str:
    from kohti.kernel.ids import short

    return short(one)


Getting = Callable[[int, int], str]
"""The address of a page, for a coach and the turn."""

PAGES: dict[str, Getting] = {
    "empty page": lambda _coach, _turn: "/account/way-back/",
    "today": lambda _coach, _turn: "/day/",
    "caseload of 50": lambda _coach, _turn: "/caseload/",
    "overview": lambda coach, turn: f"/people/{_short(lives.person_of(_own(coach, turn)))}/",
    "timeline": lambda coach, turn: f"/people/{_short(lives.person_of(_own(coach, turn)))}/timeline/",
    "plan": lambda coach, turn: f"/people/{_short(lives.person_of(_own(coach, turn)))}/plan/",
    "appointment": lambda coach, turn: f"/ways/{_short(lives.id_of('way', _own(coach, turn)))}/appointment/",
}


def getting(page: Getting, number: int, times: int) -> list[Step]:
    """What a coach opens, as many times."""

    def step(address: str) -> Step:
        return lambda browser: browser.get(address)

    return [step(page(number, turn)) for turn in range(times)]


def search(browser: Browser) -> Any:
    """Look somebody up by two words of their name."""
    return browser.post("/people/find/", {"q": "Aino Virtanen"}, htmx=False)


def _measure(days: Sequence[_Day], repeat: int, say: Say, *, at_once: bool = False) -> list[Row]:
    """Every operation at every number of ways in turn; one client after the other, or all at once."""
    times = repeat + 5
    rows: list[Row] = []
    numbers = range(CLIENTS)
    together = [numbers] if at_once else [range(n, n + 1) for n in numbers]

    def take(name: str, stands: Sequence[Stand], steps: Sequence[Sequence[Sequence[Step]]]) -> None:
        for turn, some in enumerate(together):
            for at in range(len(stands))[:: 1 if turn % 2 == 0 else -1]:
                stands[at].work(name, some, steps[at])
        for stand in stands:
            rows.append(stand.row(name, len(together[0])))
            say(as_table([asdict(rows[-1])]).splitlines()[1])

    coaches = [day.coaches for day in days]

    def same(page: Callable[[int], list[Step]]) -> list[list[list[Step]]]:
        return [[page(number) for number in numbers] for _day in days]

    for name, page in PAGES.items():
        take(name, coaches, same(lambda number, page=page: getting(page, number, times)))  # type: ignore[misc]
    take("search", coaches, same(lambda _number: [search] * times))
    leading = [day.leaders for day in days]
    take("leader's day", leading, same(lambda number: getting(PAGES["today"], number, times)))
    take("leader's search", leading, same(lambda _number: [search] * times))
    take(
        "who is twice", leading, same(lambda number: getting(lambda _c, _t: "/people/twice/", number, times))
    )
    take("save a contact", coaches, [[day.saving(number, times) for number in numbers] for day in days])
    return rows
