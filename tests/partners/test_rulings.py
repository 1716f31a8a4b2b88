"""A question to the authority from inside a meeting: shown at once, answered once, in the plan before it ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.journeys import actions as journeys
from kohti.journeys import said
from kohti.journeys.models import PlanChange, PlanVersion, Step
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.partners.rulings import actions, queries
from kohti.partners.rulings.models import Ruling
from kohti.people import actions as people
from kohti.people.models import Note, Person
from kohti.people.sharing.models import Share

JUDGE = "Judith Carrow"


def key() -> str:
    return str(uuid.uuid4())


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@dataclass
class Meeting:
    """A coach with somebody, and two who may decide."""

    here: Place
    person: Person
    way: uuid.UUID
    coach: Actor
    judge: Actor
    other: Actor

    def ask(self, words: str = "May she study?", *fields: str, **how: str) -> uuid.UUID:
        given = {"kind": "training", "key": key(), **how}
        return acting(self.coach, actions.ask, self.way, words=words, fields=fields, **given)

    def answer(
        self, ruling: uuid.UUID, decision: str = "yes", reason: str = "It helps", **how: object
    ) -> None:
        acting(self.judge, actions.answer, ruling, decision=decision, reason=reason, key=key(), **how)


@pytest.fixture
def meeting(here: Place) -> Meeting:
    coach = here.member("coach")
    with as_actor(coach):
        person = people.register(coach, here.centre.id, [people.NewPerson(full_name="Ann Sharp")])[0]
        for field in ("work", "money"):
            people.write_note(coach, person.id, f"of {field}", fields=[field], key=key())
        way = journeys.open_journey(
            coach, person.id, owner_id=coach.member_id or uuid.uuid4(), basis="task", key=key()
        )
    judge, other = (here.member("decision-maker", name=name) for name in (JUDGE, "Two Judge"))
    return Meeting(here, person, way, coach, judge, other)


def test_who_may_decide_reads_the_question_and_what_is_shown_until_it_is_answered(meeting: Meeting) -> None:
    ruling = meeting.ask("May she study?", "work")
    for judge in (meeting.judge, meeting.other):
        with as_actor(judge):
            ((asked, person),) = queries.to_us(judge)
            assert (asked.words, person.full_name) == ("May she study?", "Ann Sharp")
            assert set(Note.objects.values_list("text", flat=True)) == {"of work"}
            assert not Person.objects.exists()
    with as_actor(meeting.here.member("partner", organisation="housing-body")):
        assert not Ruling.objects.exists()
    meeting.answer(ruling)
    for judge in (meeting.judge, meeting.other):
        with as_actor(judge):
            assert queries.to_us(judge) == []
            assert not Note.objects.exists()
            assert not Ruling.objects.exists()
    with as_actor(meeting.coach):
        assert not Share.objects.filter(because_id=ruling, ended_at=None).exists()


def test_the_answer_stands_in_the_plan_before_the_meeting_ends(meeting: Meeting) -> None:
    ruling = meeting.ask()
    acting(meeting.judge, actions.take, ruling)
    with as_actor(meeting.coach):
        (line,) = queries.of_way(meeting.way, MORNING)
        assert (line.state, line.taken_by) == ("taken", JUDGE)
    meeting.answer(ruling, "if", "if it ends before June", step="send the plan of the course", due_on=TODAY)
    with as_actor(meeting.coach):
        version = PlanVersion.objects.filter(journey_id=meeting.way).get()
        assert version.by_member == meeting.judge.member_id
        told = PlanChange.objects.filter(plan_version=version).order_by("position")
        assert [said.change(one.kind, one.values) for one in told] == [
            f"Ruling of {JUDGE}: Yes, on a condition. May she study? (if it ends before June)",
            "New step: send the plan of the course, by 11 March 2026",
        ]
        step = Step.objects.get(journey_id=meeting.way)
        assert (step.words, step.due_on, step.state) == ("send the plan of the course", TODAY, "doing")


def test_it_is_answered_once(meeting: Meeting) -> None:
    ruling = meeting.ask()
    again = key()
    for _twice in range(2):
        acting(meeting.judge, actions.answer, ruling, decision="no", reason="Not yet", key=again)
    with pytest.raises(NotThere):
        acting(meeting.other, actions.answer, ruling, decision="yes", reason="Why not", key=key())
    with pytest.raises(Refused, match="first answer stands"):
        acting(meeting.coach, actions.withdraw, ruling)
    back = meeting.ask()
    for _twice in range(2):
        acting(meeting.coach, actions.withdraw, back)
    with pytest.raises(NotThere):
        meeting.answer(back)
    taken = meeting.ask()
    acting(meeting.judge, actions.take, taken)
    with pytest.raises(Refused, match="has taken this already"):
        acting(meeting.other, actions.take, taken)
    acting(meeting.other, actions.answer, taken, decision="yes", reason="She is at lunch", key=key())


def test_only_who_may_decides_and_says_why(meeting: Meeting) -> None:
    ruling = meeting.ask()
    with pytest.raises(NotAllowed):
        acting(meeting.coach, actions.answer, ruling, decision="yes", reason="x", key=key())
    for decision, reason, refused in (("perhaps", "x", "Choose"), ("yes", " ", "Say why")):
        with pytest.raises(Refused, match=refused):
            meeting.answer(ruling, decision, reason)
    with pytest.raises(Refused, match="before it begins"):
        meeting.answer(ruling, step="x", due_on=TODAY - timedelta(days=1))
    now = {
        "state": "answered",
        "answer": "yes",
        "reason": "x",
        "closed_at": MORNING,
        "version_id": uuid.uuid4(),
    }
    for change in (
        now | {"taken_by": meeting.coach.member_id},
        now | {"taken_by": meeting.judge.member_id},
        {"answer": "yes"},
        {"words": "another question"},
    ):
        with as_actor(meeting.coach), pytest.raises(DatabaseError), transaction.atomic():
            Ruling.objects.filter(id=ruling).update(**change)


def test_after_its_day_it_is_asked_again_or_taken_back(meeting: Meeting) -> None:
    ruling = meeting.ask()
    with clock.held_at(MORNING + timedelta(days=1)):
        with as_actor(meeting.judge):
            assert queries.to_us(meeting.judge) == []
        with as_actor(meeting.coach):
            assert [one.shown for one in queries.of_way(meeting.way, clock.now())] == [False]
        acting(meeting.coach, actions.ask_again, ruling, key=key())
        with as_actor(meeting.judge):
            assert len(queries.to_us(meeting.judge)) == 1
        acting(meeting.coach, actions.withdraw, ruling)


def test_nobody_asks_where_nobody_decides(here: Place) -> None:
    coach = here.member("coach", centre="gloucester")
    with as_actor(coach):
        person = people.register(coach, here.other.id, [people.NewPerson(full_name="Bo")])[0]
        way = journeys.open_journey(
            coach, person.id, owner_id=coach.member_id or uuid.uuid4(), basis="task", key=key()
        )
    with pytest.raises(Refused, match="Nobody who may decide"):
        acting(coach, actions.ask, way, kind="training", words="May he?", key=key())


def test_asked_in_the_appointment_answered_on_their_page_late_on_the_leaders_today(meeting: Meeting) -> None:
    coach, judge = browser_of(meeting.coach, htmx=True), browser_of(meeting.judge)
    at = reverse("ruling_ask", args=[meeting.way])
    page = reverse("appointment", args=[meeting.way])
    assert at in coach.get(page).content.decode()
    assert "This field is required" in coach.post(at, {"kind": "training"}).content.decode()
    form = {"key": key(), "kind": "training", "words": "May she train?", "shows": ["work"]}
    inside = coach.post(at, form).content.decode()
    assert 'hx-swap-oob="true"' in inside
    assert "Nobody has taken it yet" in inside
    plain = browser_of(meeting.coach)
    assert plain.post(at, form | {"key": key(), "words": "And this?"}).status_code == 302
    mine = judge.get(reverse("rulings"))
    assert "And this?" in mine.content.decode()
    assert int(mine.headers["X-Kohti-Statements"]) <= 7
    with as_actor(meeting.coach):
        first, second = Ruling.objects.filter(journey_id=meeting.way).order_by("words", "id")
    assert judge.post(reverse("ruling_take", args=[second.id])).status_code == 302
    answer = reverse("ruling_answer", args=[second.id])
    assert "May she train?" in judge.get(answer).content.decode()
    assert judge.post(answer, {"key": key(), "reason": "x"}).status_code == 422
    typed = {"key": key(), "decision": "yes", "reason": "It is short"}
    assert judge.post(answer, typed).status_code == 302
    late = judge.post(answer, typed | {"key": key(), "reason": "Too late"})
    assert late.status_code == 410
    assert "Too late" in late.content.decode()
    assert "It is short" in coach.get(page).content.decode()
    today = plain.get(reverse("my_day")).content.decode()
    assert "Rulings you asked for" in today
    assert "It is short" in today
    assert plain.post(reverse("ruling_do", args=[second.id]), {"what": "read"}).status_code == 302
    assert "It is short" not in plain.get(reverse("my_day")).content.decode()
    leader = browser_of(meeting.here.member("leader"))
    assert "Questions nobody answers" not in leader.get(reverse("my_day")).content.decode()
    with clock.held_at(MORNING + timedelta(minutes=11)):
        assert "And this?" in leader.get(reverse("my_day")).content.decode()
        assert (
            "The leader of the centre is shown it now"
            in plain.get(reverse("ruling", args=[first.id])).content.decode()
        )
    assert plain.post(reverse("ruling_do", args=[first.id]), {"what": "withdraw"}).status_code == 302
