"""The link of a partner who has no account: made, mailed, ended, opened once, and asked for again.

Its address holds a secret and nothing else; the database keeps a digest of it. The first browser that opens it (a press:
mail programs look at links by themselves) keeps a secret of its own, and no other is let in.
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once, outbox, words
from kohti.kernel.actor import Actor, digest_of
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.actions.sight import asked, kept

from .actions import rules, with_its_keys
from .models import Referral, ReferralLink
from .states import OPEN


@dataclass(frozen=True, slots=True)
class Made:
    """A link just made: its whole address, kept nowhere but in the mail that holds it, and until when it holds."""

    address: str
    expires: datetime
    mailed_to: str


def make(actor: Actor, referral_id: uuid.UUID, *, mail: bool, key: str) -> Made | None:
    """Make the link of a referral; those before end. `mail`: it goes to the address that was given, else it is shown once.

    None where the same key made it already. Raises NotThere, and Refused where its people work here, it is not open, or
    no address is known.
    """
    actors.must(actor, "referrals.write")
    one = Referral.objects.filter(id=referral_id).select_for_update(of=("self",), no_key=True).first()
    if one is None:
        raise NotThere("no such referral")
    if once.first_time("referrals.link", key, referral_id) is not None:
        return None
    kept(one.person_id)
    with_its_keys(actor, one)
    if one.to_organisation_id is not None:
        raise Refused(_("Its people work here: they see it without a link."), code="colleagues")
    if one.state not in OPEN or one.ends <= clock.now():
        raise Refused(_("This is over: nothing can be said to it any more."), code="over")
    if mail and not one.to_address:
        raise Refused(_("No e-mail address is known."), code="no-address")
    _end(referral_id)
    now, token = clock.now(), secrets.token_urlsafe(32)
    made = new_id()
    expires = min(now + timedelta(days=rules(actor).link_days), one.ends)
    ReferralLink.objects.create(
        id=made,
        service_id=actor.service,
        person_id=one.person_id,
        referral_id=one.id,
        token_hash=digest_of(token),
        made_by=actor.member_id,
        made_at=now,
        expires=expires,
    )
    address = _address(token)
    if mail:
        _write(actor, one, made, address, expires)
    history.record(
        "referral.link_made",
        "referral",
        one.id,
        persons=[one.person_id],
        detail={"mail": mail, "expires": expires},
    )
    return Made(address, expires, one.to_address if mail else "")


def _address(token: str) -> str:
    host = settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/") if settings.CSRF_TRUSTED_ORIGINS else ""
    return host + reverse("referral_link", args=[token])


def _write(actor: Actor, one: Referral, link_id: uuid.UUID, address: str, expires: datetime) -> None:
    """The mail: that there is something to read, and where. Nothing of whom or what it is about."""
    service = str(actor.facts.get("service", ""))
    with words.spoken(actor.first_language, actor=actor):
        until = words.day_long(expires.astimezone(actor.zone).date())
        body = "\n\n".join(
            (
                _("%(service)s asks you to help somebody. Open this link to read about it and to answer:")
                % {"service": service},
                address,
                _("It opens once, in one browser, until %(day)s. Do not pass it on.") % {"day": until},
                service,
            )
        )
        outbox.write(
            actor,
            channel="mail",
            to=outbox.To(kind="address", address=one.to_address, name=""),
            kind="referral.link",
            subject=_("A message from %(service)s") % {"service": service},
            body=body,
            key=f"referral link:{link_id}",
            centre_id=one.centre_id,
            sender=service,
            language=actor.first_language,
        )


def end(actor: Actor, referral_id: uuid.UUID) -> None:
    """End the link of a referral: whoever has it open reads nothing more. Raises NotThere where there is none."""
    actors.must(actor, "referrals.write")
    one = Referral.objects.filter(id=referral_id).first()
    if one is None or not _end(referral_id):
        raise NotThere("no such link")
    history.record("referral.link_ended", "referral", referral_id, persons=[one.person_id])


def _end(referral_id: uuid.UUID) -> int:
    return ReferralLink.objects.filter(referral_id=referral_id, ended_at=None).update(ended_at=clock.now())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a link stands for a browser: `new`, `open`, `elsewhere`, `revoked`, `expired`, or the state of a referral that is
    over; with its service and where to ring. `asked`: a new one was asked for.
    """

    state: str
    link_id: uuid.UUID
    referral_id: uuid.UUID
    asked: bool
    facts: dict[str, Any]


def standing(token: str, browser: str) -> Standing | None:
    """How the link of this address stands, for nobody in particular; None for one that never was. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.referral_link(%s, %s)",
            [digest_of(token), digest_of(browser) if browser else "none"],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    if facts["state"] is None:
        return None
    return Standing(
        facts["state"], uuid.UUID(facts["link"]), uuid.UUID(facts["referral"]), facts["asked"], facts
    )


def bind(token: str) -> str:
    """Open a link for the browser that asks: what it keeps from now on, or nothing where it was opened already."""
    browser = secrets.token_urlsafe(32)
    return browser if asked("open_referral_link", digest_of(token), digest_of(browser)) else ""


def guest(link_id: uuid.UUID) -> Actor | None:
    """Whoever holds a link that is open, known by its referral alone; None where it holds no longer. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.partner_facts(%s)", [link_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    return Actor(
        kind="guest",
        by="referral",
        admitted=link_id,
        service_id=uuid.UUID(facts["service_id"]),
        role="guest",
        facts=facts,
    )


def ask_again(token: str) -> bool:
    """Ask whoever sent it for a new link, once; at the door. False where that is over, or was asked already."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.ask_for_a_link(%s)", [digest_of(token)])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return False
    found = json.loads(row[0])
    live.tell(uuid.UUID(found["referral"]), "referral", uuid.UUID(found["referral"]))
    return True
