"""Letters to a person: whose they are, in which language, and the blank one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from kohti.design.theme import Theme
from kohti.kernel import actor as actors
from kohti.kernel import clock, documents, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Block, Sender, Text
from kohti.kernel.languages import CODES
from kohti.people.queries import PersonCard
from kohti.team.models import Centre

from . import actions


def sender_of(actor: Actor) -> Sender:
    """The actor's service, where they work, and the service's colour. One statement."""
    service, said = str(actor.facts.get("service", "")), actor.facts.get("theme") or {}
    host = str(said.get("host") or "")
    centre = Centre.objects.filter(id=actor.centre_id).first() if actor.centre_id else None
    lines = ["" if host == service else host, centre.name if centre else "", centre.address if centre else ""]
    return Sender(
        service=service,
        lines=[line for line in lines if line],
        accent=Theme.of(str(actor.facts.get("service_code", "")), said).accent,
    )


def language_for(person: PersonCard) -> str:
    """The first of a person's languages that we write, else the one in use."""
    return next((code for code in person.languages if code in CODES), words.language())


def write(
    actor: Actor,
    person: PersonCard,
    *,
    title: str,
    blocks: Sequence[Block],
    language: str,
    key: str,
) -> uuid.UUID:
    """Make a letter to a person, in words already of that language, and keep it with them; its paper's id.

    It goes to their name alone: an address may be hidden, and is written on the envelope by who may know it.
    """
    actors.must(actor, "documents.add")
    with words.spoken(language, actor=actor):
        made = documents.make(
            "letter",
            sender=sender_of(actor),
            title=title,
            date=words.day_short(clock.today(actor.zone)),
            to=[person.full_name],
            blocks=blocks,
            language=language,
        )
    return actions.keep_made(actor, person.id, made, title=title, key=key)


def plain(actor: Actor, person: PersonCard, *, subject: str, text: str, language: str, key: str) -> uuid.UUID:
    """A letter of somebody's own words, signed with their name."""
    with words.spoken(language, actor=actor):
        end = _("Kind regards")
    signed = f"{end}\n{actor.facts.get('name', '')}"
    return write(
        actor,
        person,
        title=subject,
        blocks=[Text(text), Text(signed)],
        language=language,
        key=f"letter:{key}",
    )
