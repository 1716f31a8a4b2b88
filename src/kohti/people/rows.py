"""Who may see whom."""

from __future__ import annotations

from kohti.kernel.policies import Table
from kohti.kernel.rows import definer

FUNCTIONS = (
    definer(
        """
kohti.my_people()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(person_id), '{}') from (
        select person_id from people_grant
        where to_centre_id = (select kohti.floor()) and ends > (select kohti.now())
          and starts <= (select kohti.now()) and to_role in ('', (select kohti.role()))
        union all
        select person_id from people_grant
        where to_member_id = (select kohti.member()) and ends > (select kohti.now())
          and starts <= (select kohti.now())
    ) seen
$$"""
    ),
)

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"
SEEN = "exists (select 1 from people_person p where p.id = person_id)"

TABLES = (
    Table(
        name="people_person",
        see=f"id = any((select kohti.my_people())::uuid[]) or {WHOLE_CENTRE}",
        add=WHOLE_CENTRE,
        change=WHOLE_CENTRE,
    ),
    Table(
        name="people_contact",
        see=SEEN,
        add="exists (select 1 from people_person p where p.id = person_id"
        " and p.centre_id = (select kohti.whole_centre()))",
        change="exists (select 1 from people_person p where p.id = person_id"
        " and p.centre_id = (select kohti.whole_centre()))",
    ),
    Table(
        name="people_grant",
        see="(to_centre_id = (select kohti.floor()) and starts <= (select kohti.now())"
        " and ends > (select kohti.now()) and to_role in ('', (select kohti.role())))"
        " or to_centre_id = (select kohti.whole_centre()) or to_member_id = (select kohti.member())",
        add=f"to_centre_id = (select kohti.whole_centre()) and {SEEN}",
        change="to_centre_id = (select kohti.whole_centre())",
    ),
)
