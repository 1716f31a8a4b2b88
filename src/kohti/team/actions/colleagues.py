"""Colleagues by name: those a file names, to be confirmed, and two who can be told apart."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Centre, Membership, Staff

LONGEST_NAME = 200


def a_name(full_name: str) -> str:
    """The name tidied. Raises Refused for none and for one too long to be a name."""
    name = names.tidy(full_name)
    if not names.fold(name):
        raise Refused(_("Please write the name."), code="no-name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("The name is too long. Leave out what is not needed."), code="long-name")
    return name


def not_another_of_this_name(centre: Centre, folded: str, *, user_id: uuid.UUID | None) -> None:
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


def colleague_named(actor: Actor, centre_id: uuid.UUID, full_name: str) -> Staff:
    """The colleague of a centre with this name, who is one from now on where a file only named them."""
    colleague = find_or_name(actor, centre_id, [full_name])[names.fold(full_name)]
    if colleague.confirmed_at is None:
        confirm_name(actor, colleague.id)
    return colleague


def confirm_name(actor: Actor, staff_id: uuid.UUID) -> None:
    """Say that a name found in a file is a colleague of this centre."""
    actors.must(actor, "team.confirm")
    if not Staff.objects.filter(id=staff_id).update(confirmed_at=clock.now()):
        raise NotThere("no such colleague")
    history.record("team.confirmed", "staff", staff_id)
