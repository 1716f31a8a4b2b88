"""Nothing is written for a record that was merged meanwhile."""

from __future__ import annotations

from kohti.kernel.rows import definer

from .carried import CARRIED

GUARD = definer(
    """
kohti.not_of_a_merged()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select 1 from people_person where id = new.person_id and merged_into_id is not null) then
        raise exception 'this record was merged meanwhile' using errcode = 'serialization_failure';
    end if;
    return null;
end $$;
grant execute on function kohti.not_of_a_merged() to public"""
)
"""Who writes for a record at the very moment it is merged waits for it (by the foreign key), and is then refused."""

GUARDS = "".join(
    f"""
create or replace trigger zz_not_of_a_merged after insert on {one.table}
    for each row when (new.person_id is not null) execute function kohti.not_of_a_merged();"""
    for one in CARRIED
    if one.guarded
)
