"""Whom the sample's coaches have referred to whom, and what became of it. Made by the same actions as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kohti.kernel import actor as actors
from kohti.kernel import clock, names
from kohti.kernel.actor import Actor, as_actor
from kohti.partners import actions as directory
from kohti.partners.referrals import actions, links
from kohti.partners.referrals.actions import Wanted
from kohti.people.models import Person
from kohti.team.models import Membership, Organisation

from .places import Sampled
from .stories import STORIES

DAY = date(2026, 3, 11)


@dataclass(frozen=True, slots=True)
class Handed:
    """One referral: whose story, to which organisation (a code, or a partner's name), what is shown and why, how long ago.

    `then`: what was said next, each some days later: by them or by us, into which state (empty: only words), its words.
    """

    story: int
    to: str
    about: str
    fields: Mapping[str, str]
    ago: int
    how: str = "message"
    then: tuple[tuple[int, str, str, str], ...] = ()


THEM, US = "them", "us"
REFERRED: dict[str, tuple[Handed, ...]] = {
    "gloucestershire": (
        Handed(
            0,
            "housing-body",
            "Her landlord sells the house; she has until May.",
            {"housing": "To look for a flat", "reach": "To ring her"},
            9,
            "walk",
            (
                (0, THEM, "seen", ""),
                (1, THEM, "accepted", ""),
                (2, THEM, "", "Can she bring the letter from the landlord?"),
            ),
        ),
        Handed(
            1,
            "housing-body",
            "Wants to move closer to work.",
            {"housing": "To look for a room", "reach": "To ring"},
            8,
        ),
        Handed(
            2,
            "advice-bureau",
            "A council tax bill he does not understand.",
            {"money": "To read the bill together", "reach": "To ring him"},
            12,
            "call",
            (
                (1, THEM, "accepted", ""),
                (3, THEM, "started", ""),
                (6, THEM, "done", "The bill was wrong. He pays 20 pounds a month less."),
            ),
        ),
        Handed(
            3,
            "Stroud Repair Workshop",
            "Would like to try working with her hands.",
            {"work": "To find her something to do"},
            4,
            "message",
            ((1, THEM, "waiting", "Two places from April."),),
        ),
    ),
    "work-centres": (
        Handed(
            0,
            "millfield-neighbours",
            "Would like company on the way to the doctor.",
            {"reach": "To ring"},
            3,
            "message",
            ((0, THEM, "seen", ""),),
        ),
        Handed(
            1,
            "Harbour Street Nursery",
            "Looks for two mornings of childcare.",
            {"family": "To find a place"},
            6,
        ),
    ),
    "tyotalo": (
        Handed(
            0,
            "oppilaitos",
            "Haluaa suorittaa hygieniapassin.",
            {"ammatillinen-osaaminen": "Oikean kurssin löytämiseksi", "reach": "Soittamista varten"},
            9,
            "appointment",
            ((1, THEM, "accepted", ""), (2, THEM, "", "Kurssi alkaa 24. maaliskuuta kello 9.")),
        ),
        Handed(1, "viranomainen", "Kysymys palkkatuesta.", {"tyonhaun-tavoitteet": "Päätöstä varten"}, 9),
    ),
    "vollsmose": (
        Handed(
            0,
            "boligsocialt",
            "Vil gerne tale om naboerne og larmen.",
            {"bolig": "For at finde en løsning", "reach": "For at ringe"},
            7,
            "walk",
            ((0, THEM, "seen", ""), (1, THEM, "accepted", ""), (2, THEM, "started", "")),
        ),
        Handed(
            1,
            "mentorer",
            "Ønsker en mentor, der kender butikker.",
            {"arbejde": "For at finde den rette"},
            6,
            "message",
            ((2, THEM, "declined", "Vi har ingen ledig mentor før maj."),),
        ),
    ),
    "jobteam-gent": (
        Handed(
            0,
            "wonen",
            "De huur wordt opgezegd tegen juni.",
            {"wonen": "Om een woning te zoeken", "reach": "Om te bellen"},
            6,
            "walk",
            ((0, THEM, "seen", ""), (1, THEM, "accepted", ""), (1, US, "", "Ze neemt het contract mee.")),
        ),
        Handed(
            1,
            "welzijnswerk",
            "Drie aanmaningen van dezelfde winkel.",
            {"geld": "Om samen een plan te maken"},
            5,
        ),
        Handed(
            0,
            "geestelijke-gezondheid",
            "Wil met iemand praten over slapen.",
            {"reach": "Om een afspraak te maken"},
            2,
            "appointment",
            ((0, THEM, "seen", ""),),
        ),
    ),
}


def live(actor: Actor, here: Sampled, leader: Actor) -> int:
    """Refer some of the people whose way has begun, as their coach; how many."""
    stories = STORIES.get(here.service, ())
    coach = _of(actor, here, here.coach, next(one[1] for one in here.accounts if one[0] == here.coach))
    if coach is None:
        return 0
    made = 0
    for number, one in enumerate(REFERRED.get(here.service, ())):
        if one.story < len(stories):
            _refer(actor, here, coach, leader, stories[one.story].name, one, number)
            made += 1
    return made


def _of(actor: Actor, here: Sampled, role: str, name: str) -> Actor | None:
    with as_actor(actor):
        place = Membership.objects.filter(
            service_id=actor.service, staff__full_name=name, role__code=role, centre__code=here.centre
        ).first()
        return actors.member(place.id) if place else None


def _there(actor: Actor, organisation: Organisation) -> Actor | None:
    """Somebody of an organisation who answers."""
    with as_actor(actor):
        rows = Membership.objects.filter(
            service_id=actor.service, organisation=organisation, role__verbs__contains=["referrals.answer"]
        )
        place = rows.order_by("starts", "id").first()
        return actors.member(place.id) if place else None


def _at(ago: int, hour: int, minute: int = 10) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=UTC) - timedelta(days=ago)


def _refer(
    actor: Actor, here: Sampled, coach: Actor, leader: Actor, name: str, one: Handed, number: int
) -> None:
    def key(what: object) -> str:
        return f"sample:referral:{here.service}:{number}:{what}"

    with as_actor(actor):
        person = Person.objects.get(service_id=actor.service, folded=names.fold(name))
        organisation = Organisation.objects.filter(service_id=actor.service, code=one.to).first()
    partner = None
    if organisation is None:
        with clock.held_at(_at(one.ago + 1, 9)), as_actor(leader):
            partner = directory.add_partner(
                leader, directory.PartnerWords(name=one.to, public=False), key=key("partner")
            )
    wanted = Wanted(
        organisation_id=organisation.id if organisation else None,
        partner_id=partner,
        how=one.how,
        about=one.about,
        fields=one.fields,
        until=DAY + timedelta(days=60),
    )
    with clock.held_at(_at(one.ago, 11)), as_actor(coach):
        referral = actions.write(coach, person.id, wanted, key=key("write"))
        actions.send(coach, referral, key=key("send"))
        if partner is not None:
            links.make(coach, referral, mail=False, key=key("link"))
    them = _there(actor, organisation) if organisation else coach
    for turn, (after, who, state, words) in enumerate(one.then):
        speaker = coach if who == US else them
        if speaker is None:
            return
        with clock.held_at(_at(one.ago - after, 12, 10 + turn)), as_actor(speaker):
            if state:
                actions.answer(speaker, referral, state=state, words=words, key=key(turn))
            else:
                actions.say(speaker, referral, words=words, key=key(turn))
