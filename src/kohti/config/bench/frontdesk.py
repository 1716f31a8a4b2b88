"""What the front desk costs, measured from outside through real HTTP and signed-in sessions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench.measure import PASSWORD, Answer, Browser, Row, Say, Stand, Step, Web, as_table
from kohti.kernel import postgres

TODAY = date(2026, 3, 11)
OPENING = datetime(2026, 3, 11, 9, 5, tzinfo=UTC)
CENTRES = ("cheltenham", "gloucester", "stroud", "coleford", "cirencester", "tewkesbury", "cinderford")
CENTRE, BESIDE = CENTRES[:2]
BOOKED, WALK_INS, CLIENTS = 200, 100, 4


def measure(*, sizes: Sequence[int], repeat: int, clients: int, say: Say) -> list[dict[str, Any]]:
    """Measure every operation with 300 visitors today, over each number of past visits.

    `clients` of the four coaches press buttons at the same time, the others after them.

    Each number of past visits has a database and a web process of its own, and every operation goes round
    them in turn: the machine's speed may change from minute to minute, what is compared is of the same one.
    """
    with lived.scratch(say) as server, ExitStack() as stack:
        users = _prepare(say)
        sizes = sorted(set(sizes))
        addresses_of: list[str] = []
        past = 0
        for size in sizes:
            if size > past:
                say(f"{size:,} past visits")
                _load_past(server, past, size)
                past = size
            last = size == sizes[-1]
            addresses_of.append(addresses.owner_url() if last else lived.copy_of_scratch(server, str(size)))
        stands = [
            stack.enter_context(Web(size, url, opens=OPENING))
            for size, url in zip(sizes, addresses_of, strict=True)
        ]
        say("a warm-up at another centre")
        _measure(stands, users[BESIDE], BESIDE, 10, clients, lambda line: None)
        say("what is measured")
        return [asdict(row) for row in _measure(stands, users[CENTRE], CENTRE, repeat, clients, say)]


def _prepare(say: Say) -> dict[str, list[str]]:
    """The service, four coaches at each centre with fifty people each; the coaches' sign-in names."""
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.diary import actions as diary
    from kohti.diary.models import Kind
    from kohti.kernel import clock
    from kohti.kernel.actor import as_actor
    from kohti.people import actions as people
    from kohti.people.actions import NewPerson
    from kohti.team import actions as team

    say("making a service with seven centres, 200 booked at each today")
    users: dict[str, list[str]] = {}
    hashed = make_password(PASSWORD)
    with clock.held_at(sample.HIRED):
        services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
    with clock.held_at(sample.BEFORE):
        for centre in CENTRES:
            actor, place = services.centre_called(centre)
            users[centre] = []
            with as_actor(actor):
                kind = Kind.objects.get(service_id=actor.service, code="work-search-review")
                for number in range(CLIENTS):
                    name = f"bench{number}.{centre}"
                    membership = team.add_member(
                        actor,
                        username=name,
                        password_hash=hashed,
                        full_name=f"Coach {number + 1} {centre.title()}",
                        role="coach",
                        centre=centre,
                        organisation="jobcentre",
                        starts=sample.HIRED,
                    )
                    users[centre].append(name)
                    per = BOOKED // CLIENTS
                    persons = people.register(
                        actor,
                        place.id,
                        [NewPerson(full_name=f"Visitor Number{number * per + n:03d}") for n in range(per)],
                    )
                    diary.book(
                        actor,
                        place.id,
                        [
                            diary.NewBooking(
                                starts=OPENING + timedelta(minutes=8 * n),
                                minutes=8,
                                kind_id=kind.id,
                                person_id=person.id,
                                staff_id=membership.staff_id,
                                note="wheelchair" if n % 5 == 0 else "",
                            )
                            for n, person in enumerate(persons)
                        ],
                    )
    return users


def _load_past(server: postgres.Server | None, fro: int, to: int) -> None:
    """Past visits, two in three of them booked, with their people, grants, periods and history.

    Written by SQL as the administrator, triggers off, to save hours; the tables are analysed after it.
    """
    url = addresses.owner_url()
    if server is not None:
        url = server.address.url(url.rpartition("/")[2])
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("set work_mem = '256MB'")
        admin.execute("set maintenance_work_mem = '1GB'")
        admin.execute("set synchronous_commit = off")
        admin.execute("set max_parallel_workers_per_gather = 0")
        row = admin.execute("select id from team_service").fetchone()
        assert row is not None
        facts = {"service": row[0], "fro": fro, "to": to}
        for query in PAST_ROWS:
            admin.execute(query, facts)
        admin.execute("drop table past")
        admin.execute("vacuum (analyze)")
        admin.execute("checkpoint")


PAST_ROWS = (
    """
create temporary table past as
select n, md5('visit' || n)::uuid as visit_id, md5('booking' || n)::uuid as booking_id,
  md5('person' || n %% 50000)::uuid as person_id, c.id as centre_id, s.staff_id,
  date '2026-03-10' - ((n / 7) / 300) as day, (n / 7) %% 300 + 1 as number, n %% 3 <> 0 as booked,
  (date '2026-03-10' - ((n / 7) / 300) + time '09:00' + ((n / 7) %% 300) * interval '90 seconds')
    at time zone 'UTC' as at
from generate_series(%(fro)s, %(to)s - 1) n
join (select id, row_number() over (order by code) - 1 as i from team_centre) c on c.i = n %% 7
join (select centre_id, min(id::text)::uuid as staff_id from team_staff group by centre_id) s
  on s.centre_id = c.id
""",
    """
insert into people_person (id, service_id, centre_id, reference, full_name, called, folded, sort_key, sounds,
  languages, interpreter, safe_contact, not_by, no_messages, address_hidden, restricted, created_at)
select distinct on (person_id) person_id, %(service)s::uuid, centre_id, 'P' || n %% 50000, 'Former Visitor' || n %% 50000, '',
  'former visitor' || n %% 50000, 'visitor' || n %% 50000, '{}'::text[], '{}'::text[], '', '', '', false, false,
  false, at from past order by person_id, n
on conflict do nothing
""",
    """
insert into diary_booking (id, service_id, centre_id, day, starts, ends, person_id, kind_id, reference,
  note, state, version)
select booking_id, %(service)s::uuid, centre_id, day, at, at + interval '1 minute', person_id,
  (select id from diary_kind order by code limit 1), '', '', case when n %% 10 = 0 then 'missed' else 'kept' end, 2
from past where booked
""",
    """
insert into people_grant (id, service_id, person_id, to_centre_id, to_role, field, purpose, starts, ends,
  because_kind, because_id)
select md5('grant' || n)::uuid, %(service)s::uuid, person_id, centre_id, '', '', 'arrival', day::timestamptz,
  day::timestamptz + interval '1 day', 'booking', booking_id from past where booked
""",
    """
insert into frontdesk_visit (id, service_id, centre_id, day, number, letter, stream_id, booking_id, person_id,
  with_staff_id, given_name, door_note, title, urgency, arrived_at, order_at, state, state_since, desk, version)
select visit_id, %(service)s::uuid, centre_id, day, number, case when booked then 'A' else 'D' end,
  (select id from frontdesk_stream where of_appointments = p.booked order by position limit 1),
  case when booked then booking_id end, case when booked then person_id end, staff_id, '', '', '{}', 0, at, at,
  'done', at + interval '20 minutes', '', 4 from past p
""",
    """
insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, ends)
select md5(s.state || n)::uuid, %(service)s::uuid, centre_id, day, visit_id, s.state,
  at + s.i * interval '5 minutes', at + (s.i + 1) * interval '5 minutes'
from past, (values (0, 'waiting'), (1, 'called'), (2, 'serving')) s (i, state)
""",
    """
insert into frontdesk_day (id, service_id, centre_id, day, last_ticket, closed_at)
select distinct on (centre_id, day) md5(centre_id::text || day)::uuid, %(service)s::uuid, centre_id, day, 300,
  day + interval '17 hours' from past order by centre_id, day on conflict do nothing
""",
    """
insert into kernel_historyevent (id, era, xid, at, service_id, kind, verb, subject_kind, subject_id, person_ids,
  digest)
select md5('event' || n)::uuid, 1, 1, at, %(service)s::uuid, 'member', 'visit.done', 'visit', visit_id,
  array[person_id], ''::bytea from past
""",
)


Steps = list[list[Step]]


def _measure(
    webs: Sequence[Web], users: Sequence[str], centre: str, repeat: int, clients: int, say: Say
) -> list[Row]:
    """A day's operations at one centre, in the order of the day, each at every web process in turn."""
    from kohti.config import services
    from kohti.diary.models import Booking
    from kohti.frontdesk.models import Reason
    from kohti.kernel.actor import as_actor

    stands = [Stand(web, [Browser(web, name) for name in users]) for web in webs]
    actor, place = services.centre_called(centre)
    with as_actor(actor):
        bookings = list(
            Booking.objects.filter(centre_id=place.id, day=TODAY)
            .order_by("staff_id", "starts")
            .values_list("id", flat=True)
        )
        reason = Reason.objects.filter(service_id=actor.service, code="own-coach").get().id
    for stand in stands:
        for browser in stand.browsers:
            browser.get("/arrivals/")
    rows: list[Row] = []
    together = [range(n, min(n + clients, CLIENTS)) for n in range(0, CLIENTS, clients)]

    def take(name: str, steps_of: Callable[[int], Steps]) -> list[list[list[bytes]]]:
        """Do an operation; the bodies of the answers, by web process and browser."""
        steps = [steps_of(number) for number in range(len(stands))]
        for turn, numbers in enumerate(together):
            for number in range(len(stands))[:: 1 if turn % 2 == 0 else -1]:
                stands[number].work(name, numbers, steps[number])
        bodies = [stand.bodies for stand in stands]
        for stand in stands:
            row = stand.row(name, clients)
            rows.append(row)
            say(as_table([asdict(row)]).splitlines()[1])
        return bodies

    each = BOOKED // CLIENTS

    def pressing(path: str, **values: str) -> Step:
        return lambda browser: browser.post(path, values)

    def for_each_browser(step: Callable[[int], list[Step]]) -> Callable[[int], Steps]:
        """The same steps at every web process."""
        return lambda _stand: [step(n) for n in range(CLIENTS)]

    def walk_in(browser: Browser) -> Answer:
        values = {"reason": str(reason), "given_name": "Somebody New", "key": str(uuid.uuid4())}
        return browser.post("/arrivals/walk-in/", values, htmx=False)

    def call_next(browser: Browser) -> Answer:
        return browser.post("/queue/call-next/", {"key": str(uuid.uuid4())})

    def see(browser: Browser) -> Answer:
        return browser.get("/arrivals/")

    def check_in_of(n: int) -> list[Step]:
        return [pressing(f"/arrivals/{one}/check-in/", v="1") for one in bookings[n * each : (n + 1) * each]]

    # Sessions, sign-in and the frame, and nothing of a room: what every other page begins with.
    take(
        "empty page",
        for_each_browser(lambda _n: [lambda browser: browser.get("/account/way-back/")] * repeat),
    )
    take("check in", for_each_browser(check_in_of))
    take("walk in", for_each_browser(lambda _n: [walk_in] * (WALK_INS // CLIENTS)))
    take("list of 300", for_each_browser(lambda _n: [see] * repeat))
    called = take("call next", for_each_browser(lambda _n: [call_next] * each))
    begun = re.compile(rb"/visits/([0-9a-f-]{36})/begin")
    visits = [
        [[match[1].decode() for body in part if (match := begun.search(body))] for part in parts]
        for parts in called
    ]

    def moving(verb: str, version: str) -> Callable[[int], Steps]:
        return lambda stand: [
            [pressing(f"/visits/{one}/{verb}/", v=version) for one in part] for part in visits[stand]
        ]

    take("begin", moving("begin", "2"))
    take("finish", moving("done", "3"))
    return rows
