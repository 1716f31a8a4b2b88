"""Who is asking, and what for.

Every statement on our tables is made as an `Actor`, inside `with as_actor(actor):`, which is the only way
to a transaction. The database is told who it is by `kohti.enter` (see `rows.py` of team), and its row
policies decide what comes back. Without an actor the connection refuses to ask at all.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from . import clock
from .errors import NoActor, NotAllowed, NotThere

Kind = Literal["door", "member", "screen", "device", "guest", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is asking.

    kind    door: nobody yet (sign-in, sessions); member: a colleague at work; screen: what a role at a
            centre may see, without being anybody (live news are rendered as one); device: a kiosk or
            board that stands at a centre, which sees nobody; guest: somebody known by one appointment alone,
            from a signed link or from what they said at a kiosk; system: the service's own housekeeping, known
            to the worker's database role only
    scope   whose rows: day (who comes today), centre, service, administration (the team's tables of the
            service and what happened in it, nobody's data), none
    verbs   what the role may do, names from `may.VERBS`
    device_id, admitted   which device; which appointment, or link of a partner, a guest is known by
    by      what a guest is known by: an appointment, or a referral by its link
    facts   names and settings for pages: service, centre, role titles; no rule reads them
    """

    kind: Kind
    member_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    service_id: uuid.UUID | None = None
    centre_id: uuid.UUID | None = None
    role: str = ""
    scope: str = "none"
    verbs: frozenset[str] = frozenset()
    device_id: uuid.UUID | None = None
    admitted: uuid.UUID | None = None
    by: Literal["appointment", "referral"] = "appointment"
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def service(self) -> uuid.UUID:
        """The actor's service. Raises NotThere for one that has none."""
        if self.service_id is None:
            raise NotThere("no service")
        return self.service_id

    @property
    def centre(self) -> uuid.UUID:
        """The centre the actor works at. Raises NotThere for one that has none."""
        if self.centre_id is None:
            raise NotThere("no centre")
        return self.centre_id

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the actor's service."""
        return ZoneInfo(self.facts.get("timezone", "UTC"))

    @property
    def sorting(self) -> str:
        """Whose alphabet sorts the service's names, as nl-BE: Ghent looks for Van den Berg under V, Utrecht
        under B.
        """
        return f"{self.first_language}-{self.facts.get('country', '')}".rstrip("-")

    @property
    def first_language(self) -> str:
        """The language the service mentions first."""
        languages = self.facts.get("languages") or ["en"]
        return str(languages[0])

    def as_screen(self) -> Actor:
        """What this member's role may see at the centre, with nobody in front of it."""
        return Actor(
            kind="screen",
            service_id=self.service_id,
            centre_id=self.centre_id,
            role=self.role,
            scope=self.scope,
            verbs=self.verbs,
            facts={key: value for key, value in self.facts.items() if key not in PERSONAL_FACTS},
        )


PERSONAL_FACTS = frozenset({"name", "user_id"})

DOOR = Actor(kind="door")


def system_of(
    service_id: uuid.UUID,
    *,
    centre_id: uuid.UUID | None = None,
    timezone: str = "UTC",
    country: str = "GB",
    languages: Sequence[str] = ("en",),
) -> Actor:
    """The housekeeping of one service: jobs, imports from the command line, sample days."""
    return Actor(
        kind="system",
        service_id=service_id,
        centre_id=centre_id,
        role="system",
        scope="service",
        verbs=frozenset({"*"}),
        facts={"timezone": timezone, "country": country, "languages": list(languages)},
    )


_current: ContextVar[Actor | None] = ContextVar("kohti_actor", default=None)


def current() -> Actor:
    """The actor of the block we are in. Raises NoActor outside one."""
    actor = _current.get()
    if actor is None:
        raise NoActor("nobody is asking")
    return actor


def current_or_none() -> Actor | None:
    """The actor of the block we are in, or nothing outside one."""
    return _current.get()


@contextmanager
def as_actor(actor: Actor) -> Iterator[Actor]:
    """Act as `actor` in one transaction, which commits when the block ends and rolls back when it raises.

    Everything in it happens at one instant, in Python and in SQL. Inside another actor's block it acts as the
    new one in the same transaction, and gives the old one back at the end. The database is told with the first statement.
    """
    with transaction.atomic(savepoint=False), clock.one_instant():
        token = _current.set(actor)
        try:
            yield actor
        finally:
            _current.reset(token)


def member(member_id: uuid.UUID) -> Actor | None:
    """The actor of a membership that holds now, or None when it has ended or never was.

    Asks the database function `kohti.member_facts`, which team provides; callable by every actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.member_facts(%s, %s)", [member_id, clock.now()])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    return actor_from_facts(json.loads(row[0]))


def enter_member(member_id: uuid.UUID) -> Actor | None:
    """The actor of a membership that holds now, with the database told already that it asks from here on.

    As `member` and the beginning of `as_actor` in one statement: for the one place every page begins with.
    What the current actor asks after this is asked as before.
    """
    facts = connection.enter_member(member_id)  # type: ignore[attr-defined]
    if facts is None:
        return None
    actor = actor_from_facts(json.loads(facts))
    connection.entered = actor  # type: ignore[attr-defined]
    return actor


def device(token: str) -> Actor | None:
    """The kiosk or board that keeps this token, or None when there is none, or it was ended.

    Asks the database function `kohti.device_facts`, which team provides; callable by every actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.device_facts(%s, null)", [digest_of(token)])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    _seen(facts)
    return Actor(
        kind="device",
        device_id=uuid.UUID(facts["device_id"]),
        service_id=uuid.UUID(facts["service_id"]),
        centre_id=uuid.UUID(facts["centre_id"]),
        role=facts["role"],
        facts=facts,
    )


SEEN_EVERY = timedelta(minutes=10)


def _seen(facts: Mapping[str, Any]) -> None:
    """Note that a device still asks, where that was not noted in the last ten minutes."""
    before = facts["seen_at"]
    if before is None or clock.now() - datetime.fromisoformat(before) >= SEEN_EVERY:
        with connection.cursor() as cursor:
            cursor.execute("select kohti.device_seen(%s)", [facts["device_id"]])


def digest_of(secret: str) -> str:
    """What the database keeps of a secret: SHA-256 in hex. Secrets are long and random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def guest(booking_id: uuid.UUID, *verbs: str) -> Actor | None:
    """Whoever an appointment is with, known by it alone, or None when there is no such appointment.

    The caller has seen to it that it is them: by a signed link, or by what they said at a kiosk. Asks the database
    function `kohti.guest_facts`, which the diary provides; callable by every actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.guest_facts(%s)", [booking_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    return Actor(
        kind="guest",
        admitted=booking_id,
        service_id=uuid.UUID(facts["service_id"]),
        centre_id=uuid.UUID(facts["centre_id"]),
        role="guest",
        verbs=frozenset(verbs),
        facts=facts,
    )


def actor_from_facts(facts: Mapping[str, Any]) -> Actor:
    """Build the actor from what `kohti.member_facts` returned."""
    return Actor(
        kind="member",
        member_id=uuid.UUID(facts["member_id"]),
        staff_id=uuid.UUID(facts["staff_id"]),
        organisation_id=uuid.UUID(facts["organisation_id"]),
        service_id=uuid.UUID(facts["service_id"]),
        centre_id=uuid.UUID(facts["centre_id"]) if facts["centre_id"] else None,
        role=facts["role"],
        scope=facts["scope"],
        verbs=frozenset(facts["verbs"]),
        facts=facts,
    )


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's role includes the verb. Rows are the database's business."""
    return verb in actor.verbs or "*" in actor.verbs


def must(actor: Actor, verb: str) -> None:
    """Raise NotAllowed unless the actor's role includes the verb."""
    if not may(actor, verb):
        raise NotAllowed(f"{actor.role} may not: {verb}")
