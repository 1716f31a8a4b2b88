"""People in every relation to whoever asks, each filled with words that stand nowhere else.

A word that belongs to somebody is `qz`, two letters for whom, and what it is: `qzelnote` is a note about the person
of another centre. Whatever any answer holds of these words tells what it lets be seen, of whom.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.config.test_routes import CASES, SAID, Things, keys_of, once
from tests.factories import MORNING, Place, as_system, browser_of, place
from tests.frontdesk.test_kiosk import screen

from kohti.diary import actions as diary
from kohti.diary import by_link
from kohti.journeys import actions as journeys
from kohti.journeys.models import Ending
from kohti.kernel import clock, outbox
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import short
from kohti.partners import actions as partners
from kohti.partners.referrals import actions as referrals
from kohti.partners.referrals import links
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.attachments import actions as papers
from kohti.people.models import Grant, Person
from kohti.people.sharing import actions as sharing
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
MORE_ROLES = {
    "mentor": '"people.open", "journeys.see"',
    "funder": '"team.see", "directory.see"',
    "auditor": '"team.see", "audit.see"',
}
"""Roles that a service may give besides the blueprint's: of every kind that docs/access.md speaks of."""


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


def hire(here: Place, role: str, *, organisation: str = "jobcentre", centre: str = "cheltenham") -> Actor:
    """A colleague of an organisation."""
    return here.hire(
        role, centre=centre, name=f"{role.title()} {uuid.uuid4().hex[:6]}", organisation=organisation
    )


def house() -> House:
    """Everybody, filled; it is ten o'clock on the day of the tests."""
    more = "".join(
        f'\n[[roles]]\ncode = "{code}"\ntitle = {{ en = "{code.title()}", fi = "{code.title()}" }}\n'
        f'scope = "{"administration" if code == "auditor" else "none"}"\nverbs = [{verbs}]\n'
        for code, verbs in MORE_ROLES.items()
    )
    made = House(place(more=more), place())
    here = made.here
    made.actors = {
        **{role: here.member(role) for role in ("host", "coach", "leader", "administrator")},
        "partner": hire(here, "partner", organisation="housing-body"),
        "colleague": hire(here, "coach"),
        "helper": hire(here, "partner-worker", organisation="housing-body"),
        **{role: hire(here, role, organisation="advice-bureau") for role in ("mentor", "funder", "auditor")},
        "manager": here.member("operations"),
        "leader elsewhere": here.member("leader", centre="gloucester"),
        "coach elsewhere": here.member("coach", centre="gloucester"),
        "coach of another service": made.there.member("coach"),
    }
    fillers = {
        centre.id: hire(service, "coach", centre=centre.code)
        for service, centre in ((here, here.centre), (here, here.other), (made.there, made.there.centre))
    }
    for code in RELATIONS:
        service, centre = (made.there, made.there.centre) if code == "ot" else (here, here.centre)
        if code in ("el", "et"):
            centre = here.other
        filler = made.actors["coach"] if code in ("ow", "fo") else fillers[centre.id]
        made.someone[code] = _filled(code, service, centre, filler)
    for code, change in _CHANGES.items():
        change(made, made.someone[code])
    made.browsers = {asker: browser_of(actor) for asker, actor in made.actors.items()} | {"nobody": Client()}
    made.browsers |= {kind: screen(here, kind) for kind in ("kiosk", "board")} | {"guest": Client()}
    with as_system(here.system):
        made.links["guest"] = by_link.token_now(here.bookings["to"].id)
    made.browsers["linked"] = Client()
    for method in ("get", "post"):
        address = reverse(
            "referral_link" if method == "get" else "referral_link_open", args=[made.links["linked"]]
        )
        assert getattr(made.browsers["linked"], method)(address).status_code in (200, 302)
    return made


def _filled(code: str, service: Place, centre: Centre, filler: Actor) -> Someone:
    """Somebody about whom something of every sort is known."""
    at = len(RELATIONS) + list(RELATIONS).index(code)
    with as_actor(filler):
        (person,) = people.register(
            filler,
            centre.id,
            [
                NewPerson(
                    full_name=f"Anna {word(code, 'name').title()}",
                    phone=f"07700 9{at:05}",
                    email=f"{word(code, 'phone')}@example.org",
                )
            ],
        )
        one = Someone(code, service, centre, filler, person)
        say, about = one.say, person.id
        review = FAR.date()
        one.ids["person_id"] = about
        one.ids["mark_id"] = people.add_mark(
            filler, about, kind="helps", words=say("helps"), review_on=review, key=once()
        )
        people.add_mark(
            filler, about, kind="helps", words=say("secret"), sealed="belief", review_on=review, key=once()
        )
        people.add_danger(
            filler, about, words=say("danger"), reason=say("reason"), ends_on=review, key=once()
        )
        people.add_contact(filler, about, kind="post", value=say("address"), hidden=True, key=once())
        people.add_representative(
            filler, about, full_name=say("guardian"), what_for="money", starts_on=TODAY, key=once()
        )
        one.ids["note_id"] = people.write_note(filler, about, say("note"), key=once())
        people.write_note(filler, about, say("worknote"), fields=["work"], key=once())
        people.write_note(filler, about, say("sealednote"), fields=["health"], key=once())
        for sort, sealed in (("paper", ""), ("sealedpaper", "health")):
            made = papers.bring(
                filler,
                about,
                b"a text",
                filename=f"{say(sort)}.txt",
                title=say(sort),
                sealed=sealed,
                key=once(),
            )
            one.ids["document_id" if not sealed else "sealed_id"] = made
        assert filler.member_id is not None
        before = journeys.open_journey(filler, about, owner_id=filler.member_id, basis="task", key=once())
        journeys.close(filler, before, "Thanks", version=1, follow_up_on=review)
        one.ids["ending_id"] = Ending.objects.get(journey_id=before).id
        way = journeys.open_journey(
            filler, about, owner_id=filler.member_id, basis="task", key=once(), why_here=say("why")
        )
        one.ids["way_id"] = way
        aims = [
            journeys.NewAim(words=say("aim"), field="work"),
            journeys.NewAim(words=say("sealedaim"), field="health"),
        ]
        steps = [
            journeys.NewStep(words=say(sort), due_on=TODAY, aim_id=aim.id)
            for sort, aim in zip(("step", "sealedstep"), aims, strict=True)
        ]
        version = journeys.change_plan(filler, way, [*aims, *steps], key=once())
        assert version is not None
        one.ids |= {"aim_id": aims[0].id, "step_id": steps[0].id, "version_id": version}
        journeys.pause(filler, way, review, say("away"), key=once())
        one.ids["message_id"] = outbox.write(
            filler,
            channel="mail",
            to=outbox.To(kind="person", id=about, address="z@example.org", name=say("name")),
            kind="appointment",
            body=say("message"),
            key=once(),
            centre_id=centre.id,
        )
    day = MORNING + (
        timedelta(minutes=21 + 11 * at) if code in ("to", "et", "rt") else timedelta(days=9, minutes=11 * at)
    )
    if code == "et":
        centre = service.centre
    service.bookings[code] = service.booking(day, person=person, centre=centre)
    one.ids["booking_id"] = service.bookings[code].id
    with as_actor(service.member("leader", centre=centre.code)) as leader:
        one.ids["wish_id"] = diary.ask_earlier(leader, one.ids["booking_id"], key=once())
    return one


def _shown(house: House, one: Someone) -> None:
    leader, coach = house.actors["leader"], house.actors["coach"]
    with as_actor(leader):
        people.give_sight(leader, one.person.id, _id(coach), until=FAR, key=once())


def _no_longer_shown(house: House, one: Someone) -> None:
    with clock.held_at(MORNING - timedelta(days=2)):
        _shown(house, one)
    with as_system(house.here.system), clock.held_at(MORNING - timedelta(days=1)):
        Grant.objects.filter(person_id=one.person.id, to_member_id=_id(house.actors["coach"])).update(
            ends=clock.now()
        )


SHARED = ["work", "reach", "helps"]


def _shared(house: House, one: Someone, *, organisation: str = "housing-body") -> uuid.UUID:
    by = house.actors["leader"] if organisation == "housing-body" else one.filler
    with as_actor(by):
        one.ids["share_id"] = made = sharing.share(
            by,
            one.person.id,
            organisation_id=house.here.organisation(organisation),
            fields=SHARED,
            what_for="a flat",
            basis="public-task",
            until=FAR.date(),
            key=once(),
        )
        return made


def _no_longer_shared(house: House, one: Someone) -> None:
    share = _shared(house, one)
    with as_actor(house.actors["leader"]) as leader:
        sharing.end_share(leader, share, why="a flat was found")


def _shared_with_what_tells(house: House, one: Someone) -> None:
    _shared(house, one, organisation="drugs-service")


def _referred(house: House, one: Someone, *, to: dict[str, Any] | None = None) -> uuid.UUID:
    with as_actor(one.filler) as filler:
        wanted = referrals.Wanted(
            **(to or {"organisation_id": house.here.organisation("housing-body")}),
            how="walk",
            about=one.say("about"),
            fields=dict.fromkeys(SHARED, "for a room"),
            until=FAR.date(),
        )
        one.ids["referral_id"] = made = referrals.write(filler, one.person.id, wanted, key=once())
        referrals.send(filler, made, key=once())
        return made


def _withdrawn(house: House, one: Someone) -> None:
    referral = _referred(house, one)
    with as_actor(one.filler) as filler:
        referrals.withdraw(filler, referral, why="a room was found", key=once())


def _referred_and_restricted(house: House, one: Someone) -> None:
    _referred(house, one)
    _restricted(house, one)


def _with_a_link(house: House, one: Someone) -> None:
    with as_actor(house.actors["leader"]) as leader:
        partner = partners.add_partner(leader, partners.PartnerWords(name="Night shelter"), key=once())
    referral = _referred(house, one, to={"partner_id": partner})
    with as_actor(one.filler) as filler:
        made = links.make(filler, referral, mail=False, key=once())
    assert made is not None
    house.links["linked"] = made.address.rstrip("/").rpartition("/")[2]


def _moved(house: House, one: Someone) -> None:
    _everything(one)
    leader, coach = house.actors["leader"], house.actors["coach"]
    with as_actor(leader):
        people.transfer(
            leader,
            one.person.id,
            house.here.other.id,
            from_day=TODAY,
            reason="moved",
            keep_member=_id(coach),
            key=once(),
        )


def _restricted(house: House, one: Someone) -> None:
    leader = house.actors["leader"]
    _everything(one)
    with as_actor(leader):
        people.restrict(leader, one.person.id, [_id(one.filler)], "a relative", key=once())


def _everything(one: Someone) -> None:
    """Make all that an address can name of somebody while that is still possible."""
    for key in THEIRS:
        one.named(key)


NOBODYS = {
    "centre_id", "pk", "provider_id", "member_id", "device_id", "invitation_id", "closure_id", "drop_in_id",
    "partner_id", "listing_id", "staff_id", "user_id", "room_id", "file_id", "caseload_id", "help_id", "rota_id", "change_id",
}  # fmt: skip
"""What addresses name that belongs to the service, or to colleagues."""

THEIRS = sorted({key for name, _method in CASES for key in keys_of(name)} - SAID.keys() - NOBODYS)
"""What addresses name that is somebody's: all that is not said to be nobody's."""


_CHANGES: dict[str, Callable[[House, Someone], object]] = {
    "sh": _shown,
    "se": _no_longer_shown,
    "sf": _shared,
    "sx": _no_longer_shared,
    "sn": _shared_with_what_tells,
    "rf": _referred,
    "rw": _withdrawn,
    "rr": _referred_and_restricted,
    "rl": _with_a_link,
    "fo": _moved,
    "re": _restricted,
    "rt": _restricted,
}


def _id(actor: Actor) -> uuid.UUID:
    assert actor.member_id is not None
    return actor.member_id
