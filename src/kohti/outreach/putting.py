"""Whose an encounter is, in the database: put together, taken apart, become a person. Nothing else changes it.

Whoever does it goes out from the centre of both, and sees the person where there is one. What is sealed moves along,
also where they hold no key to it.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

MINE = "centre_id = kohti.floor() and kohti.may('outreach.go')"

FUNCTIONS = (
    """
create or replace function kohti.encounter_of_whom() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    -- a restore, an import and the functions here say it themselves
    if current_user not in ('kohti_web', 'kohti_worker') then
        return new;
    end if;
    if tg_op = 'INSERT' then
        new.own_id := new.reached_id;
        new.person_id := (select person_id from outreach_reached where id = new.reached_id);
    elsif (new.reached_id, new.own_id, new.person_id, new.at, new.by_member) is distinct from
            (old.reached_id, old.own_id, old.person_id, old.at, old.by_member) then
        raise exception 'whose an encounter is, is said by joining' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create or replace trigger encounter_of_whom before insert or update on outreach_encounter
    for each row execute function kohti.encounter_of_whom();
""",
    definer(
        """
kohti.met_again()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update outreach_reached r set last_at = n.at
    from (select reached_id, max(at) as at from written group by 1) n
    where r.id = n.reached_id and r.last_at < n.at;
    return null;
end $$;
grant execute on function kohti.met_again() to public"""
    ),
    """
create or replace trigger met_again after insert on outreach_encounter
    referencing new table as written for each statement execute function kohti.met_again();
""",
    definer(
        f"""
kohti.put_encounters(p_from uuid, p_only uuid, p_to uuid)
returns bigint language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_from outreach_reached;
    v_to outreach_reached;
    v_moved bigint;
begin
    -- one after the other, whichever of the two is pressed first
    perform 1 from outreach_reached where id in (p_from, p_to) order by id for update;
    select * into v_from from outreach_reached where id = p_from and {MINE};
    select * into v_to from outreach_reached where id = p_to and {MINE};
    if v_from.id is null or v_to.id is null or v_to.joined_into_id is not null
        or (v_from.person_id is not null and not kohti.sees(v_from.person_id))
        or (v_to.person_id is not null and not kohti.sees(v_to.person_id)) then
        return null;
    end if;
    update outreach_encounter
    set reached_id = p_to, person_id = v_to.person_id,
        own_id = case when p_only is not null then p_to else own_id end
    where reached_id = p_from and (p_only is null or id = p_only);
    get diagnostics v_moved = row_count;
    if p_only is null then
        update outreach_reached set joined_into_id = p_to where id = p_from;
        update outreach_reached set joined_into_id = p_to where joined_into_id = p_from;
    end if;
    update outreach_reached r set last_at = coalesce(
        (select max(at) from outreach_encounter e where e.reached_id = r.id and e.withdrawn_at is null), r.made_at)
    where r.id in (p_from, p_to);
    return v_moved;
end $$"""
    ),
    definer(
        f"""
kohti.come_apart(p_reached uuid)
returns uuid language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_reached outreach_reached;
begin
    select * into v_reached from outreach_reached where id = p_reached and joined_into_id is not null and {MINE}
    for update;
    if not found then
        return null;
    end if;
    if exists (select 1 from outreach_reached where id = v_reached.joined_into_id and person_id is not null
               and not kohti.sees(person_id))
        or (v_reached.person_id is not null and not kohti.sees(v_reached.person_id)) then
        return null;
    end if;
    update outreach_reached set joined_into_id = null where id = p_reached;
    update outreach_encounter set reached_id = p_reached, person_id = v_reached.person_id
    where reached_id = v_reached.joined_into_id and own_id = p_reached;
    update outreach_reached r set last_at = coalesce(
        (select max(at) from outreach_encounter e where e.reached_id = r.id and e.withdrawn_at is null), r.made_at)
    where r.id in (p_reached, v_reached.joined_into_id);
    return v_reached.joined_into_id;
end $$"""
    ),
    definer(
        f"""
kohti.reached_is(p_reached uuid, p_person uuid, p_made boolean)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform 1 from outreach_reached
    where id = p_reached and person_id is null and joined_into_id is null and {MINE} for update;
    if not found or not kohti.sees(p_person) then
        return false;
    end if;
    update outreach_reached set person_id = p_person, became_at = kohti.now(), made_person = p_made
    where id = p_reached;
    update outreach_encounter set person_id = p_person where reached_id = p_reached;
    return true;
end $$"""
    ),
    # A record that was made for it goes with it, while nothing else refers to it: the database itself says so.
    definer(
        f"""
kohti.reached_is_not(p_reached uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_reached outreach_reached;
begin
    select * into v_reached from outreach_reached where id = p_reached and person_id is not null and {MINE} for update;
    if not found or not kohti.sees(v_reached.person_id) then
        return null;
    end if;
    begin
        update outreach_reached set person_id = null, became_at = null, made_person = false where id = p_reached;
        update outreach_encounter set person_id = null where reached_id = p_reached;
        if v_reached.made_person then
            if exists (select 1 from people_grant where person_id = v_reached.person_id
                       and purpose not in ('registered', 'sealed')) then
                raise foreign_key_violation;
            end if;
            delete from people_contact where person_id = v_reached.person_id;
            delete from people_grant where person_id = v_reached.person_id;
            delete from people_person where id = v_reached.person_id;
        end if;
    exception when foreign_key_violation then
        return 'hangs';
    end;
    return 'undone';
end $$"""
    ),
)
