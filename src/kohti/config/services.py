"""A service made from its blueprint, room by room."""

from __future__ import annotations

import uuid
from importlib import resources

from kohti.diary import actions as diary
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import blueprint
from kohti.kernel.actor import Actor, as_actor, system_of
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.team import actions as team
from kohti.team.models import Centre, Service

SHIPPED = resources.files("kohti.config") / "blueprints"


def shipped_codes() -> list[str]:
    """The codes of the blueprints that come with the product."""
    return sorted(one.name.removesuffix(".toml") for one in SHIPPED.iterdir() if one.name.endswith(".toml"))


def shipped(code: str) -> str:
    """The text of a blueprint that comes with the product."""
    return (SHIPPED / f"{code}.toml").read_text(encoding="utf-8")


def apply(text: str, *, name: str, service_id: uuid.UUID | None = None) -> Actor:
    """Make a service from a blueprint, or bring it to the file's version; returns its housekeeping actor.

    Raises BadBlueprint. All rooms change together, or none.
    """
    plan = blueprint.read(text, name=name)
    actor = system_of(
        service_id or new_id(),
        timezone=plan.service.timezone,
        country=plan.service.country,
        languages=plan.service.languages,
    )
    with as_actor(actor):
        if team.apply_blueprint(actor, plan, text):
            diary.apply_blueprint(actor, plan)
            frontdesk.apply_blueprint(actor, plan)
    return actor


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
