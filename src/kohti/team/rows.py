"""Who may see the team's tables, and the functions that say who is asking."""

from __future__ import annotations

from kohti.kernel.policies import OWN_SERVICE, Table
from kohti.kernel.rows import definer

FACTS = """
    jsonb_build_object(
        'member_id', m.id, 'user_id', m.user_id, 'staff_id', m.staff_id, 'name', t.full_name,
        'service_id', s.id, 'service', s.name, 'service_code', s.code, 'timezone', s.timezone,
        'country', s.country, 'languages', s.languages, 'theme', s.theme,
        'version', s.version,
        'centre_id', c.id, 'centre', c.name, 'centre_code', c.code,
        'role', r.code, 'role_title', r.title, 'scope', r.scope, 'verbs', r.verbs,
        'second_factor', r.second_factor)
"""
HOLDS = """
    from team_membership m
    join team_service s on s.id = m.service_id
    join team_centre c on c.id = m.centre_id
    join team_role r on r.id = m.role_id
    join team_staff t on t.id = m.staff_id
    where m.id = p_member and m.starts <= p_now and (m.ends is null or m.ends > p_now)
"""

FUNCTIONS = (
    """
create or replace function kohti.set_actor(
    p_kind text, p_member uuid, p_staff uuid, p_service uuid, p_centre uuid, p_role text, p_scope text,
    p_zone text, p_now timestamptz)
returns void language plpgsql as $$
declare
    v_today text := (p_now at time zone coalesce(p_zone, 'UTC'))::date::text;
    v_whole boolean := p_kind in ('member', 'screen') and p_scope = 'centre';
    v_floor text := case when p_kind in ('member', 'screen') and p_scope in ('day', 'centre')
                         then p_centre::text else '' end;
begin
    perform set_config('kohti.kind', p_kind, true),
            set_config('kohti.member', case when p_kind = 'member' then p_member::text else '' end, true),
            set_config('kohti.staff', coalesce(p_staff::text, ''), true),
            set_config('kohti.service', coalesce(p_service::text, ''), true),
            set_config('kohti.role', p_role, true),
            set_config('kohti.floor', v_floor, true),
            set_config('kohti.whole_centre', case when v_whole then v_floor else '' end, true),
            set_config('kohti.system', case when p_kind = 'system' then p_service::text else '' end, true),
            set_config('kohti.now', p_now::text, true),
            set_config('kohti.first_day', case when v_whole then '-infinity' else v_today end, true),
            set_config('kohti.last_day', case when v_whole then 'infinity' else v_today end, true);
end $$;
""",
    definer(
        f"""
kohti.enter_member(p_member uuid, p_now timestamptz)
returns jsonb language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_facts jsonb;
begin
    select {FACTS} into v_facts {HOLDS};
    if v_facts is null then
        return null;
    end if;
    perform kohti.set_actor(
        'member', p_member, (v_facts->>'staff_id')::uuid, (v_facts->>'service_id')::uuid,
        (v_facts->>'centre_id')::uuid, v_facts->>'role', v_facts->>'scope', v_facts->>'timezone', p_now);
    return v_facts;
end $$"""
    ),
    definer(
        """
kohti.enter(p_kind text, p_member uuid, p_service uuid, p_centre uuid, p_role text, p_scope text,
            p_now timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_service uuid;
    v_centre uuid;
    v_staff uuid;
    v_role text := '';
    v_scope text := 'none';
    v_zone text := 'UTC';
begin
    if p_kind = 'member' then
        select m.service_id, m.centre_id, m.staff_id, r.code, r.scope, s.timezone
        into v_service, v_centre, v_staff, v_role, v_scope, v_zone
        from team_membership m join team_role r on r.id = m.role_id join team_service s on s.id = m.service_id
        where m.id = p_member and m.starts <= p_now and (m.ends is null or m.ends > p_now);
        if not found then
            return false;
        end if;
    elsif p_kind = 'screen' then
        select s.id, c.id, r.code, r.scope, s.timezone into v_service, v_centre, v_role, v_scope, v_zone
        from team_service s join team_role r on r.service_id = s.id and r.code = p_role
        join team_centre c on c.service_id = s.id and c.id = p_centre
        where s.id = p_service;
        if not found then
            return false;
        end if;
    elsif p_kind = 'system' then
        if session_user = 'kohti_web' then
            return false;
        end if;
        select timezone into v_zone from team_service where id = p_service;
        v_service := p_service;
        v_centre := p_centre;
        v_role := 'system';
    elsif p_kind <> 'door' then
        return false;
    end if;
    perform kohti.set_actor(p_kind, p_member, v_staff, v_service, v_centre, v_role, v_scope, v_zone, p_now);
    return true;
end $$"""
    ),
    definer(
        f"""
kohti.member_facts(p_member uuid, p_now timestamptz)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select {FACTS} {HOLDS}
$$"""
    ),
    """
create or replace function kohti.own_messages() returns table (version integer, messages text)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select s.version, (v.plan -> 'words')::text
    from team_service s left join team_blueprintversion v on v.service_id = s.id and v.number = s.version
    where s.id = kohti.service()
$$;
""",
    definer(
        """
kohti.memberships_of(p_user uuid, p_now timestamptz)
returns table (member_id uuid, service text, centre text, role jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select m.id, s.name, c.name, r.title
    from team_membership m
    join team_service s on s.id = m.service_id
    join team_centre c on c.id = m.centre_id
    join team_role r on r.id = m.role_id
    where m.user_id = p_user and m.starts <= p_now and (m.ends is null or m.ends > p_now)
    order by s.name, c.name, m.id
$$"""
    ),
    definer(
        """
kohti.sample_accounts()
returns table (user_id uuid, username text, service text, service_code text, theme jsonb, centre text,
               role text, role_title jsonb, name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, u.username, s.name, s.code, s.theme, c.name, r.code, r.title, t.full_name
    from team_membership m
    join team_user u on u.id = m.user_id
    join team_service s on s.id = m.service_id
    join team_centre c on c.id = m.centre_id
    join team_role r on r.id = m.role_id
    join team_staff t on t.id = m.staff_id
    where (select sample from kernel_installation) and m.ends is null and u.is_active
      and u.password not like '!%'
    order by s.name, c.name, r.scope, u.username
$$"""
    ),
)

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"

TABLES = (
    Table(
        name="team_user",
        door="see add change",
        system="see add",
        system_rows="(select kohti.system()) is not null",
    ),
    Table(
        name="team_service",
        see="id = (select kohti.service())",
        system_rows="id = (select kohti.system())",
        worker="see",
    ),
    Table(name="team_blueprintversion", see=OWN_SERVICE),
    Table(name="team_organisation", see=OWN_SERVICE),
    Table(name="team_centre", see=OWN_SERVICE),
    Table(name="team_role", see=OWN_SERVICE),
    Table(name="team_staff", see=OWN_SERVICE, add=f"{OWN_SERVICE} and {WHOLE_CENTRE}", change=WHOLE_CENTRE),
    Table(name="team_membership", see=OWN_SERVICE),
)
