"""Today: who comes next, who needs this colleague now, and for a leader who falls between."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.diary.rota.placed import PLACED, gathered
from kohti.diary.rota.queries import values
from kohti.diary.rota.today import Day, of_the_day
from kohti.frontdesk.showing import later
from kohti.journeys import actions, queries, rules, said
from kohti.journeys.queries import Needs
from kohti.kernel import clock, drafts, history, links, reading, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import short
from kohti.kernel.words import title
from kohti.outreach import queries as outreach
from kohti.outreach.queries import RoundLine
from kohti.outreach.views import round_line
from kohti.partners import asked_again
from kohti.partners.referrals import queries as partners
from kohti.partners.referrals import showing as of_partners
from kohti.partners.rulings import queries as rulings
from kohti.partners.rulings import showing as of_rulings
from kohti.people.models import Mark

from . import handed, here, shares_due
from .appointment import ABOUT
from .leading import by_coach, leading
from .meantime import when
from .meanwhile import digest

MENDS: dict[str, tuple[str, Callable[[], str]]] = {
    "owner": ("plan", lambda: _("Give them a coach")),
    "away": ("plan", lambda: _("Let somebody stand in")),
    "next": ("appointment", lambda: _("Plan the next step")),
    "contact": ("appointment", lambda: _("Get in touch")),
    "missed": ("appointment", lambda: _("Ask why they did not come")),
    "stuck": ("plan", lambda: _("Take it up")),
    "limit": ("plan", lambda: _("Look at the time limit")),
}
"""The one page that mends each broken rule."""


@dataclass(frozen=True, slots=True)
class Coming:
    """An appointment of one's own: when, with whom, what kind, what became of it, their way, and their visit
    (its state, ticket and when they came).

    Whom one does not see yet is not named: that begins with the day.
    """

    booking_id: uuid.UUID
    day: date
    starts: datetime
    person_id: uuid.UUID | None
    name: str
    kind: str
    state: str
    heed: str
    way_id: uuid.UUID | None
    visit: tuple[str, str, int, datetime] | None
    late: int
    """How many minutes later they said that they come."""


MINE = """
select b.id, b.day, b.starts, p.id as person, coalesce(nullif(p.called, ''), p.full_name, '') as name,
    k.title::text as kind, b.state, coalesce(p.heed::text, '[]') as heed, j.id as way,
    v.state as stands, v.letter, v.number, v.arrived_at,
    coalesce(b.late_minutes, 0) as late
from diary_booking b join diary_kind k on k.id = b.kind_id left join people_person p on p.id = b.person_id
left join journeys_journey j on j.person_id = b.person_id and j.closed_at is null
left join frontdesk_visit v on v.booking_id = b.id and v.counts
where b.staff_id = %(staff)s and b.day between %(first)s and %(last)s and b.state <> 'cancelled' order by b.starts, b.id
"""


def _coming(row: reading.Row) -> Coming:
    return Coming(
        uuid.UUID(row["id"]),
        date.fromisoformat(row["day"]),
        datetime.fromisoformat(row["starts"]),
        reading.identifier(row["person"]),
        row["name"],
        row["kind"],
        row["state"],
        row["heed"],
        reading.identifier(row["way"]),
        (row["stands"], row["letter"], row["number"], datetime.fromisoformat(row["arrived_at"]))
        if row["stands"]
        else None,
        row["late"],
    )


@dataclass(frozen=True, slots=True)
class Mine:
    """What is one's own on a day: appointments, drafts that wait to be saved, what helpers did, what was asked for a
    ruling, who of the partners is here, which entries of the directory one is asked to confirm, rounds out there,
    shares to look at again, replies from partners, and who was handed over to oneself."""

    coming: list[Coming]
    drafts: int
    helped: list[queries.Helped]
    rulings: list[rulings.OnToday]
    placed: Day
    to_confirm: list[asked_again.Asked]
    rounds: list[RoundLine]
    shares: list[shares_due.Due]
    replies: list[partners.Line]
    referred: list[partners.Line]


def coming(actor: Actor, first: date, last: date) -> Mine:
    """What is one's own from a day to a day, and who of the partners is here on the first.

    Two statements; it is in the history whom one saw.
    """
    asked: dict[str, Any] = (
        {"staff": actor.staff_id, "me": actor.member_id}
        | values(actor, first, last)
        | drafts.waiting(ABOUT)
        | asked_again.values(actor)
        | shares_due.values(actor)
    )
    parts: list[reading.Part[Any]] = [
        reading.Part(MINE, _coming),
        drafts.WAITING,
        queries.HELPED,
        rulings.TODAY,
        PLACED,
        asked_again.ASKED,
        shares_due.DUE,
    ]
    goes_out, refers = may(actor, "outreach.go"), may(actor, "referrals.answer")
    if goes_out:
        more, rounds = outreach.today(actor)
        asked = more | asked
        parts.append(rounds)
    if refers:
        asked["today"] = first
        parts += [partners.REPLIES, partners.REFERRED]
    found, waiting, helped, ruled, places, to_confirm, shares, *others = reading.together(asked, *parts)
    rest = iter(others)
    rounds_now = next(rest) if goes_out else []
    replies, referred = (next(rest), next(rest)) if refers else ([], [])
    seen = (*found, *helped, *shares, *replies, *referred)
    persons = [one.person_id for one in seen if one.person_id]
    persons += [one.person_id for one in ruled if one.name]
    if persons:
        history.record("person.listed", "person", None, persons=persons)
    today = [one for one in gathered(places) if one.day == first]
    placed = of_the_day(actor, today)
    return Mine(found, len(waiting), helped, ruled, placed, to_confirm, rounds_now, shares, replies, referred)


def _coming_line(actor: Actor, one: Coming) -> dict[str, Any]:
    heed = [
        (kind, text)
        for kind, text, ends, *more in json.loads(one.heed)
        if (not ends or date.fromisoformat(ends) >= one.day)
        and not (more and date.fromisoformat(more[0].get("from", "0001-01-01")) > one.day)
    ]
    return {
        "id": short(one.booking_id),
        "here": here.line(actor, one.booking_id, *one.visit) if one.visit else None,
        "time": words.clock_time(one.starts, actor.zone),
        "person": one.person_id,
        "name": one.name or (_("No name given") if one.person_id else ""),
        "kind": title(one.kind),
        "helps": [text for kind, text in heed if kind != "danger"],
        "danger": [text for kind, text in heed if kind == "danger"],
        "state": one.state,
        "late": later(one.late) if one.late and one.state == "booked" else "",
        "start": _start(one),
    }


def _start(one: Coming) -> str:
    if one.way_id:
        return links.to("appointment", one.way_id)
    return links.to("plan", one.person_id) if one.person_id else ""


def _needing_line(one: Needs) -> dict[str, Any]:
    page, text = MENDS.get(one.rules[0], MENDS["next"])
    return {
        "person": one.person_id,
        "name": one.name or _("No name given"),
        "reference": one.reference,
        "owner": one.owner,
        "whys": [said.chosen(said.BROKEN, rule) for rule in one.rules],
        "mend": text(),
        "mend_at": links.to(page, one.journey_id if page == "appointment" else one.person_id),
    }


@needs("journeys.see")
def my_day(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """My next person and the row of the day, who needs me, what happened while I was away; for a leader the centre."""
    with history.as_one_page():
        shown = _shown(actor)
    return render(request, "workbench/day.html", shown)


def _shown(actor: Actor) -> dict[str, Any]:
    today = clock.today(actor.zone)
    stages = rules.stages(actor)
    own = coming(actor, today, today + timedelta(days=1))
    mine = own.coming
    now = clock.now()
    ahead = [one for one in mine if one.day == today and one.state == "booked" and one.starts > now]
    # Who is here and waits comes before who is only expected.
    ahead = [one for one in mine if one.visit and one.visit[0] in here.IN_THE_LINE] + ahead
    leads = may(actor, "journeys.lead")
    kinds = rules.outcomes(actor)
    needing = queries.needing(actor, leads=leads)
    asked, mine_asked = queries.hand_overs(actor)
    actions.hand_overs_read(actor, asked)
    return {
        "day": words.day_long(today),
        "next": _coming_line(actor, ahead[0]) if ahead else None,
        "today": [_coming_line(actor, one) for one in mine if one.day == today],
        "tomorrow": [_coming_line(actor, one) for one in mine if one.day > today],
        "meanwhile": digest(actor, stages),
        "needs": [_needing_line(one) for one in needing.mine],
        "climbed": by_coach([_needing_line(one) for one in needing.climbed]),
        "further": needing.further,
        "leading": leading(actor) if leads else None,
        "follow_ups": [
            {
                "at": links.to("follow_up", one.ending_id)
                if one.ending_id
                else f"{links.to('plan', one.person_id)}#reached",
                "lasts": rules.named(kinds, one.outcome) if one.outcome else "",
                "name": one.called or one.name or _("No name given"),
                "on": words.day_short(one.on),
                "by": "" if one.mine else one.by,
            }
            for one in queries.follow_ups(actor)
        ],
        "asked": [
            {
                "id": one.id,
                "person": one.person_id,
                "name": one.name or _("No name given"),
                "by": one.by,
                "from": words.day_short(one.from_day),
                "words": one.words,
            }
            for one in asked
        ],
        "reviews": [
            {
                "id": one.id,
                "person": one.person_id,
                "name": one.name,
                "danger": one.kind == Mark.Kind.DANGER,
                "words": one.words,
                "on": words.day_short(one.on),
            }
            for one in (queries.to_review(actor) if may(actor, "people.edit") else ())
        ],
        "replies": [of_partners.line(actor, one) for one in own.replies],
        "referred": [of_partners.line(actor, one) for one in own.referred],
        "told": [handed.line(actor, one) for one in mine_asked],
        "helped": [
            {
                "id": one.id,
                "person": one.person_id,
                "name": one.person or _("No name given"),
                "helper": one.helper,
                "step": one.step,
                "state": said.chosen(said.STATES, one.state),
                "stuck": one.state == "stuck",
                "words": one.words,
                "at": when(actor, one.at),
            }
            for one in own.helped
        ],
        "rulings": [of_rulings.today_line(actor, one) for one in own.rulings],
        "to_confirm": own.to_confirm,
        "shares_due": [shares_due.line(one) for one in own.shares],
        "drafts": own.drafts,
        "partners": own.placed,
        "rounds": [round_line(actor, one) for one in own.rounds],
        "may_work": may(actor, "journeys.work"),
    }
