"""An empty record that leads to another: nobody sees it, every way to it leads on."""

from __future__ import annotations

from kohti.kernel.rows import definer

FUNCTIONS = (
    """
create or replace function kohti.merged_by_us() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_web' then
        raise exception 'two records become one by merging them' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger merged_by_us after update on people_person
    for each row when (old.merged_into_id is distinct from new.merged_into_id)
    execute function kohti.merged_by_us();
create or replace trigger merged_by_us_on_insert after insert on people_person
    for each row when (new.merged_into_id is not null) execute function kohti.merged_by_us();
""",
    # where an old link, a letter or a reference leads, for whoever may see the one it leads to
    definer(
        """
kohti.leads_to(p_person uuid)
returns uuid language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select merged_into_id from people_person
    where id = p_person and service_id = kohti.service() and merged_into_id is not null
      and kohti.sees(merged_into_id)
$$"""
    ),
    definer(
        """
kohti.reference_of_merged(p_merge uuid)
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select g.reference from people_merge m join people_person g on g.id = m.gone_id
    where m.id = p_merge and m.service_id = kohti.service() and kohti.sees(m.kept_id)
$$"""
    ),
    # a person's own record and those that lead to it, for whoever may see the person
    definer(
        """
kohti.records_of(p_person uuid)
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select array(select p_person union all select id from people_person where merged_into_id = p_person)
    where kohti.sees(p_person)
$$"""
    ),
)
