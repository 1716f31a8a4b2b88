"""A colleague needs help at a desk: asked for with one press, answered by whoever goes, ended by either."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

MOST_DESK = 20


def ask_for_help(actor: Actor, *, desk: str = "", key: str) -> uuid.UUID:
    """Every colleague of the centre sees and hears that help is needed at this desk; about whom is never said.

    Who asks again while nobody has ended it gives the desk anew, and asks no second time.
    """
    actors.must(actor, "queue.call")
    help_id = new_id()
    before = once.first_time("help.asked", key, help_id)
    if before is not None:
        return before
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into frontdesk_help (id, service_id, centre_id, day, desk, staff_id, asked_at)"
            " values (%s, %s, %s, %s, %s, %s, %s)"
            " on conflict (centre_id, staff_id, day) where ended_at is null do update set desk = excluded.desk returning id",
            [
                help_id,
                actor.service,
                actor.centre,
                clock.today(actor.zone),
                desk[:MOST_DESK],
                actor.staff_id,
                now,
            ],
        )
        asked: uuid.UUID = cursor.fetchone()[0]
    history.record("help.asked", "help", asked, detail={"desk": desk[:MOST_DESK]}, tell=actor.centre)
    return asked


def go_to_help(actor: Actor, help_id: uuid.UUID, *, key: str) -> None:
    """This colleague goes; the first one to say so is shown. Raises Refused when it is over or somebody else goes."""
    actors.must(actor, "queue.call")
    if once.first_time("help.coming", key, help_id) is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select comes_id, ended_at from frontdesk_help where id = %s for no key update", [help_id]
        )
        row = cursor.fetchone()
        if row is None:
            raise NotThere("nobody asked")
        if row[0] == actor.staff_id and row[1] is None:
            return
        if row[1] is not None:
            raise Refused(_("That is over already."), code="ended")
        if row[0] is not None:
            raise Refused(_("A colleague is on the way already."), code="taken")
        cursor.execute(
            "update frontdesk_help set comes_id = %s, comes_at = %s where id = %s",
            [actor.staff_id, clock.now(), help_id],
        )
    history.record("help.coming", "help", help_id, tell=actor.centre)


def end_help(actor: Actor, help_id: uuid.UUID, *, key: str) -> None:
    """It is over, says who asked or who came; who leads the centre may say so too. Raises Refused for others."""
    actors.must(actor, "queue.call")
    if once.first_time("help.ended", key, help_id) is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select staff_id, comes_id, ended_at from frontdesk_help where id = %s for no key update",
            [help_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotThere("nobody asked")
        if row[2] is not None:
            return
        if actor.staff_id not in row[:2] and not actors.may(actor, "day.close"):
            raise Refused(
                _("Only the colleague who asked, or the one who came, can end this."), code="not-yours"
            )
        cursor.execute(
            "update frontdesk_help set ended_at = greatest(%s, asked_at) where id = %s",
            [clock.now(), help_id],
        )
    history.record("help.ended", "help", help_id, tell=actor.centre)
