"""Searching for people, in the database."""

from __future__ import annotations

from kohti.kernel.rows import definer

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


def find_people(see: str) -> str:
    """SQL for `kohti.find_people()`, who searches within `see`, the condition under which a person is seen.

    Its rows come with what a list shows of them: asked for again by their identifiers, the policy would be asked a
    second time. The words are compared within the people one sees, whose number does not grow with the region: a
    comparison by an index over everybody's letters would.
    """
    return definer(
        f"""
kohti.find_people(p_words text[], p_sounds text[], p_born date, p_plain text, p_reference text, p_most integer)
returns table (id uuid, full_name text, called text, date_of_birth date, reference text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with typed as materialized (
        select array(select '%' || w || '%' from unnest(p_words) w) as parts, array_to_string(p_words, ' ') as whole
    ), named as materialized (
        select * from people_person
        where service_id = (select kohti.service()) and {see}
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
          and service_id = (select kohti.service()) and {see}
          and sounds && p_sounds and similarity(folded, (select whole from typed)) >= {LIKE_IT}
          and id <> all ((select array(select id from named))::uuid[])
    )
    select id, full_name, called, date_of_birth, reference from (table named union all table alike) found
    order by similarity(folded, (select whole from typed)) desc, sort_key, id
    limit least(p_most, 100)
$$"""
    )
