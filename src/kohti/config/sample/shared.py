"""What the sample's coaches share with other organisations. All of it invented, made by the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kohti.kernel import clock, names
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.people.models import Person
from kohti.people.sharing import actions as sharing
from kohti.team.models import Organisation

from .life import DAY
from .places import Sampled
from .ways import coach_of

MADE = timedelta(days=3)
LASTS = timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Given:
    """A share: of whom (as in the diary file), with which organisation, what, what for, on which ground.

    `note`: what the coach wrote of the first field; `due`: it is to be looked at again today.
    """

    name: str
    to: str
    fields: tuple[str, ...]
    what_for: str
    note: str
    basis: str = "public-task"
    told: str = ""
    due: bool = False


SHARED: dict[str, tuple[Given, ...]] = {
    "gloucestershire": (
        Given(
            "Abigail Harris", "housing-body", ("housing", "reach", "helps"), "A flat without stairs",
            "Second floor, no lift. A ground-floor flat would change her mornings.", due=True,
        ),
        Given(
            "Conor Smith", "drugs-service", ("work", "reach"), "Appointments there that fit with his college days",
            "College is on Mondays and Wednesdays. Afternoons are free.",
            basis="consent", told="He asked for it, here on Friday. He knows that saying no costs him nothing.",
        ),
    ),
    "work-centres": (
        Given(
            "Nasreen Malik", "millfield-neighbours", ("work", "travel", "reach"), "A stall at the spring market",
            "Ten cushions by April. She would like somebody beside her on the first day.",
        ),
    ),
    "tyotalo": (
        Given(
            "Anneli Törmänen", "oppilaitos", ("ammatillinen-osaaminen", "reach"), "Paikka tietojärjestelmien kurssilla",
            "Osaa taulukot hyvin. Asiointijärjestelmä on uusi.",
        ),
    ),
    "vollsmose": (
        Given(
            "Thanh Nguyen", "boligsocialt", ("arbejde", "reach"), "En, der går med til systuen den første dag",
            "Tør ikke gå alene den første dag.",
        ),
    ),
    "jobteam-gent": (
        Given(
            "Samira Haddou", "geestelijke-gezondheid", ("wonen", "netwerk", "reach"), "Een kamer en rust samen bekijken",
            "Woont bij haar tante. Wil eerst een eigen kamer.",
            basis="consent", told="Ze vroeg het zelf, hier op vrijdag. Nee zeggen kost haar niets.",
        ),
    ),
}  # fmt: skip


def live(actor: Actor, here: Sampled) -> None:
    """Share what this service's coach shares."""
    coach = coach_of(actor, here)
    for one in SHARED.get(here.service, ()) if coach is not None else ():
        assert coach is not None
        with as_actor(actor):
            person = Person.objects.get(service_id=actor.service, folded=names.fold(one.name))
            to = Organisation.objects.get(service_id=actor.service, code=one.to)
        key = f"sample:{person.id}:{one.to}"
        with clock.held_at(clock.local(DAY - MADE, "11:20", actor.zone)), as_actor(coach):
            people.write_note(coach, person.id, one.note, fields=one.fields[:1], key=f"{key}:note")
            sharing.share(
                coach,
                person.id,
                organisation_id=to.id,
                fields=one.fields,
                what_for=one.what_for,
                basis=one.basis,
                told=one.told,
                until=DAY + LASTS,
                review_on=DAY if one.due else None,
                key=key,
            )
