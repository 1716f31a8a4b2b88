"""What the appointment book costs, measured from outside: a day of forty colleagues, by room, a week, tomorrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from kohti.config import addresses, lived
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
from kohti.kernel.ids import short

OPENING = datetime(2026, 3, 11, 9, 5, tzinfo=UTC)
CENTRE = "cheltenham"
COLLEAGUES, EACH, DAYS = 40, 10, 5
"""So many appointments has each of so many colleagues, on each day of a week."""


def measure(*, repeat: int, say: Say) -> list[dict[str, Any]]:
    """Measure the pages of the book at a centre with 400 appointments on each day of a week."""
    with lived.scratch(say):
        usernames, staff = _prepare(say)
        with Web(COLLEAGUES * EACH, addresses.owner_url(), opens=OPENING) as web:
            stand = Stand(web, [Browser(web, name) for name in usernames])
            rows: list[Row] = []
            for name, page in (
                ("empty page", "/account/way-back/"),
                ("day", "/book/"),
                ("day as a list", "/book/?as=list"),
                ("day by room", "/book/?by=room"),
                ("another day", "/book/?day=2026-03-12"),
                ("week of one", f"/book/week/{short(staff)}/"),
                ("tomorrow", "/tomorrow/"),
            ):
                stand.work(name, [0], [[lambda browser, page=page: browser.get(page)] * repeat])  # type: ignore[misc]
                rows.append(stand.row(name, 1))
                say(as_table([asdict(rows[-1])]).splitlines()[1])
            rows += _free_times(web, repeat=repeat, say=say)
        return [asdict(row) for row in rows]


def _free_times(web: Web, *, repeat: int, say: Say) -> list[Row]:
    """Free times over seven centres of forty coaches each, for a fortnight, asked for without a page around it."""
    from kohti.config import installation, services
    from kohti.config.bench import free_times
    from kohti.kernel.actor import as_actor
    from kohti.team.models import Centre

    installation.load()  # the same clock as the web's: a fortnight that is over has no free times
    actor, _place = services.centre_called(CENTRE)
    first = (OPENING + timedelta(days=1)).date()
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        free_times.load(owner, actor.service, first, str(actor.zone))
    rows: list[Row] = []
    with as_actor(actor):
        centres = list(
            Centre.objects.filter(service_id=actor.service).order_by("code").values_list("id", flat=True)
        )
        for one in free_times.costs(
            actor, centres, first, repeat=repeat, database=lambda: cpu_ms(children(web.postmaster))
        ):
            if not one.offered:
                raise RuntimeError("no free time was offered: nothing was measured")
            rows.append(Row(f"free: {one.asked}", one.offered, 1, one.app_ms, one.db_ms, 0.0, 0.0, 0.0, 1, 0))
            say(as_table([asdict(rows[-1])]).splitlines()[1])
    return rows


def _prepare(say: Say) -> tuple[Sequence[str], Any]:
    """The service, its colleagues and their week; who signs in, and whose week is looked at."""
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.diary import actions as diary
    from kohti.diary.models import Kind, Room
    from kohti.kernel import clock
    from kohti.kernel.actor import as_actor
    from kohti.people import actions as people
    from kohti.people.actions import NewPerson
    from kohti.team import actions as team

    say("making a centre with 40 colleagues, 400 booked on each day of a week")
    hashed = make_password(PASSWORD)
    with clock.held_at(sample.HIRED):
        services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
    with clock.held_at(sample.BEFORE):
        actor, place = services.centre_called(CENTRE)
        with as_actor(actor):
            kind = Kind.objects.get(service_id=actor.service, code="work-search-review")
            rooms = list(
                Room.objects.filter(centre_id=place.id).order_by("name").values_list("id", flat=True)
            )
            members = [
                team.add_member(
                    actor,
                    username=f"coach{number}",
                    password_hash=hashed,
                    full_name=f"Coach Number{number:02d}",
                    role="coach",
                    centre=CENTRE,
                    organisation="jobcentre",
                    starts=sample.HIRED,
                )
                for number in range(COLLEAGUES)
            ]
            persons = people.register(
                actor,
                place.id,
                [NewPerson(full_name=f"Visitor Number{n:03d}") for n in range(COLLEAGUES * EACH)],
            )
            for day in range(DAYS):
                opens = OPENING.replace(minute=0) + timedelta(days=day - 2)
                diary.book(
                    actor,
                    place.id,
                    [
                        diary.NewBooking(
                            starts=opens + timedelta(minutes=40 * (n % EACH) + 5 * (n // EACH % 4)),
                            minutes=20,
                            kind_id=kind.id,
                            person_id=person.id,
                            staff_id=members[n // EACH].staff_id,
                            room_id=rooms[n // EACH] if n // EACH < len(rooms) else None,
                        )
                        for n, person in enumerate(persons)
                    ],
                )
    return ["coach0"], members[0].staff_id
