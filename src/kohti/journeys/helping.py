"""Who helps with a step sees it and says what came of it, and does nothing else: the functions that let them.

A helper without sight of the person reads the rows of their steps alone, for as long as the share lasts that was made
for it. They change none: what they do is written by a function that looks at all of this anew.
"""

from __future__ import annotations

from kohti.kernel.rows import definer

MY_STEP = "(sealed = '' and id = any((select kohti.my_steps())::uuid[]))"
"""That the actor helps with a step now."""

HELPED = (
    "step_id = any((select kohti.my_steps())::uuid[]) and ended_at is null"
    " and exists (select 1 from team_membership m where m.id = member_id and m.staff_id = (select kohti.staff()))"
)
"""That a row says so of the actor, also where they had another place then."""

FUNCTIONS = (
    definer(
        """
kohti.my_steps()
returns uuid[] language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(array_agg(h.step_id), '{}')
    from people_grant g
    join people_share s on s.id = g.because_id and s.because_kind = 'helping'
    join journeys_helping h on h.id = s.because_id and h.ended_at is null
    where g.to_member_id = kohti.member() and g.purpose = 'share' and g.field = 'steps'
      and g.starts <= kohti.now() and g.ends > kohti.now()
      and h.person_id::text || ':steps' = any(kohti.my_fields())
$$"""
    ),
    definer(
        """
kohti.helping_begins()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    select o.tells into new.sealed from team_membership m join team_organisation o on o.id = m.organisation_id
    where m.id = new.member_id;
    return new;
end $$;
grant execute on function kohti.helping_begins() to public"""
    ),
    definer(
        """
kohti.helping_begun()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.ended_at is not null or not exists (
        select 1 from journeys_step s join journeys_journey j on j.id = s.journey_id
        where s.id = new.step_id and s.journey_id = new.journey_id and s.person_id = new.person_id
          and s.sealed = '' and j.closed_at is null) then
        raise exception 'somebody helps with a step of an open way that is not sealed'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
grant execute on function kohti.helping_begun() to public"""
    ),
    # what was shared for one thing ends with it
    definer(
        """
kohti.its_shares_end()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update people_share set ended_at = kohti.now(), ended_by = kohti.member(), ended_why = tg_argv[1]
    where because_id = new.id and because_kind = tg_argv[0] and ended_at is null;
    return null;
end $$;
grant execute on function kohti.its_shares_end() to public"""
    ),
    definer(
        """
kohti.helpers_go()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update journeys_helping set ended_at = kohti.now(), ended_by = kohti.member()
    where ended_at is null and journey_id = new.id;
    return null;
end $$;
grant execute on function kohti.helpers_go() to public"""
    ),
    """
create or replace function kohti.helping_only_ends() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user = 'kohti_definer' then
        return null;
    end if;
    if (new.id, new.service_id, new.journey_id, new.step_id, new.member_id, new.until, new.sealed, new.by_member, new.at,
            new.news_at) is distinct from (old.id, old.service_id, old.journey_id, old.step_id, old.member_id, old.until,
            old.sealed, old.by_member, old.at, old.news_at)
        or ((new.person_id, new.news) is distinct from (old.person_id, old.news) and kohti.system() is null)
        or (old.ended_at is not null and new.ended_at is distinct from old.ended_at) then
        raise exception 'who helps is written anew; what was written only ends' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger helping_begins before insert on journeys_helping
    for each row execute function kohti.helping_begins();
create or replace trigger helping_begun after insert on journeys_helping
    for each row execute function kohti.helping_begun();
create or replace trigger helping_only_ends after update on journeys_helping
    for each row execute function kohti.helping_only_ends();
create or replace trigger its_shares_end after update on journeys_helping
    for each row when (old.ended_at is null and new.ended_at is not null)
    execute function kohti.its_shares_end('helping', 'ended');
create or replace trigger helpers_go after update on journeys_journey
    for each row when (old.closed_at is null and new.closed_at is not null) execute function kohti.helpers_go();
""",
    definer(
        """
kohti.help_with_step(p_step uuid, p_version int, p_state text, p_words text, p_made uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_words text := btrim(p_words);
    v_state text := p_state;
    v_step journeys_step;
    v_helping journeys_helping;
    v_kind text;
begin
    select h.* into v_helping from journeys_helping h join team_membership m on m.id = h.member_id
    where h.step_id = p_step and m.staff_id = kohti.staff() and h.ended_at is null
      and exists (select 1 from people_share a where a.because_id = h.id and a.because_kind = 'helping'
                  and a.ended_at is null and a.ends > kohti.now());
    if v_helping.id is null or not p_step = any(kohti.my_steps()) then
        return 'gone';
    end if;
    -- in the order in which a coach takes them
    perform 1 from journeys_journey where id = v_helping.journey_id and closed_at is null for no key update;
    if not found then
        return 'gone';
    end if;
    select * into v_step from journeys_step where id = p_step and sealed = '' for no key update;
    if v_step.id is null then
        return 'gone';
    end if;
    if v_state = v_step.state then
        v_state := '';
    end if;
    if v_state <> '' then
        if v_step.version <> p_version then
            return 'changed';
        end if;
        if not (v_state in ('done', 'stuck') and v_step.state in ('doing', 'stuck')
                or v_state = 'doing' and v_step.state in ('done', 'stuck')) then
            return 'no-such-move';
        end if;
        update journeys_step
        set state = v_state, why = case when v_state = 'stuck' then v_words else '' end, ask_on = null,
            stuck_at = case when v_state = 'stuck' then kohti.now() end, answered_at = null,
            changed_at = kohti.now(), version = version + 1
        where id = p_step;
    elsif v_words = '' then
        return 'nothing';
    end if;
    v_kind := case when v_state = '' then 'step-said' else 'step-' || v_state end;
    insert into journeys_planversion (id, service_id, person_id, journey_id, number, at, by_member, agreed_how)
    select p_made, v_step.service_id, v_step.person_id, v_step.journey_id,
           coalesce(max(number), 0) + 1, kohti.now(), kohti.member(), ''
    from journeys_planversion where journey_id = v_step.journey_id;
    insert into journeys_planchange (id, service_id, person_id, journey_id, plan_version_id, position, sealed, kind, values)
    select gen_random_uuid(), v_step.service_id, v_step.person_id, v_step.journey_id, p_made, n, v_helping.sealed, k,
           jsonb_build_object('words', v_step.words, 'why', v_words)
    from (values (0, v_kind), (1, case when v_state in ('done', 'doing') and v_words <> '' then 'step-said' end)) c (n, k)
    where k is not null;
    update journeys_helping set news = v_words, news_at = kohti.now(), seen_at = null where id = v_helping.id;
    return 'ok';
end $$"""
    ),
)
