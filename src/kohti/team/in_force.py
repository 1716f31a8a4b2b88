"""The team's part of a blueprint put into force: the service, organisations, centres, roles, the version."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import blueprint, clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.brought import bring
from kohti.kernel.ids import new_id

from .actions import end_membership
from .models import BlueprintVersion, Centre, Membership, Organisation, Role, Service


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
    organisations = {
        one.code: {
            "name": one.name,
            "kind": one.kind,
            "tells": one.tells,
            "neutral": dict(one.neutral),
            "retired": False,
        }
        for one in plan.organisations
    }
    bring(Organisation, service.id, organisations, by="code")
    centres = {
        one.code: {"name": one.name, "address": one.address, "phone": one.phone, "retired": False}
        for one in plan.centres
    }
    bring(Centre, service.id, centres, by="code")
    roles = {
        role.code: {
            "title": dict(role.title),
            "scope": role.scope,
            "verbs": list(role.verbs),
            "second_factor": role.second_factor,
            "idle_minutes": role.idle_minutes,
            "retired": False,
        }
        for role in plan.roles
    }
    bring(Role, service.id, roles, by="code")
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


def move(actor: Actor, plan: Blueprint) -> dict[uuid.UUID, uuid.UUID]:
    """Move places to work from roles and organisations that go to those the mapping names.

    A membership is never edited: the new one begins as the old one ends. Returns the new one of each.
    """
    actors.must(actor, "blueprint.apply")
    roles = _moves(actor, Role, plan.mapping.get("roles", {}))
    organisations = _moves(actor, Organisation, plan.mapping.get("organisations", {}))
    now = clock.now()
    places = Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), service_id=actor.service).filter(
        Q(role_id__in=roles) | Q(organisation_id__in=organisations)
    )
    followed = {}
    for old in places.order_by("id"):
        new = Membership.objects.create(
            id=new_id(),
            service_id=actor.service,
            user_id=old.user_id,
            staff_id=old.staff_id,
            organisation_id=organisations.get(old.organisation_id, old.organisation_id),
            centre_id=old.centre_id,
            role_id=roles.get(old.role_id, old.role_id),
            starts=max(now, old.starts),
            ends=old.ends,
        )
        history.record("team.moved", "membership", new.id, detail={"from": old.id})
        end_membership(actor, old.id, because="changed")
        followed[old.id] = new.id
    for column, moves in (("role_id", roles), ("organisation_id", organisations)):
        for old_id, new_id_ in moves.items():
            with connection.cursor() as cursor:
                cursor.execute(
                    f"update team_invitation set {column} = %s where service_id = %s and {column} = %s"
                    " and used_at is null and ended_at is null",
                    [new_id_, actor.service, old_id],
                )
    return followed


def _moves(
    actor: Actor, model: type[Role] | type[Organisation], codes: dict[str, str]
) -> dict[uuid.UUID, uuid.UUID]:
    """The identifiers behind a mapping of codes, of those that there are."""
    named = {one.code: one.id for one in model.objects.filter(service_id=actor.service)}
    return {named[old]: named[new] for old, new in codes.items() if old in named}


HELD = """
with memberships as (
    select role_id, organisation_id, centre_id from team_membership
    where service_id = %(service)s and (ends is null or ends > %(now)s)
), invitations as (
    select role_id, organisation_id, centre_id from team_invitation
    where service_id = %(service)s and used_at is null and ended_at is null and expires > %(now)s
)
select 'roles', r.code, 'places to work in force', count(*)
from memberships m join team_role r on r.id = m.role_id where r.retired group by r.code
union all select 'organisations', o.code, 'places to work in force', count(*)
from memberships m join team_organisation o on o.id = m.organisation_id where o.retired group by o.code
union all select 'centres', c.code, 'places to work in force', count(*)
from memberships m join team_centre c on c.id = m.centre_id where c.retired group by c.code
union all select 'roles', r.code, 'invitations that wait', count(*)
from invitations m join team_role r on r.id = m.role_id where r.retired group by r.code
union all select 'organisations', o.code, 'invitations that wait', count(*)
from invitations m join team_organisation o on o.id = m.organisation_id where o.retired group by o.code
union all select 'centres', c.code, 'invitations that wait', count(*)
from invitations m join team_centre c on c.id = m.centre_id where c.retired group by c.code
"""


def held(actor: Actor) -> list[Held]:
    """Retired roles, organisations and centres where somebody still works, or is invited to."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"service": actor.service, "now": clock.now()})
        return [Held(*row) for row in cursor.fetchall()]
