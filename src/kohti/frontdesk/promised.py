"""What was promised somebody who is here: a quiet room that is free, a known face that is here, ticked as it is kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, history, pages
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people.promising import OF_ROOMS

from . import actions, queries
from .showing import as_cards

FREE = """
select r.name from diary_room r
where r.centre_id = %(centre)s and %(has)s = any(r.has) and not r.retired and not exists (
    select 1 from diary_booking b where b.room_id = r.id and b.holds and b.day = %(day)s
    and b.starts < %(now)s + interval '15 minutes' and b.ends > %(now)s)
and r.id not in (select d.room_id from kohti.drop_ins_between(array[%(centre)s]::uuid[], %(day)s, %(day)s, %(zone)s) s
    join diary_dropin d on d.id = s.id
    where d.room_id is not null and s.starts < %(now)s + interval '15 minutes' and s.ends > %(now)s)
order by r.name
"""
FACE = """
select not exists (select 1 from diary_absence a where a.staff_id = %(staff)s and a.starts <= %(now)s and a.ends > %(now)s)
    and exists (select 1 from team_membership m where m.staff_id = %(staff)s and m.centre_id = %(centre)s
                and m.starts <= %(now)s and (m.ends is null or m.ends > %(now)s))
"""


def _asked(query: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


@needs("queue.call", methods=("GET", "POST"))
def promises(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """Each promise of a visit: kept, or why not; which quiet room is free, and whether the known face is here."""
    trouble = ""
    if request.method == "POST":
        try:
            with all_or_nothing():
                actions.answer_promise(
                    actor,
                    visit_id,
                    request.POST.get("promise", ""),
                    kept=request.POST.get("kept") == "yes",
                    why=request.POST.get("why", ""),
                    key=f"promise:{request.POST.get('key', '')[:60] or new_id()}:{request.POST.get('promise', '')}",
                )
        except Refused as refused:
            trouble = str(refused.message)
        else:
            return redirect(f"{reverse('promises', args=[visit_id])}?kept")
    day = clock.today(actor.zone)
    shown = as_cards(actor, queries.cards_of(actor.centre, day, [visit_id]))
    if not shown:
        raise NotThere("no such visit")
    card, found = shown[0]["card"], shown[0]["promises"]
    if card.person_id:
        history.record("person.found", "visit", visit_id, persons=[card.person_id])
    if "kept" in request.GET:
        pages.say(request, _("Saved."))
    values: dict[str, Any] = {
        "centre": actor.centre,
        "day": day,
        "now": clock.now(),
        "zone": actor.zone.key,
    }
    wanted = {one["code"]: one for one in found}
    face = wanted.get("face", {}).get("face")
    return render(
        request,
        "frontdesk/promises.html",
        {
            "card": card,
            "promises": found,
            "rooms": {code: _asked(FREE, values | {"has": code}) for code in OF_ROOMS if code in wanted},
            "face_here": bool(face) and _asked(FACE, values | {"staff": face})[0],
            "trouble": trouble,
            "key": new_id(),
        },
        status=422 if trouble else 200,
    )
