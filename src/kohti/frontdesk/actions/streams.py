"""The front desk's part of a blueprint: streams and reasons."""

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint

from ..models import Reason, Stream


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the front desk's part of a blueprint into force: streams and reasons."""
    actors.must(actor, "blueprint.apply")
    streams = {}
    for position, part in enumerate(plan.streams):
        streams[part.code], _made = Stream.objects.update_or_create(
            service_id=actor.service,
            code=part.code,
            defaults={
                "letter": part.letter,
                "title": dict(part.title),
                "of_appointments": part.of_appointments,
                "everybody": part.everybody,
                "position": position,
                "retired": False,
            },
        )
    for position, reason in enumerate(plan.reasons):
        Reason.objects.update_or_create(
            service_id=actor.service,
            code=reason.code,
            defaults={
                "title": dict(reason.title),
                "stream": streams[reason.stream],
                "urgency": reason.urgency,
                "in_files": list(reason.in_files),
                "position": position,
                "retired": False,
            },
        )
    Stream.objects.filter(service_id=actor.service).exclude(code__in=streams).update(retired=True)
    Reason.objects.filter(service_id=actor.service).exclude(
        code__in=[reason.code for reason in plan.reasons]
    ).update(retired=True)
