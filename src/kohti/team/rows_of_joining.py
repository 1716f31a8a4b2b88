"""Who works at a service, joins it by an invitation, and leaves it: what the database decides of that."""

from __future__ import annotations

from kohti.kernel.rows import definer

WORN = "s.theme || jsonb_build_object('picture', s.picture) || s.chosen"
"""What a service wears: its blueprint's theme and logo, and over them what an administrator chose."""

FUNCTIONS = (
    """
create or replace function kohti.state_of(i team_invitation, p_now timestamptz)
returns text language sql stable as $$
    select case
        when i.used_at is not null then 'used'
        when i.ended_at is not null then 'ended'
        when i.expires <= p_now then 'expired'
        when exists (select 1 from team_role r where r.id = i.role_id and r.retired)
            or exists (select 1 from team_centre c where c.id = i.centre_id and c.retired)
            or exists (select 1 from team_organisation o where o.id = i.organisation_id and o.retired)
            then 'changed'
        else 'open' end
$$;
""",
    definer(
        """
kohti.our_users()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(distinct m.user_id), '{}') from team_membership m
    where m.service_id = (select kohti.administers())
      and m.user_id <> (select o.user_id from team_membership o where o.id = (select kohti.member()))
$$"""
    ),
    definer(
        """
kohti.my_colleagues()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(m.id), '{}') from team_membership m
    where m.centre_id = (select kohti.whole_centre()) and (select kohti.member()) is not null
$$"""
    ),
    definer(
        """
kohti.end_membership(p_member uuid, p_ends timestamptz, p_because text)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_service uuid := coalesce(kohti.administers(), kohti.system());
    v_present timestamptz;
    v_row team_membership;
begin
    if v_service is null then
        return 'not_there';
    end if;
    -- One at a time in a service: of two administrators who end each other the second is told.
    perform pg_advisory_xact_lock(hashtextextended('kohti.end_membership.' || v_service::text, 0));
    v_present := kohti.now() + (clock_timestamp() - transaction_timestamp());
    if kohti.member() is not null and not exists (
        select 1 from team_membership where id = kohti.member() and (ends is null or ends > v_present)
    ) then
        return 'not_you';
    end if;
    select * into v_row from team_membership where id = p_member and service_id = v_service;
    if v_row.id is null or v_row.ends <= v_present then
        return 'not_there';
    end if;
    if v_row.ends <= p_ends then
        return 'later';
    end if;
    if kohti.administers() is not null
        and v_row.id in (select id from kohti.administrators(v_service, v_present))
        and not exists (select 1 from kohti.administrators(v_service, v_present) where id <> p_member)
    then
        return 'last';
    end if;
    -- One that has not begun yet ends in the moment it begins.
    update team_membership set ends = greatest(p_ends, starts + interval '1 microsecond'),
        because = p_because where id = p_member;
    return 'ended';
end $$"""
    ),
    definer(
        f"""
kohti.invitation(p_hash text, p_now timestamptz)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object(
        'state', kohti.state_of(i, p_now), 'name', i.full_name, 'email', i.email, 'starts', i.starts,
        'expires', i.expires, 'service', s.name, 'service_code', s.code, 'theme', {WORN},
        'languages', s.languages, 'timezone', s.timezone, 'centre', c.name, 'role_title', r.title,
        'organisation', o.name)
    from team_invitation i
    join team_service s on s.id = i.service_id
    join team_centre c on c.id = i.centre_id
    join team_role r on r.id = i.role_id
    join team_organisation o on o.id = i.organisation_id
    where i.token_hash = p_hash and (select kohti.at_the_door())
$$"""
    ),
    definer(
        """
kohti.accept_invitation(p_hash text, p_user uuid, p_membership uuid, p_staff uuid, p_event uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_invitation team_invitation;
    v_state text;
    v_staff uuid;
begin
    if not kohti.at_the_door() then
        return 'wrong';
    end if;
    select * into v_invitation from team_invitation where token_hash = p_hash for update;
    if v_invitation.id is null then
        return 'wrong';
    end if;
    v_state := kohti.state_of(v_invitation, kohti.now());
    if v_state <> 'open' then
        return v_state;
    end if;
    -- Nobody raises themselves: who invited is somebody else.
    if exists (select 1 from team_membership where id = v_invitation.made_by_id and user_id = p_user) then
        return 'own';
    end if;
    -- Nor does who keeps the team, by a link they came across.
    if exists (select 1 from team_membership m join team_role r on r.id = m.role_id
               where m.user_id = p_user and m.service_id = v_invitation.service_id
                 and r.scope = 'administration' and (m.ends is null or m.ends > kohti.now())) then
        return 'administers';
    end if;
    if exists (select 1 from team_membership
               where user_id = p_user and centre_id = v_invitation.centre_id and role_id = v_invitation.role_id
                 and (ends is null or ends > kohti.now())) then
        return 'already';
    end if;
    insert into team_staff (id, service_id, centre_id, full_name, folded, sort_key, confirmed_at)
    values (p_staff, v_invitation.service_id, v_invitation.centre_id, v_invitation.full_name,
            v_invitation.folded, v_invitation.sort_key, kohti.now())
    on conflict (centre_id, folded) do update set confirmed_at = coalesce(team_staff.confirmed_at, kohti.now())
    returning id into v_staff;
    -- A colleague of the same name at this centre is not this one.
    if exists (select 1 from team_membership where staff_id = v_staff and user_id <> p_user) then
        return 'name_taken';
    end if;
    insert into team_membership (id, service_id, user_id, staff_id, organisation_id, centre_id, role_id, starts,
                                 because)
    values (p_membership, v_invitation.service_id, p_user, v_staff, v_invitation.organisation_id,
            v_invitation.centre_id, v_invitation.role_id, greatest(v_invitation.starts, kohti.now()), '');
    update team_invitation set used_at = kohti.now(), used_by_id = p_membership where id = v_invitation.id;
    perform set_config('kohti.service', v_invitation.service_id::text, true);
    perform kohti.record(p_event, 'team.joined', 'membership', p_membership, '{}', null);
    perform set_config('kohti.service', '', true);
    return 'accepted';
end $$"""
    ),
    definer(
        """
kohti.email_works_here(p_email text)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select 1 from team_membership m join team_user u on u.id = m.user_id
        where m.service_id = coalesce(kohti.administers(), kohti.system()) and lower(u.email) = lower(p_email))
$$"""
    ),
    definer(
        """
kohti.colleagues_sign_in(p_members uuid[])
returns table (member_id uuid, username text, last_day date, password boolean, kinds text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select m.id, u.username, u.last_login::date, u.password not like '!%',
           array(select distinct a.type::text from mfa_authenticator a where a.user_id = u.id order by 1)
    from team_membership m join team_user u on u.id = m.user_id
    where m.id = any(p_members)
      and (m.service_id = (select kohti.administers()) or m.centre_id = (select kohti.whole_centre()))
$$"""
    ),
)
