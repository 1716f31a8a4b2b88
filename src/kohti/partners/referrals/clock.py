"""The reply clock: an answer that does not come goes to a person, first to whoever sent it, then to a leader.

The worker looks. Who sent it sees it on Today from the day on; where they have left, or are away and nobody stands in
for them, it goes to a leader at once. Who was named and has left gives it back by itself.
"""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor

from .models import Referral, ReferralTurn
from .states import State

ALONE = """
select r.id, r.person_id, r.centre_id, r.state, r.climbed_to_id,
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
from partners_referral r
where r.service_id = %(service)s and r.closed_at is null and r.sent_at is not null
  and r.reply_by < %(today)s
order by r.reply_by, r.id limit 1000
"""
"""Late answers, and whether nobody who is here looks after them: neither who sent it, nor who has the person in hand."""
LEADERS = """
select m.id, m.centre_id = %(centre)s as here, exists (
    select 1 from diary_absence a where a.staff_id = m.staff_id and a.starts <= kohti.now() and a.ends > kohti.now()) as away
from team_membership m join team_role r on r.id = m.role_id
where m.service_id = %(service)s and r.verbs ? 'journeys.lead' and r.verbs ? 'referrals.write'
  and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
order by here desc, away, m.starts, m.id limit 1
"""
"""A leader: of that centre and here today, else of that centre, else of another."""
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
    for referral_id, person_id, centre_id, _state, climbed_to, alone in late:
        one = Referral.objects.get(id=referral_id)
        if climbed_to is not None or not (alone or (one.leader_on is not None and one.leader_on < today)):
            continue
        leader = _leader(actor, centre_id)
        if leader is None:
            continue
        Referral.objects.filter(id=referral_id, climbed_to=None).update(
            climbed_to_id=leader, climbed_at=clock.now()
        )
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


def _leader(actor: Actor, centre_id: uuid.UUID) -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(LEADERS, {"service": actor.service, "centre": centre_id})
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
