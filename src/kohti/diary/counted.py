"""What a calendar program is told of drop-ins and absences counts up with each change (RFC 5545, SEQUENCE).

The database counts, whoever changed: an action, the blueprint, or a closed day of the centre.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

FUNCTIONS = (
    """
create or replace function kohti.one_more_version()
returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    return new;
end $$;
grant execute on function kohti.one_more_version() to public;
create or replace trigger drop_in_changed before update on diary_dropin
for each row when (old.* is distinct from new.*) execute function kohti.one_more_version();
create or replace trigger absence_changed before update of starts, ends on diary_absence
for each row when ((old.starts, old.ends) is distinct from (new.starts, new.ends))
execute function kohti.one_more_version();
""",
    definer(
        """
kohti.closure_changed()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update diary_dropin d set version = d.version + 1
    from (values (old.centre_id, old.day), (new.centre_id, new.day)) c(centre_id, day)
    where d.centre_id = c.centre_id and d.weekday = extract(isodow from c.day) - 1;
    return null;
end $$;
grant execute on function kohti.closure_changed() to public"""
    ),
    """
create or replace trigger closure_changed after insert or update or delete on diary_closure
for each row execute function kohti.closure_changed();
""",
)
