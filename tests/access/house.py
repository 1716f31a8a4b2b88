"""Everybody filled, and brought into their relation: shown, shared, referred, moved, closed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.access.people import FAR, RELATIONS, THEIRS, TODAY, House, Someone, word
from tests.config.test_routes import once
from tests.factories import MORNING, Place, as_system, browser_of, place
from tests.frontdesk.test_kiosk import screen

from kohti.diary import actions as diary
from kohti.diary import by_link
from kohti.journeys import actions as journeys
from kohti.journeys.models import Ending
from kohti.kernel import clock, outbox
from kohti.kernel.actor import Actor, as_actor
from kohti.partners import actions as partners
from kohti.partners.referrals import actions as referrals
from kohti.partners.referrals import links
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.attachments import actions as papers
from kohti.people.models import Grant
from kohti.people.sharing import actions as sharing
from kohti.team.models import Centre

MORE_ROLES = {
    "mentor": '"people.open", "journeys.see"',
    "funder": '"team.see", "directory.see"',
    "auditor": '"team.see", "audit.see"',
}
"""Roles that a service may give besides the blueprint's: of every kind that docs/access.md speaks of."""


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
