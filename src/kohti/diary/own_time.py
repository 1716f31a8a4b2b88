"""What a colleague's calendar program is told: when they are booked or away, and nobody's name.

Asked as that colleague: it tells what they see of their own time, and of that only kind, place and a reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor

from .feeds import Feed
from .icalendar import Event, calendar

BEHIND, AHEAD = timedelta(days=30), timedelta(days=366)
CANCELLED_FOR = timedelta(days=7)
"""What was cancelled is said so until this long after it would have been; then it is left out."""
READ_AGAIN = timedelta(hours=1)

OWN = """
from diary_booking b
join diary_kind k on k.id = b.kind_id
join team_centre c on c.id = b.centre_id
left join diary_room r on r.id = b.room_id
left join people_person p on p.id = b.person_id
where b.staff_id = %(staff)s and b.day between %(first)s and %(last)s
    and (b.state <> 'cancelled' or b.day >= %(cancelled)s)
"""
AWAY = """
from diary_absence a
where a.staff_id = %(staff)s and a.ends > %(from)s and a.starts < %(until)s and a.ends > a.starts
"""
STAMP = f"""
select md5(concat(%(said)s::text,
    (select string_agg(concat(b.id, b.version, p.reference), '' order by b.id) {OWN}),
    (select string_agg(concat(a.id, a.starts, a.ends), '' order by a.id) {AWAY})))
"""
BOOKED = f"""
select b.id, b.version, b.changed_at, b.starts, b.ends, b.state, k.title, c.name, r.name, p.reference {OWN}
order by b.starts, b.id
"""


def _asked(actor: Actor) -> dict[str, Any]:
    today = clock.today(actor.zone)
    first, last = today - BEHIND, today + AHEAD
    return {
        "staff": actor.staff_id,
        "first": first,
        "last": last,
        "from": _midnight(first, actor),
        "until": _midnight(last, actor),
        "cancelled": today - CANCELLED_FOR,
        "said": f"1 {words.language()} {actor.facts.get('version')} {today}",
    }


def _midnight(day: date, actor: Actor) -> datetime:
    return datetime.combine(day, time(), actor.zone)


def renewed(actor: Actor, feed: Feed) -> Feed:
    """The feed with the stamp of what it says now, and since when. One statement, and one more where that changed."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP, _asked(actor))
        stamp = cursor.fetchone()[0]
    now, changed = clock.now(), []
    if stamp != feed.stamp:
        feed.stamp, feed.stamped_at = stamp, now
        changed += ["stamp", "stamped_at"]
    if changed or feed.read_at is None or now - feed.read_at >= READ_AGAIN:
        feed.read_at = now
        feed.save(update_fields=[*changed, "read_at"])
    return feed


def content(actor: Actor, feed: Feed, *, link: Callable[[uuid.UUID], str]) -> bytes:
    """The actor's calendar; `link` says where an appointment opens. Two statements."""
    asked = _asked(actor)
    since = feed.stamped_at or feed.made_at
    events = []
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, asked)
        for (
            booking_id,
            version,
            changed,
            starts,
            ends,
            state,
            kind,
            centre,
            room,
            reference,
        ) in cursor.fetchall():
            events.append(
                Event(
                    uid=str(booking_id),
                    sequence=version,
                    changed=changed or feed.made_at,
                    starts=starts,
                    ends=ends,
                    title=words.title(kind),
                    place=f"{room}, {centre}" if room else centre,
                    text=" ".join(filter(None, (reference, link(booking_id)))),
                    link=link(booking_id),
                    cancelled=state == "cancelled",
                )
            )
        cursor.execute(f"select a.id, a.starts, a.ends {AWAY} order by a.starts, a.id", asked)
        for absence_id, starts, ends in cursor.fetchall():
            whole = all(one.astimezone(actor.zone).time() == time() for one in (starts, ends))
            events.append(
                Event(
                    uid=str(absence_id),
                    sequence=0,
                    changed=since,
                    starts=starts,
                    ends=ends,
                    title=_("Away"),
                    whole_days=whole,
                )
            )
    return calendar(
        events, name=actor.facts.get("service", ""), zone=actor.zone, first=asked["first"], last=asked["last"]
    )
