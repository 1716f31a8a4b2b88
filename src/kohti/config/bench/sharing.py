"""What the row policies cost: pages of people of whom much is shared, with the policies and without them.

Without: the web's database role is let past them for a second round in the same run. The pages ask for the same rows
by themselves, so both rounds show the same; a search does not, and is measured with them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench import journeys, lives
from kohti.config.bench.measure import Browser, Row, Say, Stand, Web, as_table
from kohti.kernel import policies, postgres

SHARES, ORGANISATIONS = 200_000, 300
PAGES = ("today", "caseload of 50", "overview", "timeline", "plan")

WRITTEN = (
    """
insert into team_organisation (id, service_id, code, name, kind, tells, neutral, retired)
select md5('organisation' || n)::uuid, s.id, 'bench-' || n, 'Partner Number' || n, 'housing', '', '{}', false
from generate_series(0, %(organisations)s - 1) n
join (select row_number() over (order by code) - 1 as nth, count(*) over () as services, id from team_service) s
    on s.nth = n %% s.services
""",
    """
create temporary table shared as
select row_number() over () as n, p.id as person_id, p.service_id, o.id as organisation_id, m.member_id, m.staff_id
from people_person p
cross join generate_series(0, 1 + %(shares)s / (select count(*) from people_person)::int) again
join lateral (select id from team_organisation o where o.service_id = p.service_id and starts_with(o.code, 'bench-')
    offset (hashtext(p.id::text || again) & 1023) %% (%(organisations)s / 3) limit 1) o on true
join lateral (select m.id as member_id, m.staff_id from team_membership m where m.service_id = p.service_id limit 1) m
    on true
limit %(shares)s
""",
    """
insert into people_share (id, service_id, person_id, to_organisation_id, members, fields, what_for, basis, told, starts,
    ends, review_on, sealed, because_kind, by_member, by_staff_id, ended_why)
select md5('share' || n)::uuid, service_id, person_id, organisation_id, '{}', '{housing,reach}', 'A flat', 'public-task',
    '', %(opens)s::timestamptz - interval '30 days', %(opens)s::timestamptz + interval '60 days', %(opens)s::date + 30,
    '', '', member_id, staff_id, ''
from shared
""",
    """
insert into people_grant (id, service_id, person_id, to_organisation_id, to_role, field, purpose, starts, ends,
    because_kind, because_id)
select md5('shown' || n || f)::uuid, service_id, person_id, organisation_id, '', f, 'share',
    %(opens)s::timestamptz - interval '30 days', %(opens)s::timestamptz + interval '60 days', 'share',
    md5('share' || n)::uuid
from shared, unnest('{"",housing,reach}'::text[]) f
""",
    "drop table shared",
)


def measure(*, ways: int, shares: int, repeat: int, say: Say) -> list[dict[str, Any]]:
    """Measure the pages of a coach over so many open ways and shares, with the policies and past them, in turn.

    `rows` of a line is the number of shares, or 0 for a round past the policies.
    """
    with lived.scratch(say) as server:
        if server is None:
            raise RuntimeError("only on our own server: its role is let past the policies")
        everybody, _leader, members, plans = journeys.prepare(say)
        coaches = everybody[:3]  # each signs in for each round, and signing in is throttled
        say(f"{ways:,} open ways, {shares:,} shares with {ORGANISATIONS} organisations")
        lives.load(
            server,
            0,
            journeys.whole(ways),
            first=members,
            day=journeys.TODAY,
            opens=journeys.OPENING,
            plans=plans,
            say=lambda _line: None,
        )
        _share(server, shares)
        lives.tidy(server, addresses.owner_url())
        rows: list[Row] = []
        for turn in range(2):
            rows += _round(coaches, shares, repeat, searches=turn == 0)
            with _past_the_policies(server):
                rows += _round(coaches, 0, repeat, searches=False)
        for row in rows:
            say(as_table([asdict(row)]).splitlines()[1])
        return [asdict(row) for row in rows]


def in_words(rows: list[dict[str, Any]]) -> str:
    """What was measured, and what the policies cost of a whole request and of the database's part."""
    lines = [as_table(rows), "", f"{'the policies cost':18}{'of all':>9}{'of db':>9}"]
    for page in PAGES:
        here = [row for row in rows if row["operation"] == page]
        app, db = (
            {yes: _least(here, name, yes) for yes in (True, False)} for name in ("app_cpu_ms", "db_cpu_ms")
        )
        whole = {yes: app[yes] + db[yes] for yes in (True, False)}
        lines.append(f"{page:18}{whole[True] / whole[False] - 1:>9.0%}{db[True] / db[False] - 1:>9.0%}")
    return "\n".join(lines)


def _least(rows: list[dict[str, Any]], name: str, policies_on: bool) -> float:
    """The lower of two rounds: what else ran on the machine only adds."""
    return min(float(row[name]) for row in rows if bool(row["rows"]) == policies_on)


def _round(coaches: list[str], shares: int, repeat: int, *, searches: bool) -> list[Row]:
    times = repeat + 5
    with Web(shares, addresses.owner_url(), opens=journeys.OPENING) as web:
        stand = Stand(web, [Browser(web, name, number) for number, name in enumerate(coaches)])
        for browser in stand.browsers:
            browser.get("/day/")
        rows = []
        for name in PAGES:
            for number in range(len(coaches)):
                steps = [journeys.getting(journeys.PAGES[name], number, times)]
                stand.work(name, range(number, number + 1), steps * len(coaches))
            rows.append(stand.row(name, 1))
        if searches:
            for number in range(len(coaches)):
                stand.work("search", range(number, number + 1), [[journeys.search] * times] * len(coaches))
            rows.append(stand.row("search", 1))
    return [replace(row, rows=shares) for row in rows]


def _share(server: postgres.Server, shares: int) -> None:
    url = server.address.url(addresses.owner_url().rpartition("/")[2])
    facts = {"shares": shares, "organisations": ORGANISATIONS, "opens": journeys.OPENING}
    with psycopg.connect(url, autocommit=True) as admin:
        for setting in lives.SETTINGS:
            admin.execute(setting.encode())
        for query in WRITTEN:
            admin.execute(query.encode(), facts if "%(" in query else None)


@contextmanager
def _past_the_policies(server: postgres.Server) -> Iterator[None]:
    """The web's role is let past the row policies of this server, which is the bench's own."""
    with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
        admin.execute(f"alter role {policies.WEB} bypassrls".encode())
        try:
            yield
        finally:
            admin.execute(f"alter role {policies.WEB} nobypassrls".encode())
