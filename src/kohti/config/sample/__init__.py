"""The sample: Gloucestershire's seven jobcentres, and Cheltenham's 11 March 2026, lived until mid-morning.

Everything here is invented, and made by the product's own actions.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

from django.contrib.auth.hashers import make_password

from kohti.config import services
from kohti.diary import actions as diary
from kohti.frontdesk.replay import Colleague, Day, read_walk_ins
from kohti.kernel import actor as actors
from kohti.kernel import clock, names
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.team import actions as team
from kohti.team.models import Centre, Staff

DAY = date(2026, 3, 11)
STANDS_AT = datetime(2026, 3, 11, 10, 42, tzinfo=UTC)
BEFORE = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SEED = 11
FILES = resources.files("kohti.config") / "sample"
DIARY, LOG = "cheltenham-2026-03-11-diary.csv", "cheltenham-2026-03-11-walk-ins.csv"

ACCOUNTS = (
    ("host", "Priya Nair", "cheltenham", "jobcentre"),
    ("coach", "Sally Jones", "cheltenham", "jobcentre"),
    ("leader", "Margaret Whitlock", "cheltenham", "jobcentre"),
    ("administrator", "Owen Pryce", "cheltenham", "jobcentre"),
    ("host", "Tomasz Bielak", "gloucester", "jobcentre"),
    ("leader", "Helen Ashworth", "gloucester", "jobcentre"),
)
DESK = ("Aisha Rahman", "Callum Firth", "Priya Nair")
PARTNERS = (
    ("Ruth Oyelaran", "housing-body", "housing"),
    ("Gareth Lyle", "housing-body", "housing"),
    ("Nuala Keane", "advice-bureau", "advice"),
)

Say = Callable[[str], None]


def file(name: str) -> bytes:
    """One of the sample's files."""
    return (FILES / name).read_bytes()


def username(role: str, centre: str) -> str:
    """The sign-in name of a sample account."""
    return f"{role}.{centre}"


def _member(actor: Actor, full_name: str, *, role: str, centre: str, organisation: str) -> Actor:
    """A colleague without a password of their own yet, ready to act."""
    handle = f"{names.fold(full_name).replace(' ', '.')}.{centre}.{str(actor.service_id)[-6:]}"
    with as_actor(DOOR), as_actor(actor):
        made = team.add_member(
            actor,
            username=handle,
            password_hash=team.NO_PASSWORD,
            full_name=full_name,
            role=role,
            centre=centre,
            organisation=organisation,
            starts=min(HIRED, clock.now()),
        )
        member = actors.member(made.id)
    assert member is not None
    return member


def at_work(actor: Actor, centre: Centre, *, staff: int | None = None) -> list[Colleague]:
    """Colleagues to live the day: each coach of the diary, the desk, the partners; at most `staff` of them.

    Every colleague gets a membership of their own and acts under it. Where some coaches are away, the desk
    stands in for them. The last one is at the door.
    """
    with as_actor(actor):
        coaches = list(Staff.objects.filter(centre_id=centre.id).order_by("sort_key", "id"))
    people: list[tuple[str, str, tuple[str, ...], str]] = [
        (coach.full_name, "coach", (), "jobcentre") for coach in coaches
    ]
    people += [(name, "coach", (stream,), organisation) for name, organisation, stream in PARTNERS]
    people += [(name, "host", ("desk",), "jobcentre") for name in DESK]
    whole = len(people)
    if staff is not None and staff < whole:
        people = people[-max(staff, 1) :]
    everything = ("desk", "housing", "advice")
    short = staff is not None and staff < whole
    out = [
        Colleague(
            _member(actor, name, role=role, centre=centre.code, organisation=organisation),
            everything if short else streams,
            short or role == "host",
        )
        for name, role, streams, organisation in people
    ]
    for n in range(whole, staff or 0):
        out.insert(
            0,
            Colleague(
                _member(
                    actor, f"Colleague {n + 1}", role="host", centre=centre.code, organisation="jobcentre"
                ),
                everything,
                True,
            ),
        )
    return out


def load(data: Path, say: Say) -> None:
    """Make the sample in an empty installation, up to `STANDS_AT`."""
    say("making Gloucestershire's seven jobcentres")
    with clock.held_at(HIRED):
        actor = services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
        with as_actor(actor):
            centre = Centre.objects.get(service_id=actor.service, code="cheltenham")
    actor = replace(actor, centre_id=centre.id)
    say("importing Cheltenham's diary of 11 March 2026")
    with clock.held_at(BEFORE), as_actor(actor):
        result = diary.apply_file(actor, centre.id, file(DIARY), filename=DIARY)
    say(f"{result.importable} appointments; {len(result.refused)} lines refused, each with its reason")
    say("living the morning until 10:42")
    with clock.held_at(HIRED):
        colleagues = at_work(actor, centre)
        accounts = _accounts(actor, colleagues)
    day = Day(actor, centre.id, DAY, colleagues, SEED, until=STANDS_AT)
    day.live(read_walk_ins(file(LOG), DAY, actor))
    _keep(data, accounts)


def _accounts(actor: Actor, colleagues: Sequence[Colleague]) -> list[dict[str, str]]:
    """Sample accounts to sign in with, each with a password of its own."""
    out = []
    for role, full_name, centre, organisation in ACCOUNTS:
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        name = username(role, centre)
        with as_actor(DOOR), as_actor(actor):
            team.add_member(
                actor,
                username=name,
                password_hash=make_password(password),
                full_name=full_name,
                role=role,
                centre=centre,
                organisation=organisation,
                starts=HIRED,
            )
        out.append(
            {"service": "gloucestershire", "role": role, "centre": centre, "name": name, "password": password}
        )
    return out


def _keep(data: Path, accounts: list[dict[str, str]]) -> None:
    path = data / "sample-accounts.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(accounts, out, indent=1)


def accounts(data: Path) -> list[dict[str, str]]:
    """The sample accounts with their passwords. Raises FileNotFoundError where there is no sample."""
    found: list[dict[str, str]] = json.loads((data / "sample-accounts.json").read_text())
    return found
