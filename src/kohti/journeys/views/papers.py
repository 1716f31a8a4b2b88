"""A plan to take away."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kohti.journeys import papers, queries
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.people import queries as people


@needs("journeys.see")
def plan_printed(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """The plan on one page, in the person's language, without what is sealed. It is in the history."""
    way = queries.journey(way_id)
    card = people.open_person(actor, way.person_id)
    response = HttpResponse(papers.plan_on_paper(actor, card, way).content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="plan.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
