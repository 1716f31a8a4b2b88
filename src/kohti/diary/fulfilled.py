"""Who waits for an appointment waits no longer once they have one: in the database, whoever books it, and how."""

from __future__ import annotations

from kohti.kernel.rows import definer

FUNCTIONS = (
    definer(
        """
kohti.wish_filled()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update diary_wish set ended_at = kohti.now(), ended = 'filled'
    where person_id = new.person_id and kind_id = new.kind_id and centre_id = new.centre_id and ended_at is null
      and new.starts < before;
    return null;
end $$;
grant execute on function kohti.wish_filled() to public"""
    ),
    """
create or replace trigger wish_filled after insert on diary_booking
for each row when (new.person_id is not null and new.state = 'booked') execute function kohti.wish_filled();
""",
)
