"""Somebody of another house helps with an agreed step: they see it and say what came of it, and nothing else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of

from kohti.journeys import actions
from kohti.journeys.models import Aim, Helping, Journey, PlanChange, PlanVersion, Step
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people import actions as people
from kohti.people.models import Note, Person
from kohti.people.sharing.actions import end_share
from kohti.people.sharing.models import Share

UNTIL = TODAY + timedelta(days=20)


def key() -> str:
    return str(uuid.uuid4())


@dataclass
class Agreed:
    """Somebody with two steps of an aim, their coach, and who is asked to help with the first."""

    here: Place
    person: Person
    way: uuid.UUID
    step: uuid.UUID
    other: uuid.UUID
    coach: Actor
    helper: Actor

    def ask(self, step: uuid.UUID | None = None, **how: object) -> uuid.UUID:
        given: dict[str, object] = {"until": UNTIL, "told": "he said yes, here", "key": key(), **how}
        assert self.helper.member_id is not None
        return acting(self.coach, actions.ask_to_help, step or self.step, self.helper.member_id, **given)

    def steps_read(self) -> list[str]:
        """The words of the steps that the helper reads."""
        with as_actor(self.helper):
            return list(Step.objects.values_list("words", flat=True))

    def helps(self, state: str = "", words: str = "", *, version: int = 1) -> None:
        acting(
            self.helper,
            actions.help_with_step,
            self.step,
            version=version,
            state=state,
            words=words,
            key=key(),
        )


@pytest.fixture
def agreed(here: Place) -> Agreed:
    coach = here.member("coach")
    helper = here.member("partner", organisation="housing-body", name=f"Hel Per {uuid.uuid4().hex[:6]}")
    with as_actor(coach):
        person = people.register(coach, here.centre.id, [people.NewPerson(full_name="Ann Sharp")])[0]
        people.write_note(coach, person.id, "a note", fields=["work"], key=key())
        way = actions.open_journey(
            coach, person.id, owner_id=coach.member_id or uuid.uuid4(), basis="task", key=key()
        )
        aim = actions.NewAim(words="a flat", field="housing")
        one = actions.NewStep(words="look at the flat", aim_id=aim.id, due_on=TODAY + timedelta(days=5))
        other = actions.NewStep(words="ask the bank", aim_id=aim.id)
        actions.change_plan(coach, way, [aim, one, other], key=key())
    return Agreed(here, person, way, one.id, other.id, coach, helper)


def test_they_see_the_step_and_nothing_else_until_it_ends(agreed: Agreed) -> None:
    assert agreed.steps_read() == []
    helping = agreed.ask()
    assert agreed.steps_read() == ["look at the flat"]
    with as_actor(agreed.helper):
        for model in (Person, Journey, Aim, Note, PlanVersion, PlanChange):
            assert not model._default_manager.exists(), model
        assert [one.id for one in Helping.objects.all()] == [helping]
        assert Share.objects.get().fields == ["steps"]
    acting(agreed.coach, actions.end_help, helping)
    assert agreed.steps_read() == []
    with as_actor(agreed.coach):
        share = Share.objects.get(because_id=helping)
        assert share.ended_at == clock.now()
        assert share.basis == "consent"
    with pytest.raises(NotThere):
        agreed.helps("done")


def test_it_ends_with_its_day_its_share_and_the_way(agreed: Agreed) -> None:
    agreed.ask(until=TODAY)
    assert agreed.steps_read()
    with clock.held_at(clock.now() + timedelta(days=1)):
        assert agreed.steps_read() == []
    helping = agreed.ask(agreed.other)
    with as_actor(agreed.coach):
        end_share(agreed.coach, Share.objects.get(because_id=helping).id, why="he said no")
    assert agreed.steps_read() == ["look at the flat"]
    acting(agreed.coach, actions.close, agreed.way, "Thanks", version=1)
    assert agreed.steps_read() == []
    with as_actor(agreed.coach):
        assert not Helping.objects.filter(journey_id=agreed.way, ended_at=None).exists()
        assert not Share.objects.filter(person_id=agreed.person.id, ended_at=None).exists()


def test_what_they_did_stands_in_the_plan_as_theirs(agreed: Agreed) -> None:
    agreed.ask()
    agreed.helps(words="we are on our way")
    agreed.helps("stuck", "the landlord does not answer")
    with as_actor(agreed.coach):
        step = Step.objects.get(id=agreed.step)
        assert (step.state, step.why, step.version) == ("stuck", "the landlord does not answer", 2)
        latest = PlanVersion.objects.filter(journey_id=agreed.way).order_by("-number")[0]
        assert latest.by_member == agreed.helper.member_id
        helping = Helping.objects.get(step_id=agreed.step)
        assert (helping.news, helping.seen_at) == ("the landlord does not answer", None)
        actions.help_read(agreed.coach, helping.id)
        assert Journey.objects.get(id=agreed.way).lapse == "stuck", "as always it needs the coach at once"
    agreed.helps("done", "seen, and signed", version=2)
    with as_actor(agreed.coach):
        changes = PlanChange.objects.filter(journey_id=agreed.way).order_by(
            "-plan_version__number", "position"
        )
        assert [(one.kind, one.values["why"]) for one in changes[:2]] == [
            ("step-done", "seen, and signed"),
            ("step-said", "seen, and signed"),
        ]
        assert Step.objects.get(id=agreed.step).why == ""
        assert Helping.objects.get(step_id=agreed.step).seen_at is None


def test_they_do_no_more_than_was_agreed(agreed: Agreed) -> None:
    agreed.ask()
    for state, words, refused in (
        ("dropped", "", "cannot become"),
        ("stuck", " ", "what would help"),
        ("", " ", "what happened"),
    ):
        with pytest.raises(Refused, match=refused):
            agreed.helps(state, words)
    with pytest.raises(Refused, match="meanwhile"):
        agreed.helps("done", version=7)
    with as_actor(agreed.helper):
        assert not Step.objects.filter(id=agreed.step).update(words="another")
        assert not Helping.objects.update(until=UNTIL + timedelta(days=300))
    with pytest.raises(NotThere), as_actor(agreed.helper):
        actions.help_with_step(agreed.helper, agreed.other, version=1, state="done", key=key())
    with as_actor(agreed.coach), pytest.raises(DatabaseError), transaction.atomic():
        Helping.objects.update(until=UNTIL + timedelta(days=300))


def test_who_may_be_asked_and_for_what(agreed: Agreed) -> None:
    again = key()
    assert agreed.ask(key=again) == agreed.ask(key=again)
    with pytest.raises(Refused, match="already"):
        agreed.ask()
    with pytest.raises(Refused, match="how they agreed"):
        agreed.ask(agreed.other, told=" ")
    sealed, offered = (
        actions.NewStep(words="see a doctor", seal="health"),
        actions.NewStep(words="a course", offered=True),
    )
    acting(agreed.coach, actions.change_plan, agreed.way, [sealed, offered], key=key())
    with pytest.raises(Refused, match="sealed"):
        agreed.ask(sealed.id)
    with pytest.raises(Refused, match="not under way"):
        agreed.ask(offered.id)
    with pytest.raises(NotAllowed):
        acting(
            agreed.helper,
            actions.ask_to_help,
            agreed.other,
            agreed.helper.member_id,
            until=UNTIL,
            told="x",
            key=key(),
        )
    agreed.helper = agreed.here.member("host")
    with pytest.raises(Refused, match="cannot read"):
        agreed.ask(agreed.other)


def test_a_colleague_of_the_same_house_helps_too(agreed: Agreed) -> None:
    agreed.helper = agreed.here.member("partner", organisation="jobcentre", name="Same House")
    agreed.ask()
    assert agreed.steps_read() == ["look at the flat"]


def test_whose_name_would_tell_something_is_named_to_who_asked_them(agreed: Agreed) -> None:
    agreed.helper = agreed.here.member("partner", organisation="drugs-service", name="Of Drugs")
    agreed.ask()
    agreed.helps("done")
    with as_actor(agreed.here.member("leader")):
        assert Step.objects.get(id=agreed.step).state == "done"
        assert not Helping.objects.filter(step_id=agreed.step).exists()
        assert not PlanChange.objects.filter(journey_id=agreed.way, kind="step-done").exists()
    with as_actor(agreed.coach), connection.cursor() as cursor:
        cursor.execute("select count(*) from journeys_helping where step_id = %s", [agreed.step])
        assert cursor.fetchone() == (1,)


def test_asked_on_the_plan_done_on_ones_own_page_read_on_today(agreed: Agreed) -> None:
    coach, helper = browser_of(agreed.coach), browser_of(agreed.helper)
    at = reverse("step_helper", args=[agreed.person.id, agreed.step])
    plan = reverse("plan", args=[agreed.person.id])
    assert at in coach.get(plan).content.decode()
    form = coach.get(at).content.decode()
    assert str(agreed.helper.member_id) in form
    typed = {"key": key(), "member": str(agreed.helper.member_id), "told": "yes, here"}
    days = {"until_0": "1", "until_1": "4", "until_2": "2026"}
    assert coach.post(at, typed).status_code == 422
    assert coach.post(at, typed | days).status_code == 302
    shown = coach.get(plan).content.decode()
    assert "helps until 1 Apr" in shown
    assert "yes, here" in shown

    page = helper.get(reverse("helping"))
    mine = page.content.decode()
    assert "Ann Sharp" in mine
    assert "look at the flat" in mine
    assert "a note" not in mine
    assert "ask the bank" not in mine
    step = reverse("help_step", args=[agreed.step])
    refused = helper.post(step, {"v": "1", "state": "stuck", "words": " "})
    assert refused.status_code == 422
    assert "Say what would help." in refused.content.decode()
    for _twice in range(2):
        told = helper.post(step, {"v": "1", "state": "stuck", "words": "nobody answers", "key": "k"})
        assert told.status_code == 302
    acting(agreed.helper, actions.help_with_step, agreed.step, version=2, words="tried again", key=key())
    asked = int(helper.get(reverse("helping")).headers["X-Kohti-Statements"])
    agreed.ask(agreed.other)
    assert int(helper.get(reverse("helping")).headers["X-Kohti-Statements"]) == asked <= 6

    today = coach.get(reverse("my_day")).content.decode()
    assert "What helpers did" in today
    assert "tried again" in today
    with as_actor(agreed.coach):
        helping = Helping.objects.get(step_id=agreed.step)
    assert coach.post(reverse("help_read", args=[helping.id])).status_code == 302
    assert "tried again" not in coach.get(reverse("my_day")).content.decode()
    assert coach.post(reverse("helper_end", args=[helping.id])).status_code == 302
    late = helper.post(step, {"v": "2", "state": "done", "words": "It is signed.", "key": "l"})
    assert late.status_code == 404
    assert "It is signed." in late.content.decode()


def test_whoever_helped_until_a_day_is_asked_again(agreed: Agreed) -> None:
    agreed.ask()
    with clock.held_at(MORNING + timedelta(days=60)):
        assert agreed.steps_read() == []
        agreed.ask(until=UNTIL + timedelta(days=60))
        assert len(agreed.steps_read()) == 1
