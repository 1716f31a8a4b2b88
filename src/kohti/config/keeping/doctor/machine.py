"""The machine without a database: data folder, disk, secrets, clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

from kohti.kernel import clock

from .finding import Finding, good, look, wrong

LITTLE_SPACE, NO_SPACE = 2_000_000_000, 300_000_000
SANE_YEARS = range(2026, 2100)


def of_the_machine(data: Path) -> Iterator[Finding]:
    """What can be asked without a database."""
    yield _folder(data)
    if data.is_dir():
        yield _space(data)
        yield _secrets(data)
    yield _year()


def _folder(data: Path) -> Finding:
    about = _("data folder")
    if not data.is_dir():
        return wrong(
            about, _("%(data)s is not there") % {"data": data}, _("Set KOHTI_DATA, or run `kohti migrate`.")
        )
    if not os.access(data, os.W_OK | os.X_OK):
        return wrong(
            about,
            _("%(data)s cannot be written to") % {"data": data},
            _("Give it to the user that Kohti runs as."),
        )
    if data.stat().st_mode & 0o066:
        return look(
            about,
            _("others on this machine may look into %(data)s") % {"data": data},
            _("Run `chmod go-rw %(data)s`.") % {"data": data},
        )
    return good(about, str(data))


def _space(data: Path) -> Finding:
    about, free = _("disk space"), shutil.disk_usage(data).free
    found = _("%(free)s MB free at %(data)s") % {"free": f"{free // 1_000_000:,}", "data": data}
    if free < NO_SPACE:
        return wrong(about, found, _("Make room now: the database stops when the disk is full."))
    if free < LITTLE_SPACE:
        return look(about, found, _("Make room, or move old backups away."))
    return good(about, found)


def _secrets(data: Path) -> Finding:
    about, path = _("secrets"), data / "secrets.json"
    if not path.exists():
        if "KOHTI_SECRET_KEY" in os.environ:
            return good(about, _("in the environment"))
        return look(about, _("not made yet"), _("`kohti migrate` makes them."))
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return wrong(
            about,
            _("others on this machine can read %(path)s (%(mode)s)") % {"path": path, "mode": f"{mode:o}"},
            _("Run `chmod 600 %(path)s`, and think about who may have read it.") % {"path": path},
        )
    return good(about, _("%(path)s, for its user alone") % {"path": path})


def _year() -> Finding:
    about, now = _("this machine's clock"), clock.real_now()
    if now.year not in SANE_YEARS:
        return wrong(
            about,
            _("it says %(now)s") % {"now": now.isoformat(timespec="seconds")},
            _(
                "Set the clock and keep it set (timedatectl set-ntp true). Times of changes and seals depend on it."
            ),
        )
    return good(about, now.isoformat(timespec="seconds"))
