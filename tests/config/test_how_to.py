"""docs/how-to/write-a-blueprint.md, followed to the letter: a sixth service that works in all rooms there are."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.config.cli import SOURCE, data_folder
from tests.factories import HIRED, MORNING, as_system, as_worker, browser_of

from kohti.config import addresses, housekeeping, starter
from kohti.diary.models import Booking
from kohti.frontdesk.models import Reason, Visit
from kohti.kernel import actor as actors
from kohti.kernel import blueprint, clock
from kohti.kernel.actor import Actor, as_actor
from kohti.team import actions as team
from kohti.team import queries
from kohti.team.models import Centre, Service

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-blueprint.md"
BLOCK = re.compile(r"^```(sh|toml|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Reader:
    """Somebody who follows the page: a folder to stand in, a data folder, what the commands said."""

    here: Path
    data: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def blueprint(self) -> Path:
        """The file they write."""
        return self.data / "blueprints" / "riverside.toml"

    def run(self, line: str, *, code: int = 0) -> str:
        """Type a command as the page has it."""
        program, *words = shlex.split(line)
        assert program == ".venv/bin/kohti"
        done = subprocess.run(
            [sys.executable, "-m", "kohti.config.command", *words],
            cwd=self.here,
            env=os.environ | {"PYTHONPATH": str(SOURCE), "KOHTI_DATA": str(self.data)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, f"{line} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        self.said[line] = done.stdout
        return done.stdout

    def follow(self, part: str) -> None:
        """Do what the blocks of a part of the page say, in order."""
        for kind, text in BLOCK.findall(part):
            if kind == "sh":
                for line in text.splitlines():
                    self.run(line)
            elif kind == "toml":
                self.blueprint.write_text(f"{self.blueprint.read_text('utf-8')}\n{text}", "utf-8")
            else:
                (self.here / "riverside.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def parts() -> tuple[str, str]:
    """The page up to where the service works, and what it says about changing it later."""
    first, later = PAGE.read_text("utf-8").split("## 6. Change it later")
    return first, later


@pytest.fixture(scope="module")
def reader(parts: tuple[str, str]) -> Iterator[Reader]:
    """Somebody who has followed the page and has a service, in the database of this run."""
    with data_folder() as data, pytest.MonkeyPatch.context() as patch:
        secrets = (addresses.data_folder() / "secrets.json").read_bytes()
        (data / "secrets.json").write_bytes(secrets)
        patch.setenv("DATABASE_URL", addresses.owner_url())
        one = Reader(data, data)
        with clock.held_at(MORNING):
            one.follow(parts[0])
        yield one


@pytest.fixture
def system(reader: Reader) -> Actor:
    """The service's housekeeping, at its centre."""
    with as_worker():
        for actor in housekeeping.services():
            with as_actor(actor):
                if Service.objects.get(id=actor.service).code == "riverside":
                    centre = Centre.objects.get(service_id=actor.service, code="riverside-centre")
                    return replace(actor, centre_id=centre.id)
    raise AssertionError("there is no such service")


def hire(system: Actor, role: str) -> Actor:
    """A colleague in one of the service's roles."""
    with as_system(system):
        made = team.add_member(
            system,
            username=f"{role}.riverside",
            password_hash=team.NO_PASSWORD,
            full_name=f"{role.title()} Riverside",
            role=role,
            centre="riverside-centre",
            organisation="host",
            starts=HIRED,
        )
        member = actors.member(made.id)
    assert member is not None
    return member


@pytest.mark.parametrize("language", starter.HOMES)
def test_a_new_file_is_in_order_in_every_language(language: str) -> None:
    plan = blueprint.read(starter.text("new", name='The "new" one', languages=[language]))
    assert plan.service.name == 'The "new" one'
    assert all(set(role.title) == {language} for role in plan.roles)


def test_the_page_is_true_and_its_service_works_in_every_room(
    reader: Reader, system: Actor, parts: tuple[str, str]
) -> None:
    apply = ".venv/bin/kohti blueprint apply riverside"
    assert "new      streams housing" in reader.said[f"{apply} --check"]
    assert "Riverside Work Café, version 1: riverside-centre" in reader.said[apply]
    assert "http" in next(said for line, said in reader.said.items() if "add-administrator" in line)
    host, coach, leader = (hire(system, role) for role in ("host", "coach", "leader"))

    # The import: two appointments of today, in the kinds that the file names.
    with as_system(system):
        found = dict(Booking.objects.filter(service_id=system.service).values_list("kind__code", "id"))
    assert set(found) == {"first", "follow-up"}

    # Check-in.
    page = browser_of(host)
    arrivals = page.get("/arrivals/").content.decode()
    assert "Iga Malinowska" in arrivals
    assert "Riverside Work Café" in arrivals
    assert page.post(f"/arrivals/{found['first']}/check-in/").status_code == 302

    # Walk-in, into the line that the page added.
    form = page.get("/arrivals/walk-in/").content.decode()
    assert "A question about rent" in form
    with as_actor(host):
        reason = Reason.objects.get(code="rent")
    walk_in = {"reason": str(reason.id), "given_name": "Marek", "key": str(uuid.uuid4())}
    assert page.post("/arrivals/walk-in/", walk_in).status_code == 302

    # Queue: both wait; the coach's next is called.
    queue = browser_of(coach).get("/queue/").content.decode()
    assert "H002" in queue
    assert "Housing advice" in queue
    with as_actor(host):
        states = set(Visit.objects.values_list("letter", "stream__code", "state"))
    assert states == {("A", "appointments", "waiting"), ("H", "housing", "waiting")}

    # Import from the screen, the team, and the words of its own.
    assert browser_of(leader).get("/diary/import/").status_code == 200
    assert "Jo Lindqvist" in browser_of(leader).get("/team/").content.decode()
    with as_actor(leader):
        plan = queries.blueprint(leader)
    assert plan.words["en"]["There is no customer name."] == "There is no guest's name."

    changed_later(reader, system, parts[1])


def test_the_fault_it_shows_is_the_one_that_would_be_told(parts: tuple[str, str]) -> None:
    text = starter.text("riverside", name="Riverside Work Café", languages=["en", "pl"])
    with pytest.raises(blueprint.BadBlueprint) as refused:
        blueprint.read(text.replace('scope = "centre"', 'scope = "center"'), name="riverside.toml")
    told = re.sub(r"line \d+", "line N", str(refused.value))
    assert told in re.sub(r"line \d+", "line N", parts[0])


def changed_later(reader: Reader, system: Actor, part: str) -> None:
    """The last part of the page: a kind that goes is refused as it says, and moved as it says."""
    with as_system(system):
        Booking.objects.filter(service_id=system.service, kind__code="follow-up").update(
            starts=clock.real_now() + timedelta(days=2), ends=clock.real_now() + timedelta(days=2, hours=1)
        )
    text = reader.blueprint.read_text("utf-8").replace('code = "follow-up"', 'code = "check-up"')
    reader.blueprint.write_text(text, "utf-8")
    refused = reader.run(".venv/bin/kohti blueprint apply riverside", code=1)
    assert refused.strip() in part
    reader.follow(part)
    reader.run(".venv/bin/kohti blueprint apply riverside")
    with as_system(system):
        kinds = set(Booking.objects.filter(service_id=system.service).values_list("kind__code", flat=True))
    assert kinds == {"first", "check-up"}
