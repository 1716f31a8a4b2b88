"""Who may see the team's tables, and the functions that say who is asking."""

from __future__ import annotations

from kohti.kernel.policies import OF_COLLEAGUES, OWN_SERVICE, Table
from kohti.kernel.rows import definer

from .rows_of_joining import FUNCTIONS as OF_JOINING
from .rows_of_joining import WORN

OF_THE_SERVICE = f"""
        'service_id', s.id, 'service', s.name, 'service_code', s.code, 'timezone', s.timezone,
        'country', s.country, 'languages', s.languages, 'theme', {WORN}, 'version', s.version
"""
FACTS = f"""
    jsonb_build_object(
        'member_id', m.id, 'organisation_id', m.organisation_id, 'user_id', m.user_id, 'staff_id', m.staff_id,
        'name', t.full_name,
        {OF_THE_SERVICE},
        'centre_id', c.id, 'centre', c.name, 'centre_code', c.code,
        'role', r.code, 'role_title', r.title, 'scope', r.scope, 'verbs', r.verbs,
        'second_factor', r.second_factor, 'idle_minutes', r.idle_minutes)
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
            set_config('kohti.colleagues', case when p_kind in ('member', 'screen', 'system')
                                                then coalesce(p_service::text, '') else '' end, true),
            set_config('kohti.verbs', '', true),
            set_config('kohti.organisation', '', true),
            set_config('kohti.admitted', '', true),
            set_config('kohti.guest_of', '', true),
            set_config('kohti.guest_person', '', true),
            set_config('kohti.stands_at', '', true),
            set_config('kohti.role', p_role, true),
            set_config('kohti.floor', v_floor, true),
            set_config('kohti.whole_centre', case when v_whole then v_floor else '' end, true),
            set_config('kohti.system', case when p_kind = 'system' then p_service::text else '' end, true),
            set_config('kohti.administers', case when p_kind = 'member' and p_scope = 'administration'
                                                 then p_service::text else '' end, true),
            set_config('kohti.now', p_now::text, true),
            set_config('kohti.sight', '', true),
            set_config('kohti.floor_sight', '', true),
            set_config('kohti.in_sight_at', '', true),
            set_config('kohti.my_seen_at', '', true),
            set_config('kohti.seen_on_my_floor_at', '', true),
            set_config('kohti.my_fields_at', '', true),
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
    perform set_config('kohti.verbs', v_facts->>'verbs', true),
            set_config('kohti.organisation', v_facts->>'organisation_id', true);
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
    v_organisation text := '';
    v_role text := '';
    v_scope text := 'none';
    v_zone text := 'UTC';
    v_verbs text := '[]';
begin
    if p_kind = 'member' then
        select m.service_id, m.centre_id, m.staff_id, m.organisation_id::text, r.code, r.scope, s.timezone, r.verbs::text
        into v_service, v_centre, v_staff, v_organisation, v_role, v_scope, v_zone, v_verbs
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
    perform set_config('kohti.verbs', v_verbs, true), set_config('kohti.organisation', v_organisation, true);
    return true;
end $$"""
    ),
    definer(
        f"""
kohti.device_facts(p_hash text, p_device uuid)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object('device_id', d.id, 'role', d.kind, 'name', d.name, {OF_THE_SERVICE},
        'centre_id', c.id, 'centre', c.name, 'centre_code', c.code, 'settings', d.settings, 'seen_at', d.seen_at)
    from team_device d join team_service s on s.id = d.service_id join team_centre c on c.id = d.centre_id
    where (d.token_hash = p_hash or d.id = p_device) and d.token_hash <> '' and d.ended_at is null
$$"""
    ),
    definer(
        """
kohti.enter_device(p_device uuid, p_now timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_facts jsonb := kohti.device_facts(null, p_device);
begin
    if v_facts is null then
        return false;
    end if;
    perform kohti.set_actor('device', null, null, (v_facts->>'service_id')::uuid, (v_facts->>'centre_id')::uuid,
        v_facts->>'role', 'none', v_facts->>'timezone', p_now);
    perform set_config('kohti.stands_at', v_facts->>'centre_id', true);
    return true;
end $$"""
    ),
    definer(
        """
kohti.device_seen(p_device uuid)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update team_device set seen_at = kohti.now()
    where id = p_device and ended_at is null and (seen_at is null or seen_at < kohti.now() - interval '5 minutes')
$$"""
    ),
    definer(
        """
kohti.pair_device(p_code_hash text, p_token_hash text, p_event uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_device team_device;
begin
    if not kohti.at_the_door() then
        return null;
    end if;
    select * into v_device from team_device
    where code_hash = p_code_hash and code_hash <> '' and ended_at is null for update;
    if v_device.id is null or v_device.code_until <= kohti.now() then
        return null;
    end if;
    update team_device set token_hash = p_token_hash, code_hash = '', paired_at = kohti.now() where id = v_device.id;
    perform set_config('kohti.service', v_device.service_id::text, true);
    perform kohti.record(p_event, 'device.paired', 'device', v_device.id, '{}', null);
    perform set_config('kohti.service', '', true);
    return v_device.kind;
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
kohti.places_not_now(p_user uuid, p_now timestamptz)
returns table (service text, centre text, zone text, starts timestamptz, ends timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.name, c.name, s.timezone, m.starts, m.ends
    from team_membership m
    join team_service s on s.id = m.service_id
    join team_centre c on c.id = m.centre_id
    where m.user_id = p_user and (m.starts > p_now or m.ends <= p_now)
    order by coalesce(m.ends, 'infinity') desc, m.starts desc
    limit 3
$$"""
    ),
    definer(
        f"""
kohti.worn()
returns table (code text, name text, theme jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.code, s.name, {WORN} from team_service s order by s.code
$$"""
    ),
    definer(
        """
kohti.logo_of(p_code text, p_picture text)
returns bytea language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select case when chosen->>'picture' = p_picture then chosen_logo else logo end from team_service
    where code = p_code and p_picture <> '' and p_picture in (picture, chosen->>'picture')
$$"""
    ),
    definer(
        """
kohti.wear(p_chosen jsonb, p_logo bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update team_service set chosen = p_chosen, chosen_logo = coalesce(p_logo, chosen_logo)
    where id = kohti.administers() and (chosen <> p_chosen or chosen_logo <> coalesce(p_logo, chosen_logo));
    return found;
end $$"""
    ),
    definer(
        f"""
kohti.sample_accounts()
returns table (user_id uuid, username text, service text, service_code text, theme jsonb, centre text,
               role text, role_title jsonb, name text, verbs jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, u.username, s.name, s.code, {WORN},
           c.name, r.code, r.title, t.full_name, r.verbs
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
    definer(
        """
kohti.administrators(p_service uuid, p_now timestamptz)
returns table (id uuid) language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
    select m.id from team_membership m
    join team_role r on r.id = m.role_id
    join team_user u on u.id = m.user_id
    where m.service_id = p_service and r.scope = 'administration' and r.verbs ? 'team.add' and u.is_active
      and m.starts <= p_now and m.ends is null
$$"""
    ),
    *OF_JOINING,
)

WORKER_ONLY = ("kohti.administrators(uuid, timestamptz)",)

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"
ADMINISTERED = "service_id = (select kohti.administers())"
"""Whoever administers a service keeps the tables of its team, and sees nobody's data by it."""

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
    Table(
        name="team_staff",
        see=OF_COLLEAGUES,
        add=f"{OWN_SERVICE} and ({WHOLE_CENTRE} or {ADMINISTERED})",
        change=f"{WHOLE_CENTRE} or {ADMINISTERED}",
    ),
    # Never edited: kohti.end_membership ends one. Given to whoever has worked here; to oneself by nobody.
    Table(
        name="team_membership",
        see=OF_COLLEAGUES,
        add=f"{ADMINISTERED} and user_id = any((select kohti.our_users())::uuid[])",
        system="see add",
    ),
    Table(
        name="team_invitation",
        see=ADMINISTERED,
        add=f"{ADMINISTERED} and made_by_id = (select kohti.member())",
        change=ADMINISTERED,
    ),
    Table(
        name="team_device",
        see=f"{WHOLE_CENTRE} or {ADMINISTERED}",
        add=f"({WHOLE_CENTRE} or {ADMINISTERED}) and made_by_id = (select kohti.member())",
        change=f"{WHOLE_CENTRE} or {ADMINISTERED}",
    ),
    # What signing in keeps is asked and kept at the door alone.
    *(
        Table(name=f"team_{kept}", door="see add change remove", system="")
        for kept in ("session", "counter", "atcounter", "pin", "wayback")
    ),
)
