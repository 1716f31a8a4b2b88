"""A person's timeline: everything all rooms know of it, newest first; a note is written here too."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from kohti.diary import timeline as diary
from kohti.frontdesk import timeline as frontdesk
from kohti.journeys import timeline as journeys
from kohti.kernel import names, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.outreach import timeline as outreach
from kohti.people import actions, fields, forms, wording
from kohti.people import queries as people
from kohti.people import timeline as persons
from kohti.people.bar import bar
from kohti.people.timeline import Arm, Line, Part, Row
from kohti.people.views.page import say

PARTS: tuple[Part, ...] = (journeys.PART, persons.PART, frontdesk.PART, outreach.PART, diary.PART)
KINDS = {code: text for part in PARTS for code, text in part.kinds.items()}
SAYS = {arm.name: part.say for part in PARTS for arm in part.arms}
PAGE = 50
SEARCHED = 1_000
"""How many entries one search goes through before it says what it has, and goes on from there."""
BEGINNING = 160
MOST_SEARCHED = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries with their words, and the key of the older ones (empty: there are none)."""

    entries: tuple[tuple[Row, Line], ...]
    older: str


def _instead(arm: Arm) -> list[str]:
    return [part.instead[arm.name] for part in PARTS if arm.name in part.instead]


ALL = """
with ways as materialized (
    select id, opened_at, closed_at, why_here, closed_with from journeys_journey where person_id = %(person)s),
found as materialized (select * from ({arms}) every order by at desc, key desc limit {most})
select f.arm, f.at, f.hour, f.key, coalesce(s.full_name, ''), coalesce(o.full_name, ''), f.fields, f.sealed, f.told
from found f
left join team_membership m on m.id = f.by_member left join team_staff s on s.id = coalesce(f.by_staff, m.staff_id)
left join team_membership w on w.id = f.whom_member left join team_staff o on o.id = coalesce(f.whom_staff, w.staff_id)
order by f.at desc, f.key desc
"""


@lru_cache(maxsize=256)
def statement(kind: str, most: int, *, after: bool, of_field: bool) -> str:
    """The one statement that asks every room: of one kind or of all, from an entry on, of a field of life."""
    arms = [
        arm.statement(most, instead=_instead(arm), after=after, of_field=of_field)
        for part in PARTS
        for arm in part.arms
        if kind in ("", arm.kind) and (arm.fields or not of_field)
    ]
    if not arms:
        return ""
    return ALL.format(arms=" union all ".join(arms), most=most)


def _rows(actor: Actor, person_id: uuid.UUID, *, kind: str, field: str, older: str, most: int) -> list[Row]:
    asked = statement(kind, most, after=bool(older), of_field=bool(field))
    if not asked:
        return []
    values: dict[str, Any] = {"person": person_id, "field": field, "zone": str(actor.zone)}
    if older:
        at, _sep, key = older.rpartition("_")
        values |= {"at": datetime.fromisoformat(at), "key": uuid.UUID(key)}
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return [
            Row(arm, at, hour, key, who, whom, tuple(of), sealed, json.loads(told))
            for arm, at, hour, key, who, whom, of, sealed, told in cursor.fetchall()
        ]


def entries(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: str = "",
    field: str = "",
    search: str = "",
    older: str = "",
) -> Page:
    """A page of a person's timeline as far as the actor may see it, newest first. One statement.

    `search`: those in which every one of these words begins or stands somewhere, accents ignored; it goes through a
    thousand entries and gives the key to go on from. Whoever asks has opened the person, which is in the history.
    """
    wanted = names.fold(search).split()
    most = SEARCHED if wanted else PAGE
    rows = _rows(actor, person_id, kind=kind, field=field, older=older, most=most + 1)
    known = fields.fields_of_life(actor)
    found: list[tuple[Row, Line]] = []
    last: Row | None = None
    for row in rows[:most]:
        line = SAYS[row.arm](actor, row)
        if not wanted or _matches(wanted, row, line, known):
            if len(found) == PAGE:
                break
            found.append((row, line))
        last = row
    further = last is not None and (last.id, last.arm) != (rows[-1].id, rows[-1].arm)
    return Page(tuple(found), _key(last) if further and last else "")


def _key(row: Row) -> str:
    return f"{row.at.isoformat()}_{row.id}"


def _matches(wanted: Sequence[str], row: Row, line: Line, known: dict[str, tuple[str, bool]]) -> bool:
    titles = [fields.title_of(known, code) for code in row.fields]
    said = names.fold(
        " ".join((line.word, line.what, line.tag, line.text, *line.items, row.who, row.whom, *titles))
    )
    return all(word in said for word in wanted)


def _shown(actor: Actor, row: Row, line: Line, known: dict[str, tuple[str, bool]]) -> dict[str, Any]:
    """An entry for the page: one line, and what opens under it where the line does not say all."""
    what = ": ".join(part for part in (line.word, line.what) if part)
    short = " ".join(line.text.split())
    text = line.text
    if short and not line.what:
        cut = short if len(short) <= BEGINNING else short[:BEGINNING].rsplit(" ", 1)[0] + " …"
        what = f"{line.word}: {cut}" if line.word else cut
        if cut == short and "\n" not in line.text.strip():
            text = ""
    return {
        "id": row.id,
        "arm": row.arm,
        "icon": line.icon,
        "what": what,
        "at": words.clock_time(row.at, actor.zone) if row.hour else "",
        "who": row.who,
        "fields": ", ".join(fields.title_of(known, code) for code in row.fields),
        "sealed": row.sealed,
        "tag": line.tag,
        "text": text,
        "more": line.items,
        "href": line.href,
        "href_text": line.href_text,
    }


def _older(text: str) -> str:
    """The key of an address, if it is one."""
    at, _sep, key = text.rpartition("_")
    try:
        aware = datetime.fromisoformat(at).tzinfo is not None
        uuid.UUID(key)
    except ValueError:
        return ""
    return text if aware else ""


@needs("people.note", methods=("GET", "POST"))
def timeline(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """What happened, newest first, narrowed by kind and field of life; searched; a note is written on top."""
    card = people.open_person(actor, person_id)
    known = fields.fields_of_life(actor)
    searching = "q" in request.POST
    form = forms.NoteForm(actor, known, request.POST if request.POST and not searching else None)
    here = reverse("person_timeline", args=[person_id])
    questions: list[wording.Question] = []
    heeded, sealing = request.POST.get("heeded", ""), request.POST.getlist("seal")
    if request.method == "POST" and not searching and form.is_valid():
        data = form.cleaned_data
        marked = list(dict.fromkeys([*data["fields_"], *(one for one in sealing if one in known)]))
        questions = wording.asked(actor, data["text"], marked, heeded)
        try:
            if not questions:
                with all_or_nothing():
                    actions.write_note(
                        actor, person_id, data["text"], fields=marked, key=f"note:{data['key']}"
                    )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            if not questions:
                return redirect(f"{here}?said=note")
    say(request)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    field = request.GET.get("field", "") if request.GET.get("field") in known else ""
    search = request.POST.get("q", "")[:MOST_SEARCHED].strip()
    older = _older(request.POST.get("older", "") or request.GET.get("older", ""))
    page = entries(actor, person_id, kind=kind, field=field, search=search, older=older)
    kept = {name: code for name, code in (("kind", kind), ("field", field)) if code}
    days = groupby(page.entries, key=lambda one: one[0].at.astimezone(actor.zone).date())
    return render(
        request,
        "workbench/timeline.html",
        bar(actor, card, "timeline")
        | {
            "form": form,
            "questions": questions,
            "heeded": wording.kinds(questions, heeded),
            "here": f"{here}?{urlencode(kept)}" if kept else here,
            "days": [
                (words.day_long(day), [_shown(actor, row, line, known) for row, line in ones])
                for day, ones in days
            ],
            "kinds": _chips(here, kept, "kind", [(code, text()) for code, text in KINDS.items()]),
            "fields_of_life": _chips(
                here, kept, "field", [(code, name) for code, (name, _sealed) in known.items()]
            ),
            "narrowed": bool(kept or search),
            "field": field,
            "search": search,
            "older": page.older,
            "later": f"{here}?{urlencode(kept | {'older': page.older})}" if page.older else "",
        },
        status=422 if request.method == "POST" and not searching else 200,
    )


def _chips(
    here: str, kept: dict[str, str], name: str, choices: list[tuple[str, str]]
) -> list[tuple[str, str, bool]]:
    """What a list is narrowed to, each with its address; a chosen one's takes it off again."""
    made = []
    for code, text in choices:
        chosen = kept.get(name) == code
        others = {key: value for key, value in kept.items() if key != name}
        asked = urlencode(others if chosen else others | {name: code})
        made.append((text, f"{here}?{asked}" if asked else here, chosen))
    return made
