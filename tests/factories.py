"""What tests start from, made by the product's own actions in a service of its own."""

from __future__ import annotations

import contextvars
import itertools
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from django.db import connections
from django.test import Client

from kohti.config import services
from kohti.diary import actions as diary
from kohti.diary.models import Booking, Kind, Offer, Wish
from kohti.frontdesk.models import Reason
from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.team import actions as team
from kohti.team.devices import SetUp
from kohti.team.models import Centre, Organisation, Staff, User

MORNING = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 11)
HIRED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"

_count = itertools.count(1)
T = TypeVar("T")


@contextmanager
def as_worker() -> Iterator[None]:
    """Ask the database as the worker's role, as jobs and commands do."""
    web = connections["default"]
    connections["default"] = connections["worker"]
    try:
        yield
    finally:
        connections["default"] = web


@contextmanager
def as_system(actor: Actor) -> Iterator[Actor]:
    """Act as a service's own housekeeping."""
    with as_worker(), as_actor(actor):
        yield actor


@dataclass
class Place:
    """A service of a test's own, with seven centres; `centre` is Cheltenham, `other` Gloucester."""

    system: Actor
    centre: Centre
    other: Centre
    kinds: dict[str, Kind]
    reasons: dict[str, Reason]
    members: dict[tuple[str, str], Actor] = field(default_factory=dict)
    devices: dict[str, SetUp] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    links: dict[str, tuple[uuid.UUID, uuid.UUID]] = field(default_factory=dict)

    def member(
        self, role: str, *, centre: str = "cheltenham", name: str = "", organisation: str = "jobcentre"
    ) -> Actor:
        """A colleague in a role: host, coach, leader, partner, administrator. The same one when asked again unnamed."""
        if not name and (role, centre) in self.members:
            return self.members[role, centre]
        made = self.hire(
            role,
            centre=centre,
            name=name or f"{role.title()} Number{next(_count)}",
            organisation=organisation,
        )
        if not name:
            self.members[role, centre] = made
        return made

    def hire(
        self,
        role: str,
        *,
        centre: str,
        name: str,
        password_hash: str = team.NO_PASSWORD,
        organisation: str = "jobcentre",
    ) -> Actor:
        """A new colleague with an account."""
        with as_worker(), as_actor(self.system) as system:
            membership = team.add_member(
                system,
                username=f"user{next(_count)}.{uuid.uuid4().hex[:8]}",
                password_hash=password_hash,
                full_name=name,
                role=role,
                centre=centre,
                organisation=organisation,
                starts=HIRED,
            )
            made = actors.member(membership.id)
        assert made is not None
        return made

    def organisation(self, code: str) -> uuid.UUID:
        """An organisation of the service."""
        with as_system(self.system) as system:
            return Organisation.objects.get(service_id=system.service, code=code).id

    def person(self, name: str = "", *, centre: Centre | None = None, born: date | None = None) -> Person:
        """Somebody this service knows."""
        with as_system(self.system) as system:
            return people.register(
                system,
                (centre or self.centre).id,
                [
                    NewPerson(
                        full_name=name or f"Person Number{next(_count)}",
                        date_of_birth=born,
                        phone="07700 900123",
                        email="somebody@example.org",
                    )
                ],
            )[0]

    def booking(
        self,
        starts: datetime | None = None,
        *,
        minutes: int = 10,
        person: Person | None = None,
        staff_id: uuid.UUID | None = None,
        room_id: uuid.UUID | None = None,
        centre: Centre | None = None,
        kind: str = "work-search-review",
        reference: str = "",
    ) -> Booking:
        """An appointment, at ten past ten unless said otherwise."""
        someone = person or self.person(centre=centre)
        with as_system(replace(self.system, centre_id=(centre or self.centre).id)) as system:
            return diary.book(
                system,
                (centre or self.centre).id,
                [
                    diary.NewBooking(
                        starts=starts or MORNING + timedelta(minutes=10),
                        minutes=minutes,
                        kind_id=self.kinds[kind].id,
                        person_id=someone.id,
                        staff_id=staff_id,
                        room_id=room_id,
                        reference=reference,
                    )
                ],
            )[0]

    def staff(self, name: str = "", *, centre: Centre | None = None) -> Staff:
        """A colleague without an account."""
        full_name = name or f"Colleague Number{next(_count)}"
        with as_system(self.system) as system:
            return next(iter(team.find_or_name(system, (centre or self.centre).id, [full_name]).values()))


def an_offer(here: Place, wish_id: uuid.UUID, *, starts: datetime | None = None) -> Offer:
    """An earlier time that was offered to whoever waits for one, and that they did not want.

    With `starts` one of their own colleague's, to which they can still say yes or no.
    """
    is_open = starts is not None
    starts = starts or MORNING + timedelta(seconds=next(_count))
    staff_id = here.member("leader").staff_id
    assert staff_id is not None
    with as_system(here.system):
        wish = Wish.objects.select_related("booking").get(id=wish_id)
        assert wish.booking is not None
        return Offer.objects.create(
            service_id=wish.service_id,
            centre_id=wish.centre_id,
            wish_id=wish.id,
            person_id=wish.person_id,
            booking_id=wish.booking_id,
            kind_id=wish.booking.kind_id,
            staff_id=(is_open and wish.booking.staff_id) or staff_id,
            starts=starts,
            ends=starts + timedelta(minutes=10),
            at=MORNING,
            until=starts if is_open else MORNING,
            state=Offer.State.OPEN if is_open else Offer.State.NO,
            message_id=uuid.uuid4(),
        )


def place(code: str = "", *, more: str = "") -> Place:
    """A new service with the words of Gloucestershire, and with `more` of a blueprint."""
    code = code or f"s{uuid.uuid4().hex[:10]}"
    text = (
        services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1) + more
    )
    with as_worker():
        system = services.apply(text, name="test.toml")
        with as_actor(system):
            centres = {centre.code: centre for centre in Centre.objects.filter(service_id=system.service)}
            kinds = {kind.code: kind for kind in Kind.objects.filter(service_id=system.service)}
            reasons = {reason.code: reason for reason in Reason.objects.filter(service_id=system.service)}
    centre = centres["cheltenham"]
    return Place(replace(system, centre_id=centre.id), centre, centres["gloucester"], kinds, reasons)


def browser_of(actor: Actor | None, *, htmx: bool = False) -> Client:
    """A test client signed in as a member, one-time code given, or as nobody."""
    client = Client(headers={"HX-Request": "true"} if htmx else None)
    if actor is not None:
        with as_actor(DOOR):
            client.force_login(User.objects.get(id=actor.facts["user_id"]))
            session = client.session
            session["membership"] = str(actor.member_id)
            session["code"] = True
            session.save()
    return client


def in_threads(number: int, work: Callable[[int], T], *, at_once: int = 16) -> list[T | Exception]:
    """Do the same work in many threads at the same moment; what each gave, or the error it raised.

    Each thread has database connections of its own and the clock of the test.
    """

    def one(index: int) -> T | Exception:
        try:
            return work(index)
        except Exception as trouble:
            return trouble

    everybody = Barrier(at_once)

    def forget_connections() -> None:
        everybody.wait(60)  # one for each thread, so that none is left with its connection
        connections.close_all()

    with ThreadPoolExecutor(at_once) as pool:
        waiting = [pool.submit(contextvars.copy_context().run, one, index) for index in range(number)]
        results = [one_result.result() for one_result in waiting]
        for done in [pool.submit(forget_connections) for _ in range(at_once)]:
            done.result()
    return results


def acting(actor: Actor, action: Callable[..., T], *about: object, **how: object) -> T:
    """One action as `actor`, in a transaction of its own."""
    with as_actor(actor):
        return action(actor, *about, **how)
