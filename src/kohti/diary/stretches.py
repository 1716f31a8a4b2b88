"""SQL of free time: what the hours of a centre leave, once what is booked, held or away is taken from them.

All of it is arithmetic of sets: the open stretches of a centre less the taken stretches of a colleague, and less those
of the person; where something is needed, what is left is cut with what is left of a room that has it.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

TRAVEL_MINUTES = 30
"""Between two centres of which the blueprint says nothing."""

DROP_INS = """
create or replace function kohti.drop_ins_between(p_centres uuid[], p_first date, p_last date, p_zone text)
returns table (id uuid, centre_id uuid, staff_id uuid, room_id uuid, day date, starts timestamptz, ends timestamptz)
language sql stable as $$
    select d.id, d.centre_id, d.staff_id, d.room_id, g.at::date, (g.at + d.opens) at time zone p_zone,
        (g.at + least(d.closes, c.closes)) at time zone p_zone
    from diary_dropin d
    join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') g(at)
      on extract(isodow from g.at) - 1 = d.weekday and g.at >= d.first and (d.last is null or g.at <= d.last)
      and g.at::date <> all(d.except_days) and g.at::date <> all(d.skipped_days)
    left join diary_closure c on c.centre_id = d.centre_id and c.day = g.at::date
    where d.centre_id = any(p_centres) and (c.id is null or c.closes > d.opens)
$$;
"""
"""The sessions of some centres on some days: local wall time of each day, as an instant."""

FREE = definer(
    f"""
kohti.free_stretches(p_centres uuid[], p_staff uuid[], p_person uuid, p_but uuid, p_needs text[], p_first date,
                     p_last date, p_from timestamptz, p_until timestamptz, p_long interval, p_zone text)
returns table (centre_id uuid, staff_id uuid, room_id uuid, starts timestamptz, ends timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set jit = off as $$
with centres as materialized (
    select c.id, c.service_id from team_centre c
    where c.id = any(p_centres) and not c.retired and (
        c.service_id = (select kohti.system())
        or (c.service_id = (select kohti.service())
            and ((select kohti.may('diary.book')) or (select kohti.may('journeys.work'))))
        or c.id = (select kohti.guest_of()))
),
ways as (
    select t.one_id, t.other_id, t.minutes from diary_travel t
    union all select t.other_id, t.one_id, t.minutes from diary_travel t
),
hours as materialized (
    select h.centre_id, range_agg(h.during) as open from (
        select o.centre_id, tstzrange(greatest((g.at + o.opens) at time zone p_zone, p_from),
            greatest((g.at + least(o.closes, c.closes)) at time zone p_zone, p_from)) as during
        from centres z join diary_opening o on o.centre_id = z.id
        join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') g(at)
          on extract(isodow from g.at) - 1 = o.weekday
        left join diary_closure c on c.centre_id = o.centre_id and c.day = g.at::date
        where c.id is null or c.closes > o.opens) h
    group by h.centre_id
),
colleagues as materialized (
    select s.id as staff_id, z.id as centre_id
    from centres z join team_staff s on s.service_id = z.service_id
     and case when p_staff is null then s.centre_id = z.id and (
            not exists (select 1 from team_membership m where m.staff_id = s.id)
            or exists (select 1 from team_membership m join team_role r on r.id = m.role_id
                       where m.staff_id = s.id and (m.ends is null or m.ends > p_from)
                         and r.verbs ? 'journeys.work'))
         else s.id = any(p_staff) end
),
leaving as materialized (
    select m.staff_id, max(m.ends) as ends from team_membership m
    where m.service_id in (select z.service_id from centres z)
    group by m.staff_id having bool_and(m.ends is not null)
),
held as materialized (
    select d.* from (
        select array_agg(c.id) as ids from team_centre c where c.service_id in (select z.service_id from centres z)) a
    cross join lateral kohti.drop_ins_between(a.ids, p_first, p_last, p_zone) d
    where d.staff_id is not null or d.room_id is not null
),
placed as materialized (
    select p.staff_id, p.centre_id, lower(h.during) as starts, upper(h.during) as ends
    from (select array_agg(c.id) as ids from team_centre c where c.service_id in (select z.service_id from centres z)) a
    cross join lateral kohti.placed_between(a.ids, p_first, p_last, p_zone) p
    cross join lateral unnest(p.present) h(during)
    where p.staff_id in (select k.staff_id from colleagues k)
),
by_rota as (
    -- on the days on which a rota says when a colleague is here, they have no time but then
    select f.staff_id, f.centre_id, range_agg(f.during) as out, coalesce((select range_agg(tstzrange(p.starts, p.ends))
        from placed p where p.staff_id = f.staff_id and p.centre_id = f.centre_id), '{{}}') as here
    from (select f.staff_id, f.centre_id, tstzrange(f.day::timestamp at time zone p_zone,
            (f.day + 1)::timestamp at time zone p_zone) as during
          from kohti.fenced_between((select array_agg(z.id) from centres z), p_first, p_last) f) f
    group by f.staff_id, f.centre_id
),
booked as materialized (
    -- What matters of a colleague's bookings, each read once and in order: where they leave a gap that is long
    -- enough, where they end, and those at another centre.
    select k.staff_id, k.centre_id as here, b.starts, b.ends, b.centre_id as at, b.before, b.after
    from colleagues k left join lateral (
        select x.starts, x.ends, x.centre_id, max(x.ends) over earlier as before, lead(x.starts) over earlier as after
        from diary_booking x
        where x.staff_id = k.staff_id and x.holds and x.starts > p_from - interval '1 day' and x.starts < p_until
          and x.ends > p_from and (p_but is null or x.id <> p_but)
        window earlier as (order by x.starts rows between unbounded preceding and 1 preceding)
    ) b on true
    where b.before is null or b.after is null or b.starts - b.before >= p_long or b.centre_id <> k.centre_id
),
gaps as (
    select g.staff_id, g.here, range_agg(g.during) as free from (
        select b.staff_id, b.here, tstzrange(coalesce(b.before, p_from), coalesce(b.starts, p_until)) as during
        from booked b where coalesce(b.before, p_from) < coalesce(b.starts, p_until)
        union all
        select b.staff_id, b.here, tstzrange(greatest(b.before, b.ends), p_until)
        from booked b where b.after is null and b.starts is not null and greatest(b.before, b.ends) < p_until) g
    group by g.staff_id, g.here
),
held_back as materialized (
    select t.staff_id, t.here, range_agg(tstzrange(t.starts - t.way, t.ends + t.way)) as busy from (
        select e.staff_id, e.here, e.starts, e.ends, case when e.at = e.here then interval '0' else
            make_interval(mins => coalesce((select w.minutes from ways w
                where w.one_id = e.at and w.other_id = e.here limit 1), {TRAVEL_MINUTES})) end as way
        from (
            select b.staff_id, b.here, b.at, b.starts, b.ends from booked b where b.at <> b.here
            union all
            select k.staff_id, k.centre_id, d.centre_id, d.starts, d.ends
            from colleagues k join held d on d.staff_id = k.staff_id
            union all
            select k.staff_id, k.centre_id, p.centre_id, p.starts, p.ends
            from colleagues k join placed p on p.staff_id = k.staff_id and p.centre_id <> k.centre_id
            union all
            select k.staff_id, k.centre_id, k.centre_id, a.starts, a.ends
            from colleagues k join diary_absence a on a.staff_id = k.staff_id
            where a.ends > p_from and a.starts < p_until
            union all
            select k.staff_id, k.centre_id, k.centre_id, greatest(m.ends, p_from), p_until
            from colleagues k join leaving m on m.staff_id = k.staff_id
            where m.ends < p_until) e) t
    group by t.staff_id, t.here
),
of_the_person as (
    select coalesce(range_agg(tstzrange(b.starts, b.ends)), '{{}}') as busy from diary_booking b
    where b.person_id = p_person and b.holds and b.ends > p_from and b.id is distinct from p_but
      and b.starts < p_until
),
in_hours as (
    select k.staff_id, k.centre_id, h.open * g.free - coalesce(t.busy, '{{}}') - p.busy
        - coalesce(o.out - o.here, '{{}}') as open
    from gaps g join colleagues k on k.staff_id = g.staff_id and k.centre_id = g.here
    join hours h on h.centre_id = k.centre_id cross join of_the_person p
    left join held_back t on t.staff_id = k.staff_id and t.here = k.centre_id
    left join by_rota o on o.staff_id = k.staff_id and o.centre_id = k.centre_id
),
rooms as (
    select r.id, r.centre_id, h.open - coalesce((
        select range_agg(tstzrange(t.starts, t.ends)) from (
            select b.starts, b.ends from diary_booking b
            where b.room_id = r.id and b.holds and b.ends > p_from and b.id is distinct from p_but
              and tstzrange(b.starts, b.ends) && tstzrange(p_from, p_until)
            union all select d.starts, d.ends from held d where d.room_id = r.id) t), '{{}}') as free
    from hours h join diary_room r on r.centre_id = h.centre_id
    where p_needs <> '{{}}' and not r.retired and p_needs <@ r.has::text[]
)
select f.centre_id, f.staff_id, f.room_id, lower(f.during), upper(f.during) from (
    select h.centre_id, h.staff_id, null::uuid as room_id, unnest(h.open) as during
    from in_hours h where p_needs = '{{}}'
    union all
    select h.centre_id, h.staff_id, r.id, unnest(h.open * r.free)
    from in_hours h join rooms r on r.centre_id = h.centre_id
    where p_needs <> '{{}}') f
where upper(f.during) - lower(f.during) >= p_long
$$"""
)
"""When colleagues of some centres have so long a time, and the person too: no more than that, of anybody.

`p_staff`: these colleagues at these centres; null: whoever has people in hand and belongs there. `p_but`: an
appointment that is to be moved does not stand in its own way. `p_needs`: what a room must have.
"""

IN_THE_WAY = definer(
    """
kohti.in_the_way(p_centre uuid, p_staff uuid, p_room uuid, p_starts timestamptz, p_ends timestamptz, p_zone text)
returns table (why text, opens time, closes time)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set jit = off as $$
    with wanted as (
        select c.id, c.service_id, s.at::date as day, s.at as begins, p_ends at time zone p_zone as ends
        from team_centre c cross join (select p_starts at time zone p_zone as at) s
        where c.id = p_centre and c.service_id in (kohti.system(), kohti.service())
    ),
    held as materialized (
        select d.staff_id, d.room_id from wanted w cross join lateral kohti.drop_ins_between(
            (select array_agg(c.id) from team_centre c where c.service_id = w.service_id), w.day, w.day, p_zone) d
        where d.starts < p_ends and d.ends > p_starts and (d.staff_id = p_staff or d.room_id = p_room)
    ),
    placed as materialized (
        select p.centre_id, p.present from wanted w cross join lateral kohti.placed_between(
            (select array_agg(c.id) from team_centre c where c.service_id = w.service_id and p_staff is not null),
            w.day, w.day, p_zone) p
        where p.staff_id = p_staff
    )
    select f.why, f.opens, f.closes from (
        select 1 as nth, case when c.closes is null then 'closed' else 'closes' end as why, null::time as opens, c.closes
        from wanted w join diary_closure c on c.centre_id = w.id and c.day = w.day
        where c.closes is null or w.ends > w.day + c.closes
        union all
        select 2, case when o.id is null then 'closed' else 'hours' end, o.opens, o.closes
        from wanted w left join diary_opening o on o.centre_id = w.id and o.weekday = extract(isodow from w.day) - 1
        where (o.id is null or w.begins < w.day + o.opens or w.ends > w.day + o.closes)
          and exists (select 1 from diary_opening any_day where any_day.centre_id = w.id)
        union all
        select 3, 'room-held', null, null from held where room_id = p_room
        union all
        select 4, 'staff-holds', null, null from held where staff_id = p_staff
        union all
        select 5, 'away', null, null from diary_absence a, wanted
        where a.staff_id = p_staff and a.starts < p_ends and a.ends > p_starts
        union all
        select 5, 'left', null, null from wanted w
        where exists (select 1 from team_membership m where m.staff_id = p_staff and m.ends < p_ends)
          and not exists (select 1 from team_membership m
                          where m.staff_id = p_staff and (m.ends is null or m.ends >= p_ends))
        union all
        select 6, 'not-placed', null, null from wanted w
        where exists (select 1 from kohti.fenced_between(array[w.id], w.day, w.day) f where f.staff_id = p_staff)
          and not coalesce((select range_agg(h.during) from placed p, unnest(p.present) h(during) where p.centre_id = w.id)
                           @> tstzrange(p_starts, p_ends), false)
        union all
        select 6, 'elsewhere', null, null from wanted w
        where exists (select 1 from placed p where p.centre_id <> w.id and p.present && tstzrange(p_starts, p_ends))
        union all
        select 7, 'no-room', null, null from wanted w
        where p_room is not null
          and not exists (select 1 from diary_room r where r.id = p_room and r.centre_id = w.id)) f
    order by f.nth
$$"""
)
"""Why a time at a centre of the service could not be kept, what weighs most first: no more than that, of anybody."""

ROOM_NEEDS = definer(
    """
kohti.room_needs(p_person uuid, p_day date, p_of_rooms text[])
returns text[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(distinct c.code), '{}')
    from people_person p cross join lateral jsonb_array_elements(p.heed) m
    cross join lateral jsonb_array_elements_text(m -> 3 -> 'promises') c(code)
    where p.id = p_person and (p.id = (select kohti.guest_person()) or kohti.sees(p.id)) and c.code = any(p_of_rooms)
      and coalesce(m -> 3 ->> 'from', '') <= p_day::text and coalesce(m ->> 2, '9999') >= p_day::text
$$"""
)
"""What helps somebody on a day and a room has, for whoever sees them and for themselves: never why."""

FUNCTIONS = (FREE, IN_THE_WAY, ROOM_NEEDS)
