"""What is wrong with an installation, in plain words, and what to do about it.

Each question looks at one thing and never changes anything. A finding is `good`; `look`, which works today but
should not stay; or `wrong`. What cannot be asked because something before it is wrong is left out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from psycopg import sql

from kohti.config import addresses
from kohti.kernel import clock, policies

from . import backup

OLDEST_SERVER = 150_000
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 300_000_000
CLOCKS_APART = timedelta(seconds=5)
SANE_YEARS = range(2026, 2100)
WORKER_SILENT = timedelta(minutes=1)
WAITING_LONG = timedelta(minutes=10)
MESSAGE_STUCK = timedelta(minutes=20)
BACKUP_OLD = timedelta(hours=26)
NEWS_TAKE_S = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `do` says what to do, where anything is to be done."""

    about: str
    state: Literal["good", "look", "wrong"]
    found: str
    do: str = ""


def good(about: str, found: str) -> Finding:
    """As it should be."""
    return Finding(about, "good", found)


def look(about: str, found: str, do: str) -> Finding:
    """Works, but should not stay so."""
    return Finding(about, "look", found, do)


def wrong(about: str, found: str, do: str) -> Finding:
    """Has to be mended."""
    return Finding(about, "wrong", found, do)


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


def of_the_database(data: Path, url: str) -> Iterator[Finding]:
    """What can be asked of the database as its owner, from its address on."""
    about = _("database")
    where = urlsplit(url)
    place = f"{where.hostname or 'localhost'}:{where.port or 5432}/{addresses.database_of(url)}"
    try:
        owner = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as trouble:
        yield wrong(
            about,
            _("%(place)s does not answer: %(why)s") % {"place": place, "why": _last_line(trouble)},
            _("Start PostgreSQL, or correct DATABASE_URL."),
        )
        return
    with owner:
        version = owner.info.server_version
        found = _("PostgreSQL %(version)s at %(place)s") % {
            "version": owner.info.parameter_status("server_version"),
            "place": place,
        }
        if version < OLDEST_SERVER:
            yield wrong(about, found, _("Update PostgreSQL: Kohti needs 15 or newer."))
            return
        yield good(about, found)
        yield _database_clock(owner)
        yield from _roles(owner, data)
        release = _release(owner)
        yield release
        if release.state == "wrong":
            return
        yield _policies(owner)
        sample = bool(_value(owner, "select sample from kernel_installation"))
        yield _products_clock(owner, sample)
        yield from _zones(owner)
        yield from _work(owner)
        yield from _outbox(owner, data, sample)
        yield _backup(data, sample)
        yield from _settings(sample)


def _value(owner: psycopg.Connection[Any], query: str) -> Any:
    row = owner.execute(query.encode()).fetchone()
    return row[0] if row else None


def _last_line(trouble: Exception) -> str:
    return next(
        reversed([line for line in str(trouble).splitlines() if line.strip()]), type(trouble).__name__
    )


def _database_clock(owner: psycopg.Connection[Any]) -> Finding:
    about = _("the two clocks")
    before = clock.real_now()
    theirs: datetime = _value(owner, "select clock_timestamp()")
    middle = before + (clock.real_now() - before) / 2
    apart = abs(theirs - middle)
    found = _("this machine and the database are %(seconds)s s apart") % {
        "seconds": f"{apart.total_seconds():.1f}"
    }
    if apart > CLOCKS_APART:
        return wrong(
            about,
            found,
            _("Keep both machines' clocks set (timedatectl set-ntp true): one of them is wrong."),
        )
    return good(about, found)


def _roles(owner: psycopg.Connection[Any], data: Path) -> Iterator[Finding]:
    about = _("database roles")
    rights = {
        str(row[0]): row[1:]
        for row in owner.execute(
            "select rolname, rolsuper or rolbypassrls, rolcreaterole or rolcreatedb, rolcanlogin,"
            " pg_has_role(oid, current_user, 'member')"
            " or exists (select 1 from pg_class c where c.relowner = r.oid and c.relnamespace ="
            "   'public'::regnamespace) from pg_roles r where rolname = any(%s)",
            ([policies.WEB, policies.WORKER, policies.DEFINER],),
        )
    }
    missing = {policies.WEB, policies.WORKER, policies.DEFINER} - set(rights)
    if missing:
        yield wrong(
            about,
            _("not there: %(roles)s") % {"roles": ", ".join(sorted(missing))},
            _("Run `kohti migrate`, or ask the administrator of the server for them (docs/operations)."),
        )
        return
    too_much = [
        name
        for name, (bypasses, makes, signs_in, owns) in sorted(rights.items())
        if (bypasses and name != policies.DEFINER)
        or makes
        or (owns and name != policies.DEFINER)
        or (signs_in and name == policies.DEFINER)
    ]
    if too_much:
        yield wrong(
            about,
            _("these may do more than they should: %(roles)s") % {"roles": ", ".join(too_much)},
            _(
                "As administrator: alter role ROLE nosuperuser nobypassrls nocreatedb nocreaterole, take them out"
                " of the owner's role, and let kohti_definer not sign in. Until then row policies protect nobody."
            ),
        )
    else:
        yield good(about, _("web and worker own nothing and bypass nothing"))
    for word, address, role in (
        ("KOHTI_WEB_URL", addresses.web_url(data), policies.WEB),
        ("KOHTI_WORKER_URL", addresses.worker_url(data), policies.WORKER),
    ):
        yield _address(word, address, role)
    yield _listening(owner, addresses.listen_url(data))


def _address(word: str, url: str, role: str) -> Finding:
    about = _("address of %(role)s") % {"role": role}
    try:
        with psycopg.connect(url, connect_timeout=10, prepare_threshold=None) as there:
            row = there.execute(
                "select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as trouble:
        return wrong(
            about, _last_line(trouble), _("Correct %(word)s, or the role's password.") % {"word": word}
        )
    user, bypasses = row or ("", True)
    if user != role or bypasses:
        return wrong(
            about,
            _("it signs in as %(user)s") % {"user": user},
            _("%(word)s has to name the role %(role)s: as anybody else it would see everything or nothing.")
            % {"word": word, "role": role},
        )
    return good(about, _("signs in"))


def _listening(owner: psycopg.Connection[Any], url: str) -> Finding:
    about = _("live news")
    channel = sql.Identifier(f"kohti_doctor_{os.getpid()}")
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10, prepare_threshold=None) as there:
            there.execute(sql.SQL("listen {}").format(channel))
            owner.execute(sql.SQL("notify {}").format(channel))
            if next(there.notifies(timeout=NEWS_TAKE_S, stop_after=1), None) is not None:
                return good(about, _("notifications arrive"))
    except psycopg.OperationalError as trouble:
        return wrong(about, _last_line(trouble), _("Correct KOHTI_LISTEN_URL."))
    return wrong(
        about,
        _("notifications do not arrive: screens would stay as they were"),
        _("KOHTI_LISTEN_URL must be a direct address, not one of a pooler in transaction mode."),
    )


def _release(owner: psycopg.Connection[Any]) -> Finding:
    from kohti.config import prepare

    about = _("release")
    waiting, unknown = prepare.differences(owner)
    if unknown:
        return wrong(
            about,
            _("the database is of a newer release: %(names)s") % {"names": ", ".join(unknown[:3])},
            _("Start the newer release, or restore a backup from before the update."),
        )
    if waiting:
        return wrong(
            about,
            _("%(count)s migrations wait, first %(name)s") % {"count": len(waiting), "name": waiting[0]},
            _("Run `kohti migrate`."),
        )
    return good(about, _("the database is of this release"))


def _policies(owner: psycopg.Connection[Any]) -> Finding:
    from kohti.config.rooms import ROOMS

    about = _("row policies")
    why = policies.in_force(owner, ROOMS)
    if why:
        return wrong(
            about,
            why,
            _(
                "Run `kohti migrate`. If it says this again, somebody changed them by hand: `kohti check` and ask why."
            ),
        )
    return good(about, _("every table is under its policies"))


def _products_clock(owner: psycopg.Connection[Any], sample: bool) -> Finding:
    about = _("the product's clock")
    offset = timedelta(
        microseconds=int(_value(owner, "select clock_offset_us from kernel_installation") or 0)
    )
    if offset and not sample:
        return wrong(
            about,
            _("it is %(offset)s from real time, and people are real") % {"offset": offset},
            _(
                "As the owner: update kernel_installation set clock_offset_us = 0; then restart web and worker."
            ),
        )
    last: datetime | None = _value(owner, "select max(at) from kernel_historyevent")
    if not sample and last is not None and last > clock.real_now() + CLOCKS_APART:
        return wrong(
            about,
            _("something is written for %(at)s, which has not come yet")
            % {"at": last.isoformat("T", "seconds")},
            _("A clock was ahead. Set it; what was written stays, and its times are wrong."),
        )
    return good(about, _("real time") if not offset else _("a day of the sample"))


def _zones(owner: psycopg.Connection[Any]) -> Iterator[Finding]:
    about = _("time zones")
    odd: list[str] = []
    for (name,) in owner.execute("select distinct timezone from team_service order by 1").fetchall():
        for season in ("2026-01-15 12:00+00", "2026-07-15 12:00+00"):
            instant = datetime.fromisoformat(season)
            try:
                ours = instant.astimezone(ZoneInfo(name)).replace(tzinfo=None)
                row = owner.execute("select %s::timestamptz at time zone %s", (instant, name)).fetchone()
            except (ZoneInfoNotFoundError, ValueError, psycopg.DataError):
                odd.append(name)
                break
            if row is None or row[0] != ours:
                odd.append(name)
                break
    if odd:
        yield wrong(
            about,
            _("%(zones)s: unknown, or not the same here and in the database") % {"zones": ", ".join(odd)},
            _("Update the time-zone data of this machine (tzdata) and of PostgreSQL's."),
        )
    else:
        yield good(about, _("the same here and in the database"))


def _work(owner: psycopg.Connection[Any]) -> Iterator[Finding]:
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
    failed = int(_value(owner, "select count(*) from procrastinate_jobs where status = 'failed'") or 0)
    about = _("work that failed")
    if failed:
        yield look(
            about, _("%(count)s jobs") % {"count": failed}, _("The worker's log says why (job.failed).")
        )
    else:
        yield good(about, _("none"))


def _outbox(owner: psycopg.Connection[Any], data: Path, sample: bool) -> Iterator[Finding]:
    about = _("outbox")
    row = owner.execute(
        "select count(*), max(clock_timestamp() + i.clock_offset_us * interval '1 microsecond' - m.not_before)"
        " from kernel_message m, kernel_installation i where m.state = 'queued' and m.not_before <"
        " clock_timestamp() + i.clock_offset_us * interval '1 microsecond'"
    ).fetchone()
    waiting, longest = row or (0, None)
    unknown = int(_value(owner, "select count(*) from kernel_message where state = 'unknown'") or 0)
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


def _backup(data: Path, sample: bool) -> Finding:
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


def _settings(sample: bool) -> Iterator[Finding]:
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


def run(data: Path, url: Callable[[], str]) -> Iterator[Finding]:
    """Look at everything. `url` gives the owner's address, starting our own server where there is no other."""
    yield from of_the_machine(data)
    try:
        address = url()
    except Exception as trouble:
        yield wrong(
            _("database"),
            _last_line(trouble),
            _("Mend that first; nothing else could be asked of the database."),
        )
        return
    os.environ["DATABASE_URL"] = address
    from kohti.config.commands.common import django_alone

    django_alone()
    yield from of_the_database(data, address)
