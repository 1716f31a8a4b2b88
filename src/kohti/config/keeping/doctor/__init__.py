"""What is wrong with an installation, in plain words, and what to do about it.

Each question looks at one thing and never changes anything. A finding is `good`; `look`, which works today but
should not stay; or `wrong`. What cannot be asked because something before it is wrong is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from gettext import gettext as _
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from kohti.config import addresses

from . import reaching, release, work
from .finding import Finding, good, last_line, value, wrong
from .machine import of_the_machine

__all__ = ("Finding", "of_the_database", "of_the_machine", "run")

OLDEST_SERVER = 150_000


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
            _("%(place)s does not answer: %(why)s") % {"place": place, "why": last_line(trouble)},
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
        yield reaching.database_clock(owner)
        yield from reaching.roles(owner, data)
        of_this_release = release.of_this_release(owner)
        yield of_this_release
        if of_this_release.state == "wrong":
            return
        yield release.row_policies(owner)
        sample = bool(value(owner, "select sample from kernel_installation"))
        yield release.products_clock(owner, sample)
        yield from release.zones(owner)
        yield from work.worker(owner)
        yield from work.outbox(owner, data, sample)
        yield work.last_backup(data, sample)
        yield from work.settings(sample)


def run(data: Path, url: Callable[[], str]) -> Iterator[Finding]:
    """Look at everything. `url` gives the owner's address, starting our own server where there is no other."""
    yield from of_the_machine(data)
    try:
        address = url()
    except Exception as trouble:
        yield wrong(
            _("database"),
            last_line(trouble),
            _("Mend that first; nothing else could be asked of the database."),
        )
        return
    os.environ["DATABASE_URL"] = address
    from kohti.config.commands.common import django_alone

    django_alone()
    yield from of_the_database(data, address)
