"""One record becomes two again: `kohti.unmerge_people`, from what the merge wrote down."""

from __future__ import annotations

from kohti.diary import carried as diary
from kohti.journeys import carried as journeys
from kohti.kernel.rows import definer
from kohti.people.keeping import HEED

from .carried import CARRIED, MAY, NAMES, text_array

BACK_TO_THEIRS = "".join(
    f"""
    update {one.table} t set {column} = (m.before->>'{column}')::uuid from people_mergedrow m
    where m.merge_id = p_merge and m.table_name = '{one.table}' and m.row_id = t.id and not m.made
      and m.before ? '{column}' and t.{column} = p_kept;"""
    for one in CARRIED
    for column in one.columns
)
COLUMNS = {one.table: one.columns for one in CARRIED}
HANGING = "".join(
    f"""
    update {one.table} t set {one.columns[0]} = p_gone from {one.hangs_on[1]} w
    where w.id = t.{one.hangs_on[0]} and w.{COLUMNS[one.hangs_on[1]][0]} = p_gone and t.{one.columns[0]} = p_kept;"""
    for one in CARRIED
    if one.hangs_on[0]
) + "".join(
    f"""
    update {one.brings[1]} t set person_id = p_gone from {one.table} w
    where w.{one.brings[0]} = t.id and w.person_id = p_gone and t.person_id = p_kept;"""
    for one in CARRIED
    if one.brings[0]
)

MADE_AWAY = "".join(
    f"""
    delete from {one.table} t using people_mergedrow m
    where m.merge_id = p_merge and m.table_name = '{one.table}' and m.row_id = t.id and m.made;"""
    for one in CARRIED
)

UNMERGE = definer(
    f"""
kohti.unmerge_people(p_merge uuid)
returns jsonb language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_now timestamptz := kohti.now();
    v_merge people_merge;
    v_kept people_person;
    v_row record;
    v_current jsonb;
    v_set text;
    v_left bigint := 0;
    v_id uuid;
    p_kept uuid;
    p_gone uuid;
begin
    {MAY.format(no="jsonb_build_object('no', 'not-there')")}
    select * into v_merge from people_merge where id = p_merge and service_id = kohti.service() for update;
    p_kept := v_merge.kept_id;
    p_gone := v_merge.gone_id;
    if v_merge.id is null or not kohti.sees(p_kept) then
        return jsonb_build_object('no', 'not-there');
    end if;
    if v_merge.undone_at is not null then
        return jsonb_build_object('again', true);
    end if;
    perform 1 from people_person where id in (p_kept, p_gone) order by id for update;
    select * into v_kept from people_person where id = p_kept;
    if v_merge.forgotten_at is not null then
        return jsonb_build_object('no', 'forgotten');
    end if;
    if v_kept.centre_id is distinct from kohti.whole_centre() or v_kept.centre_id <> v_merge.centre_id then
        return jsonb_build_object('no', 'elsewhere');
    end if;
    if v_kept.restricted <> v_merge.restricted then
        return jsonb_build_object('no', 'restricted');
    end if;
    if v_kept.restricted and not p_kept = any(kohti.my_names_to_give()) then
        return jsonb_build_object('no', 'not-named');
    end if;
    if exists (select 1 from people_transfer where person_id = p_kept and done_at is null) then
        return jsonb_build_object('no', 'moves');
    end if;
    if exists (select 1 from people_merge where kept_id = p_kept and undone_at is null
               and (at, id) > (v_merge.at, v_merge.id)) then
        return jsonb_build_object('no', 'later');
    end if;
    {journeys.NO_WAY_BACK}
    {BACK_TO_THEIRS}
    {HANGING}
    {diary.BACK}
    -- what a column said before, where it says still what the merge made of it
    for v_row in
        select * from people_mergedrow m
        where m.merge_id = p_merge and not m.made and m.table_name <> 'people_grant'
          and exists (select 1 from jsonb_object_keys(m.before) k where k not in ('person_id', 'other_id', 'to_id'))
        order by m.table_name = 'people_person', m.table_name, m.row_id
    loop
        execute format('select to_jsonb(t) from %I t where t.id = $1', v_row.table_name)
            into v_current using v_row.row_id;
        select string_agg(format('%1$I = r.%1$I', e.key), ', ') into v_set from jsonb_each(v_row.after) e
        where v_current->e.key = e.value and e.key not in ('person_id', 'other_id', 'to_id')
          and not (v_row.table_name = 'people_person' and e.key = any({text_array(NAMES)})
                   and v_row.after ? 'full_name' and v_current->'full_name' <> v_row.after->'full_name');
        if v_set is not null then
            execute format('update %1$I t set %2$s from jsonb_populate_record(null::%1$I, $1) r where t.id = $2',
                           v_row.table_name, v_set) using v_row.before, v_row.row_id;
        end if;
    end loop;
    {MADE_AWAY}
    -- sight as it was, as far as nobody ended it since: given anew, since a grant only ends
    for v_row in
        select g.*, (m.before->>'ends')::timestamptz as until
        from people_mergedrow m join people_grant g on g.id = m.row_id
        left join people_mergedrow c on c.merge_id = p_merge and c.table_name = 'people_grant' and c.made
            and c.before->>'of' = g.id::text
        left join people_grant copy on copy.id = c.row_id
        where m.merge_id = p_merge and m.table_name = 'people_grant' and not m.made
          and (m.before->>'ends')::timestamptz > v_now and g.ends = (m.after->>'ends')::timestamptz
          and (copy.id is null or copy.ends = (c.after->>'ends')::timestamptz)
        order by g.starts, g.id
    loop
        v_id := gen_random_uuid();
        insert into people_grant (id, service_id, person_id, to_member_id, to_organisation_id, to_centre_id, to_role,
                                  field, purpose, starts, ends, because_kind, because_id)
        values (v_id, v_row.service_id, v_row.person_id, v_row.to_member_id, v_row.to_organisation_id,
                v_row.to_centre_id, v_row.to_role, v_row.field, v_row.purpose, greatest(v_row.starts, v_now),
                v_row.until, v_row.because_kind, v_row.because_id);
        -- what an earlier merge gave is undone with the one that stands for it now
        update people_mergedrow m set row_id = v_id from people_merge e
        where m.table_name = 'people_grant' and m.row_id = v_row.id and e.id = m.merge_id and e.id <> p_merge
          and e.undone_at is null;
    end loop;
    update people_grant g set ends = greatest(g.starts, v_now) from people_mergedrow m
    where m.merge_id = p_merge and m.table_name = 'people_grant' and g.id = m.row_id and g.ends > v_now
      and (m.made or g.ends = (m.after->>'ends')::timestamptz);
    update people_person p set heed = ({HEED} p.id) where p.id in (p_kept, p_gone);
    {journeys.AFTER}
    update people_merge set undone_at = v_now, undone_by_staff_id = kohti.staff() where id = p_merge;
    update people_mergedrow set before = before - array(select jsonb_object_keys(before)),
        after = after - array(select jsonb_object_keys(after)) where merge_id = p_merge;
    return jsonb_build_object('left', v_left, 'gone', p_gone, 'kept', p_kept);
end $$"""
)
