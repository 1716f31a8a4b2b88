"""What must always be true of an installation, looked at from outside its actions, as the owner."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import Any

import psycopg

from kohti.config import addresses
from kohti.config.rooms import ROOMS
from kohti.journeys import attention as proof
from kohti.kernel import clock, history
from kohti.kernel.languages import gettext_noop

Say = Callable[[str], None]

QUESTIONS = {
    gettext_noop("every visit has one running period while it is open, and none after"): """
        select count(*) from frontdesk_visit v
        where (select count(*) from frontdesk_period p where p.visit_id = v.id and p.ends is null)
            <> (case when v.state in ('waiting', 'called', 'serving') then 1 else 0 end)""",
    gettext_noop(
        "the periods of a visit follow each other, with a gap only before somebody was taken back"
    ): """
        select count(*) from (
            select visit_id, ends, lead(starts) over in_order as next, lead(state) over in_order as next_state
            from frontdesk_period window in_order as (partition by visit_id order by starts, ends, id)) p
        where next is not null
            and (ends is null or next < ends or (next > ends and next_state <> 'waiting' and not exists (
                select 1 from kernel_historyevent e
                where e.subject_id = p.visit_id and e.verb = 'visit.reopened')))""",
    gettext_noop("no ticket was given twice"): """
        select count(*) from (select 1 from frontdesk_visit group by centre_id, day, number
                              having count(*) > 1) t""",
    gettext_noop("no day that was closed has anybody open"): """
        select count(*) from frontdesk_visit v join frontdesk_day d on d.centre_id = v.centre_id
            and d.day = v.day
        where d.closed_at is not null and v.state in ('waiting', 'called', 'serving')""",
    gettext_noop("every kept booking has its visit, and every visit of a booking a kept or missed one"): """
        select (select count(*) from diary_booking b where b.state = 'kept' and not exists (
                  select 1 from frontdesk_visit v where v.booking_id = b.id and v.state <> 'undone'))
             + (select count(*) from frontdesk_visit v join diary_booking b on b.id = v.booking_id
                where v.state <> 'undone' and b.state not in ('kept', 'missed'))""",
    gettext_noop("nobody's membership crosses services"): """
        select count(*) from team_membership m join team_centre c on c.id = m.centre_id
        where c.service_id <> m.service_id""",
    gettext_noop("every change of a visit is in the history"): """
        select count(*) from (
            select visit_id, count(*) as changes from frontdesk_period where state <> 'parked' group by visit_id) p
        left join (
            select subject_id, count(*) as events from kernel_historyevent
            where verb in ('visit.check_in', 'visit.walk_in', 'visit.taken_back', 'visit.called', 'visit.begun',
                'visit.parked', 'visit.handed_over', 'visit.reopened')
            group by subject_id) e on e.subject_id = p.visit_id
        where p.changes is distinct from e.events""",
}


def attention() -> proof.Attention:
    """Whom nobody holds, over the whole database, at the product's time."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        return proof.check(owner, clock.now())


def run(say: Say) -> list[dict[str, Any]]:
    """Ask every question; each answer says what was found."""
    found: list[dict[str, Any]] = []
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        for question, query in QUESTIONS.items():
            say(_(question))
            row = owner.execute(query.encode()).fetchone()
            count = int(row[0]) if row else 0
            found.append(
                {
                    "check": question,
                    "ok": count == 0,
                    "found": _("%(n)s not") % {"n": count} if count else _("as it should be"),
                }
            )
        declared = {table.name for room in ROOMS for table in room.TABLES}
        open_tables = [
            str(row[0])
            for row in owner.execute(
                "select relname from pg_class where relnamespace = 'public'::regnamespace"
                " and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)"
            )
        ]
        found.append(
            {
                "check": gettext_noop("every table is under row policies"),
                "ok": not open_tables,
                "found": _("%(n)s tables") % {"n": len(declared)}
                if not open_tables
                else _("not: %(tables)s") % {"tables": ", ".join(open_tables)},
            }
        )
        question = gettext_noop("every open way is held, or stands on a list that somebody reads")
        say(_(question))
        ways = proof.check(owner, clock.now())
        missed = ways.wrong + ways.orphans
        found.append(
            {
                "check": question,
                "ok": not missed,
                "found": _("%(n)s not") % {"n": missed} if missed else _("as it should be"),
            }
        )
        say(_("the history"))
        *_all, verdict = history.verify(owner)
        found.append(
            {
                "check": gettext_noop("the history is as it was written"),
                "ok": verdict.verified,
                "found": "; ".join(verdict.faults)
                or _("%(events)s events, %(sealed)s sealed")
                % {"events": verdict.events, "sealed": verdict.sealed},
            }
        )
    found.append({"check": gettext_noop("the product's clock"), "ok": True, "found": clock.now().isoformat()})
    return found
