"""People in every relation to whoever asks, each filled with words that stand nowhere else.

A word that belongs to somebody is `qz`, two letters for whom, and what it is: `qzelnote` is a note about the person
of another centre. Whatever any answer holds of these words tells what it lets be seen, of whom.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.config.test_routes import CASES, SAID, Things, keys_of
from tests.factories import MORNING, Place

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.ids import short
from kohti.people.models import Person
from kohti.team.models import Centre

TODAY, FAR = MORNING.date(), MORNING + timedelta(days=30)

RELATIONS = {
    "ow": "the coach's own",
    "sh": "shown to the coach by the leader",
    "se": "shown to the coach until yesterday",
    "to": "comes to the centre today",
    "et": "of another centre, comes to this one today",
    "ce": "of the centre, nothing else",
    "sf": "of the centre, work and how to reach them shared with the partner's worker's organisation",
    "sx": "shared in the same way until a moment ago",
    "rf": "of the centre, referred to the partner's worker's organisation",
    "rw": "referred to it, and withdrawn a moment ago",
    "rr": "referred to it, and then open to named people only",
    "rl": "of the centre, referred to a partner who has a link and no account",
    "sn": "of the centre, shared with an office whose name tells something",
    "fo": "the coach's until they moved to another centre today",
    "re": "open to named people only",
    "rt": "open to named people only, comes today",
    "el": "of another centre",
    "ot": "of another service",
}
"""Whom it is about, by the letters in the words that are theirs."""

OPEN = ("helps", "danger", "phone", "guardian", "note", "worknote", "paper", "why", "aim", "step", "away")
SEALED = ("address", "secret", "sealednote", "sealedpaper", "sealedaim", "sealedstep")
NOBODYS = {
    "centre_id", "pk", "provider_id", "member_id", "device_id", "invitation_id", "closure_id", "drop_in_id",
    "partner_id", "listing_id", "staff_id", "user_id", "room_id", "file_id", "caseload_id", "help_id", "rota_id", "change_id",
    "spot_id", "round_id",
}  # fmt: skip
"""What addresses name that belongs to the service, or to colleagues."""

THEIRS = sorted({key for name, _method in CASES for key in keys_of(name)} - SAID.keys() - NOBODYS)
"""What addresses name that is somebody's: all that is not said to be nobody's."""


def word(code: str, sort: str) -> str:
    """The word by which something of somebody is known."""
    return f"qz{code}{sort}"


class _Theirs(Things):
    """What the tests of routes make for an address, about somebody of ours."""

    def __init__(self, service: Place, centre: Centre, someone: Person, filler: Actor) -> None:
        super().__init__(service, centre, {"centre_id": centre.id, "pk": 1, "provider_id": "nobody"})
        self.__dict__["someone"] = someone
        self.filler = filler

    def writer(self) -> Actor:
        return self.filler

    def way_of(self, writer: Actor, person_id: uuid.UUID) -> uuid.UUID:
        way: uuid.UUID = self["way_id"]
        return way


@dataclass
class Someone:
    """One of the people, and what addresses name of theirs."""

    code: str
    service: Place
    centre: Centre
    filler: Actor
    person: Person
    ids: dict[str, uuid.UUID] = field(default_factory=dict)

    def say(self, sort: str) -> str:
        """A word of theirs."""
        return word(self.code, sort)

    @cached_property
    def things(self) -> Things:
        """What addresses can name of theirs; what nothing of theirs was told about is made when it is asked for."""
        made = _Theirs(self.service, self.centre, self.person, self.filler)
        made.update(self.ids)
        return made

    def named(self, key: str) -> Any:
        """What an address names of theirs under this key, the same one each time."""
        if key not in self.things:
            # An emergency is over by now; until then nobody is granted anything by what is made here.
            with clock.held_at(MORNING - timedelta(days=1) if key == "alert_id" else MORNING):
                self.things[key] = self.things[key]
        return self.things[key]


@dataclass
class House:
    """The service of whoever asks, another one, and the people."""

    here: Place
    there: Place
    someone: dict[str, Someone] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """What stands in the addresses of links that somebody has: the guest of an appointment, a partner."""

    def address(self, route: str, code: str, asker: str = "") -> str:
        """The address of a route, with what is of somebody in it; a guest has their link."""
        one = self.someone[code]
        said = SAID | self.of_the_link(route, asker)
        named = {key: said[key] if key in said else one.named(key) for key in keys_of(route)}
        return reverse(route, kwargs=named)

    def of_the_link(self, route: str, asker: str) -> dict[str, str]:
        """What somebody who has a link knows of an address of that kind."""
        kind = "referral_link" if asker == "linked" else "link"
        return {"token": self.links[asker]} if asker in self.links and route.startswith(kind) else {}

    @cached_property
    def tokens(self) -> dict[str, tuple[str, str]]:
        """Whom and what every word of anybody's tells, and every identifier of a person."""
        found: dict[str, tuple[str, str]] = {}
        for code, one in self.someone.items():
            referred = ("about",) if "referral_id" in one.ids else ()
            for sort in ("name", "message", "reason", *referred, *OPEN, *SEALED):
                found[one.say(sort)] = (code, sort)
            for token in (str(one.person.id), short(one.person.id)):
                found[token.lower()] = (code, "id")
            found[one.person.reference.lower()] = (code, "reference")
        found[f"{self.here.bookings['to'].starts:%H:%M}"] = ("to", "when")
        return found
