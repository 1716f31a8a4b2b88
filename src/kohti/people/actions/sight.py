"""Who may see whom: given, ended, named, opened in an emergency, and taken along to another centre."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.models import Alert, Grant, Person, Transfer, Why
from kohti.team.models import Centre, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOnFloor:
    """A person to be seen by the floor of a centre for a while, because of one thing."""

    person_id: uuid.UUID
    starts: datetime
    ends: datetime
    because_kind: str
    because_id: uuid.UUID


def show_on_floor(actor: Actor, centre_id: uuid.UUID, wanted: Sequence[ShowOnFloor]) -> None:
    """Grant the floor of a centre (who sees its day) sight of who these people are, for their arrival."""
    Grant.objects.bulk_create(
        [
            Grant(
                service_id=actor.service,
                person_id=one.person_id,
                to_centre_id=centre_id,
                purpose="arrival",
                starts=one.starts,
                ends=one.ends,
                because_kind=one.because_kind,
                because_id=one.because_id,
            )
            for one in wanted
        ],
        batch_size=500,
    )


def end_grants(actor: Actor, because_ids: Sequence[uuid.UUID]) -> None:
    """End what was granted because of these things, now."""
    now = clock.now()
    Grant.objects.filter(because_id__in=because_ids, ends__gt=now, starts__lte=now).update(ends=now)
    not_begun = Grant.objects.filter(because_id__in=because_ids, starts__gt=now)
    for grant in not_begun:
        Grant.objects.filter(id=grant.id).update(ends=grant.starts)


def asked(function: str, *values: Any) -> Any:
    """What one of the database's own functions `kohti.FUNCTION` answers."""
    with connection.cursor() as cursor:
        cursor.execute(f"select kohti.{function}({', '.join(['%s'] * len(values))})", values)
        row = cursor.fetchone()
    return row[0] if row else None


def seen(person_id: uuid.UUID) -> Person:
    """The person, if the actor may see them. Raises NotThere."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("no such person")
    return person


def kept(person_id: uuid.UUID) -> Person:
    """The person, if the actor may write about them. Raises NotThere, and NotAllowed for a former coach's month."""
    person = seen(person_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from people_person where id = %s and (restricted or id = any((select kohti.my_kept())::uuid[])"
            " or id = any((select kohti.kept_on_my_floor())::uuid[])"
            " or centre_id = (select kohti.whole_centre()) or service_id = (select kohti.system()))",
            [person_id],
        )
        if cursor.fetchone() is None:
            raise NotAllowed("a former coach reads, and writes nothing")
    return person


def give_sight(
    actor: Actor,
    person_id: uuid.UUID,
    member_id: uuid.UUID,
    *,
    until: datetime,
    key: str,
    field: str = "",
) -> uuid.UUID:
    """Let a colleague see a person, or one sealed field of life of theirs, until a day.

    Who leads the person's centre gives sight of who they are; who holds a key passes it on; of a restricted
    record the named name others. Raises NotThere, and Refused where the actor has nothing to give.
    """
    actors.must(actor, "people.open")
    person = seen(person_id)
    made = new_id()
    before = once.first_time("people.give_sight", key, made)
    if before is not None:
        return before
    if not Membership.objects.filter(id=member_id, service_id=actor.service).exists():
        raise NotThere("no such colleague")
    purpose = "sealed" if field else ("named" if person.restricted else "shared")
    may_give = (
        f"{person_id}:{field}" in _texts("my_keys_to_give")
        if field
        else (
            str(person_id) in _texts("my_names_to_give")
            if person.restricted
            else actors.may(actor, "people.share") and person.centre_id == actor.centre_id
        )
    )
    if not may_give:
        raise Refused(_("You cannot give what you do not hold."), code="nothing-to-give")
    Grant.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        to_member_id=member_id,
        field=field,
        purpose=purpose,
        starts=clock.now(),
        ends=until,
        because_kind="member",
        because_id=actor.member_id or made,
    )
    history.record(
        "person.shared", "grant", made, persons=[person_id], detail={"to": member_id, "field": field}
    )
    return made


def _texts(function: str) -> set[str]:
    found = asked(function)
    return {str(one) for one in found} if isinstance(found, list) else set()


BY_THEIR_WAY = "journey"
"""The purpose of a grant that whoever has somebody's way in hand has by that."""


def end_sight(actor: Actor, grant_id: uuid.UUID) -> None:
    """End a grant to a colleague now: from the next statement on it shows nothing.

    Whoever has a way in hand sees the person as long as they have it: that ends with the way, the stand-in or the
    question, and nowhere else. So does their name on a restricted record. Raises NotThere, and Refused for that name.
    """
    actors.must(actor, "people.open")
    grant = Grant.objects.filter(id=grant_id).exclude(purpose__in=(BY_THEIR_WAY, "share")).first()
    now = clock.now()
    if grant is not None and grant.purpose == "named":
        held = Grant.objects.filter(
            person_id=grant.person_id, to_member_id=grant.to_member_id, purpose=BY_THEIR_WAY, ends__gt=now
        )
        if held.exists():
            raise Refused(_("This colleague works with them. Hand the person over first."), code="in-hand")
    if grant is None or not Grant.objects.filter(id=grant_id, ends__gt=now).update(
        ends=max(grant.starts, now)
    ):
        raise NotThere("no such grant")
    history.record("person.unshared", "grant", grant_id, persons=[grant.person_id])


def restrict(
    actor: Actor, person_id: uuid.UUID, members: Sequence[uuid.UUID], reason: str, *, key: str
) -> uuid.UUID:
    """Open a record to these memberships alone, the first of whom others are told to ask.

    Whoever restricts it and is not among them sees it no more; the name leaves the open screens of the person's
    centre at once. Raises NotThere, and Refused where it is restricted already or nobody is named.
    """
    actors.must(actor, "people.restrict")
    person = seen(person_id)
    made = new_id()
    before = once.first_time("people.restrict", key, made)
    if before is not None:
        return before
    Why.objects.create(
        service_id=actor.service,
        person_id=person_id,
        about_id=made,
        sealed="restriction",
        words=reason,
        by_member=actor.member_id,
        created_at=clock.now(),
    )
    history.record(
        "person.restricted",
        "person",
        person_id,
        persons=[person_id],
        detail={"reason": reason},
        tell=person.centre_id,
    )
    if not members or not asked("restrict_record", person_id, made, list(members)):
        raise Refused(_("This record cannot be restricted."), code="not-restricted")
    return made


def open_record(actor: Actor, person_id: uuid.UUID) -> None:
    """End a restriction. Only who is named can. Raises Refused."""
    actors.must(actor, "people.open")
    person = seen(person_id)
    history.record("person.opened_up", "person", person_id, persons=[person_id], tell=person.centre_id)
    if not asked("open_record", person_id):
        raise Refused(_("Only those who are named can open this record to others."), code="not-named")


def open_in_emergency(actor: Actor, person_id: uuid.UUID, reason: str, *, key: str) -> datetime | None:
    """Open a restricted or sealed record for an hour, for a reason, and tell the leader of its centre.

    Returns until when; None where the same key opened it before. Raises NotThere for somebody who is neither
    of the actor's centre nor expected there, nor seen otherwise.
    """
    actors.must(actor, "people.emergency")
    alert_id = new_id()
    if once.first_time("people.emergency", key, alert_id) is not None:
        return None
    until = asked("emergency", person_id, alert_id, reason)
    if not isinstance(until, datetime):
        raise NotThere("no such person")
    history.record("person.emergency", "person", person_id, persons=[person_id], detail={"reason": reason})
    return until


def transfer(
    actor: Actor,
    person_id: uuid.UUID,
    to_centre_id: uuid.UUID,
    *,
    from_day: date,
    reason: str,
    keep_member: uuid.UUID | None,
    key: str,
) -> bool:
    """Move a person's home to another centre from a day on; True when it has happened already.

    The old centre sees them no more from that day, its floor apart on days of bookings that stand there.
    `keep_member` may read for a month. Both leaders are told. Raises NotThere, and Refused where a transfer is
    to come already or the centre is their own.
    """
    actors.must(actor, "people.transfer")
    person = seen(person_id)
    made = new_id()
    if once.first_time("people.transfer", key, made) is not None:
        return True
    known = Centre.objects.filter(id=to_centre_id, service_id=actor.service, retired=False).exists()
    if not known or to_centre_id == person.centre_id or person.centre_id != actor.centre_id:
        raise Refused(_("They cannot be moved there."), code="no-transfer")
    if Transfer.objects.filter(person_id=person_id, done_at=None).exists():
        raise Refused(_("A transfer is already to come."), code="no-transfer")
    Transfer.objects.create(
        id=made,
        service_id=actor.service,
        person_id=person_id,
        from_centre_id=person.centre_id,
        to_centre_id=to_centre_id,
        from_day=from_day,
        reason=reason,
        keep_member_id=keep_member,
        by_member=actor.member_id,
        created_at=clock.now(),
    )
    history.record(
        "person.transfer",
        "person",
        person_id,
        persons=[person_id],
        detail={"to": to_centre_id, "from_day": from_day, "reason": reason},
    )
    if from_day > clock.today(actor.zone):
        return False
    return bool(asked("transfer_person", made))


def apply_transfers(actor: Actor) -> int:
    """Do the transfers of a service whose day has come; returns how many. For its own housekeeping."""
    due = Transfer.objects.filter(
        service_id=actor.service, done_at=None, from_day__lte=clock.today(actor.zone)
    ).order_by("from_day", "id")
    done = 0
    for one in due:
        if asked("transfer_person", one.id):
            done += 1
            history.record("person.transferred", "person", one.person_id, persons=[one.person_id])
    return done


def alert_seen(actor: Actor, alert_id: uuid.UUID) -> None:
    """Say that the leader has looked at it. Raises NotThere."""
    actors.must(actor, "people.alerts")
    if not Alert.objects.filter(id=alert_id, seen_at=None).update(seen_at=clock.now()):
        raise NotThere("no such line")
    history.record("people.alert_seen", "alert", alert_id)
