"""The card somebody leaves with: name, place and time of whoever helps next, in their own language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kohti.kernel import clock, documents, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Facts, Made, Text
from kohti.people.attachments.letters import sender_of


def printed(actor: Actor, helps: Mapping[str, str]) -> Made:
    """The card on paper, in its own language; never a name of the person."""
    language = helps["language"]
    with words.spoken(language, actor=actor):
        return documents.make(
            "card",
            sender=sender_of(actor),
            title=_("Who helps you next"),
            date=words.day_short(clock.today(actor.zone)),
            blocks=[
                Facts(
                    [
                        (_("Who"), helps["name"]),
                        (_("Where"), helps["place"]),
                        (_("When"), helps["when"]),
                        (_("Phone"), helps["phone"]),
                    ]
                ),
                Text(_("Show this card there. If it does not work out, come back to us.")),
            ],
            language=language,
        )


def as_text(actor: Actor, helps: Mapping[str, str]) -> str:
    """The card as a text message, in its own language."""
    with words.spoken(helps["language"], actor=actor):
        said = ", ".join(helps[part] for part in ("name", "place", "when", "phone") if helps[part])
        back = _("If it does not work out, come back to us.")
        return f"{_('Who helps you next')}: {said}. {back} {actor.facts.get('service', '')}"
