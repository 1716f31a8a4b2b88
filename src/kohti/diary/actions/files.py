"""A file from its check to its end, whatever it holds: held, ordered, taken up by whoever applies it, or given up."""

from __future__ import annotations

import uuid
from typing import Any

from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id

from ..models import ImportedFile


def hold(
    actor: Actor,
    kind: str,
    centre_id: uuid.UUID,
    content: bytes,
    *,
    filename: str,
    result: dict[str, Any],
    key: str,
) -> ImportedFile:
    """Keep a file with the result of its check, until it is applied or a day has passed."""
    file_id = new_id()
    before = once.first_time(f"{kind}.hold", key, file_id)
    if before is not None:
        return ImportedFile.objects.get(id=before)
    made = ImportedFile.objects.create(
        id=file_id,
        service_id=actor.service,
        centre_id=centre_id,
        kind=kind,
        name=filename[:200],
        content=content,
        result=result,
        by_member=actor.member_id,
        at=clock.now(),
    )
    history.record(f"{kind}.checked", "file", made.id, detail={"name": filename})
    return made


def held(kind: str, file_id: uuid.UUID, *, to_change: bool = False) -> ImportedFile:
    """A file that the actor may see; with `to_change` held until the end of the transaction. Raises NotThere."""
    files = ImportedFile.objects.select_for_update() if to_change else ImportedFile.objects.all()
    found = files.filter(id=file_id, kind=kind).first()
    if found is None:
        raise NotThere("no such file")
    return found


def order(kind: str, file_id: uuid.UUID, **said: Any) -> tuple[ImportedFile, bool]:
    """Mark a file as about to be applied, with what was said of how; whether it was not before. Raises NotThere."""
    found = held(kind, file_id, to_change=True)
    if found.state != ImportedFile.State.CHECKED:
        return found, False
    found.state = ImportedFile.State.ORDERED
    found.result |= said
    found.save(update_fields=["state", "result"])
    history.record(f"{kind}.ordered", "file", found.id)
    return found, True


def applied(found: ImportedFile, result: dict[str, Any]) -> ImportedFile:
    """Say what applying a file did, and empty it."""
    found.state, found.result, found.content = ImportedFile.State.APPLIED, result, b""
    found.save(update_fields=["state", "result", "content"])
    return found


def give_up(kind: str, file_id: uuid.UUID, why: str) -> None:
    """Say that a file could not be applied; nothing of it was."""
    if ImportedFile.objects.filter(id=file_id, kind=kind, state=ImportedFile.State.ORDERED).update(
        state=ImportedFile.State.FAILED, content=b""
    ):
        history.record(f"{kind}.failed", "file", file_id, detail={"why": why})
