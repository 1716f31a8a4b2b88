"""The card a person takes home: exactly what is shown of them, to whom, why and until when, in their own language."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Block, Facts, Heading, Text
from kohti.kernel.errors import Refused
from kohti.people.attachments import letters
from kohti.people.queries import PersonCard
from kohti.people.sharing.wording import GROUNDS

from . import showing
from .queries import Page


def write_card(actor: Actor, page: Page, person: PersonCard, *, key: str) -> uuid.UUID:
    """Make the card as a letter and keep it with the person; its paper's id. Raises Refused where its name is sealed.

    A paper is read by whoever reads papers: what tells by its name alone is not kept as one.
    """
    if page.one.sealed:
        raise Refused(
            _("The name alone tells something: this card is shown on screen and not kept as a paper."),
            code="sealed",
        )
    one, language = page.one, letters.language_for(person)
    with words.spoken(language, actor=actor):
        known = showing.fields(actor)
        ground, means = GROUNDS[one.basis]
        blocks: list[Block] = [
            Text(_("Dear %(name)s,") % {"name": person.called or person.full_name}),
            Text(_("We have passed on what stands here, and nothing else:")),
            Facts(
                [
                    (_("To"), page.to_whom),
                    (_("What it is about"), one.about),
                    (_("Until"), words.day_long(one.until)),
                    (_("Ground"), f"{ground()}: {means()}"),
                ]
            ),
            Heading(_("What they see")),
            Facts(
                [
                    (known[code][0] if code in known else code, one.why.get(code, "") or _("for this"))
                    for code in one.fields
                    if code in known
                ]
            ),
            Text(
                _(
                    "You can object, or ask us to end it, at any time: tell any of us. From then on they see nothing."
                )
            ),
            Text(f"{_('Kind regards')}\n{actor.facts.get('service', '')}"),
        ]
        title = _("What we passed on about you")
    return letters.write(
        actor, person, title=title, blocks=blocks, language=language, key=f"referral card:{one.id}:{key}"
    )
