"""Pages that change a person's record, one group of it each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, references, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import actions, fields, forms, queries, wording
from kohti.people.actions import Basics, Reach
from kohti.people.bar import bar
from kohti.people.queries import PersonCard

from .page import KIN

Row = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Part:
    """One group of a record: its words, form, what stands there, and how it is saved and ended."""

    title: Callable[[], str]
    form: type[forms.Keyed]
    save: Callable[[Actor, uuid.UUID, dict[str, Any]], object]
    initial: Callable[[PersonCard], dict[str, Any]] = lambda card: {}
    rows: Callable[[Actor, PersonCard], list[Row]] = lambda actor, card: []
    end: Callable[[Actor, uuid.UUID, uuid.UUID], object] | None = None


def person_by_reference(actor: Actor, typed: str) -> uuid.UUID:
    """Whom a typed reference names, within the actor's sight. Raises Refused with what to do."""
    try:
        reference = references.read_reference(typed)
    except references.BadReference as wrong:
        raise Refused(wrong.message, code="reference") from wrong
    found = [one for one in queries.find(actor, reference) if one.reference == reference]
    if not found:
        raise Refused(_("Nobody you may see has this reference."), code="reference")
    return found[0].id


def _who(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> None:
    actions.keep_basics(actor, person_id, Basics(**data))


def _reach(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> None:
    actions.keep_reach(actor, person_id, Reach(**data))


def _mark(actor: Actor, person_id: uuid.UUID, data: dict[str, Any], key: str) -> None:
    sealed = data["about"] if data["about"] in fields.ALWAYS_SEALED else ""
    actions.add_mark(actor, person_id, key=key, sealed=sealed, **data)


def _household(actor: Actor, person_id: uuid.UUID, data: dict[str, Any], key: str) -> None:
    other = person_by_reference(actor, data.pop("reference"))
    actions.add_household(actor, person_id, other, key=key, **data)


def _plain(save: Callable[[Actor, uuid.UUID, dict[str, Any]], None]) -> Callable[..., object]:
    def saved(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> None:
        data.pop("key")
        save(actor, person_id, data)

    return saved


def _keyed(save: Callable[..., object], verb: str) -> Callable[..., object]:
    def saved(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> object:
        key = f"{verb}:{data.pop('key')}"
        return save(actor, person_id, key=key, **data)

    return saved


def _keyed_data(save: Callable[..., object], verb: str) -> Callable[..., object]:
    def saved(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> object:
        key = f"{verb}:{data.pop('key')}"
        return save(actor, person_id, data, key)

    return saved


def _until(mark: Any) -> str:
    day = mark.ends_on or mark.review_on
    return f"{mark.words} ({words.day_short(day)})"


def _household_rows(actor: Actor, card: PersonCard) -> list[Row]:
    seen = queries.overview(card.id, clock.today(actor.zone)).household
    return [(one.id, f"{KIN[one.kind]()}: {one.name}") for one in seen]


def _representative_rows(actor: Actor, card: PersonCard) -> list[Row]:
    seen = queries.overview(card.id, clock.today(actor.zone)).representatives
    return [(one.id, f"{one.full_name}: {one.what_for}") for one in seen]


def _died(actor: Actor, person_id: uuid.UUID, data: dict[str, Any]) -> None:
    actions.note_death(actor, person_id, **data)


def _died_rows(actor: Actor, card: PersonCard) -> list[Row]:
    if card.died_on is None:
        return []
    return [(card.id, f"{words.day_short(card.died_on)}: {card.died_said}")]


PARTS: dict[str, Part] = {
    "who": Part(
        lambda: _("Who they are"),
        forms.WhoForm,
        _plain(_who),
        lambda card: {
            "full_name": card.full_name,
            "called": card.called,
            "date_of_birth": card.date_of_birth,
            "languages": card.languages,
            "interpreter": card.interpreter,
        },
    ),
    "reach": Part(
        lambda: _("Safe contact"),
        forms.ReachForm,
        _plain(_reach),
        lambda card: {
            "safe_contact": card.safe_contact,
            "not_by": card.not_by,
            "no_messages": card.no_messages,
        },
    ),
    "died": Part(
        lambda: _("They have died"),
        forms.DiedForm,
        _plain(_died),
        lambda card: {"died_on": card.died_on, "died_said": card.died_said},
        rows=_died_rows,
        end=lambda actor, person_id, _row: actions.take_back_death(actor, person_id),
    ),
    "contacts": Part(
        lambda: _("Ways to reach them"),
        forms.ContactForm,
        _keyed(actions.add_contact, "contact"),
        rows=lambda actor, card: [(way.id, way.value) for way in card.ways],
        end=actions.end_contact,
    ),
    "marks": Part(
        lambda: _("What helps, what makes vulnerable"),
        forms.MarkForm,
        _keyed_data(_mark, "mark"),
        rows=lambda actor, card: [(mark.id, _until(mark)) for mark in card.marks if mark.kind != "danger"],
        end=actions.end_mark,
    ),
    "danger": Part(
        lambda: _("Danger note"),
        forms.DangerForm,
        _keyed(actions.add_danger, "danger"),
        rows=lambda actor, card: [(mark.id, _until(mark)) for mark in card.marks if mark.kind == "danger"],
        end=actions.end_mark,
    ),
    "representatives": Part(
        lambda: _("Guardians and representatives"),
        forms.RepresentativeForm,
        _keyed(actions.add_representative, "representative"),
        rows=_representative_rows,
        end=actions.end_representative,
    ),
    "household": Part(
        lambda: _("Household"),
        forms.HouseholdForm,
        _keyed_data(_household, "household"),
        rows=_household_rows,
        end=actions.end_household,
    ),
}


@needs("people.edit", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, person_id: uuid.UUID, part: str) -> HttpResponseBase:
    """One group of what we know of a person. What was typed stays where something is wrong."""
    about = PARTS.get(part)
    if about is None:
        raise Http404
    card = queries.open_person(actor, person_id)
    form = about.form(actor, request.POST or None, initial=about.initial(card))
    heeded, questions = request.POST.get("heeded", ""), list[wording.Question]()
    if part == "marks" and form.is_valid() and form.cleaned_data["about"] not in fields.ALWAYS_SEALED:
        questions = wording.asked_openly(actor, [form.cleaned_data["words"]], heeded)
    if request.method == "POST" and form.is_valid() and not questions:
        try:
            with all_or_nothing():
                about.save(actor, person_id, dict(form.cleaned_data))
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('person', args=[person_id])}?said=kept")
    return render(
        request,
        "people/change.html",
        bar(actor, card, "change")
        | {
            "form": form,
            "part": part,
            "heading": about.title(),
            "rows": about.rows(actor, card),
            **wording.shown(questions, heeded),
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("people.edit", methods=("POST",))
def end(request: HttpRequest, actor: Actor, person_id: uuid.UUID, part: str) -> HttpResponseBase:
    """One line of a record holds no more."""
    about = PARTS.get(part)
    queries.open_person(actor, person_id)
    if about is None or about.end is None:
        raise Http404
    try:
        row = uuid.UUID(request.POST.get("row", ""))
    except ValueError:
        raise Http404 from None
    about.end(actor, person_id, row)
    return redirect(f"{reverse('person', args=[person_id])}?said=ended")
