"""A way back for a colleague who lost every way to sign in: given in person, good once, for half an hour."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import first_time

from . import queries
from .models import Membership, User
from .signing_in import AtCounter, Pin, Session, WayBack

GOOD_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class GivenWayBack:
    """What the colleague types, with their user name, at /account/way-back/; it is shown once."""

    code: str
    username: str
    until: datetime


def reset_sign_in(actor: Actor, membership_id: uuid.UUID, *, key: str) -> GivenWayBack:
    """Take away every way a colleague signs in, end all their sessions, and give one way back.

    For a colleague who stands before you and has lost their password, codes and passkeys. The same `key` gives
    the same code again, as long as it is good. At their next sign-in they are told who gave it, and when.

    Raises NotThere for a membership that does not run in the actor's service, Refused for one's own, and for
    somebody who works in another service too: an account is not opened by one of its services alone.
    """
    actors.must(actor, "team.add")
    running = Q(ends=None) | Q(ends__gt=clock.now())
    membership = Membership.objects.filter(running, id=membership_id, service_id=actor.service).first()
    if membership is None:
        raise NotThere("no such membership")
    if str(membership.user_id) == actor.facts.get("user_id"):
        raise Refused(_("Somebody else has to do that for you."), code="own-sign-in")
    places = {place.member_id for place in queries.memberships_of(membership.user_id)}
    if Membership.objects.filter(id__in=places, service_id=actor.service).count() < len(places):
        raise Refused(
            _(
                "This colleague works in another service too. Whoever runs this installation gives them the way"
                " back, with the command kohti staff way-back."
            ),
            code="works-elsewhere",
        )
    again = first_time("sign_in.reset", key, membership_id) is not None
    given = _give(
        membership.user_id,
        service_id=actor.service,
        given_by=str(actor.facts.get("name", "")),
        key=f"{membership_id}:{key}",
        again=again,
    )
    if not again:
        history.record("sign_in.reset", "membership", membership_id, detail={"user": given.username})
    return given


def reset_by_installation(username: str) -> GivenWayBack:
    """The same by whoever runs the installation, for somebody who works in several services, or alone.

    For commands: acts at the door. Raises NotThere for a user name that nobody has, or who works nowhere now.
    """
    with as_actor(DOOR):
        user = User.objects.filter(username__iexact=username, is_active=True).first()
        places = queries.memberships_of(user.pk) if user is not None else []
        works_as = actors.member(places[0].member_id) if places else None
        if user is None or works_as is None:
            raise NotThere("nobody works here under that user name")
        given = _give(user.pk, service_id=works_as.service, given_by="", key=str(new_id()), again=False)
        history.record("sign_in.reset", "membership", works_as.member_id, detail={"user": given.username})
    return given


def _give(user_id: uuid.UUID, *, service_id: uuid.UUID, given_by: str, key: str, again: bool) -> GivenWayBack:
    code = _code(key)
    now = clock.real_now()
    with as_actor(DOOR):
        user = User.objects.get(id=user_id)
        if again:
            found = WayBack.objects.filter(user_id=user_id, digest=digest_of(code), used_at=None).first()
            if found is None or found.until <= now:
                raise Refused(_("That code is no longer good. Give a new one."), code="old-way-back")
            return GivenWayBack(_in_fours(code), user.username, found.until)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        for table in (Authenticator, Pin, AtCounter, Session):
            table.objects.filter(user_id=user_id).delete()
        WayBack.objects.filter(user_id=user_id, used_at=None).update(until=now)
        WayBack.objects.create(
            service_id=service_id,
            user_id=user_id,
            digest=digest_of(code),
            given_by=given_by,
            given_at=now,
            until=now + GOOD_FOR,
        )
    return GivenWayBack(_in_fours(code), user.username, now + GOOD_FOR)


def _code(key: str) -> str:
    """Sixteen letters and figures (80 bits), the same for the same key."""
    secret = hmac.digest(settings.SECRET_KEY.encode(), f"way back:{key}".encode(), "sha256")
    return base64.b32encode(secret[:10]).decode()


def _in_fours(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def digest_of(code: str) -> str:
    """What we keep of a code, however it was typed."""
    letters = "".join(one for one in code.upper().replace("0", "O").replace("1", "I") if one.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def use(username: str, code: str) -> User | None:
    """The user whom this code brings back, once; None when it is not theirs, used or too old. At the door."""
    now = clock.real_now()
    found = (
        WayBack.objects.select_for_update(of=("self",))
        .filter(
            user__username__iexact=username,
            user__is_active=True,
            digest=digest_of(code),
            used_at=None,
            until__gt=now,
        )
        .first()
    )
    if found is None:
        return None
    found.used_at = now
    found.save(update_fields=["used_at"])
    return User.objects.get(id=found.user_id)


def tell(user_id: Any) -> dict[str, str] | None:
    """By whom and when a way back was given that the user has not been told of; told from here on. At the door."""
    found = WayBack.objects.filter(user_id=user_id, told_at=None).order_by("-given_at").first()
    if found is None:
        return None
    WayBack.objects.filter(user_id=user_id, told_at=None).update(told_at=clock.real_now())
    return {"by": found.given_by, "at": found.given_at.isoformat()}
