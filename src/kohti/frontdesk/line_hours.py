"""When a drop-in's line can be joined: from a little before it is held until its end, and in words when that is next.

A line that a drop-in of the centre names keeps that drop-in's hours there; the line for everybody and that of the
appointments keep none. Whoever comes outside of them waits in the line for everybody.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.rows import definer

EARLY_MINUTES = 15
"""So long before a drop-in begins its line can be joined."""
AHEAD = 56
"""How many days ahead it is looked when a drop-in is next held."""
SOON, MOST_SAID = 13, 4
"""So many days ahead, and so many drop-ins, a kiosk or board says when they are next held."""

LINE_HOURS = definer(
    f"""
kohti.line_hours(p_centre uuid, p_zone text, p_codes text[])
returns table (stream_id uuid, code text, title jsonb, opened boolean, starts timestamptz, ends timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set jit = off as $$
    with today as (select (kohti.now() at time zone p_zone)::date as day),
    lines as (
        select s.id, s.code, s.title from frontdesk_stream s
        where s.service_id = kohti.service() and not s.retired and not s.everybody and not s.of_appointments
          and (p_codes is null or s.code = any(p_codes))
          and exists (select 1 from diary_dropin d, today t where d.centre_id = p_centre and d.service_id = s.service_id
                      and d.stream = s.code and (d.code <> '' or d.last is null or d.last >= t.day))
    )
    select l.id, l.code, l.title, coalesce(n.starts - interval '{EARLY_MINUTES} minutes' <= kohti.now(), false),
        n.starts, n.ends
    from lines l left join lateral (
        select h.starts, h.ends from today t
        cross join lateral kohti.drop_ins_between(array[p_centre], t.day, t.day + {AHEAD}, p_zone) h
        join diary_dropin d on d.id = h.id
        where d.stream = l.code and h.ends > kohti.now()
        order by h.starts, h.ends limit 1) n on true
$$"""
)
"""The lines of a centre that keep hours: whether each can be joined now, and its session of now or the next one."""


HELD_NEXT = definer(
    f"""
kohti.held_next(p_zone text)
returns table (title jsonb, starts timestamptz, ends timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
set jit = off as $$
    select n.title, case when u.id is null then n.starts end, n.ends
    from (
        select distinct on (coalesce(nullif(d.code, ''), d.id::text)) d.title, h.starts, h.ends, h.id, h.day, t.day as today
        from (select (kohti.now() at time zone p_zone)::date as day) t
        cross join lateral kohti.drop_ins_between(array[kohti.stands_at()], t.day, t.day + {SOON}, p_zone) h
        join diary_dropin d on d.id = h.id
        where h.ends > kohti.now()
        order by coalesce(nullif(d.code, ''), d.id::text), h.starts) n
    left join lateral kohti.unheld_between(kohti.stands_at(), n.today, n.today, p_zone) u on u.id = n.id and u.day = n.day
    order by n.starts, n.ends, n.title::text limit {MOST_SAID}
$$"""
)
"""The drop-ins of the centre where a kiosk or board stands, each with its session of now or the next one; without
a beginning where that is today's and nobody is there to hold it."""


OWN_LINE = definer(
    """
kohti.line_of_its_own(p_drop_in uuid)
returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_drop_in diary_dropin;
    v_code text;
    v_letter text;
    v_stream uuid := gen_random_uuid();
begin
    select * into v_drop_in from diary_dropin d where d.id = p_drop_in and d.code = '' and d.stream = ''
      and (d.centre_id = kohti.whole_centre() or d.service_id = kohti.administers());
    if not found then
        return null;
    end if;
    select l.letter into v_letter
    from unnest(string_to_array('A B C D E F G H I J K L M N O P Q R S T U V W X Y Z', ' ')) l(letter)
    where not exists (select 1 from frontdesk_stream s where s.service_id = v_drop_in.service_id and not s.retired
        and s.letter = l.letter and (not s.by_hand or exists (select 1 from diary_dropin d
            where d.service_id = s.service_id and d.stream = s.code and (d.last is null or d.last >= kohti.first_day()))))
    order by l.letter <> upper(left((select t.value from jsonb_each_text(v_drop_in.title) t limit 1), 1)), l.letter
    limit 1;
    if v_letter is null then
        return '';
    end if;
    v_code := 'own-' || replace(left(v_stream::text, 13), '-', '');
    insert into frontdesk_stream (id, service_id, code, letter, title, of_appointments, everybody, promise_minutes,
                                  talk_minutes, position, retired, by_hand)
    values (v_stream, v_drop_in.service_id, v_code, v_letter, v_drop_in.title, false, false, 30, 20, 1000, false, true);
    insert into frontdesk_reason (id, service_id, code, title, stream_id, urgency, in_files, position, retired, by_hand)
    values (gen_random_uuid(), v_drop_in.service_id, v_code, v_drop_in.title, v_stream, 0, '[]', 1000, false, true);
    update diary_dropin set stream = v_code where id = p_drop_in;
    return v_code;
end $$"""
)
"""The line and the reason of a drop-in added by hand: its code; '' where no letter is left, null without the right."""


class Hours(NamedTuple):
    """A line that keeps hours: whether it can be joined now, and when it is held now or next, if at all."""

    stream_id: uuid.UUID
    code: str
    titles: str
    opened: bool
    starts: datetime | None
    ends: datetime | None

    def said(self, actor: Actor) -> str:
        """When it is held, in words of the language in use, for whoever stands at the desk."""
        if self.starts is None or self.ends is None:
            return _("no longer held here")
        return _held(actor, self.starts, self.ends, opened=self.opened)


def _held(actor: Actor, starts: datetime, ends: datetime, *, opened: bool) -> str:
    if opened:
        return _("held until %(time)s") % {"time": words.clock_time(ends, actor.zone)}
    hours = f"{words.clock_time(starts, actor.zone)}–{words.clock_time(ends, actor.zone)}"
    day = starts.astimezone(actor.zone).date()
    when = hours if day == clock.today(actor.zone) else f"{words.day_long(day)}, {hours}"
    return _("next held %(when)s") % {"when": when}


class Session(NamedTuple):
    """A drop-in as a kiosk or board says it: what, and from when until when it is held now or next."""

    titles: str
    starts: datetime | None
    """None: nobody is there to hold it today."""
    ends: datetime

    def said(self, device: Actor) -> tuple[str, str]:
        """What it is called and when it is held, in words of the language in use."""
        if self.starts is None:
            return words.title(self.titles), _("not held today")
        return words.title(self.titles), _held(
            device, self.starts, self.ends, opened=self.starts <= clock.now()
        )


def held_next(device: Actor) -> list[Session]:
    """The drop-ins of a kiosk's or board's centre, the soonest first, at most `MOST_SAID`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select title, starts, ends from kohti.held_next(%s)", [str(device.zone)])
        return [Session._make(row) for row in cursor.fetchall()]


def line_of_its_own(actor: Actor, drop_in_id: uuid.UUID) -> str:
    """Make the line of a drop-in that was added by hand, and the reason that leads to it; its code.

    Raises NotThere where it is not the actor's, Refused where every letter begins a line's tickets already.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.line_of_its_own(%s)", [drop_in_id])
        (code,) = cursor.fetchone()
    if code is None:
        raise NotThere("no such session")
    if not code:
        raise Refused(_("There is no letter left for the tickets of another line."), code="no-letter")
    return str(code)


def hours_of_lines(actor: Actor) -> dict[str, Hours]:
    """The lines of the actor's centre that keep hours, by code. One statement."""
    return hours_and_elsewhere(actor)[0]


def hours_and_elsewhere(actor: Actor) -> tuple[dict[str, Hours], frozenset[str]]:
    """The lines of the actor's centre that keep hours, by code; and the codes of those whose drop-ins are held at other
    centres of the service and never at this one. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.codes, h.* from (select array(select stream from diary_dropin"
            " where service_id = %s and stream <> '' group by stream having not bool_or(centre_id = %s)) as codes) e"
            " left join lateral kohti.line_hours(%s, %s, null) h on true",
            [actor.service, actor.centre, actor.centre, str(actor.zone)],
        )
        rows = cursor.fetchall()
    return {row[2]: Hours._make(row[1:]) for row in rows if row[1]}, frozenset(rows[0][0])


def why_elsewhere(actor: Actor, visit_id: uuid.UUID) -> str:
    """Why a walk-in waits in another line than that of its reason, in words; empty where it does not. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.*, w.title from frontdesk_visit v join frontdesk_stream w on w.id = v.stream_id"
            " join frontdesk_reason r on r.id = v.reason_id"
            " join frontdesk_stream s on s.id = r.stream_id and s.id <> v.stream_id"
            " cross join lateral kohti.line_hours(v.centre_id, %s, array[s.code]) h where v.id = %s",
            [str(actor.zone), visit_id],
        )
        row = cursor.fetchone()
    if row is None:
        return ""
    found = Hours._make(row[:6])
    waits = _("They wait in the line: %(line)s.") % {"line": words.title(row[6])}
    return f"{words.title(found.titles)}: {found.said(actor)}. {waits}"
