"""Who may see the kernel's tables, and those of the libraries that keep theirs in our database."""

from __future__ import annotations

from .policies import ANYBODY, OWN_SERVICE, Table


def setting(name: str, kind: str) -> str:
    """SQL for a function `kohti.NAME()` that reads one setting of the entered actor."""
    return f"""
create or replace function kohti.{name}() returns {kind} language sql stable parallel safe
as $$ select nullif(current_setting('kohti.{name}', true), '')::{kind} $$;
"""


def definer(declaration: str) -> str:
    """SQL that makes one SECURITY DEFINER function owned by the definer role.

    `declaration` starts with the function's name and signature: `kohti.x(a uuid) returns … as $$…$$`.
    Its search_path names pg_temp last: else a temporary table of the caller's would stand in for one of ours.
    """
    return f"""
set role kohti_definer;
create or replace function {declaration};
reset role;
"""


FUNCTIONS = (
    *(
        setting(name, kind)
        for name, kind in (
            ("kind", "text"),
            ("role", "text"),
            ("member", "uuid"),
            ("staff", "uuid"),
            ("organisation", "uuid"),
            ("service", "uuid"),
            ("colleagues", "uuid"),
            ("admitted", "uuid"),
            ("guest_of", "uuid"),
            ("guest_person", "uuid"),
            ("stands_at", "uuid"),
            ("floor", "uuid"),
            ("whole_centre", "uuid"),
            ("system", "uuid"),
            ("administers", "uuid"),
            ("first_day", "date"),
            ("last_day", "date"),
        )
    ),
    """
create or replace function kohti.at_the_door() returns boolean language sql stable parallel safe
as $$ select current_setting('kohti.kind', true) = 'door' $$;
""",
    """
create or replace function kohti.now() returns timestamptz language sql stable parallel safe
as $$ select coalesce(nullif(current_setting('kohti.now', true), '')::timestamptz, now()) $$;
""",
    """
create or replace function kohti.event_digest(e kernel_historyevent) returns bytea
language sql immutable as $$
select sha256(convert_to(concat(
    e.id, '|', e.era, '|', e.xid, '|', (extract(epoch from e.at) * 1000000)::bigint, '|',
    e.service_id, '|', e.kind, '|', e.member_id, '|', e.verb, '|', e.subject_kind, '|', e.subject_id, '|',
    array_to_string(e.person_ids, ','), '|', encode(e.detail_digest, 'hex')), 'UTF8')) $$;
""",
    definer(
        """
kohti.record(p_id uuid, p_verb text, p_subject_kind text, p_subject_id uuid, p_persons uuid[], p_detail text)
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_event kernel_historyevent;
    v_salt bytea;
begin
    if kohti.kind() is null then
        raise exception 'nobody is asking';
    end if;
    v_event.id := p_id;
    select era into v_event.era from kernel_installation;
    v_event.xid := pg_current_xact_id()::text::bigint;
    v_event.at := kohti.now();
    v_event.service_id := kohti.service();
    v_event.kind := kohti.kind();
    v_event.member_id := kohti.member();
    v_event.verb := p_verb;
    v_event.subject_kind := p_subject_kind;
    v_event.subject_id := p_subject_id;
    v_event.person_ids := p_persons;
    if p_detail is not null then
        v_salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        v_event.detail_digest := sha256(v_salt || convert_to(p_detail, 'UTF8'));
        insert into kernel_historydetail (event_id, salt, body) values (p_id, v_salt, p_detail);
    end if;
    v_event.digest := kohti.event_digest(v_event);
    insert into kernel_historyevent select v_event.*;
end $$"""
    ),
    definer(
        """
kohti.forget_in_history(p_person uuid) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_count integer;
begin
    if kohti.system() is null then
        raise exception 'only the service''s own housekeeping forgets';
    end if;
    update kernel_historydetail d set body = null, salt = null, erased_at = kohti.now()
    from kernel_historyevent e
    where e.id = d.event_id and e.person_ids @> array[p_person] and e.service_id = kohti.system()
      and d.erased_at is null;
    get diagnostics v_count = row_count;
    return v_count;
end $$"""
    ),
    definer(
        """
kohti.messages_by_state()
returns table (state text, messages bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select m.state, count(*) from kernel_message m
    where m.state in ('queued', 'sending', 'unknown', 'failed') group by 1
$$"""
    ),
    definer(
        """
kohti.forgotten()
returns table (service_id uuid, person_id uuid, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select e.service_id, unnest(e.person_ids), min(e.at) from kernel_historyevent e
    where e.verb = 'person.forgotten' and e.service_id is not null group by 1, 2
$$"""
    ),
    definer(
        """
kohti.seal_history(p_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_last kernel_historyseal;
    v_era integer;
    v_after bigint;
    v_before bigint;
    v_limit bigint;
    v_count integer;
    v_digest bytea;
begin
    perform pg_advisory_xact_lock(7236001);
    select era into v_era from kernel_installation;
    select * into v_last from kernel_historyseal order by n desc limit 1;
    v_after := case when v_last.era = v_era then v_last.before_xid else 0 end;
    v_before := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    select xid + 1 into v_limit from kernel_historyevent
    where era = v_era and xid >= v_after and xid < v_before order by era, xid, id offset p_most - 1 limit 1;
    v_before := least(v_before, coalesce(v_limit, v_before));
    select count(*), sha256(coalesce(string_agg(digest, ''::bytea order by xid, id), ''::bytea))
    into v_count, v_digest
    from kernel_historyevent where era = v_era and xid >= v_after and xid < v_before;
    if v_count = 0 then
        return 0;
    end if;
    insert into kernel_historyseal (n, era, after_xid, before_xid, events, at, digest, previous, hash)
    values (coalesce(v_last.n, 0) + 1, v_era, v_after, v_before, v_count, clock_timestamp(), v_digest,
            coalesce(v_last.hash, ''::bytea),
            sha256(coalesce(v_last.hash, ''::bytea) || v_digest
                   || convert_to(concat(coalesce(v_last.n, 0) + 1, '|', v_era, '|', v_after, '|', v_before,
                                        '|', v_count), 'UTF8')));
    return v_count;
end $$"""
    ),
)

WORKER_ONLY = (
    "kohti.seal_history(integer)",
    "kohti.forget_in_history(uuid)",
    "kohti.forgotten()",
    "kohti.messages_by_state()",
)

DOOR_ALL = "see add change remove"
LOOKED_AFTER = (
    "centre_id = (select kohti.whole_centre())"
    " or (centre_id is null and service_id = (select kohti.administers()))"
)
ORDERED_HERE = "args->>'service_id' = (select kohti.service())::text"

TABLES = (
    Table(name="kernel_installation", see=ANYBODY, system=""),
    # What happened, and who did it: for who administers the service, and for who leads the centre of whoever
    # did it. The values beside it stay closed: nobody learns from here what a person's page would tell.
    Table(
        name="kernel_historyevent",
        see="service_id = (select kohti.administers())"
        " or member_id = any((select kohti.my_colleagues())::uuid[])",
        system="",
    ),
    Table(name="kernel_historydetail", system=""),
    Table(name="kernel_historyseal", system=""),
    Table(
        name="kernel_done",
        see=OWN_SERVICE,
        add=OWN_SERVICE,
        system="see add remove",
    ),
    Table(
        name="kernel_draft",
        see="member_id = (select kohti.member())",
        add="member_id = (select kohti.member()) and service_id = (select kohti.service())",
        change="member_id = (select kohti.member())",
        remove="member_id = (select kohti.member())",
        system="see remove",
    ),
    # Who orders a message sees it; so does who leads the centre it is of. Those of no centre are the
    # administrators' business, and those of no service (ways back in) the worker's alone.
    Table(
        name="kernel_message",
        see=f"{OWN_SERVICE} and ({LOOKED_AFTER} or by_member_id = (select kohti.member()))",
        add=OWN_SERVICE,
        change=f"{OWN_SERVICE} and ({LOOKED_AFTER})",
        door="add",
        worker="see change",
        worker_rows="service_id is null and (select kohti.at_the_door())",
    ),
    # libraries
    Table(name="django_migrations", system=""),
    Table(name="django_content_type", system=""),
    Table(name="auth_permission", system=""),
    Table(name="auth_group", system=""),
    Table(name="auth_group_permissions", system=""),
    Table(name="kohti_cache", door=DOOR_ALL, system=""),
    Table(name="account_emailaddress", door=DOOR_ALL, system=""),
    Table(name="account_emailconfirmation", door=DOOR_ALL, system=""),
    Table(name="mfa_authenticator", door=DOOR_ALL, system=""),
    Table(name="socialaccount_socialaccount", door=DOOR_ALL, system=""),
    Table(name="socialaccount_socialapp", system=""),
    Table(name="socialaccount_socialtoken", system=""),
    # background work: the worker runs it and asks without an actor; the web only orders it
    Table(
        name="procrastinate_jobs",
        see=ORDERED_HERE,
        add=ORDERED_HERE,
        system="",
        worker="see add change remove",
        worker_rows="true",
    ),
    Table(
        name="procrastinate_events",
        add="exists (select 1 from procrastinate_jobs j where j.id = job_id)",
        system="",
        worker="see add change remove",
        worker_rows="true",
    ),
    Table(name="procrastinate_workers", system="", worker="see add change remove", worker_rows="true"),
    Table(
        name="procrastinate_periodic_defers", system="", worker="see add change remove", worker_rows="true"
    ),
)
