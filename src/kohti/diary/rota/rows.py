"""SQL of the rota: who of which organisation is at a centre when, and who may see and keep it."""

from __future__ import annotations

from kohti.kernel.policies import OWN_SERVICE, Table
from kohti.kernel.rows import definer

PLACED = """
create or replace function kohti.placed_between(p_centres uuid[], p_first date, p_last date, p_zone text)
returns table (line_id uuid, centre_id uuid, organisation_id uuid, staff_id uuid, instead_of uuid, room_id uuid,
               day date, starts timestamptz, ends timestamptz, holiday boolean, present tstzmultirange)
language sql stable as $$
    with changes as materialized (
        select x.centre_id, x.organisation_id, x.staff_id, x.cover_id, x.first, x.last from diary_rotachange x
        where x.ended_at is null and x.last >= p_first and x.first <= p_last
          and x.service_id in (select c.service_id from team_centre c where c.id = any(p_centres))
    ),
    planned as materialized (
        select l.id as line_id, r.centre_id, r.organisation_id, l.staff_id, l.room_id, g.at::date as day,
            b.starts, greatest(b.starts, b.ends) as ends,
            exists (select 1 from changes x where x.staff_id is null and x.centre_id = r.centre_id
                    and x.organisation_id = r.organisation_id and g.at::date between x.first and x.last) as holiday
        from diary_rota r join diary_rotaline l on l.rota_id = r.id
        join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') g(at)
          on extract(isodow from g.at) - 1 = l.weekday and g.at::date >= r.starts
         and (r.ends is null or g.at::date < r.ends)
        left join diary_closure c on c.centre_id = r.centre_id and c.day = g.at::date
        cross join lateral (select (g.at + l.opens) at time zone p_zone as starts,
            (g.at + least(l.closes, c.closes)) at time zone p_zone as ends) b
        where r.centre_id = any(p_centres) and (r.ends is null or r.ends > p_first) and r.starts <= p_last
          and (c.id is null or c.closes > l.opens)
    ),
    gone as materialized (
        select w.staff_id, range_agg(n.during) as during
        from (select p.staff_id from planned p where p.staff_id is not null
              union select x.cover_id from changes x where x.cover_id is not null) w
        cross join lateral (
            select tstzrange(a.starts, a.ends) from diary_absence a
            where a.staff_id = w.staff_id and a.ends > p_first::timestamp at time zone p_zone
              and a.starts < (p_last + 1)::timestamp at time zone p_zone
            union all
            select tstzrange(x.first::timestamp at time zone p_zone, (x.last + 1)::timestamp at time zone p_zone)
            from changes x where x.staff_id = w.staff_id
            union all
            select tstzrange(max(m.ends), null) from team_membership m where m.staff_id = w.staff_id
            having bool_and(m.ends is not null)) n(during)
        group by w.staff_id
    )
    select s.line_id, s.centre_id, s.organisation_id, s.staff_id, s.instead_of, s.room_id, s.day, s.starts, s.ends,
        s.holiday, case when s.holiday then '{}'
            else tstzmultirange(tstzrange(s.starts, s.ends)) - coalesce(g.during, '{}') end
    from (
        select p.line_id, p.centre_id, p.organisation_id, p.staff_id, null::uuid as instead_of, p.room_id, p.day,
            p.starts, p.ends, p.holiday
        from planned p
        union all
        select p.line_id, p.centre_id, p.organisation_id, x.cover_id, p.staff_id, p.room_id, p.day, p.starts, p.ends,
            p.holiday
        from planned p join changes x on x.staff_id = p.staff_id and x.centre_id = p.centre_id
         and p.day between x.first and x.last) s
    left join gone g on g.staff_id = s.staff_id
$$;
"""
"""Who is placed at some centres on some days by a rota in force, and who stands in: local wall time of each day.

Of each: from when to when by the rota, and `present`, what is left of that once their absences, the days somebody
stands in for them, their leaving and their organisation's holidays are taken away. Without a colleague: whoever comes.
"""

FENCED = """
create or replace function kohti.fenced_between(p_centres uuid[], p_first date, p_last date)
returns table (centre_id uuid, staff_id uuid, day date)
language sql stable as $$
    select distinct r.centre_id, l.staff_id, g.at::date
    from diary_rota r join diary_rotaline l on l.rota_id = r.id and l.staff_id is not null
    join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') g(at)
      on g.at::date >= r.starts and (r.ends is null or g.at::date < r.ends)
    where r.centre_id = any(p_centres) and r.starts <= p_last and (r.ends is null or r.ends > p_first)
    union
    select x.centre_id, x.cover_id, g.at::date
    from diary_rotachange x join team_staff s on s.id = x.cover_id and s.centre_id <> x.centre_id
    join generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') g(at)
      on g.at::date between x.first and x.last
    where x.centre_id = any(p_centres) and x.ended_at is null and x.last >= p_first and x.first <= p_last
$$;
"""
"""Who can be booked at a centre on a day in the hours of the rota only: whoever a rota in force on that day places
there, on whatever weekday, and whoever stands in from another centre."""

WHO_IS_PLACED = definer(
    """
kohti.who_is_placed(p_centre uuid, p_first date, p_last date, p_zone text)
returns table (line_id uuid, organisation_id uuid, staff_id uuid, name text, instead_of uuid, instead text, room_id uuid,
               day date, starts timestamptz, ends timestamptz, holiday boolean, here_from timestamptz,
               here_until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set jit = off as $$
    select p.line_id, p.organisation_id, p.staff_id, coalesce(s.full_name, ''), p.instead_of, coalesce(i.full_name, ''),
        p.room_id, p.day, p.starts, p.ends, p.holiday, lower(h.during), upper(h.during)
    from team_centre c
    cross join lateral kohti.placed_between(array[c.id], p_first, p_last, p_zone) p
    left join lateral unnest(p.present) h(during) on true
    left join team_staff s on s.id = p.staff_id
    left join team_staff i on i.id = p.instead_of
    where c.id = p_centre and (c.id = (select kohti.floor()) or c.service_id = (select kohti.system()))
$$"""
)
"""The same for whoever works on the floor of the centre, each stretch of presence by itself; somebody not there at all
has one row without."""

UNHELD = """
create or replace function kohti.unheld_between(p_centre uuid, p_first date, p_last date, p_zone text)
returns table (id uuid, day date)
language sql stable as $$
    with held as materialized (
        select h.id, h.day, h.starts, h.ends, d.staff_id, d.organisation_id
        from kohti.drop_ins_between(array[p_centre], p_first, p_last, p_zone) h join diary_dropin d on d.id = h.id
    ),
    meant as materialized (
        select h.id, h.day, bool_or(p.present && tstzrange(h.starts, h.ends)) as here
        from held h join kohti.placed_between(array[p_centre], p_first, p_last, p_zone) p
          on p.day = h.day and p.starts < h.ends and p.ends > h.starts
         and case when h.staff_id is null then p.organisation_id = h.organisation_id
                  else h.staff_id in (p.staff_id, p.instead_of) end
        group by h.id, h.day
    )
    select h.id, h.day from held h left join meant m on m.id = h.id and m.day = h.day
    where not coalesce(m.here, not exists (select 1 from diary_absence a
        where a.staff_id = h.staff_id and a.starts <= h.starts and a.ends >= h.ends))
$$;
"""
"""The sessions of a centre that nobody is there to hold: their colleague, or everybody of their organisation whom a
rota places there then, is away, and nobody stands in."""

NEVER_EDITED = """
create or replace function kohti.rota_stays()
returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - array['ends', 'ended_at'] <> to_jsonb(old) - array['ends', 'ended_at'] then
        raise exception 'a rota is never edited: another one replaces it' using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create or replace trigger rota_stays after update on diary_rota
for each row execute function kohti.rota_stays();
create or replace trigger rota_stays after update on diary_rotachange
for each row execute function kohti.rota_stays();
"""

FUNCTIONS = (PLACED, FENCED, WHO_IS_PLACED, UNHELD, NEVER_EDITED)

KEEPS = "(select kohti.may('rota.keep'))"
OF_THE_CENTRE = f"(centre_id = (select kohti.whole_centre()) and {KEEPS})"

TABLES = (
    Table(name="diary_rota", see=OWN_SERVICE, add=OF_THE_CENTRE, change=OF_THE_CENTRE),
    Table(
        name="diary_rotaline",
        see=OWN_SERVICE,
        add="rota_id in (select r.id from diary_rota r where r.centre_id = (select kohti.whole_centre()))"
        f" and {KEEPS}",
        system="see add",
    ),
    Table(name="diary_rotachange", see=OWN_SERVICE, add=OF_THE_CENTRE, change=OF_THE_CENTRE),
)
