"""Every change of the team's state."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from kohti.kernel import actor as actors
from kohti.kernel import blueprint, clock, history, names
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id

from .models import BlueprintVersion, Centre, Membership, Organisation, Role, Service, Staff, User


def apply_blueprint(actor: Actor, plan: Blueprint, text: str) -> bool:
    """Put the team's part of a blueprint into force for the actor's service; False when nothing changed.

    Makes the service when it is new. Codes that are gone from the file retire, they do not vanish.
    """
    actors.must(actor, "blueprint.apply")
    service = Service.objects.filter(id=actor.service).first()
    version = BlueprintVersion.objects.filter(service_id=actor.service).order_by("-number").first()
    digest = blueprint.digest(text)
    if version is not None and version.digest == digest:
        return False
    number = version.number + 1 if version is not None else 1
    if service is None:
        service = Service(id=actor.service)
    service.code = plan.service.code
    service.name = plan.service.name
    service.country = plan.service.country
    service.timezone = plan.service.timezone
    service.languages = list(plan.service.languages)
    service.theme = plan.theme.model_dump(mode="json")
    service.version = number
    service.save()
    for organisation in plan.organisations:
        Organisation.objects.update_or_create(
            service=service,
            code=organisation.code,
            defaults={"name": organisation.name, "kind": organisation.kind, "retired": False},
        )
    for centre in plan.centres:
        Centre.objects.update_or_create(
            service=service,
            code=centre.code,
            defaults={"name": centre.name, "address": centre.address, "retired": False},
        )
    for role in plan.roles:
        Role.objects.update_or_create(
            service=service,
            code=role.code,
            defaults={
                "title": dict(role.title),
                "scope": role.scope,
                "verbs": list(role.verbs),
                "second_factor": role.second_factor,
                "retired": False,
            },
        )
    for model, parts in (
        (Organisation, plan.organisations),
        (Centre, plan.centres),
        (Role, plan.roles),
    ):
        gone = model.objects.filter(service=service).exclude(code__in=[part.code for part in parts])
        gone.update(retired=True)
    BlueprintVersion.objects.create(
        service=service, number=number, digest=digest, text=text, plan=plan.as_json(), applied_at=clock.now()
    )
    history.record("blueprint.applied", "service", service.id, detail={"version": number})
    return True


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


def end_membership(actor: Actor, membership_id: uuid.UUID) -> None:
    """End a membership now: from the next statement on it gives no rows."""
    actors.must(actor, "team.add")
    now = clock.now()
    running = Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), id=membership_id)
    # One that has not begun yet ends in the moment it begins.
    if not running.update(ends=Greatest(Value(now), F("starts") + timedelta(microseconds=1))):
        raise NotThere("no such membership")
    history.record("team.ended", "membership", membership_id)


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
            sort_key=names.sort_key(name, language=actor.first_language),
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
