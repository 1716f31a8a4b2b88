"""Searching the directory in the database, for whoever works in the service.

Functions of the definer: under row policies PostgreSQL reads every row before it compares words, indexes or not. By
index even where a word is in most offers: reading from the beginning passes over all that was written anew. Planned for
what is asked: a plan for anything at all reads every offer of the service.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

MOST_RANKED = 300
"""So many of those that fit are put in order by how well they fit; whoever is shown so many says more."""

WANTED = """p_fields text[], p_languages text[], p_weekdays smallint[], p_town text, p_free boolean, p_to_confirm date"""
FITS = """
    o.service_id = v_service and o.gone_since is null and o.status in ('active', 'temporarily closed')
    and (p_fields = '{}' or o.fields && p_fields)
    and (p_languages = '{}' or o.languages && p_languages)
    and (p_weekdays = '{}' or o.weekdays && p_weekdays)
    and (p_town = '' or p_town = any(o.towns))
    and (not p_free or o.free)
    and (p_to_confirm is null or o.confirm_by <= p_to_confirm)
"""

# Those that hold every word; only where these do not fill a page, those that hold any.
BY_WORDS = definer(
    f"""
kohti.offers_by_words(p_speech text, p_every text, p_every_plain text, p_any text, p_any_plain text, {WANTED},
                      p_most integer)
returns table (offer uuid, rank real)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
    v_service uuid := kohti.colleagues();
    v_every tsquery := to_tsquery(p_speech::regconfig, p_every) || to_tsquery('simple', p_every_plain);
    v_any tsquery := to_tsquery(p_speech::regconfig, p_any) || to_tsquery('simple', p_any_plain);
    v_found integer;
begin
    return query
        select f.id, ts_rank(f.found_by, v_every) + 10::real
        from (select o.id, o.found_by from partners_listing o
              where o.found_by @@ v_every and {FITS} limit {MOST_RANKED}) f
        order by 2 desc, 1 limit p_most;
    get diagnostics v_found = row_count;
    if v_found < p_most then
        return query
            select f.id, ts_rank(f.found_by, v_any)
            from (select o.id, o.found_by from partners_listing o
                  where o.found_by @@ v_any and not o.found_by @@ v_every and {FITS} limit {MOST_RANKED}) f
            order by 2 desc, 1 limit p_most;
    end if;
end $$"""
)

# How alike words must be at least is `pg_trgm.word_similarity_threshold`, as the caller sets it.
BY_LETTERS = definer(
    f"""
kohti.offers_by_letters(p_folded text, {WANTED}, p_most integer)
returns table (offer uuid, rank real)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
    v_service uuid := kohti.colleagues();
begin
    return query
        select o.id, word_similarity(p_folded, o.folded) from partners_listing o
        where p_folded <% o.folded and {FITS}
        order by 2 desc, 1 limit p_most;
end $$"""
)

FUNCTIONS = (BY_WORDS, BY_LETTERS)
