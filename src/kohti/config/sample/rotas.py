"""Who of the partners is placed where in the sample, made by the leader of the centre as the product does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kohti.diary.models import Room
from kohti.diary.rota import actions
from kohti.diary.rota.actions import Placed
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.team.models import Organisation, Staff

MON, TUE, WED, THU = range(4)
Line = tuple[str, tuple[int, ...], str, str, str]
"""Whom it places, on which weekdays, from and until when, at which desk or in which room; nobody's name: whoever comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The rota of an organisation from a day on."""

    organisation: str
    starts: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """Who is away and who stands in; without a name all of the organisation."""

    organisation: str
    first: date
    last: date
    name: str = ""
    cover: str = ""


NEW_YEAR, EASTER = date(2026, 1, 7), date(2026, 4, 13)
PLACED_FROM_THE_SCHOOL = (
    "Tuula Rantanen",
    "Antti Kallio",
    "Mervi Saarela",
    "Jarno Ylitalo",
    "Reija Pohjola",
    "Oskari Heino",
)
"""Four of the vocational school on three days; from after Easter all six on four."""

HIRED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "gloucestershire": ("partner", "housing-body", ("Petra Novak",)),
    "tyotalo": ("kumppani", "oppilaitos", PLACED_FROM_THE_SCHOOL),
}
"""Whom the sample places beside those it has already: role, organisation, names."""

KEPT: dict[str, tuple[Kept, ...]] = {
    "gloucestershire": (
        Kept(
            organisation="housing-body",
            starts=NEW_YEAR,
            lines=(
                ("Ruth Oyelaran", (WED,), "09:00", "12:30", "quiet-room"),
                ("Gareth Lyle", (WED,), "09:00", "16:00", "desk-6"),
            ),
        ),
        Kept(
            organisation="advice-bureau",
            starts=NEW_YEAR,
            lines=(
                ("Nuala Keane", (TUE, THU), "12:30", "16:00", "room-2"),
                ("Nuala Keane", (WED,), "10:00", "13:00", "room-2"),
            ),
        ),
        Kept(organisation="council", starts=NEW_YEAR, lines=(("", (WED,), "13:30", "16:30", "room-1"),)),
    ),
    "tyotalo": (
        Kept(
            organisation="oppilaitos",
            starts=NEW_YEAR,
            lines=tuple(
                (name, (MON, TUE, WED), "09:00", "15:00", "huone-2" if n == 0 else "")
                for n, name in enumerate(PLACED_FROM_THE_SCHOOL[:4])
            ),
        ),
        Kept(
            organisation="oppilaitos",
            starts=EASTER,
            lines=tuple(
                (name, (MON, TUE, WED, THU), "09:00", "15:00", "huone-2" if n == 0 else "")
                for n, name in enumerate(PLACED_FROM_THE_SCHOOL)
            ),
        ),
        Kept(
            organisation="viranomainen",
            starts=NEW_YEAR,
            lines=(("Petri Aaltonen", (TUE, WED), "09:30", "14:30", "huone-1"),),
        ),
    ),
}
CHANGED: dict[str, tuple[Otherwise, ...]] = {
    "gloucestershire": (
        Otherwise(
            organisation="housing-body",
            name="Gareth Lyle",
            cover="Petra Novak",
            first=date(2026, 3, 11),
            last=date(2026, 3, 18),
        ),
        Otherwise(organisation="advice-bureau", first=date(2026, 4, 1), last=date(2026, 4, 10)),
    ),
    "tyotalo": (
        Otherwise(
            organisation="oppilaitos", name="Mervi Saarela", first=date(2026, 3, 11), last=date(2026, 3, 11)
        ),
        Otherwise(organisation="oppilaitos", first=date(2026, 6, 1), last=date(2026, 8, 9)),
    ),
}


def keep(
    service: str,
    centre: str,
    leader: Actor,
    system: Actor,
    hire: Callable[..., Actor],
    *,
    hired: datetime,
    noted: datetime,
) -> int:
    """Place the partners of a service of the sample; how many rotas there are.

    `hire` makes a colleague (`sample.member_of`). The rotas are kept when people were `hired`, changes were `noted`
    by `leader` shortly before the sample's day.
    """
    if service not in KEPT:
        return 0
    role, organisation, named = HIRED[service]
    with clock.held_at(hired):
        for name in named:
            if not _known(system, name):
                hire(system, name, role=role, centre=centre, organisation=organisation)
    with as_actor(leader):
        organisations = {one.code: one.id for one in Organisation.objects.filter(service_id=leader.service)}
        staff = {one.full_name: one.id for one in Staff.objects.filter(centre_id=leader.centre)}
        rooms = {one.code: one.id for one in Room.objects.filter(centre_id=leader.centre)}
    for number, kept in enumerate(KEPT[service]):
        lines = [
            Placed(
                weekday=day,
                opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes),
                staff_id=staff[name] if name else None,
                room_id=rooms[room] if room else None,
            )
            for name, days, opens, closes, room in kept.lines
            for day in days
        ]
        at = min(noted, datetime.combine(kept.starts - timedelta(days=7), noted.time(), noted.tzinfo))
        with clock.held_at(at), as_actor(leader):
            actions.keep_rota(
                leader, organisations[kept.organisation], kept.starts, lines, key=f"sample:rota:{number}"
            )
    for number, one in enumerate(CHANGED[service]):
        with clock.held_at(noted), as_actor(leader):
            key = f"sample:rota:otherwise:{number}"
            if one.name:
                cover = staff[one.cover] if one.cover else None
                actions.away(leader, staff[one.name], one.first, one.last, cover_id=cover, key=key)
            else:
                actions.nobody_comes(leader, organisations[one.organisation], one.first, one.last, key=key)
    return len(KEPT[service])


def _known(system: Actor, name: str) -> bool:
    with as_actor(system):
        return Staff.objects.filter(centre_id=system.centre, full_name=name).exists()
