"""Shares in the database: a share gives sight of what it names and of nothing else, and takes it back as it ends.

Whoever reads by a share alone does not see the person's own row: a row shows all its columns. They are told who it is
by `kohti.shared_with_me`, no more than was shared. What stands beside the person opens by `kohti.my_fields`, a key for
each field that is shared.
"""

from __future__ import annotations

from kohti.kernel.rows import definer
from kohti.people.sight import IN_FORCE

TO_US = (
    f"purpose = 'share' and {IN_FORCE} and (to_member_id = (select kohti.member())"
    " or to_organisation_id = (select kohti.organisation()))"
)
SHARED = "(select kohti.my_fields())::text[]"
"""`person:field` of all that is shared with the actor, and `person:` for whom anything is."""

ANYTHING, REACH, HELPS = "''", "'reach'", "'helps'"
"""That anything is shared of them, and the parts that are no fields of life, as SQL."""


def shared_under(field: str) -> str:
    """That the field of life named by this SQL is shared with the actor, of the person a row is about."""
    return f"person_id::text || ':' || {field} = any({SHARED})"


FUNCTIONS = (
    definer(
        f"""
kohti.look_fields()
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform set_config('kohti.my_fields', case when coalesce(kohti.may('shares.read'), false) then (
                select coalesce(array_agg(distinct g.person_id::text || ':' || g.field), '{{}}')::text
                from people_grant g join people_person p on p.id = g.person_id
                where {TO_US} and not p.restricted and p.merged_into_id is null) else '{{}}' end, true),
            set_config('kohti.my_fields_at', pg_current_snapshot()::text, true);
    return current_setting('kohti.my_fields');
end $$"""
    ),
    definer(
        """
kohti.my_fields()
returns text[] language sql stable as $$
    select (case when current_setting('kohti.my_fields_at', true) = pg_current_snapshot()::text
                 then current_setting('kohti.my_fields', true) else kohti.look_fields() end)::text[]
$$"""
    ),
    definer(
        f"""
kohti.shared_with_me(p_person uuid)
returns table (person_id uuid, full_name text, called text, sort_key text, reference text, languages text[],
               interpreter text, died_on date, date_of_birth date, safe_contact text, not_by text,
               no_messages boolean, fields text[], until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select p.id, p.full_name, p.called, p.sort_key, p.reference, p.languages::text[], p.interpreter, p.died_on,
           case when 'born' = any(s.fields) then p.date_of_birth end,
           case when 'reach' = any(s.fields) then p.safe_contact else '' end,
           case when 'reach' = any(s.fields) then p.not_by else '' end,
           case when 'reach' = any(s.fields) then p.no_messages end,
           s.fields, s.until
    from (select g.person_id, array_agg(distinct g.field order by g.field) filter (where g.field <> '') as fields,
                 max(g.ends) as until
          from people_grant g
          where {TO_US} and kohti.may('shares.read') and (p_person is null or g.person_id = p_person)
          group by g.person_id) s
    join people_person p on p.id = s.person_id and not p.restricted and p.merged_into_id is null
$$"""
    ),
    definer(
        f"""
kohti.find_shared(p_words text[])
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select array(
        select p.id from people_person p
        where p.id in (select g.person_id from people_grant g where {TO_US} and kohti.may('shares.read'))
          and p.folded like all (array(select '%' || w || '%' from unnest(p_words) w)))
$$"""
    ),
    # whoever once was shown something is told that it is over; to others there is nobody
    definer(
        """
kohti.share_over(p_person uuid)
returns table (since timestamptz) language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
    select case when max(g.ends) <= kohti.now() then max(g.ends) end
    from people_grant g
    where g.person_id = p_person and g.purpose = 'share' and g.field = '' and g.starts <= kohti.now()
      and (g.to_member_id = kohti.member() or g.to_organisation_id = kohti.organisation())
      and kohti.may('shares.read')
    having count(*) > 0
$$"""
    ),
    # with whose name it would tell something is said in neutral words to whoever has no key
    "drop function if exists kohti.shares_hidden(uuid);",
    definer(
        """
kohti.shares_hidden(p_person uuid)
returns table (id uuid, neutral jsonb, starts timestamptz, ends timestamptz, ended_at timestamptz, by text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.id, o.neutral, s.starts, s.ends, s.ended_at, coalesce(b.full_name, '')
    from people_share s join team_organisation o on o.id = s.to_organisation_id
    left join team_staff b on b.id = s.by_staff_id
    where s.person_id = p_person and s.service_id = kohti.service() and s.sealed <> '' and kohti.sees(p_person)
      and kohti.may('people.open') and s.by_member is distinct from kohti.member()
      and not s.person_id::text || ':' || s.sealed = any(kohti.my_keys())
    order by s.starts desc, s.id
$$"""
    ),
    # whoever shares what is sealed holds its key to give; nobody shares more than they see
    definer(
        """
kohti.share_said()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    select tells into new.sealed from team_organisation where id = new.to_organisation_id;
    return new;
end $$;
grant execute on function kohti.share_said() to public"""
    ),
    # asked once the policies have let the row through
    definer(
        """
kohti.share_holds()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.ended_at is not null or new.fields = '{}' or '' = any(new.fields) then
        raise exception 'a share names what is shared' using errcode = 'check_violation';
    end if;
    if exists (
        select 1 from unnest(new.fields) f
        where exists (select 1 from people_grant g where g.person_id = new.person_id and g.field = f
                      and g.purpose = 'sealed' and g.ends > kohti.now())
          and not new.person_id::text || ':' || f = any(kohti.my_keys_to_give())) then
        raise exception 'a share of what is sealed needs its key' using errcode = 'check_violation';
    end if;
    if exists (
        select 1 from unnest(new.members) m
        where not exists (select 1 from team_membership t where t.id = m and t.service_id = new.service_id
                          and t.organisation_id = new.to_organisation_id)) then
        raise exception 'a share is with people of the organisation' using errcode = 'check_violation';
    end if;
    return null;
end $$;
grant execute on function kohti.share_holds() to public"""
    ),
    definer(
        """
kohti.share_gives_sight()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_end timestamptz := greatest(new.starts, least(new.ends, coalesce(new.ended_at, new.ends)));
begin
    if tg_op = 'UPDATE' then
        update people_grant set ends = greatest(starts, v_end) where because_id = new.id and ends > v_end;
        return null;
    end if;
    insert into people_grant (id, service_id, person_id, to_member_id, to_organisation_id, to_role, field, purpose,
                              starts, ends, because_kind, because_id)
    select gen_random_uuid(), new.service_id, new.person_id, m, case when m is null then new.to_organisation_id end,
           '', f, 'share', new.starts, v_end, 'share', new.id
    from unnest(case when new.members = '{}' then array[null::uuid] else new.members end) m
    cross join unnest(array_prepend(''::text, new.fields::text[])) f;
    return null;
end $$;
grant execute on function kohti.share_gives_sight() to public"""
    ),
    # what the name of an organisation tells is sealed from the day its blueprint says so
    definer(
        """
kohti.name_tells()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update people_share set sealed = new.tells where to_organisation_id = new.id and sealed <> new.tells;
    return null;
end $$;
grant execute on function kohti.name_tells() to public"""
    ),
    """
create or replace trigger name_tells after update of tells on team_organisation
    for each row when (old.tells is distinct from new.tells) execute function kohti.name_tells();
""",
    # whoever shared and sees the person no longer cannot look whether it is still needed
    definer(
        """
kohti.sharer_sees(p_member uuid, p_person uuid)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select 1 from team_membership m join team_role r on r.id = m.role_id join people_person p on p.id = p_person
        where m.id = p_member and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
          and kohti.may('shares.write') and kohti.sees(p_person)
          and ((r.scope = 'centre' and m.centre_id = p.centre_id and not p.restricted)
               or exists (select 1 from people_grant g where g.person_id = p.id and g.to_member_id = m.id and g.field = ''
                          and g.purpose not in ('share', 'former') and g.starts <= kohti.now() and g.ends > kohti.now()
                          and (not p.restricted or g.purpose in ('named', 'emergency')))))
$$"""
    ),
    """
create or replace function kohti.share_only_ends() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_definer' then
        return null;
    end if;
    -- housekeeping forgets the words, and takes a share along when an organisation goes on under another code
    if (new.id, new.service_id, new.members, new.fields, new.basis, new.starts, new.sealed,
            new.because_kind, new.because_id, new.by_member, new.ends)
            is distinct from (old.id, old.service_id, old.members, old.fields, old.basis, old.starts,
            old.sealed, old.because_kind, old.because_id, old.by_member, old.ends)
        or ((new.person_id, new.to_organisation_id, new.what_for, new.told)
            is distinct from (old.person_id, old.to_organisation_id, old.what_for, old.told)
            and kohti.system() is null)
        or (old.ended_at is not null and new.ended_at is distinct from old.ended_at) then
        raise exception 'a share is written anew; what was written only ends' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger share_said before insert on people_share
    for each row execute function kohti.share_said();
create or replace trigger share_holds after insert on people_share
    for each row execute function kohti.share_holds();
create or replace trigger share_gives_sight after insert or update on people_share
    for each row execute function kohti.share_gives_sight();
create or replace trigger share_only_ends after update on people_share
    for each row execute function kohti.share_only_ends();
""",
)

SHARE_LOOKS = definer(
    """
kohti.share_looks(p_person uuid)
returns table (share_id uuid, times bigint, last timestamptz) language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
    with looks as materialized (
        select e.at, m.id as member_id, m.organisation_id
        from kernel_historyevent e join team_membership m on m.id = e.member_id
        where e.person_ids && (select kohti.records_of(p_person)) and e.service_id = kohti.service()
          and e.verb in ('person.opened', 'person.found', 'person.listed', 'referral.opened')
          and kohti.may('people.open') and kohti.sees(p_person))
    select s.id, count(*), max(l.at) from people_share s
    join looks l on l.organisation_id = s.to_organisation_id and (s.members = '{}' or l.member_id = any(s.members))
        and l.at >= s.starts and l.at < least(s.ends, coalesce(s.ended_at, s.ends))
    where s.person_id = p_person group by s.id
$$"""
)
"""How often whom a share is with looked while it held."""
