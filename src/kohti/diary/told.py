"""What people are told of their appointments goes with these: in the database, whoever changes an appointment, and how."""

from __future__ import annotations

from kohti.kernel.rows import definer

REMINDERS = "(select v.plan->'reminders' from team_blueprintversion v where v.service_id = {} order by v.number desc limit 1)"

FUNCTIONS = (
    # What waits to be said of an appointment that stands there no longer is not said; what left has left.
    definer(
        """
kohti.told_follows()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    with gone as (
        update kernel_message m set state = 'cancelled', since = kohti.now()
        from diary_reminder r
        where r.booking_id = new.id and r.state = 'written' and r.message_id = m.id and m.state = 'queued'
        returning r.id
    )
    update diary_reminder set state = 'taken-back'
    where booking_id = new.id and (state = 'waiting' or id in (select id from gone));
    return null;
end $$;
grant execute on function kohti.told_follows() to public"""
    ),
    """
create or replace trigger told_follows after update of starts, centre_id, person_id, state on diary_booking
for each row when (old.starts is distinct from new.starts or old.centre_id is distinct from new.centre_id
    or (old.person_id is distinct from new.person_id and old.link <> new.link)
    or (new.state = 'cancelled' and old.state <> 'cancelled'))
execute function kohti.told_follows();
""",
    # A word at once, where the blueprint says so: for whoever made, moved or cancelled it, who need not see whom.
    # Whether it stands at another time than before (`p_moved`) is known to who put it there.
    definer(
        f"""
kohti.confirm(p_bookings uuid[], p_moved boolean)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into diary_reminder (id, service_id, centre_id, booking_id, about, hours, version, starts, due, channel, state, why)
    select gen_random_uuid(), b.service_id, b.centre_id, b.id, h.about, 0, b.version, b.starts, kohti.now(), '', 'waiting', ''
    from diary_booking b join diary_kind k on k.id = b.kind_id
    cross join lateral (select case when b.state = 'cancelled' then 'cancelled'
                                    when p_moved then 'moved' else 'booked' end as about) h
    where b.id = any(p_bookings) and b.service_id = kohti.service() and kohti.kind() in ('member', 'guest', 'system')
      and b.person_id is not null and b.starts > kohti.now() and b.state in ('booked', 'cancelled') and k.reminds
      and {REMINDERS.format("b.service_id")} -> 'confirm' ? h.about
    on conflict do nothing
$$"""
    ),
    # What became of it is said to whoever works there and has the appointment before them.
    definer(
        """
kohti.told_of(p_bookings uuid[])
returns table (booking_id uuid, about text, due timestamptz, channel text, state text, why text, message text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.booking_id, r.about, r.due, r.channel, r.state, r.why, m.state
    from diary_reminder r left join kernel_message m on m.id = r.message_id
    where r.booking_id = any(p_bookings) and r.service_id = kohti.colleagues()
    order by r.due, r.hours, r.id
$$"""
    ),
)
