"""What people are told of their appointments by themselves: reminders before, and a word at once after a change.

The worker writes them into the outbox, one by one, each in a transaction with the row that says so: killed anywhere,
none is written twice. What is to be said is looked at again when it is written, with the appointment held: a message
about what stands there no longer is not written. Who has no safe way to be reached gets none, and staff see why.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, outbox, words
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.blueprint import Blueprint, RemindersPart
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team import queries as team

from . import by_link, codes, reaching
from .models import Booking, Reminder
from .reaching import Reach

STILL_OF_USE = 2
"""A reminder that is late, because the worker stood still, goes out until half of its time is left."""
BEFORE_IT = timedelta(hours=1)
"""What quiet hours would put off until so shortly before an appointment goes before they begin instead."""
A_LITTLE = timedelta(minutes=10)


def confirm(actor: Actor, booking_ids: Sequence[uuid.UUID], *, moved: bool = False) -> None:
    """A word at once to whoever these appointments are with, as they stand now, where the blueprint says so.

    `moved`: they stand at another time than before.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.confirm(%s, %s)", [list(booking_ids), moved])


def due_at(starts: datetime, hours: int, rules: RemindersPart, zone: ZoneInfo) -> datetime:
    """When a reminder so many hours before an appointment goes: by the clock on the wall, and not in quiet hours."""
    local = starts.astimezone(zone).replace(tzinfo=None) - timedelta(hours=hours)
    late = out_of_quiet(local, rules)
    if late > local and late.replace(tzinfo=zone) > starts - BEFORE_IT:
        over_night = rules.quiet_from > rules.quiet_until and local.time() < rules.quiet_until
        began = datetime.combine(local.date() - timedelta(days=over_night), rules.quiet_from)
        late = min(began - A_LITTLE, local)
    return late.replace(tzinfo=zone)


def out_of_quiet(local: datetime, rules: RemindersPart) -> datetime:
    """The first moment from a wall time on at which messages may leave."""
    begins, ends, wall = rules.quiet_from, rules.quiet_until, local.time()
    if begins == ends:
        return local
    if begins < ends:
        return datetime.combine(local.date(), ends) if begins <= wall < ends else local
    if wall >= begins:
        return datetime.combine(local.date() + timedelta(days=1), ends)
    return datetime.combine(local.date(), ends) if wall < ends else local


# ---------------------------------------------------------------- what is due

COMING = """
select b.id, b.centre_id, b.starts, b.link from team_centre c
join diary_booking b on b.centre_id = c.id and b.day between %(first)s and %(last)s
join diary_kind k on k.id = b.kind_id
where c.service_id = %(service)s and b.state = 'booked' and b.person_id is not null and k.reminds
  and b.starts > %(now)s and b.starts <= %(until)s
  and not exists (select 1 from diary_reminder r where r.booking_id = b.id and r.starts = b.starts
                  and ((r.about = 'before' and r.hours <= %(hours)s
                        and (r.state <> 'taken-back' or r.version = b.link))
                       or (r.about in ('booked', 'moved') and r.due >= %(lately)s)))
order by b.starts, b.id
"""


def plan_reminders(actor: Actor) -> int:
    """Note every reminder whose time has come; how many. As the service's housekeeping, in a transaction of ours.

    Of one appointment only the reminder that is nearest to it: who was reminded two hours before is not reminded of
    the day before. Whoever was told of a new time within the hour is not told again.
    """
    rules = _blueprint(actor).reminders
    now, made = clock.now(), 0
    for hours in sorted(rules.hours):
        until = now + timedelta(hours=hours + 24)
        with connection.cursor() as cursor:
            cursor.execute(
                COMING,
                {
                    "service": actor.service,
                    "now": now,
                    "first": now.astimezone(actor.zone).date(),
                    "last": until.astimezone(actor.zone).date(),
                    "until": until,
                    "hours": hours,
                    "lately": now - BEFORE_IT,
                },
            )
            found = cursor.fetchall()
        rows = [
            Reminder(
                id=new_id(),
                service_id=actor.service,
                centre_id=centre_id,
                booking_id=booking_id,
                about=Reminder.About.BEFORE,
                hours=hours,
                version=link,
                starts=starts,
                due=due,
            )
            for booking_id, centre_id, starts, link in found
            if (due := due_at(starts, hours, rules, actor.zone)) <= now
            and starts - now >= timedelta(hours=hours) / STILL_OF_USE
        ]
        made += len(Reminder.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True))
    return made


# ---------------------------------------------------------------- writing them

TAKE = f"""
select r.id, r.about, r.starts, r.centre_id, b.id, b.state, b.starts, b.link, k.public, k.bring, c.name, c.address,
    c.phone, b.code, split_part(coalesce(t.full_name, ''), ' ', 1),
    {reaching.WHO}
from diary_reminder r
join diary_booking b on b.id = r.booking_id
join diary_kind k on k.id = b.kind_id
join team_centre c on c.id = b.centre_id
left join team_staff t on t.id = b.staff_id
join people_person p on p.id = b.person_id
where r.service_id = %s and r.state = 'waiting' and r.due <= %s
order by r.due, r.id limit 1
for no key update of r, b skip locked
"""


@dataclass(frozen=True, slots=True)
class _About:
    """A reminder with all that writing it needs."""

    id: uuid.UUID
    about: str
    says: datetime
    centre_id: uuid.UUID
    booking_id: uuid.UUID
    state: str
    starts: datetime
    link: int
    kind: Any
    bring: Any
    centre: str
    address: str
    phone: str
    code: str
    staff: str
    who: Reach

    def stands(self) -> bool:
        """Whether what it would say is still so."""
        wanted = Booking.State.CANCELLED if self.about == "cancelled" else Booking.State.BOOKED
        return self.state == wanted and self.starts == self.says and self.starts > clock.now()


def write_due(actor: Actor, *, most: int = 10_000) -> int:
    """Write every reminder that is due into the outbox; how many were. As the service's housekeeping.

    Each in a transaction of its own: call it outside of one. In quiet hours none.
    """
    plan = _in(actor, _blueprint)
    local = clock.now().astimezone(actor.zone).replace(tzinfo=None)
    if out_of_quiet(local, plan.reminders) > local:
        return 0
    written = 0
    for _number in range(most):
        with as_actor(actor):
            did = _write_one(actor, plan)
        if did is None:
            break
        written += did
    return written


def _in(actor: Actor, read: Any) -> Any:
    with as_actor(actor):
        return read(actor)


def _blueprint(actor: Actor) -> Blueprint:
    return team.blueprint(actor)


def _write_one(actor: Actor, plan: Blueprint) -> bool | None:
    """The next one: whether it was written; None where nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [actor.service, clock.now()])
        row = cursor.fetchone()
    if row is None:
        return None
    one = _About(*(*row[: -reaching.COLUMNS], Reach(*row[-reaching.COLUMNS :])))
    held = Reminder.objects.filter(id=one.id, state=Reminder.State.WAITING)
    if not one.stands():
        held.update(state=Reminder.State.TAKEN_BACK)
        return False
    why, channel, address = one.who.safe_way(plan.reminders)
    if why:
        held.update(state=Reminder.State.NO_WAY, why=why)
        return False
    try:
        message = _write(actor, one, plan, channel, address)
    except Refused:
        held.update(state=Reminder.State.NO_WAY, why="address")
        return False
    held.update(state=Reminder.State.WRITTEN, channel=channel, message_id=message)
    return True


def _write(
    actor: Actor, one: _About, plan: Blueprint, channel: Literal["mail", "sms"], address: str
) -> uuid.UUID:
    language = one.who.language(actor)
    with words.spoken(language, actor=actor):
        subject, lines = _("Your appointment"), list(_lines(actor, one, plan, channel))
    body = "\n\n".join(lines) if channel == "mail" else " ".join(lines)
    service = plan.service.name
    return outbox.write(
        actor,
        channel=channel,
        to=one.who.to(address),
        kind=f"appointment.{one.about}",
        subject=subject,
        body=f"{body}\n\n{service}" if channel == "mail" else f"{service}: {body}",
        key=f"reminder:{one.id}",
        centre_id=one.centre_id,
        sender=service,
        language=language,
    )


def _lines(actor: Actor, one: _About, plan: Blueprint, channel: str) -> Iterator[str]:
    """The message, a line for each thing it says: plain words, and nothing of why somebody comes."""
    local = one.starts.astimezone(actor.zone)
    when = _("%(day)s at %(time)s") % {
        "day": words.day_long(local.date()),
        "time": words.clock_time(one.starts, actor.zone),
    }
    call = _("Call us:") + f" {one.phone}" if one.phone else ""
    if one.about == "cancelled":
        yield _("Your appointment on %(when)s is cancelled.") % {"when": when}
        if call:
            yield call
        return
    if one.about == "moved":
        yield _("Your appointment has another time now.")
    where = ", ".join(part for part in (one.centre, one.address) if part)
    yield _("We expect you %(when)s, %(where)s.") % {"when": when, "where": where}
    if one.code:
        yield f"{_('Code for the kiosk')}: {codes.written(one.code)}."
    link = address_of(one.booking_id, one.link) if plan.online.links else ""
    if channel == "mail":
        kind = words.title(one.kind) if one.kind else ""
        if kind:
            yield f"{_('For')}: {kind}"
        if one.staff and plan.online.first_names:
            yield f"{_('With')}: {one.staff}"
    bring = _of_language(one.bring, actor) if channel == "mail" or not link else ()
    if bring:
        yield f"{_('What to bring')}: {'; '.join(bring)}"
    if link:
        yield _("To change, cancel or say you are late: %(link)s") % {"link": link}
    elif not call:
        yield _("If you cannot come, tell us as soon as you can.")
    if call:
        yield call


def _of_language(lists: Any, actor: Actor) -> Sequence[str]:
    by_language = json.loads(lists) if isinstance(lists, str) else lists
    found: Sequence[str] = by_language.get(words.language()) or by_language.get(actor.first_language) or ()
    return found


def address_of(booking_id: uuid.UUID, number: int) -> str:
    """The whole address of a link, as the first of KOHTI_ORIGINS has it; nothing where nobody said where we are."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return (
        origins[0].rstrip("/") + reverse("link", args=[by_link.token_of(booking_id, number)])
        if origins
        else ""
    )


def drop_what_is_over(actor: Actor) -> int:
    """What still waits in the outbox when its appointment begins is not sent: it would come too late; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update kernel_message m set state = 'cancelled', since = kohti.now() from diary_reminder r"
            " where r.message_id = m.id and m.state = 'queued' and m.service_id = %s and r.starts <= kohti.now()"
            " and r.state = 'written' returning r.id",
            [actor.service],
        )
        over = [row[0] for row in cursor.fetchall()]
    Reminder.objects.filter(id__in=over).update(state=Reminder.State.TAKEN_BACK)
    return len(over)


def remind(actor: Actor) -> int:
    """All of it for one service, as its housekeeping, outside of a transaction; how many messages were written."""
    try:
        with as_actor(actor):
            drop_what_is_over(actor)
            plan_reminders(actor)
    except NotThere:
        return 0  # a service without a blueprint
    return write_due(actor)
