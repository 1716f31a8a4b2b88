"""The pages about people's ways, full of what can stand on them: open to everybody, wide and at 320 px."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from tests.factories import MORNING, TODAY, Place, acting
from tests.in_the_browser.screen import Screen, SitDown, Way

from kohti.diary import actions as diary
from kohti.diary.models import Absence
from kohti.journeys import actions as journeys
from kohti.journeys.models import Ending
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.models import Person
from kohti.workbench.merging import actions as merging

pytestmark = pytest.mark.browser

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley Bartholomew"
ALIKE = "نور الهاشمي"
HEADER = "Reference,Name,Coach,Why here,Legal basis,Opened on\n"
FILE = (
    HEADER + ",Zoltan Kiss,Nobody Known,,,\n,Ilse Maes,Sally Jones,Wants to bake,their consent,02/02/2026\n"
)
WIDTHS = (1280, 320)


def key() -> str:
    return str(new_id())


def own(colleague: Actor) -> Any:
    assert colleague.member_id is not None
    return colleague.member_id


def begin(here: Place, coach: Actor, person: Person) -> Any:
    leader = here.member("leader")
    return acting(
        leader, journeys.open_journey, person.id, owner_id=own(coach), basis="task", why_here=LONG, key=key()
    )


def lived(here: Place, coach: Actor, neil: Actor, person: Person) -> Any:
    """A way with an aim, steps in each state, needs said twice, and something reached."""
    way = begin(here, coach, person)
    aim = journeys.NewAim(words="Bake for a living", field="work")
    steps = [
        journeys.NewStep(words=words, due_on=TODAY + timedelta(days=1), aim_id=aim.id)
        for words in ("Find the papers", LONG, "Ring the college", "Look at the bakery")
    ]
    choice = journeys.NewStep(words="A course in the evening", offered=True)
    for days, level in ((20, 1), (3, 3)):
        with clock.held_at(MORNING - timedelta(days=days)):
            said = (
                journeys.Said("work", level, "own"),
                journeys.Said("work", level, "coach"),
                journeys.Said("housing", None, "own"),
            )
            new: tuple[journeys.NewAim | journeys.NewStep, ...] = (aim, *steps, choice)
            contact = journeys.NewContact(
                channel="here", text="Wants to bake.", needs=said, changes=new if days == 20 else ()
            )
            acting(coach, journeys.write_contact, way, contact, key=key())
    moves = [
        journeys.MoveStep(id=steps[0].id, version=1, state="done"),
        journeys.MoveStep(id=steps[1].id, version=1, state="stuck", why=LONG),
        journeys.MoveStep(id=steps[2].id, version=1, state="dropped", why="Too far"),
    ]
    acting(coach, journeys.change_plan, way, moves, key=key())
    acting(coach, journeys.reach, way, "job", TODAY - timedelta(days=40), evidence="a contract", key=key())
    return way


def away_and_back(here: Place, coach: Actor, neil: Actor, way: Any) -> None:
    """The coach was away last week, Neil stood in and met the person; and is away again next week."""
    left = MORNING - timedelta(days=4)
    with clock.held_at(left - timedelta(days=1)):
        gone = left.date()
        acting(coach, diary.be_away, coach.staff_id, gone, gone + timedelta(days=1), key=key())
        days = {"starts": left, "ends": left + timedelta(days=2)}
        acting(coach, journeys.cover, [way], own(neil), **days, key=key())
    with clock.held_at(left + timedelta(hours=1)):
        acting(neil, journeys.write_contact, way, journeys.NewContact(channel="phone", came=False), key=key())
    soon = TODAY + timedelta(days=7)
    acting(coach, diary.be_away, coach.staff_id, soon, soon + timedelta(days=2), key=key())


def ended(here: Place, coach: Actor, person: Person) -> Ending:
    """Somebody's way that ended a while ago; today we ask how it goes."""
    with clock.held_at(MORNING - timedelta(days=10)):
        way = begin(here, coach, person)
        acting(coach, journeys.close, way, "Thanks for all of it", version=1, follow_up_on=TODAY)
    with as_actor(coach):
        return Ending.objects.get(journey_id=way)


def handed(here: Place, way: Any, giver: Actor, to: Actor) -> None:
    """A colleague is asked to take somebody over."""
    how = {"from_day": TODAY, "until_day": TODAY + timedelta(days=7), "words": LONG, "key": key()}
    acting(giver, journeys.ask_to_take_over, way, own(to), **how)


@pytest.fixture
def pages(here: Place) -> dict[str, tuple[Actor, list[str]]]:
    """What coach and leader have to look at, by role."""
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    neil = here.hire("coach", centre="cheltenham", name="Neil Williams", password_hash="none")
    leader = here.hire("leader", centre="cheltenham", name="Margaret Whitlock", password_hash="none")
    with clock.held_at(MORNING - timedelta(days=30)):
        person, other, third = (here.person(name) for name in ("Kirsi Koskinen", LONG, "Marcus Walker"))
    twice = [here.person(ALIKE) for _n in range(3)]
    with clock.held_at(MORNING - timedelta(days=25)):
        way = lived(here, coach, neil, person)
        theirs = begin(here, neil, other)
        mine = begin(here, coach, third)
    away_and_back(here, coach, neil, way)
    handed(here, theirs, neil, coach)
    handed(here, mine, coach, neil)
    gone = ended(here, coach, here.person("Ada"))
    here.booking(MORNING + timedelta(minutes=30), person=person, staff_id=coach.staff_id)
    undo = acting(leader, merging.merge, twice[0].id, twice[2].id, {}, key=key())
    acting(leader, people.open_in_emergency, person.id, LONG, key=key())
    file = acting(leader, journeys.hold_caseload, FILE.encode(), filename="c.csv", key=key())
    assert coach.staff_id is not None
    with as_actor(coach):
        absence = Absence.objects.filter(staff_id=coach.staff_id).order_by("-starts")[0]
    about, ways, same = [person.id], [way], [twice[0].id, twice[1].id]
    return {
        "coach": (
            coach,
            [
                reverse("my_day"),
                reverse("person_needs", args=about),
                reverse("way_end", args=ways),
                reverse("plan", args=about),
                *(reverse(name, args=about) for name in ("person_timeline", "ways", "questionnaire")),
                *(reverse(name, args=ways) for name in ("appointment", "appointment_saved")),
                *(reverse("way_change", args=[*ways, what]) for what in ("hand-over", "stand-in", "outcome")),
                reverse("way_change", args=[mine, "hand-over"]),
                reverse("follow_up", args=[gone.id]),
                reverse("absence", args=[absence.id]),
                *(reverse(name) for name in ("away", "caseload")),
            ],
        ),
        "leader": (
            leader,
            [
                reverse("my_day"),
                reverse("caseload_brought", args=[file.id]),
                reverse("person_looked", args=about),
                reverse("person_merge", args=same),
                *(reverse(name) for name in ("quality", "figures", "away", "duplicates")),
                reverse("caseload") + "?show=centre",
                reverse("person_same_as", args=same[:1]),
                reverse("merge_undo", args=[undo]),
                reverse("person_timeline", args=same[:1]),
            ],
        ),
    }


def look(screen: Screen, paths: list[str], *widths: int) -> None:
    """Open each page once and look at it at each width; what would become of two records is looked at too."""
    for path in paths:
        screen.go(path)
        expect(screen.page.locator("main")).to_be_visible()
        for width in widths:
            screen.page.set_viewport_size({"width": width, "height": 800})
            screen.check("Kirsi")
        if re.search(r"/same-as/.+/$", path):
            screen.press(screen.page.get_by_role("main").get_by_role("button").first)
            expect(screen.page.locator("#sure")).to_be_visible()
            screen.check("Kirsi")


FULLEST = 4
"""So many pages are looked at each time; the others in the long run."""


@pytest.mark.parametrize(("role", "width"), [("coach", 320), ("leader", 1280)])
def test_the_fullest_pages_of_a_way_are_open_to_everybody(
    pages: dict[str, tuple[Actor, list[str]]], sit_down: SitDown, role: str, width: int
) -> None:
    colleague, paths = pages[role]
    look(sit_down(colleague, Way(width=width)), paths[:FULLEST], width)


@pytest.mark.long
@pytest.mark.parametrize("role", ["coach", "leader"])
@pytest.mark.parametrize(
    ("way", "languages"),
    [
        (Way(), "en fi"),
        (Way(scheme="dark"), "da nl"),
        (Way(contrast="active"), "pl"),
    ],
    ids=["light", "dark", "forced colours"],
)
def test_the_pages_of_a_way_are_open_in_every_language_and_light(
    pages: dict[str, tuple[Actor, list[str]]], sit_down: SitDown, role: str, way: Way, languages: str
) -> None:
    colleague, paths = pages[role]
    screen = sit_down(colleague, way)
    for language in languages.split():
        screen.context.add_cookies([{"name": "kohti_language", "value": language, "url": screen.site}])
        look(screen, paths, *WIDTHS)
        expect(screen.page.locator("html")).to_have_attribute("lang", language)
