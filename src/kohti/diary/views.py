"""Importing a diary: first a check that changes nothing, then the change."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.languages import CODES, LANGUAGES
from kohti.kernel.once import all_or_nothing
from kohti.kernel.sheets import UnreadableSheet
from kohti.people.attachments.letters import language_for
from kohti.people.bar import bar
from kohti.people.queries import PersonCard, open_person
from kohti.team.models import Centre
from kohti.team.queries import blueprint

from . import actions, by_link, faults, jobs, letters, queries
from .actions import files
from .earlier import waits_for
from .forms import CloseForm, UploadForm
from .models import ImportedFile
from .what_was_told import what_was_told


@needs("diary.import", methods=("GET", "POST"))
def upload(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Choose a file; it is checked and nothing is changed yet."""
    if request.method != "POST":
        return render(request, "diary/import.html", {"form": UploadForm(initial={"key": new_id()})})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and actor.centre_id is not None:
        sent = form.cleaned_data["file"]
        try:
            held = actions.hold_file(
                actor,
                actor.centre_id,
                sent.read(),
                filename=sent.name,
                key=f"hold:{form.cleaned_data['key']}",
            )
        except UnreadableSheet as trouble:
            form.add_error("file", str(trouble.message))
        else:
            return redirect("diary_preview", held.id)
    return render(request, "diary/import.html", {"form": form}, status=422)


def _held(file_id: uuid.UUID) -> ImportedFile:
    return files.held("diary", file_id)


@needs("diary.import")
def preview(request: HttpRequest, actor: Actor, file_id: uuid.UUID) -> HttpResponseBase:
    """What the file would change, what it would not, and why."""
    held = _held(file_id)
    return render(
        request,
        "diary/preview.html",
        {"held": held, "changes": [_change_in_words(one, actor) for one in held.result.get("changes", ())]},
    )


@needs("diary.import")
def rows(request: HttpRequest, actor: Actor, file_id: uuid.UUID) -> HttpResponseBase:
    """The rows to look at as CSV, to mend the file by."""
    return faults.to_take_away(actor, _held(file_id))


def _change_in_words(change: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """A change to a booking with its fields named, its dates and times as people write them."""
    titles = field_words()
    return change | {
        "fields": [
            {
                "field": titles.get(part["field"], part["field"]),
                "before": _value_in_words(part["field"], part["before"], actor),
                "after": _value_in_words(part["field"], part["after"], actor),
            }
            for part in change["fields"]
        ]
    }


def _value_in_words(field: str, value: str, actor: Actor) -> str:
    if value and field == "starts":
        starts = datetime.fromisoformat(value).replace(tzinfo=actor.zone)
        return f"{words.day_short(starts.date())}, {words.clock_time(starts, actor.zone)}"
    if value and field == "date_of_birth":
        return words.day_short(date.fromisoformat(value))
    return value


@needs("diary.import", methods=("POST",))
def apply(request: HttpRequest, actor: Actor, file_id: uuid.UUID) -> HttpResponseBase:
    """Order the import; it runs in the background, as whoever ordered it."""
    held = _held(file_id)
    if held.state == ImportedFile.State.CHECKED:
        actions.order_import(actor, file_id)
        jobs.import_file.order(actor, subject_id=file_id)
    return redirect("diary_preview", file_id)


@needs("diary.import")
def state(request: HttpRequest, actor: Actor, file_id: uuid.UUID) -> HttpResponseBase:
    """How far the import is: a part of the page, asked for while it runs."""
    return render(request, "diary/_state.html", {"held": _held(file_id)})


def field_words() -> dict[str, str]:
    """The fields of a diary row in words."""
    return {
        "starts": _("time"),
        "minutes": _("length"),
        "customer": _("name"),
        "date_of_birth": _("date of birth"),
        "phone": _("phone"),
        "email": _("e-mail"),
        "staff": _("with"),
        "kind": _("kind"),
        "note": _("note"),
    }


# centres


DONE = {
    "closed": gettext_lazy("The centre stays closed on that day."),
    "opened": gettext_lazy("The centre opens on that day as usual."),
}


@needs("team.see")
def centres(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The centres of the service, for who administers it; else the way to one's own."""
    if actor.scope != "administration":
        return redirect("centre", actor.centre)
    found = Centre.objects.filter(service_id=actor.service).order_by("retired", "name", "code")
    return render(request, "diary/centres.html", {"centres": list(found)})


@needs("team.see")
def centre(request: HttpRequest, actor: Actor, centre_id: uuid.UUID) -> HttpResponseBase:
    """A centre: where it is, its hours, its rooms and the days on which it stays closed."""
    done = request.GET.get("done", "")
    if done in DONE:
        pages.say(request, str(DONE[done]))
    return _centre(request, actor, centre_id, CloseForm())


def _centre(
    request: HttpRequest, actor: Actor, centre_id: uuid.UUID, form: CloseForm, *, status: int = 200
) -> HttpResponseBase:
    page = queries.centre_page(actor, centre_id)
    names = words.locale(words.language()).days["stand-alone"]["wide"]
    return render(
        request,
        "diary/centre.html",
        {
            "centre": page,
            "hours": [
                (names[weekday].capitalize(), f"{opens:%H:%M}–{closes:%H:%M}")
                for weekday, opens, closes in page.hours
            ],
            "closed": [(one, words.day_long(one.day)) for one in page.closed],
            "form": form,
            "may_close": may(actor, "centre.close"),
            "may_cover": may(actor, "diary.cover"),
            "whole": actor.scope == "administration",
        },
        status=status,
    )


@needs("centre.close", methods=("POST",))
def close_on(request: HttpRequest, actor: Actor, centre_id: uuid.UUID) -> HttpResponseBase:
    """The centre stays closed on one day."""
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            with all_or_nothing():
                actions.close_on(
                    actor,
                    centre_id,
                    form.cleaned_data["day"],
                    form.cleaned_data["why"],
                    closes=form.cleaned_data["closes"],
                )
        except Refused as trouble:
            form.add_error("day", str(trouble.message))
        else:
            return redirect(f"{reverse('centre', args=[centre_id])}?done=closed")
    return _centre(request, actor, centre_id, form, status=422)


@needs("centre.close", methods=("POST",))
def open_again(request: HttpRequest, actor: Actor, closure_id: uuid.UUID) -> HttpResponseBase:
    """A day closed by hand is a day like others again."""
    centre_id = actions.open_again(actor, closure_id)
    return redirect(f"{reverse('centre', args=[centre_id])}?done=opened")


@needs("people.open")
def appointments(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """What a person has been given as appointments, to make a letter of or to send."""
    if "sent" in request.GET:
        text = _("It is on its way. What became of it stands under Messages.")
        pages.say(request, text)
    if "ended" in request.GET:
        pages.say(request, _("The link no longer works. The next letter or message has a new one."))
    return _appointments(request, actor, open_person(actor, person_id))


def _appointments(
    request: HttpRequest, actor: Actor, person: PersonCard, *, wrong: str = "", bring: str | None = None
) -> HttpResponseBase:
    coming = letters.to_come(person.id)
    ids = [one.id for one in coming]
    told, links = what_was_told(actor, ids), _links(request, actor, ids)
    return render(
        request,
        "diary/appointments.html",
        bar(actor, person, "appointments")
        | {
            "lines": [
                {
                    "id": one.id,
                    "when": one.when(actor.zone),
                    "kind": words.title(one.kind),
                    "staff": one.staff,
                    "centre": one.centre,
                    "here": one.centre_id == actor.centre_id,
                    "key": f"{one.id}:{one.version}:{new_id()}",
                    "bring": "\n".join(letters.usually_brought()) if bring is None else bring,
                    "link": links.get(one.id, ""),
                    "told": told.get(one.id, ()),
                }
                for one in coming
            ],
            "language": language_for(person),
            "languages": list(LANGUAGES),
            "may_add": may(actor, "documents.add"),
            "may_messages": may(actor, "messages.see"),
            "may_book": may(actor, "diary.book"),
            "by": letters.ways_to_tell(person),
            "wrong": wrong,
            "waits": waits_for(actor, person.id) if may(actor, "diary.book") else [],
        },
        status=409 if wrong else 200,
    )


def _links(request: HttpRequest, actor: Actor, booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The addresses behind which somebody finds these appointments, where the service gives such links."""
    if not booking_ids or not may(actor, "documents.add") or not blueprint(actor).online.links:
        return {}
    found = by_link.tokens_now(booking_ids)
    return {one: request.build_absolute_uri(reverse("link", args=[token])) for one, token in found.items()}


@needs("documents.add", methods=("POST",))
def tell(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Make the letter of an appointment, or send its time and place."""
    one = letters.appointment(booking_id)
    person = open_person(actor, one.person_id)
    language = request.POST.get("language", "")
    language = language if language in CODES else language_for(person)
    key, how = request.POST.get("key") or str(new_id()), request.POST.get("how", "letter")
    bring = request.POST.get("bring", "")
    link = _links(request, actor, [one.id]).get(one.id, "")
    try:
        with all_or_nothing():
            if how == "end-link":
                actions.end_link(actor, one.id, key=key)
                return redirect(f"{reverse('appointments', args=(person.id,))}?ended")
            if how == "letter":
                letters.write_letter(
                    actor, one, person, language=language, bring=bring[:2000].splitlines(), key=key, link=link
                )
                return redirect(f"{reverse('person_documents', args=(person.id,))}?written")
            channel: Literal["mail", "sms"] = "sms" if how == "sms" else "mail"
            letters.tell(actor, one, person, channel=channel, language=language, key=key, link=link)
    except Refused as trouble:
        return _appointments(request, actor, person, wrong=str(trouble.message), bring=bring)
    return redirect(f"{reverse('appointments', args=(person.id,))}?sent")
