"""The rota of placed staff: who is where when, what it takes of the book, and who keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import MORNING, TODAY, Place, acting, as_system, in_threads, place
from tests.frontdesk.test_board import asked

from kohti.diary import actions as diary
from kohti.diary import covering, sessions
from kohti.diary.book import reading
from kohti.diary.free import Rule, offers
from kohti.diary.models import Absence, Rota, RotaChange, RotaLine
from kohti.diary.rota import actions, queries
from kohti.diary.rota.actions import Placed
from kohti.diary.rota.placed import PLACED, gathered
from kohti.diary.rota.placed import Place as At
from kohti.diary.rota.today import Day
from kohti.frontdesk.line_hours import held_next
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.team.models import Centre, Organisation

MON, TUE, WED, THU, FRI = range(5)
NINE, NOON, FOUR = time(9), time(12), time(16)
HOUSING, ADVICE = "housing-body", "advice-bureau"


@pytest.fixture
def here() -> Place:
    return place()


def organisation(here: Place, code: str = HOUSING) -> uuid.UUID:
    with as_system(here.system) as system:
        return Organisation.objects.get(service_id=system.service, code=code).id


def every(
    staff_id: uuid.UUID | None, *weekdays: int, opens: time = NINE, closes: time = NOON
) -> list[Placed]:
    return [Placed(weekday=day, opens=opens, closes=closes, staff_id=staff_id) for day in weekdays]


def keep(here: Place, lines: list[Placed], *, starts: date = TODAY, code: str = HOUSING) -> uuid.UUID:
    leader = here.member("leader")
    return acting(leader, actions.keep_rota, organisation(here, code), starts, lines, key=str(uuid.uuid4()))


def away(here: Place, staff_id: uuid.UUID, first: date, last: date | None = None, **how: object) -> uuid.UUID:
    return acting(
        here.member("leader"), actions.away, staff_id, first, last or first, key=str(uuid.uuid4()), **how
    )


def today(here: Place) -> Day:
    leader = here.member("leader")
    with as_actor(leader):
        return queries.here_today(leader)


def counted(here: Place, day: date) -> int:
    """How many people are here on a day."""
    leader = here.member("leader")
    with as_actor(leader):
        return len({one.staff_id for one in queries.placed(leader, day, day) if one.here})


def test_who_is_here_now_until_when_and_where_and_who_comes_later(here: Place) -> None:
    ruth, gareth = here.staff("Ruth Oyelaran").id, here.staff("Gareth Lyle").id
    keep(here, every(ruth, WED) + every(gareth, WED, opens=NOON, closes=FOUR) + every(gareth, THU))
    keep(here, every(None, WED, opens=time(8), closes=FOUR), code=ADVICE)
    found = today(here)
    assert [(one.name, one.organisation, one.hours) for one in found.now] == [
        ("", "Citizens advice", "until 16:00"),
        ("Ruth Oyelaran", "Housing partner", "until 12:00"),
    ]
    assert [(one.name, one.hours) for one in found.later] == [("Gareth Lyle", "12:00–16:00")]
    with clock.held_at(MORNING + timedelta(hours=2)):
        assert [one.name for one in today(here).now] == ["", "Gareth Lyle"]


def test_four_people_on_three_days_and_from_a_date_six_over_four(here: Place) -> None:
    people = [here.staff(f"Placed {number}").id for number in range(6)]
    first = keep(here, [line for one in people[:4] for line in every(one, MON, TUE, WED)])
    change = date(2026, 4, 6) + timedelta(days=7)
    keep(here, [line for one in people for line in every(one, MON, TUE, WED, THU)], starts=change)
    before = [counted(here, change - timedelta(days=7) + timedelta(days=day)) for day in range(1, 7)]
    after = [counted(here, change + timedelta(days=day)) for day in range(7)]
    assert (before, after) == ([4, 4, 0, 0, 0, 0], [6, 6, 6, 6, 0, 0, 0])
    with as_actor(here.member("leader")):
        assert Rota.objects.get(id=first).ends == change


def test_nine_stays_nine_when_the_clocks_change(here: Place) -> None:
    keep(here, every(here.staff().id, WED, opens=NINE, closes=NOON))
    leader = here.member("leader")
    for around, hours in ((date(2026, 3, 25), (9, 8)), (date(2026, 10, 21), (8, 9))):
        with as_actor(leader):
            found = queries.placed(leader, around, around + timedelta(days=7))
        assert tuple(one.here[0][0].astimezone(UTC).hour for one in found) == hours


def test_a_holiday_takes_everybody_of_the_organisation_and_nobody_else(here: Place) -> None:
    ruth, nuala = here.staff("Ruth Oyelaran").id, here.staff("Nuala Keane").id
    keep(here, every(ruth, WED))
    keep(here, every(nuala, WED), code=ADVICE)
    leader = here.member("leader")
    made = acting(leader, actions.nobody_comes, organisation(here), TODAY, TODAY, key="spring")
    found = today(here)
    assert [one.name for one in found.now] == ["Nuala Keane"]
    assert (found.holidays, found.away) == (["Housing partner"], [])
    acting(leader, actions.take_back, made)
    assert [one.name for one in today(here).now] == ["Nuala Keane", "Ruth Oyelaran"]


def test_somebody_who_is_away_has_no_place_that_day_and_whoever_stands_in_is_named(here: Place) -> None:
    ruth, gareth, third = (here.staff(name).id for name in ("Ruth Oyelaran", "Gareth Lyle", "Third Person"))
    keep(here, every(ruth, WED, FRI) + every(gareth, WED))
    away(here, ruth, TODAY, TODAY + timedelta(days=2), cover_id=third)
    # an absence that was noted elsewhere counts as well
    acting(here.member("leader"), diary.be_away, gareth, TODAY, TODAY, key="ill")
    found = today(here)
    assert [(one.name, one.instead) for one in found.now] == [("Third Person", "Ruth Oyelaran")]
    assert {(one.name, one.covers) for one in found.away} == {
        ("Ruth Oyelaran", "Third Person"),
        ("Gareth Lyle", ""),
    }
    with pytest.raises(Refused) as trouble:
        away(here, ruth, TODAY + timedelta(days=2), cover_id=gareth)
    assert trouble.value.code == "covered"


def test_a_placed_colleague_of_another_centre_is_noted_away_there_and_stood_in_for_here(here: Place) -> None:
    ruth, third = here.staff("Ruth Oyelaran", centre=here.other).id, here.staff("Third Person").id
    keep(here, every(ruth, WED))
    with pytest.raises(Refused, match="another centre"):
        away(here, ruth, TODAY)
    away(here, ruth, TODAY, cover_id=third)


def test_who_stands_in_and_is_away_too_is_not_here(here: Place) -> None:
    ruth, third = here.staff("Ruth Oyelaran").id, here.staff("Third Person").id
    keep(here, every(ruth, WED))
    away(here, ruth, TODAY, cover_id=third)
    acting(here.member("leader"), diary.be_away, third, TODAY, TODAY, key="ill too")
    found = today(here)
    assert not found.now
    assert [(one.name, one.covers) for one in found.away] == [("Ruth Oyelaran", "")]


def test_whoever_has_left_is_no_longer_placed(here: Place) -> None:
    partner = here.hire("partner", centre="cheltenham", name="Short Stay")
    assert partner.staff_id is not None
    keep(here, every(partner.staff_id, WED))
    assert counted(here, TODAY + timedelta(days=7)) == 1
    with as_system(here.system) as system:
        from kohti.team import actions as team

        assert partner.member_id is not None
        team.end_membership(system, partner.member_id, because="left")
    assert counted(here, TODAY + timedelta(days=7)) == 0


def test_a_closed_day_has_nobody_and_one_that_ends_at_noon_ends_the_rota(here: Place) -> None:
    leader = here.member("leader")
    keep(here, every(here.staff().id, WED, closes=FOUR))
    acting(leader, diary.close_on, here.centre.id, TODAY + timedelta(days=7), "painters")
    acting(leader, diary.close_on, here.centre.id, TODAY + timedelta(days=14), "water", closes=time(11))
    with as_actor(leader):
        found = queries.placed(leader, TODAY + timedelta(days=7), TODAY + timedelta(days=14))
    assert [one.ends for one in found] == [datetime(2026, 3, 25, 11, tzinfo=UTC)]


def test_another_rota_ends_the_one_before_and_nothing_is_ever_edited(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    leader = here.member("leader")
    first = keep(here, every(ruth, WED))
    never = keep(here, every(ruth, MON), starts=TODAY + timedelta(days=30))
    last = keep(here, every(ruth, THU), starts=TODAY + timedelta(days=7))
    with as_actor(leader):
        held = {one.id: (one.starts, one.ends) for one in Rota.objects.filter(centre_id=here.centre.id)}
    assert held[first] == (TODAY, TODAY + timedelta(days=7))
    assert held[never] == (TODAY + timedelta(days=30), TODAY + timedelta(days=30))
    assert held[last] == (TODAY + timedelta(days=7), None)
    acting(leader, actions.end_rota, last, TODAY + timedelta(days=20))
    with as_actor(leader):
        assert Rota.objects.get(id=last).ends == TODAY + timedelta(days=21)
    with pytest.raises(Exception, match="never edited"), as_actor(leader):
        Rota.objects.filter(id=last).update(at=MORNING - timedelta(days=1))
    with pytest.raises(Exception, match="permission denied"), as_actor(leader):
        RotaLine.objects.filter(rota_id=last).update(weekday=MON)


@pytest.mark.parametrize(
    ("code", "lines", "starts"),
    [
        ("nobody", lambda _one: [], TODAY),
        ("day-over", lambda one: every(one, WED), TODAY - timedelta(days=1)),
        ("order", lambda one: every(one, WED, opens=NOON, closes=NINE), TODAY),
        ("twice", lambda one: every(one, WED) + every(one, WED, opens=time(11), closes=FOUR), TODAY),
        ("too-many", lambda _one: every(None, WED) * 201, TODAY),
    ],
)
def test_a_rota_that_cannot_be_is_refused_in_words(
    here: Place, code: str, lines: Callable[[uuid.UUID], list[Placed]], starts: date
) -> None:
    with pytest.raises(Refused) as trouble:
        keep(here, lines(here.staff().id), starts=starts)
    assert trouble.value.code == code
    with as_actor(here.member("leader")):
        assert not Rota.objects.filter(centre_id=here.centre.id).exists()


def test_nobody_is_placed_at_two_places_at_the_same_time(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    keep(here, every(ruth, WED))
    with pytest.raises(Refused) as trouble:
        keep(here, every(ruth, WED, opens=time(11), closes=FOUR), code=ADVICE)
    assert trouble.value.code == "elsewhere"
    assert "Ruth Oyelaran" in str(trouble.value.message)
    keep(here, every(ruth, WED, opens=NOON, closes=FOUR), code=ADVICE)


def test_only_who_leads_the_centre_keeps_its_rota_and_once(here: Place) -> None:
    lines = every(here.staff().id, WED)
    housing = organisation(here)
    for role in ("host", "coach"):
        with pytest.raises(NotAllowed):
            acting(here.member(role), actions.keep_rota, housing, TODAY, lines, key=role)
    leader = here.member("leader")
    made = [acting(leader, actions.keep_rota, housing, TODAY, lines, key="twice") for _time in range(2)]
    assert made[0] == made[1]
    elsewhere = here.member("leader", centre="gloucester")
    for action, about in ((actions.end_rota, (made[0], TODAY)), (actions.take_back, (made[0],))):
        with pytest.raises(NotThere):
            acting(elsewhere, action, *about)
    with as_actor(elsewhere):
        assert not queries.placed(elsewhere, TODAY, TODAY)


def test_two_leaders_at_once_leave_one_rota(here: Place) -> None:
    housing, one = organisation(here), here.staff().id
    leaders = [here.member("leader"), here.hire("leader", centre="cheltenham", name="Second Leader")]

    def make(number: int) -> uuid.UUID:
        return acting(
            leaders[number], actions.keep_rota, housing, TODAY, every(one, WED), key=f"at once {number}"
        )

    found = in_threads(2, make, at_once=2)
    assert all(isinstance(each, uuid.UUID | Refused) for each in found), found
    with as_actor(leaders[0]):
        held = [each for each in Rota.objects.filter(centre_id=here.centre.id) if each.ends != each.starts]
    assert len(held) == 1


# what it takes of the book


def book(here: Place, staff_id: uuid.UUID, starts: datetime, *, centre: Centre | None = None) -> uuid.UUID:
    where = centre or here.centre
    wanted = diary.NewBooking(
        starts=starts, minutes=30, kind_id=here.kinds["work-search-review"].id, staff_id=staff_id
    )
    leader = here.member("leader", centre=where.code)
    return acting(leader, diary.book_one, where.id, wanted, key=str(uuid.uuid4()))


def test_placed_colleagues_are_booked_in_the_hours_of_the_rota_and_at_no_other_time(here: Place) -> None:
    ruth, third = here.staff("Ruth Oyelaran").id, here.staff("Third Person").id
    keep(here, every(ruth, WED, opens=time(10), closes=NOON))
    eleven, noon = MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)
    book(here, ruth, eleven)
    for at in (noon, noon - timedelta(minutes=10), eleven + timedelta(days=1)):
        with pytest.raises(Refused) as trouble:
            book(here, ruth, at)
        assert trouble.value.code == "not-placed", at
    book(here, third, noon)
    away(here, ruth, TODAY + timedelta(days=7), cover_id=third)
    with pytest.raises(Refused) as trouble:
        book(here, ruth, eleven + timedelta(days=7))
    assert trouble.value.code == "away"


def test_what_was_booked_before_a_rota_stands_and_needs_somebody(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    inside, outside = (here.booking(MORNING + timedelta(hours=n), staff_id=ruth) for n in (1, 3))
    keep(here, every(ruth, WED))
    with as_actor(here.member("leader")) as leader:
        found = covering.needs_somebody(leader)
    assert [(one.id, one.why) for one in found] == [(outside.id, "rota")]
    assert inside.id != outside.id


def test_free_times_of_a_placed_colleague_are_those_of_the_rota(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    keep(
        here,
        every(ruth, WED, opens=time(10, 30), closes=NOON) + every(ruth, THU, opens=time(13), closes=FOUR),
    )
    away(here, ruth, TODAY + timedelta(days=8))
    leader = here.member("leader")
    with as_actor(leader):
        found = offers(leader, Rule(minutes=30, first=TODAY, days=9, staff=[ruth]))
    assert [f"{one.starts:%d %H:%M}" for one in found] == ["11 10:30", "12 13:00", "18 10:30"]


def test_whoever_is_placed_at_another_centre_has_no_time_here_then(here: Place) -> None:
    coach = here.member("coach")
    assert coach.staff_id is not None
    away_at = here.member("leader", centre="gloucester")
    acting(away_at, actions.keep_rota, organisation(here), TODAY, every(coach.staff_id, WED), key="there")
    with pytest.raises(Refused) as trouble:
        book(here, coach.staff_id, MORNING + timedelta(hours=1))
    assert trouble.value.code == "elsewhere"
    book(here, coach.staff_id, MORNING + timedelta(hours=3))
    with as_actor(here.member("leader")) as leader:
        found = offers(leader, Rule(minutes=30, first=TODAY, days=1, staff=[coach.staff_id]))
    # 25 minutes on the way
    assert min(one.starts for one in found) == datetime(2026, 3, 11, 12, 30, tzinfo=UTC)


def test_the_book_has_a_column_of_a_placed_colleague_on_their_days_alone(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    keep(here, every(ruth, WED))
    host = here.member("host")
    shown = []
    for day in (TODAY, TODAY + timedelta(days=1)):
        with as_actor(host):
            found = reading.pages(host, day, day)
        shown.append(ruth in {one.id for one in found.colleagues})
    assert shown == [True, False]


# drop-ins


def test_a_drop_in_says_who_of_its_organisation_holds_it_and_that_they_are_away(here: Place) -> None:
    ruth = here.staff("Ruth Oyelaran").id
    keep(here, every(ruth, WED))
    leader = here.member("leader")

    def by() -> list[str]:
        with as_actor(leader):
            held = sessions.sessions(leader, here.centre.id, TODAY)
        return [one.by for one in held if one.code == "housing"]

    def at_the_board() -> str:
        with as_actor(asked(here)) as device:
            return dict(one.said(device) for one in held_next(device))["Housing drop-in"]

    assert (by(), at_the_board()) == (["Housing partner: Ruth Oyelaran"], "held until 12:00")
    away(here, ruth, TODAY)
    assert (by(), at_the_board()) == (["Away: Housing partner"], "not held today")
    third = here.staff("Third Person").id
    away(here, ruth, TODAY, cover_id=third)
    assert (by(), at_the_board()) == (["Housing partner: Third Person"], "held until 12:00")


# the whole of it, against a model that is plain to read


@dataclass(frozen=True)
class Plan:
    """What a rota, its changes and absences say, as plain values."""

    rotas: list[tuple[int, date, date | None, list[tuple[int | None, int, time, time]]]]
    holidays: list[tuple[int, date, date]]
    covers: list[tuple[int, int, date, date]]
    absences: list[tuple[int, datetime, datetime]]
    closed: list[date]

    def here(self, at: datetime, zone: ZoneInfo) -> set[tuple[int, int | None, int | None]]:
        """Who is here at an instant: organisation, colleague, in whose place."""
        day = at.astimezone(zone).date()
        found: set[tuple[int, int | None, int | None]] = set()
        for organisation, starts, ends, lines in self.rotas:
            if not starts <= day or (ends is not None and day >= ends) or day in self.closed:
                continue
            if any(whose == organisation and first <= day <= last for whose, first, last in self.holidays):
                continue
            for staff, weekday, opens, closes in lines:
                begins, until = (_instant(day, wall, zone) for wall in (opens, closes))
                if weekday != day.weekday() or not begins <= at < until:
                    continue
                if staff is None or not self._gone(staff, at, day):
                    found.add((organisation, staff, None))
                found |= {
                    (organisation, cover, staff)
                    for whose, cover, first, last in self.covers
                    if whose == staff and first <= day <= last and not self._gone(cover, at, day)
                }
        return found

    def _gone(self, staff: int, at: datetime, day: date) -> bool:
        return any(whose == staff and begins <= at < ends for whose, begins, ends in self.absences) or any(
            whose == staff and first <= day <= last for whose, _cover, first, last in self.covers
        )


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall time as an instant; one that comes twice or not at all as standard time has it, as the database does."""
    both = (datetime.combine(day, wall.replace(fold=fold), zone) for fold in (0, 1))
    return min(both, key=lambda one: one.utcoffset() or timedelta()).astimezone(UTC)


Line = tuple[int | None, int, time, time]


def _lines(who: int | None, off: set[int], hour: int, half: int, minutes: int) -> list[Line]:
    """Somebody on every weekday but a few; not past midnight."""
    opens = datetime(2026, 3, 11, hour, half)  # noqa: DTZ001 - a wall time
    closes = min(opens + timedelta(minutes=minutes), opens.replace(hour=23, minute=59))
    return [(who, day, opens.time(), closes.time()) for day in range(7) if day not in off]


def _plans(around: date) -> st.SearchStrategy[Plan]:
    days = st.integers(-4, 4).map(lambda off: around + timedelta(days=off))
    who = st.integers(0, 2)
    line = st.builds(
        _lines,
        st.sampled_from([0, 1, 2, None]),
        st.sets(st.integers(0, 6), max_size=3),
        st.integers(0, 21),
        st.sampled_from([0, 30]),
        st.integers(1, 900),
    )
    lines = st.lists(line, min_size=1, max_size=3).map(lambda some: [one for each in some for one in each])
    spans = st.tuples(days, st.integers(0, 5)).map(lambda one: (one[0], one[0] + timedelta(days=one[1])))
    instants = st.tuples(days, st.integers(0, 47)).map(
        lambda one: datetime.combine(one[0], time(), UTC) + timedelta(minutes=30 * one[1])
    )

    def rotas(first: date, cut: int, of: list[list[Line]]) -> list[object]:
        turn = first + timedelta(days=cut)
        return [(0, first, turn, of[0]), (0, turn, None, of[1]), (1, first, None, of[2])]

    return st.builds(
        Plan,
        rotas=st.builds(
            rotas,
            st.integers(-9, 0).map(lambda off: around + timedelta(days=off)),
            st.integers(0, 12),
            st.lists(lines, min_size=3, max_size=3),
        ),
        holidays=st.lists(st.tuples(st.integers(0, 1), spans).map(lambda one: (one[0], *one[1])), max_size=1),
        covers=st.lists(
            st.tuples(who, st.integers(0, 3), spans)
            .filter(lambda one: one[0] != one[1])
            .map(lambda one: (one[0], one[1], *one[2])),
            max_size=2,
            unique_by=lambda one: one[0],
        ),
        absences=st.lists(
            st.tuples(st.integers(0, 3), instants, st.integers(1, 60)).map(
                lambda one: (one[0], one[1], one[1] + timedelta(hours=one[2]))
            ),
            max_size=3,
        ),
        closed=st.lists(days, max_size=1),
    )


@pytest.fixture(scope="module")
def anywhere() -> tuple[Place, list[uuid.UUID], list[uuid.UUID]]:
    made = place()
    return (
        made,
        [organisation(made, code) for code in (HOUSING, ADVICE)],
        [made.staff().id for _one in range(4)],
    )


AROUND = st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 10)])
Anywhere = tuple[Place, list[uuid.UUID], list[uuid.UUID]]


@settings(max_examples=12, deadline=None)
@given(data=st.data(), around=AROUND)
def test_who_is_here_is_what_the_plain_model_says_at_every_quarter_of_an_hour(
    anywhere: Anywhere, data: st.DataObject, around: date
) -> None:
    _as_the_model_says(anywhere, data, around)


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(data=st.data(), around=AROUND)
def test_who_is_here_is_what_the_plain_model_says_five_hundred_times(
    anywhere: Anywhere, data: st.DataObject, around: date
) -> None:
    _as_the_model_says(anywhere, data, around)


def _as_the_model_says(anywhere: Anywhere, data: st.DataObject, around: date) -> None:
    where, organisations, staff = anywhere
    plan = data.draw(_plans(around))
    zone = ZoneInfo("Europe/London")
    with as_system(where.system) as system, transaction.atomic():
        _written(plan, system, where.centre.id, organisations, staff)
        found = gathered(_rows(where.centre.id, around, zone))
        transaction.set_rollback(True)
    closed = {date(2026, 4, 3), date(2026, 4, 6)}
    plan.closed.extend(closed)
    at = datetime.combine(around - timedelta(days=1), time(), UTC)
    for _quarter in range(3 * 96):
        says = {
            (organisations.index(one.organisation_id), one.staff_id, one.instead_of)
            for one in found
            if one.at(at) is not None
        }
        model = {
            (whose, None if who is None else staff[who], None if instead is None else staff[instead])
            for whose, who, instead in plan.here(at, zone)
        }
        assert says == model, at
        at += timedelta(minutes=15)


def _written(
    plan: Plan, system: Actor, centre: uuid.UUID, organisations: list[uuid.UUID], staff: list[uuid.UUID]
) -> None:
    of = {"service_id": system.service, "centre_id": centre}
    for whose, starts, ends, lines in plan.rotas:
        rota = Rota.objects.create(
            **of, organisation_id=organisations[whose], starts=starts, ends=ends, at=MORNING
        )
        RotaLine.objects.bulk_create(
            RotaLine(
                service_id=system.service,
                rota_id=rota.id,
                staff_id=None if who is None else staff[who],
                weekday=weekday,
                opens=opens,
                closes=closes,
            )
            for who, weekday, opens, closes in lines
        )
    changes: list[tuple[uuid.UUID, date, date, uuid.UUID | None, uuid.UUID | None]]
    changes = [(organisations[whose], first, last, None, None) for whose, first, last in plan.holidays]
    changes += [
        (organisations[0], first, last, staff[who], staff[cover]) for who, cover, first, last in plan.covers
    ]
    RotaChange.objects.bulk_create(
        RotaChange(
            **of, organisation_id=whose, first=first, last=last, staff_id=who, cover_id=cover, at=MORNING
        )
        for whose, first, last, who, cover in changes
    )
    Absence.objects.bulk_create(
        Absence(**of, staff_id=staff[who], starts=begins, ends=ends) for who, begins, ends in plan.absences
    )
    from kohti.diary.models import Closure

    Closure.objects.bulk_create(
        [Closure(**of, day=day, title={"en": "closed"}) for day in plan.closed], ignore_conflicts=True
    )


def _rows(centre: uuid.UUID, around: date, zone: ZoneInfo) -> list[At]:
    from kohti.kernel import reading as together

    asked = {
        "centre": centre,
        "first": around - timedelta(days=5),
        "last": around + timedelta(days=5),
        "zone": str(zone),
    }
    with connection.cursor():
        return together.together(asked, PLACED)[0]
