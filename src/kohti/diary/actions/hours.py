"""The diary's part of a blueprint: opening hours, closures, kinds of appointment."""

from __future__ import annotations

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.team.models import Centre

from ..models import Closure, Kind, Opening

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the diary's part of a blueprint into force: kinds, opening hours, closures."""
    actors.must(actor, "blueprint.apply")
    centres = {
        centre.code: centre.id
        for centre in Centre.objects.filter(service_id=actor.service, retired=False).order_by("code")
    }
    for kind in plan.kinds:
        Kind.objects.update_or_create(
            service_id=actor.service,
            code=kind.code,
            defaults={
                "title": dict(kind.title),
                "minutes": kind.minutes,
                "in_files": list(kind.in_files),
                "retired": False,
            },
        )
    Kind.objects.filter(service_id=actor.service).exclude(code__in=[k.code for k in plan.kinds]).update(
        retired=True
    )
    Opening.objects.filter(service_id=actor.service).delete()
    hours = {
        (code, WEEKDAYS.index(day)): (part.opens, part.closes)
        for part in plan.opening
        for code in part.centres or centres
        for day in part.days
    }
    Opening.objects.bulk_create(
        Opening(
            service_id=actor.service, centre_id=centres[code], weekday=weekday, opens=opens, closes=closes
        )
        for (code, weekday), (opens, closes) in hours.items()
    )
    Closure.objects.filter(service_id=actor.service, by_hand=False).delete()
    Closure.objects.bulk_create(
        (
            Closure(service_id=actor.service, centre_id=centres[code], day=part.day, title=dict(part.title))
            for part in plan.closures
            for code in part.centres or centres
        ),
        ignore_conflicts=True,
    )
