"""Every change of a person's papers, each in the history."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import attachments, clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Made
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.actions.dying import living
from kohti.people.actions.sight import kept

from .models import Attachment


def bring(
    actor: Actor,
    person_id: uuid.UUID,
    content: bytes,
    *,
    filename: str,
    key: str,
    title: str = "",
    sealed: str = "",
) -> uuid.UUID:
    """Keep a file that somebody brought. Raises Refused for one that is not taken, NotThere for nobody seen,
    NotAllowed for who reads of them and writes nothing.
    """
    actors.must(actor, "documents.add")
    kept(person_id)
    held = attachments.examine(content, filename)
    scanned = attachments.scan(held.content)
    return _kept(actor, person_id, held, Attachment.Source.BROUGHT, scanned, title, sealed, key)


def keep_made(actor: Actor, person_id: uuid.UUID, made: Made, *, title: str, key: str) -> uuid.UUID:
    """Keep a letter we made with the person it was made for."""
    actors.must(actor, "documents.add")
    kept(person_id)
    living([person_id])
    held = attachments.ours(made.content, title)
    return _kept(actor, person_id, held, Attachment.Source.MADE, "ours", title, "", key)


def _kept(
    actor: Actor,
    person_id: uuid.UUID,
    held: attachments.Examined,
    source: str,
    scanned: str,
    title: str,
    sealed: str,
    key: str,
) -> uuid.UUID:
    # One at a time for a person, so that the sum is right.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7236012))", [str(person_id)])
    so_far = Attachment.objects.filter(person_id=person_id, ended_at=None).aggregate(Sum("size"))["size__sum"]
    if (so_far or 0) + len(held.content) > attachments.MOST_OF_A_PERSON:
        raise Refused(
            _("There are already 100 MB of papers with this person. End some of them first."), code="too-many"
        )
    attachment_id = new_id()
    # The key is claimed by what is kept: one that was refused may be sent again.
    before = once.first_time(f"attachment.{source}", key, attachment_id)
    if before is not None:
        return before
    Attachment.objects.create(
        id=attachment_id,
        service_id=actor.service,
        person_id=person_id,
        sealed=sealed,
        source=source,
        kind=held.kind,
        title=" ".join(title.split())[:200],
        name=held.name,
        content=held.content,
        size=len(held.content),
        sha256=held.sha256,
        scanned=scanned,
        by_member=actor.member_id,
        by_staff_id=actor.staff_id,
        at=clock.now(),
    )
    history.record(
        f"attachment.{source}",
        "attachment",
        attachment_id,
        persons=[person_id],
        detail={"name": held.name, "sha256": held.sha256},
    )
    return attachment_id


def end(actor: Actor, attachment_id: uuid.UUID, *, because: str) -> uuid.UUID:
    """End a paper: its bytes are erased, a line with the reason stays. Returns whose it was."""
    actors.must(actor, "documents.add")
    because = " ".join(because.split())[:300]
    if not because:
        raise Refused(_("Say why it is not kept any longer."), code="reason")
    held = Attachment.objects.filter(id=attachment_id).values_list("person_id", "ended_at").first()
    if held is None:
        raise NotThere("no such paper")
    if held[1] is None and Attachment.objects.filter(id=attachment_id, ended_at=None).update(
        ended_at=clock.now(), ended_because=because, content=None
    ):
        history.record(
            "attachment.ended", "attachment", attachment_id, persons=[held[0]], detail={"because": because}
        )
    return uuid.UUID(str(held[0]))


def forget(actor: Actor, person_id: uuid.UUID) -> int:
    """Erase every paper of a person, and what they were called; returns how many there were."""
    held = Attachment.objects.filter(person_id=person_id)
    held.filter(ended_at=None).update(ended_at=clock.now(), content=None)
    return held.update(name="", title="", ended_because="", sha256="")
