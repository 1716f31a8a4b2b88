"""A service made from its blueprint, room by room."""

from __future__ import annotations

from importlib import resources
from typing import TypedDict

from kohti.diary import actions as diary
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import blueprint
from kohti.kernel.actor import DOOR, Actor, as_actor, system_of
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.team import actions as team
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

    A service is known again by its code. Raises BadBlueprint. All rooms change together, or none.
    """
    plan = blueprint.read(text, name=name)
    with as_actor(DOOR):
        before = Service.objects.filter(code=plan.service.code).values_list("id", flat=True).first()
    actor = system_of(
        before or new_id(),
        timezone=plan.service.timezone,
        country=plan.service.country,
        languages=plan.service.languages,
    )
    with as_actor(actor):
        if team.apply_blueprint(actor, plan, text):
            diary.apply_blueprint(actor, plan)
            frontdesk.apply_blueprint(actor, plan)
    return actor


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
