"""What a merge touches, written down: every carried row before, and what became of it after.

Rows that did not change are struck out again, so that what triggers did is known as well as what is done here.
"""

from __future__ import annotations

from kohti.kernel.carried import Carried

from .carried import CARRIED, of_the_two, text_array

PERSON_WITHOUT = ("heed",)


def _said(one: Carried) -> str:
    return f"to_jsonb(t) - {text_array(one.without)}"


def _write_down(table: str, said: str, about: str) -> str:
    return f"""
    insert into people_mergedrow (id, service_id, merge_id, table_name, row_id, made, before, after)
    select gen_random_uuid(), v_service, p_merge, '{table}', t.id, false, {said}, '{{}}'
    from {table} t where {about};"""


def _compare(table: str, said: str, about: str) -> str:
    return f"""
    insert into people_mergedrow (id, service_id, merge_id, table_name, row_id, made, before, after)
    select gen_random_uuid(), v_service, p_merge, '{table}', t.id, true, '{{}}', '{{}}' from {table} t
    where {about} and not exists (select 1 from people_mergedrow m where m.merge_id = p_merge
                                  and m.table_name = '{table}' and m.row_id = t.id);
    update people_mergedrow m set after = {said} from {table} t
    where m.merge_id = p_merge and m.table_name = '{table}' and t.id = m.row_id and not m.made;"""


PERSONS = "(t.id in (p_kept, p_gone) or t.merged_into_id = p_gone)"
GRANTS = "t.person_id in (p_kept, p_gone) and t.ends > v_now"
PERSON_SAID = f"to_jsonb(t) - {text_array(PERSON_WITHOUT)}"

WRITE_DOWN = "".join(
    (
        _write_down("people_person", PERSON_SAID, PERSONS),
        _write_down("people_grant", "to_jsonb(t)", GRANTS),
        *(_write_down(one.table, _said(one), of_the_two(one)) for one in CARRIED),
    )
)
COMPARE = "".join(
    (
        _compare("people_person", PERSON_SAID, PERSONS),
        _compare("people_grant", "to_jsonb(t)", GRANTS),
        *(_compare(one.table, _said(one), of_the_two(one)) for one in CARRIED),
    )
)
STRIKE_OUT = """
    delete from people_mergedrow where merge_id = p_merge and not made and before = after;
    update people_mergedrow m set
        before = (select jsonb_object_agg(e.key, e.value) from jsonb_each(m.before) e
                  where m.after->e.key is distinct from e.value),
        after = (select jsonb_object_agg(e.key, e.value) from jsonb_each(m.after) e
                 where m.before->e.key is distinct from e.value)
    where m.merge_id = p_merge and not m.made;
"""
