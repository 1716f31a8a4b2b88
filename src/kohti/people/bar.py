"""The bar that stands on every page about a person: who, how to reach them, what to heed, and their pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import clock, links, words
from kohti.kernel.actor import Actor, may
from kohti.people import beside, spoken
from kohti.people.models import Mark
from kohti.people.queries import PersonCard

Tab = tuple[str, str, bool, None]


def safely(safe_contact: str, not_by: str, *, no_messages: bool | None) -> str:
    """How somebody is safely reached, and how not, in one line; empty where nothing is said of it."""
    said = (
        safe_contact,
        _("Do not use: %(how)s") % {"how": not_by} if not_by else "",
        _("never leave a message") if no_messages else "",
    )
    return " · ".join(text for text in said if text)


def bar(actor: Actor, card: PersonCard, current: str) -> dict[str, Any]:
    """What every page about a person shows first, for `people/_bar.html`; `current` is the tab it belongs to.

    Asks for nothing: whoever shows it has opened the person, which is in the history.
    """
    said = beside.said(actor, card.beside)
    return {
        "person": card,
        "facts_beside": said.facts,
        "born": words.day_short(card.date_of_birth) if card.date_of_birth else "",
        "may_edit": may(actor, "people.edit"),
        "about": {
            "id": card.id,
            "name": card.full_name or _("No name given"),
            "called": card.called,
            "age": card.age_on(clock.today(actor.zone)),
            "languages": spoken.names_of(card.languages),
            "interpreter": spoken.name_of(card.interpreter) if card.interpreter else "",
            "safe_contact": safely(card.safe_contact, card.not_by, no_messages=card.no_messages),
            "helps": [mark.words for mark in card.helps],
            "warning": " · ".join(_warnings(card)),
            "owner": said.bar.get("owner", ""),
            "stage": said.bar.get("stage", ""),
            "held_until": said.bar.get("held_until", ""),
            "tabs": _tabs(actor, card, current),
        },
    }


def _warnings(card: PersonCard) -> list[str]:
    found = [
        f"{_('Danger')}: {mark.words} ({_('until %(day)s') % {'day': words.day_short(mark.ends_on)}})"
        for mark in card.marks
        if mark.kind == Mark.Kind.DANGER and mark.ends_on
    ]
    if card.died_on:
        found.insert(0, _("Died on %(day)s") % {"day": words.day_short(card.died_on)})
    return [*found, _("Restricted record")] if card.restricted else found


def _tabs(actor: Actor, card: PersonCard, current: str) -> list[Tab]:
    """The pages about a person that the actor may open, in one order everywhere."""
    pages = (
        ("person", _("Overview"), "people.open", "person"),
        ("plan", _("Plan"), "journeys.see", "plan"),
        ("needs", _("How it goes"), "journeys.see", "person_needs"),
        ("timeline", _("Timeline"), "people.note", "person_timeline"),
        ("appointments", _("Appointments"), "people.open", "appointments"),
        ("documents", _("Documents"), "documents.read", "person_documents"),
        ("referrals", _("Referrals"), "referrals.write", "person_referrals"),
        ("sharing", _("Who sees them"), "people.open", "person_sharing"),
        ("transfer", _("Other centre"), "people.transfer", "person_transfer"),
    )
    tabs: list[Tab] = [
        (title, links.to(name, card.id), code == current, None)
        for code, title, verb, name in pages
        if may(actor, verb)
    ]
    if may(actor, "people.alerts"):
        tabs.append((_("History"), links.to("person_looked", card.id), current == "history", None))
    return tabs
