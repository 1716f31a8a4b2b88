"""The ten-minute appointment: what was, what is and what will be, on one page, saved together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules, said, writing
from kohti.journeys.actions import AFTER
from kohti.journeys.models import Journey, Step
from kohti.journeys.views.plan import MOVED_DAYS, step_line
from kohti.journeys.views.reached import check_line
from kohti.kernel import clock, drafts, live, pages, words
from kohti.kernel.actor import Actor, as_actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.partners.rulings import views as rulings
from kohti.partners.rulings.forms import AskForm
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people import wording
from kohti.people.bar import bar

from . import following, lost, meantime, saving

ABOUT = "appointment"
NOT_KEPT = {"csrfmiddlewaretoken", "draft", "key", "heeded"}
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "offered": (("", "0"), ("taken", "t"), ("declined", "n"), ("later", "l"), ("dropped", "x")),
    "doing": (("", "0"), ("done", "d"), ("moved", "m"), ("stuck", "s"), ("dropped", "x")),
    "stuck": (("", "0"), ("done", "d"), ("moved", "m"), ("doing", "g"), ("dropped", "x")),
}
"""What can become of a step in ten minutes, by its state, each with its key."""


def _way(actor: Actor, way_id: uuid.UUID) -> Journey:
    way = queries.journey(way_id, asks_on=clock.today(actor.zone))
    if way.closed_at is not None:
        raise NotThere("no open way")
    return way


@needs("journeys.work", methods=("GET", "POST"))
def appointment(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """One contact with everything that belongs to it. What was typed is kept as a draft until it is saved."""
    trouble = ""
    wrong: dict[str, str] = {}
    fresh = False
    questions: Sequence[wording.Question] = ()
    if request.method == "POST":
        try:
            with all_or_nothing():
                saved = saving.save(actor, way_id, request.POST)
                drafts.drop(ABOUT, way_id)
        except saving.Wrong as one:
            wrong = one.fields
        except saving.Asked as one:
            questions = one.questions
            wrong = {"wording": _("One question before this is saved.")}
        except meantime.Meantime as one:
            wrong, trouble, fresh = one.fields, one.text, True
        except Refused as one:
            trouble = str(one.message)
        except (NotThere, NotAllowed):
            if not lost.typed_words(request):
                _way(actor, way_id)  # says why it is not there
            return lost.to_copy(request)
        else:
            return following.after(
                actor, saved, request.POST.get("then", ""), came="missed" not in request.POST
            )
    try:
        way = _way(actor, way_id)
    except NotThere:
        if lost.typed_words(request):
            return lost.to_copy(request)
        raise
    kept, others = writing.on(ABOUT, way.id)
    typed = request.POST if request.method == "POST" else _typed(kept)
    steps = queries.open_steps(way.id, also=saving.about_steps(typed))
    card = people.open_person(actor, way.person_id)
    if request.GET.get("said") == "saved":
        pages.say(request, _("Saved."))
    return render(
        request,
        "workbench/appointment.html",
        bar(actor, card, "plan")
        | _shown(actor, way, steps, typed, fresh=fresh)
        | {
            "key": request.POST.get("key") or new_id(),
            "draft": _draft_line(actor, kept),
            "others": meantime.others(actor, others),
            "since": ""
            if request.method == "POST"
            else meantime.written_since(actor, way, typed.get("seen", "")),
            "rulings": rulings.of_way(actor, way.id),
            "ask_form": AskForm(actor, auto_id="ask_%s") if may(actor, "shares.write") else None,
            "version": live.version(way.id),
            "trouble": trouble,
            "may_refer": may(actor, "referrals.write"),
            "wrong": wrong,
        }
        | _wording(actor, typed, questions),
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work")
def appointment_news(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """Live news of who else writes about this way."""
    way = _way(actor, way_id)
    language = words.language()
    member_id = actor.member_id
    assert member_id is not None

    def part(news: Sequence[live.News]) -> str:
        with as_actor(actor), words.spoken(language, actor=actor):
            _kept, others = writing.on(ABOUT, way.id)
            told = get_template("workbench/_others.html").render({"others": meantime.others(actor, others)})
            if any(one.topic == "ruling" for one in news):
                asked = {"rulings": rulings.of_way(actor, way.id)}
                told += get_template("partners/rulings/_of_way.html").render(asked)
            return told

    view = live.View(f"appointment:{member_id}", way.id, actor.role, language)
    return pages.stream(request, actor, view, part)


def _wording(actor: Actor, typed: QueryDict, questions: Sequence[wording.Question]) -> dict[str, Any]:
    """What is asked about the note: what saving it was stopped for, else what it looks like so far."""
    heeded = typed.get("heeded", "")
    if questions:
        return {"questions": questions, "heeded": wording.kinds(questions, heeded), "submit": True}
    fields = [*typed.getlist("field"), *typed.getlist("seal")]
    found = wording.asked(actor, typed.get("note", ""), fields)
    return {"questions": found, "heeded": wording.kinds(found, heeded)}


def _typed(kept: drafts.Draft | None) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name, values in (kept.values if kept else {}).items():
        typed.setlist(name, values)
    return typed


def _draft_line(actor: Actor, kept: drafts.Draft | None) -> dict[str, Any]:
    return {
        "version": kept.version if kept else 0,
        "at": words.clock_time(kept.at, actor.zone) if kept else "",
        "elsewhere": "",
    }


@needs("journeys.work", methods=("POST",))
def keep_draft(request: HttpRequest, actor: Actor, way_id: uuid.UUID) -> HttpResponseBase:
    """Keep what is being typed; answers with when, and with the version the window knows from now on."""
    known = request.POST.get("draft", "")
    try:
        way = _way(actor, way_id)
    except NotThere:
        if not lost.typed_words(request):
            raise
        gone = {"version": known, "at": "", "elsewhere": lost.said()}
        return render(
            request, "workbench/_kept.html", {"draft": gone, "oob": True} | _wording(actor, request.POST, ())
        )
    values = {name: list(request.POST.getlist(name)) for name in request.POST if name not in NOT_KEPT}
    line: dict[str, Any]
    try:
        version = drafts.keep(ABOUT, way.id, values, version=int(known) if known.isdigit() else 0)
        line = {"version": version, "at": words.clock_time(clock.now(), actor.zone), "elsewhere": ""}
    except Refused as one:
        line = {"version": known, "at": "", "elsewhere": str(one.message)}
    found = {"draft": line, "oob": True} | _wording(actor, request.POST, ())
    response: HttpResponse = render(request, "workbench/_kept.html", found)
    return response


def _step(step: Step, today: date, typed: QueryDict, *, fresh: bool) -> dict[str, Any]:
    """A step with what was chosen of it. `fresh`: somebody changed it meanwhile, and the form goes on from there."""
    choices = CHOICES.get(step.state) or (
        ("", "0"),
        *((one, "g") for one in ("doing",) if one in AFTER[step.state]),
    )
    chosen = typed.get(f"step-{step.id}", "")
    line = step_line(step, today)
    day = [typed.get(f"day-{step.id}_{n}", "") for n in range(3)]
    return line | {
        "choices": [(code, said.chosen(said.CHOSEN, code), key) for code, key in choices],
        "chosen": chosen if chosen in {code for code, _key in choices} else "",
        "typed_why": typed.get(f"why-{step.id}", ""),
        "typed_day": day if any(day) else line["day"],
        "typed_version": step.version if fresh else typed.get(f"v-{step.id}", step.version),
    }


def _shown(actor: Actor, way: Journey, steps: list[Step], typed: QueryDict, *, fresh: bool) -> dict[str, Any]:
    today = clock.today(actor.zone)
    stages, kinds = rules.stages(actor), rules.outcomes(actor)
    known = life.fields_of_life(actor)
    last, ratings = queries.last_time(way.id)
    said_before = {(one.field, one.view): one for one in ratings}
    scales = {code: rules.scale(actor, code) for code in known}
    return {
        "way": way,
        "last": {
            "day": words.day_long(last.at.astimezone(actor.zone).date()),
            "how": said.chosen(said.CHANNELS, last.channel) if last.came else _("Did not come"),
            "who": last.who,
            "text": last.text,
        }
        if last
        else None,
        "promised": [one.words for one in steps if one.who == Step.Who.COACH and one.state in CHOICES],
        "steps": [_step(one, today, typed, fresh=fresh) for one in steps],
        "seen": meantime.mark(way) if fresh else typed.get("seen") or meantime.mark(way),
        "stage_was": way.stage if fresh else typed.get("stage-was", way.stage),
        "checks": [
            check_line(one, kinds)
            | {
                "chosen": typed.get(f"lasts-{one.id}", ""),
                "typed_day": [typed.get(f"ended-{one.id}_{n}", "") for n in range(3)],
            }
            for one in (queries.checks_due(way.id, today) if getattr(way, "asks", False) else ())
        ],
        "channels": [(code, text()) for code, text in said.CHANNELS.items()],
        "channel": typed.get("channel", "here"),
        "note": typed.get("note", ""),
        "fields": [(code, name, sealed) for code, (name, sealed) in known.items()],
        "marked": [*typed.getlist("field"), *typed.getlist("seal")],
        "needs": [
            {
                "code": code,
                "title": name,
                "own": typed.get(f"own-{code}", ""),
                "coach": typed.get(f"coach-{code}", ""),
                "own_before": _before(scales[code], said_before.get((code, "own"))),
                "coach_before": _before(scales[code], said_before.get((code, "coach"))),
                "levels": [
                    ("", _("as before")),
                    *((str(level or "none"), text) for level, text in scales[code].items()),
                ],
            }
            for code, (name, _sealed) in known.items()
        ],
        "stages": [("", _("as before")), *((one.code, one.title) for one in stages)],
        "stage": typed.get("stage", ""),
        "outcomes": [("", ""), *((one.code, one.title) for one in kinds)],
        "outcome": typed.get("outcome", ""),
        "evidence": typed.get("outcome-evidence", ""),
        "next_words": typed.get("next", ""),
        "next_who": typed.get("next-who", "person"),
        "next_who_words": typed.get("next-who-words", ""),
        "next_offered": "next-offered" in typed,
        "whos": [(code, text()) for code, text in said.WHO.items()],
        "next_day": [typed.get(f"next-day_{n}", "") for n in range(3)]
        if "next-day_0" in typed
        else today + timedelta(days=MOVED_DAYS),
        "times": saving.times(actor, way, today),
        "time": typed.get("time", ""),
    }


def _before(scale: rules.Scale, rating: queries.Rating | None) -> str:
    return scale[rating.level] if rating else ""
