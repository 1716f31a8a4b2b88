"""The sample's morning: what stands at mid-morning beside the visits that go their way."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg
from tests.factories import MORNING, TODAY, as_worker, place

from kohti.config import sample
from kohti.config.sample import morning
from kohti.config.sample.around import around
from kohti.diary.models import Booking
from kohti.frontdesk.models import Help, Visit
from kohti.frontdesk.replay import Colleague, Day, WalkIn
from kohti.kernel import clock
from kohti.kernel.actor import as_actor


def test_another_centre_of_the_district_is_alive_and_nothing_happens_after_the_hour(
    owner: psycopg.Connection,
) -> None:
    here = place()
    with as_worker(), clock.held_at(MORNING + timedelta(days=200)):
        morning.elsewhere(
            here.system,
            sample.member_of,
            TODAY,
            until=sample.STANDS_AT,
            seed=1,
            centres={"gloucester": morning.ELSEWHERE["gloucester"]},
        )
    with as_actor(here.member("leader", centre="gloucester")):
        states = Counter(Visit.objects.filter(centre_id=here.other.id).values_list("state", flat=True))
    row = owner.execute(
        "select max(at) from kernel_historyevent where service_id = %s", [here.system.service]
    ).fetchone()
    assert row is not None
    assert row[0] < sample.STANDS_AT
    assert states["done"] > 3
    assert states["waiting"] + states["serving"] + states["called"] > 0


def test_towards_the_end_of_the_morning_somebody_stands_in_every_state() -> None:
    here = place()
    door = here.hire("host", centre="cheltenham", name="Priya Nair")
    desk = [here.hire("host", centre="cheltenham", name=name) for name in ("Aisha Rahman", "Callum Firth")]
    coach = here.member("coach")
    leader, until = here.member("leader"), MORNING + timedelta(minutes=10)
    here.booking(MORNING + timedelta(minutes=5))
    here.booking(until + timedelta(minutes=20))
    tomorrows = here.booking(MORNING + timedelta(days=1))
    day = Day(
        here.system,
        here.centre.id,
        TODAY,
        [Colleague(coach, ("desk",), False), *(Colleague(one, ("desk",), True) for one in (*desk, door))],
        2,
        until=until,
    )
    come = [WalkIn(MORNING + timedelta(minutes=n), f"Visitor {n}", "own-coach", "") for n in range(8)]
    with as_worker():
        day.live(come)
    morning.in_every_state(day, until, around("gloucestershire"), leader)
    with as_actor(leader):
        visits = list(Visit.objects.filter(centre_id=here.centre.id))
        late = Booking.objects.filter(late_minutes=15).count()
        (asked,) = Help.objects.all()
    assert {one.state for one in visits} == {"waiting", "called", "serving", "done", "absent", "left"}
    assert [one.given_name for one in visits if one.urgency == 2 and one.state == "waiting"] == [""]
    assert [one.next_help["place"] for one in visits if one.next_help] == ["Lansdown Road, Cheltenham"]
    assert [one.door_note for one in visits if one.person_id == tomorrows.person_id] == [
        "A day early; still glad of a word today."
    ]
    assert late == 1
    assert [one.word for one in visits if one.handed_by_id] == ["The landlord wants them out by Friday."]
    assert [one.word for one in visits if one.parked_until] == ["Gone to fetch a letter from home."]
    assert asked.ended_at is not None
