"""A day lived through: the diary's people arrive, others walk in, colleagues call them, the centre closes.

Everything goes through the same actions as the screens, under the colleagues' own memberships, with the
product's clock held at each moment. What chance decides is drawn from a seeded generator, so that the same seed
lives the same day.

What is assumed, as nobody has measured it in these files:
- 8 of 100 do not come. The others come about four minutes before their time, two thirds of them within six
  minutes of that; walk-ins come when the door's log says. Who waits too long leaves, half of them before 80
  minutes; 2 of 100 called are not there.
- A talk takes what was planned for it, more often longer than shorter (log-normal, on average a twelfth more),
  and then some two minutes of writing up. A walk-in takes 8 minutes, a crisis 14.
- Colleagues are ready a few minutes after opening and take half an hour about noon, each at a time of their own,
  never in the middle of a talk. So appointments booked one right after the other run late, as they do.
"""

from __future__ import annotations

import heapq
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.diary import queries as diary
from kohti.diary.models import Booking
from kohti.kernel import clock, sheets
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.sheets import UnreadableSheet

from . import actions
from .models import Reason

NOBODY_COMES = 0.08
NOT_AT_THE_DESK = 0.02
LATENESS_MIN = (-4.0, 6.0)
PATIENCE_MIN = 80.0
LENGTH = (0.03, 0.3)
WRITE_UP_MIN = (0.5, 0.4)
READY_MIN = (4.0, 3.0)
WALK_IN_MIN, CRISIS_MIN = 8.0, 14.0
BREAKS = ((timedelta(hours=3), timedelta(hours=2), 30),)
"""From when after opening, begun within how long, and for how many minutes."""
MORNING = datetime(2000, 1, 1, tzinfo=UTC)
WALK_TO_THE_DESK = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who serves: their own appointments, the lines they take from, and where they sit."""

    actor: Actor
    streams: tuple[str, ...]
    stands_in: bool
    desk: str = ""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A line of the door's log."""

    at: datetime
    name: str
    reason: str
    note: str


@dataclass(slots=True)
class Outcome:
    """What happened on the day; waits in minutes, from arrival or the agreed time, whichever is later."""

    visits: int = 0
    seen: int = 0
    did_not_come: int = 0
    left: int = 0
    median_wait_min: float = 0.0
    p90_wait_min: float = 0.0
    longest_wait_min: float = 0.0
    tickets: int = 0
    distinct_tickets: int = 0
    open_at_close: int = 0
    history_verified: bool = False
    wall_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The outcome for a machine."""
        return asdict(self)


LOG = ("Arrived", "Name", "Reason", "Seen at the door")


def read_walk_ins(content: bytes, day: date, actor: Actor) -> list[WalkIn]:
    """The door's log of one day: Arrived, Name, Reason, Seen at the door. Raises UnreadableSheet."""
    sheet = sheets.read(content)
    missing = [column for column in LOG if column not in sheet.header]
    if missing:
        raise UnreadableSheet(
            _("The log of walk-ins has no column %(missing)s.") % {"missing": ", ".join(missing)},
            code="not-a-log",
        )
    out = []
    for row in sheet.rows:
        arrived, name, reason, note = (row.cells[column].strip() for column in LOG)
        try:
            at = datetime.combine(day, time.fromisoformat(arrived), actor.zone).astimezone(UTC)
        except ValueError as trouble:
            raise UnreadableSheet(
                _("Row %(row)s of the log of walk-ins: the time “%(time)s” cannot be read.")
                % {"row": row.number, "time": arrived},
                code="not-a-log",
            ) from trouble
        out.append(WalkIn(at, name, reason, note))
    return out


@dataclass(slots=True)
class _Here:
    """A visit under way."""

    visit_id: uuid.UUID
    staff_id: uuid.UUID | None
    stream: str
    minutes: float
    ticket: str
    crisis: bool = False
    state: str = "waiting"


@dataclass
class Day:
    """The simulation: a heap of what happens next, and who is free."""

    actor: Actor
    centre_id: uuid.UUID
    day: date
    colleagues: Sequence[Colleague]
    seed: int
    until: datetime | None = None
    said: Callable[[str], None] = lambda line: None
    heap: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    count: int = 0
    here: dict[uuid.UUID, _Here] = field(default_factory=dict)
    free: list[Colleague] = field(default_factory=list)
    due: dict[int, int] = field(default_factory=dict)
    now: datetime = MORNING

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        """Let something happen later."""
        self.count += 1
        heapq.heappush(self.heap, (when, self.count, what))

    def key(self) -> str:
        """A key for a press of a button."""
        return f"replay:{new_id()}"

    def live(self, walk_ins: Iterable[WalkIn]) -> None:
        """Live the day from opening to closing, or as far as `until`."""
        with (
            clock.held_at(datetime.combine(self.day, time(), self.actor.zone)),
            as_actor(self.actor),
        ):
            hours = diary.opening(self.centre_id, self.day, self.actor.zone)
            bookings = list(
                Booking.objects.filter(
                    centre_id=self.centre_id, day=self.day, state=Booking.State.BOOKED
                ).order_by("starts", "reference", "staff__sort_key", "person__sort_key", "id")
            )
            reasons = {
                words.casefold(): reason
                for reason in Reason.objects.select_related("stream").order_by("position")
                for words in (reason.code, *reason.in_files)
            }
        if hours is None:
            raise Refused(_("The centre is closed on this day."), code="closed")
        opens, closes = hours
        unknown = next(reason for reason in reversed(reasons.values()) if reason.urgency == 0)
        for booking in bookings:
            if self.random.random() < NOBODY_COMES:
                continue
            late = timedelta(minutes=self.random.gauss(*LATENESS_MIN))
            when = max(opens + timedelta(seconds=self.random.randrange(120)), booking.starts + late)
            if when < closes:
                self.at(when, lambda booking=booking: self.arrive(booking))  # type: ignore[misc]
        for one in walk_ins:
            reason = reasons.get(one.reason.casefold()) or unknown
            if opens <= one.at < closes:
                self.at(one.at, lambda one=one, reason=reason: self.walk_in(one, reason))  # type: ignore[misc]
        self.begin_work(opens)
        end = min(closes, self.until) if self.until else closes
        while self.heap and self.heap[0][0] < end:
            self.now, _n, what = heapq.heappop(self.heap)
            with clock.held_at(self.now):
                what()
        if not self.until:
            with clock.held_at(closes), as_actor(self.actor):
                actions.close_day(
                    self.actor, self.centre_id, self.day, key=f"close:{self.centre_id}:{self.day}"
                )

    def begin_work(self, opens: datetime) -> None:
        """Colleagues come to their desks, each with breaks of their own ahead."""
        for colleague in self.colleagues:
            ready = opens + timedelta(minutes=max(0.0, self.random.gauss(*READY_MIN)))
            self.at(ready, partial(self.release, colleague))
            for first, span, minutes in BREAKS:
                self.at(
                    opens + first + span * self.random.random(),
                    partial(self.take_a_break, colleague, minutes),
                )

    def take_a_break(self, colleague: Colleague, minutes: int) -> None:
        """Go now, or after the talk."""
        if colleague in self.free:
            self.free.remove(colleague)
            self.at(self.now + timedelta(minutes=minutes), partial(self.release, colleague))
        else:
            self.due[id(colleague)] = minutes

    def host(self) -> Actor:
        """Whoever stands at the door."""
        return self.colleagues[-1].actor

    def arrive(self, booking: Booking) -> None:
        """Somebody booked comes in."""
        with as_actor(self.host()) as host:
            moved = actions.check_in(host, booking.id, key=f"check-in:{booking.id}:{booking.version}")
        planned = (booking.ends - booking.starts) / timedelta(minutes=1)
        self.settle(_Here(moved.visit_id, booking.staff_id, "appointments", planned, moved.ticket))

    def walk_in(self, one: WalkIn, reason: Reason) -> None:
        """Somebody comes in without an appointment."""
        with as_actor(self.host()) as host:
            moved = actions.take_walk_in(
                host, reason.id, key=self.key(), given_name=one.name, door_note=one.note
            )
        minutes = CRISIS_MIN if reason.urgency == 2 else WALK_IN_MIN
        self.settle(
            _Here(moved.visit_id, None, reason.stream.code, minutes, moved.ticket, crisis=moved.urgency == 2)
        )

    def settle(self, visit: _Here) -> None:
        """They sit down and wait; a free colleague calls at once; patience ends some time."""
        self.here[visit.visit_id] = visit
        patience = timedelta(minutes=PATIENCE_MIN * self.random.lognormvariate(0, 0.5))
        self.at(self.now + patience, lambda: self.lose_patience(visit))
        self.wake()

    def wake(self) -> None:
        """Let free colleagues call whoever waits for them."""
        for colleague in list(self.free):
            self.call(colleague)

    def wanted(self, colleague: Colleague) -> bool:
        """Whether anybody waits whom this colleague would call."""
        return any(
            visit.state == "waiting"
            and (
                visit.staff_id == colleague.actor.staff_id
                if visit.staff_id in self.present
                else visit.stream in colleague.streams or (colleague.stands_in and visit.staff_id is not None)
            )
            for visit in self.here.values()
        )

    @property
    def present(self) -> set[uuid.UUID | None]:
        """The colleagues who are here today."""
        return {colleague.actor.staff_id for colleague in self.colleagues}

    def call(self, colleague: Colleague) -> None:
        """Call the next one, or one whose coach is away."""
        if not self.wanted(colleague):
            return
        with as_actor(colleague.actor) as actor:
            moved = actions.call_next(actor, streams=colleague.streams, key=self.key(), desk=colleague.desk)
            if moved is None and colleague.stands_in:
                alone = [
                    visit
                    for visit in self.here.values()
                    if visit.state == "waiting" and visit.staff_id and visit.staff_id not in self.present
                ]
                if alone:
                    moved = actions.call(actor, alone[0].visit_id, key=self.key(), desk=colleague.desk)
        if moved is None:
            return
        visit = self.here[moved.visit_id]
        visit.state = "called"
        self.free.remove(colleague)
        if self.random.random() < NOT_AT_THE_DESK:
            self.at(self.now + timedelta(minutes=3), lambda: self.nobody(colleague, visit))
        else:
            self.at(self.now + WALK_TO_THE_DESK, lambda: self.begin(colleague, visit))

    def nobody(self, colleague: Colleague, visit: _Here) -> None:
        """Called, and nobody came to the desk."""
        with as_actor(colleague.actor) as actor:
            actions.did_not_come(actor, visit.visit_id, key=self.key())
        del self.here[visit.visit_id]
        self.release(colleague)

    def begin(self, colleague: Colleague, visit: _Here) -> None:
        """The talk begins; its length is the planned one, more or less."""
        with as_actor(colleague.actor) as actor:
            actions.begin(actor, visit.visit_id, key=self.key())
        visit.state = "serving"
        minutes = max(2.0, visit.minutes * self.random.lognormvariate(*LENGTH))
        self.at(self.now + timedelta(minutes=minutes), lambda: self.finish(colleague, visit))

    def finish(self, colleague: Colleague, visit: _Here) -> None:
        """The talk is over; there is something to write up."""
        with as_actor(colleague.actor) as actor:
            if visit.crisis:
                helps = actions.NextHelp(what="colleague", name=str(actor.facts.get("name", "")))
                actions.say_next_help(actor, visit.visit_id, helps, key=self.key())
            actions.finish(actor, visit.visit_id, key=self.key())
        del self.here[visit.visit_id]
        minutes = self.random.lognormvariate(*WRITE_UP_MIN)
        self.at(self.now + timedelta(minutes=minutes), partial(self.release, colleague))

    def release(self, colleague: Colleague) -> None:
        """The colleague is free again, or goes for the break that is due."""
        minutes = self.due.pop(id(colleague), 0)
        if minutes:
            self.at(self.now + timedelta(minutes=minutes), partial(self.release, colleague))
            return
        self.free.append(colleague)
        self.call(colleague)

    def lose_patience(self, visit: _Here) -> None:
        """Whoever has waited too long goes home."""
        if visit.visit_id in self.here and visit.state == "waiting":
            with as_actor(self.host()) as host:
                actions.leave(host, visit.visit_id, key=self.key())
            del self.here[visit.visit_id]


def outcome(centre_id: uuid.UUID, day: date) -> Outcome:
    """Count a day out of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from (select min(p.starts) from frontdesk_period p"
            "   where p.visit_id = v.id and p.state = 'serving') - greatest(v.arrived_at, v.agreed_at)) / 60,"
            " v.letter, v.number, v.state"
            " from frontdesk_visit v where v.centre_id = %s and v.day = %s order by v.number",
            [centre_id, day],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "select count(*) from diary_booking where centre_id = %s and day = %s and state = 'missed'",
            [centre_id, day],
        )
        missed = int(cursor.fetchone()[0])
    waits = [max(0.0, float(row[0])) for row in rows if row[0] is not None]
    found = Outcome(
        visits=len(rows),
        seen=len(waits),
        did_not_come=missed + sum(row[3] == "absent" and row[1] != "A" for row in rows),
        left=sum(row[3] == "left" for row in rows),
        tickets=len(rows),
        distinct_tickets=len({(row[1], row[2]) for row in rows}),
        open_at_close=sum(row[3] in ("waiting", "called", "serving") for row in rows),
    )
    if waits:
        found.median_wait_min = round(median(waits), 1)
        found.p90_wait_min = round(quantiles(waits, n=10)[8] if len(waits) > 1 else waits[0], 1)
        found.longest_wait_min = round(max(waits), 1)
    return found
