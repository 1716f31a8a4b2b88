"""Reminders: each goes at most once, at the right time on the wall, and only about what stands; and a word at once."""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings as settings_of_django
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.factories import MORNING, Place, acting, as_system, as_worker, in_threads, place

from kohti.diary import actions as diary
from kohti.diary import reminding
from kohti.diary.models import Booking, Kind, Reminder, Room
from kohti.kernel import clock, outbox
from kohti.kernel.actor import as_actor
from kohti.kernel.blueprint import RemindersPart
from kohti.kernel.errors import Refused
from kohti.kernel.outbox import sending
from kohti.people import actions as people
from kohti.people.models import Contact, Person

LONDON = ZoneInfo("Europe/London")
TOMORROW = MORNING + timedelta(days=1)
DAY_BEFORE = MORNING
"""A reminder of tomorrow at ten goes today at ten."""


@pytest.fixture
def here() -> Place:
    return place()


@pytest.fixture(scope="module")
def world() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture(autouse=True)
def known_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_of_django, "CSRF_TRUSTED_ORIGINS", ["https://kohti.example"])


def remind(here: Place, at: datetime | None = None) -> int:
    """One round of the worker."""
    with clock.held_at(at or clock.now()), as_worker():
        return reminding.remind(here.system)


def send(here: Place, folder: Path, at: datetime | None = None) -> dict[str, int]:
    """One round of the sender."""
    with clock.held_at(at or clock.now()), as_worker():
        return {state: n for state, n in sending.send_waiting(here.system, folder).items() if n}


def told(here: Place) -> list[tuple[str, str, str]]:
    """What there is to tell: what it is about, its state, and why not."""
    with as_system(here.system):
        rows = Reminder.objects.filter(service_id=here.system.service).order_by("due", "hours", "id")
        return [(f"{one.about}{one.hours or ''}", one.state, one.why) for one in rows]


def messages(here: Place, owner: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    """Every message of the service: its kind, channel, state and words."""
    return owner.execute(
        "select kind, channel, state, body from kernel_message where service_id = %s order by at, id",
        [here.system.service],
    ).fetchall()


def booked(here: Place, starts: datetime = TOMORROW, **person: Any) -> Booking:
    """An appointment of somebody with a phone and an e-mail address, who is as said."""
    someone = here.person("Zebedee Quixworth")
    if person:
        with as_system(here.system):
            Person.objects.filter(id=someone.id).update(**person)
    return here.booking(starts, person=someone, staff_id=here.member("coach").staff_id)


def move(here: Place, booking: Booking, starts: datetime) -> None:
    """A leader puts it at another time."""
    with as_actor(here.member("leader")) as leader:
        version = Booking.objects.get(id=booking.id).version
        diary.move(leader, booking.id, starts=starts, version=version, key=None)


def test_a_reminder_goes_a_day_before_says_when_and_where_and_nothing_of_why(
    here: Place, owner: psycopg.Connection
) -> None:
    booked(here)
    assert remind(here, DAY_BEFORE - timedelta(minutes=1)) == 0
    assert remind(here) == 1
    ((kind, channel, state, body),) = messages(here, owner)
    assert (kind, channel, state) == ("appointment.before", "sms", "queued")
    assert "Thursday 12 March 2026 at 10:00, Cheltenham" in body
    assert re.search(r"https://kohti\.example/a/[\w.-]+/ ", body)
    assert "01632 960 101" in body
    for never in ("Quixworth", "Zebedee", "Work search review", "Number"):
        assert never not in body
    assert remind(here) == 0


def test_what_has_moved_or_is_cancelled_takes_its_reminder_with_it(
    here: Place, owner: psycopg.Connection, tmp_path: Path
) -> None:
    moved, gone = booked(here), booked(here, TOMORROW + timedelta(minutes=30))
    assert remind(here, DAY_BEFORE + timedelta(minutes=30)) == 2
    move(here, moved, TOMORROW + timedelta(days=5))
    acting(here.member("leader"), diary.cancel, gone.id, key=None)
    assert [state for kind, _c, state, _b in messages(here, owner) if kind == "appointment.before"] == [
        "cancelled",
        "cancelled",
    ]
    assert ("before24", "taken-back", "") in told(here)
    remind(here, DAY_BEFORE + timedelta(minutes=31))
    assert send(here, tmp_path, DAY_BEFORE + timedelta(minutes=32)) == {"sent": 2}
    said = " ".join(file.read_text() for file in (tmp_path / "outbox").iterdir())
    assert "has another time now" in said
    assert "is cancelled" in said
    assert said.count("10:00") == 1


def test_who_was_reminded_two_hours_before_is_not_reminded_of_the_day_before(
    here: Place, owner: psycopg.Connection
) -> None:
    booked(here, MORNING + timedelta(hours=2))
    assert remind(here) == 1
    assert told(here) == [("before2", "written", "")]
    assert remind(here, MORNING + timedelta(minutes=5)) == 0
    assert len(messages(here, owner)) == 1


def test_whoever_was_just_told_the_time_is_not_reminded_of_it(here: Place, owner: psycopg.Connection) -> None:
    booking = booked(here, TOMORROW + timedelta(days=3))
    move(here, booking, TOMORROW)
    assert remind(here) == 1
    assert [kind for kind, *_rest in messages(here, owner)] == ["appointment.moved"]
    assert remind(here, MORNING + timedelta(minutes=30)) == 0


def test_a_mail_is_a_mail_to_any_mail_program(here: Place, tmp_path: Path) -> None:
    booking = booked(here, languages=["fi"])
    with as_system(here.system):
        Contact.objects.filter(person__id=str(booking.person_id), kind="phone").update(
            fails_since=clock.now()
        )
    assert remind(here) == 1
    assert send(here, tmp_path) == {"sent": 1}
    (file,) = (tmp_path / "outbox").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["Content-Language"] == "fi"
    assert "somebody@example.org" in mail["To"]
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "torstaina 12. maaliskuuta 2026 klo 10.00" in text or "12. maaliskuuta 2026" in text
    (link,) = re.findall(r"https://kohti\.example(/a/\S+/)", text)
    from django.test import Client

    assert Client().get(link).status_code == 200


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"no_messages": True}, "no-messages"),
        ({"restricted": True}, "restricted"),
        ({"safe_contact": "Ring after six"}, "own-way"),
        ({"not_by": "Never by post"}, "own-way"),
    ],
)
def test_who_must_not_be_written_to_is_not_and_staff_see_why(
    here: Place, owner: psycopg.Connection, person: dict[str, Any], why: str
) -> None:
    booked(here, **person)
    assert remind(here) == 0
    assert told(here) == [("before24", "no-way", why)]
    assert messages(here, owner) == []


def test_an_address_that_is_hidden_ended_somebody_else_s_or_does_not_work_is_no_way(
    here: Place, owner: psycopg.Connection
) -> None:
    ways: tuple[dict[str, Any], ...] = (
        {"sealed": "address"},
        {"ended_at": MORNING},
        {"note": "her mother's"},
        {"fails_since": MORNING},
        {"value": "none"},
    )
    for number, how in enumerate(ways):
        booking = booked(here, TOMORROW + timedelta(minutes=10 * number))
        with as_system(here.system):
            Contact.objects.filter(person__id=str(booking.person_id)).update(**how)
    remind(here, DAY_BEFORE + timedelta(minutes=50))
    assert Counter(why for _about, state, why in told(here) if state == "no-way") == {
        "nothing-known": 4,
        "address": 1,
    }
    assert messages(here, owner) == []


def test_who_has_died_is_not_written_to(here: Place, owner: psycopg.Connection) -> None:
    booking = booked(here)
    acting(here.member("leader"), diary.cancel, booking.id, key=None)
    with as_system(here.system) as system:
        assert booking.person_id is not None
        people.note_death(system, booking.person_id, died_on=MORNING.date(), died_said="the sister")
    remind(here)
    assert told(here) == [("cancelled", "no-way", "died")]
    assert messages(here, owner) == []


def test_a_kind_that_is_not_reminded_of_is_not(here: Place) -> None:
    booked(here)
    with as_system(here.system):
        Kind.objects.filter(service_id=here.system.service).update(reminds=False)
    assert remind(here) == 0
    assert told(here) == []


def test_two_workers_at_once_write_each_reminder_once(here: Place, owner: psycopg.Connection) -> None:
    for number in range(6):
        booked(here, TOMORROW + timedelta(minutes=10 * number))
    done = in_threads(4, lambda _n: remind(here, DAY_BEFORE + timedelta(hours=1)), at_once=4)
    assert all(isinstance(one, int) for one in done), done
    assert len(messages(here, owner)) == 6


def test_killed_between_noting_and_writing_it_writes_once(
    here: Place, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(here)
    kept = outbox.write

    def written_then_killed(*about: Any, **how: Any) -> uuid.UUID:
        kept(*about, **how)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(outbox, "write", written_then_killed)
        remind(here)
    assert messages(here, owner) == []
    assert told(here) == [("before24", "waiting", "")]
    assert remind(here) == 1
    assert len(messages(here, owner)) == 1


def test_a_mail_server_that_was_away_for_too_long_sends_nothing_late(
    here: Place, owner: psycopg.Connection
) -> None:
    booked(here)
    assert remind(here) == 1
    remind(here, TOMORROW)
    assert [state for _k, _c, state, _b in messages(here, owner)] == ["cancelled"]


def test_a_worker_that_stood_still_reminds_while_it_is_of_use(here: Place) -> None:
    booked(here)
    assert remind(here, MORNING + timedelta(hours=6)) == 1


def test_a_word_at_once_says_that_it_is_booked_where_the_blueprint_wants_it(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, someone = here.member("coach"), here.person()
    with as_actor(here.member("leader")) as leader:
        wanted = diary.NewBooking(
            starts=TOMORROW + timedelta(days=7),
            minutes=10,
            kind_id=here.kinds["work-search-review"].id,
            person_id=someone.id,
            staff_id=coach.staff_id,
        )
        made = diary.book_one(leader, here.centre.id, wanted, key=str(uuid.uuid4()))
    assert remind(here) == 1
    with as_actor(here.member("leader")) as leader:
        room = Room.objects.filter(centre_id=here.centre.id, code="room-1").get()
        moved = diary.move(leader, made, starts=wanted.starts, room_id=room.id, version=1, key="another room")
    assert (moved.room_id, remind(here)) == (room.id, 0), "another room is nothing to tell"
    assert [kind for kind, *_rest in messages(here, owner)] == ["appointment.booked"]


def test_at_night_nobody_is_written_to_and_the_morning_makes_up_for_it(
    here: Place, owner: psycopg.Connection
) -> None:
    booking = booked(here, TOMORROW + timedelta(days=3))
    with clock.held_at(datetime(2026, 3, 11, 22, 0, tzinfo=UTC)):
        move(here, booking, TOMORROW + timedelta(days=4))
        assert remind(here) == 0
    assert messages(here, owner) == []
    assert remind(here, datetime(2026, 3, 12, 8, 0, tzinfo=UTC)) == 1


RULES = RemindersPart(hours=(24, 2), quiet_from=time(20), quiet_until=time(8))


@pytest.mark.parametrize(
    ("starts", "hours", "goes"),
    [
        ("2026-03-12T09:00", 24, "2026-03-11T09:00"),
        # The clocks go forward on 29 March and back on 25 October: nine is nine on the wall.
        ("2026-03-29T09:00", 24, "2026-03-28T09:00"),
        ("2026-03-30T09:00", 24, "2026-03-29T09:00"),
        ("2026-10-25T09:00", 24, "2026-10-24T09:00"),
        ("2026-10-26T09:00", 24, "2026-10-25T09:00"),
        # Two hours before ten is at eight, before nine it would be at seven: that goes the evening before.
        ("2026-03-12T10:00", 2, "2026-03-12T08:00"),
        ("2026-03-12T08:30", 2, "2026-03-11T19:50"),
        # Half past seven is quiet; eight is early enough for the day after.
        ("2026-03-12T07:30", 24, "2026-03-11T08:00"),
        ("2026-03-12T21:00", 24, "2026-03-12T08:00"),
        ("2026-03-12T22:00", 2, "2026-03-12T19:50"),
    ],
)
def test_when_a_reminder_goes_by_the_clock_on_the_wall(starts: str, hours: int, goes: str) -> None:
    at = datetime.fromisoformat(starts).replace(tzinfo=LONDON).astimezone(UTC)
    assert (
        reminding.due_at(at, hours, RULES, LONDON).replace(tzinfo=None).isoformat(timespec="minutes") == goes
    )


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    ahead=st.integers(0, 365 * 24 * 60),
    hours=st.integers(1, 336),
    quiet=st.tuples(st.times(), st.times()),
)
def test_no_reminder_is_due_after_its_appointment(ahead: int, hours: int, quiet: tuple[time, time]) -> None:
    rules = RemindersPart(quiet_from=quiet[0], quiet_until=quiet[1])
    at = (MORNING + timedelta(minutes=ahead)).astimezone(LONDON)
    assert reminding.due_at(at, hours, rules, LONDON).astimezone(UTC) < at.astimezone(UTC)


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(1, 96)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
        st.tuples(st.just("send"), st.just(0)),
    ),
    max_size=10,
)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(deeds=DEEDS)
def test_whatever_happens_nothing_is_said_of_what_is_not_there_and_nothing_twice(
    world: Place, tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, int]]
) -> None:
    here, folder = world, tmp_path_factory.mktemp("sent")
    with clock.held_at(MORNING):
        booking = here.booking(TOMORROW + timedelta(days=1), person=here.person())
    now, standing = MORNING, TOMORROW + timedelta(days=1)
    known: dict[str, datetime | None] = {}
    leader = here.member("leader")
    for what, number in deeds:
        with clock.held_at(now):
            try:
                if what == "move":
                    with as_actor(leader):
                        version = Booking.objects.get(id=booking.id).version
                        diary.move(
                            leader,
                            booking.id,
                            starts=now + timedelta(hours=number),
                            version=version,
                            key=None,
                        )
                    standing = now + timedelta(hours=number)
                elif what == "cancel":
                    acting(leader, diary.cancel, booking.id, key=None)
                    standing = None  # type: ignore[assignment]
                elif what == "wait":
                    now += timedelta(hours=number)
            except Refused:
                continue
        remind(here, now)
        if what == "send":
            send(here, folder, now)
            for file in (folder / "outbox").glob("*"):
                known.setdefault(file.name, standing)
    with as_system(here.system):
        rows = list(Reminder.objects.filter(booking_id=booking.id))
    assert len(
        {
            (one.about, one.hours, one.starts)
            for one in rows
            if one.state == "written" and one.about == "before"
        }
    ) == len([one for one in rows if one.state == "written" and one.about == "before"])
    for one in rows:
        name = f"{one.message_id}.txt"
        if name in known:
            assert one.about == "cancelled" if known[name] is None else one.starts == known[name]
