"""Looking for somebody among the ways one may see: by any part of a name, a reference or a telephone number."""

from __future__ import annotations

import re
import uuid

from django.db import connection

from kohti.kernel import references
from kohti.kernel.names import fold
from kohti.kernel.rows import definer
from kohti.people.sight import SEE

LEAST_FIGURES = 3
"""Of a telephone number: fewer are a part of nearly every one."""

FUNCTIONS = (
    # A policy on each row would keep PostgreSQL from comparing before it has looked at the policy.
    definer(
        f"""
kohti.find_on_their_way(p_words text[], p_figures text[], p_reference text, p_closed boolean)
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(id), '{{}}') from people_person p
    where service_id = kohti.service() and {SEE}
      and ((cardinality(p_words) > 0 and folded like all (select '%' || w || '%' from unnest(p_words) w))
           or (p_reference <> '' and replace(reference, '-', '') like '%' || p_reference || '%')
           or (cardinality(p_figures) > 0 and exists (
               select 1 from people_contact c
               where c.person_id = p.id and c.kind = 'phone' and c.sealed = '' and c.ended_at is null
                 and regexp_replace(c.value, '\\D', '', 'g')
                     like any (select '%' || f || '%' from unnest(p_figures) f))))
      and exists (select 1 from journeys_journey j where j.person_id = p.id
                  and (j.closed_at is not null) = p_closed)
$$"""
    ),
    # Who signs in with which address only the door reads; a leader names colleagues of their centre by it.
    definer(
        """
kohti.places_by_address(p_addresses text[])
returns table (address text, member_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select a, m.id from unnest(p_addresses) a
    join team_user u on lower(u.email) = a or lower(u.username) = a
    join team_membership m on m.user_id = u.id
    where m.centre_id = kohti.whole_centre() and kohti.may('journeys.lead')
    order by m.starts, m.id
$$"""
    ),
)


def people_named(text: str, *, closed: bool) -> list[uuid.UUID]:
    """The people with an open (or a closed) way, within the actor's sight, whom `text` is a part of.

    Accents and capitals do not count, nor how a number is spelled: with spaces, with a nought or a country before
    it. Says nothing in the history: its caller does, of those it shows. One statement.
    """
    words, figures, reference = fold(text).split(), _figures(text), references.part(text)
    if not words and not figures and not reference:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select kohti.find_on_their_way(%s, %s, %s, %s)", [words, figures, reference, closed])
        row = cursor.fetchone()
    return list(row[0]) if row else []


def _figures(text: str) -> list[str]:
    """What a kept number would hold of the one that was typed, in each way it may be kept."""
    if re.search(r"[^\W\d]", text):
        return []
    typed = re.sub(r"\D", "", text)
    country = text.strip().startswith("+") or typed.startswith("00")
    plain = typed.lstrip("0")
    found = {plain} | ({plain[2:].lstrip("0"), plain[3:].lstrip("0")} if country else set())
    return sorted(one for one in found if len(one) >= LEAST_FIGURES)
