"""What this room carries about a person, and what is settled before two records become one."""

from __future__ import annotations

from kohti.kernel.carried import Carried

CARRIED: tuple[Carried, ...] = (
    Carried(table="diary_booking", without=("holds",)),
    Carried(table="diary_wish", hangs_on=("booking_id", "diary_booking")),
    Carried(table="diary_offer", hangs_on=("wish_id", "diary_wish")),
)

LOSES = """
select case when g.state = 'kept' and k.state <> 'kept' then k.id else g.id end as id
from diary_booking k join diary_booking g on g.holds and g.starts < k.ends and k.starts < g.ends
where k.person_id = p_kept and g.person_id = p_gone and k.holds
"""
"""Of two appointments at one time the one that did not come about, else the one of the record that goes."""

FIRST = f"""
    -- nobody is in two places at one time
    for v_id in {LOSES} order by k.starts, g.starts, g.id loop
        if exists (select 1 from ({LOSES}) lost where lost.id = v_id) then
            update diary_booking set state = 'cancelled', version = version + 1 where id = v_id;
            update people_grant set ends = greatest(starts, v_now) where because_id = v_id and ends > v_now;
        end if;
    end loop;
"""
"""SQL before the rows come over; `v_id` is free to use."""

BACK = """
    -- an hour that was given to somebody else meanwhile stays theirs
    delete from people_mergedrow m using diary_booking b
    where m.merge_id = p_merge and m.table_name = 'diary_booking' and m.row_id = b.id and m.before ? 'state'
      and exists (select 1 from diary_booking o
                  where o.id <> b.id and o.holds and o.starts < b.ends and b.starts < o.ends
                    and (o.staff_id = b.staff_id or o.room_id = b.room_id or o.person_id = b.person_id));
    get diagnostics v_left = row_count;
"""
"""SQL when it is undone, once the rows stand on their own records again: what cannot be as it was is counted."""

STAYS: dict[tuple[str, str], str] = {}
"""Columns about people that stay as they are, and why."""
