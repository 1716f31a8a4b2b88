"""What a diary file changes is followed by links, messages and the waiting list, and what it leaves alone is not."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from tests.diary.test_actions import ADA, BEN, Diary
from tests.factories import MORNING, acting, as_system, as_worker

from kohti.diary import actions, by_link, reminding
from kohti.diary.models import Reminder, Wish

TOMORROW = {"Date": "2026-03-12"}


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Diary:
    monkeypatch.setattr(settings, "CSRF_TRUSTED_ORIGINS", ["https://kohti.example"])
    return Diary()


def told(diary: Diary) -> list[tuple[str, str]]:
    """One round of the worker: what there is to tell."""
    with as_worker():
        reminding.remind(diary.here.system)
    with as_system(diary.here.system) as system:
        rows = Reminder.objects.filter(service_id=system.service).order_by("due", "about", "state")
        return [(one.about, one.state) for one in rows]


def test_a_line_that_is_about_somebody_else_now_ends_the_first_ones_link_code_and_wish(
    diary: Diary, owner: psycopg.Connection
) -> None:
    diary.apply(ADA | TOMORROW)
    first = diary.booking("A1")
    acting(diary.here.member("leader"), actions.ask_earlier, first.id, key="ask")
    diary.apply(ADA | TOMORROW | {name: BEN[name] for name in ("Customer", "DOB", "Phone", "Email")})
    second = diary.booking("A1")
    assert (second.id, second.starts) == (first.id, first.starts)
    assert second.person_id != first.person_id
    with as_system(diary.here.system):
        page = by_link.page(first.id, first.link)
        wish = Wish.objects.get(booking_id=first.id)
    assert page is not None
    assert not page.open
    assert second.code != first.code
    assert len(second.code) == len(first.code)
    assert (wish.person_id, wish.ended) == (first.person_id, "gone")
    assert told(diary) == [("booked", "written")], "who has it now is told when it is, not that it has moved"
    (verbs,) = owner.execute(
        "select array_agg(verb order by at, verb) from kernel_historyevent where subject_id = %s and verb like 'wish%%'",
        [first.id],
    ).fetchone() or ([],)
    assert verbs == ["wish.asked", "wish.ended"]


def test_a_line_that_says_only_something_else_of_it_leaves_the_link_and_the_reminder_and_tells_nothing(
    diary: Diary,
) -> None:
    ada = ADA | TOMORROW | {"Start": "09:30"}
    diary.apply(ada)
    first = diary.booking("A1")
    before = told(diary)
    assert ("before", "written") in before
    diary.apply(ada | {"Notes": "wheelchair", "With": "Jo Park", "Phone": "07700 900999"})
    after = diary.booking("A1")
    assert (after.note, after.link, after.code) == ("wheelchair", first.link, first.code)
    assert told(diary) == before


def test_a_line_at_another_time_tells_that_it_has_moved(diary: Diary) -> None:
    diary.apply(ADA | TOMORROW)
    diary.apply(ADA | TOMORROW | {"Start": "16:00"})
    assert ("moved", "written") in told(diary)


def test_another_colleague_at_the_same_hour_is_no_other_time(diary: Diary) -> None:
    diary.apply(ADA | TOMORROW)
    leader, booking = diary.here.member("leader"), diary.booking("A1")
    starts = MORNING + timedelta(days=1, hours=6)
    moved = acting(leader, actions.move, booking.id, starts=starts, version=booking.version, key="later")
    other = diary.here.member("coach")
    acting(
        leader,
        actions.move,
        booking.id,
        starts=starts,
        staff_id=other.staff_id,
        version=moved.version,
        key="other",
    )
    said = [about for about, _state in told(diary) if about != "before"]
    assert sorted(said) == ["booked", "moved"]
