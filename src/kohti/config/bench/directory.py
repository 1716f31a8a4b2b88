"""What looking somebody up costs in a directory of 20,000 offers: the page through real HTTP, and the search alone."""

from __future__ import annotations

import random
import statistics
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import product
from typing import Any

from kohti.config import addresses, lived
from kohti.config.bench import lives
from kohti.config.bench.measure import (
    PASSWORD,
    Browser,
    Row,
    Say,
    Stand,
    Web,
    as_table,
    children,
    cpu_ms,
)

OPENING = datetime(2026, 3, 11, 9, 5, tzinfo=UTC)
OFFERS, PARTNERS, PLACES = 20_000, 300, 900
ABOUT = (
    "debt", "housing", "childcare", "counselling", "language course", "job club", "computer course", "food",
    "furniture", "bicycle", "benefits", "tenancy", "mediation", "first aid", "walking", "cooking", "driving licence",
    "apprenticeship", "interview practice", "carers", "bereavement", "alcohol", "gambling", "legal", "passport",
)  # fmt: skip
HOW = ("advice", "group", "drop-in", "helpline", "workshop", "mentoring", "visit", "evening", "fund", "café")
WHOM = ("young people", "parents", "people over fifty", "newcomers", "carers", "veterans", "women", "anybody")
TONGUES = ("en", "pl", "ar", "ur", "so", "ro", "uk", "fr")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TOWNS = ("Stroud", "Gloucester", "Cheltenham", "Tewkesbury", "Coleford", "Cinderford", "Cirencester")
ASKED = {
    "a rare word": "bereavement",
    "a frequent word": "advice",
    "as people say it": "I have nowhere to sleep tonight",
    "with day and language": "debt advice in Arabic on Wednesday",
    "half a word": "apprent",
    "spelled wrong": "berevement counceling",
}


def measure(*, repeat: int, say: Say) -> list[dict[str, Any]]:
    """Measure the search over 20,000 offers of 300 organisations, in words of six kinds.

    Tidied before, as a database stands some minutes after a directory was brought in: until then what is new is
    searched without an index.
    """
    with lived.scratch(say) as server:
        _prepare(say)
        lives.tidy(server, addresses.owner_url())
        with Web(OFFERS, addresses.owner_url(), opens=OPENING) as web:
            stand = Stand(web, [Browser(web, "coach")])
            stand.browsers[0].get("/directory/")
            rows: list[Row] = []
            for name, text in ASKED.items():
                work = [lambda browser, text=text: browser.post("/directory/", {"q": text})] * repeat
                stand.work(name, [0], [work])
                rows.append(stand.row(name, 1))
                say(as_table([asdict(rows[-1])]).splitlines()[1])
            rows += _alone(web, repeat=repeat, say=say)
        return [asdict(row) for row in rows]


def _alone(web: Web, *, repeat: int, say: Say) -> list[Row]:
    """The search without a page around it: CPU of this process and of the database, the middle of all tries."""
    from time import process_time

    from kohti.config import services
    from kohti.kernel.actor import as_actor
    from kohti.partners import queries

    actor, _place = services.centre_called("cheltenham")
    rows = []
    for name, text in ASKED.items():
        tries = []
        with as_actor(actor):
            found = queries.find(actor, queries.Asked(text=text))
            for _try in range(repeat):
                app, db = process_time(), cpu_ms(children(web.postmaster))
                queries.find(actor, queries.Asked(text=text))
                tries.append(((process_time() - app) * 1000, cpu_ms(children(web.postmaster)) - db))
        app_ms, db_ms = (statistics.median(column) for column in zip(*tries, strict=True))
        rows.append(Row(f"alone: {name}", len(found.lines), 1, app_ms, db_ms, 0.0, 0.0, 0.0, 1, 0))
        say(as_table([asdict(rows[-1])]).splitlines()[1])
    return rows


def _prepare(say: Say) -> None:
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.kernel import clock
    from kohti.kernel.actor import as_actor
    from kohti.partners import actions
    from kohti.team import actions as team

    say("making a directory of 20,000 offers")
    with clock.held_at(sample.HIRED):
        services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
        actor, _place = services.centre_called("cheltenham")
        with as_actor(actor):
            team.add_member(
                actor,
                username="coach",
                password_hash=make_password(PASSWORD),
                full_name="Coach Number01",
                role="coach",
                centre="cheltenham",
                organisation="jobcentre",
                starts=sample.HIRED,
            )
            actions.bring(actor, invented(), source="bench", apply=True)


def invented() -> Any:
    """A directory that says as much as real ones do: words of many kinds, in many combinations."""
    from kohti.partners.hsds.bundle import Bundle

    chance = random.Random(20_260_311)

    def new() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))

    made = Bundle()
    partners, places = [new() for _n in range(PARTNERS)], [new() for _n in range(PLACES)]
    for number, one in enumerate(partners):
        made.of("organization")[one] = {"id": one, "name": f"Helping Hands {number}", "description": ""}
    for number, one in enumerate(places):
        address = {
            "id": new(), "address_1": f"Street {number}", "city": TOWNS[number % len(TOWNS)], "state_province": "",
            "postal_code": "", "country": "GB", "address_type": "physical",
        }  # fmt: skip
        made.of("location")[one] = {"id": one, "location_type": "physical", "addresses": [address]}
    kinds = list(product(ABOUT, HOW, WHOM))
    for number in range(OFFERS):
        about, how, whom = kinds[number % len(kinds)]
        service, at = new(), new()
        made.of("service")[service] = {
            "id": service,
            "organization_id": partners[number % PARTNERS],
            "name": f"{about.capitalize()} {how} {number}",
            "status": "active",
            "description": f"A {how} about {about} for {whom}. "
            + " ".join(chance.choice(ABOUT) for _word in range(20)),
            "languages": [
                {"id": new(), "code": code} for code in chance.sample(TONGUES, chance.randint(1, 3))
            ],
        }
        made.of("service_at_location")[at] = {
            "id": at,
            "service_id": service,
            "location_id": places[number % PLACES],
            "schedules": [
                {"id": new(), "freq": "WEEKLY", "byday": ",".join(chance.sample(DAYS, chance.randint(1, 5)))}
            ],
        }
    return made
