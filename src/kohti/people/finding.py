"""Searching for people in the database: those one sees, and, so that nobody is written down twice, who is like them."""

from __future__ import annotations

from kohti.kernel.rows import definer

from .sight import SEE

FORMERLY = """
    select merged_into_id from people_person
    where service_id = kohti.service() and merged_into_id is not null and (reference = p_reference
        or (cardinality(p_words) > 0 and folded like all ((select parts from typed)::text[])))
"""
"""Who was known by another name or reference before two records became one."""

FEW = 5
"""Where fewer people hold every word that was typed, those come too whose names are spelled like it.

A word of theirs must sound like one that was typed: to ask that first costs a tenth of comparing letters.
"""

LIKE_IT = 0.3
"""How much of two names is the same, from 0 to 1, for one to be spelled like the other."""


# Sounds are compared among the people one sees, without the index over everybody's: that gave a region's Ainos first.
# Its rows come with what a list shows of them: asked for again by their identifiers, the policy would be asked a
# second time. The words are compared within the people one sees, whose number does not grow with the region: a
# comparison by an index over everybody's letters would.
FIND_PEOPLE = definer(
    f"""
kohti.find_people(p_words text[], p_sounds text[], p_born date, p_plain text, p_reference text, p_most integer)
returns table (id uuid, full_name text, called text, date_of_birth date, reference text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with typed as materialized (
        select array(select '%' || w || '%' from unnest(p_words) w) as parts, array_to_string(p_words, ' ') as whole
    ), named as materialized (
        select * from people_person
        where service_id = (select kohti.service()) and {SEE}
          and ((cardinality(p_words) > 0 and folded like all ((select parts from typed)::text[]))
               or date_of_birth = p_born
               or reference = p_reference
               or id = any((select array(
                    select person_id from people_contact
                    where p_plain <> '' and service_id = kohti.service() and plain = p_plain
                      and sealed = '' and ended_at is null
                    union all {FORMERLY}))::uuid[]))
    ), alike as (
        select * from people_person
        where cardinality(p_words) > 1 and (select count(*) from named) < {FEW}
          and service_id = (select kohti.service()) and {SEE}
          and (sounds || '{{}}') && p_sounds and similarity(folded, (select whole from typed)) >= {LIKE_IT}
          and id <> all ((select array(select id from named))::uuid[])
    )
    select id, full_name, called, date_of_birth, reference from (table named union all table alike) found
    order by similarity(folded, (select whole from typed)) desc, sort_key, id
    limit least(p_most, 100)
$$"""
)

FUNCTIONS = (
    FIND_PEOPLE,
    definer(
        f"""
kohti.alike(p_folded text, p_sounds text[], p_born date, p_plains text[])
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(id), '{{}}') from (
        select id from people_person
        where service_id = kohti.service() and {SEE}
          and ((p_folded <> '' and folded % p_folded) or sounds && p_sounds
               or id in (select person_id from people_contact
                         where service_id = kohti.service() and plain = any(p_plains)
                           and sealed = '' and ended_at is null))
        order by (date_of_birth is not distinct from p_born) desc, similarity(folded, p_folded) desc, id
        limit 30
    ) found
$$"""
    ),
    # somebody else's person: says only that there is one, tells the leaders, and answers no fishing
    definer(
        f"""
kohti.known_elsewhere(p_words text[], p_born date, p_plains text[], p_most integer)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_person people_person;
    v_lately integer;
begin
    if kohti.member() is null or not kohti.may('people.register') or cardinality(p_words) < 2 then
        return false;
    end if;
    select * into v_person from people_person
    where service_id = kohti.service() and ({SEE}) is not true and merged_into_id is null
      and array(select w from unnest(string_to_array(folded, ' ')) w order by w) = p_words
      and (date_of_birth = p_born
           or id in (select person_id from people_contact
                     where service_id = kohti.service() and plain = any(p_plains) and ended_at is null))
    order by id limit 1;
    if not found then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(kohti.member()::text, 7236011));
    if exists (select 1 from people_alert where by_member = kohti.member() and kind = 'match'
               and person_id = v_person.id and at > kohti.now() - interval '1 day') then
        perform kohti.record(gen_random_uuid(), 'person.known_elsewhere', 'person', v_person.id,
                             array[v_person.id], null);
        return true;
    end if;
    select count(distinct person_id) into v_lately from people_alert
    where by_member = kohti.member() and kind = 'match' and at > kohti.now() - interval '1 day';
    if v_lately >= p_most then
        return false;
    end if;
    insert into people_alert (id, service_id, centre_id, kind, person_id, by_member, by_staff_id, words, at)
    select gen_random_uuid(), v_person.service_id, centre, 'match', v_person.id, kohti.member(), kohti.staff(),
           '', kohti.now()
    from (select v_person.centre_id as centre union
          select centre_id from team_membership where id = kohti.member()) told;
    perform kohti.record(gen_random_uuid(), 'person.known_elsewhere', 'person', v_person.id,
                         array[v_person.id], null);
    return true;
end $$"""
    ),
)
