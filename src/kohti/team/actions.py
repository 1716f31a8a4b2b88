"""Every change of the team's state."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id

from . import queries
from .models import Centre, Invitation, Membership, Organisation, Role, Staff, User
from .signing_in import AtCounter, Session

NO_PASSWORD = "!"  # noqa: S105 - Django's mark of a password that fits nothing


def add_member(
    actor: Actor,
    *,
    username: str,
    password_hash: str,
    full_name: str,
    role: str,
    centre: str,
    organisation: str,
    starts: datetime,
) -> Membership:
    """Give a colleague an account and a membership in the actor's service, from `starts` on.

    `role`, `centre` and `organisation` are codes of the blueprint; `password_hash` as Django makes it.
    """
    actors.must(actor, "team.add")
    place = Centre.objects.get(service_id=actor.service, code=centre)
    colleague = find_or_name(actor, place.id, [full_name])[names.fold(full_name)]
    if colleague.confirmed_at is None:
        confirm_name(actor, colleague.id)
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create(username=username, password=password_hash)
    membership = Membership.objects.create(
        service_id=actor.service,
        user=user,
        staff=colleague,
        organisation=Organisation.objects.get(service_id=actor.service, code=organisation),
        centre=place,
        role=Role.objects.get(service_id=actor.service, code=role),
        starts=starts,
    )
    history.record("team.added", "membership", membership.id, detail={"name": full_name, "role": role})
    return membership


ENDED = ("left", "moved", "changed", "mistake", "other")
"""Why a membership ends: gone from the service, to another place in it, another role, given by mistake."""


def end_membership(
    actor: Actor, membership_id: uuid.UUID, *, at: datetime | None = None, because: str = "other"
) -> None:
    """End a membership, now or at an instant to come: from then on it gives no rows.

    Of two administrators who end each other at the same moment the second is told; one always remains.
    Raises NotThere for one that has ended or is of another service, Refused with a word otherwise.
    """
    actors.must(actor, "team.add")
    if because not in ENDED:
        raise Refused(_("Please say why."), code="no-reason")
    now = clock.now()
    ends = max(at or now, now)
    with connection.cursor() as cursor:
        cursor.execute("select kohti.end_membership(%s, %s, %s)", [membership_id, ends, because])
        outcome = str(cursor.fetchone()[0])
    if outcome == "not_there":
        raise NotThere("no such membership")
    if outcome == "not_you":
        raise NotAllowed("this membership has ended")
    if outcome != "ended":
        raise Refused(NOT_ENDED[outcome], code=f"membership-{outcome}")
    centre, user = Membership.objects.filter(id=membership_id).values_list("centre_id", "user_id").get()
    if ends == now:
        _end_sessions(user)
    # Streams of the centre ask whether they may go on (kernel/live.py): that of whoever has left ends.
    history.record(
        "team.ended",
        "membership",
        membership_id,
        detail={"because": because, "ends": ends},
        tell=centre if ends == now else None,
    )


def _end_sessions(user_id: uuid.UUID) -> None:
    """Sign somebody out everywhere who has no place left in any service; who has one goes on there."""
    with as_actor(DOOR):
        if not queries.memberships_of(user_id):
            Session.objects.filter(user_id=user_id).delete()
            AtCounter.objects.filter(user_id=user_id).delete()


NOT_ENDED = {
    "last": gettext_lazy(
        "This is the only administrator whose place has no end. Give somebody else that role first."
    ),
    "later": gettext_lazy("This place ends earlier already."),
}


INVITED_DAYS = 7
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; `token` is the secret of its link, kept nowhere."""

    id: uuid.UUID
    token: str
    expires: datetime


def digest_of(token: str) -> str:
    """What is kept of the secret of an invitation's link."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    actor: Actor,
    *,
    full_name: str,
    role: str,
    centre: str,
    organisation: str,
    starts: datetime,
    email: str = "",
    good_for: timedelta = timedelta(days=INVITED_DAYS),
) -> Invited:
    """Offer a place to work to somebody who is not here yet: whoever has the link takes it, once.

    `role`, `centre` and `organisation` are codes of the blueprint. Raises Refused, with a word, for what has
    retired since, a name or an e-mail address that is taken or invited already.
    """
    actors.must(actor, "team.add")
    where = _place(actor, role=role, centre=centre, organisation=organisation)
    name = _a_name(full_name)
    folded = names.fold(name)
    now = clock.now()
    open_ones = Invitation.objects.filter(
        service_id=actor.service, used_at=None, ended_at=None, expires__gt=now
    )
    if open_ones.filter(centre=where.centre, folded=folded).exists():
        raise Refused(
            _("Somebody of this name is invited to this centre already. Take that invitation back first."),
            code="invited-already",
        )
    if email and open_ones.filter(email__iexact=email).exists():
        raise Refused(
            _("This e-mail address has an invitation already. Take that one back first."),
            code="invited-already",
        )
    if email and _works_here(email):
        raise Refused(
            _("A colleague with this e-mail address has an account. Give them the place on their own page."),
            code="email-taken",
        )
    _not_another_of_this_name(where.centre, folded, user_id=None)
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        service_id=actor.service,
        full_name=name,
        folded=folded,
        sort_key=names.sort_key(name, language=actor.sorting),
        email=email,
        organisation=where.organisation,
        centre=where.centre,
        role=where.role,
        starts=starts,
        token_hash=digest_of(token),
        made_by_id=actor.member_id,
        made_at=now,
        expires=now + good_for,
    )
    history.record(
        "team.invited", "invitation", made.id, detail={"name": name, "role": role, "centre": centre}
    )
    return Invited(made.id, token, made.expires)


FIRST_GOOD_FOR = timedelta(hours=24)


def invite_administrator(actor: Actor, *, full_name: str, email: str = "", centre: str = "") -> Invited:
    """Offer a service's administration to somebody: how its first administrator comes in, as its housekeeping.

    At the centre with this code, else the first one; for 24 hours. Raises Refused where the blueprint has no
    role that administers.
    """
    actors.must(actor, "team.add")
    roles = Role.objects.filter(service_id=actor.service, scope="administration", retired=False)
    role = next((one for one in roles.order_by("code") if "team.add" in one.verbs), None)
    if role is None:
        raise Refused(
            _("The blueprint of this service has no role that administers it."), code="no-administrators"
        )
    centres = Centre.objects.filter(service_id=actor.service, retired=False).order_by("code")
    organisations = Organisation.objects.filter(service_id=actor.service, retired=False).order_by("code")
    return invite(
        actor,
        full_name=full_name,
        email=email,
        role=role.code,
        centre=centre or centres[0].code,
        organisation=organisations[0].code,
        starts=clock.now(),
        good_for=FIRST_GOOD_FOR,
    )


def take_back(actor: Actor, invitation_id: uuid.UUID) -> None:
    """End an invitation that nobody has used. Raises NotThere, or Refused for one that has been used."""
    actors.must(actor, "team.add")
    wanted = Invitation.objects.filter(service_id=actor.service, id=invitation_id)
    if not wanted.filter(used_at=None, ended_at=None).update(ended_at=clock.now()):
        if not wanted.exists():
            raise NotThere("no such invitation")
        raise Refused(_("This invitation is no longer open."), code="invitation-closed")
    history.record("team.uninvited", "invitation", invitation_id)


def invite_again(actor: Actor, invitation_id: uuid.UUID) -> Invited:
    """Offer the same once more, by a new link that is good for seven days; the one before opens nothing any more.

    Raises NotThere, or Refused for one that was used or taken back, and as `invite` for what cannot be offered now.
    """
    actors.must(actor, "team.add")
    wanted = Invitation.objects.select_related("role", "centre", "organisation").filter(
        service_id=actor.service, id=invitation_id
    )
    before = wanted.first()
    take_back(actor, invitation_id)
    assert before is not None
    return invite(
        actor,
        full_name=before.full_name,
        email=before.email,
        role=before.role.code,
        centre=before.centre.code,
        organisation=before.organisation.code,
        starts=max(before.starts, clock.now()),
    )


def accept_invitation(token: str, user_id: uuid.UUID) -> uuid.UUID:
    """Take the place an invitation offers, at the door; returns the new membership's id.

    The database looks at the invitation once more, in the moment it is taken. Raises Refused with a word when
    it is used, taken back, expired, one's own, or was never made.
    """
    membership_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "select kohti.accept_invitation(%s, %s, %s, %s, %s)",
            [digest_of(token), user_id, membership_id, new_id(), new_id()],
        )
        outcome = str(cursor.fetchone()[0])
    if outcome != "accepted":
        raise Refused(NOT_ACCEPTED[outcome], code=f"invitation-{outcome}")
    return membership_id


def join(token: str, *, username: str, password_hash: str, email: str = "") -> User:
    """Make an account and take the place an invitation offers, at the door: both, or neither.

    `password_hash` as Django makes it. Raises Refused as `accept_invitation`, and for a user name that is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(_("Somebody has this user name. Choose another one."), code="username-taken")
    try:
        user = User.objects.create(username=username, password=password_hash, email=email)
    except IntegrityError as trouble:
        raise Refused(
            _("Somebody has this user name. Choose another one."), code="username-taken"
        ) from trouble
    accept_invitation(token, user.id)
    return user


NOT_ACCEPTED = {
    "wrong": gettext_lazy("This is not a link of an invitation. Perhaps a part of it was lost on the way."),
    "used": gettext_lazy("This invitation has been used. If that was you, sign in."),
    "ended": gettext_lazy("This invitation was taken back. Ask whoever sent it to you."),
    "expired": gettext_lazy("This invitation is too old. Ask whoever sent it to you for a new one."),
    "changed": gettext_lazy(
        "The service has changed since, and no longer has this place. Ask whoever sent it to you."
    ),
    "own": gettext_lazy(
        "You made this invitation yourself. Another administrator has to invite you to another role."
    ),
    "administers": gettext_lazy(
        "You administer this service. Another administrator gives you other roles, on your own page."
    ),
    "already": gettext_lazy("You work at this place in this role already."),
    "name_taken": gettext_lazy(
        "A colleague of this name works at this centre. Ask whoever sent it to you to write the name"
        " so that you can be told apart."
    ),
}


def give_place(
    actor: Actor,
    membership_id: uuid.UUID,
    *,
    role: str,
    centre: str,
    organisation: str,
    starts: datetime,
) -> Membership:
    """Give a colleague, known by any place they had here, another one from `starts` on: also to who comes back.

    The same person signs in as before; their history stays theirs. Nobody gives a place to themselves.
    """
    actors.must(actor, "team.add")
    known = (
        Membership.objects.filter(service_id=actor.service, id=membership_id).select_related("staff").first()
    )
    if known is None:
        raise NotThere("no such membership")
    if str(known.user_id) == str(actor.facts.get("user_id", "")):
        raise Refused(
            _("Nobody gives themselves a place or a role. Ask another administrator."), code="own-place"
        )
    where = _place(actor, role=role, centre=centre, organisation=organisation)
    starts = max(starts, clock.now())
    if (
        Membership.objects.filter(user_id=known.user_id, role=where.role, centre=where.centre)
        .filter(Q(ends=None) | Q(ends__gt=starts))
        .exists()
    ):
        raise Refused(_("They work at this place in this role already."), code="place-held")
    name = known.staff.full_name
    _not_another_of_this_name(where.centre, names.fold(name), user_id=known.user_id)
    colleague = find_or_name(actor, where.centre.id, [name])[names.fold(name)]
    if colleague.confirmed_at is None:
        confirm_name(actor, colleague.id)
    made = Membership.objects.create(
        service_id=actor.service,
        user_id=known.user_id,
        staff=colleague,
        organisation=where.organisation,
        centre=where.centre,
        role=where.role,
        starts=starts,
    )
    history.record("team.placed", "membership", made.id, detail={"name": name, "role": role})
    return made


def change_place(
    actor: Actor,
    membership_id: uuid.UUID,
    *,
    role: str,
    centre: str,
    organisation: str,
    starts: datetime,
) -> Membership:
    """Another role, centre or organisation from `starts` on: the old place ends where the new one begins."""
    before = Membership.objects.filter(service_id=actor.service, id=membership_id).first()
    made = give_place(
        actor, membership_id, role=role, centre=centre, organisation=organisation, starts=starts
    )
    assert before is not None
    moved = before.centre_id != made.centre_id
    end_membership(actor, membership_id, at=made.starts, because="moved" if moved else "changed")
    return made


@dataclass(frozen=True, slots=True)
class _Where:
    role: Role
    centre: Centre
    organisation: Organisation


def _place(actor: Actor, *, role: str, centre: str, organisation: str) -> _Where:
    """What these codes mean now. Raises Refused for one that has retired or never was."""
    here = {"service_id": actor.service, "retired": False}
    found = (
        Role.objects.filter(code=role, **here).first(),
        Centre.objects.filter(code=centre, **here).first(),
        Organisation.objects.filter(code=organisation, **here).first(),
    )
    if found[0] is None:
        raise Refused(_("The service no longer has this role. Choose another one."), code="no-role")
    if found[1] is None:
        raise Refused(_("The service no longer has this centre. Choose another one."), code="no-centre")
    if found[2] is None:
        raise Refused(
            _("The service no longer has this organisation. Choose another one."), code="no-organisation"
        )
    return _Where(found[0], found[1], found[2])


def _a_name(full_name: str) -> str:
    """The name tidied. Raises Refused for none and for one too long to be a name."""
    name = names.tidy(full_name)
    if not names.fold(name):
        raise Refused(_("Please write the name."), code="no-name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("The name is too long. Leave out what is not needed."), code="long-name")
    return name


def _works_here(email: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select kohti.email_works_here(%s)", [email])
        return bool(cursor.fetchone()[0])


def _not_another_of_this_name(centre: Centre, folded: str, *, user_id: uuid.UUID | None) -> None:
    """Raise Refused when a colleague of this name, other than this user, works or worked at the centre."""
    held = Membership.objects.filter(staff__centre=centre, staff__folded=folded)
    if user_id is not None:
        held = held.exclude(user_id=user_id)
    if not held.exists():
        return
    if held.filter(Q(ends=None) | Q(ends__gt=clock.now())).exists():
        raise Refused(
            _(
                "A colleague of this name works at this centre."
                " Write the name so that the two can be told apart."
            ),
            code="name-taken",
        )
    raise Refused(
        _(
            "A colleague of this name worked at this centre. If they come back, give them a place on their"
            " own page; if not, write the name so that the two can be told apart."
        ),
        code="name-taken",
    )


def find_or_name(actor: Actor, centre_id: uuid.UUID, full_names: Iterable[str]) -> dict[str, Staff]:
    """The colleagues of a centre with these names, by folded name; an unknown one becomes a name to confirm."""
    wanted = {names.fold(name): names.tidy(name) for name in full_names}
    known = {
        staff.folded: staff
        for staff in Staff.objects.filter(centre_id=centre_id, folded__in=wanted).order_by("id")
    }
    new = [
        Staff(
            id=new_id(),
            service_id=actor.service,
            centre_id=centre_id,
            full_name=name,
            folded=folded,
            sort_key=names.sort_key(name, language=actor.sorting),
        )
        for folded, name in wanted.items()
        if folded not in known
    ]
    if new:
        Staff.objects.bulk_create(new)
        for staff in new:
            history.record("team.named", "staff", staff.id, detail={"name": staff.full_name})
    return known | {staff.folded: staff for staff in new}


def confirm_name(actor: Actor, staff_id: uuid.UUID) -> None:
    """Say that a name found in a file is a colleague of this centre."""
    actors.must(actor, "team.confirm")
    if not Staff.objects.filter(id=staff_id).update(confirmed_at=clock.now()):
        raise NotThere("no such colleague")
    history.record("team.confirmed", "staff", staff_id)
