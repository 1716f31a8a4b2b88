"""Somebody in crisis: met at the door, and never sent off without knowing who helps next."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, in_threads, place
from tests.kernel.test_documents import words_in

from kohti.diary import actions as diary
from kohti.diary.sessions import sessions
from kohti.frontdesk import actions, meeting
from kohti.frontdesk.actions import Moved, NextHelp
from kohti.frontdesk.models import Visit
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.documents import Made
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.outbox.models import Message
from kohti.people import actions as people
from kohti.people.models import Contact, Person

SHELTER = NextHelp(what="place", name="Night shelter", place="12 Chapel Lane", when="from 20:00")


@pytest.fixture
def here() -> Place:
    """A service of the test's own: who is here is asked of the whole centre."""
    return place()


@pytest.fixture(scope="module")
def somewhere() -> Place:
    """A service for tests that look at one visit alone."""
    with clock.held_at(MORNING):
        return place()


def crisis(here: Place, *, reason: str = "homeless-tonight", by: Actor | None = None, **how: object) -> Moved:
    moved: Moved = acting(
        by or here.member("host"), actions.take_walk_in, here.reasons[reason].id, key=str(uuid.uuid4()), **how
    )
    return moved


def met(here: Place, moved: Moved) -> Actor:
    """Called and begun by the coach."""
    coach = here.member("coach")
    acting(coach, actions.call, moved.visit_id, key=f"call {moved.visit_id}")
    acting(coach, actions.begin, moved.visit_id, key=f"begin {moved.visit_id}")
    return coach


def told(moved: Moved) -> dict[str, str]:
    """Who helps next, as it was held."""
    found: dict[str, str] | None = Visit.objects.get(id=moved.visit_id).next_help
    assert found is not None
    return found


def names_here(actor: Actor) -> list[str]:
    with as_actor(actor):
        return [one.name for one in meeting.here_now(actor)]


# who is here


def test_whoever_is_free_is_named_before_whoever_is_with_somebody(here: Place) -> None:
    busy = here.member("coach", name="Busy Coach")
    free = here.member("coach", name="Free Coach")
    booked = here.member("coach", name="Booked Coach")
    here.booking(MORNING + timedelta(minutes=5), staff_id=booked.staff_id)
    moved = crisis(here, reason="evidence")
    acting(busy, actions.call, moved.visit_id, key="call")
    assert names_here(here.member("host")) == ["Free Coach", "Booked Coach", "Busy Coach"]
    with as_actor(free):
        assert [one.free for one in meeting.here_now(free)] == [True, False, False]


def test_nobody_is_named_who_is_away_or_works_elsewhere_or_in_another_role(here: Place) -> None:
    away = here.member("coach", name="Away Coach")
    here.member("coach", name="Elsewhere Coach", centre="gloucester")
    here.member("coach", name="Here Coach")
    acting(away, diary.be_away, away.staff_id, TODAY, TODAY, key="away")
    assert names_here(here.member("host")) == ["Here Coach"]


def test_a_colleague_asked_to_come_is_named_on_every_screen_until_they_call(here: Place) -> None:
    host, coach = here.member("host"), here.member("coach", name="Lena Shah")
    moved = crisis(here)
    acting(host, actions.ask_to_come, moved.visit_id, coach.staff_id, key="ask")
    for page in ("/arrivals/", "/queue/"):
        shown = browser_of(host).get(page).content.decode()
        assert "Lena Shah, please come to the door:" in shown
    acting(coach, actions.call, moved.visit_id, key="call")
    assert "please come to the door" not in browser_of(host).get("/queue/").content.decode()


def test_nobody_is_asked_who_is_away_or_when_it_is_over(somewhere: Place) -> None:
    host, coach = somewhere.member("host"), somewhere.member("coach")
    moved = crisis(somewhere)
    with pytest.raises(Refused, match="not here now"):
        acting(
            host,
            actions.ask_to_come,
            moved.visit_id,
            somewhere.member("coach", centre="gloucester").staff_id,
            key="1",
        )
    acting(host, actions.leave, moved.visit_id, key="left")
    with pytest.raises(Refused, match=moved.ticket):
        acting(host, actions.ask_to_come, moved.visit_id, coach.staff_id, key="2")


# who helps next


def test_a_crisis_is_not_done_without_saying_who_helps_next(somewhere: Place) -> None:
    moved = crisis(somewhere)
    coach = met(somewhere, moved)
    with pytest.raises(Refused, match="who helps next"):
        acting(coach, actions.finish, moved.visit_id, key=f"done {moved.visit_id}")
    acting(coach, actions.say_next_help, moved.visit_id, SHELTER, key=f"helps {moved.visit_id}")
    assert acting(coach, actions.finish, moved.visit_id, key=f"done {moved.visit_id}").state == "done"


def test_who_did_not_want_to_know_is_done_too(somewhere: Place) -> None:
    moved = crisis(somewhere)
    coach = met(somewhere, moved)
    acting(
        coach, actions.say_next_help, moved.visit_id, NextHelp(what="declined"), key=f"helps {moved.visit_id}"
    )
    assert acting(coach, actions.finish, moved.visit_id, key=f"done {moved.visit_id}").state == "done"


def test_other_visits_need_no_card(somewhere: Place) -> None:
    moved = crisis(somewhere, reason="evidence")
    assert (
        acting(met(somewhere, moved), actions.finish, moved.visit_id, key=f"done {moved.visit_id}").state
        == "done"
    )


def test_a_day_can_be_closed_with_somebody_in_crisis(here: Place) -> None:
    met(here, crisis(here))
    assert acting(here.member("leader"), actions.close_day, here.centre.id, TODAY, key="close") == 1


def test_saying_it_again_takes_the_place_of_what_was_said_and_the_same_key_changes_nothing(
    somewhere: Place,
) -> None:
    moved = crisis(somewhere)
    host = somewhere.member("host")
    acting(host, actions.say_next_help, moved.visit_id, SHELTER, key="one")
    acting(host, actions.say_next_help, moved.visit_id, replace(SHELTER, name="Other"), key="one")
    with as_actor(host):
        assert told(moved)["name"] == "Night shelter"
    acting(host, actions.say_next_help, moved.visit_id, replace(SHELTER, name="Other"), key="two")
    with as_actor(host):
        assert told(moved)["name"] == "Other"


def test_another_centre_knows_nothing_of_it(somewhere: Place) -> None:
    moved = crisis(somewhere)
    stranger = somewhere.member("host", centre="gloucester")
    with pytest.raises(NotThere):
        acting(stranger, actions.say_next_help, moved.visit_id, SHELTER, key=f"helps {moved.visit_id}")
    assert browser_of(stranger).get(f"/visits/{moved.visit_id}/crisis/").status_code == 404
    administrator = somewhere.member("administrator")
    with pytest.raises(NotAllowed):
        acting(administrator, actions.say_next_help, moved.visit_id, SHELTER, key=f"helps {moved.visit_id}")


# the page


def page(here: Place, moved: Moved, by: Actor | None = None) -> str:
    return browser_of(by or here.member("host")).get(f"/visits/{moved.visit_id}/crisis/").content.decode()


def post(here: Place, moved: Moved, **data: str) -> object:
    return browser_of(here.member("host")).post(
        f"/visits/{moved.visit_id}/next-help/",
        {"key": str(uuid.uuid4()), "language": "en", **data},
        follow=True,
    )


def test_taking_in_a_crisis_leads_to_who_can_meet_them_what_to_say_and_who_helps_next(here: Place) -> None:
    here.member("coach", name="Lena Shah")
    answer = browser_of(here.member("host")).post(
        "/arrivals/walk-in/",
        {"reason": str(here.reasons["homeless-tonight"].id), "urgency": "usual", "key": str(uuid.uuid4())},
        follow=True,
    )
    shown = answer.content.decode()
    for words in ("Good that you came.", "Lena Shah", "Free", "Night shelter", "Council housing duty desk"):
        assert words in shown
    assert "Food bank" not in shown


def test_the_card_is_printed_in_the_language_of_the_person_on_one_small_page(somewhere: Place) -> None:
    moved = crisis(somewhere)
    answer = post(somewhere, moved, helps="place:night-shelter", language="pl")
    assert "Print the card" in answer.content.decode()  # type: ignore[attr-defined]
    response = browser_of(somewhere.member("host")).get(f"/visits/{moved.visit_id}/card/")
    made = Made(response.content, True)
    said = words_in(made)
    for words in ("Noclegownia", "12ChapelLane", "Codziennieod20:00", "012424960101"):
        assert words in said
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(one) / 72 * 25.4) for one in pdf.pages[0].mediabox[2:]] == [105, 148]


def test_a_colleague_helps_next_at_a_time_of_today(somewhere: Place) -> None:
    coach = somewhere.member("coach", name="Lena Shah")
    moved = crisis(somewhere)
    post(somewhere, moved, helps=f"staff:{coach.staff_id}", at="14:30")
    with as_actor(coach):
        helps = told(moved)
    assert (helps["what"], helps["name"], helps["place"]) == ("colleague", "Lena Shah", "Cheltenham")
    assert "14:30" in helps["when"]


def test_somebody_known_is_told_their_next_appointment(somewhere: Place) -> None:
    leader, coach = somewhere.member("leader"), somewhere.member("coach", name="Lena Shah")
    person = somewhere.person("Zenobia Known")
    somewhere.booking(MORNING + timedelta(days=1), person=person, staff_id=coach.staff_id)
    moved = crisis(somewhere, by=leader, person_id=person.id)
    post(somewhere, moved, helps="appointment")
    with as_actor(leader):
        helps = told(moved)
    assert helps["name"] == "Lena Shah"
    assert "12 March" in helps["when"]


def test_a_drop_in_of_today_or_tomorrow_that_helps_with_it_is_who_helps_next(somewhere: Place) -> None:
    moved, robbed = crisis(somewhere), crisis(somewhere, reason="robbed")
    shown = page(somewhere, moved)
    assert "Housing drop-in · Housing partner · Quiet room · Wednesday 11 March 2026, 09:30–12:00" in shown
    assert "Citizens advice" not in shown
    assert "Thursday 12 March 2026, 13:00–15:30" in page(somewhere, robbed)
    (code,) = re.findall(r'value="(drop-in:[^"]+)"', shown)
    post(somewhere, moved, helps=code, language="pl")
    with as_actor(somewhere.member("host")):
        helps = told(moved)
    assert (helps["what"], helps["name"]) == ("drop-in", "Dyżur mieszkaniowy, Housing partner")
    assert helps["place"].startswith("Cheltenham, ")
    assert helps["when"] == "środa, 11 marca 2026, 09:30–12:00"
    with clock.held_at(MORNING + timedelta(hours=2)):
        assert "Housing drop-in" not in page(somewhere, moved)


def test_a_drop_in_without_reasons_of_its_own_helps_with_those_of_its_line(somewhere: Place) -> None:
    with as_actor(somewhere.member("host")) as host:
        held = sessions(host, host.centre, TODAY)
        silent = [part.model_copy(update={"reasons": ()}) for part in meeting.plan(host).drop_ins]
    found = {
        line: [one.code for one in meeting.that_help(held, silent, "any", line)]
        for line in ("housing", "desk", "")
    }
    assert found == {"housing": ["housing"], "desk": [], "": []}


def messages(here: Place) -> list[Message]:
    with as_system(here.system) as system:
        return list(Message.objects.filter(service_id=system.service).order_by("at"))


def test_the_card_is_texted_to_a_number_they_gave_now(here: Place) -> None:
    moved = crisis(here)
    answer = post(here, moved, helps="place:night-shelter", how="text", phone="07700 900456")
    assert "goes out as a text" in answer.content.decode()  # type: ignore[attr-defined]
    (message,) = messages(here)
    assert (message.channel, message.address, message.to_id) == ("sms", "+447700900456", None)
    assert "12 Chapel Lane" in message.body


def test_without_a_number_nothing_is_kept_and_what_was_chosen_stays(here: Place) -> None:
    moved = crisis(here)
    answer = post(here, moved, helps="place:night-shelter", how="text")
    shown = answer.content.decode()  # type: ignore[attr-defined]
    assert "Ask for a number that is safe" in shown
    assert re.search(r'value="place:night-shelter"[^>]*checked', shown)
    assert messages(here) == []
    with as_actor(here.member("host")):
        assert Visit.objects.get(id=moved.visit_id).next_help is None


def test_the_number_on_record_is_used_only_where_it_is_safe(here: Place) -> None:
    leader = here.member("leader")
    person = here.person("Zenobia Known")
    moved = crisis(here, by=leader, person_id=person.id)
    assert "which ends in 123" in page(here, moved)
    post(here, moved, helps="place:night-shelter", how="text")
    assert [(one.address, one.to_id) for one in messages(here)] == [("+447700900123", person.id)]
    acting(
        leader,
        people.keep_reach,
        person.id,
        people.Reach(safe_contact="", not_by="do not ring, the partner listens", no_messages=False),
    )
    assert "which ends in" not in page(here, moved)
    post(here, moved, helps="place:night-shelter", how="text")
    assert len(messages(here)) == 1


def test_no_number_is_proposed_that_is_somebody_elses_or_of_whom_words_say_how_to_reach_them(
    here: Place,
) -> None:
    leader, person = here.member("leader"), here.person("Zenobia Known")

    def proposed(how: dict[str, object], **contact: object) -> str:
        with as_system(here.system):
            Person.objects.filter(id=person.id).update(
                **{"safe_contact": "", "restricted": False, "died_on": None} | how
            )
            Contact.objects.filter(person_id=person.id).update(**{"note": "", "preferred": False} | contact)
        with as_actor(leader):
            return meeting.safe_number(person.id)[-3:]

    assert proposed({}) == "123"
    assert proposed({}, note="her mother's") == ""
    assert proposed({}, note="work, mornings", preferred=True) == "123"
    assert proposed({"safe_contact": "text, weekdays before noon"}) == ""
    assert proposed({"died_on": TODAY}) == ""
    assert proposed({"restricted": True}) == ""


def test_the_page_makes_the_same_number_of_statements_for_one_colleague_and_for_twenty(here: Place) -> None:
    moved = crisis(here)
    host = here.member("host")
    page(here, moved)
    counted = []
    for more in (1, 19):
        for n in range(more):
            here.member("coach", name=f"Coach {more} {n}")
        with as_actor(host), connection.execute_wrapper(Count()) as _none:
            meeting.here_now(host)
            meeting.in_crisis(host, moved.visit_id)
        counted.append(Count.made)
        Count.made = 0
    assert counted == [2, 2]


class Count:
    """Counts statements."""

    made = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        Count.made += 1
        return execute(sql, params, many, context)


# forty people in five minutes


def test_forty_people_in_five_minutes_all_get_a_ticket_and_none_is_lost(here: Place) -> None:
    host = here.member("host")
    reason = here.reasons["evidence"].id
    bookings = [here.booking(MORNING + timedelta(minutes=n)) for n in range(10)]

    def come(n: int) -> str:
        with clock.held_at(MORNING + timedelta(seconds=7 * n)):
            if n % 4 == 0:
                moved = acting(host, actions.check_in, bookings[n // 4].id, key=f"in {n}")
            else:
                moved = acting(host, actions.take_walk_in, reason, key=f"walk {n}", given_name=f"Visitor {n}")
        return moved.ticket[1:]

    tickets = in_threads(40, come, at_once=8)
    assert sorted(map(str, tickets)) == [f"{n:03d}" for n in range(1, 41)]
    with as_actor(host):
        assert Visit.objects.filter(centre_id=here.centre.id, day=TODAY, state="waiting").count() == 40
