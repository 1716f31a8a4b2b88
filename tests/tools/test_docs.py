"""The documentation holds together, and says what the code says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tools import docs

PAGES = docs.CHECKOUT / "docs"


def test_what_does_not_hold_together_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it_is_so() -> None: ...\n")
    (tmp_path / "README.md").write_text("[tour](docs/README.md) [gone](docs/gone.md) `[no](link.md)`\n")
    (tmp_path / "docs" / "README.md").write_text("# Start here\n[page](page.md#a-heading-of-it)\n")
    (tmp_path / "docs" / "page.md").write_text(
        "## A heading, of it\n[up](README.md#nowhere) `src/gone.py` `tests/test_it.py::test_it_is_so`"
        " `tests/test_it.py::test_it_was_so`\n"
    )
    (tmp_path / "docs" / "lonely.md").write_text("# Alone\n")
    assert docs.problems(tmp_path) == [
        "README.md: docs/gone.md leads nowhere",
        "docs/page.md: there is no src/gone.py",
        "docs/page.md: there is no test_it_was_so in tests/test_it.py",
        "docs/page.md: README.md#nowhere names a heading that is not there",
        "docs/lonely.md: no way from docs/README.md leads here",
    ]


def test_every_link_leads_somewhere_and_every_page_can_be_reached() -> None:
    assert docs.problems(docs.CHECKOUT) == []


def test_what_is_made_from_the_code_is_as_the_code_is_now() -> None:
    assert [page.name for page, _fresh in docs.out_of_date(docs.CHECKOUT)] == [], "run `make docs`"


def test_a_made_part_that_is_out_of_date_is_written_anew() -> None:
    page = "before\n<!-- made from the code: verbs -->\nold\n<!-- end -->\nafter\n"
    fresh = docs.as_made(page)
    assert fresh.startswith("before\n<!-- made from the code: verbs -->\n")
    assert fresh.endswith("\n<!-- end -->\nafter\n")
    assert "| `queue.call` | call, begin and finish visits |" in fresh
    assert "\nold\n" not in fresh
    assert docs.as_made(fresh) == fresh


def test_every_setting_that_the_code_reads_is_explained() -> None:
    source = "".join(file.read_text() for file in (docs.CHECKOUT / "src").rglob("*.py"))
    tests = "".join(file.read_text() for file in (docs.CHECKOUT / "tests").rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', source + tests))
    read = {name for name in read if name.startswith("KOHTI_") or name == "DATABASE_URL"}
    explained = set(re.findall(r"`(\w+)`", (PAGES / "reference" / "settings.md").read_text()))
    assert len(read) > 10
    assert sorted(read - explained) == []


def test_every_package_that_we_ask_for_has_its_line_and_licence() -> None:
    asked = tomllib.loads((docs.CHECKOUT / "pyproject.toml").read_text())
    wanted = [
        *asked["project"]["dependencies"],
        *(one for group in asked["dependency-groups"].values() for one in group),
    ]
    names = {re.split(r"[\[<>=]", name)[0] for name in wanted}
    text = (PAGES / "dependencies.md").read_text()
    lines = dict(re.findall(r"^\| ([a-z][a-z0-9-]*) \| .+ \| (\S.*) \|$", text, re.MULTILINE))
    lines.pop("package", None)
    assert set(lines) == names


def test_the_readme_shows_the_words_that_the_replay_prints() -> None:
    from kohti.frontdesk.replay import Outcome

    text = (docs.CHECKOUT / "README.md").read_text()
    printed = re.findall(r"^([a-z][a-z0-9 ]{17}) \S+$", text, re.MULTILINE)
    assert [name.strip() for name in printed] == [name.replace("_", " ") for name in Outcome().as_json()]
