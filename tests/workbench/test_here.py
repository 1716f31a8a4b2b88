"""My ten o'clock is here: Today says so by itself, and its news name nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta

from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.kernel.actor import Actor
from kohti.kernel.ids import short
from kohti.kernel.live import News
from kohti.workbench.here import _part


def met() -> tuple[Place, Actor, Booking, Booking]:
    """A coach with two appointments: Kirsi at five past ten, Marcus at twenty past."""
    here = place()
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones")
    first, second = (
        here.booking(MORNING + timedelta(minutes=minutes), person=here.person(name), staff_id=coach.staff_id)
        for minutes, name in ((5, "Kirsi Koskinen"), (20, "Marcus Walker"))
    )
    return here, coach, first, second


def news_of(coach: Actor, topic: str, subject_id: uuid.UUID) -> str | None:
    return _part(coach, "en")([News(coach.centre, topic, subject_id)])


def test_who_is_here_is_the_next_person_with_ticket_and_time() -> None:
    here, coach, _first, second = met()
    before = browser_of(coach).get("/day/").content.decode()
    assert before.index("My next person") < before.index("Kirsi") < before.index("Marcus")
    moved = acting(here.member("host"), frontdesk.check_in, second.id, key="in")
    page = browser_of(coach).get("/day/").content.decode()
    panel = page[page.index("My next person") : page.index("Needs you")]
    assert "Marcus" in panel
    assert "Kirsi" not in panel
    assert moved.ticket in panel
    assert page.count(f'id="next-{short(second.id)}"') == page.count(f'id="here-{short(second.id)}"') == 1


def test_the_news_of_it_name_nobody_and_take_it_back_again() -> None:
    here, coach, first, _second = met()
    host = here.member("host")
    moved = acting(host, frontdesk.check_in, first.id, key="in")
    told = news_of(coach, "visit", moved.visit_id)
    assert told is not None
    assert f'id="here-{short(first.id)}"' in told
    assert moved.ticket in told
    assert "Kirsi" not in told
    acting(host, frontdesk.undo_check_in, moved.visit_id, key="out")
    told = news_of(coach, "visit", moved.visit_id)
    assert told is not None
    assert f'id="here-{short(first.id)}"></span>' in told
    assert moved.ticket not in told


def test_news_of_the_book_bring_the_day_anew_and_those_of_others_change_nothing() -> None:
    here, coach, first, _second = met()
    assert news_of(coach, "diary", here.centre.id) is None
    assert news_of(coach, "draft", first.id) == ""
    walk_in = acting(here.member("host"), frontdesk.take_walk_in, here.reasons["evidence"].id, key="w")
    assert (news_of(coach, "visit", walk_in.visit_id) or "").strip() == ""


def test_a_round_that_is_not_back_in_time_is_said_at_once_to_who_goes_out_and_names_nobody() -> None:
    here = place()
    coach, host = here.member("coach"), here.member("host")
    round_id = uuid.uuid4()
    assert 'id="round-news"' in browser_of(coach).get("/day/").content.decode()
    told = news_of(coach, "round", round_id)
    assert told is not None
    assert "A round is not back" in told
    assert "A round is back" in (news_of(coach, "round-back", round_id) or "")
    assert news_of(host, "round", round_id) == ""
