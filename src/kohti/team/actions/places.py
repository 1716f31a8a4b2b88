"""Places to work: given, changed and ended. A membership is never edited, only ended."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.team import queries
from kohti.team.models import Centre, Membership, Organisation, Role, User
from kohti.team.signing_in import AtCounter, Session

from .colleagues import colleague_named, not_another_of_this_name

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
    colleague = colleague_named(actor, place.id, full_name)
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
    where = of_codes(actor, role=role, centre=centre, organisation=organisation)
    starts = max(starts, clock.now())
    if (
        Membership.objects.filter(user_id=known.user_id, role=where.role, centre=where.centre)
        .filter(Q(ends=None) | Q(ends__gt=starts))
        .exists()
    ):
        raise Refused(_("They work at this place in this role already."), code="place-held")
    name = known.staff.full_name
    not_another_of_this_name(where.centre, names.fold(name), user_id=known.user_id)
    colleague = colleague_named(actor, where.centre.id, name)
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
class Where:
    """A place to work, found: nothing of it has retired."""

    role: Role
    centre: Centre
    organisation: Organisation


def of_codes(actor: Actor, *, role: str, centre: str, organisation: str) -> Where:
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
    return Where(found[0], found[1], found[2])
