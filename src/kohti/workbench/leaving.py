"""Before a colleague's place ends: how many people they have in hand, so that nobody is left behind unnoticed."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.journeys.queries.away import in_hands_of
from kohti.kernel import pages
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.team import views as team


def _say_who_is_left(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> None:
    number = in_hands_of(actor, member_id)
    if not number:
        return
    text = ngettext(
        "They have %(n)s person in hand. When this place ends, that person stands on the team leader's list at once.",
        "They have %(n)s people in hand. When this place ends, these stand on the team leader's list at once.",
        number,
    ) % {"n": number}
    way_on = (
        _("Give them another coach first, in the caseload of the centre.")
        if may(actor, "journeys.lead")
        else _(
            "Let the team leader give them another coach first, or choose a last day that leaves time for it."
        )
    )
    pages.say(request, f"{text} {way_on}", "warning")


@needs("team.add", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """A place ends: who is in these hands is said beforehand."""
    _say_who_is_left(request, actor, member_id)
    return team.end(request, member_id=member_id)


@needs("team.add", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, member_id: uuid.UUID) -> HttpResponseBase:
    """Another role, centre or organisation: the old place ends with it, and who is in these hands is said beforehand."""
    _say_who_is_left(request, actor, member_id)
    return team.change(request, member_id=member_id)
