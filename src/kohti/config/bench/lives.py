"""A database full of people's ways, made by SQL: what a region would have written down in some years.

Everything follows from a way's number, so that loading up to a number and then further gives the same as loading
once, and whoever measures knows whose way is which. A region grows by centres: each has twelve coaches with fifty
open ways, and the centre of the first coaches is as big in a small region as in a large one. Triggers are off while
it is written; afterwards `kohti.hold` says of each open way until when it is held, and the tables are analysed.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from kohti.config import addresses
from kohti.config.bench.measure import Say
from kohti.kernel import postgres
from kohti.people import alike

if TYPE_CHECKING:
    from kohti.kernel.blueprint import Blueprint

PER_COACH, PER_CENTRE = 50, 12
"""Open ways of a coach, and coaches of a centre."""

PEOPLE, CLOSED, CONTACTS, STEPS = 10, 1, 34, 17
"""Of three open ways: people that the service knows, and ways that ended; of one: contacts and steps."""

WHOLE = 3 * PER_COACH
"""Numbers of ways are multiples of this: whole caseloads, and whole tens of people."""

HOLD_AT_ONCE = 500

FIRST_NAMES = (
    "Aino Bashir Chen Dilnoza Emeka Fatima Greta Hassan Ines Jakub Katri Leyla Mikael Nadia Omar Petra Quynh Rahel"
    " Samir Tuuli"
)
LAST_NAMES = "Virtanen Okafor Nowak Hansen Peeters Haddad Kowalska Salonen Ahmed Tran Lindqvist Moreau"
FIRSTS, LASTS = FIRST_NAMES.split(), LAST_NAMES.split()
ENDS = [f"{chr(65 + a)}ev{chr(97 + b)}" for b in range(26) for a in range(26)]
"""Of what the people's names are made."""


def id_of(kind: str, number: int) -> uuid.UUID:
    """The identifier of a thing of this kind with this number."""
    return uuid.UUID(hashlib.md5(f"{kind}{number}".encode()).hexdigest())  # noqa: S324 - a name, no secret


def person_of(number: int) -> uuid.UUID:
    """Whose way it is."""
    return id_of("person", number // 3 * PEOPLE + number % 3)


def load(
    server: postgres.Server | None,
    fro: int,
    to: int,
    *,
    first: Sequence[uuid.UUID],
    day: date,
    opens: datetime,
    plans: Sequence[Blueprint],
    say: Say,
) -> None:
    """Write the open ways from a number to a number, with all that belongs to them and to the people around.

    The ways of the first coaches belong to the memberships `first`, those of the others to colleagues made here. The
    first centre is that of `first`; then come the services' others, then centres made here, in turn for each service.
    Written as the administrator.
    """
    with _admin(server, addresses.owner_url()) as admin:
        for setting in SETTINGS:
            admin.execute(setting.encode())
        admin.execute("create temporary table plan (code text, stages text[], fields text[])")
        for plan in plans:
            fields = [one.code for one in plan.fields if not one.sealed][:3]
            admin.execute(
                "insert into plan values (%s, %s, %s)",
                (plan.service.code, [one.code for one in plan.stages if not one.ends], fields),
            )
        facts = {"fro": fro, "to": to, "first": list(first), "day": day, "opens": opens}
        facts |= {
            "per": PER_COACH,
            "per_centre": PER_CENTRE,
            "people": PEOPLE,
            "closed": CLOSED,
            "contacts": CONTACTS,
            "steps": STEPS,
        }
        facts |= {"firsts": FIRSTS, "lasts": LASTS, "ends": ENDS}
        facts["sounds"] = json.dumps({one: alike.sound(one.lower()) for one in FIRSTS + LASTS + ENDS})
        for what, query in ROWS:
            say(what)
            admin.execute(query.encode(), facts)
        admin.execute("analyze")
        say("until when each is held")
        admin.execute("select kohti.hold(array_agg(id)) from way group by n / %s", (HOLD_AT_ONCE,))
        admin.execute("drop table way, coach, place, plan")


def tidy(server: postgres.Server | None, owner_url: str) -> None:
    """Clean up and analyse all of a database and write it to disk, as a database stands that has rested a night.

    Nothing of what loading left behind is then done at the cost of what is measured. Done as the administrator.
    """
    with _admin(server, owner_url) as admin:
        admin.execute("vacuum (freeze, analyze)")
        admin.execute("checkpoint")


def _admin(server: postgres.Server | None, owner_url: str) -> psycopg.Connection[Any]:
    url = owner_url if server is None else server.address.url(owner_url.rpartition("/")[2])
    return psycopg.connect(url, autocommit=True)


SETTINGS = (
    "set session_replication_role = replica",
    "set work_mem = '256MB'",
    "set maintenance_work_mem = '1GB'",
    "set synchronous_commit = off",
    "set max_parallel_workers_per_gather = 0",
)

ROWS: tuple[tuple[str, str], ...] = (
    (
        "centres",
        """
create temporary table place as
with shipped as (
    select row_number() over (order by c.id <> m.centre_id, c.code, c.id) - 1 as i, c.id, c.service_id
    from team_centre c join team_membership m on m.id = (%(first)s::uuid[])[1] where not starts_with(c.code, 'bench-')
), more as (
    select i, md5('centre' || i)::uuid, s.id
    from generate_series((select count(*) from shipped), (%(to)s::int - 1) / %(per)s / %(per_centre)s) i
    join (select row_number() over (order by code) - 1 as nth, count(*) over () as services, id from team_service) s
        on s.nth = i %% s.services
)
select c.i, c.id as centre_id, c.service_id, p.stages, p.fields,
    (select r.id from team_role r where r.service_id = c.service_id and r.verbs ? 'journeys.work'
        and not r.verbs ? 'journeys.lead' order by r.code limit 1) as role_id,
    (select o.id from team_organisation o where o.service_id = c.service_id order by o.code limit 1) as organisation_id
from (table shipped union all table more) c join team_service s on s.id = c.service_id join plan p on p.code = s.code
""",
    ),
    (
        "their doors",
        """
insert into team_centre (id, service_id, code, name, address, retired)
select centre_id, service_id, 'bench-' || i, 'Centre Number' || i, '', false from place
where not exists (select 1 from team_centre c where c.id = centre_id)
""",
    ),
    (
        "colleagues",
        """
create temporary table coach as
select k, k >= cardinality(%(first)s::uuid[]) as new, coalesce(m.id, md5('member' || k)::uuid) as member_id,
    coalesce(m.staff_id, md5('staff' || k)::uuid) as staff_id, md5('user' || k)::uuid as user_id,
    c.centre_id, c.service_id, c.role_id, c.organisation_id, c.stages, c.fields
from generate_series(%(fro)s::int / %(per)s, (%(to)s::int - 1) / %(per)s) k
left join team_membership m on m.id = (%(first)s::uuid[])[k + 1]
join place c on c.i = k / %(per_centre)s
""",
    ),
    (
        "their accounts",
        """
insert into team_user (password, id, username, email, is_active)
select '!', user_id, 'coach' || k, '', true from coach where new
""",
    ),
    (
        "their names",
        """
insert into team_staff (id, service_id, centre_id, full_name, folded, sort_key, confirmed_at)
select staff_id, service_id, centre_id, 'Coach Number' || k, 'coach number' || k, 'number' || k || ' coach', %(opens)s
from coach where new
""",
    ),
    (
        "their places",
        """
insert into team_membership (id, service_id, user_id, staff_id, organisation_id, centre_id, role_id, starts, because)
select member_id, service_id, user_id, staff_id, organisation_id, centre_id, role_id,
    %(opens)s::timestamptz - interval '3 years', ''
from coach where new
""",
    ),
    (
        "ways",
        """
create temporary table way as
select n, md5('way' || n)::uuid as id, md5('person' || p)::uuid as person_id, p, n %% %(per)s as nth, c.k, c.member_id,
    c.staff_id, c.centre_id, c.service_id, c.fields, c.stages[1 + n %% cardinality(c.stages)] as stage,
    %(opens)s::timestamptz - interval '330 days' + n %% 60 * interval '1 day' as opened_at,
    -- how long ago the last contact was: one in ten waits too long
    case when n %% 10 = 3 then 25 else n %% 5 end as ago
from generate_series(%(fro)s::int, %(to)s::int - 1) n
cross join lateral (select n / 3 * %(people)s + n %% 3 as p) person
join coach c on c.k = n / %(per)s
""",
    ),
    (
        "people",
        """
insert into people_person (id, service_id, centre_id, reference, full_name, called, folded, sort_key, date_of_birth,
    sounds, languages, interpreter, safe_contact, not_by, no_messages, address_hidden, restricted, created_at,
    died_said)
select md5('person' || p)::uuid, c.service_id, c.centre_id, 'B' || p, concat_ws(' ', f, l, e), '',
    lower(concat_ws(' ', f, l, e)), lower(concat_ws(' ', l, e, f)), date '1960-01-01' + p %% 16000,
    array(select distinct %(sounds)s::jsonb->>w from unnest(array[f, l, e]) w order by 1), array['en'], '', '', '',
    false, false, false, %(opens)s::timestamptz - interval '1 year', ''
from generate_series(%(fro)s::int / 3 * %(people)s, %(to)s::int / 3 * %(people)s - 1) p
join coach c on c.k = (p / %(people)s * 3 + least(p %% %(people)s, 2)) / %(per)s
cross join lateral (select (%(firsts)s::text[])[1 + p %% 20] as f, (%(lasts)s::text[])[1 + p / 20 %% 12] as l,
    (%(ends)s::text[])[1 + p / 240 %% 676] as e) name
""",
    ),
    (
        "how to reach them",
        """
insert into people_contact (id, service_id, person_id, kind, value, plain, note, preferred, sealed, created_at)
select md5('reach' || n || i)::uuid, service_id, person_id, case i when 0 then 'phone' else 'email' end,
    case i when 0 then '07700 ' || n else 'p' || n || '@example.org' end,
    case i when 0 then '07700' || n else 'p' || n || '@example.org' end, '', i = 0, '', opened_at
from way, generate_series(0, 1) i
""",
    ),
    (
        "what to heed",
        """
insert into people_mark (id, service_id, person_id, kind, about, sealed, words, created_at, review_on)
select md5('mark' || n)::uuid, service_id, person_id, 'helps', 'other', '', 'Large print, and time to read it', opened_at,
    %(day)s::date + 90
from way where n %% 4 = 0
""",
    ),
    (
        "open ways",
        """
insert into journeys_journey (id, service_id, centre_id, person_id, owner_id, opened_at, why_here, basis, stage,
    stage_since, limit_on, version, closed_with, lapse)
select id, service_id, centre_id, person_id, member_id, opened_at, 'Wants to work again.', 'task', stage,
    opened_at + interval '40 days', opened_at::date + 500, 1, '', '' from way
""",
    ),
    (
        "ways that ended",
        """
insert into journeys_journey (id, service_id, centre_id, person_id, owner_id, opened_at, why_here, basis, stage,
    stage_since, version, closed_at, closed_with, lapse)
select md5('ended' || n)::uuid, service_id, centre_id, md5('person' || p + 3)::uuid, member_id, opened_at, '', 'task',
    stage, opened_at, 2, opened_at + interval '200 days', 'Found work.', '' from way where n %% 3 < %(closed)s
""",
    ),
    (
        "in whose hands",
        """
insert into journeys_owning (id, service_id, person_id, journey_id, member_id, since)
select md5('owning' || n)::uuid, service_id, person_id, id, member_id, opened_at from way
""",
    ),
    (
        "who sees them",
        """
insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends, because_kind,
    because_id)
select md5('grant' || n)::uuid, service_id, person_id, member_id, '', '', 'journey', opened_at,
    opened_at + interval '5 years', 'owning', md5('owning' || n)::uuid from way
""",
    ),
    (
        "stages",
        """
insert into journeys_stagespell (id, service_id, person_id, journey_id, stage, since, until, why)
select md5('stage' || n || i)::uuid, service_id, person_id, id, stage, opened_at + i * interval '40 days',
    case when i = 0 then opened_at + interval '40 days' end, '' from way, generate_series(0, 1) i
""",
    ),
    (
        "notes",
        """
insert into people_note (id, service_id, person_id, at, fields, sealed, text, by_member, by_staff_id, version, moved_away,
    changed_how, changed_why)
select md5('note' || n || '-' || i)::uuid, service_id, person_id,
    %(opens)s::timestamptz - (ago + i * 9) * interval '1 day' - i * interval '11 minutes', array[fields[1]], '{}',
    'We looked at the letters that came, wrote two applications and rang the workshop on the hill. They want to try the '
        || 'morning shift. Next time we bring the certificate and look at the bus (' || i || ').',
    member_id, staff_id, 1, false, '', ''
from way, generate_series(0, %(contacts)s - 1) i
""",
    ),
    (
        "contacts",
        """
insert into journeys_contact (id, service_id, person_id, journey_id, at, channel, came, note_id, by_member, by_staff_id)
select md5('contact' || n || '-' || i)::uuid, service_id, person_id, id,
    %(opens)s::timestamptz - (ago + i * 9) * interval '1 day' - i * interval '11 minutes',
    (array['here', 'phone', 'here', 'video', 'home'])[1 + i %% 5], i %% 12 <> 7 , md5('note' || n || '-' || i)::uuid,
    member_id, staff_id
from way, generate_series(0, %(contacts)s - 1) i
""",
    ),
    (
        "aims",
        """
insert into journeys_aim (id, service_id, person_id, journey_id, field, sealed, words, state, made_at, version)
select md5('aim' || n || i)::uuid, service_id, person_id, id, fields[1 + i], '', 'A job in the mornings, near the school',
    'open',
    opened_at, 1
from way, generate_series(0, 1) i
""",
    ),
    (
        "steps",
        """
insert into journeys_step (id, service_id, person_id, journey_id, aim_id, sealed, words, who, who_words, due_on, state, why,
    stuck_at, made_at, changed_at, version)
select md5('step' || n || '-' || i)::uuid, service_id, person_id, id, md5('aim' || n || i %% 2)::uuid, '',
    'Ring the workshop and ask for a trial day (' || i || ')', (array['person', 'coach', 'person'])[1 + i %% 3], '',
    case when i < 3 then case when n %% 20 = 7 then %(day)s::date - 12 else %(day)s::date + 2 + (n + i * 5) %% 20 end
        else %(day)s::date - i * 18 end,
    case when i < 3 then case when n %% 50 = 11 and i = 0 then 'stuck' else 'doing' end
        when i %% 5 = 4 then 'dropped' else 'done' end,
    case when i %% 5 = 4 or (n %% 50 = 11 and i = 0) then 'No bus so early' else '' end,
    case when n %% 50 = 11 and i = 0 then %(opens)s::timestamptz - interval '12 days' end,
    opened_at, %(opens)s::timestamptz - i * interval '18 days', 1 + (i > 2)::int
from way, generate_series(0, %(steps)s - 1) i
""",
    ),
    (
        "versions of plans",
        """
insert into journeys_planversion (id, service_id, person_id, journey_id, contact_id, number, at, by_member, agreed_how)
select md5('version' || n || '-' || i)::uuid, service_id, person_id, id, md5('contact' || n || '-' || i)::uuid,
    %(contacts)s - i, %(opens)s::timestamptz - (ago + i * 9) * interval '1 day', member_id, ''
from way, generate_series(0, %(contacts)s - 1, 2) i
""",
    ),
    (
        "what changed",
        """
insert into journeys_planchange (id, service_id, person_id, journey_id, plan_version_id, position, sealed, kind, values)
select md5('change' || n || '-' || i)::uuid, service_id, person_id, id, md5('version' || n || '-' || i)::uuid, 0, '',
    'step-done', jsonb_build_object('words', 'Ring the workshop and ask for a trial day (' || i || ')')
from way, generate_series(0, %(contacts)s - 1, 2) i
""",
    ),
    (
        "needs",
        """
insert into journeys_need (id, service_id, person_id, journey_id, field, sealed, view, level, at, by_member)
select md5('need' || n || f || v || i)::uuid, service_id, person_id, id, fields[f], '', v, 1 + (n + i) %% 4,
    %(opens)s::timestamptz - (ago + i * 90) * interval '1 day', member_id
from way, generate_series(1, 3) f, unnest(array['own', 'coach']) v, generate_series(0, 1) i
""",
    ),
    (
        "outcomes",
        """
insert into journeys_outcome (id, service_id, person_id, journey_id, kind, "on", words, evidence, by_member, at)
select md5('outcome' || n)::uuid, service_id, person_id, id, 'small-step', %(day)s::date - 40, 'Went to the open day', '',
    member_id, %(opens)s::timestamptz - interval '40 days'
from way where n %% 3 = 0
""",
    ),
    (
        "appointments",
        """
insert into diary_booking (id, service_id, centre_id, day, starts, ends, person_id, staff_id, kind_id, reference, note,
    state, version)
select md5('booking' || n || '-' || w)::uuid, service_id, centre_id, starts::date, starts, starts + interval '10 minutes',
    person_id, staff_id, (select id from diary_kind d where d.service_id = way.service_id order by code limit 1), '', '',
    case when w > 0 then 'kept' else 'booked' end, 1
from way, generate_series(0, 6) w cross join lateral (select case
    when w > 0 then (%(day)s::date - 7 * w + time '06:00' + nth * interval '10 minutes') at time zone 'UTC'
    when nth < 12 then (%(day)s::date + nth / 6 + time '09:30' + nth %% 6 * interval '30 minutes') at time zone 'UTC'
    else (%(day)s::date + 2 + nth / 6 + time '09:00' + nth %% 6 * interval '40 minutes') at time zone 'UTC' end as starts) at
where w > 0 or nth < 12 or nth %% 2 = 0
""",
    ),
    (
        "days on the floor",
        """
insert into people_grant (id, service_id, person_id, to_centre_id, to_role, field, purpose, starts, ends, because_kind,
    because_id)
select md5('floor' || b.id)::uuid, b.service_id, b.person_id, b.centre_id, '', '', 'arrival', b.day::timestamptz,
    b.day::timestamptz + interval '1 day', 'booking', b.id
from diary_booking b join way on way.person_id = b.person_id
""",
    ),
    (
        "history",
        """
insert into kernel_historyevent (id, era, xid, at, service_id, kind, member_id, verb, subject_kind, subject_id, person_ids,
    digest)
select md5('event' || n || '-' || i)::uuid, 1, 1, %(opens)s::timestamptz - (ago + i * 9) * interval '1 day', service_id,
    'member', member_id, 'contact.written', 'contact', md5('contact' || n || '-' || i)::uuid, array[person_id], ''::bytea
from way, generate_series(0, %(contacts)s - 1) i
""",
    ),
)
