"""Who sees a question to the authority: whoever sees the person's way, and while it is open who may answer it there.

Those who may answer see it as long as something of the person is shared with them for it. The answer is theirs alone to
give; the database writes it into the plan and ends what was shared.
"""

from __future__ import annotations

from kohti.kernel.policies import Table
from kohti.kernel.rows import definer
from kohti.people.rows import KEPT, SEEN, SYSTEM_ALL

SEES = f"({SEEN} and (select kohti.may('journeys.see')))"
WORKS = "(select kohti.may('journeys.work'))"
GIVES = "((select kohti.may('rulings.give')) and id = any((select kohti.my_rulings())::uuid[]))"
"""That it is shared with the actor, because of this very question, and they may decide."""

FUNCTIONS = (
    definer(
        """
kohti.my_rulings()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(s.because_id), '{}')
    from people_grant g join people_share s on s.id = g.because_id and s.because_kind = 'ruling'
    where g.to_member_id = kohti.member() and g.purpose = 'share' and g.field = ''
      and g.starts <= kohti.now() and g.ends > kohti.now() and g.person_id::text || ':' = any(kohti.my_fields())
$$"""
    ),
    """
create or replace function kohti.ruling_goes_on() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_definer' then
        return null;
    end if;
    if (new.id, new.service_id, new.centre_id, new.journey_id, new.kind, new.fields, new.asked_by_id, new.asked_at)
            is distinct from (old.id, old.service_id, old.centre_id, old.journey_id, old.kind, old.fields,
            old.asked_by_id, old.asked_at)
        or ((new.person_id, new.words) is distinct from (old.person_id, old.words) and kohti.system() is null)
        or (old.closed_at is not null and kohti.system() is null
            and (new.state, new.answer, new.reason, new.step, new.due_on, new.taken_by_id, new.closed_at)
                is distinct from
                (old.state, old.answer, old.reason, old.step, old.due_on, old.taken_by_id, old.closed_at))
        or (new.state in ('taken', 'answered') and new.state <> old.state
            and (not coalesce(kohti.may('rulings.give'), false) or new.taken_by_id is distinct from kohti.member()
                 or new.taken_by_id = new.asked_by_id or (old.taken_by_id is not null and new.state = 'taken')))
        or (new.state <> 'answered' and kohti.system() is null
            and (new.answer, new.reason, new.step, new.due_on, new.version_id)
                is distinct from (old.answer, old.reason, old.step, old.due_on, old.version_id)) then
        raise exception 'a question is answered once, by who may' using errcode = 'check_violation';
    end if;
    return null;
end $$;
""",
    definer(
        """
kohti.ruling_lands()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_sealed text;
    v_name text;
    v_step uuid := gen_random_uuid();
begin
    perform 1 from journeys_journey where id = new.journey_id and closed_at is null for no key update;
    if not found then
        return null;
    end if;
    select coalesce(o.tells, ''), s.full_name into v_sealed, v_name
    from team_membership m join team_organisation o on o.id = m.organisation_id join team_staff s on s.id = m.staff_id
    where m.id = new.taken_by_id;
    insert into journeys_planversion (id, service_id, person_id, journey_id, number, at, by_member, agreed_how)
    select new.version_id, new.service_id, new.person_id, new.journey_id, coalesce(max(number), 0) + 1, kohti.now(),
           new.taken_by_id, ''
    from journeys_planversion where journey_id = new.journey_id;
    insert into journeys_planchange (id, service_id, person_id, journey_id, plan_version_id, position, sealed, kind,
                                     values)
    values (gen_random_uuid(), new.service_id, new.person_id, new.journey_id, new.version_id, 0, v_sealed, 'ruling',
            jsonb_build_object('words', new.words, 'answer', new.answer, 'why', new.reason, 'by', v_name));
    if new.step <> '' then
        insert into journeys_step (id, service_id, person_id, journey_id, sealed, words, who, who_words, due_on, state,
                                   why, made_at, changed_at, version)
        values (v_step, new.service_id, new.person_id, new.journey_id, '', new.step, 'person', '', new.due_on, 'doing',
                '', kohti.now(), kohti.now(), 1);
        insert into journeys_planchange (id, service_id, person_id, journey_id, plan_version_id, position, sealed, kind,
                                         values)
        values (gen_random_uuid(), new.service_id, new.person_id, new.journey_id, new.version_id, 1, '', 'step',
                jsonb_build_object('words', new.step, 'who', 'person', 'who_words', '', 'due_on', new.due_on));
    end if;
    return null;
end $$;
grant execute on function kohti.ruling_lands() to public"""
    ),
    # a question of a way that is closed is asked no longer
    definer(
        """
kohti.rulings_go()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_ruling set state = 'withdrawn', closed_at = kohti.now(), read_at = kohti.now()
    where journey_id = new.id and closed_at is null;
    return null;
end $$;
grant execute on function kohti.rulings_go() to public"""
    ),
    """
create or replace trigger rulings_go after update on journeys_journey
    for each row when (old.closed_at is null and new.closed_at is not null) execute function kohti.rulings_go();
create or replace trigger a_ruling_goes_on after update on partners_ruling
    for each row execute function kohti.ruling_goes_on();
create or replace trigger b_ruling_lands after update on partners_ruling
    for each row when (old.state <> 'answered' and new.state = 'answered') execute function kohti.ruling_lands();
create or replace trigger c_its_shares_end after update on partners_ruling
    for each row when (old.closed_at is null and new.closed_at is not null)
    execute function kohti.its_shares_end('ruling', 'answered');
""",
)

TABLES = (
    Table(
        name="partners_ruling",
        see=f"{SEES} or {GIVES}",
        add=f"{WORKS} and {KEPT} and asked_by_id = (select kohti.member()) and state = 'asked'",
        change=f"({WORKS} and {KEPT}) or {GIVES}",
        system=SYSTEM_ALL,
    ),
)
