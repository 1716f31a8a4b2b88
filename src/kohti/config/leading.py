"""Old links to a record that became part of another lead on to that one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from kohti.kernel import ids
from kohti.people import queries as people


def onward(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where the same page stands for the record that the person of this address became part of, if there is one.

    Asked only where nothing was found, and only for somebody whom the actor may see. One statement.
    """
    match = request.resolver_match
    if request.method != "GET" or match is None or getattr(request, "actor", None) is None:
        return None
    named: dict[str, Any] = dict(match.kwargs)
    asked = request.GET.dict()
    former = named.get("person_id") or ids.typed(asked.get("person", ""))
    kept = people.leads_to(former) if isinstance(former, uuid.UUID) else None
    if kept is None:
        return None
    if "person_id" in named:
        named["person_id"] = kept
    else:
        asked["person"] = str(kept)
    query = f"?{urlencode(asked)}" if asked else ""
    return HttpResponseRedirect(reverse(match.view_name, kwargs=named) + query)
