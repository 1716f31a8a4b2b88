"""Two dozen actors and more: members, screens, jobs, the door, and some who claim to be somebody."""

from __future__ import annotations

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

from tests.factories import Place
from tests.kernel.policies.who import LATE, Who

from kohti.kernel.actor import Actor


def _member(name: str, actor: Actor, *, worker: bool = False) -> Who:
    return Who(
        name,
        ("member", actor.member_id, None, None, "", ""),
        worker,
        "member",
        str(actor.member_id),
        str(actor.staff_id),
        str(actor.organisation_id),
        str(actor.service_id),
        str(actor.centre_id),
        actor.role,
        actor.scope,
        verbs=actor.verbs,
    )


def _screen(name: str, actor: Actor) -> Who:
    enter = ("screen", None, actor.service_id, actor.centre_id, actor.role, "service")
    return replace(_member(name, actor), enter=enter, kind="screen", member="", staff="", organisation="")


def actors_of(here: Place, there: Place) -> list[Who]:
    """Everybody who tries, of both services; each knows what day it is where they are."""
    today = {
        str(one.system.service_id): LATE.astimezone(ZoneInfo(zone)).date()
        for one, zone in ((here, "Europe/London"), (there, "Europe/Helsinki"))
    }
    assert len(set(today.values())) == 2
    door = ("door", None, None, None, "", "")
    system = ("system", None, here.system.service_id, here.system.centre_id, "system", "service")
    found = [
        Who("nobody, from the web"),
        Who("nobody, from the worker", worker=True),
        Who("the door", door, kind="door"),
        Who("the door of the worker", door, True, "door"),
        Who("the system, forged from the web", system),
        Who("no such kind", ("owner", None, here.system.service_id, None, "", "")),
        Who("a board nobody has set up", ("device", uuid.uuid4())),
        Who("the guest of no appointment", ("guest", uuid.uuid4())),
        Who("a partner with no link", ("partner", uuid.uuid4())),
        Who(
            "a member nobody knows",
            ("member", uuid.uuid4(), here.system.service_id, None, "leader", "centre"),
        ),
        Who(
            "a leader whose membership ended",
            ("member", here.members["gone", "cheltenham"].member_id, *[None] * 4),
        ),
        Who(
            "a screen of another service's centre",
            ("screen", None, here.system.service_id, there.centre.id, "leader", ""),
        ),
        Who("the system", system, True, "system", service=str(here.system.service_id), role="system"),
        _screen("a screen of the hosts", here.member("host")),
        _screen("a screen of the leaders", here.member("leader")),
        _screen("a screen of the administrators", here.member("administrator")),
        _screen("a screen of the coaches, elsewhere", there.member("coach", centre="gloucester")),
        _member("a host's job", here.member("host"), worker=True),
        _member("a leader's job", there.member("leader"), worker=True),
    ]
    for where, one in (("here", here), ("there", there)):
        found += [
            _member(f"{name} {where}", actor)
            for name, actor in one.members.items()
            if name[0] in ("partner", "decision-maker")
        ]
        for code in ("cheltenham", "gloucester"):
            found += [
                _member(f"{role} at {code} {where}", one.member(role, centre=code))
                for role in ("host", "coach", "leader", "administrator")
            ]
    found += [one for place in (here, there) for one in _without_a_name(place)]
    return [replace(who, today=today[who.service]) if who.service else who for who in found]


def _without_a_name(here: Place) -> list[Who]:
    """The kiosk of a centre, and the guest of each centre's appointment today."""
    service, found = str(here.system.service_id), []
    for code, centre in (("cheltenham", here.centre), ("gloucester", here.other)):
        device, booking = here.devices[code].device_id, here.bookings[code]
        kiosk = Who(
            f"the kiosk at {code}",
            ("device", device),
            kind="device",
            role="kiosk",
            service=service,
            centre=str(centre.id),
        )
        wall = here.devices[f"{code} board"].device_id
        board = replace(kiosk, name=f"the board at {code}", enter=("device", wall), role="board")
        guest = replace(
            kiosk,
            name=f"a guest at {code}",
            enter=("guest", booking.id),
            kind="guest",
            role="guest",
            booking=str(booking.id),
            person=str(booking.person_id),
        )
        link, referral = here.links[code]
        partner = replace(
            kiosk,
            name=f"a partner with a link at {code}",
            enter=("partner", link),
            kind="guest",
            role="guest",
            centre="",
            referral=str(referral),
        )
        found += [kiosk, board, guest, partner]
    return found
