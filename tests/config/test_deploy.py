"""The units that operations are given run commands that there are, as the documents say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kohti.config.command import parser

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
KOHTI = "/opt/kohti/bin/kohti "


def lines_of(path: Path, key: str) -> list[str]:
    """What a unit says under a key, however often."""
    return [
        line.partition("=")[2] for line in path.read_text("utf-8").splitlines() if line.startswith(f"{key}=")
    ]


def commands_of(path: Path) -> list[list[str]]:
    """Every `kohti …` that a unit runs, also within a shell."""
    said = " ; ".join([*lines_of(path, "ExecStart"), *lines_of(path, "ExecStartPost")])
    parts = re.findall(rf"{re.escape(KOHTI)}((?:\"\$\([^)]*\)\"|[^;&'])*)", said)
    return [shlex.split(part.replace("%i", "8001")) for part in parts]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_runs_commands_that_there_are(path: Path) -> None:
    commands = commands_of(path)
    assert commands
    for words in commands:
        assert callable(parser().parse_args(words).run)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_keeps_its_folder_to_its_user(path: Path) -> None:
    assert lines_of(path, "StateDirectoryMode") == ["0700"]
    assert lines_of(path, "UMask") == ["0077"]
    assert lines_of(path, "ProtectSystem") == ["strict"]


def test_what_must_run_is_started_again_however_long_the_database_is_away() -> None:
    for name in ("kohti-web@.service", "kohti-worker.service"):
        assert lines_of(UNITS / name, "Restart") == ["always"]
        assert lines_of(UNITS / name, "StartLimitIntervalSec") == ["0"]


def test_the_page_about_one_machine_names_every_unit() -> None:
    page = (UNITS.parents[1] / "docs" / "operations" / "one-machine.md").read_text("utf-8")
    for path in (*SERVICES, *UNITS.glob("*.timer")):
        assert path.stem.rstrip("@") in page
