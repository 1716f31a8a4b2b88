"""Who may see whom, and what of them.

A person is seen with a grant, or by the leader of their home centre; a restricted one by named people alone.
What stands beside a person is seen by whoever sees them. Sealed rows need a key besides: a grant for their field
of life; one sealed to two fields needs both. Keys, names and emergencies are given by functions of the definer's,
each of which says whom it serves.
"""

from __future__ import annotations

from kohti.kernel.policies import OF_COLLEAGUES, Table
from kohti.kernel.rows import definer

from . import finding, keeping, shells, sight, working
from .looked import WHO_LOOKED
from .sharing import rows as sharing
from .sharing.rows import ANYTHING, HELPS, REACH, SHARED, shared_under
from .sight import FAR, IN_SIGHT, KEEP, SEE, TO_MY_FLOOR

OF_THE_BOOK = (
    "(field = '' and to_centre_id = (select kohti.floor()) and ((because_kind = 'booking'"
    " and ((select kohti.may('diary.book')) or (select kohti.may('journeys.work'))))"
    " or (because_kind = 'visit' and (select kohti.may('arrivals.check_in')))))"
)
"""Whoever books at a centre lets its floor see who comes, and ends that with the appointment; so does whoever takes
in somebody they know, until that is undone."""
OF_A_GUEST = (
    "(field = '' and because_kind = 'booking' and because_id = (select kohti.admitted())"
    " and to_centre_id = (select kohti.guest_of()) and person_id = (select kohti.guest_person()))"
)
"""So does a guest who moves or cancels the one appointment they are known by."""

FUNCTIONS = (
    *sight.FUNCTIONS,
    *working.FUNCTIONS,
    """
create or replace function kohti.keys(p_person uuid, p_sealed text[]) returns text[]
language sql immutable parallel safe
as $$ select array(select p_person::text || ':' || field from unnest(p_sealed) field) $$;
""",
    definer(
        f"""
kohti.sees(p_person uuid)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select 1 from people_person where id = p_person and {SEE})
$$"""
    ),
    # whoever adds somebody sees them for a while
    definer(
        """
kohti.person_added()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if kohti.member() is not null and kohti.whole_centre() is null then
        insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                                  because_kind, because_id)
        values (gen_random_uuid(), new.service_id, new.id, kohti.member(), '', '', 'registered',
                kohti.now(), kohti.now() + interval '30 days', 'person', new.id);
    end if;
    return null;
end $$;
grant execute on function kohti.person_added() to public"""
    ),
    """
create or replace trigger person_added after insert on people_person
for each row execute function kohti.person_added();
""",
    # grants are never edited, only ended
    """
create or replace function kohti.grant_only_ends() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.ends > old.ends or (new.id, new.service_id, new.person_id, new.field, new.purpose, new.starts,
            new.to_role, new.because_kind, new.because_id) is distinct from
            (old.id, old.service_id, old.person_id, old.field, old.purpose, old.starts,
            old.to_role, old.because_kind, old.because_id)
        or (new.to_member_id, new.to_organisation_id, new.to_centre_id) is distinct from
            (old.to_member_id, old.to_organisation_id, old.to_centre_id) then
        raise exception 'a grant is never edited, only ended' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger grant_only_ends after update on people_grant
for each row execute function kohti.grant_only_ends();
""",
    *keeping.FUNCTIONS,
    *sharing.FUNCTIONS,
    # whoever may not open a restricted record is told whom to ask, and nothing else: the one it names, else
    # another who may open it, else nobody ('')
    definer(
        """
kohti.whom_to_ask(p_person uuid)
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((
        select s.full_name from people_grant g
        join team_membership m on m.id = g.to_member_id and m.starts <= kohti.now()
            and (m.ends is null or m.ends > kohti.now())
        join team_staff s on s.id = m.staff_id
        where g.person_id = r.person_id and g.field = '' and g.purpose = 'named'
          and g.starts <= kohti.now() and g.ends > kohti.now()
        order by s.id <> r.ask_staff_id, g.starts, g.id limit 1), '')
    from people_restriction r
    where r.person_id = p_person and r.ended_at is null and r.service_id = kohti.service()
$$"""
    ),
    # the first to seal something holds its key, and passes it on
    definer(
        f"""
kohti.take_key(p_person uuid, p_field text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if p_field = '' or not kohti.sees(p_person) or not kohti.may('people.edit') then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(p_person::text || ':' || p_field, 7236010));
    if not exists (select 1 from people_grant g where g.person_id = p_person and g.field = p_field
                   and g.purpose <> 'share' and not (g.ends <= kohti.now() and exists (
                       select 1 from people_mergedrow m where m.row_id = g.id and m.made))) then
        insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                                  because_kind, because_id)
        values (gen_random_uuid(), kohti.service(), p_person, kohti.member(), '', p_field, 'sealed',
                kohti.now(), kohti.now() + {FAR}, 'person', p_person);
    end if;
    return p_person::text || ':' || p_field = any(kohti.my_keys());
end $$"""
    ),
    definer(
        f"""
kohti.restrict_record(p_person uuid, p_restriction uuid, p_members uuid[])
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_ask uuid;
begin
    if not kohti.sees(p_person) or not kohti.may('people.restrict')
        or exists (select 1 from people_person where id = p_person and restricted) then
        return false;
    end if;
    select staff_id into v_ask from team_membership
    where id = p_members[1] and service_id = kohti.service() and starts <= kohti.now()
      and (ends is null or ends > kohti.now());
    if v_ask is null then
        return false;
    end if;
    insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                              because_kind, because_id)
    select gen_random_uuid(), kohti.service(), p_person, m.id, '', '', 'named', kohti.now(),
           kohti.now() + {FAR}, 'restriction', p_restriction
    from team_membership m where m.id = any(p_members) and m.service_id = kohti.service();
    update people_person set restricted = true where id = p_person;
    insert into people_restriction (id, service_id, person_id, ask_staff_id, starts)
    values (p_restriction, kohti.service(), p_person, v_ask, kohti.now());
    return true;
end $$"""
    ),
    definer(
        """
kohti.open_record(p_person uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not p_person = any(kohti.my_names_to_give()) then
        return false;
    end if;
    update people_person set restricted = false where id = p_person;
    update people_restriction set ended_at = kohti.now() where person_id = p_person and ended_at is null;
    update people_grant set ends = kohti.now()
    where person_id = p_person and purpose = 'named' and ends > kohti.now();
    return true;
end $$"""
    ),
    definer(
        """
kohti.emergency(p_person uuid, p_alert uuid, p_reason text)
returns timestamptz language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_person people_person;
    v_until timestamptz := kohti.now() + interval '1 hour';
begin
    select * into v_person from people_person
    where id = p_person and service_id = kohti.service() and merged_into_id is null;
    if not found or not kohti.may('people.emergency') or trim(p_reason) = '' or not (
        kohti.sees(p_person) or v_person.centre_id = kohti.floor()
        or exists (select 1 from people_grant where person_id = p_person and to_centre_id = kohti.floor()
                   and field = '' and starts <= kohti.now() and ends > kohti.now())
    ) then
        return null;
    end if;
    insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                              because_kind, because_id)
    select gen_random_uuid(), v_person.service_id, p_person, kohti.member(), '', field, 'emergency',
           kohti.now(), v_until, 'emergency', p_alert
    from (select '' as field
          union select sealed from people_mark where person_id = p_person
          union select unnest(sealed) from people_note where person_id = p_person
          union select sealed from people_share where person_id = p_person) fields;
    insert into people_alert (id, service_id, centre_id, kind, person_id, by_member, by_staff_id, words, at, until)
    values (p_alert, v_person.service_id, v_person.centre_id, 'emergency', p_person, kohti.member(),
            kohti.staff(), p_reason, kohti.now(), v_until);
    return v_until;
end $$"""
    ),
    definer(
        """
kohti.transfer_person(p_transfer uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_move people_transfer;
    v_now timestamptz := kohti.now();
begin
    select * into v_move from people_transfer where id = p_transfer and done_at is null for update;
    if not found or not (v_move.service_id = kohti.system()
        or (v_move.from_centre_id = kohti.whole_centre() and kohti.may('people.transfer')
            and kohti.sees(v_move.person_id))) then
        return false;
    end if;
    update people_person set centre_id = v_move.to_centre_id where id = v_move.person_id;
    -- The floor keeps sight of the days of bookings that still stand at it, and of nothing else.
    update people_grant g set ends = greatest(g.starts, v_now)
    where g.person_id = v_move.person_id and g.ends > v_now and g.purpose not in ('named', 'share') and g.field = ''
      and ((g.to_centre_id = v_move.from_centre_id and g.because_kind <> 'booking')
           or g.to_member_id in (select id from team_membership where centre_id = v_move.from_centre_id));
    if v_move.keep_member_id is not null then
        insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                                  because_kind, because_id)
        values (gen_random_uuid(), v_move.service_id, v_move.person_id, v_move.keep_member_id, '', '', 'former',
                v_now, v_now + interval '30 days', 'transfer', v_move.id);
    end if;
    insert into people_alert (id, service_id, centre_id, kind, person_id, by_member, by_staff_id, words, at)
    select gen_random_uuid(), v_move.service_id, centre, 'transfer', v_move.person_id, v_move.by_member,
           (select staff_id from team_membership where id = v_move.by_member), v_move.reason, v_now
    from unnest(array[v_move.from_centre_id, v_move.to_centre_id]) centre;
    update people_transfer set done_at = v_now where id = p_transfer;
    return true;
end $$"""
    ),
    *finding.FUNCTIONS,
    *shells.FUNCTIONS,
    sharing.SHARE_LOOKS,
    definer(
        """
kohti.colleagues_who_see(p_person uuid)
returns table (who text, purpose text, ends timestamptz) language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
    select s.full_name, g.purpose, max(g.ends) from people_grant g
    join team_membership m on m.id = g.to_member_id and (m.ends is null or m.ends > kohti.now())
    join team_staff s on s.id = m.staff_id
    join people_person p on p.id = g.person_id and (not p.restricted or g.purpose in ('named', 'emergency'))
    where g.person_id = p_person and g.field = '' and g.purpose <> 'share' and g.starts <= kohti.now()
      and g.ends > kohti.now() and kohti.may('shares.write') and kohti.sees(p_person)
    group by s.id, s.full_name, g.purpose order by s.sort_key, s.id, g.purpose
$$"""
    ),
    WHO_LOOKED,
)

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"
SEEN = (
    f"(person_id = {IN_SIGHT} or person_id = any((select kohti.my_seen())::uuid[])"
    " or ((select kohti.whole_centre()) is not null and kohti.leads(person_id))"
    " or person_id = any((select kohti.seen_on_my_floor())::uuid[]))"
)
"""That the actor sees the person a row is of: the same as `SEE` says of that person's own row.

Written without asking for that row: a page's statement touches twenty tables, and to begin with their policies was
more work than to read its rows.
"""
SEEN_AMONG_MANY = f"(person_id = {IN_SIGHT} or exists (select 1 from people_person p where p.id = person_id))"
"""The same, for what leaders list by the hundred: costs less a row, and more to begin with."""
IN_MY_CENTRE = (
    "exists (select 1 from people_person p where p.id = person_id"
    " and p.centre_id = (select kohti.whole_centre()))"
)
KEPT = "kohti.works_with(person_id)"
"""Asked last, for it is asked of each row."""
EDITS = "(select kohti.may('people.edit'))"
MY_KEYS = "(select kohti.my_keys())::text[]"
WITH_ITS_KEY = f"(sealed = '' or person_id::text || ':' || sealed = any({MY_KEYS}))"
WITH_ALL_KEYS = f"(sealed = '{{}}' or kohti.keys(person_id, sealed::text[]) <@ {MY_KEYS})"
WRITES_NOTES = "(select kohti.may('people.note'))"
OF_A_NOTE = f"{WRITES_NOTES} and {WITH_ALL_KEYS}"
A_NOTE = f"{SEEN} and {OF_A_NOTE}"
A_SHARED_NOTE = "fields <> '{}' and kohti.keys(person_id, (fields || sealed)::text[]) <@ " + SHARED
MY_OWN = "by_member = (select kohti.member())"
SYSTEM_ALL = "see add change remove"
APART = (
    f"{IN_MY_CENTRE} and exists (select 1 from people_person o where o.id = other_id"
    " and o.centre_id = (select kohti.whole_centre()))"
)
"""Both of two people are of the centre one leads."""

OF_A_SHARE = (
    "(purpose = 'share' and exists (select 1 from people_share s where s.id = people_grant.because_id))"
)
"""A share's grants are seen by whoever sees the share: else they would tell the name of whom it is with."""
WRITES_SHARES = "(select kohti.may('shares.write'))"

TABLES = (
    Table(
        name="people_person",
        see=f"id = {IN_SIGHT} or ({SEE})",
        add=f"{WHOLE_CENTRE} or (centre_id = (select kohti.floor()) and not restricted"
        " and (select kohti.may('people.register')))",
        change=f"({KEEP} and {EDITS}) or ({WHOLE_CENTRE} and not restricted)",
    ),
    Table(
        name="people_contact",
        see=f"({SEEN} and {WITH_ITS_KEY}) or (sealed = '' and {shared_under(REACH)})",
        add=f"{WITH_ITS_KEY} and (({EDITS} and {KEPT}) or {IN_MY_CENTRE})",
        change=f"{WITH_ITS_KEY} and (({EDITS} and {KEPT}) or {IN_MY_CENTRE})",
        system=SYSTEM_ALL,
    ),
    Table(
        name="people_grant",
        see=f"({TO_MY_FLOOR}) or {OF_THE_BOOK} or {OF_A_GUEST} or to_centre_id = (select kohti.whole_centre())"
        f" or {OF_A_SHARE} or (purpose <> 'share' and (to_member_id = (select kohti.member()) or {IN_MY_CENTRE}"
        " or person_id = any((select kohti.my_names_to_give())::uuid[])"
        " or person_id::text || ':' || field = any((select kohti.my_keys_to_give())::text[])))",
        add=f"{SEEN} and ((field = '' and purpose not in ('named', 'emergency', 'former', 'share')"
        f" and (to_centre_id = (select kohti.whole_centre()) or (to_member_id is not null and {IN_MY_CENTRE})))"
        f" or (purpose = 'arrival' and {OF_THE_BOOK})"
        " or (field = '' and purpose = 'named' and to_member_id is not null"
        " and person_id = any((select kohti.my_names_to_give())::uuid[]))"
        " or (field <> '' and purpose = 'sealed' and to_member_id is not null"
        " and person_id::text || ':' || field = any((select kohti.my_keys_to_give())::text[])))"
        f" or (purpose = 'arrival' and {OF_A_GUEST})",
        change=f"to_centre_id = (select kohti.whole_centre()) or {OF_THE_BOOK} or {OF_A_GUEST}"
        f" or (purpose <> 'share' and ({IN_MY_CENTRE}"
        " or person_id = any((select kohti.my_names_to_give())::uuid[])"
        " or person_id::text || ':' || field = any((select kohti.my_keys_to_give())::text[])))",
    ),
    Table(
        name="people_mark",
        see=f"({SEEN} and {WITH_ITS_KEY}) or (sealed = '' and kind = 'helps' and {shared_under(HELPS)})",
        add=f"{EDITS} and {WITH_ITS_KEY} and {KEPT}",
        change=f"{EDITS} and {WITH_ITS_KEY} and {KEPT}",
        system=SYSTEM_ALL,
    ),
    Table(
        name="people_why",
        see=f"{SEEN} and ({MY_OWN} or {IN_MY_CENTRE} or person_id::text || ':' || sealed = any({MY_KEYS}))",
        add=f"{EDITS} and {MY_OWN} and {KEPT}",
        system=SYSTEM_ALL,
    ),
    *(
        Table(
            name=name,
            see=f"{both} and (select kohti.may('people.open'))",
            add=f"{EDITS} and {both} and {KEPT}",
            change=f"{EDITS} and {both} and {KEPT}",
            system=SYSTEM_ALL,
        )
        for name, both in (
            ("people_representative", SEEN),
            (
                "people_household",
                f"{SEEN} and exists (select 1 from people_person o where o.id = other_id)",
            ),
        )
    ),
    Table(
        name="people_note",
        see=f"({A_NOTE}) or ({A_SHARED_NOTE})",
        add=f"{WRITES_NOTES} and {MY_OWN} and (({WITH_ALL_KEYS} and {KEPT}) or ({A_SHARED_NOTE}))",
        change=f"{OF_A_NOTE} and ({MY_OWN} or (select kohti.may('people.keep'))) and {KEPT}",
        system=SYSTEM_ALL,
    ),
    Table(
        name="people_notebefore",
        see=f"{A_NOTE} and {IN_MY_CENTRE} and (select kohti.may('people.keep'))",
        system="see remove",
    ),
    Table(name="people_restriction", see=OF_COLLEAGUES, system="see change"),
    Table(
        name="people_transfer",
        see="from_centre_id = (select kohti.whole_centre()) or to_centre_id = (select kohti.whole_centre())",
        add=f"from_centre_id = (select kohti.whole_centre()) and {SEEN} and done_at is null"
        " and (select kohti.may('people.transfer'))",
        system=SYSTEM_ALL,
    ),
    Table(
        name="people_attachment",
        see=f"{SEEN} and {WITH_ITS_KEY} and (select kohti.may('documents.read'))",
        add=f"(select kohti.may('documents.add')) and {WITH_ITS_KEY} and {KEPT}",
        change=f"(select kohti.may('documents.add')) and {WITH_ITS_KEY} and {KEPT}",
        system=SYSTEM_ALL,
    ),
    Table(name="people_alert", see=WHOLE_CENTRE, change=WHOLE_CENTRE, system=SYSTEM_ALL),
    Table(
        name="people_merge",
        see="exists (select 1 from people_person p where p.id = kept_id) and (select kohti.may('people.merge'))",
        system=SYSTEM_ALL,
    ),
    Table(name="people_mergedrow", system=SYSTEM_ALL),
    Table(
        name="people_apart",
        see=f"{APART} and (select kohti.may('people.merge'))",
        add=f"{APART} and (select kohti.may('people.merge')) and {MY_OWN}",
    ),
    Table(
        name="people_share",
        see=f"({SEEN} and (select kohti.may('people.open')) and ({WITH_ITS_KEY} or {MY_OWN}))"
        f" or (to_organisation_id = (select kohti.organisation()) and {shared_under(ANYTHING)})",
        add=f"{WRITES_SHARES} and {MY_OWN} and {KEPT}",
        change=f"{WRITES_SHARES} and ({WITH_ITS_KEY} or {MY_OWN}) and {KEPT}",
        system=SYSTEM_ALL,
    ),
)
