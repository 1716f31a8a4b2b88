"""Broken links and lonely pages of the documentation are found."""

from __future__ import annotations

from pathlib import Path

from tools import docs


def test_what_does_not_hold_together_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("[tour](docs/README.md) [gone](docs/gone.md) `[no](link.md)`\n")
    (tmp_path / "docs" / "README.md").write_text("# Start here\n[page](page.md#a-heading-of-it)\n")
    (tmp_path / "docs" / "page.md").write_text("## A heading, of it\n[up](README.md#nowhere)\n")
    (tmp_path / "docs" / "lonely.md").write_text("# Alone\n")
    assert docs.problems(tmp_path) == [
        "README.md: docs/gone.md leads nowhere",
        "docs/page.md: README.md#nowhere names a heading that is not there",
        "docs/lonely.md: no way from docs/README.md leads here",
    ]
