"""The next free times for an appointment that is being booked: by its kind, with whom, where, with what helps."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.ids import short
from kohti.team.models import Centre

from ..free import Rule, offers
from .asking import NewForm, identifier
from .reading import Somebody

DAYS = 28
A_DAY, MOST = 3, 9
"""So many times of one day at one centre, and so many in all, are enough to choose from."""
EVERYWHERE = "all"


@dataclass(frozen=True, slots=True)
class Found:
    """A free time: when, with whom, where; `press` puts it into the form, and is empty for another centre's."""

    when: str
    staff: str
    room: str
    centre: str
    phone: str
    press: str


def centres(actor: Actor) -> dict[str, tuple[str, str]]:
    """The centres of the service, name and telephone by key, the actor's own first. One statement."""
    rows = Centre.objects.filter(service_id=actor.service, retired=False).order_by("name", "code")
    known = [(one.id, one.name, one.phone) for one in rows]
    known.sort(key=lambda one: one[0] != actor.centre)
    return {short(centre_id): (name, phone) for centre_id, name, phone in known}


def times(actor: Actor, form: NewForm, someone: Somebody | None, needs: Sequence[str]) -> list[Found]:
    """The soonest free times for what a form says so far, from its day on; whatever it leaves open is open.

    Each time of a centre once, with the first who is free then: who wants one colleague chooses them.
    At other centres no more is told than that somebody has time: they are booked there. One statement, and another
    where no room has what is needed.
    """
    form.is_valid()
    said: dict[str, Any] = form.cleaned_data
    kind = form.kinds.get(said.get("kind", ""))
    if kind is None:
        return []
    where, today = said.get("where", ""), clock.today(actor.zone)
    wanted = form.centres if where == EVERYWHERE else [where or short(actor.centre)]
    staff_id = identifier(said["staff"]) if said.get("staff") else None
    day: date = said.get("day") or today
    rule = Rule(
        minutes=kind.minutes,
        first=max(day, today),
        days=DAYS,
        centres=[one for one in map(identifier, wanted) if one],
        staff=(staff_id,) if staff_id else (),
        person_id=someone.id if someone else None,
        needs=needs,
    )
    # the same time stands here once for each colleague who is free then and each room that suits
    free = offers(actor, rule, a_day=60, most=400) or offers(
        actor, replace(rule, needs=()), a_day=60, most=400
    )
    found: list[Found] = []
    seen: set[tuple[Any, ...]] = set()
    of_a_day: Counter[tuple[date, uuid.UUID | None]] = Counter()
    for one in free:
        local = one.starts.astimezone(actor.zone)
        about = (one.starts, one.centre_id)
        if about in seen or of_a_day[local.date(), one.centre_id] == A_DAY:
            continue
        seen.add(about)
        of_a_day[local.date(), one.centre_id] += 1
        here = one.centre_id == actor.centre
        key = short(one.centre_id) if one.centre_id else ""
        found.append(
            Found(
                f"{words.day_long(local.date())}, {words.clock_time(one.starts, actor.zone)}",
                one.staff,
                one.room,
                "" if here else one.centre,
                form.centres.get(key, ("", ""))[1],
                ".".join(
                    (
                        f"{local:%Y-%m-%d.%H:%M}",
                        short(one.staff_id) if one.staff_id else "",
                        short(one.room_id) if one.room_id else "",
                    )
                )
                if here
                else "",
            )
        )
    return found[:MOST]


def taken(press: str) -> dict[str, Any]:
    """What a press on a found time puts into the form; nothing where it is no such press."""
    day, _dot, rest = press.partition(".")
    parts = rest.split(".")
    try:
        begins = {"day": date.fromisoformat(day), "at": time.fromisoformat(parts[0])}
    except (ValueError, IndexError):
        return {}
    staff, room = (*parts[1:3], "", "")[:2]
    chosen = {"staff": staff} if identifier(staff) else {}
    return begins | chosen | ({"room": room} if identifier(room) else {})
