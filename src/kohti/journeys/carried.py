"""What this room carries about a person, and what is settled before two records become one."""

from __future__ import annotations

from django.db.models import Model

from kohti.kernel.carried import Carried

from .models import PARTS, Answers, Contact, Helping, Need
from .models.plan import Aim, PlanChange, Step

SEALED: tuple[type[Model], ...] = (Need, Answers, Aim, Step, PlanChange, Helping)
DERIVED = ("held_until", "lapse", "alone", "last_contact_at", "next_at", "ends_on")

CARRIED: tuple[Carried, ...] = (
    Carried(table="journeys_journey", without=DERIVED),
    *(
        Carried(
            table=part._meta.db_table,
            sealed="one" if part in SEALED else "",
            hangs_on=("journey_id", "journeys_journey"),
            brings=("note_id", "people_note") if part is Contact else ("", ""),
        )
        for part in PARTS
    ),
)

FIRST = """
    -- one way is open: the one that was chosen goes on
    if (select count(*) from journeys_journey where person_id in (p_kept, p_gone) and closed_at is null) = 2 then
        select id into v_id from journeys_journey
        where person_id in (p_kept, p_gone) and closed_at is null and id is distinct from p_way;
        if not exists (select 1 from journeys_journey
                       where id = p_way and person_id in (p_kept, p_gone) and closed_at is null) then
            return 'which-way';
        end if;
        update journeys_stagespell set until = greatest(since, v_now) where journey_id = v_id and until is null;
        update journeys_handover set state = 'back', answered_at = v_now
        where journey_id = v_id and state = 'asked';
        update journeys_cover set ends = greatest(starts, v_now) where journey_id = v_id and ends > v_now;
        update journeys_owning set until = v_now + interval '90 days'
        where journey_id = v_id and (until is null or until > v_now + interval '90 days');
        update journeys_journey
        set closed_at = greatest(opened_at, v_now), closed_with = p_words, version = version + 1 where id = v_id;
    end if;
"""
"""SQL before the rows come over: `p_way` goes on, the other ends with `p_words`. `v_id` is free to use."""

NO_WAY_BACK = """
    if exists (
        select 1 from people_mergedrow m join journeys_journey j on j.id = m.row_id
        join journeys_journey o on o.person_id = v_merge.kept_id and o.closed_at is null and o.id <> j.id
        where m.merge_id = p_merge and m.table_name = 'journeys_journey'
          and m.before ? 'closed_at' and m.before->>'closed_at' is null and not m.before ? 'person_id'
          and not exists (select 1 from people_mergedrow n
                          where n.merge_id = p_merge and n.row_id = o.id and n.before ? 'person_id')) then
        return jsonb_build_object('no', 'way');
    end if;
"""
"""SQL that says whether it can be undone: the way that ended would stand beside one that was begun since."""

AFTER = """
    perform kohti.hold(array(select id from journeys_journey where person_id in (p_kept, p_gone)));
"""
"""SQL once all rows stand where they belong: until when each way is held."""

STAYS: dict[tuple[str, str], str] = {}
"""Columns about people that stay as they are, and why."""
