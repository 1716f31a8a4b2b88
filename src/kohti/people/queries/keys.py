"""Which sealed fields of life of a person one may let a colleague see."""

from __future__ import annotations

import uuid

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor

TO_GIVE = """
select k.field from (
    select split_part(x, ':', 2) as field from unnest((select kohti.my_keys_to_give())::text[]) x
    where split_part(x, ':', 1) = %(person)s::text
) k
where not exists (
    select 1 from people_grant g where g.person_id = %(person)s and g.to_member_id = %(member)s
    and g.field = k.field and g.purpose = 'sealed' and g.starts <= kohti.now() and g.ends > kohti.now())
order by k.field
"""


def keys_to_give(actor: Actor, person_id: uuid.UUID, member_id: uuid.UUID | None = None) -> list[str]:
    """The sealed fields of a person that the actor may pass on; with `member_id`, those this one does not hold.

    One statement.
    """
    actors.must(actor, "people.open")
    with connection.cursor() as cursor:
        cursor.execute(TO_GIVE, {"person": person_id, "member": member_id})
        return [row[0] for row in cursor.fetchall()]
