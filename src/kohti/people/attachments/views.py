"""A person's papers: the list, bringing one, reading one, ending one; a letter in one's own words."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import attachments, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people.bar import bar
from kohti.people.fields import fields_of_life, title_of
from kohti.people.queries import open_person

from . import actions, letters, queries, scanning
from .forms import BringForm, EndForm, LetterForm
from .models import Attachment


def _form(actor: Actor, *data: Any) -> BringForm:
    sealed = [
        (code, _("Only with the key to: %(field)s") % {"field": title})
        for code, (title, is_sealed) in fields_of_life(actor).items()
        if is_sealed
    ]
    return BringForm(*data, initial={"key": new_id()}, sealed_choices=sealed)


def _page(
    request: HttpRequest, actor: Actor, person_id: uuid.UUID, form: BringForm | None, *, status: int = 200
) -> HttpResponse:
    person = open_person(actor, person_id)
    known = fields_of_life(actor)
    lines = [
        {
            "id": line.id,
            "title": line.title or line.name,
            "name": line.name,
            "made": line.source == Attachment.Source.MADE,
            "size": _size(line.size),
            "unscanned": line.scanned == "unscanned" and _not_scanned(),
            "sealed": title_of(known, line.sealed) if line.sealed else "",
            "by": line.by,
            "on": words.day_of(line.at, actor.zone),
            "ended_on": words.day_of(line.ended_at, actor.zone),
            "because": attachments.WORDS["infected"]()
            if line.ended_because == scanning.FOUND
            else line.ended_because,
        }
        for line in queries.of_person(actor, person_id)
    ]
    return render(
        request,
        "people/documents.html",
        bar(actor, person, "documents")
        | {
            "lines": [line for line in lines if not line["ended_on"]],
            "ended": [line for line in lines if line["ended_on"]],
            "form": form,
            "may_add": may(actor, "documents.add"),
        },
        status=status,
    )


def _not_scanned() -> str:
    return _("Not yet scanned for viruses") if attachments.has_scanner() else _("Not scanned for viruses")


def _size(size: int) -> str:
    if size < 100_000:
        return _("%(number)s kB") % {"number": words.number(max(1, size // 1000))}
    return _("%(number)s MB") % {"number": words.number(size / 1_000_000, decimals=1)}


@needs("documents.read")
def documents(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """A person's papers. Opening the list is written into the history."""
    said = {
        "kept": _("Kept."),
        "ended": _("Ended. The file is erased."),
        "written": _("The letter is ready."),
    }
    for word, text in said.items():
        if word in request.GET:
            pages.say(request, text)
    return _page(request, actor, person_id, _form(actor) if may(actor, "documents.add") else None)


@needs("documents.add", methods=("POST",))
def bring(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Keep a file with a person. What was typed stays when the file is not taken."""
    form = _form(actor, request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        if sent.size > attachments.MOST_BYTES:
            form.add_error("file", attachments.WORDS["too-large"]())
        else:
            try:
                with all_or_nothing():
                    actions.bring(
                        actor,
                        person_id,
                        sent.read(),
                        filename=sent.name,
                        key=f"bring:{form.cleaned_data['key']}",
                        title=form.cleaned_data["title"],
                        sealed=form.cleaned_data["sealed"],
                    )
            except Refused as trouble:
                form.add_error("file", str(trouble.message))
            else:
                return redirect(f"{_address(person_id)}?kept")
    return _page(request, actor, person_id, form, status=422)


def _address(person_id: uuid.UUID) -> str:
    return reverse("person_documents", args=(person_id,))


@needs("documents.read")
def document(request: HttpRequest, actor: Actor, document_id: uuid.UUID) -> HttpResponseBase:
    """A paper, to be saved."""
    paper = queries.open_paper(actor, document_id)
    return pages.to_save(paper.content, name=paper.name, media_type=attachments.KINDS[paper.kind][1])


@needs("documents.add", methods=("GET", "POST"))
def end(request: HttpRequest, actor: Actor, document_id: uuid.UUID) -> HttpResponseBase:
    """End a paper, with a reason: this cannot be undone, so it is asked."""
    row = (
        Attachment.objects.filter(id=document_id, ended_at=None)
        .values_list("person_id", "title", "name")
        .first()
    )
    if row is None:
        raise NotThere("no such paper")
    person_id, title, name = row
    form = EndForm(request.POST) if request.method == "POST" else EndForm()
    if request.method == "POST" and form.is_valid():
        actions.end(actor, document_id, because=form.cleaned_data["because"])
        return redirect(f"{_address(person_id)}?ended")
    return render(
        request,
        "people/document_end.html",
        bar(actor, open_person(actor, person_id), "documents")
        | {"form": form, "paper": title or name, "document_id": document_id, "person_id": person_id},
        status=422 if form.is_bound else 200,
    )


@needs("documents.add", methods=("GET", "POST"))
def letter(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """A letter in one's own words. It becomes a PDF, kept with the person."""
    person = open_person(actor, person_id)
    if request.method == "POST":
        form = LetterForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            letters.plain(
                actor,
                person,
                subject=said["subject"],
                text=said["text"],
                language=said["language"],
                key=str(said["key"]),
            )
            return redirect(f"{_address(person_id)}?written")
    else:
        form = LetterForm(initial={"key": new_id(), "language": letters.language_for(person)})
    return render(
        request,
        "people/letter.html",
        bar(actor, person, "documents") | {"form": form},
        status=422 if form.is_bound else 200,
    )
