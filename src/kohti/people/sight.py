"""Whom the actor sees, reached by grants and with which keys: looked up once for a moment, and remembered for as long.

Every policy asks this, of every table of a statement. What the first one finds is noted in settings of the
transaction, with the snapshot it was found in. Whoever asks later is given the note while the snapshot is the same
and nothing in this transaction wrote a grant or a person: exactly what looking again would find.

A page about one person says so first (`ABOUT`). Then only that one's grants are looked up, however many people the
actor reaches. It is a hint and opens nothing: whether they are seen is asked all the same.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

IN_FORCE = "ends > (select kohti.now()) and starts <= (select kohti.now())"
TO_ME = f"to_member_id = (select kohti.member()) and purpose <> 'share' and {IN_FORCE}"
TO_MY_FLOOR = (
    f"to_centre_id = (select kohti.floor()) and {IN_FORCE} and to_role in ('', (select kohti.role()))"
)
FAR = "interval '5 years'"


def see(people: str, named: str) -> str:
    """That a row of people_person is in sight: reached by `people`, or where it is restricted by `named`."""
    return (
        f"merged_into_id is null and ((not restricted and (centre_id = (select kohti.whole_centre()) or {people}))"
        f" or (restricted and {named}))"
    )


SEE = see(
    "id = any((select kohti.my_people())::uuid[]) or id = any((select kohti.people_on_my_floor())::uuid[])",
    "id = any((select kohti.my_named())::uuid[])",
)
KEEP = see(
    "id = any((select kohti.my_kept())::uuid[]) or id = any((select kohti.kept_on_my_floor())::uuid[])",
    "id = any((select kohti.my_named())::uuid[])",
)
IN_SIGHT = "(select kohti.in_sight())"
"""The person a page is about, where the actor sees them; else null."""
ABOUT = "set_config('kohti.about', %(person)s::uuid::text, true)::uuid"
"""The person of a statement, said to be whom this and the next ones are about."""

NAMED = "purpose in ('named', 'emergency')"
PERSON, KEY = "person_id", "person_id::text || ':' || field"
REACHED = {
    "sight": {
        "my_people": (PERSON, "field = ''"),
        "my_kept": (PERSON, "field = '' and purpose <> 'former'"),
        "my_named": (PERSON, f"field = '' and {NAMED}"),
        "my_names_to_give": (PERSON, "field = '' and purpose = 'named'"),
        "my_keys": (KEY, "field <> ''"),
        "my_keys_to_give": (KEY, "field <> '' and purpose = 'sealed'"),
    },
    "floor_sight": {
        "people_on_my_floor": (PERSON, "field = ''"),
        "kept_on_my_floor": (PERSON, "field = '' and purpose <> 'former'"),
    },
}
"""What is reached, and by which of the grants in force: those to the actor, and those to the floor of their centre.

Apart, because who is reached oneself is asked first: whoever has fifty people seldom asks for all of a floor's.
"""


def _look(sight: str, grants: str) -> str:
    """`kohti.look_SIGHT(name)`: look up all of these, note them, and give the one that was asked for."""
    found = ",\n        ".join(
        f"set_config('kohti.{name}', coalesce(array_agg({what}) filter (where {which}), '{{}}')::text, true)"
        for name, (what, which) in REACHED[sight].items()
    )
    return definer(
        f"""
kohti.look_{sight}(p_name text)
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform
        {found}
    from people_grant where {grants};
    perform set_config('kohti.{sight}', pg_current_snapshot()::text, true);
    return current_setting('kohti.' || p_name);
end $$"""
    )


def _reached(sight: str, name: str, what: str) -> str:
    """`kohti.NAME()`: plain enough that PostgreSQL writes it into the query that asks."""
    kind = "uuid[]" if what == PERSON else "text[]"
    return definer(
        f"""
kohti.{name}()
returns {kind} language sql stable as $$
    select (case when current_setting('kohti.{sight}', true) = pg_current_snapshot()::text
                 then current_setting('kohti.{name}', true) else kohti.look_{sight}('{name}') end)::{kind}
$$"""
    )


SEEN = {
    "my_seen": "id = any((select kohti.my_people())::uuid[])"
    " and (not restricted or id = any((select kohti.my_named())::uuid[]))",
    "seen_on_my_floor": "id = any((select kohti.people_on_my_floor())::uuid[]) and not restricted",
}
"""Those of whom is reached that are in sight, for what stands beside a person: their own row is not asked for again."""


def _look_who_is_seen(name: str, which: str) -> str:
    """`kohti.look_NAME()`: look up who is in sight, note it, and give it."""
    return definer(
        f"""
kohti.look_{name}()
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform set_config('kohti.{name}', coalesce(array_agg(id), '{{}}')::text, true),
            set_config('kohti.{name}_at', pg_current_snapshot()::text, true)
    from people_person where merged_into_id is null and {which};
    return current_setting('kohti.{name}');
end $$"""
    )


def _seen(name: str) -> str:
    return definer(
        f"""
kohti.{name}()
returns uuid[] language sql stable as $$
    select (case when current_setting('kohti.{name}_at', true) = pg_current_snapshot()::text
                 then current_setting('kohti.{name}', true) else kohti.look_{name}() end)::uuid[]
$$"""
    )


LEADS = definer(
    """
kohti.leads(p_person uuid)
returns boolean language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return exists (select 1 from people_person where id = p_person and merged_into_id is null and not restricted
                   and centre_id = kohti.whole_centre());
end $$"""
)
"""That the actor sees somebody as the leader of their centre; plpgsql, because it keeps its plan."""

GRANTED = "exists (select 1 from people_grant where person_id = v_about and field = '' and ({}))"
LOOK_AT = definer(
    f"""
kohti.look_at()
returns text language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_about uuid := current_setting('kohti.about')::uuid;
begin
    perform set_config('kohti.in_sight', case when exists (
        select 1 from people_person where id = v_about and {
        see(GRANTED.format(f"({TO_ME}) or ({TO_MY_FLOOR})"), GRANTED.format(f"{TO_ME} and {NAMED}"))
    }) then v_about::text else '' end, true);
    perform set_config('kohti.in_sight_at', pg_current_snapshot()::text, true);
    return nullif(current_setting('kohti.in_sight'), '');
end $$"""
)

FUNCTIONS = (
    _look("sight", TO_ME),
    _look("floor_sight", TO_MY_FLOOR),
    LOOK_AT,
    LEADS,
    *(_look_who_is_seen(name, which) for name, which in SEEN.items()),
    *(_seen(name) for name in SEEN),
    definer(
        """
kohti.in_sight()
returns uuid language sql stable as $$
    select (case when coalesce(current_setting('kohti.about', true), '') = '' then null
                 when current_setting('kohti.in_sight_at', true) = pg_current_snapshot()::text
                 then nullif(current_setting('kohti.in_sight', true), '') else kohti.look_at() end)::uuid
$$"""
    ),
    *(
        _reached(sight, name, what)
        for sight, reached in REACHED.items()
        for name, (what, _which) in reached.items()
    ),
    """
create or replace function kohti.sight_changed() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    perform set_config('kohti.sight', '', true), set_config('kohti.floor_sight', '', true),
            set_config('kohti.in_sight_at', '', true), set_config('kohti.my_seen_at', '', true),
            set_config('kohti.seen_on_my_floor_at', '', true), set_config('kohti.my_fields_at', '', true);
    return null;
end $$;
create or replace trigger sight_changed after insert or update or delete on people_grant
for each statement execute function kohti.sight_changed();
create or replace trigger sight_changed after insert or update or delete on people_person
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
