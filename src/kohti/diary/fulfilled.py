"""What the database does for those who wait, whoever books, moves or cancels, and how.

Who waits for an appointment waits no longer once they have one. A time that comes free is written down where somebody
waits. An offer is over with the wish it is for, and what tells of an offer that is over is not sent.
"""

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
    if found then
        perform kohti.record(gen_random_uuid(), 'wish.ended', 'booking', new.id, array[new.person_id], '{"ended": "filled"}');
    end if;
    return null;
end $$;
grant execute on function kohti.wish_filled() to public"""
    ),
    """
create or replace trigger wish_filled after insert on diary_booking
for each row when (new.person_id is not null and new.state = 'booked') execute function kohti.wish_filled();
""",
    # an appointment that is somebody else's now is not what they waited to have earlier
    definer(
        """
kohti.wish_of_another()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update diary_wish set ended_at = kohti.now(), ended = 'gone' where booking_id = new.id and ended_at is null;
    if found then
        perform kohti.record(gen_random_uuid(), 'wish.ended', 'booking', new.id, array[old.person_id], '{"ended": "gone"}');
    end if;
    return null;
end $$;
grant execute on function kohti.wish_of_another() to public"""
    ),
    """
create or replace trigger wish_of_another after update of person_id on diary_booking
for each row when (old.person_id is distinct from new.person_id and old.link <> new.link)
execute function kohti.wish_of_another();
""",
    definer(
        """
kohti.wish_ended()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_offer diary_offer;
begin
    for v_offer in
        update diary_offer set state = 'gone', answered_at = kohti.now() where wish_id = new.id and state = 'open' returning *
    loop
        perform kohti.record(gen_random_uuid(), 'offer.ended', case when v_offer.booking_id is null then 'person'
            else 'booking' end, coalesce(v_offer.booking_id, v_offer.person_id), array[v_offer.person_id], '{"ended": "gone"}');
    end loop;
    return null;
end $$;
grant execute on function kohti.wish_ended() to public"""
    ),
    """
create or replace trigger wish_ended after update of ended_at on diary_wish
for each row when (old.ended_at is null and new.ended_at is not null) execute function kohti.wish_ended();
""",
    definer(
        """
kohti.offer_over()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update kernel_message set state = 'cancelled', since = kohti.now() where id = new.message_id and state = 'queued';
    return null;
end $$;
grant execute on function kohti.offer_over() to public"""
    ),
    """
create or replace trigger offer_over after update of state on diary_offer
for each row when (old.state = 'open' and new.state <> 'open') execute function kohti.offer_over();
""",
    definer(
        """
kohti.time_freed()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.starts > kohti.now() and exists (
        select 1 from diary_wish w where w.centre_id = old.centre_id and w.ended_at is null
    ) then
        insert into diary_freed (id, service_id, centre_id, staff_id, starts, ends, at)
        values (gen_random_uuid(), old.service_id, old.centre_id, old.staff_id, old.starts, old.ends, kohti.now())
        on conflict (staff_id, starts, ends) do update set at = excluded.at;
    end if;
    return null;
end $$;
grant execute on function kohti.time_freed() to public"""
    ),
    """
-- a file sets what it changes aside as missed before it puts it elsewhere
create or replace trigger time_freed after update of starts, ends, staff_id, state on diary_booking
for each row when (old.staff_id is not null and old.state in ('booked', 'missed') and (new.state = 'cancelled'
    or old.starts <> new.starts or old.ends <> new.ends or old.staff_id is distinct from new.staff_id))
execute function kohti.time_freed();
""",
)
