"""Until when an open way is held: the rules, twice.

`HELD` computes, from rows alone and whatever the time is, the first instant at which a rule no longer holds;
`kohti.hold` stores it on the journey, and triggers on every table it reads call that. `broken` asks each rule anew
at an instant: it is what people read as reasons, and the proof that the stored instant is right
(`kohti check attention`). They are written apart on purpose: each is the other's test.

A way is held when it has an active owner who is not away (or is covered for), a step or appointment to come, a
contact within the blueprint's interval, no missed appointment and no stuck step that nobody took up, and time left.
"""

from __future__ import annotations

from kohti.kernel.rows import definer
from kohti.people.sight import SEE

TAKEN_ON = "state in ('doing', 'stuck')"
"""What somebody has taken on. One that is only offered is nobody's word yet."""

# A day's end in the service's own time, as an instant.
END_OF = "((({day}) + 1)::timestamp at time zone s.timezone)"

AWAY = "(select range_agg(tstzrange(a.starts, a.ends)) from diary_absence a where a.staff_id = {staff})"

HELD = f"""
select j.id, c.kept as last_contact_at, n.at as next_at, l.ends_on, t.*, u.alone
from journeys_journey j
join journeys_rules r on r.service_id = j.service_id
join team_service s on s.id = j.service_id
left join team_membership m on m.id = j.owner_id
cross join lateral (
    select max(at) filter (where came) as kept, max(at) as tried from journeys_contact where journey_id = j.id
) c
cross join lateral (
    select greatest(
        (select {END_OF.format(day="max(due_on)")} from journeys_step where journey_id = j.id and {TAKEN_ON}),
        (select max(starts) from diary_booking where person_id = j.person_id and holds)
    ) as at
) n
cross join lateral (
    select j.limit_on
        + coalesce((select sum(days) from journeys_extension where journey_id = j.id), 0)::int
        + coalesce((select sum(until - since) from journeys_pause where journey_id = j.id), 0)::int as ends_on
) l
cross join lateral (
    select until as held_until, lapse from (values
        ('owner', case when m.id is null then j.opened_at else m.ends end),
        ('missed', (select min(starts) from diary_booking where person_id = j.person_id and state = 'missed'
                    and starts >= j.opened_at and starts > coalesce(c.tried, '-infinity'))),
        ('stuck', (select min(stuck_at) from journeys_step
                   where journey_id = j.id and state = 'stuck' and answered_at is null)),
        ('limit', {END_OF.format(day="l.ends_on")}),
        ('contact', {
    END_OF.format(day="(coalesce(c.kept, j.opened_at) at time zone s.timezone)::date + r.contact_days")
}),
        ('next', coalesce(n.at, j.opened_at))
    ) rules (lapse, until)
    where until is not null order by until, lapse limit 1
) t
cross join lateral (
    select nullif(coalesce({AWAY.format(staff="m.staff_id")}, '{{}}') - coalesce((
        select range_agg(tstzmultirange(tstzrange(v.starts, v.ends)) * tstzmultirange(tstzrange(w.starts, w.ends))
                         - coalesce({AWAY.format(staff="w.staff_id")}, '{{}}'))
        from journeys_cover v join team_membership w on w.id = v.member_id where v.journey_id = j.id
    ), '{{}}'), '{{}}') as alone
) u
where j.id = any(p_journeys) and j.closed_at is null
"""

HERE = """exists (
    select 1 from team_membership w
    where w.id = {member} and w.starts <= {now} and (w.ends is null or w.ends > {now})
      and not exists (select 1 from diary_absence a
                      where a.staff_id = w.staff_id and a.starts <= {now} and a.ends > {now}))"""


def broken(now: str = "kohti.now()") -> str:
    """SQL that names the rules each open journey `j` breaks at an instant: one row (`rule`) each.

    To stand in a lateral join after `journeys_journey j`, `journeys_rules r` and `team_service s`.
    """
    return f"""
    select 'owner' as rule where not exists (
        select 1 from team_membership m
        where m.id = j.owner_id and m.starts <= {now} and (m.ends is null or m.ends > {now}))
    union all
    select 'away' where exists (
        select 1 from team_membership m join diary_absence a on a.staff_id = m.staff_id
        where m.id = j.owner_id and a.starts <= {now} and a.ends > {now})
      and not exists (
        select 1 from journeys_cover v
        where v.journey_id = j.id and v.starts <= {now} and v.ends > {now}
          and {HERE.format(member="v.member_id", now=now)})
    union all
    select 'next' where not exists (
        select 1 from journeys_step p where p.journey_id = j.id and p.{TAKEN_ON}
          and p.due_on >= ({now} at time zone s.timezone)::date)
      and not exists (
        select 1 from diary_booking b where b.person_id = j.person_id and b.holds and b.starts > {now})
    union all
    select 'contact' where not exists (
        select 1 from journeys_contact c where c.journey_id = j.id and c.came
          -- as an instant, so that an index finds the one contact that is enough
          and c.at >= ((({now} at time zone s.timezone)::date - r.contact_days)::timestamp at time zone s.timezone))
      and not (not exists (select 1 from journeys_contact c where c.journey_id = j.id and c.came)
          and (j.opened_at at time zone s.timezone)::date + r.contact_days
              >= ({now} at time zone s.timezone)::date)
    union all
    select 'missed' where exists (
        select 1 from diary_booking b
        where b.person_id = j.person_id and b.state = 'missed' and b.starts >= j.opened_at and b.starts <= {now}
          and not exists (select 1 from journeys_contact c where c.journey_id = j.id and c.at >= b.starts))
    union all
    select 'stuck' where exists (
        select 1 from journeys_step p
        where p.journey_id = j.id and p.state = 'stuck' and p.answered_at is null and p.stuck_at <= {now})
    union all
    select 'limit' where j.limit_on
        + coalesce((select sum(x.days) from journeys_extension x where x.journey_id = j.id), 0)::int
        + coalesce((select sum(x.until - x.since) from journeys_pause x where x.journey_id = j.id), 0)::int
        < ({now} at time zone s.timezone)::date
"""


SEES = """exists (
    select 1 from people_grant g
    where g.person_id = j.person_id and g.field = '' and g.to_member_id = {member}
      and g.purpose <> 'share' and g.starts <= {now} and g.ends > {now}
      and (not p.restricted or g.purpose in ('named', 'emergency')))"""
"""That a member sees the person of way `j`, who is `p`."""

LISTED = "(j.held_until <= {now} or coalesce(j.alone @> {now}, false))"
"""That a journey stands on somebody's list: it is the stored instant that says so, without looking at rules."""

FUNCTIONS = (
    definer(
        f"""
kohti.hold(p_journeys uuid[])
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = 'force_generic_plan' as $$ -- else it is planned anew for each array: most of its time
begin
    -- First the rows, in order; what others did to them meanwhile is seen by the next statement.
    perform 1 from journeys_journey where id = any(p_journeys) order by id for no key update;
    update journeys_journey j
    set held_until = h.held_until, lapse = h.lapse, alone = h.alone, last_contact_at = h.last_contact_at,
        next_at = h.next_at, ends_on = h.ends_on
    from ({HELD}) h
    where j.id = h.id and (j.held_until, j.lapse, j.alone, j.last_contact_at, j.next_at, j.ends_on)
        is distinct from (h.held_until, h.lapse, h.alone, h.last_contact_at, h.next_at, h.ends_on);
    update journeys_journey set held_until = null, lapse = '', alone = null
    where id = any(p_journeys) and closed_at is not null and held_until is not null;
end $$"""
    ),
    definer(
        f"""
kohti.broken_rules(p_journeys uuid[])
returns table (journey_id uuid, rules text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select j.id, array_agg(b.rule) from journeys_journey j
    join journeys_rules r on r.service_id = j.service_id
    join team_service s on s.id = j.service_id
    cross join lateral ({broken("(select kohti.now())")}) b
    where j.id = any(p_journeys) and j.closed_at is null and j.service_id = kohti.service()
      and exists (select 1 from people_person where id = j.person_id and {SEE})
    group by j.id
$$"""
    ),
    # A statement that writes several tables begins each of them, and only then is done with any: the last one
    # that is done holds what all of them changed, once.
    definer(
        """
kohti.parts_change()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform set_config('kohti.changing',
        (coalesce(nullif(current_setting('kohti.changing', true), ''), '0')::int + 1)::text, true);
    return null;
end $$;
grant execute on function kohti.parts_change() to public"""
    ),
    definer(
        """
kohti.parts_changed()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_journeys uuid[] := coalesce(nullif(current_setting('kohti.changed', true), ''), '{}')::uuid[];
    v_others int := coalesce(nullif(current_setting('kohti.changing', true), ''), '0')::int - 1;
begin
    if tg_op <> 'DELETE' then
        v_journeys := array(select journey_id from fresh union select unnest(v_journeys));
    end if;
    if tg_op <> 'INSERT' then
        v_journeys := array(select journey_id from gone union select unnest(v_journeys));
    end if;
    perform set_config('kohti.changing', v_others::text, true);
    if v_others > 0 then
        perform set_config('kohti.changed', v_journeys::text, true);
        return null;
    end if;
    perform set_config('kohti.changed', '', true);
    if cardinality(v_journeys) > 0 then
        perform kohti.hold(v_journeys);
    end if;
    return null;
end $$;
grant execute on function kohti.parts_changed() to public"""
    ),
    *(
        f"""
create or replace trigger begins_to_change before insert or update or delete on {table}
    for each statement execute function kohti.parts_change();
create or replace trigger holds_on_insert after insert on {table}
    referencing new table as fresh for each statement execute function kohti.parts_changed();
create or replace trigger holds_on_update after update on {table}
    referencing old table as gone new table as fresh for each statement execute function kohti.parts_changed();
create or replace trigger holds_on_delete after delete on {table}
    referencing old table as gone for each statement execute function kohti.parts_changed();
"""
        for table in (
            "journeys_step",
            "journeys_contact",
            "journeys_pause",
            "journeys_extension",
            "journeys_cover",
        )
    ),
    definer(
        """
kohti.journey_changed()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform kohti.hold(array[new.id]);
    return null;
end $$;
grant execute on function kohti.journey_changed() to public"""
    ),
    """
create or replace trigger holds_on_insert after insert on journeys_journey
    for each row execute function kohti.journey_changed();
create or replace trigger holds_on_update after update on journeys_journey
    for each row when ((old.owner_id, old.person_id, old.opened_at, old.closed_at, old.limit_on)
        is distinct from (new.owner_id, new.person_id, new.opened_at, new.closed_at, new.limit_on))
    execute function kohti.journey_changed();
""",
    definer(
        """
kohti.booking_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_journeys uuid[];
begin
    v_journeys := array(
        select id from journeys_journey where closed_at is null
        and person_id in (new.person_id, case when tg_op = 'UPDATE' then old.person_id end));
    if cardinality(v_journeys) > 0 then
        perform kohti.hold(v_journeys);
    end if;
    return null;
end $$;
grant execute on function kohti.booking_moves_journeys() to public"""
    ),
    # That somebody came changes nothing here: checking in pays nothing for this.
    """
create or replace trigger journeys_on_insert after insert on diary_booking
    for each row when (new.person_id is not null) execute function kohti.booking_moves_journeys();
create or replace trigger journeys_on_update after update on diary_booking
    for each row when (old.starts <> new.starts or old.holds <> new.holds
        or (old.state = 'missed') <> (new.state = 'missed') or old.person_id is distinct from new.person_id)
    execute function kohti.booking_moves_journeys();
""",
    definer(
        """
kohti.colleagues_move_journeys(p_staff uuid[])
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select kohti.hold(array(
        select j.id from journeys_journey j join team_membership m on m.id = j.owner_id
        where m.staff_id = any(p_staff) and j.closed_at is null
        union
        select v.journey_id from journeys_cover v join team_membership m on m.id = v.member_id
        where m.staff_id = any(p_staff) and v.ends > kohti.now()))
$$"""
    ),
    definer(
        """
kohti.absence_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform kohti.colleagues_move_journeys(array[new.staff_id, case when tg_op = 'UPDATE' then old.staff_id end]);
    return null;
end $$;
grant execute on function kohti.absence_moves_journeys() to public"""
    ),
    """
create or replace trigger journeys_on_change after insert or update on diary_absence
    for each row execute function kohti.absence_moves_journeys();
""",
    definer(
        """
kohti.membership_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform kohti.colleagues_move_journeys(array[new.staff_id]);
    return null;
end $$;
grant execute on function kohti.membership_moves_journeys() to public"""
    ),
    """
create or replace trigger journeys_on_update after update on team_membership
    for each row when (old.ends is distinct from new.ends or old.starts <> new.starts)
    execute function kohti.membership_moves_journeys();
""",
    definer(
        """
kohti.rules_move_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform kohti.hold(array(select id from journeys_journey
                             where service_id = new.service_id and closed_at is null));
    return null;
end $$;
grant execute on function kohti.rules_move_journeys() to public"""
    ),
    # Whoever moves to another centre needs a coach there: the new leader is told, nobody here has them in hand.
    definer(
        """
kohti.transfer_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_journey uuid;
begin
    select id into v_journey from journeys_journey where person_id = new.id and closed_at is null;
    if not found then
        return null;
    end if;
    update journeys_owning set until = greatest(since, kohti.now())
    where journey_id = v_journey and (until is null or until > kohti.now());
    update journeys_cover set ends = greatest(starts, kohti.now())
    where journey_id = v_journey and ends > kohti.now();
    update journeys_handover set state = 'back', answered_at = kohti.now()
    where journey_id = v_journey and state = 'asked';
    update journeys_journey set centre_id = new.centre_id, owner_id = null where id = v_journey;
    return null;
end $$;
grant execute on function kohti.transfer_moves_journeys() to public"""
    ),
    # A restricted record is open to named people alone: one of them has the way in hand, and nobody else stands in.
    definer(
        """
kohti.restriction_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_journey journeys_journey;
    v_member uuid;
    v_named uuid[];
begin
    select * into v_journey from journeys_journey where person_id = new.id and closed_at is null;
    if not found then
        return null;
    end if;
    select coalesce(array_agg(g.to_member_id), '{}') into v_named from people_grant g
    where g.person_id = new.id and g.purpose = 'named' and g.ends > kohti.now() and g.to_member_id is not null;
    update journeys_cover set ends = greatest(starts, kohti.now())
    where journey_id = v_journey.id and ends > kohti.now() and not member_id = any(v_named);
    update journeys_handover set state = 'back', answered_at = kohti.now()
    where journey_id = v_journey.id and state = 'asked' and not to_member_id = any(v_named);
    update journeys_owning set until = greatest(since, kohti.now())
    where journey_id = v_journey.id and until > kohti.now() and not member_id = any(v_named);
    if exists (
        select 1 from people_grant g where g.person_id = new.id and g.to_member_id = v_journey.owner_id
        and g.purpose = 'named' and g.ends > kohti.now()) then
        return null;
    end if;
    select g.to_member_id into v_member from people_grant g
    join team_membership m on m.id = g.to_member_id and (m.ends is null or m.ends > kohti.now())
    join team_role r on r.id = m.role_id and r.verbs ? 'journeys.work'
    where g.person_id = new.id and g.purpose = 'named' and g.starts <= kohti.now() and g.ends > kohti.now()
    order by m.centre_id <> v_journey.centre_id, r.verbs ? 'journeys.lead', g.id limit 1;
    update journeys_owning set until = greatest(since, kohti.now())
    where journey_id = v_journey.id and (until is null or until > kohti.now());
    if v_member is not null then
        insert into journeys_owning (id, service_id, person_id, journey_id, member_id, since)
        values (gen_random_uuid(), new.service_id, new.id, v_journey.id, v_member, kohti.now());
    end if;
    update journeys_journey set owner_id = v_member where id = v_journey.id;
    return null;
end $$;
grant execute on function kohti.restriction_moves_journeys() to public"""
    ),
    """
create or replace trigger journeys_on_transfer after update on people_person
    for each row when (old.centre_id <> new.centre_id) execute function kohti.transfer_moves_journeys();
create or replace trigger journeys_on_restriction after update on people_person
    for each row when (new.restricted and not old.restricted)
    execute function kohti.restriction_moves_journeys();
""",
    definer(
        """
kohti.zone_moves_journeys()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform kohti.hold(array(select id from journeys_journey where service_id = new.id and closed_at is null));
    return null;
end $$;
grant execute on function kohti.zone_moves_journeys() to public"""
    ),
    """
create or replace trigger journeys_on_zone after update on team_service
    for each row when (old.timezone <> new.timezone) execute function kohti.zone_moves_journeys();
""",
    """
create or replace trigger journeys_on_insert after insert on journeys_rules
    for each row execute function kohti.rules_move_journeys();
create or replace trigger journeys_on_update after update on journeys_rules
    for each row when (old.contact_days <> new.contact_days) execute function kohti.rules_move_journeys();
""",
)
