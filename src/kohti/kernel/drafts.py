"""What somebody is typing, kept for them alone until they save it: found again after a crash or on another machine."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from . import actor as actors
from . import clock, live
from .errors import NotThere, Refused
from .reading import Part

MOST_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was last kept: its values by name, the version of keeping, and when."""

    values: dict[str, list[str]]
    version: int
    at: datetime


def typed(body: str) -> dict[str, list[str]]:
    """What a draft's body holds."""
    found: dict[str, list[str]] = json.loads(body)
    return found


def find(about_kind: str, about_id: uuid.UUID) -> Draft | None:
    """What the actor was typing about this, or None. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select body, version, at from kernel_draft"
            " where member_id = %s and about_kind = %s and about_id = %s",
            [actors.current().member_id, about_kind, about_id],
        )
        row = cursor.fetchone()
    return Draft(typed(row[0]), row[1], row[2]) if row else None


def keep(about_kind: str, about_id: uuid.UUID, values: dict[str, list[str]], *, version: int) -> int:
    """Keep what the actor is typing about this; its new version.

    `version` is the one this window knows (0: none). Raises Refused with the code `elsewhere` when another window
    of theirs has kept it meanwhile: neither overwrites the other.
    """
    actor = actors.current()
    if actor.member_id is None:
        raise NotThere("nobody is typing")
    body = json.dumps(values, ensure_ascii=False)
    if len(body) > MOST_CHARACTERS:
        raise Refused(_("That is too long to keep."), code="too-long")
    with connection.cursor() as cursor:
        cursor.execute(
            "with kept as ("
            "insert into kernel_draft as d (member_id, about_kind, about_id, service_id, body, version, at, began)"
            " values (%(member)s, %(kind)s, %(about)s, %(service)s, %(body)s, 1, %(now)s, %(now)s)"
            " on conflict (member_id, about_kind, about_id) do update"
            " set body = excluded.body, version = d.version + 1, at = excluded.at"
            " where d.version = %(version)s returning version)"
            " select version, case when version = 1 then pg_notify(%(channel)s, %(note)s) end from kept",
            {
                "member": actor.member_id,
                "kind": about_kind,
                "about": about_id,
                "service": actor.service,
                "body": body,
                "now": clock.now(),
                "version": version,
                **_news(about_id),
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise Refused(_("You are writing this in another window too. Go on there."), code="elsewhere")
    return int(row[0])


def leave(about_kind: str, values: dict[str, list[str]]) -> None:
    """Remember how the actor left a list, for when they come back to it; the last window stands. One statement."""
    actor = actors.current()
    if actor.member_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_draft as d (member_id, about_kind, about_id, service_id, body, version, at)"
            " values (%s, %s, %s, %s, %s, 1, %s)"
            " on conflict (member_id, about_kind, about_id) do update"
            " set body = excluded.body, version = d.version + 1, at = excluded.at where d.body <> excluded.body",
            [
                actor.member_id,
                about_kind,
                actor.member_id,
                actor.service,
                json.dumps(values, ensure_ascii=False, sort_keys=True),
                clock.now(),
            ],
        )


def left(about_kind: str) -> dict[str, list[str]]:
    """How the actor left a list (`leave`); empty where they never did. One statement."""
    actor = actors.current()
    found = find(about_kind, actor.member_id) if actor.member_id else None
    return found.values if found else {}


def drop(about_kind: str, about_id: uuid.UUID) -> None:
    """It is saved, or given up. Where there is none, nothing changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from kernel_draft where member_id = %(member)s and about_kind = %(kind)s"
            " and about_id = %(about)s returning 1) select pg_notify(%(channel)s, %(note)s) from gone",
            {
                "member": actors.current().member_id,
                "kind": about_kind,
                "about": about_id,
                **_news(about_id),
            },
        )


def clear(before: datetime) -> int:
    """Erase what was last typed before an instant and never saved; how many. For the service's own housekeeping."""
    actors.must(actors.current(), "people.forget")
    with connection.cursor() as cursor:
        cursor.execute("delete from kernel_draft where at < %s", [before])
        return int(cursor.rowcount)


def _news(about_id: uuid.UUID) -> dict[str, str]:
    """Whoever has the same thing open hears that somebody began or ended: the news of that thing, of no centre."""
    channel, note = live.as_note(about_id, "draft", about_id)
    return {"channel": channel, "note": note}


def forget(about: Sequence[uuid.UUID]) -> None:
    """Erase what anybody was typing about these. For the service's own housekeeping."""
    actors.must(actors.current(), "people.forget")
    with connection.cursor() as cursor:
        cursor.execute("delete from kernel_draft where about_id = any(%s)", [list(about)])


WAITING = Part(
    "select about_id from kernel_draft where member_id = %(drafts_of)s and about_kind = %(drafts_about)s"
    " order by at desc limit 50",
    lambda row: uuid.UUID(row["about_id"]),
)
"""What the actor has begun to type and not saved, newest first, at most fifty: a part of a page, with `waiting`."""


def waiting(about_kind: str) -> dict[str, object]:
    """The values that `WAITING` asks for."""
    return {"drafts_of": actors.current().member_id, "drafts_about": about_kind}
