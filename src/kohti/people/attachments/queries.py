"""Reads of a person's papers. To open one is to read a person: it is in the history."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .models import Attachment


@dataclass(frozen=True, slots=True)
class Line:
    """A paper in the list: everything but its bytes."""

    id: uuid.UUID
    source: str
    kind: str
    title: str
    name: str
    size: int
    scanned: str
    sealed: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_because: str


def of_person(actor: Actor, person_id: uuid.UUID) -> list[Line]:
    """The papers of a person that the actor may see, newest first. One statement."""
    actors.must(actor, "documents.read")
    rows = (
        Attachment.objects.filter(person_id=person_id)
        .order_by("-at", "-id")
        .values_list(
            "id",
            "source",
            "kind",
            "title",
            "name",
            "size",
            "scanned",
            "sealed",
            "by_staff__full_name",
            "at",
            "ended_at",
            "ended_because",
        )[:500]
    )
    return [Line(*row[:8], row[8] or "", *row[9:]) for row in rows]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with its bytes."""

    id: uuid.UUID
    kind: str
    name: str
    content: bytes


def open_paper(actor: Actor, attachment_id: uuid.UUID) -> Paper:
    """A paper, written into the history as read. Raises NotThere, also for one that was ended."""
    actors.must(actor, "documents.read")
    row = Attachment.objects.filter(id=attachment_id, ended_at=None).first()
    if row is None or row.content is None:
        raise NotThere("no such paper")
    history.record("attachment.opened", "attachment", row.id, persons=[row.person_id])
    return Paper(row.id, row.kind, row.name, bytes(row.content))
