"""One short page of help: what a role does here, a few lines each. It stands behind "Help", at the same place of every page.

Questions about one field are answered beside it (`help_details` of design/parts.html); this page is for who asks
"where do I".
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import open_to_all


class Topic(NamedTuple):
    """Something a role does: the verb it needs, what it is called, how it goes, and where."""

    verb: str
    title: str
    lines: tuple[str, ...]
    where: str = ""


TOPICS = (
    Topic(
        "arrivals.check_in",
        gettext_noop("Somebody comes in"),
        (
            gettext_noop("Type a few letters of the name into “Who is here?”. When only one person fits, Enter checks in."),
            gettext_noop("Nobody fits: take them as a walk-in. Only the reason is needed, a name is not."),
            gettext_noop("Something slipped: press Undo, on the message or in the line."),
            gettext_noop("Somebody in crisis: the red button, top right. They are seen first."),
        ),
        "arrivals",
    ),
    Topic(
        "queue.call",
        gettext_noop("Who is next"),
        (
            gettext_noop("“Call next” says whom it will call before you press it."),
            gettext_noop("Begin when they sit down, Done when they leave. Did not come puts them aside; nothing is lost."),
            gettext_noop("Save your desk once: it is shown when you call."),
        ),
        "queue",
    ),
    Topic(
        "people.open",
        gettext_noop("A person's page"),
        (
            gettext_noop("A name is a way to their page. That you opened it is written into the history."),
            gettext_noop("You see those you work with today. If somebody is missing, ask your team leader."),
        ),
    ),
    Topic(
        "diary.import",
        gettext_noop("The diary from a file"),
        (
            gettext_noop("The file is checked first, and nothing changes. You see each row that cannot be taken, and why."),
            gettext_noop("Then you decide. The same file twice changes nothing twice."),
        ),
        "diary_import",
    ),
    Topic(
        "day.close",
        gettext_noop("The end of the day"),
        (
            gettext_noop("“Close the day” is on the queue's page. It first says what will happen to whom; there is no undo."),
        ),
        "queue",
    ),
    Topic(
        "team.see",
        gettext_noop("The team"),
        (
            gettext_noop("Names found in diary files wait here until somebody confirms that they work here."),
            gettext_noop("A colleague who cannot sign in: an administrator can let them back in."),
        ),
        "team",
    ),
)  # fmt: skip


@open_to_all()
def page(request: HttpRequest) -> HttpResponse:
    """What the reader's role does; for nobody in particular, how to get in."""
    actor: Actor | None = getattr(request, "actor", None)
    topics = [
        {
            "title": _(topic.title),
            "lines": [_(line) for line in topic.lines],
            "href": reverse(topic.where) if topic.where else "",
        }
        for topic in TOPICS
        if actor is not None and may(actor, topic.verb)
    ]
    return render(request, "config/help.html", {"topics": topics})
