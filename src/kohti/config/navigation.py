"""The menu: which rooms a role sees, in the order of its work."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kohti.kernel import links
from kohti.kernel.actor import Actor, may


class Entry(NamedTuple):
    """A line of the menu."""

    title: str
    href: str
    current: bool


PLACES = (
    ("my_day", "journeys.see", gettext_noop("Today")),
    ("arrivals", "arrivals.see", gettext_noop("Arrivals")),
    ("queue", "queue.call", gettext_noop("Queue")),
    ("caseload", "journeys.see", gettext_noop("Caseload")),
    ("people", "people.find", gettext_noop("People")),
    ("rulings", "rulings.give", gettext_noop("Questions to us")),
    ("shared_with_us", "shares.read", gettext_noop("Shared with us")),
    ("outreach", "outreach.go", gettext_noop("Outreach")),
    ("book", "diary.book", gettext_noop("Appointment book")),
    ("day_figures", "arrivals.see", gettext_noop("The day in figures")),
    ("tomorrow", "arrivals.see", gettext_noop("Tomorrow's sheet")),
    ("rota", "arrivals.see", gettext_noop("Rota")),
    ("away", "journeys.work", gettext_noop("Away")),
    ("diary_import", "diary.import", gettext_noop("Import diary")),
    ("team", "team.see", gettext_noop("Team")),
    ("referrals", "referrals.answer", gettext_noop("Referrals")),
    ("directory", "directory.see", gettext_noop("Who can help")),
    ("roles", "service.see", gettext_noop("Roles")),
    ("audit", "audit.see", gettext_noop("History")),
    ("centres", "service.see", gettext_noop("Centres")),
    ("centres", "centre.close", gettext_noop("Centre")),
    ("organisations", "service.see", gettext_noop("Organisations")),
    ("devices", "devices.keep", gettext_noop("Kiosks and boards")),
    ("service", "service.see", gettext_noop("Service")),
    ("messages", "messages.see", gettext_noop("Messages")),
)


def menu_for(actor: Actor, path: str) -> list[Entry]:
    """The places this role uses, each once; the one we are in is current."""
    entries: dict[str, Entry] = {}
    for name, verb, title in PLACES:
        if name not in entries and may(actor, verb):
            href = links.to(name)
            entries[name] = Entry(_(title), href, path.startswith(href))
    return list(entries.values())


def home_of(actor: Actor) -> str:
    """Where this role's day begins: on Today for who has people in hand or leads, on arrivals for a host."""
    if may(actor, "journeys.see"):
        return links.to("my_day")
    if may(actor, "queue.call") and may(actor, "people.open") and not may(actor, "day.close"):
        return links.to("queue")
    for name, verb, _title in PLACES:
        if may(actor, verb):
            return links.to(name)
    return links.to("mfa_index")
