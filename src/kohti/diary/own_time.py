"""What a colleague's calendar program is told: when they are booked or away, and nobody's name.

Asked as that colleague: it tells what they see of their own time, and of that only kind, place and a reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
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
HELD = """
select d.id, d.title, d.weekday, d.opens, d.closes, d.first, c.name as centre, r.name as room, n.days, n.starts, n.ends,
    d.version
from diary_dropin d
join team_centre c on c.id = d.centre_id
left join diary_room r on r.id = d.room_id
join lateral (
    select array_agg(s.day order by s.day) as days, array_agg(s.starts order by s.day) as starts,
        array_agg(s.ends order by s.day) as ends
    from kohti.drop_ins_between(array[d.centre_id], d.first, %(last)s, %(zone)s) s where s.id = d.id
) n on n.days[cardinality(n.days)] >= %(first)s
where d.staff_id = %(staff)s
"""
STAMP = f"""
select md5(concat(%(said)s::text,
    (select string_agg(concat(b.id, b.version, p.reference), '' order by b.id) {OWN}),
    (select string_agg(concat(a.id, a.starts, a.ends, a.version), '' order by a.id) {AWAY}),
    (select string_agg(h::text, '' order by h.id) from ({HELD}) h)))
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
        "zone": str(actor.zone),
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
    """The actor's calendar; `link` says where an appointment opens. Three statements."""
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
        cursor.execute(f"select a.id, a.version, a.starts, a.ends {AWAY} order by a.starts, a.id", asked)
        for absence_id, version, starts, ends in cursor.fetchall():
            whole = all(one.astimezone(actor.zone).time() == time() for one in (starts, ends))
            events.append(
                Event(
                    uid=str(absence_id),
                    sequence=version,
                    changed=since,
                    starts=starts,
                    ends=ends,
                    title=_("Away"),
                    whole_days=whole,
                )
            )
        cursor.execute(f"{HELD} order by d.id", asked)
        for row in cursor.fetchall():
            events += _weekly(actor, row, since)
    return calendar(
        events, name=actor.facts.get("service", ""), zone=actor.zone, first=asked["first"], last=asked["last"]
    )


def _weekly(actor: Actor, row: Sequence[Any], changed: datetime) -> Iterator[Event]:
    """A drop-in of every week as one event, its days off as exceptions; a day it ends early is one of its own."""
    drop_in_id, titles, _on, opens, closes, _since, centre, room, days, starts, ends, version = row
    held = {day: (begin, end) for day, begin, end in zip(days, starts, ends, strict=True)}
    whole = [day for day in days if held[day][1].astimezone(actor.zone).time() == closes]
    known: dict[str, Any] = {
        "sequence": version,
        "changed": changed,
        "title": words.title(titles),
        "place": f"{room}, {centre}" if room else centre,
    }
    if whole:
        weeks = (whole[-1] - whole[0]).days // 7
        every = [whole[0] + timedelta(days=7 * week) for week in range(weeks + 1)]
        first = datetime.combine(whole[0], opens, actor.zone)
        yield Event(
            uid=str(drop_in_id),
            starts=first,
            ends=datetime.combine(whole[0], closes, actor.zone),
            every_week=whole[-1],
            but=[day for day in every if day not in set(whole)],
            **known,
        )
    for day in days:
        if day not in set(whole):
            yield Event(uid=f"{drop_in_id}-{day}", starts=held[day][0], ends=held[day][1], **known)
