"""Inviting somebody who is not here yet, and their taking the place: whoever has the link takes it, once."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Centre, Invitation, Organisation, Role, User

from .colleagues import a_name, not_another_of_this_name
from .places import of_codes

INVITED_DAYS = 7


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
    where = of_codes(actor, role=role, centre=centre, organisation=organisation)
    name = a_name(full_name)
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
    not_another_of_this_name(where.centre, folded, user_id=None)
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


def _works_here(email: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select kohti.email_works_here(%s)", [email])
        return bool(cursor.fetchone()[0])
