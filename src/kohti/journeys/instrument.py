"""The questionnaire that every service has: Steps to Work, version 1. Not validated, and the pages say so.

Its wording was made for this project and is in the public domain (CC0 1.0). What somebody answers is theirs: it is
shown to them and to whoever works with them, item by item and over time. Nothing counts it up, compares people by it,
or puts anybody on a list because of it (`tests/journeys/test_questionnaire.py` looks that nothing can).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kohti.kernel.languages import gettext_noop

UNSAID, DOES_NOT_APPLY = "unsaid", "does-not-apply"
VERSION = "steps-to-work-1"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked: its code, its label, and what its four answers are called, the hardest first."""

    code: str
    label: str
    anchors: tuple[str, str, str, str]

    @property
    def title(self) -> str:
        """Its label in the language in use."""
        return _(self.label)

    def said(self, answer: int | str) -> str:
        """An answer in words, in the language in use."""
        if answer == DOES_NOT_APPLY:
            return _("Does not apply")
        return _(self.anchors[answer - 1]) if isinstance(answer, int) else _("Does not want to say")

    def choices(self) -> list[tuple[str, str]]:
        """What can be answered, as a form offers it."""
        return [(str(n), self.said(n)) for n in (1, 2, 3, 4)] + [
            (UNSAID, self.said(UNSAID)),
            (DOES_NOT_APPLY, self.said(DOES_NOT_APPLY)),
        ]


ITEMS: tuple[Item, ...] = (
    Item(
        "search",
        gettext_noop("Looking for work"),
        (
            gettext_noop("I have not started looking"),
            gettext_noop("I look now and then"),
            gettext_noop("I look most weeks"),
            gettext_noop("I apply regularly and follow up"),
        ),
    ),
    Item(
        "goal",
        gettext_noop("Knowing what work I want"),
        (
            gettext_noop("I do not know yet"),
            gettext_noop("I have a rough idea"),
            gettext_noop("I have a clear idea"),
            gettext_noop("I have a plan with next steps"),
        ),
    ),
    Item(
        "belief",
        gettext_noop("Believing I can get and keep a job"),
        (
            gettext_noop("Not at all"),
            gettext_noop("A little"),
            gettext_noop("Mostly"),
            gettext_noop("Completely"),
        ),
    ),
    Item(
        "skills",
        gettext_noop("Skills and papers the work needs"),
        (
            gettext_noop("I lack most"),
            gettext_noop("I lack some important ones"),
            gettext_noop("I lack a few"),
            gettext_noop("I have what I need"),
        ),
    ),
    Item(
        "together",
        gettext_noop("Working with other people"),
        (
            gettext_noop("Very hard for me"),
            gettext_noop("Often hard"),
            gettext_noop("Usually fine"),
            gettext_noop("Fine"),
        ),
    ),
    Item(
        "days",
        gettext_noop("Keeping days and appointments running"),
        (
            gettext_noop("Very hard"),
            gettext_noop("Often hard"),
            gettext_noop("Usually works"),
            gettext_noop("Works"),
        ),
    ),
    Item(
        "health",
        gettext_noop("Managing my health and energy with work in mind"),
        (
            gettext_noop("Stops me"),
            gettext_noop("Limits me a lot"),
            gettext_noop("Limits me a little"),
            gettext_noop("Manageable"),
        ),
    ),
    Item(
        "place",
        gettext_noop("Home, money and caring"),
        (
            gettext_noop("In crisis"),
            gettext_noop("Unstable"),
            gettext_noop("Mostly stable"),
            gettext_noop("Stable"),
        ),
    ),
    Item(
        "travel",
        gettext_noop("Getting to work and going online"),
        (gettext_noop("Cannot"), gettext_noop("Hard"), gettext_noop("Mostly can"), gettext_noop("Can")),
    ),
    Item(
        "people",
        gettext_noop("People who can help me towards work"),
        (gettext_noop("No one"), gettext_noop("One"), gettext_noop("A few"), gettext_noop("Many")),
    ),
)
"""What is asked, in order."""
