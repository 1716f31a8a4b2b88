"""Who helps with steps of the sample's plans, and what was asked of the authority; by the pages' own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kohti.journeys import actions as journeys
from kohti.journeys.models import Journey, Step
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.partners.rulings import actions as rulings
from kohti.team.models import Membership

from .places import Sampled
from .ways import DAY


@dataclass(frozen=True, slots=True)
class Help:
    """Who helps with which step, until how many days after 11 March, how it was agreed, and what they said of it."""

    step: str
    by: str
    days: int
    told: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about whoever has this step, so many minutes before 10:42 of 11 March or of a day before; its answer."""

    step: str
    kind: str
    words: str
    fields: tuple[str, ...]
    minutes: int
    ago: int = 0
    decision: str = ""
    reason: str = ""
    agreed: str = ""


HELPS: dict[str, tuple[Help, ...]] = {
    "vollsmose": (
        Help(
            "Øve teoriprøven med mentoren",
            "Samira Haddad",
            13,
            "Ahmad bad selv om det ved mødet.",
            "Vi har øvet to gange. Skiltene sidder fast nu.",
        ),
        Help("Besøge systuen i Bazaren", "Kirsten Bach", 20, "Thanh sagde ja i telefonen."),
    ),
    "work-centres": (
        Help("Put the first two online", "Winston Clarke", 14, "Nasreen said yes, at the big table."),
        Help("Photograph the third set", "Dariusz Wilk", 7, "Marlon asked for him."),
    ),
}
JUDGES = {"tyotalo": "Petri Aaltonen"}
ASKED: dict[str, tuple[Asked, ...]] = {
    "tyotalo": (
        Asked(
            "Kysyä yritystiimiltä Nokian pajoista",
            "palkkatuki",
            "Voiko Nokian paja saada hänestä palkkatukea puoleksi vuodeksi?",
            ("ammatillinen-osaaminen",),
            6,
        ),
        Asked(
            "Hakea kirjaston paikkaa",
            "opiskelu",
            "Saako hän käydä hakujärjestelmän kurssin etuudella?",
            ("tyoelamavalmiudet",),
            90,
            6,
            "yes",
            "Kurssi kestää kaksi viikkoa, eikä se estä työnhakua.",
            "Ilmoittautua hakujärjestelmän kurssille",
        ),
        Asked(
            "Tutustua hitsaamon koneisiin",
            "velvoite",
            "Voiko työnhakuvelvoitetta lykätä, kunnes selkä on tutkittu?",
            (),
            100,
            8,
            "if",
            "Jos lausunto tulee ennen huhtikuuta. Silloin velvoite alkaa toukokuussa.",
        ),
    ),
}


def _at(ago: int, minutes: int) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, 10, 42, tzinfo=UTC) - timedelta(days=ago, minutes=minutes)


def _colleague(actor: Actor, name: str) -> Actor:
    place = Membership.objects.get(service_id=actor.service, staff__full_name=name)
    found = actors.member(place.id)
    assert found is not None
    return found


def live(actor: Actor, here: Sampled) -> None:
    """Ask those who help, and the authority, each on its own day."""
    with as_actor(actor):
        coach_name = next(name for role, name, _centre, _organisation in here.accounts if role == here.coach)
        coach = _colleague(actor, coach_name)
        steps = {one.words: one for one in Step.objects.filter(service_id=actor.service)}
        helpers = {one.by: _colleague(actor, one.by) for one in HELPS.get(here.service, ())}
    for one in HELPS.get(here.service, ()):
        _help(coach, helpers[one.by], steps[one.step], one)
    for number, asked in enumerate(ASKED.get(here.service, ())):
        with as_actor(actor):
            judge = _colleague(actor, JUDGES[here.service])
            way = Journey.objects.get(id=steps[asked.step].journey_id)
        _ask(coach, judge, way, asked, key=f"sample:{here.service}:ruling:{number}")


def _help(coach: Actor, helper: Actor, step: Step, one: Help) -> None:
    assert helper.member_id is not None
    with clock.held_at(_at(0, 100)), as_actor(coach):
        journeys.ask_to_help(
            coach,
            step.id,
            helper.member_id,
            until=DAY + timedelta(days=one.days),
            told=one.told,
            key=f"sample:{step.id}:helper",
        )
    if one.said:
        with clock.held_at(_at(0, 40)), as_actor(helper):
            journeys.help_with_step(
                helper, step.id, version=step.version, words=one.said, key=f"sample:{step.id}:helped"
            )


def _ask(coach: Actor, judge: Actor, way: Journey, asked: Asked, *, key: str) -> None:
    with clock.held_at(_at(asked.ago, asked.minutes)), as_actor(coach):
        made = rulings.ask(
            coach, way.id, kind=asked.kind, words=asked.words, fields=asked.fields, key=f"{key}:ask"
        )
    if asked.decision:
        with clock.held_at(_at(asked.ago, asked.minutes - 7)), as_actor(judge):
            rulings.take(judge, made)
            rulings.answer(
                judge,
                made,
                decision=asked.decision,
                reason=asked.reason,
                step=asked.agreed,
                due_on=DAY + timedelta(days=9) if asked.agreed else None,
                key=f"{key}:answer",
            )
        with clock.held_at(_at(asked.ago, asked.minutes - 8)), as_actor(coach):
            rulings.read(coach, made)
