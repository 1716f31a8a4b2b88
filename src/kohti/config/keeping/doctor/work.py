"""Whether work gets done: the worker, the outbox, backups, and the settings of a place where people are real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path
from typing import Any

import psycopg

from kohti.config.keeping import backup
from kohti.kernel import clock

from .finding import Finding, good, look, value, wrong

WORKER_SILENT = timedelta(minutes=1)
WAITING_LONG = timedelta(minutes=10)
MESSAGE_STUCK = timedelta(minutes=20)
BACKUP_OLD = timedelta(hours=26)


def worker(owner: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Whether a worker is at work, and what waits for it or failed."""
    about = _("worker")
    row = owner.execute(
        "select clock_timestamp() - max(last_heartbeat) from procrastinate_workers"
    ).fetchone()
    silent: timedelta | None = row[0] if row else None
    if silent is None or silent > WORKER_SILENT:
        yield wrong(
            about,
            _("none is at work"),
            _("Start `kohti worker`: without it days do not close, history is not sealed, nothing is sent."),
        )
    else:
        yield good(about, _("at work"))
    row = owner.execute(
        "select count(*), max(clock_timestamp() - coalesce(j.scheduled_at,"
        " (select min(e.at) from procrastinate_events e where e.job_id = j.id)))"
        " from procrastinate_jobs j where j.status = 'todo'"
        " and (j.scheduled_at is null or j.scheduled_at < clock_timestamp())"
    ).fetchone()
    waiting, longest = row or (0, None)
    about = _("work that waits")
    found = _("%(count)s jobs, the oldest for %(minutes)s minutes") % {
        "count": waiting,
        "minutes": int((longest or timedelta()) / timedelta(minutes=1)),
    }
    if longest is not None and longest > WAITING_LONG:
        yield wrong(about, found, _("Start a worker, or more of them; look at its log."))
    else:
        yield good(about, found)
    failed = int(value(owner, "select count(*) from procrastinate_jobs where status = 'failed'") or 0)
    about = _("work that failed")
    if failed:
        yield look(
            about, _("%(count)s jobs") % {"count": failed}, _("The worker's log says why (job.failed).")
        )
    else:
        yield good(about, _("none"))


def outbox(owner: psycopg.Connection[Any], data: Path, sample: bool) -> Iterator[Finding]:
    """Whether messages leave, and nobody else reads those that are kept in a folder."""
    about = _("outbox")
    row = owner.execute(
        "select count(*), max(clock_timestamp() + i.clock_offset_us * interval '1 microsecond' - m.not_before)"
        " from kernel_message m, kernel_installation i where m.state = 'queued' and m.not_before <"
        " clock_timestamp() + i.clock_offset_us * interval '1 microsecond'"
    ).fetchone()
    waiting, longest = row or (0, None)
    unknown = int(value(owner, "select count(*) from kernel_message where state = 'unknown'") or 0)
    if longest is not None and longest > MESSAGE_STUCK:
        yield wrong(
            about,
            _("%(count)s messages wait, the oldest for %(minutes)s minutes")
            % {"count": waiting, "minutes": int(longest / timedelta(minutes=1))},
            _(
                "See that a worker runs and that the servers of KOHTI_MAIL_URL and KOHTI_SMS_URL can be reached."
            ),
        )
    elif unknown:
        yield look(
            about,
            _("%(count)s messages may have been sent or not") % {"count": unknown},
            _(
                "Somebody who knows the person decides on the page of the outbox; nothing is sent twice by itself."
            ),
        )
    else:
        yield good(about, _("%(count)s messages wait") % {"count": waiting})
    folder = data / "outbox"
    about = _("mail folder")
    if folder.is_dir() and folder.stat().st_mode & 0o077:
        yield wrong(
            about,
            _("others on this machine can read %(folder)s") % {"folder": folder},
            _("Run `chmod 700 %(folder)s`: letters to people are in it.") % {"folder": folder},
        )
    elif not sample and not os.environ.get("KOHTI_MAIL_URL"):
        yield look(
            about,
            _("mail is written into %(folder)s; nothing leaves this machine") % {"folder": folder},
            _("Set KOHTI_MAIL_URL to your mail server."),
        )
    else:
        yield good(about, _("as it should be"))


def last_backup(data: Path, sample: bool) -> Finding:
    """How old the last backup is, and whether it is still where it was put."""
    about, told = _("backup"), backup.last(data)
    if told is None:
        if sample:
            return good(about, _("none; the people are invented"))
        return look(
            about,
            _("none was made from this data folder"),
            _(
                "Run `kohti backup` every night (docs/operations), or be sure that whoever runs PostgreSQL does."
            ),
        )
    age = clock.real_now() - datetime.fromisoformat(told["made_at"])
    found = _("%(file)s, %(hours)s hours old") % {
        "file": told["file"],
        "hours": int(age / timedelta(hours=1)),
    }
    if age > BACKUP_OLD and not sample:
        return look(about, found, _("Look why last night's was not made (systemctl status kohti-backup)."))
    if not Path(told["file"]).exists():
        return look(about, _("%(file)s is gone") % told, _("Be sure that it was moved somewhere safe."))
    return good(about, found)


def settings(sample: bool) -> Iterator[Finding]:
    """Whether the settings are fit for a place where people are real."""
    about = _("settings")
    if sample:
        yield good(about, _("the people are invented: anything goes"))
        return
    faults: list[tuple[str, str]] = []
    if os.environ.get("KOHTI_HTTPS", "") != "1":
        faults.append(
            (
                _("pages are not held to https"),
                _("Put a proxy with TLS before the web and set KOHTI_HTTPS=1."),
            )
        )
    if "KOHTI_HOSTS" not in os.environ:
        faults.append((_("nobody said under which name it is reached"), _("Set KOHTI_HOSTS.")))
    if os.environ.get("KOHTI_DEBUG", "") == "1":
        faults.append((_("errors are printed with values of people"), _("Take KOHTI_DEBUG away.")))
    if os.environ.get("KOHTI_REQUIRE_CODE", "1") != "1":
        faults.append((_("people work without a second factor"), _("Take KOHTI_REQUIRE_CODE away.")))
    for found, do in faults:
        yield wrong(about, found, do)
    if not faults:
        yield good(about, _("as they should be where people are real"))
