"""How many rows each record brings, and how many of them whoever merges may not read: `kohti.carried_counts`."""

from __future__ import annotations

from kohti.kernel.carried import Carried
from kohti.kernel.rows import definer

from .carried import CARRIED

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
