"""The sample: five services, each with one centre whose 11 March 2026 is lived until mid-morning.

Everything here is invented, and made by the product's own actions.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from django.contrib.auth.hashers import ScryptPasswordHasher

from kohti.config import services
from kohti.diary import actions as diary
from kohti.frontdesk.replay import Colleague, Day, read_walk_ins
from kohti.kernel import actor as actors
from kohti.kernel import blueprint, clock, names
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotThere
from kohti.team import actions as team
from kohti.team.models import Centre, Membership, Staff, User

from . import directory, morning, out_there, referring, rotas, shared, together, ways
from .around import Around
from .places import CHELTENHAM, SAMPLED, Sampled

DAY = date(2026, 3, 11)
STANDS_AT = datetime(2026, 3, 11, 10, 42, tzinfo=UTC)
BEFORE = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
HIRED = datetime(2025, 9, 8, 6, 0, tzinfo=UTC)
SEED = 11
FILES = resources.files("kohti.config") / "sample"
DIARY, LOG = CHELTENHAM.diary, CHELTENHAM.log

Say = Callable[[str], None]


def file(name: str) -> bytes:
    """One of the sample's files."""
    return (FILES / name).read_bytes()


def username(role: str, centre: str) -> str:
    """The sign-in name of a sample account."""
    return f"{role}.{centre}"


def member_of(
    actor: Actor, full_name: str, *, role: str, centre: str, organisation: str, starts: datetime | None = None
) -> Actor:
    """A colleague without a password of their own yet, ready to act; from the first day on unless said otherwise."""
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
            starts=starts or min(HIRED, clock.now()),
        )
        member = actors.member(made.id)
    assert member is not None
    return member


def at_work(
    actor: Actor, centre: Centre, *, staff: int | None = None, here: Sampled = CHELTENHAM
) -> list[Colleague]:
    """Colleagues to live the day: each coach of the diary, the desk, the partners; at most `staff` of them.

    Every colleague gets a membership of their own and acts under it. Where some coaches are away, the desk
    stands in for them. The last one is at the door.
    """
    with as_actor(actor):
        coaches = list(Staff.objects.filter(centre_id=centre.id).order_by("sort_key", "id"))
    people: list[tuple[str, str, tuple[str, ...], str]] = [
        (coach.full_name, here.coach, (), here.organisation) for coach in coaches
    ]
    people += [(name, role, (stream,), organisation) for name, role, organisation, stream in here.partners]
    people += [(name, here.host, here.desk_streams, here.organisation) for name in here.desk]
    whole = len(people)
    if staff is not None and staff < whole:
        people = people[-max(staff, 1) :]
    everything = tuple(dict.fromkeys((*here.desk_streams, *(one[3] for one in here.partners))))
    short = staff is not None and staff < whole
    out = [
        Colleague(
            member_of(actor, name, role=role, centre=centre.code, organisation=organisation),
            everything if short else streams,
            short or role == here.host,
        )
        for name, role, streams, organisation in people
    ]
    for n in range(whole, staff or 0):
        out.insert(
            0,
            Colleague(
                member_of(
                    actor,
                    f"Colleague {n + 1}",
                    role=here.host,
                    centre=centre.code,
                    organisation=here.organisation,
                ),
                everything,
                True,
            ),
        )
    return [replace(one, desk=str(number)) for number, one in enumerate(out, 1)]


def service_of(centre: str) -> Sampled:
    """The service of the sample that has this centre. Raises NotThere."""
    for here in SAMPLED:
        if centre in {one.code for one in blueprint.read(services.shipped(here.service)).centres}:
            return here
    raise NotThere(f"no centre {centre}")


def load(data: Path, say: Say) -> None:
    """Make the sample in an empty installation, up to `STANDS_AT`."""
    accounts = []
    for here in SAMPLED:
        accounts += _live(here, data, say)
    _keep(data, accounts)


def _live(here: Sampled, data: Path, say: Say) -> list[dict[str, str]]:
    """Make one service of the sample and live the day of its centre; returns its accounts."""
    say(_("making %(service)s") % {"service": here.service})
    with clock.held_at(HIRED):
        actor = services.apply(services.shipped(here.service), name=f"{here.service}.toml")
        with as_actor(actor):
            centre = Centre.objects.get(service_id=actor.service, code=here.centre)
    actor = replace(actor, centre_id=centre.id)
    ways.register(actor, centre.id, here, file(here.diary), str(actor.facts["country"]))
    with clock.held_at(BEFORE), as_actor(actor):
        result = diary.apply_file(actor, centre.id, file(here.diary), filename=here.diary)
    say(
        _(
            "%(importable)s appointments of 11 March 2026 in %(name)s; %(refused)s lines "
            "refused, each with its reason"
        )
        % {"importable": result.importable, "name": centre.name, "refused": len(result.refused)}
    )
    with clock.held_at(HIRED):
        colleagues = at_work(actor, centre, here=here)
    if here is CHELTENHAM:
        morning.elsewhere(actor, member_of, DAY, until=STANDS_AT, seed=SEED)
    with clock.held_at(HIRED):
        accounts = _accounts(actor, here)
    begun = ways.live(actor, here)
    shared.live(actor, here)
    together.live(actor, here)
    say(_("%(number)s people on their way there") % {"number": begun})
    beside = Around(here, actor, colleagues, SEED)
    beside.live(data)
    out_there.live(actor, here)
    directory.fill(beside.leader, here, today=STANDS_AT)
    referring.live(actor, here, beside.leader)
    day = Day(actor, centre.id, DAY, beside.at_work, SEED, until=STANDS_AT)
    day.live(read_walk_ins(file(here.log), DAY, actor))
    morning.in_every_state(day, STANDS_AT, beside.told, beside.leader)
    rotas.keep(here.service, here.centre, beside.leader, actor, member_of, hired=HIRED, noted=BEFORE)
    say(_("lived the morning until %(time)s there") % {"time": f"{STANDS_AT.astimezone(actor.zone):%H:%M}"})
    return accounts


def _accounts(actor: Actor, here: Sampled) -> list[dict[str, str]]:
    """Sample accounts to sign in with, each with a password of its own."""
    out = []
    for role, full_name, centre, organisation in here.accounts:
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        name = username(role, centre)
        with as_actor(DOOR), as_actor(actor):
            lived = Membership.objects.filter(
                service_id=actor.service, staff__full_name=full_name, role__code=role, centre__code=centre
            ).first()
            if lived is None:
                team.add_member(
                    actor,
                    username=name,
                    password_hash=_hash_of(password),
                    full_name=full_name,
                    role=role,
                    centre=centre,
                    organisation=organisation,
                    starts=HIRED,
                )
            else:
                # Who lived the day is the one to sign in as.
                with as_actor(DOOR):
                    User.objects.filter(id=lived.user_id).update(username=name, password=_hash_of(password))
        out.append(
            {"service": here.service, "role": role, "centre": centre, "name": name, "password": password}
        )
    return out


def _hash_of(password: str) -> str:
    """A quick hash, where slow ones would double the time the sample takes.

    72 random bits are not guessed, however fast each guess is checked; whoever signs in gets a slow one.
    """
    hasher = ScryptPasswordHasher()
    return str(hasher.encode(password, hasher.salt(), n=2**4))


def _keep(data: Path, accounts: list[dict[str, str]]) -> None:
    path = data / "sample-accounts.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(accounts, out, indent=1)


def accounts(data: Path) -> list[dict[str, str]]:
    """The sample accounts with their passwords. Raises FileNotFoundError where there is no sample."""
    found: list[dict[str, str]] = json.loads((data / "sample-accounts.json").read_text())
    return found
