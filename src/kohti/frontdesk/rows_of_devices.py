"""What a board and a kiosk of a centre are told: tickets, and the one appointment somebody named at it. Never a name."""

from __future__ import annotations

from kohti.kernel.rows import definer

WORD = "regexp_split_to_table(p.folded, '\\s+')"

FUNCTIONS = (
    # Called: everybody, as long as they are called; and for a minute at least, of whoever has gone in the last four.
    definer(
        """
kohti.on_the_board()
returns table (what text, letter text, number integer, desk text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with open as materialized (
        select v.* from frontdesk_visit v
        where v.centre_id = kohti.stands_at() and kohti.role() = 'board' and v.day = kohti.first_day() and v.is_open
    )
    (select 'called', c.letter, c.number, c.desk, c.starts
    from (
        select v.letter, v.number, v.desk, v.state, p.starts,
            row_number() over (partition by v.state order by p.starts desc) as place
        from open v join lateral (
            select starts from frontdesk_period where visit_id = v.id and state = 'called' order by starts desc limit 1
        ) p on true
        where v.state = 'called' or (v.state = 'serving' and p.starts > kohti.now() - interval '1 minute')
    ) c
    where c.state = 'called' or c.place <= 4
    order by c.starts desc)
    union all
    (select 'next', v.letter, v.number, '', v.order_at
    from open v where v.state = 'waiting' and (v.parked_until is null or v.parked_until <= kohti.now())
    order by v.urgency desc, v.order_at, v.number limit 3)
$$"""
    ),
    # Of today and here whom it can be; of another day or centre only by the code, which says as much on paper.
    definer(
        f"""
kohti.named_at_the_kiosk(p_code text, p_reference text, p_born date, p_first text, p_other text)
returns table (outcome text, booking_id uuid, version integer, kind jsonb, starts timestamptz,
               centre text, address text, ticket text, state text, desk text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_here uuid := kohti.stands_at();
    v_today date := kohti.first_day();
    v_found uuid[];
    v_people integer;
begin
    if v_here is null or kohti.role() <> 'kiosk' then
        return;
    end if;
    select array_agg(b.id), count(distinct coalesce(b.person_id, b.id)) into v_found, v_people
    from diary_booking b left join people_person p on p.id = b.person_id
    where b.centre_id = v_here and b.day = v_today and (
        (p_code <> '' and b.code = p_code)
        or (p_reference <> '' and p.reference = p_reference)
        or (p_born is not null and p.date_of_birth = p_born and exists (
            select 1 from {WORD} with ordinality one (word, n), {WORD} with ordinality other (word, n)
            where left(one.word, 1) = p_first and left(other.word, 1) = p_other
              and (one.n <> other.n or one.word = p.folded))));
    if v_people > 1 then
        outcome := 'several';
        return next;
        return;
    end if;
    if v_people = 1 then
        return query
        select case when v.is_open then 'here' when b.state = 'kept' then 'seen' else b.state::text end, b.id, b.version,
            k.public, b.starts, null::text, null::text,
            v.letter || lpad(v.number::text, 3, '0'), v.state::text, v.desk::text
        from diary_booking b join diary_kind k on k.id = b.kind_id
        left join frontdesk_visit v on v.booking_id = b.id and v.counts
        where b.id = any(v_found)
        order by coalesce(v.is_open, false) desc, b.state = 'booked' desc, b.ends > kohti.now() desc, b.starts
        limit 1;
        return;
    end if;
    if p_code <> '' then
        return query
        select case when b.state = 'cancelled' then 'cancelled' when b.day <> v_today then 'other-day' else 'elsewhere' end,
            null::uuid, null::integer, null::jsonb, b.starts,
            case when b.centre_id <> v_here then c.name end, case when b.centre_id <> v_here then c.address end,
            null::text, null::text, null::text
        from diary_booking b join team_centre c on c.id = b.centre_id
        where b.service_id = kohti.service() and b.code = p_code
          and b.day between v_today - 31 and v_today + 365
        order by b.state = 'booked' desc, abs(b.day - v_today) limit 1;
    end if;
end $$"""
    ),
    definer(
        """
kohti.ticket_at_the_kiosk(p_visit uuid)
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select v.letter || lpad(v.number::text, 3, '0') from frontdesk_visit v
    where v.id = p_visit and v.centre_id = kohti.stands_at() and v.person_id is null
$$"""
    ),
)

OF_THE_KIOSK = "(select kohti.role()) = 'kiosk'"
AT_THE_KIOSK = (
    f"(centre_id = (select kohti.stands_at()) and {OF_THE_KIOSK} and day = (select kohti.first_day()))"
)
"""The day at which a kiosk draws tickets."""
BY_THE_KIOSK = f"({AT_THE_KIOSK} and by_member is null)"
NOBODYS = (
    f"({AT_THE_KIOSK} and person_id is null and booking_id is null and staff_id is null and given_name = '')"
)
"""A ticket for the desk, for somebody who would rather speak: a kiosk adds it, and does not see it again."""
