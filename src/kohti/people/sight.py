"""Whom the actor reaches by grants, and with which keys: looked up once for a moment, and remembered for as long.

Every policy asks this, of every table of a statement. What the first one finds is noted in settings of the
transaction, with the snapshot it was found in. Whoever asks later is given the note while the snapshot is the same
and nobody in this transaction wrote a grant: exactly what looking again would find.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

IN_FORCE = "ends > (select kohti.now()) and starts <= (select kohti.now())"
TO_ME = f"to_member_id = (select kohti.member()) and {IN_FORCE}"
TO_MY_FLOOR = (
    f"to_centre_id = (select kohti.floor()) and {IN_FORCE} and to_role in ('', (select kohti.role()))"
)
FAR = "interval '5 years'"

PERSON, KEY = "person_id", "person_id::text || ':' || field"
REACHED = {
    "my_people": (PERSON, "field = ''"),
    "my_kept": (PERSON, "field = '' and purpose <> 'former'"),
    "my_named": (PERSON, "mine and field = '' and purpose in ('named', 'emergency')"),
    "my_names_to_give": (PERSON, "mine and field = '' and purpose = 'named'"),
    "my_keys": (KEY, "mine and field <> ''"),
    "my_keys_to_give": (KEY, "mine and field <> '' and purpose = 'sealed'"),
}
"""What is reached, and by which of the grants in force: those to the actor's own place are `mine`."""


def _look() -> str:
    found = ",\n        ".join(
        f"set_config('kohti.{name}', coalesce(array_agg({what}) filter (where {which}), '{{}}')::text, true)"
        for name, (what, which) in REACHED.items()
    )
    # Not in parallel: it writes settings. In a volatile caller it sees what the caller has just written.
    return definer(
        f"""
kohti.look(p_name text)
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform
        {found}
    from (
        select false as mine, person_id, field, purpose from people_grant where {TO_MY_FLOOR} union all
        select true, person_id, field, purpose from people_grant where {TO_ME}
    ) reached;
    perform set_config('kohti.sight', pg_current_snapshot()::text, true);
    return current_setting('kohti.' || p_name);
end $$"""
    )


def _reached(name: str, what: str) -> str:
    """`kohti.NAME()`: plain enough that PostgreSQL writes it into the query that asks."""
    kind = "uuid[]" if what == PERSON else "text[]"
    return definer(
        f"""
kohti.{name}()
returns {kind} language sql stable as $$
    select (case when current_setting('kohti.sight', true) = pg_current_snapshot()::text
                 then current_setting('kohti.{name}', true) else kohti.look('{name}') end)::{kind}
$$"""
    )


FUNCTIONS = (
    _look(),
    *(_reached(name, what) for name, (what, _which) in REACHED.items()),
    """
create or replace function kohti.sight_changed() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    perform set_config('kohti.sight', '', true);
    return null;
end $$;
create or replace trigger sight_changed after insert or update or delete on people_grant
for each statement execute function kohti.sight_changed();
""",
    # The verbs of the role are noted when the database is told who asks.
    definer(
        """
kohti.may(p_verb text)
returns boolean language sql stable as $$
    select coalesce(nullif(current_setting('kohti.verbs', true), '')::jsonb ? p_verb, false)
$$"""
    ),
)
