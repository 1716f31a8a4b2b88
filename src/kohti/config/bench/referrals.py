"""What the board of referrals costs an organisation with thousands of open ones, through real HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench.measure import PASSWORD, Browser, Row, Say, Stand, Web, as_table

OPENING = datetime(2026, 3, 11, 9, 5, tzinfo=UTC)
OPEN = 5_000
PAGES = {
    "board, in": "/referrals/",
    "board, one state": "/referrals/?state=sent",
    "board, the middle": "/referrals/?side=in&after=2026-02-14T08:00:00%2B00:00,00000000-0000-0000-0000-000000000000",
}
WRITTEN = (
    """
insert into people_person (id, service_id, centre_id, reference, full_name, called, folded, sort_key, sounds, languages,
    interpreter, safe_contact, not_by, no_messages, address_hidden, restricted, died_said, created_at)
select md5('referred' || n)::uuid, s.id, c.id, 'R' || n, 'Person Number' || n, '', 'person number' || n, 'person', '{}', '{}',
    '', '', '', false, false, false, '', %(opens)s
from generate_series(1, %(number)s) n, team_service s join team_centre c on c.service_id = s.id and c.code = 'cheltenham'
""",
    """
insert into people_share (id, service_id, person_id, to_organisation_id, members, fields, what_for, basis, told, starts,
    ends, review_on, sealed, because_kind, because_id, by_member, by_staff_id, ended_why)
select md5('share' || n)::uuid, c.service_id, md5('referred' || n)::uuid, o.id, '{}', '{housing,reach}', 'A flat',
    'public-task', '', %(opens)s::timestamptz - interval '60 days', %(opens)s::timestamptz + interval '60 days',
    %(opens)s::date + 30, '', 'referral', md5('referral' || n)::uuid, c.id, c.staff_id, ''
from generate_series(1, %(number)s) n, team_membership c join team_role r on r.id = c.role_id and r.code = 'coach'
join team_organisation o on o.service_id = c.service_id and o.code = 'housing-body'
""",
    """
insert into partners_referral (id, service_id, person_id, centre_id, from_member_id, from_organisation_id, to_organisation_id,
    to_name, to_address, how, about, fields, why, basis, consent_how, until, ends, sealed, state, since, at, sent_at, reply_by,
    share_id, version)
select md5('referral' || n)::uuid, c.service_id, md5('referred' || n)::uuid, c.centre_id, c.id, c.organisation_id, o.id,
    '', '', 'walk', 'Has to leave the room on Friday, number ' || n, '{housing,reach}', '{}', 'public-task', '',
    %(opens)s::date + 60, %(opens)s::timestamptz + interval '60 days', '',
    (array['sent', 'seen', 'accepted', 'waiting', 'started'])[1 + n %% 5], %(opens)s, at, at, %(opens)s::date + n %% 9 - 4,
    md5('share' || n)::uuid, 1
from generate_series(1, %(number)s) n
cross join lateral (select %(opens)s::timestamptz - make_interval(mins => 15 * n) as at) a,
team_membership c join team_role r on r.id = c.role_id and r.code = 'coach'
join team_organisation o on o.service_id = c.service_id and o.code = 'housing-body'
""",
    "analyze",
)


def measure(*, repeat: int, say: Say) -> list[dict[str, Any]]:
    """Measure the board of an organisation with 5,000 open referrals: its beginning, one state, its middle; and out."""
    with lived.scratch(say):
        _prepare(say)
        with Web(OPEN, addresses.owner_url(), opens=OPENING) as web:
            stand = Stand(web, [Browser(web, "partner"), Browser(web, "coach")])
            for browser in stand.browsers:
                browser.get("/referrals/")
            rows: list[Row] = []
            for who, pages in ((0, PAGES), (1, {"board, out": "/referrals/?side=out"})):
                for name, address in pages.items():
                    work = [lambda browser, address=address: browser.get(address)] * repeat
                    stand.work(name, range(who, who + 1), [work] * 2)
                    rows.append(stand.row(name, 1))
                    say(as_table([asdict(rows[-1])]).splitlines()[1])
        return [asdict(row) for row in rows]


def _prepare(say: Say) -> None:
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.kernel import clock
    from kohti.kernel.actor import as_actor
    from kohti.team import actions as team

    say(f"{OPEN:,} open referrals to one organisation")
    with clock.held_at(sample.HIRED):
        services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
        actor, _place = services.centre_called("cheltenham")
        with as_actor(actor):
            for role, organisation in (("partner", "housing-body"), ("coach", "jobcentre")):
                team.add_member(
                    actor,
                    username=role,
                    password_hash=make_password(PASSWORD),
                    full_name=f"{role.title()} Number01",
                    role=role,
                    centre="cheltenham",
                    organisation=organisation,
                    starts=sample.HIRED,
                )
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        for query in WRITTEN:
            owner.execute(query.encode(), {"opens": OPENING, "number": OPEN} if "%(" in query else None)
