"""What is to be looked at again of the people one goes a way with, or wrote oneself."""

from __future__ import annotations

from django.db import connection

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.people.queries.watching import SOON, ToReview

from .caseload import WHICH

MOST = 20
DUE = f"""
select m.id, m.kind, m.words, coalesce(m.ends_on, m.review_on), m.ends_on is not null and m.ends_on < %(today)s,
    m.person_id, coalesce(nullif(p.called, ''), nullif(p.full_name, ''), p.reference)
from people_mark m join people_person p on p.id = m.person_id
where m.ended_at is null
  and (m.by_member = %(member)s
       or m.person_id = any(array(select j.person_id from journeys_journey j where {WHICH["mine"]})))
  and case when m.kind = 'danger' then m.ends_on <= %(soon)s
      else m.review_on <= %(today)s and (m.ends_on is null or m.ends_on >= %(today)s) end
order by coalesce(m.ends_on, m.review_on), m.id limit %(most)s
"""


def to_review(actor: Actor) -> list[ToReview]:
    """The marks whose day of review has come, of the people whose way the actor has or stands in for, and those they
    wrote: what helps while it holds, dangers two weeks before they end and until somebody ends them.

    Longest due first, at most twenty. One statement; whom it shows is in the history.
    """
    today = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today, "soon": today + SOON, "member": actor.member_id, "most": MOST})
        found = [ToReview(*row) for row in cursor.fetchall()]
    if found:
        history.record("person.listed", "person", None, persons=sorted({one.person_id for one in found}))
    return found
