"""A plan to take away."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase

from kohti.journeys import papers, queries
from kohti.kernel import pages
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.people import queries as people


@needs("journeys.see")
def plan_printed(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """The plan on one page, in the person's language, without what is sealed. It is in the history."""
    way = queries.journey(way_id)
    card = people.open_person(actor, way.person_id)
    made = papers.plan_on_paper(actor, card, way)
    return pages.to_save(made.content, name="plan.pdf", media_type="application/pdf")
