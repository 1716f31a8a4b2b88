"""Whether the actor works with one person: asked for each row that is written, by the few grants on that person.

Lists ask for everybody whom the actor reaches (`sight`). Whoever writes a row knows whose it is.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

from .sight import TO_ME, TO_MY_FLOOR

FUNCTIONS = (
    # plpgsql, because it keeps its plan; the same as KEEP says of a row of people_person
    definer(
        f"""
kohti.works_with(p_person uuid)
returns boolean language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return coalesce((
        select case when p.restricted then exists (
                select 1 from people_grant where person_id = p.id and field = ''
                and purpose in ('named', 'emergency') and {TO_ME})
            else p.centre_id = (select kohti.whole_centre()) or exists (
                select 1 from people_grant where person_id = p.id and field = '' and purpose <> 'former'
                and ({TO_ME} or {TO_MY_FLOOR}))
            end
        from people_person p where p.id = p_person and p.merged_into_id is null), false);
end $$"""
    ),
)
