"""The rota of placed staff: who is where when, what it takes of the book, and who keeps it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, place

from kohti.diary import actions as diary
from kohti.diary.rota import actions, queries
from kohti.diary.rota.actions import Placed
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.team.models import Organisation

MON, TUE, WED, THU, FRI = range(5)
NINE, NOON, FOUR = time(9), time(12), time(16)


@pytest.fixture
def here() -> Place:
    return place()


def organisation(here: Place, code: str = "housing-body") -> uuid.UUID:
    with as_system(here.system) as system:
        return Organisation.objects.get(service_id=system.service, code=code).id


def every(staff_id: uuid.UUID | None, *weekdays: int, opens: time = NINE, closes: time = NOON) -> list[Placed]:
    return [Placed(weekday=day, opens=opens, closes=closes, staff_id=staff_id) for day in weekdays]


def keep(here: Place, lines: list[Placed], *, starts: date = TODAY, code: str = "housing-body") -> uuid.UUID:
    leader = here.member("leader")
    return acting(leader, actions.keep_rota, organisation(here, code), starts, lines, key=str(uuid.uuid4()))


def test_smoke(here):
    ruth = here.staff("Ruth Oyelaran").id
    keep(here, every(ruth, WED))
    leader = here.member("leader")
    with as_actor(leader):
        day = queries.here_today(leader)
    print(day)
    assert [(one.name, one.organisation, one.hours) for one in day.now] == [("Ruth Oyelaran", "Housing partner", "until 12:00")]
