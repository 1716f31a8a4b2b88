"""Outreach around the sample's morning: where people are met, whom one met lately, and tonight's round."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any

from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.outreach import actions as outreach
from kohti.outreach.actions import NewEncounter, NewRound, SpotWords
from kohti.outreach.models import Encounter
from kohti.team.models import Membership

from .life import DAY
from .places import Sampled

FILES = resources.files("kohti.config") / "sample" / "days"


def live(system: Actor, here: Sampled) -> None:
    """Live it at a service whose file of the day tells of it (`[out_there]`), under those who go out there."""
    told: dict[str, Any] = tomllib.loads((FILES / f"{here.service}.toml").read_text("utf-8")).get(
        "out_there", {}
    )
    if not told:
        return
    first, watcher = (_member(system, name, "outreach.go") for name in (told["goes"], told["watches"]))
    second = _member(system, told["goes_along"], "journeys.work")
    with (
        clock.held_at(clock.local(DAY - timedelta(days=5), "09:00", system.zone)),
        as_actor(replace(first)) as one,
    ):
        spots = [
            outreach.add_spot(one, SpotWords(**spot), key=f"sample:spot:{spot['name']}")
            for spot in told["spots"]
        ]
    nicknames: dict[str, list[Encounter]] = {}
    for met in told["met"]:
        day = DAY - timedelta(days=met["ago"])
        with clock.held_at(clock.local(day, met["at"], system.zone)), as_actor(replace(first)) as one:
            said = NewEncounter(
                spot_id=spots[met["spot"]],
                nickname=met["nickname"],
                about=met["about"],
                given=met["given"],
                next=met["next"],
                text=met.get("text", ""),
            )
            outreach.write_encounter(one, said, key=f"sample:met:{day}:{met['at']}")
            written = Encounter.objects.get(id=said.id)
            before = nicknames.setdefault(met["nickname"], [])
            if before and met["nickname"]:
                outreach.join(one, before[0].reached_id, written.reached_id, key=f"sample:same:{said.id}")
            before.append(written)
    assert first.staff_id and second.staff_id and watcher.member_id  # noqa: PT018
    with clock.held_at(clock.local(DAY, "08:50", system.zone)), as_actor(replace(first)) as one:
        tonight = NewRound(
            day=DAY,
            starts=told["starts"],
            back_by=told["back_by"],
            spots=spots[:2],
            goers=[first.staff_id, second.staff_id],
            watcher=watcher.member_id,
            phone=told["phone"],
        )
        outreach.plan_round(one, tonight, key=f"sample:round:{DAY}")


def _member(system: Actor, name: str, verb: str) -> Actor:
    with as_actor(system):
        member = (
            Membership.objects.filter(
                service_id=system.service, staff__full_name=name, ends=None, role__verbs__contains=[verb]
            )
            .order_by("id")
            .values_list("id", flat=True)[0]
        )
        found = actors.member(member)
    assert found is not None
    return found
