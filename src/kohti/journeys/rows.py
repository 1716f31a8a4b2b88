"""Who may see whose way: whoever sees the person and works with ways; sealed parts need their key besides.

Whoever has a way in hand, stands in for that one, or is asked to take it over sees the person for as long: the
database gives and ends that sight with the row that says so.
"""

from __future__ import annotations

from kohti.kernel.policies import OWN_SERVICE, Table
from kohti.kernel.rows import definer
from kohti.people.rows import KEPT, MY_OWN, SEEN, SEEN_AMONG_MANY, SYSTEM_ALL, WITH_ITS_KEY
from kohti.people.sharing.rows import SHARED, shared_under
from kohti.people.sight import FAR

from . import counting, helping, holding, looking, writing
from .helping import HELPED, MY_STEP

SEES = "(select kohti.may('journeys.see'))"
WORKS = "(select kohti.may('journeys.work'))"
LEADS = "(select kohti.may('journeys.lead'))"


def _sight(table: str, starts: str, ends: str, member: str = "member_id") -> tuple[str, str]:
    """A row of `table` gives its member sight of the person from and until; the end moves with the row's."""
    name = f"kohti.{table}_gives_sight"
    return (
        definer(
            f"""
{name}()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        update people_grant set ends = greatest(starts, least(ends, {ends}))
        where because_id = new.id and ends > {ends};
        return null;
    end if;
    insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                              because_kind, because_id)
    values (gen_random_uuid(), new.service_id, new.person_id, new.{member}, '', '', 'journey',
            {starts}, greatest({starts}, {ends}), '{table}', new.id);
    return null;
end $$;
grant execute on function {name}() to public"""
        ),
        f"""
create or replace trigger gives_sight after insert or update on journeys_{table}
    for each row execute function {name}();
""",
    )


LAST_DAY = "((new.until_day + 1)::timestamp at time zone (select timezone from team_service where id = new.service_id))"

GIVES = definer(
    """
kohti.gives(p_journey uuid, p_person uuid, p_to uuid)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select 1 from journeys_journey j
        where j.id = p_journey and j.person_id = p_person and j.service_id = kohti.service() and (
            j.owner_id is null or j.owner_id = kohti.member()
            or (j.centre_id = kohti.whole_centre() and kohti.may('journeys.lead'))
            or j.closed_at is not null
            -- who opens a way gives it to its first coach
            or (j.owner_id = p_to and not exists (select 1 from journeys_owning o where o.journey_id = j.id))
            -- who was asked takes it
            or (p_to = kohti.member() and exists (
                select 1 from journeys_handover h
                where h.journey_id = j.id and h.state = 'asked' and h.to_member_id = p_to))))
$$"""
)
"""Whoever has a way in hand, and their leader, give it; nobody takes one that they only see."""

WHOSE = definer(
    """
kohti.whose_closed_way(p_journey uuid)
returns uuid language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.person_id from journeys_journey j
    join people_restriction r on r.person_id = j.person_id and r.ended_at is null
    where j.id = p_journey and j.service_id = kohti.service()
$$"""
)
"""Whoever asks for the way of a restricted person is told whom to ask, as on all their pages."""

KEEPS_ITS_WORD = """
create or replace function kohti.owner_has_it() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user <> 'kohti_definer' and not exists (
        select 1 from journeys_owning o
        where o.journey_id = new.id and o.member_id = new.owner_id and o.until is null) then
        raise exception 'a way is put into a colleague''s hands before it says so' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger owner_has_it after update on journeys_journey
    for each row when (old.owner_id is distinct from new.owner_id) execute function kohti.owner_has_it();

create or replace function kohti.hand_over_answered() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_definer' then
        return null;
    end if;
    if (new.id, new.service_id, new.journey_id, new.from_member_id, new.to_member_id, new.at)
            is distinct from (old.id, old.service_id, old.journey_id, old.from_member_id, old.to_member_id, old.at)
        or (new.state <> old.state and old.state <> 'asked') then
        raise exception 'a hand-over is answered once, and by whoever was asked' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger hand_over_answered after update on journeys_handover
    for each row execute function kohti.hand_over_answered();

create or replace function kohti.hands_stay() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_definer' then
        return null;
    end if;
    if (new.journey_id, new.member_id) is distinct from (old.journey_id, old.member_id)
        or (tg_table_name = 'journeys_owning'
            and (to_jsonb(old)->>'until')::timestamptz < coalesce((to_jsonb(new)->>'until')::timestamptz, 'infinity'))
        or (to_jsonb(old)->>'ends')::timestamptz < (to_jsonb(new)->>'ends')::timestamptz then
        raise exception 'who has a way in hand is written anew; what was written only ends'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger hands_stay after update on journeys_owning
    for each row execute function kohti.hands_stay();
create or replace trigger hands_stay after update on journeys_cover
    for each row execute function kohti.hands_stay();
"""

FOLLOWS_UP = (
    definer(
        """
kohti.ending_gives_sight()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        update people_grant set ends = greatest(starts, least(ends, kohti.now()))
        where because_id = new.id and ends > kohti.now()
          and (new.asked_at is not null or new.again_at is not null or to_member_id <> new.member_id);
    end if;
    if new.member_id is not null and new.follow_up_on is not null and new.asked_at is null and new.again_at is null
            and (tg_op = 'INSERT' or new.member_id is distinct from old.member_id) then
        insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                                  because_kind, because_id)
        values (gen_random_uuid(), new.service_id, new.person_id, new.member_id, '', '', 'journey', new.at,
                (new.follow_up_on + 31)::timestamp
                    at time zone (select timezone from team_service where id = new.service_id),
                'ending', new.id);
    end if;
    return null;
end $$;
grant execute on function kohti.ending_gives_sight() to public"""
    ),
    """
create or replace trigger gives_sight after insert or update on journeys_ending
    for each row execute function kohti.ending_gives_sight();
""",
)
"""Whoever is to ask how it goes sees the person until a month after that day, or until it is done."""

IN_HANDS_OF = definer(
    """
kohti.in_hands_of(p_member uuid)
returns bigint language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select count(*) from journeys_journey
    where owner_id = p_member and closed_at is null and service_id = kohti.service() and kohti.may('team.add')
$$"""
)
"""Whoever ends places is told a number, also of people they do not see."""

FUNCTIONS = (
    *holding.FUNCTIONS,
    IN_HANDS_OF,
    *counting.FUNCTIONS,
    *looking.FUNCTIONS,
    *writing.FUNCTIONS,
    *helping.FUNCTIONS,
    GIVES,
    WHOSE,
    KEEPS_ITS_WORD,
    *_sight("owning", "new.since", f"coalesce(new.until, new.since + {FAR})"),
    *_sight("cover", "new.starts", "new.ends"),
    *_sight(
        "handover",
        "new.at",
        f"case when new.state = 'asked' then {LAST_DAY} else kohti.now() end",
        "to_member_id",
    ),
    *FOLLOWS_UP,
)


def _gives(to: str) -> str:
    """That the way of a new row is the actor's to give to the colleague it names."""
    return f"(select kohti.gives(journey_id, person_id, {to}))"


SHARED_FIELD = f"({shared_under('field')} and (sealed in ('', field) or {shared_under('sealed')}))"
"""That the field of life a row is about is shared with the actor, and so is what it is sealed to."""
SHARED_AIM = (
    f"(aim_id is not null and {SHARED} <> '{{}}' and (sealed = '' or {shared_under('sealed')})"
    f" and exists (select 1 from journeys_aim a where a.id = aim_id and a.person_id::text || ':' || a.field"
    f" = any({SHARED})))"
)
"""That the aim a step leads to is shared."""


def _part(
    name: str, *, sealed: bool = False, add: str = "", change: str = "", own: bool = True, shared: str = ""
) -> Table:
    """A part of a way: seen by whoever sees it whole, or where it is `shared`; written by whoever works on it."""
    key = f" and {WITH_ITS_KEY}" if sealed else ""
    return Table(
        name=f"journeys_{name}",
        see=f"({SEEN} and {SEES}{key}) or {shared}" if shared else f"{SEEN} and {SEES}{key}",
        add=f"{add or WORKS}{key}" + (f" and {MY_OWN}" if own else "") + f" and {KEPT}",
        change=f"{change or WORKS}{key} and {KEPT}",
        system=SYSTEM_ALL,
    )


TABLES = (
    Table(name="journeys_rules", see=OWN_SERVICE),
    Table(
        name="journeys_journey",
        see=f"{SEEN_AMONG_MANY} and {SEES}",
        add=f"{WORKS} and {KEPT}",
        change=f"{WORKS} and {KEPT}",
        system=SYSTEM_ALL,
    ),
    _part("entryfact", own=False),
    _part("stagespell"),
    _part("pause"),
    _part("extension", add=LEADS, change=LEADS),
    _part("owning", add=f"{WORKS} and {_gives('member_id')}", own=False),
    _part("cover", add=f"{WORKS} and {_gives('member_id')}"),
    _part("handover", add=f"{WORKS} and {_gives('to_member_id')}", own=False),
    _part("contact"),
    _part("need", sealed=True, shared=SHARED_FIELD),
    _part("answers", sealed=True),
    _part("aim", sealed=True, own=False, shared=SHARED_FIELD),
    _part("step", sealed=True, own=False, shared=f"{SHARED_AIM} or {MY_STEP}"),
    _part("planversion"),
    _part("planchange", sealed=True, own=False),
    _part("outcome"),
    _part("lastingcheck", own=False),
    _part("ending", add=f"{WORKS} and {_gives('member_id')}"),
    # whose name tells something is named to who asked them, and to who holds the key of what it tells
    Table(
        name="journeys_helping",
        see=f"({SEEN} and {SEES} and ({MY_OWN} or {WITH_ITS_KEY})) or ({HELPED})",
        add=f"{WORKS} and {MY_OWN} and {KEPT}",
        change=f"{WORKS} and ({MY_OWN} or {WITH_ITS_KEY}) and {KEPT}",
        system=SYSTEM_ALL,
    ),
)
