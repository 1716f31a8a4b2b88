"""Days on which a centre stays closed, beside those of its blueprint."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.team.models import Centre

from ..models import Closure, Opening
from .changing import cancel

MOST_AHEAD = timedelta(days=731)


def close_on(
    actor: Actor, centre_id: uuid.UUID, day: date, why: str, *, closes: time | None = None
) -> Closure:
    """Keep a centre closed on one day to come, today included; who is booked then is not touched.

    `closes`: only from this local wall time on, such as noon. `why` is shown to staff. Raises NotThere for a centre
    that is not the actor's to close, Refused for a day that is over, too far away or closed already, and for a time at
    which the centre is not open anyway.
    """
    actors.must(actor, "centre.close")
    mine(actor, centre_id)
    if closes is not None:
        hours = Opening.objects.filter(centre_id=centre_id, weekday=day.weekday()).first()
        if hours is None or not hours.opens < closes < hours.closes:
            raise Refused(_("The centre is not open then anyway."), code="not-open")
    today = clock.today(actor.zone)
    if day < today:
        raise Refused(_("This day is over."), code="day-over")
    if day - today > MOST_AHEAD:
        raise Refused(_("This is more than two years away."), code="day-far")
    made = Closure(
        service_id=actor.service,
        centre_id=centre_id,
        day=day,
        closes=closes,
        title={actor.first_language: names.tidy(why)[:80]},
        by_hand=True,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as trouble:
        raise Refused(_("The centre is closed on this day already."), code="closed-already") from trouble
    history.record(
        "centre.closed",
        "centre",
        centre_id,
        detail={"day": day, "closes": closes, "why": why},
        tell=centre_id,
    )
    return made


def open_again(actor: Actor, closure_id: uuid.UUID) -> uuid.UUID:
    """Take back a day that was closed by hand; returns the centre. Raises NotThere, also for the blueprint's."""
    actors.must(actor, "centre.close")
    closure = Closure.objects.filter(service_id=actor.service, id=closure_id, by_hand=True).first()
    if closure is None:
        raise NotThere("no such closure")
    mine(actor, closure.centre_id)
    closure.delete()
    history.record(
        "centre.opened", "centre", closure.centre_id, detail={"day": closure.day}, tell=closure.centre_id
    )
    return closure.centre_id


def cancel_the_closed(actor: Actor, centre_id: uuid.UUID, day: date) -> None:
    """Cancel what is still booked in the hours for which a closure kept a centre closed: nobody missed that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.id from diary_booking b join diary_closure c on c.centre_id = b.centre_id and c.day = b.day"
            " where b.centre_id = %s and b.day = %s and b.state = 'booked'"
            " and b.starts at time zone %s >= b.day + coalesce(c.closes, '00:00')"
            " order by b.starts, b.id for no key update of b",
            [centre_id, day, str(actor.zone)],
        )
        found = [row[0] for row in cursor.fetchall()]
    with words.spoken(actor.first_language, actor=actor):
        for booking_id in found:
            cancel(actor, booking_id, reason=_("The centre is closed on this day."), key=None)


def mine(actor: Actor, centre_id: uuid.UUID) -> None:
    """Raise NotThere unless the actor administers the service of this centre, or leads the centre."""
    if actor.scope == "centre" and centre_id != actor.centre_id:
        raise NotThere("no such centre")
    if not Centre.objects.filter(service_id=actor.service, id=centre_id).exists():
        raise NotThere("no such centre")
