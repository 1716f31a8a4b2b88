"""The secret address of one's own calendar: made, made anew, ended."""

from __future__ import annotations

import secrets

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, words
from kohti.kernel.actor import Actor, digest_of
from kohti.kernel.errors import NotAllowed
from kohti.kernel.ids import new_id

from ..feeds import Feed


def make_feed(actor: Actor, *, key: str) -> str | None:
    """A new address for the actor's own calendar: the token in it, told this once; the one before holds no longer.

    Asked again with the same key it says None: what was told is not told again.
    """
    if actor.member_id is None:
        raise NotAllowed("only who works here has a calendar")
    made = new_id()
    if once.first_time("feed.made", f"{key}:{actor.member_id}", made) is not None:
        return None
    _end(actor)
    token = secrets.token_urlsafe(32)
    Feed.objects.create(
        id=made,
        service_id=actor.service,
        member_id=actor.member_id,
        token_hash=digest_of(token),
        language=words.language(),
        made_at=clock.now(),
    )
    history.record("feed.made", "feed", made)
    return token


def end_feed(actor: Actor) -> None:
    """The actor's calendar can be read no longer. Again changes nothing."""
    _end(actor)


def _end(actor: Actor) -> None:
    feed = (
        Feed.objects.filter(member_id=actor.member_id, ended_at=None).select_for_update(no_key=True).first()
    )
    if feed is not None:
        feed.ended_at = clock.now()
        feed.save(update_fields=["ended_at"])
        history.record("feed.ended", "feed", feed.id)


def feed_of(actor: Actor) -> Feed | None:
    """The actor's own address, if there is one now. One statement."""
    return Feed.objects.filter(member_id=actor.member_id, ended_at=None).first()


def whose_feed(token: str) -> tuple[Actor, str] | None:
    """Whose calendar has this token, and in which language; None where the address, or their place, has ended.

    Asks the database function `kohti.feed_of`, callable by every actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("select member_id, language from kohti.feed_of(%s)", [digest_of(token)])
        row = cursor.fetchone()
    member = actors.member(row[0]) if row else None
    return (member, row[1]) if member is not None else None
