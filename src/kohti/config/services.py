"""A service made from its blueprint, room by room."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any, TypedDict

from django.db import connection

from kohti.diary.actions import hours
from kohti.frontdesk.actions import streams
from kohti.journeys import in_force as ways
from kohti.journeys import rules as journeys
from kohti.kernel import blueprint
from kohti.kernel.actor import DOOR, Actor, as_actor, system_of
from kohti.kernel.blueprint import Blueprint, WouldOrphan
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.kernel.languages import gettext_noop
from kohti.people.actions import following
from kohti.team import in_force as team
from kohti.team.models import BlueprintVersion, Centre, Service

SHIPPED = resources.files("kohti.config") / "blueprints"


def shipped_codes() -> list[str]:
    """The codes of the blueprints that come with the product."""
    return sorted(one.name.removesuffix(".toml") for one in SHIPPED.iterdir() if one.name.endswith(".toml"))


def shipped(code: str) -> str:
    """The text of a blueprint that comes with the product."""
    return (SHIPPED / f"{code}.toml").read_text(encoding="utf-8")


def apply(text: str, *, name: str) -> Actor:
    """Make a service from a blueprint, or bring it to the file's version; returns its housekeeping actor.

    A service is known again by its code. All rooms change together, or none. Living data of codes that are gone
    from the file move to where its mapping says; raises WouldOrphan, naming them, where it does not say.
    Raises BadBlueprint.
    """
    plan = blueprint.read(text, name=name)
    with as_actor(DOOR):
        return _bring(plan, text)


def _bring(plan: Blueprint, text: str) -> Actor:
    """Bring the service to the plan, in the transaction we are in. One at a time for a service."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7236011, hashtext(%s))", [plan.service.code])
    before = Service.objects.filter(code=plan.service.code).values_list("id", flat=True).first()
    actor = system_of(
        before or new_id(),
        timezone=plan.service.timezone,
        country=plan.service.country,
        languages=plan.service.languages,
    )
    with as_actor(actor):
        if team.apply_blueprint(actor, plan, text):
            hours.apply_blueprint(actor, plan)
            journeys.apply_blueprint(actor, plan)
            streams.apply_blueprint(actor, plan)
            moved = team.move(actor, plan)
            following.follow(actor, plan, moved)
            ways.move(actor, plan, moved)
            hours.move(actor, plan)
            streams.move(actor, plan)
            held = [one for room in (team, hours, streams) for one in room.held(actor)]
            held += [*following.held(actor, plan), *ways.held(actor, plan)]
            if held:
                raise WouldOrphan(held)
    return actor


NEW, CHANGED, GONE, BACK = (
    gettext_noop("new"),
    gettext_noop("changed"),
    gettext_noop("gone"),
    gettext_noop("back"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of a blueprint changes: an entry of a list that is new, back, changed or gone.

    `code` is empty for a whole table.
    """

    list: str
    code: str
    how: str


class _Undone(Exception):
    """Takes a dry run back."""


def try_out(text: str, *, name: str) -> list[Change]:
    """What `apply` would change, having done it and taken it back. Raises what `apply` raises."""
    plan = blueprint.read(text, name=name)
    found: list[Change] = []
    try:
        with as_actor(DOOR):
            was = Service.objects.filter(code=plan.service.code).values_list("version", flat=True).first()
            with as_actor(_bring(plan, text)) as actor:
                versions = BlueprintVersion.objects.filter(service_id=actor.service, number__lte=was or 0)
                earlier = [one.plan for one in versions.order_by("-number") if one.plan]
            found = _changes(plan.as_json(), earlier)
            raise _Undone
    except _Undone:
        return found


def _changes(now: dict[str, Any], earlier: list[dict[str, Any]]) -> list[Change]:
    """What tells a plan from the latest of the earlier ones; a code that stood in an older one is back."""
    before = earlier[0] if earlier else {}
    out = []
    for name, value in now.items():
        if name not in blueprint.CODED:
            if value != before.get(name) and name != "mapping":
                out.append(Change(name, "", CHANGED if before else NEW))
            continue
        new = {one["code"]: one for one in value}
        old = {one["code"]: one for one in before.get(name, ())}
        known = {one["code"] for older in earlier for one in older.get(name, ())}
        for code in (*new, *(code for code in old if code not in new)):
            if code not in new:
                out.append(Change(name, code, GONE))
            elif code not in old:
                out.append(Change(name, code, BACK if code in known else NEW))
            elif new[code] != old[code]:
                out.append(Change(name, code, CHANGED))
    return out


class Summary(TypedDict):
    """A service in short, for the command line."""

    service: str
    name: str
    version: int
    centres: list[str]


def summary(actor: Actor) -> Summary:
    """The actor's service in short."""
    with as_actor(actor):
        service = Service.objects.get(id=actor.service)
        version = BlueprintVersion.objects.filter(service=service).order_by("-number").first()
        centres = Centre.objects.filter(service=service, retired=False).order_by("code")
        return {
            "service": service.code,
            "name": service.name,
            "version": version.number if version else 0,
            "centres": [centre.code for centre in centres],
        }


def centre_called(code: str) -> tuple[Actor, Centre]:
    """The centre with this code, and its service's housekeeping at that centre. Raises NotThere."""
    from kohti.config.housekeeping import services

    for actor in services():
        with as_actor(actor):
            centre = Centre.objects.filter(service_id=actor.service, code=code, retired=False).first()
            if centre is not None:
                service = Service.objects.get(id=actor.service)
                return (
                    system_of(
                        service.id,
                        centre_id=centre.id,
                        timezone=service.timezone,
                        country=service.country,
                        languages=service.languages,
                    ),
                    centre,
                )
    raise NotThere(f"no centre {code}")
