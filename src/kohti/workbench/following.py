"""After a contact is saved: what changed today, said on screen, and who comes next."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import queries, said
from kohti.journeys.models import Journey
from kohti.kernel import clock, history, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.people import queries as people
from kohti.people.bar import bar

NEXT = """
select b.person_id, coalesce(nullif(p.called, ''), p.full_name), b.starts, j.id
from diary_booking b join people_person p on p.id = b.person_id
left join journeys_journey j on j.person_id = b.person_id and j.closed_at is null
where b.staff_id = %s and b.day = %s and b.state = 'booked' and b.ends > %s and b.person_id <> %s
order by b.starts, b.id limit 1
"""


def next_due(actor: Actor, person_id: uuid.UUID) -> dict[str, Any] | None:
    """Who is due after this person: my next appointment of today not yet begun, else the first who needs me.

    One statement, or four where no appointment is left. It is in the history whom one saw.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [actor.staff_id, clock.today(actor.zone), clock.now(), person_id])
        row = cursor.fetchone()
    if row is not None:
        history.record("person.listed", "person", None, persons=[row[0]])
        page = reverse("appointment", args=[row[3]]) if row[3] else reverse("plan", args=[row[0]])
        return {
            "name": row[1] or _("No name given"),
            "when": words.clock_time(row[2], actor.zone),
            "at": page,
        }
    for one in queries.needing(actor, most=2).mine:
        if one.person_id != person_id:
            return {
                "name": one.name or _("No name given"),
                "when": said.chosen(said.BROKEN, one.rules[0]),
                "at": reverse("appointment", args=[one.journey_id]),
            }
    return None


BOOKED = """
select b.id, b.starts, k.title, coalesce(t.full_name, ''), b.centre_id = %(centre)s
from diary_booking b join diary_kind k on k.id = b.kind_id left join team_staff t on t.id = b.staff_id
where b.person_id = %(person)s and b.state = 'booked' and b.starts > %(now)s and b.changed_at >= %(midnight)s
order by b.starts, b.id
"""


def booked_today(actor: Actor, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The appointments to come that were made or moved for somebody today, in words, with the way to each. One statement."""
    values: dict[str, Any] = {
        "centre": actor.centre,
        "person": person_id,
        "now": clock.now(),
        "midnight": clock.local(clock.today(actor.zone), "00:00", actor.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, values)
        found = cursor.fetchall()
    may_book = may(actor, "diary.book")
    return [
        {
            "when": f"{words.day_of(starts, actor.zone)}, {words.clock_time(starts, actor.zone)}",
            "what": " · ".join(part for part in (words.title(kind), staff) if part),
            "at": reverse("book_one", args=[booking_id]) if here and may_book else "",
        }
        for booking_id, starts, kind, staff, here in found
    ]


def after(actor: Actor, way: Journey, then: str, *, came: bool) -> HttpResponseBase:
    """Where a saved contact leads: to what changed, or on to the next person, a paper or a letter.

    Who did not come is not asked there to agree.
    """
    if then == "next" and (due := next_due(actor, way.person_id)):
        return redirect(f"{due['at']}?said=saved")
    if then == "paper":
        return redirect(reverse("document_bring", args=[way.person_id]))
    if then == "refer":
        return redirect(reverse("refer", args=[way.person_id]))
    if then == "letter":
        return redirect(reverse("person_letter", args=[way.person_id]))
    return redirect(reverse("appointment_saved", args=[way.id]) + ("" if came else "?missed=1"))


@needs("journeys.work")
def appointment_saved(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """What changed today in plain words, for the person to agree to, and who comes next."""
    way = queries.journey(way_id)
    card = people.open_person(actor, way.person_id)
    latest = queries.latest_version(way.id)
    today = clock.today(actor.zone)
    if latest is not None and latest.at.astimezone(actor.zone).date() != today:
        latest = None
    pages.say(request, _("Saved."))
    return render(
        request,
        "workbench/saved.html",
        bar(actor, card, "plan")
        | {
            "way": way,
            "version": latest,
            "changes": [said.change(*one) for one in latest.changes] if latest else [],
            "agreed": bool(latest and latest.agreed_at),
            "booked": booked_today(actor, way.person_id),
            "came": "missed" not in request.GET,
            "next": next_due(actor, way.person_id),
        },
    )
