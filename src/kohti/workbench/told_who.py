"""Who sees what about somebody, told to themselves: a page to turn round on the desk, to print, or to keep as a letter.

It is in their own language where we write it, and has the facts of the staff's page in plain words.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import links, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.documents import Block, Facts, Heading, Lines, Table, Text
from kohti.kernel.doors import needs
from kohti.kernel.languages import CODES, LANGUAGES
from kohti.kernel.once import all_or_nothing
from kohti.people import beside
from kohti.people import queries as people
from kohti.people.actions import BY_THEIR_WAY
from kohti.people.attachments import letters
from kohti.people.looked import Look, looks
from kohti.people.queries import PersonCard
from kohti.people.sharing.models import REACH
from kohti.people.sharing.showing import shares_shown
from kohti.people.sharing.wording import GROUNDS, PART_TITLES
from kohti.team.models import Organisation

READ: dict[str, Callable[[], str]] = {
    "person.opened": lambda: _("read your page"),
    "person.found": lambda: _("saw your name in a list"),
    "person.listed": lambda: _("saw your name in a list"),
    "audit.read": lambda: _("read your page"),
    "referral.opened": lambda: _("read your page"),
    "reached.opened": lambda: _("read your page"),
    "person.emergency": lambda: _("opened your record in an emergency"),
    "attachment.opened": lambda: _("opened a paper of yours"),
}
"""What somebody did who looked; anything else was read out or printed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands on the page, in words of the person's language."""

    name: str
    here: list[str]
    shares: list[dict[str, Any]]
    hidden: list[dict[str, Any]]
    looked: list[dict[str, Any]]
    what: str
    usually: str
    objecting: str


def told(actor: Actor, card: PersonCard) -> Told:
    """Who sees what about somebody whom the actor has opened, in the language in use. Six statements."""
    owner = str(beside.said(actor, card.beside).bar.get("owner", ""))
    shown = shares_shown(actor, card.id)
    found, _older = looks(actor, card.id)
    return Told(
        name=card.called or card.full_name,
        here=_here(actor, card.id),
        shares=[
            one | {"means": GROUNDS[one["basis"]][1](), "what": _to_them(one["what"])}
            for one in shown["shares"]
        ],
        hidden=shown["shares_hidden"],
        looked=[_looked(actor, one) for one in found],
        what=_("This says who reads what is written about you. You can ask for it at any time."),
        usually=""
        if card.restricted
        else _(
            "The leader of your centre sees your record. The desk sees your name and what helps you on days"
            " you are expected."
        ),
        objecting=_(
            "Tell %(name)s, or anybody who works here. They write it down, and you get an answer."
            " What you agreed to ends as soon as you say so."
        )
        % {"name": owner or str(actor.facts.get("name", ""))},
    )


def _to_them(what: list[str]) -> list[str]:
    """What is shared, as it is said to the person."""
    return [_("How to reach you") if one == PART_TITLES[REACH]() else one for one in what]


def _here(actor: Actor, person_id: uuid.UUID) -> list[str]:
    """The colleagues who see them, each with why and until when."""
    with connection.cursor() as cursor:
        cursor.execute("select who, purpose, ends from kohti.colleagues_who_see(%s)", [person_id])
        rows = cursor.fetchall()
    coaches = [who for who, purpose, _ends in rows if purpose == BY_THEIR_WAY]
    last = {who: ends for who, _purpose, ends in sorted(rows, key=lambda row: row[2]) if who not in coaches}
    said = [_("%(name)s works with you.") % {"name": who} for who in dict.fromkeys(coaches)]
    return said + [
        _("%(name)s may read your page until %(day)s.") % {"name": who, "day": words.day_of(ends, actor.zone)}
        for who, ends in last.items()
    ]


def _looked(actor: Actor, one: Look) -> dict[str, Any]:
    urgent = "emergency" in one.reasons or "person.emergency" in one.verbs
    printed = _("downloaded or printed it")
    return {
        "day": words.day_short(one.day),
        "who": one.who,
        "organisation": one.organisation,
        "of": ", ".join(part for part in (one.role, one.organisation) if part),
        "what": words.all_of(
            list(dict.fromkeys(READ[verb]() if verb in READ else printed for verb in one.verbs))
        ),
        "times": ngettext("%(num)s time", "%(num)s times", one.times) % {"num": one.times},
        "urgent": _("In an emergency. The team leader was told why.") if urgent else "",
    }


def _tells(found: Told) -> bool:
    """That an organisation stands on it whose name tells something: papers are read by whoever sees the person."""
    names = [one["who"] for one in found.shares] + [one["organisation"] for one in found.looked]
    return Organisation.objects.filter(name__in=names).exclude(tells="").exists()


def _language(request: HttpRequest, card: PersonCard) -> str:
    asked = request.GET.get("language") or request.POST.get("language", "")
    return asked if asked in CODES else letters.language_for(card)


@needs("shares.write", methods=("GET", "POST"))
def told_who(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Who sees what about somebody, in their own language; sent, it becomes a letter kept with their papers."""
    card = people.open_person(actor, person_id)
    language = _language(request, card)
    here = links.to("told_who", person_id)
    with words.spoken(language, actor=actor):
        found = told(actor, card)
        may_keep = may(actor, "documents.add") and not _tells(found)
        if request.method == "POST" and may_keep:
            with all_or_nothing():
                letters.write(
                    actor,
                    card,
                    title=_("Who sees what about you"),
                    blocks=blocks(found),
                    language=language,
                    key=f"told-who:{request.POST.get('key', '')}",
                )
            return redirect(f"{links.to('person_documents', person_id)}?written")
        page = render_to_string(
            "workbench/told_who.html",
            {
                "told": found,
                "person": card,
                "key": uuid.uuid4(),
                "may_add": may_keep,
                "spoken": language,
                "tongues": [(name, f"{here}?language={code}", code == language) for code, name in LANGUAGES],
            },
            request,
        )
    return HttpResponse(page)


def blocks(found: Told) -> list[Block]:
    """The same as a letter."""
    made: list[Block] = [Text(found.what), Heading(_("Here"))]
    if found.usually:
        made.append(Text(found.usually))
    if found.here:
        made.append(Lines(found.here))
    made.append(Heading(_("Shared with others")))
    for one in found.shares:
        who = f"{one['who']} ({', '.join(one['people'])})" if one["people"] else one["who"]
        made.append(
            Facts(
                [
                    (_("Who"), who),
                    (_("What"), ", ".join(one["what"])),
                    (_("What for"), one["what_for"]),
                    (_("Ground"), f"{one['ground']}. {one['means']}"),
                    (_("From"), one["since"]),
                    (_("Until"), one["until"]),
                    (_("Looked"), one["looked"]),
                ]
            )
        )
    for one in found.hidden:
        asked = _("To know more, ask %(name)s.") % {"name": one["by"]}
        made.append(
            Facts(
                [(_("Who"), f"{one['who']}. {asked}"), (_("From"), one["since"]), (_("Until"), one["until"])]
            )
        )
    if not found.shares and not found.hidden:
        made.append(Text(_("Nothing about you is shared with anybody else.")))
    made.append(Heading(_("Who looked")))
    if found.looked:
        made.append(
            Table(
                [_("When"), _("Who"), _("What")],
                [
                    [
                        one["day"],
                        ", ".join(part for part in (one["who"], one["of"]) if part),
                        " ".join(
                            part for part in (f"{one['what']} ({one['times']}).", one["urgent"]) if part
                        ),
                    ]
                    for one in found.looked
                ],
                [2, 3, 4],
            )
        )
    return [*made, Heading(_("If you do not want this")), Text(found.objecting)]
