"""How the database is reached: its clock, its roles and their addresses, the notifications."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from kohti.config import addresses
from kohti.kernel import clock, policies

from .finding import CLOCKS_APART, Finding, good, last_line, value, wrong

NEWS_TAKE_S = 5.0


def database_clock(owner: psycopg.Connection[Any]) -> Finding:
    """Whether this machine and the database agree what time it is."""
    about = _("the two clocks")
    before = clock.real_now()
    theirs: datetime = value(owner, "select clock_timestamp()")
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


def roles(owner: psycopg.Connection[Any], data: Path) -> Iterator[Finding]:
    """Whether web, worker and definer may do what they should and no more, and each address names its role."""
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
            about, last_line(trouble), _("Correct %(word)s, or the role's password.") % {"word": word}
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
        return wrong(about, last_line(trouble), _("Correct KOHTI_LISTEN_URL."))
    return wrong(
        about,
        _("notifications do not arrive: screens would stay as they were"),
        _("KOHTI_LISTEN_URL must be a direct address, not one of a pooler in transaction mode."),
    )
