"""Reads for the pages of who keeps the team: colleagues, invitations, and what the blueprint brings."""

from __future__ import annotations

import json
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q

from kohti.kernel import clock, names, outbox, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .models import BlueprintVersion, Centre, Invitation, Membership, Organisation, Role, Service, Staff
from .queries import Colleague

# who works here


PAGE = 50
WORKING, COMING, GONE = "working", "coming", "gone"

ROSTER = """
select m.id, m.staff_id, t.full_name, r.title, c.name, o.name, m.starts, m.ends, m.because
from team_membership m
join team_staff t on t.id = m.staff_id
join team_role r on r.id = m.role_id
join team_centre c on c.id = m.centre_id
join team_organisation o on o.id = m.organisation_id
where m.service_id = %(service)s
  and (%(centre)s::uuid is null or m.centre_id = %(centre)s)
  and (%(role)s = '' or r.code = %(role)s)
  and (%(at)s = '' or c.code = %(at)s)
  and (%(organisation)s = '' or o.code = %(organisation)s)
  and case %(state)s when 'coming' then m.starts > %(now)s
                     when 'gone' then m.ends <= %(now)s
                     else m.starts <= %(now)s and (m.ends is null or m.ends > %(now)s) end
  and (%(like)s = '' or t.folded like %(like)s)
  and (%(after)s::uuid is null or (t.sort_key, m.id) > (
      select u.sort_key, n.id from team_membership n join team_staff u on u.id = n.staff_id
      where n.id = %(after)s))
order by t.sort_key, m.id
limit %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which colleagues: codes of a role, a centre, an organisation; `state` working, coming or gone; `name` a
    part of it, as typed."""

    role: str = ""
    centre: str = ""
    organisation: str = ""
    state: str = WORKING
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the service, past, present or to come."""

    id: uuid.UUID
    staff_id: uuid.UUID
    name: str
    role_title: str
    centre: str
    organisation: str
    starts: datetime
    ends: datetime | None
    because: str

    def holds(self) -> bool:
        """Whether it holds now."""
        now = clock.now()
        return self.starts <= now and (self.ends is None or self.ends > now)

    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ends is not None and self.ends <= clock.now()


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody signs in, and the day they last did."""

    username: str
    last_day: date | None
    password: bool
    kinds: tuple[str, ...]


def _centre_of(actor: Actor) -> uuid.UUID | None:
    """The centre an actor's view of the team ends at; none for who administers the service."""
    return None if actor.scope == "administration" else actor.centre


def roster(
    actor: Actor, wanted: Wanted, *, after: uuid.UUID | None = None
) -> tuple[list[Place], uuid.UUID | None]:
    """A page of places in the order of names, and where the next page begins. One statement.

    Of the service for who administers it, of the actor's centre for others.
    """
    folded = names.fold(wanted.name)
    like = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(
            ROSTER,
            {
                "service": actor.service,
                "centre": _centre_of(actor),
                "role": wanted.role,
                "at": wanted.centre,
                "organisation": wanted.organisation,
                "state": wanted.state,
                "like": f"%{like}%" if folded else "",
                "now": clock.now(),
                "after": after,
                "most": PAGE + 1,
            },
        )
        rows = [Place(*row) for row in cursor.fetchall()]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def sign_ins(membership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SignIn]:
    """How the holders of these places sign in: of one's service, or of the centre one leads. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.colleagues_sign_in(%s::uuid[])", [list(membership_ids)])
        return {
            row[0]: SignIn(row[1], row[2], bool(row[3]), tuple(row[4] or ())) for row in cursor.fetchall()
        }


def without_account(actor: Actor, centre: str = "", *, most: int = 100) -> list[Colleague]:
    """Names known from diaries that nobody signs in as, those to confirm first. One statement."""
    rows = Staff.objects.filter(service_id=actor.service)
    here = _centre_of(actor)
    if here is not None:
        rows = rows.filter(centre_id=here)
    if centre:
        rows = rows.filter(centre__code=centre)
    rows = rows.exclude(id__in=Membership.objects.filter(service_id=actor.service).values("staff_id"))
    ordered = rows.order_by(F("confirmed_at").asc(nulls_first=True), "sort_key", "id")
    if not centre and here is None:
        ordered = ordered.filter(confirmed_at=None)
    found = ordered.values_list("id", "full_name", "confirmed_at")[:most]
    waiting = [Colleague(*row) for row in found if row[2] is None]
    confirmed = sorted((row for row in found if row[2] is not None), key=lambda row: names.sort_key(row[1]))
    return waiting + [Colleague(*row) for row in confirmed]


@dataclass(frozen=True, slots=True)
class ColleaguePage:
    """What is known of a colleague: their places in this service, newest first."""

    staff_id: uuid.UUID
    name: str
    confirmed: bool
    centre_id: uuid.UUID
    centre: str
    user_id: uuid.UUID | None
    places: tuple[Place, ...]

    @property
    def works(self) -> bool:
        """Whether they work here now or soon."""
        return any(not place.is_over() for place in self.places)


def colleague(actor: Actor, staff_id: uuid.UUID) -> ColleaguePage:
    """A colleague's page. Two statements. Raises NotThere for one of another service, or, for who leads a
    centre, of another centre."""
    rows = Staff.objects.filter(service_id=actor.service, id=staff_id).select_related("centre")
    here = _centre_of(actor)
    if here is not None:
        rows = rows.filter(centre_id=here)
    staff = rows.first()
    if staff is None:
        raise NotThere("no such colleague")
    users = Membership.objects.filter(staff_id=staff_id).values("user_id")
    held = (
        Membership.objects.filter(service_id=actor.service, user_id__in=users)
        .select_related("staff", "role", "centre", "organisation")
        .order_by("-starts", "-id")
    )
    return ColleaguePage(
        staff.id,
        staff.full_name,
        staff.confirmed_at is not None,
        staff.centre_id,
        staff.centre.name,
        next((one.user_id for one in held), None),
        tuple(_as_place(one) for one in held),
    )


def _as_place(one: Membership) -> Place:
    return Place(
        one.id,
        one.staff_id,
        one.staff.full_name,
        one.role.title,
        one.centre.name,
        one.organisation.name,
        one.starts,
        one.ends,
        one.because,
    )


def place(actor: Actor, membership_id: uuid.UUID) -> tuple[Place, Membership]:
    """One place of the actor's service, for its forms. One statement. Raises NotThere."""
    found = (
        Membership.objects.filter(service_id=actor.service, id=membership_id)
        .select_related("staff", "role", "centre", "organisation")
        .first()
    )
    if found is None:
        raise NotThere("no such membership")
    return _as_place(found), found


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen for a place: codes with their titles, without what has retired."""

    roles: tuple[tuple[str, str], ...]
    centres: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]


def choices(actor: Actor) -> Choices:
    """Roles, centres and organisations of the service. Three statements."""
    here = {"service_id": actor.service, "retired": False}
    return Choices(
        tuple((one.code, words.title(one.title)) for one in Role.objects.filter(**here).order_by("code")),
        tuple(Centre.objects.filter(**here).order_by("name", "code").values_list("code", "name")),
        tuple(Organisation.objects.filter(**here).order_by("name", "code").values_list("code", "name")),
    )


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that nobody has used yet."""

    id: uuid.UUID
    name: str
    role_title: str
    centre: str
    expires: datetime
    mail: str
    """`bounced` or `failed` where the mail with the link did not arrive."""

    @property
    def is_open(self) -> bool:
        """Whether its link is still good."""
        return self.expires > clock.now()


def invitations(actor: Actor, *, most: int = 100) -> list[InvitationLine]:
    """What has been offered and not been taken, newest first. One statement, two where some were sent by mail."""
    rows = list(
        Invitation.objects.filter(service_id=actor.service, used_at=None, ended_at=None)
        .select_related("role", "centre")
        .order_by("-made_at", "-id")[:most]
    )
    mails = {one.id: outbox.id_of(actor, f"invitation:{one.id}") for one in rows if one.email}
    states = outbox.came_to_nothing(mails.values()) if mails else {}
    lost = {invitation: states.get(message, "") for invitation, message in mails.items()}
    return [
        InvitationLine(
            one.id,
            one.full_name,
            one.role.title,
            one.centre.name,
            one.expires,
            lost.get(one.id, ""),
        )
        for one in rows
    ]


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers, for whoever has its link. `state`: open, used, ended, expired or changed."""

    state: str
    name: str
    email: str
    service: str
    service_code: str
    theme: dict[str, Any]
    centre: str
    organisation: str
    role_title: str
    starts: datetime
    timezone: str


def offer(digest: str) -> Offer | None:
    """The invitation whose link has a secret of this digest; asked at the door. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.invitation(%s, %s)", [digest, clock.now()])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return Offer(
        facts["state"],
        facts["name"],
        facts["email"],
        facts["service"],
        facts["service_code"],
        facts["theme"],
        facts["centre"],
        facts["organisation"],
        words.title(facts["role_title"]),
        datetime.fromisoformat(facts["starts"]),
        facts["timezone"],
    )


# what the blueprint brings


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role, and how many work in it now."""

    code: str
    title: str
    scope: str
    verbs: tuple[str, ...]
    second_factor: bool
    retired: bool
    people: int


def _holding() -> Q:
    now = clock.now()
    return Q(membership__starts__lte=now) & (Q(membership__ends=None) | Q(membership__ends__gt=now))


def roles(actor: Actor) -> list[RoleLine]:
    """The roles of the service with how many work in each; a retired one only while somebody does."""
    rows = (
        Role.objects.filter(service_id=actor.service)
        .annotate(people=Count("membership", filter=_holding()))
        .order_by("retired", "code")
    )
    return [
        RoleLine(
            one.code,
            words.title(one.title),
            one.scope,
            tuple(one.verbs),
            one.second_factor,
            one.retired,
            one.people,
        )
        for one in rows
        if one.people or not one.retired
    ]


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation, and how many of its people work in the service now."""

    code: str
    name: str
    kind: str
    retired: bool
    people: int


def organisations(actor: Actor) -> list[OrganisationLine]:
    """The organisations of the service, those that retired last. One statement."""
    rows = (
        Organisation.objects.filter(service_id=actor.service)
        .annotate(people=Count("membership", filter=_holding()))
        .order_by("retired", "name", "code")
    )
    return [OrganisationLine(one.code, one.name, one.kind, one.retired, one.people) for one in rows]


def version_in_force(actor: Actor) -> int:
    """The number of the blueprint in force."""
    found = Service.objects.filter(id=actor.service).values_list("version", flat=True).first()
    return int(found or 0)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of the blueprint: when it came into force, and what it changed, as (part, what) pairs."""

    number: int
    applied_at: datetime
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


def versions(actor: Actor, *, most: int = 20) -> list[VersionLine]:
    """The newest versions of the service's blueprint, newest first. One statement."""
    rows = list(BlueprintVersion.objects.filter(service_id=actor.service).order_by("-number")[: most + 1])
    found = []
    for position, row in enumerate(rows[:most]):
        before = rows[position + 1] if position + 1 < len(rows) else None
        added, gone, changed = _difference(before.text if before else None, row.text)
        found.append(VersionLine(row.number, row.applied_at, added, gone, changed))
    return found


def _parts(text: str) -> dict[str, Any]:
    """A blueprint's text taken apart: what is known by a code under "list: code", the rest under its table."""
    found: dict[str, Any] = {}
    for name, value in tomllib.loads(text).items():
        if isinstance(value, list) and all(isinstance(one, dict) and "code" in one for one in value):
            found |= {f"{name}: {one['code']}": one for one in value}
        else:
            found[name] = value
    return found


def _difference(before: str | None, after: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Which parts came, went and changed from one text to the next."""
    if before is None:
        return (), (), ()
    old, new = _parts(before), _parts(after)
    return (
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name in old and new[name] != old[name]),
    )
