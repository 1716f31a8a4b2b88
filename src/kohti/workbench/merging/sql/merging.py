"""Two records become one: `kohti.merge_people`."""

from __future__ import annotations

from kohti.diary import carried as diary
from kohti.journeys import carried as journeys
from kohti.kernel.rows import definer
from kohti.people import carried as people

from .carried import CARRIED, MAY, NAMES, of_the_two
from .sight import KEYS, SIGHT
from .writing_down import COMPARE, STRIKE_OUT, WRITE_DOWN

MOVE = "".join(
    f"""
    update {one.table} t set {column} = p_kept where t.{column} = p_gone{f" and not ({one.unless})" if one.unless else ""};"""
    for one in CARRIED
    for column in one.columns
)


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
    f"'{one.table}', (select count(*) from {one.table} t where {of_the_two(one, who='(p_kept)')})"
    for one in CARRIED
)


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
