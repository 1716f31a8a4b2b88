"""On Today, for whoever asked a colleague to take somebody over: whether they did, and what they said."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys.models import HandOver
from kohti.journeys.queries import Handing
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor


def line(actor: Actor, one: Handing) -> dict[str, Any]:
    """What one asked, and what became of it, for the page."""
    name, day = one.to, words.day_short(one.until_day)
    if one.state == HandOver.State.ASKED:
        became = (
            _("%(name)s has read it and not answered yet")
            if one.seen_at
            else _("%(name)s has not answered yet")
        ) % {"name": name}
    elif one.state == HandOver.State.ACCEPTED:
        became = _("%(name)s takes over; in your hands too until %(day)s") % {"name": name, "day": day}
    else:
        became = _("%(name)s cannot take over") % {"name": name}
    return {
        "id": one.id,
        "person": one.person_id,
        "name": one.name or _("No name given"),
        "became": became,
        "declined": one.state == HandOver.State.DECLINED,
        "open": one.state == HandOver.State.ASKED,
        "answer": one.answer,
        "keys": reverse("way_change", args=[one.journey_id, "keys"])
        if one.state == HandOver.State.ACCEPTED and one.until_day >= clock.today(actor.zone)
        else "",
    }
