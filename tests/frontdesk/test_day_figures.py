"""The day in figures: what each of them counts, whom, and for whom; counted here a second time by another way."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, as_system, as_worker, browser_of, place

from kohti.config import addresses, sample
from kohti.diary import actions as diary
from kohti.frontdesk import actions, day_figures, replay
from kohti.frontdesk.day_figures import Asked, Figures
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id

LONDON = ZoneInfo("Europe/London")


def between(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies, straight lines between neighbours."""
    ordered = sorted(values)
    place_ = (len(ordered) - 1) * share
    low = math.floor(place_)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place_ - low)


def counted_again(owner: psycopg.Connection, here: Place, day: date) -> dict[tuple[str, str], Figures]:
    """The figures of a day from its bare rows, in Python: all of them, and by hour, queue and reason."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    visits = owner.execute(
        "select v.id, v.state, v.arrived_at, v.agreed_at, v.stream_id, v.reason_id, v.booking_id, v.handed_by_id"
        " from frontdesk_visit v where v.centre_id = %s and v.day = %s",
        (here.centre.id, day),
    ).fetchall()
    periods: dict[Any, list[tuple[str, datetime]]] = {}
    for visit_id, state, starts in owner.execute(
        "select visit_id, state, starts from frontdesk_period where centre_id = %s and day = %s",
        (here.centre.id, day),
    ):
        periods.setdefault(visit_id, []).append((state, starts))
    bookings = {
        row[0]: row
        for row in owner.execute(
            "select id, state, starts, kind_id from diary_booking where centre_id = %s and day = %s",
            (here.centre.id, day),
        )
    }
    line = owner.execute(
        "select id from frontdesk_stream where service_id = %s and of_appointments", (here.system.service_id,)
    ).fetchone()
    assert line is not None

    def say(hour: datetime, stream: Any, what: Any, **one: Any) -> None:
        local = str(hour.astimezone(LONDON).hour)
        for key in (
            ("", ""),
            ("day", str(day)),
            ("hour", local),
            ("stream", str(stream)),
            ("what", str(what)),
        ):
            found.setdefault(key, []).append(one)

    came = set()
    for visit_id, state, arrived, agreed, stream, reason, booking, handed in visits:
        if state == "undone":
            continue
        came.add(booking)
        since = max(arrived, agreed) if agreed else arrived
        talks = [starts for name, starts in periods[visit_id] if name == "serving"]
        waited = max(0.0, (min(talks) - since).total_seconds() / 60) if talks else None
        say(
            since,
            stream,
            reason or bookings[booking][3],
            came=True,
            waited=waited,
            missed=state == "absent" and not talks,
            left=state == "left" and not talks,
            parked=any(name == "parked" for name, _starts in periods[visit_id]),
            handed=handed is not None,
        )
    for booking, state, starts, kind in bookings.values():
        if state == "missed" and booking not in came:
            say(
                starts,
                line[0],
                kind,
                came=False,
                waited=None,
                missed=True,
                left=False,
                parked=False,
                handed=False,
            )
    return {key: as_figures(ones) for key, ones in found.items()}


def as_figures(ones: list[dict[str, Any]]) -> Figures:
    """What a list of visits comes to."""
    waits = [one["waited"] for one in ones if one["waited"] is not None]
    return Figures(
        sum(one["came"] for one in ones),
        len(waits),
        between(waits, 0.5) if waits else None,
        between(waits, 0.9) if waits else None,
        *(sum(one[name] for one in ones) for name in ("missed", "left", "parked", "handed")),
    )


def rounded(figures: Figures) -> tuple[float | None, ...]:
    """Without what floating point adds."""
    return tuple(None if one is None else round(one, 6) for one in figures)


def lived(appointments: int, walk_ins: int, *, seed: int = 11) -> Place:
    """The day of the sample's files, lived by the simulation in a service of its own."""
    here = place()
    lines = sample.file(sample.DIARY).splitlines(keepends=True)
    with clock.held_at(sample.BEFORE), as_system(here.system) as actor:
        diary.apply_file(actor, here.centre.id, b"".join(lines[: appointments + 1]), filename=sample.DIARY)
    with as_worker():
        with clock.held_at(sample.HIRED):
            colleagues = sample.at_work(here.system, here.centre)
        day = replay.Day(here.system, here.centre.id, sample.DAY, colleagues, seed)
        day.live(replay.read_walk_ins(sample.file(sample.LOG), sample.DAY, here.system)[:walk_ins])
    return here


def told(actor: Actor, here: Place, first: date = TODAY, last: date = TODAY) -> day_figures.Counted:
    """The figures as an actor is told them."""
    with as_actor(actor):
        return day_figures.count(actor, Asked(here.centre.id, first, last))


def assert_counted_alike(here: Place, owner: psycopg.Connection) -> day_figures.Counted:
    """The page's figures are those of the rows."""
    counted = told(here.member("leader"), here)
    again = counted_again(owner, here, sample.DAY)
    said = {("", ""): counted.whole} | {
        (name, group.key): group.figures for name, groups in counted.by.items() for group in groups
    }
    assert {key: rounded(one) for key, one in said.items()} == {
        key: rounded(one) for key, one in again.items()
    }
    with as_system(here.system):
        outcome = replay.outcome(here.centre.id, sample.DAY)
    assert (counted.whole.seen, counted.whole.left) == (outcome.seen, outcome.left)
    assert counted.whole.missed == outcome.did_not_come
    return counted


def test_a_day_that_was_lived_comes_to_the_figures_of_its_rows(owner: psycopg.Connection) -> None:
    counted = assert_counted_alike(lived(24, 14), owner)
    assert counted.whole.seen > 20
    assert len(counted.by["hour"]) > 1


@pytest.mark.long
def test_the_whole_day_of_cheltenham_comes_to_the_figures_of_its_rows(owner: psycopg.Connection) -> None:
    counted = assert_counted_alike(lived(212, 107), owner)
    assert counted.whole.came + counted.whole.missed >= 203
    assert counted.whole.seen > 200


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A day nobody changes: two were seen, one left, one did not come, one check-in was taken back."""
    with clock.held_at(MORNING):
        yield a_small_day()


def a_small_day() -> Place:
    """One was seen after 12 minutes and one, parked twice and handed over, after 30."""
    made = place()
    coach = made.member("coach")
    booked = made.booking(MORNING + timedelta(minutes=10), person=made.person("Ada Early"))
    made.booking(MORNING - timedelta(hours=1), person=made.person("Nora Never"))
    with as_actor(coach):
        # Ten minutes early: the wait begins at the agreed time.
        ada = actions.check_in(coach, booked.id, key="ada").visit_id
        reason = made.reasons["evidence"].id
        walk_ins = [
            actions.take_walk_in(coach, reason, key=name, given_name=name).visit_id
            for name in ("Ben", "Zita", "Tom")
        ]
        actions.undo_check_in(coach, walk_ins[2], key="tom")
    for visit, minutes in ((ada, 22), (walk_ins[0], 30)):
        with clock.held_at(MORNING + timedelta(minutes=minutes)), as_actor(coach):
            actions.call(coach, visit, key=f"call {visit}")
            actions.begin(coach, visit, key=f"begin {visit}")
            actions.finish(coach, visit, key=f"finish {visit}")
    with clock.held_at(MORNING + timedelta(minutes=40)), as_actor(coach):
        actions.leave(coach, walk_ins[1], key="lea")
    with as_system(made.system) as system:
        diary.miss_the_rest(system, made.centre.id, TODAY)
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        for minute in (3, 9):
            at = MORNING + timedelta(minutes=minute)
            owner.execute(
                "insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, ends)"
                " values (%s, %s, %s, %s, %s, 'parked', %s, %s)",
                (new_id(), made.system.service_id, made.centre.id, TODAY, walk_ins[0], at, at),
            )
        owner.execute(
            "update frontdesk_visit set handed_by_id = %s where id = %s", (coach.staff_id, walk_ins[0])
        )
    return made


def test_each_figure_is_what_it_says(here: Place) -> None:
    counted = told(here.member("leader"), here)
    assert rounded(counted.whole) == (3, 2, 21.0, 28.2, 1, 1, 1, 1)
    assert [(one.key, one.figures.came, one.figures.missed) for one in counted.by["hour"]] == [
        ("9", 0, 1),
        ("10", 3, 0),
    ]
    assert [(one.words, one.figures.seen) for one in counted.by["what"]][-1] == ("Work search review", 1)


def test_the_page_says_it_in_a_sentence_and_who_is_counted_opens(
    here: Place, owner: psycopg.Connection
) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    page = browser.get(reverse("day_figures")).content.decode()
    assert "2 people were seen: half of them within 21 min, nine of ten within 28 min." in page
    assert "Ada Early" not in page
    link = re.search(r'href="([^"]*what=seen[^"]*)" aria-label="Seen: 2', page)
    assert link is not None
    listed = browser.get(link[1].replace("&amp;", "&")).content.decode()
    assert "Ada Early" in listed
    assert "Ben" in listed
    assert "Zita" not in listed
    events = owner.execute(
        "select cardinality(person_ids) from kernel_historyevent where verb = 'person.listed'"
        " and subject_kind = 'figures' and member_id = %s",
        (leader.member_id,),
    ).fetchall()
    assert events == [(1,)]


def test_a_list_is_narrowed_by_hour_queue_and_reason(here: Place) -> None:
    leader = here.member("leader")
    with as_actor(leader):
        asked = Asked(here.centre.id, TODAY, TODAY)
        missed, _more = day_figures.who(leader, asked, what="missed", by="hour", key="9")
        assert [line.name for line in missed] == ["Nora Never"]
        assert day_figures.who(leader, asked, what="missed", by="hour", key="10")[0] == []
        reason = str(here.reasons["evidence"].id)
        came, _more = day_figures.who(leader, asked, what="came", by="what", key=reason)
        assert [line.name for line in came] == ["Ben", "Zita"]


def test_whoever_is_not_the_leader_counts_today_and_no_other_day(here: Place) -> None:
    host = here.member("host")
    with clock.held_at(MORNING + timedelta(days=1)):
        address = f"{reverse('day_figures')}?from={TODAY}&until={TODAY}"
        assert "Nobody yet" in browser_of(host).get(address).content.decode()
        assert "2 people were seen" in browser_of(here.member("leader")).get(address).content.decode()
        assert told(host, here).whole.came == 0


def test_a_span_of_days_is_counted_as_one_and_day_by_day(here: Place) -> None:
    counted = told(here.member("leader"), here, TODAY - timedelta(days=7), TODAY)
    assert [group.key for group in counted.by["day"]] == ["2026-03-11"]
    assert counted.whole.came == 3


@pytest.mark.parametrize(
    "asked", ["?from=yesterday", "?from=2026-03-12&until=1999-01-01", "?from=9999-99-99", "?from=0001-01-01"]
)
def test_days_that_are_none_or_too_many_are_no_error(here: Place, asked: str) -> None:
    browser = browser_of(here.member("leader"))
    assert browser.get(reverse("day_figures") + asked).status_code == 200
    assert browser.get(f"{reverse('day_visits')}{asked}&what=came&after=-1").status_code == 200


def test_a_list_of_nothing_that_is_counted_is_not_there(here: Place) -> None:
    browser = browser_of(here.member("leader"))
    for asked in ("", "?what=nonsense", "?what=came&by=name"):
        assert browser.get(reverse("day_visits") + asked).status_code == 404


def test_the_file_holds_the_same_figures_and_no_formula(here: Place, owner: psycopg.Connection) -> None:
    owner.execute(
        "update frontdesk_reason set title = %s where id = %s",
        ('{"en": "=cmd()"}', here.reasons["evidence"].id),
    )
    answer = browser_of(here.member("leader")).get(reverse("day_figures_csv"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="figures-2026-03-11-2026-03-11.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][2:] == ["3", "2", "21.0", "28.2", "1", "1", "1", "1"]
    assert {row[0] for row in rows[2:]} == {"Day", "Hour", "Queue", "For"}
    assert [row[1] for row in rows if "cmd" in row[1]] == ["'=cmd()"]


def test_the_page_asks_a_fixed_number_of_times(here: Place) -> None:
    few = place()
    asked = {
        browser_of(one.member("leader")).get(reverse("day_figures")).headers["X-Kohti-Statements"]
        for one in (few, here)
        for _twice in range(2)
    }
    assert max(int(number) for number in asked) <= 12
    assert len(asked) <= 2  # what a service says in its own words is asked once
