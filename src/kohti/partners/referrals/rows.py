"""Who may see and change referrals, and the functions behind the link of a partner without an account.

The side that hands over is whoever sees the person whole (and, where the organisation's name tells something, holds the
key to it), and the sender. The side that was asked is the named member, else whoever of that organisation answers; they
see it while it is open and what was agreed still holds, and no longer.
"""

from __future__ import annotations

from kohti.kernel.policies import Table
from kohti.kernel.rows import definer
from kohti.people.rows import KEPT, MY_OWN, SEEN, SYSTEM_ALL, WITH_ITS_KEY
from kohti.team.rows import OF_THE_SERVICE

from .states import AFTER, CLOSED, OURS


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in states)


WRITES = "(select kohti.may('referrals.write'))"
ANSWERS = "(select kohti.may('referrals.answer'))"
HERE = f"({WRITES} and (from_member_id = (select kohti.member()) or ({SEEN} and {WITH_ITS_KEY})))"
STANDS = "closed_at is null and sent_at is not null and ends > (select kohti.now())"
TO_US = (
    "(to_member_id = (select kohti.member())"
    " or (to_member_id is null and to_organisation_id = (select kohti.organisation())))"
)
NOT_RESTRICTED = (
    "person_id <> all(array(select x.person_id from people_restriction x"
    " where x.ended_at is null and x.service_id = (select kohti.service())))"
)
"""A record that is open to named people only is open to no partner; computed once a statement."""
THERE = f"({ANSWERS} and {STANDS} and {TO_US} and {NOT_RESTRICTED})"
GUEST = "id = (select kohti.admitted())"
ITS_REFERRAL = "exists (select 1 from partners_referral r where r.id = referral_id)"
OURS_ALONE = f"{WRITES} and {ITS_REFERRAL}"
FOLLOWS = " or ".join(
    f"(old.state = '{before}' and new.state in ({_listed(after)}))"
    for before, after in AFTER.items()
    if after
)

MOVES = (
    definer(
        f"""
kohti.referral_moves()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_here boolean;
begin
    if (new.id, new.service_id, new.from_member_id, new.at) is distinct from
            (old.id, old.service_id, old.from_member_id, old.at)
        or (old.state <> 'draft' and kohti.system() is null and (new.to_organisation_id, new.to_member_id,
                new.to_partner_id, new.to_listing_id, new.to_name, new.fields, new.basis, new.until, new.sealed,
                new.about) is distinct from
            (old.to_organisation_id, old.to_member_id, old.to_partner_id, old.to_listing_id,
                old.to_name, old.fields, old.basis, old.until, old.sealed, old.about))
        or new.ends > old.ends and old.state <> 'draft' then
        raise exception 'what was sent is not changed: it is withdrawn and written anew'
            using errcode = 'check_violation';
    end if;
    if new.state = old.state then
        return new;
    end if;
    if not ({FOLLOWS}) then
        raise exception 'a referral does not come from % to %', old.state, new.state using errcode = 'check_violation';
    end if;
    v_here := coalesce(kohti.system() is not null or new.from_member_id = kohti.member()
        or kohti.sees(new.person_id), false);
    if new.state in ({_listed(OURS)}) and not v_here then
        raise exception 'only who handed over says so' using errcode = 'check_violation';
    end if;
    -- who was asked answers; where they have no account, whoever handed over writes down what they said
    if new.state not in ({_listed(OURS)}) and kohti.system() is null and not coalesce(
            kohti.admitted() = new.id
            or (new.to_organisation_id is null and v_here)
            or new.to_member_id = kohti.member()
            or (new.to_member_id is null and new.to_organisation_id = kohti.organisation()
                and kohti.may('referrals.answer')), false) then
        raise exception 'only who was asked answers' using errcode = 'check_violation';
    end if;
    if new.state = 'sent' and exists (
            select 1 from unnest(new.fields) f
            where exists (select 1 from people_grant g where g.person_id = new.person_id and g.field = f
                          and g.purpose = 'sealed' and g.ends > kohti.now())
              and not new.person_id::text || ':' || f = any(kohti.my_keys_to_give())) then
        raise exception 'what is sealed is given by whoever holds its key' using errcode = 'check_violation';
    end if;
    new.since := kohti.now();
    new.version := old.version + 1;
    new.closed_at := case when new.state in ({_listed(CLOSED)}) then kohti.now() end;
    return new;
end $$;
grant execute on function kohti.referral_moves() to public"""
    ),
    """
create or replace function kohti.referral_begins() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if current_user in ('kohti_web', 'kohti_worker') and new.state <> 'draft' then
        raise exception 'a referral begins as a draft' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger referral_begins after insert on partners_referral
    for each row execute function kohti.referral_begins();
create or replace trigger referral_moves before update of state, from_member_id, to_organisation_id, to_member_id,
    to_partner_id, to_listing_id, to_name, fields, basis, until, ends, sealed, about on partners_referral
    for each row execute function kohti.referral_moves();
""",
    # what was shared because of a referral ends with it, and so do its links
    definer(
        """
kohti.referral_ends()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update people_share set ended_at = kohti.now(), ended_by = kohti.member(), ended_why = new.state
    where because_kind = 'referral' and because_id = new.id and ended_at is null;
    update partners_referrallink set ended_at = kohti.now() where referral_id = new.id and ended_at is null;
    return null;
end $$;
grant execute on function kohti.referral_ends() to public"""
    ),
    """
create or replace trigger referral_ends after update on partners_referral
    for each row when (old.closed_at is null and new.closed_at is not null) execute function kohti.referral_ends();
""",
    # and where the share is ended by itself, who was asked sees the referral no longer either
    definer(
        """
kohti.share_ends_referral()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_referral set ends = least(ends, new.ended_at) where id = new.because_id and closed_at is null;
    return null;
end $$;
grant execute on function kohti.share_ends_referral() to public"""
    ),
    """
create or replace trigger share_ends_referral after update of ended_at on people_share
    for each row when (old.ended_at is null and new.ended_at is not null and new.because_kind = 'referral')
    execute function kohti.share_ends_referral();
""",
    # a record that is opened to named people only is nobody's at a partner's any more: it is handed over anew
    definer(
        """
kohti.restricting_ends_referrals()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_referral set ends = least(ends, greatest(at, kohti.now()))
    where person_id = new.id and closed_at is null and ends > kohti.now();
    return null;
end $$;
grant execute on function kohti.restricting_ends_referrals() to public"""
    ),
    """
create or replace trigger restricting_ends_referrals after update of restricted on people_person
    for each row when (new.restricted and not old.restricted) execute function kohti.restricting_ends_referrals();
""",
)

OF_THE_OTHER_SIDE = """
    closed_at is null and sent_at is not null and ends > kohti.now()
    and not exists (select 1 from people_person p where p.id = person_id and p.restricted) and (
        id = kohti.admitted()
        or (kohti.may('referrals.answer') and (to_member_id = kohti.member()
            or (to_member_id is null and to_organisation_id = kohti.organisation()))))
"""
"""Who was asked, as functions of the definer's ask it: they write what the row policies would hide by writing it."""

ANSWERING = (
    definer(
        f"""
kohti.answer_referral(p_referral uuid, p_state text, p_reply_by date, p_leader_on date)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_referral
    set state = case when p_state = '' then state else p_state end,
        reply_by = case when p_state = '' then reply_by else p_reply_by end,
        leader_on = case when p_state = '' then leader_on else p_leader_on end,
        climbed_at = case when p_state in ('', 'seen') then climbed_at end,
        climbed_to_id = case when p_state in ('', 'seen') then climbed_to_id end,
        theirs_at = case when p_state = 'seen' then theirs_at else kohti.now() end
    where id = p_referral and service_id = kohti.service() and (p_state <> 'seen' or state = 'sent')
      and {OF_THE_OTHER_SIDE};
    return found;
end $$"""
    ),
    definer(
        f"""
kohti.read_referral(p_referral uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_referral set read_there_at = kohti.now()
    where id = p_referral and service_id = kohti.service() and ours_at is not null
      and (read_there_at is null or read_there_at < ours_at) and {OF_THE_OTHER_SIDE};
    return found;
end $$"""
    ),
    # of whom referrals to us are: who reads by a share alone does not see the person's own row
    definer(
        f"""
kohti.referred(p_referrals uuid[])
returns table (id uuid, name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.id, coalesce(nullif(p.called, ''), p.full_name) from people_person p join (
        select partners_referral.id, person_id from partners_referral
        where partners_referral.id = any(p_referrals) and service_id = kohti.service() and {
            OF_THE_OTHER_SIDE.replace(" id = ", " partners_referral.id = ")
        }) r on r.person_id = p.id
$$"""
    ),
    # what became of one that is over, for whoever was asked: nothing but that
    definer(
        """
kohti.what_became_of(p_referral uuid)
returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select case when closed_at is not null then state else 'ended' end from partners_referral
    where id = p_referral and service_id = kohti.service() and sent_at is not null
      and (closed_at is not null or ends <= kohti.now()) and kohti.may('referrals.answer')
      and (to_member_id = kohti.member() or (to_member_id is null and to_organisation_id = kohti.organisation()))
$$"""
    ),
    # those of a person whose organisation the actor may not know: neutral words and days
    definer(
        """
kohti.referrals_hidden(p_person uuid)
returns table (id uuid, state text, at timestamptz, since timestamptz, neutral jsonb, neutral_text text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.id, r.state, r.at, r.since, o.neutral, p.neutral
    from partners_referral r left join team_organisation o on o.id = r.to_organisation_id
    left join partners_partner p on p.id = r.to_partner_id
    where r.person_id = p_person and kohti.may('referrals.write') and kohti.sees(p_person)
      and r.sealed <> '' and r.from_member_id is distinct from kohti.member()
      and not r.person_id::text || ':' || r.sealed = any(kohti.my_keys())
    order by r.at desc, r.id
$$"""
    ),
)

HOLDS = """
    case when r.state = 'draft' then null
         when r.closed_at is not null then r.state
         when l.ended_at is not null
             or exists (select 1 from people_person p where p.id = r.person_id and p.restricted) then 'revoked'
         when least(l.expires, r.ends) <= kohti.now() then 'expired'
         when l.browser_hash = '' then 'new'
         when l.browser_hash <> p_browser then 'elsewhere'
         else 'open' end
"""
"""How a link stands for a browser."""

BY_LINK = (
    definer(
        f"""
kohti.referral_link(p_hash text, p_browser text)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object({OF_THE_SERVICE}, 'state', {HOLDS}, 'link', l.id, 'referral', r.id,
        'centre', c.name, 'phone', c.phone, 'asked', l.asked_at is not null)
    from partners_referrallink l join partners_referral r on r.id = l.referral_id
    join team_service s on s.id = l.service_id join team_centre c on c.id = r.centre_id
    where l.token_hash = p_hash and p_hash <> ''
$$"""
    ),
    definer(
        f"""
kohti.open_referral_link(p_hash text, p_browser text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update partners_referrallink l set browser_hash = p_browser, opened_at = kohti.now()
    from partners_referral r
    where l.token_hash = p_hash and r.id = l.referral_id and length(p_browser) = 64 and ({HOLDS}) = 'new';
    return found;
end $$"""
    ),
    # somebody who cannot open it any more asks for another: that comes to whoever sent it, once
    definer(
        """
kohti.ask_for_a_link(p_hash text)
returns jsonb language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_link partners_referrallink;
    v_referral partners_referral;
begin
    select l.* into v_link from partners_referrallink l where l.token_hash = p_hash and p_hash <> '' for update;
    select r.* into v_referral from partners_referral r
    where r.id = v_link.referral_id and r.closed_at is null and r.sent_at is not null and r.ends > kohti.now();
    if not found or v_link.asked_at is not null or not kohti.at_the_door() then
        return null;
    end if;
    update partners_referrallink set asked_at = kohti.now() where id = v_link.id;
    update partners_referral set theirs_at = kohti.now() where id = v_referral.id;
    insert into partners_referralturn (id, service_id, person_id, referral_id, at, here, name, state, words)
    values (gen_random_uuid(), v_referral.service_id, v_referral.person_id, v_referral.id, kohti.now(), false, '', 'again', '');
    return jsonb_build_object('centre', v_referral.centre_id, 'referral', v_referral.id);
end $$"""
    ),
    definer(
        f"""
kohti.partner_facts(p_link uuid)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object({OF_THE_SERVICE}, 'centre_id', c.id, 'centre', c.name, 'centre_code', c.code,
        'referral', r.id, 'person', r.person_id)
    from partners_referrallink l join partners_referral r on r.id = l.referral_id
    join team_service s on s.id = l.service_id join team_centre c on c.id = r.centre_id
    join people_person p on p.id = r.person_id and not p.restricted
    where l.id = p_link and l.ended_at is null and l.browser_hash <> '' and r.closed_at is null
      and r.sent_at is not null and least(l.expires, r.ends) > kohti.now()
$$"""
    ),
    # whoever holds the link is known by the one referral, at no centre and as nobody's colleague
    definer(
        """
kohti.enter_partner(p_link uuid, p_now timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_facts jsonb;
begin
    perform set_config('kohti.now', p_now::text, true);
    v_facts := kohti.partner_facts(p_link);
    if v_facts is null then
        return false;
    end if;
    perform kohti.set_actor('guest', null, null, (v_facts->>'service_id')::uuid, null, 'guest', 'none',
        v_facts->>'timezone', p_now);
    perform set_config('kohti.admitted', v_facts->>'referral', true);
    return true;
end $$"""
    ),
)

CARD = """
create or replace function kohti.shown_card(p_person uuid, p_fields text[])
returns jsonb language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object(
        'reach', case when 'reach' = any(p_fields) then coalesce((
            select jsonb_agg(jsonb_build_array(c.kind, c.value, c.note) order by c.preferred desc, c.kind, c.created_at, c.id)
            from people_contact c where c.person_id = p_person and c.ended_at is null and c.sealed = ''), '[]') end,
        'helps', case when 'helps' = any(p_fields) then coalesce((
            select jsonb_agg(m.words order by m.created_at, m.id)
            from people_mark m where m.person_id = p_person and m.ended_at is null and m.sealed = '' and m.kind = 'helps'
              and (m.ends_on is null or m.ends_on >= kohti.now()::date)), '[]') end,
        'needs', coalesce((
            select jsonb_agg(jsonb_build_array(n.field, n.view, n.level, n.at) order by n.field, n.view)
            from (select distinct on (n.field, n.view) n.field, n.view, n.level, n.at from journeys_need n
                  join journeys_journey j on j.id = n.journey_id and j.closed_at is null
                  where n.person_id = p_person and n.field = any(p_fields) and (n.sealed = '' or n.sealed = any(p_fields))
                  order by n.field, n.view, n.at desc) n), '[]'),
        'aims', coalesce((
            select jsonb_agg(jsonb_build_array(a.field, a.words, (
                select coalesce(jsonb_agg(jsonb_build_array(s.words, s.due_on) order by s.due_on, s.id), '[]')
                from journeys_step s where s.aim_id = a.id and s.state in ('offered', 'doing', 'stuck')
                  and (s.sealed = '' or s.sealed = any(p_fields)))) order by a.made_at, a.id)
            from journeys_aim a join journeys_journey j on j.id = a.journey_id and j.closed_at is null
            where a.person_id = p_person and a.state = 'open' and a.field = any(p_fields)
              and (a.sealed = '' or a.sealed = any(p_fields))), '[]'),
        'notes', coalesce((
            select jsonb_agg(jsonb_build_array(n.fields, n.at, n.text) order by n.at desc, n.id)
            from (select * from people_note n where n.person_id = p_person and n.fields <> '{}'
                  and n.fields::text[] <@ p_fields and n.sealed::text[] <@ p_fields and n.text <> '' and not n.moved_away
                  order by n.at desc, n.id limit 20) n), '[]'))
$$;
"""
"""What somebody reads of a person by these fields; asked as whoever asks, so that a page shows no more than they see.

For whoever reads by a share the rows behind it are the same: this is the card that was agreed.
"""

CARDS = (
    CARD,
    definer(
        """
kohti.partners_card()
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select kohti.shown_card(p.id, r.fields::text[]) || jsonb_build_object(
        'name', p.full_name, 'called', p.called, 'languages', p.languages, 'interpreter', p.interpreter,
        'safe', case when 'reach' = any(r.fields) then p.safe_contact else '' end,
        'not_by', case when 'reach' = any(r.fields) then p.not_by else '' end,
        'no_messages', 'reach' = any(r.fields) and p.no_messages)
    from partners_referral r join people_person p on p.id = r.person_id
    where r.id = kohti.admitted() and kohti.kind() = 'guest'
$$"""
    ),
)

FUNCTIONS = (*CARDS, *ANSWERING, *BY_LINK, *MOVES)

TABLES = (
    Table(
        name="partners_referral",
        see=f"{THERE} or {HERE} or {GUEST}",
        add=f"{HERE} and from_member_id = (select kohti.member()) and {KEPT}",
        change=HERE,
        system=SYSTEM_ALL,
    ),
    Table(
        name="partners_referralturn",
        see=ITS_REFERRAL,
        add=f"{ITS_REFERRAL} and ({MY_OWN} or (by_member is null and not here and referral_id = (select kohti.admitted())))",
        system=SYSTEM_ALL,
    ),
    Table(
        name="partners_referrallink",
        see=OURS_ALONE,
        add=f"{OURS_ALONE} and made_by = (select kohti.member()) and {KEPT}",
        change=OURS_ALONE,
        system=SYSTEM_ALL,
    ),
)
