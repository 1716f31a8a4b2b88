"""What this room carries about a person, and what is settled before two records become one."""

from __future__ import annotations

from kohti.kernel.carried import Carried

CARRIED: tuple[Carried, ...] = (
    Carried(table="people_contact", sealed="one"),
    Carried(table="people_mark", sealed="one"),
    Carried(table="people_why"),
    Carried(table="people_representative"),
    Carried(
        table="people_household",
        columns=("person_id", "other_id"),
        unless="p_kept in (t.person_id, t.other_id)",
    ),
    Carried(table="people_note", sealed="many"),
    Carried(table="people_notebefore", sealed="many"),
    Carried(table="people_restriction"),
    Carried(table="people_transfer"),
    Carried(table="people_attachment", sealed="one", without=("content",)),
    Carried(table="people_alert"),
    Carried(table="people_share", sealed="one"),
)

STAYS: dict[tuple[str, str], str] = {
    ("people_grant", "person_id"): "never edited, only ended: those in force are given anew on the kept one",
    ("people_person", "merged_into_id"): "where an empty record leads",
    ("people_merge", "kept_id"): "what was merged",
    ("people_merge", "gone_id"): "what was merged",
    ("people_apart", "person_id"): "said of that very record",
    ("people_apart", "other_id"): "said of that very record",
}

FIRST = """
    -- ways to reach them that were not chosen, as far as whoever merges may read them
    update people_contact set ended_at = v_now
    where person_id in (p_kept, p_gone) and ended_at is null and p_choices->'without' ? id::text
      and (sealed = '' or person_id::text || ':' || sealed = any(kohti.my_keys()));
    -- the same number twice is one; who prefers two ways prefers the kept one's
    update people_contact g set ended_at = v_now
    where g.person_id = p_gone and g.ended_at is null and g.plain <> '' and exists (
        select 1 from people_contact k where k.person_id = p_kept and k.ended_at is null
        and (k.kind, k.plain, k.sealed) = (g.kind, g.plain, g.sealed));
    update people_contact g set preferred = false
    where g.person_id = p_gone and g.preferred and g.ended_at is null and exists (
        select 1 from people_contact k where k.person_id = p_kept and k.preferred and k.ended_at is null);
    -- nobody belongs to themselves, and to another once
    update people_household h set ended_at = v_now
    where p_gone in (h.person_id, h.other_id) and h.ended_at is null and (
        p_kept in (h.person_id, h.other_id)
        or exists (select 1 from people_household k
                   where p_kept in (k.person_id, k.other_id) and k.ended_at is null and k.id <> h.id
                     and case when k.person_id = p_kept then k.other_id else k.person_id end
                       = case when h.person_id = p_gone then h.other_id else h.person_id end));
    update people_restriction set ended_at = v_now
    where person_id = p_gone and ended_at is null and v_kept.restricted and v_gone.restricted;
"""
"""SQL before the rows come over: what cannot be there twice ends. It may use `p_kept`, `p_gone`, `v_now`, what
was chosen (`p_choices`) and both records as they were (`v_kept`, `v_gone`)."""
