"""What the database keeps of a record by itself, whoever writes: how a note read before, what the desk heeds of somebody,
and that nothing more leaves for whoever has died."""

from __future__ import annotations

from kohti.kernel.rows import definer

HEED = """
select jsonb_agg(jsonb_build_array(m.kind, m.words, m.ends_on)
    || case when m.starts_on is null and m.promises = '{}' then '[]'::jsonb else jsonb_build_array(
        jsonb_strip_nulls(jsonb_build_object('from', m.starts_on, 'promises', to_jsonb(m.promises),
                                             'face', m.face_id, 'name', s.full_name))) end
    order by m.kind <> 'danger', m.created_at, m.id)
from people_mark m left join team_staff s on s.id = m.face_id
where m.ended_at is null and m.sealed = '' and m.person_id = """
"""What the desk heeds: kind, words and end of each mark, and with it from when it holds and what was promised."""

FUNCTIONS = (
    # no reading of a note is lost; a merge changes whose it is and nothing else
    definer(
        """
kohti.note_kept()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.version <> old.version + 1 or new.id <> old.id or new.service_id <> old.service_id
        or new.at <> old.at or new.by_member is distinct from old.by_member
        or new.by_staff_id is distinct from old.by_staff_id or old.moved_away or new.moved_away then
        raise exception 'a note changes by being moved or corrected, one version after the other'
            using errcode = 'check_violation';
    end if;
    insert into people_notebefore (id, service_id, person_id, note_id, version, sealed, text, until)
    values (gen_random_uuid(), old.service_id, old.person_id, old.id, old.version,
            case when new.sealed @> old.sealed then new.sealed else old.sealed end, old.text, kohti.now());
    return null;
end $$;
grant execute on function kohti.note_kept() to public"""
    ),
    """
create or replace trigger note_kept after update on people_note
for each row when (current_user <> 'kohti_definer') execute function kohti.note_kept();
""",
    # what the desk heeds of somebody stands on their own row, so that lists ask for nothing more
    definer(
        f"""
kohti.mark_heeded()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_person uuid := case when tg_op = 'DELETE' then old.person_id else new.person_id end;
begin
    update people_person set heed = ({HEED} v_person) where id = v_person;
    return null;
end $$;
grant execute on function kohti.mark_heeded() to public"""
    ),
    """
create or replace trigger mark_heeded after insert or update or delete on people_mark
for each row execute function kohti.mark_heeded();
""",
    # nothing leaves for whoever has died
    definer(
        """
kohti.died_unwritten()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_message uuid;
begin
    for v_message in
        update kernel_message set state = 'cancelled', since = kohti.now()
        where to_id = new.id and to_kind = 'person' and state = 'queued' returning id
    loop
        perform kohti.record(gen_random_uuid(), 'message.cancelled', 'message', v_message, array[new.id], null);
    end loop;
    return null;
end $$;
grant execute on function kohti.died_unwritten() to public"""
    ),
    """
create or replace trigger died_unwritten after update of died_on on people_person
for each row when (old.died_on is null and new.died_on is not null) execute function kohti.died_unwritten();
""",
)
