"""Shared counters: who signed in there today, PINs, and screens that lock.

A device is shared only where a colleague said so of it; a cookie marks it. On its locked screen stand the names of
colleagues who signed in there fully today, and for them a PIN is enough to come back or to take over. Anywhere
else a locked screen names nobody, and a PIN opens nothing.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.team.models import User
from kohti.team.signing_in import AtCounter, Counter, Pin

COOKIE = "kohti_counter"
SHARED = "counter"
"""In a session: the shared counter it is at, or nothing where the device is its owner's."""

TODAY = timedelta(hours=12)
"""How long after signing in fully a PIN is enough."""

FEWEST_FIGURES, MOST_TRIES = 6, 5


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague on the list of a shared counter."""

    user_id: uuid.UUID
    name: str
    has_pin: bool


def id_of(request: HttpRequest) -> uuid.UUID | None:
    """The shared counter this browser says it is; the cookie is a secret, of which we keep a digest."""
    said = request.COOKIES.get(COOKIE, "")
    if len(said) < 32:
        return None
    return uuid.UUID(bytes=hashlib.sha256(said.encode()).digest()[:16])


def counter_of(request: HttpRequest) -> Counter | None:
    """The shared counter this browser is, if it still is one. At most one statement, at the door."""
    known = id_of(request)
    return Counter.objects.filter(id=known).first() if known is not None else None


def share(request: HttpRequest, response: HttpResponseBase, actor: Actor, *, name: str) -> Counter:
    """Make this device a shared counter of the actor's service. At the door."""
    said = secrets.token_urlsafe(32)
    made = Counter.objects.create(
        id=uuid.UUID(bytes=hashlib.sha256(said.encode()).digest()[:16]),
        service_id=actor.service,
        name=name.strip()[:80],
        since=clock.real_now(),
    )
    response.set_cookie(
        COOKIE, said, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
    history.record(
        "counter.shared", "counter", made.id, detail={"by": str(actor.member_id), "name": made.name}
    )
    request.session.pop(SHARED, None)
    return made


def stop_sharing(request: HttpRequest, response: HttpResponseBase, actor: Actor) -> None:
    """This device is no longer a shared counter: no names stand on it, no PIN opens it. At the door."""
    found = counter_of(request)
    if found is not None:
        history.record("counter.ended", "counter", found.id, detail={"by": str(actor.member_id)})
        found.delete()
    response.delete_cookie(COOKIE)
    request.session[SHARED] = ""
    request.session.keep_for(settings.IDLE_S, locks=False)  # type: ignore[attr-defined]


def arrive(request: HttpRequest, actor: Actor, *, strong: bool) -> None:
    """Note at a shared counter that this colleague signed in there; once a session. At the door."""
    if SHARED in request.session or COOKIE not in request.COOKIES:
        return
    counter = counter_of(request)
    request.session[SHARED] = str(counter.id) if counter is not None else ""
    if counter is None:
        return
    request.session.keep_for(settings.IDLE_AT_COUNTER_S, locks=True)  # type: ignore[attr-defined]
    user_id: Any = request.user.pk
    member_id: Any = actor.member_id
    AtCounter.objects.update_or_create(
        counter=counter,
        user_id=user_id,
        defaults={
            "member_id": member_id,
            "name": actor.facts["name"],
            "until": clock.real_now() + TODAY,
            "strong": strong,
            "wrong_pins": 0,
        },
    )


def left_alone_for(actor: Actor, *, shared: bool) -> int:
    """For how many seconds nobody need touch this member's session before it ends, or, at a shared counter, locks.

    As the role says, else the installation; a shared counter waits no longer than the installation lets it.
    """
    minutes = actor.facts.get("idle_minutes")
    said = int(minutes) * 60 if minutes else None
    if shared:
        return min(said or settings.IDLE_AT_COUNTER_S, settings.IDLE_AT_COUNTER_S)
    return said or settings.IDLE_S


def leave(request: HttpRequest, user_id: Any) -> None:
    """Whoever signs out goes home: their name is gone from the counter. At the door."""
    known = id_of(request)
    if known is not None:
        AtCounter.objects.filter(counter_id=known, user_id=user_id).delete()


def here_today(request: HttpRequest) -> list[Here]:
    """Who signed in fully at this shared counter today, by name; nobody anywhere else. At the door."""
    known = id_of(request)
    if known is None:
        return []
    found = AtCounter.objects.filter(counter_id=known, until__gt=clock.real_now(), user__is_active=True)
    with_pin = set(Pin.objects.filter(user__atcounter__in=found).values_list("user_id", flat=True))
    return [
        Here(one.user_id, one.name, one.user_id in with_pin and one.wrong_pins < MOST_TRIES)
        for one in found.order_by("name", "id")[:30]
    ]


def set_pin(user: User, pin: str) -> None:
    """Give a user this PIN for shared counters. Raises Refused, in words, when it is too easy. At the door."""
    figures = pin.strip()
    if not (figures.isascii() and figures.isdigit()) or not FEWEST_FIGURES <= len(figures) <= 12:
        raise Refused(_("A PIN has six to twelve figures and nothing else."), code="pin-shape")
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(figures)}
    if steps in ({0}, {1}, {9}) or len(set(figures)) < 3:
        raise Refused(
            _("That PIN is too easy to guess. Take figures that do not follow a pattern."), code="pin-easy"
        )
    Pin.objects.update_or_create(
        user_id=user.pk, defaults={"hash": make_password(figures), "set_at": clock.real_now()}
    )
    AtCounter.objects.filter(user_id=user.pk).update(wrong_pins=0)
    history.record("pin.set", "user", user.pk)


def drop_pin(user: User) -> None:
    """Take a user's PIN away. At the door."""
    Pin.objects.filter(user_id=user.pk).delete()
    history.record("pin.dropped", "user", user.pk)


def has_pin(user: User) -> bool:
    """Whether a user has a PIN. At the door."""
    return Pin.objects.filter(user_id=user.pk).exists()


def may_try(request: HttpRequest, user_id: uuid.UUID) -> bool:
    """Whether another try at unlocking is allowed now, for this colleague and from this address."""
    return bool(ratelimit.consume(request, action="unlock", key=str(user_id)))


def opens(request: HttpRequest, user_id: uuid.UUID, pin: str) -> AtCounter | None:
    """The colleague's entry at this counter when the PIN is theirs and enough here; else None. At the door.

    After five wrong ones in a row no PIN of theirs opens this counter before they sign in fully again.
    """
    known = id_of(request)
    if known is None:
        return None
    entry = (
        AtCounter.objects.select_for_update(of=("self",))
        .filter(
            counter_id=known,
            user_id=user_id,
            until__gt=clock.real_now(),
            wrong_pins__lt=MOST_TRIES,
            user__is_active=True,
        )
        .first()
    )
    kept = Pin.objects.filter(user_id=user_id).values_list("hash", flat=True).first()
    if entry is None or kept is None:
        return None
    right = check_password(pin.strip(), kept)
    entry.wrong_pins = 0 if right else entry.wrong_pins + 1
    entry.save(update_fields=["wrong_pins"])
    return entry if right else None
