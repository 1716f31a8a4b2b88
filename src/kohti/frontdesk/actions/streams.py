"""The front desk's part of a blueprint: streams and reasons."""

from __future__ import annotations

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.brought import bring

from ..models import Reason, Stream


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the front desk's part of a blueprint into force: streams and reasons."""
    actors.must(actor, "blueprint.apply")
    streams = {
        part.code: {
            "letter": part.letter,
            "title": dict(part.title),
            "of_appointments": part.of_appointments,
            "everybody": part.everybody,
            "promise_minutes": part.promise_minutes,
            "talk_minutes": part.talk_minutes,
            "position": position,
            "retired": False,
        }
        for position, part in enumerate(plan.streams)
    }
    lines = bring(Stream, actor.service, streams, by="code")
    reasons = {
        reason.code: {
            "title": dict(reason.title),
            "stream_id": lines[reason.stream].id,
            "urgency": reason.urgency,
            "in_files": list(reason.in_files),
            "position": position,
            "retired": False,
        }
        for position, reason in enumerate(plan.reasons)
    }
    bring(Reason, actor.service, reasons, by="code")
    # A line that came with a drop-in by hand goes with it, and not with a blueprint that does not know it.
    Stream.objects.filter(service_id=actor.service, by_hand=False).exclude(code__in=streams).update(
        retired=True
    )
    Reason.objects.filter(service_id=actor.service, by_hand=False).exclude(code__in=reasons).update(
        retired=True
    )


def move(actor: Actor, plan: Blueprint) -> None:
    """Let whoever waits in a line that goes wait in the one that the mapping names, under the same ticket."""
    actors.must(actor, "blueprint.apply")
    for old, new in plan.mapping.get("streams", {}).items():
        with connection.cursor() as cursor:
            cursor.execute(
                "update frontdesk_visit v set stream_id = new.id, version = v.version + 1"
                " from frontdesk_stream old, frontdesk_stream new where v.stream_id = old.id and v.is_open"
                " and old.code = %(old)s and old.service_id = %(service)s"
                " and new.code = %(new)s and new.service_id = %(service)s"
                " returning v.id, v.centre_id, v.person_id",
                {"old": old, "new": new, "service": actor.service},
            )
            rows = cursor.fetchall()
        for visit_id, centre_id, person_id in rows:
            history.record(
                "visit.line_changed",
                "visit",
                visit_id,
                persons=[person_id] if person_id else [],
                detail={"from": old, "to": new},
                tell=centre_id,
            )


def held(actor: Actor) -> list[Held]:
    """Retired lines in which somebody waits or is being seen, and retired centres where somebody is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select stream_id, centre_id from frontdesk_visit"
            " where service_id = %(service)s and is_open)"
            " select 'streams', s.code, 'people waiting or being seen', count(*) from here h"
            " join frontdesk_stream s on s.id = h.stream_id where s.retired group by s.code"
            " union all select 'centres', t.code, 'people in the building', count(*) from here h"
            " join team_centre t on t.id = h.centre_id where t.retired group by t.code",
            {"service": actor.service},
        )
        return [Held(*row) for row in cursor.fetchall()]
