"""The diary's part of a blueprint: opening hours, closures, kinds of appointment, rooms and desks."""

from __future__ import annotations

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.brought import bring
from kohti.team.models import Centre

from ..models import Closure, Kind, Opening, Room
from ..rota import in_force as rota
from . import drop_ins

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the diary's part of a blueprint into force: kinds, rooms, opening hours, closures."""
    actors.must(actor, "blueprint.apply")
    centres = {
        centre.code: centre.id
        for centre in Centre.objects.filter(service_id=actor.service, retired=False).order_by("code")
    }
    kinds = {
        kind.code: {
            "title": dict(kind.title),
            "minutes": kind.minutes,
            "in_files": list(kind.in_files),
            "public": dict(kind.public),
            "bring": {language: list(items) for language, items in kind.bring.items()},
            "reminds": kind.remind,
            "retired": False,
        }
        for kind in plan.kinds
    }
    bring(Kind, actor.service, kinds, by="code")
    Kind.objects.filter(service_id=actor.service).exclude(code__in=[k.code for k in plan.kinds]).update(
        retired=True
    )
    # All first, so that two rooms may swap their names.
    Room.objects.filter(service_id=actor.service).update(retired=True)
    rooms = {
        (centres[code], room.code): {
            "name": room.name,
            "kind": room.kind,
            "has": sorted({*room.has, *(["quiet"] if room.kind == "quiet" else [])}),
            "retired": False,
        }
        for room in plan.rooms
        for code in room.centres or centres
    }
    bring(Room, actor.service, rooms, by=("centre_id", "code"))
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
    drop_ins.apply_blueprint(actor, plan, centres)


def move(actor: Actor, plan: Blueprint) -> None:
    """Give bookings to come of a kind that goes the kind that the mapping names; and rotas their organisation."""
    actors.must(actor, "blueprint.apply")
    centres = set()
    for old, new in plan.mapping.get("kinds", {}).items():
        with connection.cursor() as cursor:
            cursor.execute(
                "update diary_booking b set kind_id = new.id, version = b.version + 1"
                " from diary_kind old, diary_kind new where b.kind_id = old.id and old.code = %(old)s"
                " and old.service_id = %(service)s and new.code = %(new)s and new.service_id = %(service)s"
                " and b.state = 'booked' and b.ends > %(now)s returning b.id, b.centre_id, b.person_id",
                {"old": old, "new": new, "service": actor.service, "now": clock.now()},
            )
            rows = cursor.fetchall()
        for booking_id, centre_id, person_id in rows:
            history.record(
                "booking.kind_changed",
                "booking",
                booking_id,
                persons=[person_id] if person_id else [],
                detail={"from": old, "to": new},
            )
            centres.add(centre_id)
    for centre_id in sorted(centres):
        live.tell(centre_id, "diary", centre_id)
    rota.move(actor, plan)


def held(actor: Actor) -> list[Held]:
    """Retired kinds and centres with bookings to come; organisations and centres with a rota."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with coming as (select kind_id, centre_id from diary_booking where service_id = %(service)s"
            " and state = 'booked' and ends > %(now)s)"
            " select 'kinds', k.code, 'bookings to come', count(*) from coming c"
            " join diary_kind k on k.id = c.kind_id where k.retired group by k.code"
            " union all select 'centres', t.code, 'bookings to come', count(*) from coming c"
            " join team_centre t on t.id = c.centre_id where t.retired group by t.code",
            {"service": actor.service, "now": clock.now()},
        )
        found = [Held(*row) for row in cursor.fetchall()]
    return [*found, *rota.held(actor)]
