"""Tomorrow's sheet: the page, and the same on paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from kohti.kernel import links, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs

from . import next_day


@needs("arrivals.see")
def tomorrow(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who comes on the next day the centre is open, who needs what, who is where and has time."""
    found = next_day.sheet(actor)
    if found is None:
        return render(request, "frontdesk/tomorrow.html", {"sheet": None})
    next_day.shown(actor, found, "person.listed")
    opens = may(actor, "people.open")
    lines = [
        {
            "at": words.clock_time(one.starts, actor.zone),
            "name": next_day.name_of(one),
            "href": links.to("person", one.person_id) if opens and one.person_id else "",
            "kind": words.title(one.kind),
            "staff": one.staff,
            "room": one.room,
            "alone": number in found.alone,
            "look": look,
        }
        for number, (one, look) in enumerate(zip(found.coming, next_day.looks(actor, found), strict=True))
    ]
    needing = [line for line in lines if next_day.needs_something(line["look"])]  # type: ignore[arg-type]
    return render(
        request,
        "frontdesk/tomorrow.html",
        {
            "sheet": found,
            "day": words.day_long(found.day),
            "sentence": next_day.count_words(found, len(needing)),
            # Plain rows: there are hundreds of them.
            "lines": [
                (one["at"], one["name"], one["href"], one["kind"], one["staff"], one["room"]) for one in lines
            ],
            "needing": needing,
            "alone": [line for line in lines if line["alone"]],
            "held": [
                (next_day.spans(actor, [(one.starts, one.ends)]), one.title, one.by, one.room)
                for one in found.held
            ],
            "colleagues": [(one.name, *next_day.where(actor, found, one)) for one in found.colleagues],
        },
    )


@needs("arrivals.see")
def tomorrow_printed(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a PDF."""
    found = next_day.sheet(actor)
    if found is None:
        raise Http404
    made = next_day.made(actor, found)
    return pages.to_save(made.content, name="tomorrow.pdf", media_type="application/pdf")
