"""The reply clock: an answer that does not come goes to a person, first to whoever sent it, then to a leader.

The worker looks. Who sent it sees it on Today from the day on; where they have left, or are away and nobody stands in
for them, it goes to a leader at once. Who was named and has left gives it back by itself.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor

from .models import Referral, ReferralTurn
from .states import State

ALONE = """
select r.id, r.person_id, p.centre_id, r.sealed, r.leader_on,
    not exists (
        select 1 from team_membership m where m.id = r.from_member_id
        and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
        and not exists (select 1 from diary_absence a where a.staff_id = m.staff_id
                        and a.starts <= kohti.now() and a.ends > kohti.now()))
    and not exists (
        select 1 from journeys_journey j where j.person_id = r.person_id and j.closed_at is null and (
            exists (select 1 from team_membership m where m.id = j.owner_id
                    and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
                    and not exists (select 1 from diary_absence a where a.staff_id = m.staff_id
                                    and a.starts <= kohti.now() and a.ends > kohti.now()))
            or exists (select 1 from journeys_cover c where c.journey_id = j.id
                       and c.starts <= kohti.now() and c.ends > kohti.now()))) as alone
from partners_referral r join people_person p on p.id = r.person_id
where r.service_id = %(service)s and r.closed_at is null and r.sent_at is not null
  and r.reply_by < %(today)s
  and not exists (select 1 from team_membership c where c.id = r.climbed_to_id
                  and c.starts <= kohti.now() and (c.ends is null or c.ends > kohti.now()))
order by r.reply_by, r.id limit 1000
"""
"""Late answers that no leader who works here was asked about, and whether nobody who is here looks after them: neither
who sent it, nor who has the person in hand."""
LEADERS = """
select m.id, r.verbs ? 'journeys.lead' and m.centre_id = %(centre)s as leads, exists (
    select 1 from diary_absence a where a.staff_id = m.staff_id and a.starts <= kohti.now() and a.ends > kohti.now()) as away
from team_membership m join team_role r on r.id = m.role_id
where m.service_id = %(service)s and r.verbs ? 'referrals.write'
  and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
  and ((r.verbs ? 'journeys.lead' and r.scope = 'centre' and m.centre_id = %(centre)s) or exists (
      select 1 from people_grant g where g.person_id = %(person)s and g.to_member_id = m.id and g.field = ''
      and g.purpose not in ('share', 'former') and g.starts <= kohti.now() and g.ends > kohti.now()))
  and (%(sealed)s = '' or exists (
      select 1 from people_grant g where g.person_id = %(person)s and g.to_member_id = m.id and g.field = %(sealed)s
      and g.purpose = 'sealed' and g.starts <= kohti.now() and g.ends > kohti.now()))
order by leads desc, away, m.starts, m.id limit 1
"""
"""A leader of the person's centre who is here today, else one; where its name tells something one who holds the key; else
a colleague who sees the person. Nobody is asked who would not see it."""
LEFT = """
select r.id, r.person_id, r.state, t.full_name from partners_referral r
join team_membership m on m.id = r.to_member_id join team_staff t on t.id = m.staff_id
where r.service_id = %(service)s and r.closed_at is null and r.sent_at is not null and m.ends <= kohti.now()
order by r.at, r.id limit 1000
"""


def look(actor: Actor) -> int:
    """All of it for one service, as its housekeeping: give back, ask leaders; how many moved. Again: nothing more."""
    return _give_back(actor) + _climb(actor)


def _climb(actor: Actor) -> int:
    today = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(ALONE, {"service": actor.service, "today": today})
        late = cursor.fetchall()
    moved = 0
    for referral_id, person_id, centre_id, sealed, leader_on, alone in late:
        if not (alone or (leader_on is not None and leader_on < today)):
            continue
        leader = _leader(actor, person_id, centre_id, sealed)
        if leader is None:
            continue
        Referral.objects.filter(id=referral_id).update(climbed_to_id=leader, climbed_at=clock.now())
        history.record(
            "referral.climbed",
            "referral",
            referral_id,
            persons=[person_id],
            detail={"to": leader, "nobody_here": alone},
            tell=referral_id,
        )
        moved += 1
    return moved


def _leader(actor: Actor, person_id: uuid.UUID, centre_id: uuid.UUID, sealed: str) -> uuid.UUID | None:
    asked: dict[str, Any] = {
        "service": actor.service,
        "person": person_id,
        "centre": centre_id,
        "sealed": sealed,
    }
    with connection.cursor() as cursor:
        cursor.execute(LEADERS, asked)
        row = cursor.fetchone()
    return row[0] if row else None


def _give_back(actor: Actor) -> int:
    """Who was named no longer works here: it is declined with that word, and comes back to whoever sent it."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"service": actor.service})
        found = cursor.fetchall()
    now = clock.now()
    for referral_id, person_id, state, name in found:
        with words.spoken(actor.first_language, actor=actor):
            said = _("%(name)s no longer works here.") % {"name": name}
        Referral.objects.filter(id=referral_id).update(
            state=State.DECLINED, theirs_at=now, reply_by=None, leader_on=None
        )
        ReferralTurn.objects.create(
            service_id=actor.service,
            person_id=person_id,
            referral_id=referral_id,
            at=now,
            here=False,
            state=State.DECLINED,
            words=said,
        )
        history.record(
            "referral.declined",
            "referral",
            referral_id,
            persons=[person_id],
            detail={"was": state, "is": State.DECLINED.value, "left": True},
            tell=referral_id,
        )
    return len(found)
