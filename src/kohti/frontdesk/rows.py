"""Who may see the front desk: those on its floor, for its day; the leader of a centre, every day.

When somebody came is part of their time here: whoever sees their way sees that too.
"""

from __future__ import annotations

from kohti.diary.rows import OF_SOMEBODY_SEEN
from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table
from kohti.kernel.rows import definer

from .day_figures import FUNCTIONS as OF_FIGURES
from .line_hours import HELD_NEXT, LINE_HOURS, OWN_LINE
from .rows_of_devices import AT_THE_KIOSK, BY_THE_KIOSK, NOBODYS
from .rows_of_devices import FUNCTIONS as OF_DEVICES

FUNCTIONS = (
    *OF_FIGURES,
    definer(
        """
kohti.admitted_visits()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(id), '{}') from frontdesk_visit where booking_id = kohti.admitted()
$$"""
    ),
    # How each line of a centre goes, numbers alone: whoever is of the service, a board and a guest too, may know.
    definer(
        """
kohti.paces(p_centre uuid, p_day date)
returns table (stream_id uuid, code text, title jsonb, of_appointments boolean, everybody boolean, promise smallint,
    usual double precision, waiting bigint, busy bigint, hands double precision, talks bigint,
    minutes double precision, came bigint, place smallint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with visits as materialized (
        select v.id, v.stream_id, v.state, v.with_staff_id, v.state_since, v.is_open, v.booking_id, v.arrived_at,
            v.state = 'waiting' and (v.parked_until is null or v.parked_until <= kohti.now()) as waits
        from frontdesk_visit v
        where v.centre_id = p_centre and v.day = p_day and v.counts and v.service_id = kohti.service()
    ), shares as (
        select stream_id, n / sum(n) over (partition by with_staff_id) as share from (
            select stream_id, with_staff_id, count(*) as n from visits
            where with_staff_id is not null and (state in ('called', 'serving')
                or (state = 'done' and state_since > kohti.now() - interval '45 minutes'))
            group by 1, 2) served
    ), talked as (
        select v.stream_id, count(*) as talks, sum(extract(epoch from p.ends - p.starts)) / 60 as minutes
        from visits v join frontdesk_period p on p.visit_id = v.id and p.state = 'serving' and p.ends is not null
        where v.state = 'done' and v.state_since > kohti.now() - interval '2 hours' group by 1
    ), agreed as (
        select extract(epoch from avg(b.ends - b.starts)) / 60 as minutes
        from visits v join diary_booking b on b.id = v.booking_id where v.is_open
    )
    select s.id, s.code, s.title, s.of_appointments, s.everybody, s.promise_minutes,
        coalesce(case when s.of_appointments then (select minutes from agreed) end, s.talk_minutes),
        count(v.id) filter (where v.waits), count(v.id) filter (where v.state in ('called', 'serving')),
        coalesce((select sum(share) from shares h where h.stream_id = s.id), 0),
        coalesce((select t.talks from talked t where t.stream_id = s.id), 0),
        coalesce((select t.minutes from talked t where t.stream_id = s.id), 0),
        count(v.id) filter (where v.arrived_at > kohti.now() - interval '1 hour'), s.position
    from frontdesk_stream s left join visits v on v.stream_id = s.id
    where s.service_id = kohti.service() and not s.retired
      and (not s.by_hand or exists (select 1 from visits o where o.stream_id = s.id and o.is_open) or exists (
          select 1 from diary_dropin d
          where d.centre_id = p_centre and d.stream = s.code and (d.last is null or d.last >= p_day)))
    group by s.id order by s.position
$$"""
    ),
    definer(
        """
kohti.place_in_line(p_visit uuid)
returns table (code text, ahead bigint, waits boolean, named boolean, busy boolean, agreed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.code,
        (select count(*) from frontdesk_visit o where o.centre_id = v.centre_id and o.day = v.day and o.is_open
            and o.state = 'waiting' and (o.parked_until is null or o.parked_until <= kohti.now())
            and case when v.staff_id is null then o.staff_id is null and o.stream_id = v.stream_id
                else o.staff_id = v.staff_id end
            and (-o.urgency, o.order_at, o.number) < (-v.urgency, v.order_at, v.number)),
        v.state = 'waiting', v.staff_id is not null,
        exists (select 1 from frontdesk_visit o where o.centre_id = v.centre_id and o.day = v.day and o.is_open
            and o.with_staff_id = v.staff_id and o.state in ('called', 'serving')), v.agreed_at
    from frontdesk_visit v join frontdesk_stream s on s.id = v.stream_id
    where v.id = p_visit and v.service_id = kohti.service()
        and (v.centre_id = kohti.floor() or v.booking_id = kohti.admitted())
$$"""
    ),
    # Whoever waits as a walk-in and has an appointment has one ticket: found under the lock under which walk-ins come.
    definer(
        """
kohti.here_without_it(p_booking uuid)
returns uuid language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_booking diary_booking;
begin
    select * into v_booking from diary_booking b
    where b.id = p_booking and b.person_id is not null and (b.centre_id = kohti.floor() or b.id = kohti.admitted());
    if not found then
        return null;
    end if;
    perform pg_advisory_xact_lock(7236011, hashtext(v_booking.person_id::text));
    return (select v.id from frontdesk_visit v
            where v.person_id = v_booking.person_id and v.centre_id = v_booking.centre_id and v.day = v_booking.day
              and v.is_open and v.booking_id is null order by v.number limit 1);
end $$"""
    ),
    definer(
        """
kohti.is_here_for(p_visit uuid, p_booking uuid, p_stream uuid)
returns void language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update frontdesk_visit v
    set booking_id = b.id, agreed_at = b.starts, version = v.version + 1,
        staff_id = case when p.plain then b.staff_id else v.staff_id end,
        stream_id = case when p.plain then p_stream else v.stream_id end
    from diary_booking b, lateral (
        select state = 'waiting' and urgency < 2 and handed_by_id is null as plain from frontdesk_visit where id = p_visit) p
    where b.id = p_booking and (b.centre_id = kohti.floor() or b.id = kohti.admitted())
      and v.id = p_visit and v.person_id = b.person_id and v.centre_id = b.centre_id and v.day = b.day
      and v.is_open and v.booking_id is null
$$"""
    ),
    LINE_HOURS,
    HELD_NEXT,
    OWN_LINE,
    *OF_DEVICES,
)

BY_THE_GUEST = "booking_id = (select kohti.admitted())"
"""Whoever checks themselves in, with the one appointment they are known by."""
OF_THE_GUEST = "visit_id = any((select kohti.admitted_visits())::uuid[])"
AT_THE_GUEST_S_CENTRE = "(centre_id = (select kohti.guest_of()) and day = (select kohti.first_day()))"

TABLES = (
    Table(name="frontdesk_stream", see=OWN_SERVICE),
    Table(name="frontdesk_reason", see=OWN_SERVICE),
    Table(
        name="frontdesk_day",
        see=f"({ON_THE_FLOOR}) or {AT_THE_GUEST_S_CENTRE} or {AT_THE_KIOSK}",
        add=f"({ON_THE_FLOOR}) or {AT_THE_GUEST_S_CENTRE} or {AT_THE_KIOSK}",
        change=f"({ON_THE_FLOOR}) or {AT_THE_GUEST_S_CENTRE} or {AT_THE_KIOSK}",
    ),
    Table(
        name="frontdesk_period",
        see=f"({ON_THE_FLOOR}) or {OF_THE_GUEST}",
        add=f"({ON_THE_FLOOR}) or {OF_THE_GUEST} or {BY_THE_KIOSK}",
        change=f"({ON_THE_FLOOR}) or {OF_THE_GUEST}",
    ),
    Table(name="frontdesk_help", see=ON_THE_FLOOR, add=ON_THE_FLOOR, change=ON_THE_FLOOR),
    Table(
        name="frontdesk_visit",
        see=f"({ON_THE_FLOOR}) or {OF_SOMEBODY_SEEN} or {BY_THE_GUEST}",
        add=f"({ON_THE_FLOOR}) or {BY_THE_GUEST} or {NOBODYS}",
        change=f"({ON_THE_FLOOR}) or {BY_THE_GUEST}",
    ),
)
