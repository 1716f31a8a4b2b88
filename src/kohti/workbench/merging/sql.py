"""Two records become one, and two again: one function each, built of what the rooms say they carry.

The definer does it, since nobody's own sight is enough: what is sealed comes along whether or not whoever merges may
read it, and the sight of colleagues follows. It asks itself whether the actor may. Each ends whole or not at all.

What a merge touches is kept as rows of `people_mergedrow`: every carried row is written down first, and afterwards
all that did not change is struck out again, so that what triggers did is known as well as what is done here.
"""

from __future__ import annotations

from kohti.diary import carried as diary
from kohti.frontdesk import carried as frontdesk
from kohti.journeys import carried as journeys
from kohti.kernel import carried as kernel
from kohti.kernel.carried import Carried
from kohti.kernel.rows import definer
from kohti.people import carried as people

CARRIED: tuple[Carried, ...] = (
    *kernel.CARRIED,
    *people.CARRIED,
    *diary.CARRIED,
    *journeys.CARRIED,
    *frontdesk.CARRIED,
)
"""Every table with rows about a person, in an order in which they can be laid together."""

STAYS = kernel.STAYS | people.STAYS | journeys.STAYS | diary.STAYS | frontdesk.STAYS

PERSON_WITHOUT = ("heed",)
NAMES = ("folded", "sort_key", "sounds")
"""What goes with a full name."""


def _list(names: tuple[str, ...]) -> str:
    return "array[" + ", ".join(f"'{name}'" for name in names) + "]::text[]"


def _about(one: Carried, *, alias: str = "t", who: str = "(p_kept, p_gone)") -> str:
    return "(" + " or ".join(f"{alias}.{column} in {who}" for column in one.columns) + ")"


def _said(one: Carried) -> str:
    return f"to_jsonb(t) - {_list(one.without)}"


def _write_down(table: str, said: str, about: str) -> str:
    return f"""
    insert into people_mergedrow (id, service_id, merge_id, table_name, row_id, made, before, after)
    select gen_random_uuid(), v_service, p_merge, '{table}', t.id, false, {said}, '{{}}'
    from {table} t where {about};"""


def _compare(table: str, said: str, about: str) -> str:
    return f"""
    insert into people_mergedrow (id, service_id, merge_id, table_name, row_id, made, before, after)
    select gen_random_uuid(), v_service, p_merge, '{table}', t.id, true, '{{}}', '{{}}' from {table} t
    where {about} and not exists (select 1 from people_mergedrow m where m.merge_id = p_merge
                                  and m.table_name = '{table}' and m.row_id = t.id);
    update people_mergedrow m set after = {said} from {table} t
    where m.merge_id = p_merge and m.table_name = '{table}' and t.id = m.row_id and not m.made;"""


PERSONS = "(t.id in (p_kept, p_gone) or t.merged_into_id = p_gone)"
GRANTS = "t.person_id in (p_kept, p_gone) and t.ends > v_now"
PERSON_SAID = f"to_jsonb(t) - {_list(PERSON_WITHOUT)}"

WRITE_DOWN = "".join(
    (
        _write_down("people_person", PERSON_SAID, PERSONS),
        _write_down("people_grant", "to_jsonb(t)", GRANTS),
        *(_write_down(one.table, _said(one), _about(one)) for one in CARRIED),
    )
)
COMPARE = "".join(
    (
        _compare("people_person", PERSON_SAID, PERSONS),
        _compare("people_grant", "to_jsonb(t)", GRANTS),
        *(_compare(one.table, _said(one), _about(one)) for one in CARRIED),
    )
)
STRIKE_OUT = """
    delete from people_mergedrow where merge_id = p_merge and not made and before = after;
    update people_mergedrow m set
        before = (select jsonb_object_agg(e.key, e.value) from jsonb_each(m.before) e
                  where m.after->e.key is distinct from e.value),
        after = (select jsonb_object_agg(e.key, e.value) from jsonb_each(m.after) e
                 where m.before->e.key is distinct from e.value)
    where m.merge_id = p_merge and not m.made;
"""

MOVE = "".join(
    f"""
    update {one.table} t set {column} = p_kept where t.{column} = p_gone{f" and not ({one.unless})" if one.unless else ""};"""
    for one in CARRIED
    for column in one.columns
)


def _sealed(one: Carried) -> str:
    """SQL: the fields of life under which rows of a table are sealed, by person."""
    if one.sealed == "many":
        return f"select t.{one.columns[0]} as person, unnest(t.sealed) as field from {one.table} t where {_about(one)}"
    return (
        f"select t.{one.columns[0]} as person, t.sealed as field from {one.table} t"
        f" where {_about(one)} and t.sealed <> ''"
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

CHOSEN = "case when p_choices->>'{name}' = 'gone' then v_gone.{column} else v_kept.{column} end"
BOTH = """case p_choices->>'{name}' when 'gone' then v_gone.{name} when 'kept' then v_kept.{name}
        else concat_ws('; ', nullif(v_kept.{name}, ''), nullif(v_gone.{name}, '')) end"""

FIELDS = f"""
    update people_person set
        {
    ", ".join(
        f"{column} = {CHOSEN.format(name=name, column=column)}"
        for name, columns in (
            ("full_name", ("full_name", *NAMES)),
            ("called", ("called",)),
            ("date_of_birth", ("date_of_birth",)),
            ("interpreter", ("interpreter",)),
        )
        for column in columns
    )
},
        languages = case p_choices->>'languages' when 'gone' then v_gone.languages when 'kept' then v_kept.languages
            else v_kept.languages || array(select l from unnest(v_gone.languages) with ordinality g (l, n)
                                           where not l = any(v_kept.languages) order by n) end,
        safe_contact = {BOTH.format(name="safe_contact")},
        not_by = {BOTH.format(name="not_by")},
        no_messages = v_kept.no_messages or v_gone.no_messages,
        address_hidden = v_kept.address_hidden or v_gone.address_hidden,
        died_on = coalesce(v_kept.died_on, v_gone.died_on),
        died_said = coalesce(nullif(v_kept.died_said, ''), v_gone.died_said)
    where id = p_kept;
    update people_person set restricted = true where id = p_kept and v_gone.restricted and not restricted;
    update people_person set merged_into_id = p_kept where merged_into_id = p_gone;
    update people_person set full_name = '', called = '', sort_key = '', sounds = '{{}}', date_of_birth = null,
        languages = '{{}}', interpreter = '', safe_contact = '', not_by = '', no_messages = false,
        address_hidden = false, died_on = null, died_said = '', heed = null, merged_into_id = p_kept,
        folded = case when p_choices->>'full_name' = 'gone' then v_kept.folded else v_gone.folded end
    where id = p_gone;
"""

TOTALS = ", ".join(
    f"'{one.table}', (select count(*) from {one.table} t where {_about(one, who='(p_kept)')})"
    for one in CARRIED
)

MAY = """
    if not coalesce(kohti.may('people.merge'), false) then
        return {no};
    end if;"""

MERGE = definer(
    f"""
kohti.merge_people(p_merge uuid, p_kept uuid, p_gone uuid, p_choices jsonb, p_way uuid, p_words text)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_now timestamptz := kohti.now();
    v_service uuid := kohti.service();
    v_kept people_person;
    v_gone people_person;
    v_grant people_grant;
    v_id uuid;
    v_field text;
    v_kept_fields text[];
    v_gone_fields text[];
begin
    {MAY.format(no="'not-there'")}
    perform 1 from people_person where id in (p_kept, p_gone) and service_id = v_service order by id for update;
    select * into v_kept from people_person where id = p_kept and service_id = v_service;
    select * into v_gone from people_person where id = p_gone and service_id = v_service;
    if p_kept = p_gone or v_kept.id is null or v_gone.id is null then
        return 'not-there';
    end if;
    if v_gone.merged_into_id = p_kept or v_kept.merged_into_id = p_gone then
        return 'merged';
    end if;
    if not kohti.sees(p_kept) or not kohti.sees(p_gone) then
        return 'not-there';
    end if;
    if v_kept.centre_id is distinct from kohti.whole_centre() or v_gone.centre_id <> v_kept.centre_id then
        return 'elsewhere';
    end if;
    if (v_kept.restricted and not p_kept = any(kohti.my_names_to_give()))
        or (v_gone.restricted and not p_gone = any(kohti.my_names_to_give())) then
        return 'not-named';
    end if;
    if exists (select 1 from people_transfer where person_id in (p_kept, p_gone) and done_at is null) then
        return 'moves';
    end if;
    {KEYS}
    insert into people_merge (id, service_id, centre_id, kept_id, gone_id, by_member, by_staff_id, at, restricted,
                              totals)
    values (p_merge, v_service, v_kept.centre_id, p_kept, p_gone, kohti.member(), kohti.staff(), v_now,
            v_kept.restricted or v_gone.restricted, '{{}}');
    {WRITE_DOWN}
    {people.FIRST}{diary.FIRST}{journeys.FIRST}
    {SIGHT}
    {MOVE}
    {FIELDS}
    {journeys.AFTER}
    {COMPARE}
    {STRIKE_OUT}
    update people_merge set totals = jsonb_build_object({TOTALS}) where id = p_merge;
    return '';
end $$"""
)

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
          and not (v_row.table_name = 'people_person' and e.key = any({_list(NAMES)})
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
    update people_person p set heed = (
        select jsonb_agg(jsonb_build_array(kind, words, ends_on) order by kind <> 'danger', created_at, id)
        from people_mark where person_id = p.id and ended_at is null and sealed = '')
    where p.id in (p_kept, p_gone);
    {journeys.AFTER}
    update people_merge set undone_at = v_now, undone_by_staff_id = kohti.staff() where id = p_merge;
    update people_mergedrow set before = before - array(select jsonb_object_keys(before)),
        after = after - array(select jsonb_object_keys(after)) where merge_id = p_merge;
    return jsonb_build_object('left', v_left, 'gone', p_gone, 'kept', p_kept);
end $$"""
)

MY_KEY = {
    "one": "t.sealed <> '' and not t.{column}::text || ':' || t.sealed = any(v_keys)",
    "many": "t.sealed <> '{{}}' and not kohti.keys(t.{column}, t.sealed::text[]) <@ v_keys",
}


def _counted(one: Carried) -> str:
    """SQL: a pair for one table, how many rows the record has, and how many of them the actor may not read."""
    column = one.columns[0]
    hidden = MY_KEY[one.sealed].format(column=column) if one.sealed else "false"
    about = " or ".join(f"t.{name} = p_person" for name in one.columns)
    return (
        f"'{one.table}', (select jsonb_build_array(count(*), count(*) filter (where {hidden}))"
        f" from {one.table} t where {about})"
    )


COUNTS = definer(
    f"""
kohti.carried_counts(p_person uuid)
returns jsonb language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_keys text[] := kohti.my_keys();
begin
    if not coalesce(kohti.may('people.merge'), false) or not kohti.sees(p_person) then
        return null;
    end if;
    return jsonb_build_object({", ".join(_counted(one) for one in CARRIED)});
end $$"""
)

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

FUNCTIONS = (MERGE, UNMERGE, COUNTS, GUARD, GUARDS)
