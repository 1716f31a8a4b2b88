"""Who may see the diary. Somebody's appointments are part of their way: whoever sees it sees them too."""

from __future__ import annotations

from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table
from kohti.kernel.rows import definer
from kohti.people.rows import SEEN
from kohti.team.rows import OF_THE_SERVICE

from . import by_link, counted, fulfilled, stretches, told
from .rota import rows as rota

FUNCTIONS = (
    *by_link.FUNCTIONS,
    *told.FUNCTIONS,
    *fulfilled.FUNCTIONS,
    *counted.FUNCTIONS,
    definer(
        f"""
kohti.guest_facts(p_booking uuid)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object({OF_THE_SERVICE}, 'centre_id', c.id, 'centre', c.name, 'centre_code', c.code)
    from (
        select b.service_id, b.centre_id from diary_booking b where b.id = p_booking
        union all
        select o.service_id, o.centre_id from diary_offer o
        where o.id = p_booking and o.booking_id is null and not exists (select 1 from diary_booking b where b.id = o.id)
    ) k join team_service s on s.id = k.service_id join team_centre c on c.id = k.centre_id
$$"""
    ),
    definer(
        """
kohti.enter_guest(p_booking uuid, p_now timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_facts jsonb := kohti.guest_facts(p_booking);
begin
    if v_facts is null then
        return false;
    end if;
    perform kohti.set_actor('guest', null, null, (v_facts->>'service_id')::uuid, (v_facts->>'centre_id')::uuid,
        'guest', 'none', v_facts->>'timezone', p_now);
    perform set_config('kohti.admitted', p_booking::text, true),
            set_config('kohti.guest_of', v_facts->>'centre_id', true),
            set_config('kohti.guest_person', coalesce(coalesce((select b.person_id from diary_booking b where b.id = p_booking),
                (select o.person_id from diary_offer o where o.id = p_booking and o.booking_id is null))::text, ''), true);
    return true;
end $$"""
    ),
    definer(
        """
kohti.booked_on(p_centre uuid, p_days date[])
returns table (day date, number bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select b.day, count(*) from diary_booking b
    where b.centre_id = p_centre and b.day = any(p_days) and b.state = 'booked'
      and (b.centre_id = (select kohti.whole_centre()) or b.service_id = (select kohti.administers()))
    group by b.day
$$"""
    ),
    # the time of whoever has died is free again, at whatever centre
    definer(
        """
kohti.died_freed()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_booking uuid;
begin
    for v_booking in
        update diary_booking set state = 'cancelled', version = version + 1
        where person_id = new.id and state = 'booked' and starts > kohti.now() returning id
    loop
        update people_grant set ends = greatest(starts, kohti.now()) where because_id = v_booking and ends > kohti.now();
        perform kohti.record(gen_random_uuid(), 'booking.cancelled', 'booking', v_booking, array[new.id], null);
    end loop;
    return null;
end $$;
grant execute on function kohti.died_freed() to public"""
    ),
    """
create or replace trigger died_freed after update of died_on on people_person
for each row when (old.died_on is null and new.died_on is not null) execute function kohti.died_freed();
""",
    # whoever is moved to another day is seen by the floor on that day, by whomever they are moved
    definer(
        """
kohti.follow_booking(p_booking uuid)
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_new uuid := gen_random_uuid();
begin
    insert into people_grant (id, service_id, person_id, to_centre_id, to_role, field, purpose, starts, ends,
                              because_kind, because_id)
    select v_new, b.service_id, b.person_id, b.centre_id, '', '', 'arrival', b.day::timestamp at time zone s.timezone,
           (b.day + 1)::timestamp at time zone s.timezone, 'booking', b.id
    from diary_booking b join team_service s on s.id = b.service_id
    where b.id = p_booking and b.person_id is not null and b.state = 'booked'
      and ((b.centre_id = kohti.floor() and kohti.may('diary.book')) or b.id = kohti.admitted()
           or b.centre_id = kohti.whole_centre() or b.service_id = kohti.system());
    if found then
        update people_grant set ends = greatest(starts, kohti.now())
        where because_id = p_booking and id <> v_new and ends > kohti.now();
    end if;
end $$"""
    ),
    # to book a colleague on purpose once more is a right of a role, whatever the statement
    """
create or replace function kohti.booked_beside()
returns trigger language plpgsql as $$
begin
    if (tg_op = 'INSERT' or new.beside_by is distinct from old.beside_by)
        and kohti.kind() = 'member' and not kohti.may('diary.overbook') then
        raise exception 'this role may not book a colleague on purpose once more'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create or replace trigger booked_beside before insert or update of beside_by on diary_booking
for each row when (new.beside_by is not null) execute function kohti.booked_beside();
""",
    # calendars ask when an appointment was changed last
    """
create or replace function kohti.booking_changed()
returns trigger language plpgsql as $$
begin
    new.changed_at := kohti.now();
    return new;
end $$;
create or replace trigger booking_made before insert on diary_booking
for each row when (new.changed_at is null) execute function kohti.booking_changed();
create or replace trigger booking_changed before update of version on diary_booking
for each row execute function kohti.booking_changed();
""",
    definer(
        """
kohti.feed_of(p_hash text)
returns table (member_id uuid, language text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select f.member_id, f.language from diary_feed f where f.token_hash = p_hash and f.ended_at is null
$$"""
    ),
    stretches.DROP_INS,
    *rota.FUNCTIONS,
    *stretches.FUNCTIONS,
)

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"
KEPT = f"({WHOLE_CENTRE} or service_id = (select kohti.administers()))"
OWN_TIME = "staff_id = (select kohti.staff())"
OF_SOMEBODY_SEEN = f"(person_id is not null and (select kohti.may('journeys.see')) and {SEEN})"

OF_THE_BOOK = "(centre_id = (select kohti.floor()) and (select kohti.may('diary.book')))"
"""Whoever books at a centre sees and keeps its book, whatever the day; who it is with is the person's own row."""
OF_THE_WISH = f"({OF_THE_BOOK} or booking_id = (select kohti.admitted()))"
"""So do those who wait there for an earlier time; a guest asks for their own appointment."""
OF_THE_GUEST = "id = (select kohti.admitted())"
"""A guest is known by one appointment, and sees and changes that one."""
BY_THE_GUEST = f"({OF_THE_GUEST} and person_id = (select kohti.guest_person()) and centre_id = (select kohti.guest_of()))"
"""Who was offered a time and has none yet is known by the appointment that it becomes, and makes that one."""
OF_THE_OFFER = f"({OF_THE_WISH} or {OF_THE_GUEST})"

TABLES = (
    Table(name="diary_kind", see=OWN_SERVICE),
    Table(name="diary_opening", see=OWN_SERVICE, system="see add change remove"),
    Table(
        name="diary_closure",
        see=OWN_SERVICE,
        add=f"by_hand and {KEPT}",
        remove=f"by_hand and {KEPT}",
        system="see add change remove",
    ),
    Table(name="diary_room", see=OWN_SERVICE),
    Table(
        name="diary_dropin",
        see=OWN_SERVICE,
        add=f"code = '' and {KEPT}",
        change=KEPT,
        system="see add change remove",
    ),
    Table(name="diary_travel", see=OWN_SERVICE, system="see add change remove"),
    *rota.TABLES,
    Table(name="diary_wish", see=OF_THE_WISH, add=OF_THE_WISH, change=OF_THE_WISH),
    # What came free is the worker's business; what it offered to whom, that of whoever keeps the book.
    Table(name="diary_freed", system="see add remove"),
    Table(name="diary_offer", see=OF_THE_OFFER, change=OF_THE_OFFER),
    Table(
        name="diary_booking",
        see=f"({ON_THE_FLOOR}) or {OWN_TIME} or {OF_SOMEBODY_SEEN} or {OF_THE_BOOK} or {OF_THE_GUEST}",
        add=f"{WHOLE_CENTRE} or {OF_THE_BOOK} or ({OWN_TIME} and centre_id = (select kohti.floor())"
        f" and (select kohti.may('journeys.work'))) or {BY_THE_GUEST}",
        change=f"({ON_THE_FLOOR}) or {OF_THE_BOOK} or {OF_THE_GUEST}",
    ),
    Table(
        name="diary_absence",
        see=f"centre_id = (select kohti.floor()) or {WHOLE_CENTRE} or {OWN_TIME}",
        add=f"{OWN_TIME} or {WHOLE_CENTRE} or {OF_THE_BOOK}",
        change=f"{OWN_TIME} or {WHOLE_CENTRE}",
    ),
    # Whoever works here keeps the address of their own calendar; nobody else knows that there is one.
    Table(
        name="diary_feed",
        see="member_id = (select kohti.member())",
        add="member_id = (select kohti.member()) and service_id = (select kohti.service())",
        change="member_id = (select kohti.member())",
    ),
    # What people are told by themselves: the worker writes it, whoever sees the appointment sees it.
    Table(name="diary_reminder", see="exists (select 1 from diary_booking b where b.id = booking_id)"),
    Table(name="diary_importedfile", see=WHOLE_CENTRE, add=WHOLE_CENTRE, change=WHOLE_CENTRE),
)
