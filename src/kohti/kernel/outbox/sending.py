"""Sending what waits in the outbox, at most once each.

A message is set to `sending` and that is committed; then it is handed over; then what became of it is
committed. Whoever is killed in between leaves it as `sending`: the next one to come finds it so, knows that
nobody is at it (there is one sender a service at a time), and calls it `unknown`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from django.db import connection

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor, as_actor

from . import ways
from .models import Message
from .ways import Outcome, Way

log = structlog.get_logger()
MOST_TRIES = 12
LOCK = 7236010
STATES = {"sent": Message.State.SENT, "failed": Message.State.FAILED, "unknown": Message.State.UNKNOWN}


def send_waiting(actor: Actor, data: Path, *, most: int = 500) -> Counter[str]:
    """Send what is due of one service, or of the installation's own as the door; how many became what.

    `actor` keeps house for the service. `data` is the data folder. Does nothing while another sender is at it.
    """
    done: Counter[str] = Counter()
    with _alone(actor) as first:
        if not first:
            return done
        done["unknown"] += _left_behind(actor)
        if not _due(actor):
            return done
        with ways.opened(data) as open_ways:
            for _n in range(most):
                message = take(actor)
                if message is None:
                    break
                done[_send(actor, message, open_ways[message.channel])] += 1
    return done


@contextmanager
def _alone(actor: Actor) -> Iterator[bool]:
    """Whether we are the service's one sender: a lock that goes with our connection, however we end."""
    about = (LOCK, str(actor.service_id))
    with as_actor(actor), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, hashtext(%s))", about)
        (first,) = cursor.fetchone()
    try:
        yield first
    finally:
        if first:
            with as_actor(actor), connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, hashtext(%s))", about)


def _left_behind(actor: Actor) -> int:
    """What somebody was sending who is no more may have been sent: nobody knows."""
    with as_actor(actor):
        left = list(
            Message.objects.filter(service_id=actor.service_id, state=Message.State.SENDING).values_list(
                "id", "to_kind", "to_id"
            )
        )
        for message_id, to_kind, to_id in left:
            Message.objects.filter(id=message_id).update(state=Message.State.UNKNOWN, since=clock.now())
            _record("message.unknown", message_id, to_kind, to_id)
            log.warning("message.unknown", message=str(message_id))
    return len(left)


def _record(verb: str, message_id: object, to_kind: str, to_id: object) -> None:
    persons = [to_id] if to_kind == "person" and to_id else []
    history.record(verb, "message", message_id, persons=persons)  # type: ignore[arg-type]


def _due(actor: Actor) -> bool:
    with as_actor(actor):
        return Message.objects.filter(
            service_id=actor.service_id, state=Message.State.QUEUED, not_before__lte=clock.now()
        ).exists()


def take(actor: Actor) -> Message | None:
    """The next one that is due, from here on in our hands: committed before anything leaves."""
    with as_actor(actor):
        message = (
            Message.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(service_id=actor.service_id, state=Message.State.QUEUED, not_before__lte=clock.now())
            .order_by("not_before", "id")
            .first()
        )
        if message is None:
            return None
        message.state, message.since, message.tries = Message.State.SENDING, clock.now(), message.tries + 1
        message.save(update_fields=["state", "since", "tries"])
        return message


def _send(actor: Actor, message: Message, way: Way) -> str:
    """Hand it over and note what became of it."""
    try:
        outcome = way.hand_over(message)
    except Exception as trouble:
        # A fault of ours before anything left. It must not hold up the others.
        log.error("message.fault", message=str(message.id), error=type(trouble).__name__)
        outcome = Outcome("failed", type(trouble).__name__)
    if outcome.state == "later" and message.tries >= MOST_TRIES:
        outcome = Outcome("failed", outcome.reply)
    with as_actor(actor):
        now = clock.now()
        held = Message.objects.filter(id=message.id, state__in=(Message.State.SENDING, Message.State.UNKNOWN))
        if outcome.state == "later":
            held.update(
                state=Message.State.QUEUED,
                since=now,
                not_before=now + wait_after(message.tries),
                reply=outcome.reply[:80],
            )
            return "later"
        held.update(
            state=STATES[outcome.state],
            since=now,
            reply=outcome.reply[:80],
            provider_id=outcome.provider_id,
        )
        _record(f"message.{outcome.state}", message.id, message.to_kind, message.to_id)
    if outcome.state != "sent":
        log.warning(f"message.{outcome.state}", message=str(message.id), reply=outcome.reply)
    return outcome.state


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: half a minute, doubled each time, at most an hour."""
    return min(timedelta(seconds=30 * 2 ** (tries - 1)), timedelta(hours=1))
