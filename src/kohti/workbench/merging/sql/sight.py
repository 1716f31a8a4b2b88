"""Who sees the one record that is left: keys, names and grants of the two, as far as they held for both."""

from __future__ import annotations

from kohti.kernel.carried import Carried

from .carried import CARRIED, of_the_two


def _sealed(one: Carried) -> str:
    """SQL: the fields of life under which rows of a table are sealed, by person."""
    if one.sealed == "many":
        return f"select t.{one.columns[0]} as person, unnest(t.sealed) as field from {one.table} t where {of_the_two(one)}"
    return (
        f"select t.{one.columns[0]} as person, t.sealed as field from {one.table} t"
        f" where {of_the_two(one)} and t.sealed <> ''"
    )


SEALED = " union ".join(_sealed(one) for one in CARRIED if one.sealed)
"""Under which fields of life each of the two records holds something."""

IN_FORCE = "starts <= v_now and ends > v_now"
HOLDS = (
    "exists (select 1 from people_grant h where h.person_id = {person} and h.field = {field}"
    " and h.to_member_id = {member} and h.purpose = 'sealed' and h.starts <= v_now and h.ends > v_now)"
)


KEYS = f"""
    select coalesce(array_agg(distinct field) filter (where person = p_kept), '{{}}'),
           coalesce(array_agg(distinct field) filter (where person = p_gone), '{{}}')
    into v_kept_fields, v_gone_fields from ({SEALED}) sealed;
    -- what both hold under a seal, somebody must be able to read afterwards: who holds both keys
    select f into v_field from unnest(v_kept_fields) f
    where f = any(v_gone_fields)
      and exists (select 1 from people_grant where person_id in (p_kept, p_gone) and field = f
                  and purpose = 'sealed' and {IN_FORCE})
      and not exists (select 1 from people_grant k where k.person_id = p_kept and k.field = f
                      and k.purpose = 'sealed' and k.starts <= v_now and k.ends > v_now
                      and {HOLDS.format(person="p_gone", field="f", member="k.to_member_id")})
    order by f limit 1;
    if v_field is not null then
        return 'key:' || v_field;
    end if;
"""

SIGHT = f"""
    -- an hour in an emergency was for one of the two
    update people_grant set ends = greatest(starts, v_now)
    where person_id in (p_kept, p_gone) and purpose = 'emergency' and ends > v_now;
    -- a key opens what it opened before, and nothing of the other record
    update people_grant k set ends = greatest(k.starts, v_now)
    where k.person_id = p_kept and k.field <> '' and k.ends > v_now and k.field = any(v_gone_fields)
      and not {HOLDS.format(person="p_gone", field="k.field", member="k.to_member_id")};
    -- of two restricted records those see the one who were named on both
    update people_grant k set ends = greatest(k.starts, v_now)
    where k.person_id = p_kept and k.purpose = 'named' and k.ends > v_now and v_kept.restricted and v_gone.restricted
      and not exists (select 1 from people_grant g where g.person_id = p_gone and g.purpose = 'named'
                      and g.to_member_id = k.to_member_id and g.starts <= v_now and g.ends > v_now);
    for v_grant in
        select g.* from people_grant g where g.person_id = p_gone and g.ends > greatest(g.starts, v_now)
          and case when g.field <> '' then
                not g.field = any(v_kept_fields)
                or {HOLDS.format(person="p_kept", field="g.field", member="g.to_member_id")}
              when g.purpose = 'named' then not v_kept.restricted
              else true end
        order by g.starts, g.id
    loop
        v_id := gen_random_uuid();
        insert into people_grant (id, service_id, person_id, to_member_id, to_organisation_id, to_centre_id, to_role,
                                  field, purpose, starts, ends, because_kind, because_id)
        values (v_id, v_service, p_kept, v_grant.to_member_id, v_grant.to_organisation_id, v_grant.to_centre_id,
                v_grant.to_role, v_grant.field, v_grant.purpose, greatest(v_grant.starts, v_now), v_grant.ends,
                v_grant.because_kind, v_grant.because_id);
        insert into people_mergedrow (id, service_id, merge_id, table_name, row_id, made, before, after)
        values (gen_random_uuid(), v_service, p_merge, 'people_grant', v_id, true,
                jsonb_build_object('of', v_grant.id), jsonb_build_object('ends', v_grant.ends));
    end loop;
    update people_grant set ends = greatest(starts, v_now) where person_id = p_gone and ends > v_now;
"""
