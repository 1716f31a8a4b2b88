"""The page of somebody in crisis: who can meet them now, who is asked to come, and who helps next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.diary.sessions import Session
from kohti.kernel import clock, outbox, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.languages import LANGUAGES
from kohti.kernel.once import all_or_nothing
from kohti.kernel.words import title

from . import actions, cards, meeting
from .actions import NextHelp
from .meeting import Coming, Here, InCrisis, Place

NEAREST = 5
"""So many colleagues are in sight, so that who helps next is, too; the others open."""


class NextHelpForm(forms.Form):
    """Who helps next, and how the person takes that along."""

    helps = forms.ChoiceField(
        label=gettext_lazy("Who helps next?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who helps next.")},
    )
    at = forms.TimeField(
        label=gettext_lazy("With a colleague: today at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: now."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the card"))
    phone = forms.CharField(
        label=gettext_lazy("Number for a text"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helps"].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].choices = list(LANGUAGES)  # type: ignore[attr-defined]


class Ways:
    """Who could help somebody next, as the form offers them."""

    def __init__(self, actor: Actor, visit: InCrisis, here: Sequence[Here]) -> None:
        self.actor = actor
        self.places: dict[str, Place] = {
            f"place:{one.code}": one for one in meeting.places(actor, visit.reason)
        }
        self.coming: Coming | None = meeting.next_appointment(visit.person_id) if visit.person_id else None
        self.drop_ins = {
            f"drop-in:{one.id}:{one.starts:%Y%m%d}": one
            for one in meeting.drop_ins(actor, visit.reason, visit.line)
        }
        self.here = {f"staff:{one.staff_id}": one for one in here}

    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen, likeliest first, in the language in use."""
        found = [
            (code, " · ".join(part for part in (title(one.titles), one.place, _said(one)) if part))
            for code, one in self.places.items()
        ]
        found += [
            (code, " · ".join(part for part in (one.title, one.by, one.room, self._hours(one)) if part))
            for code, one in self.drop_ins.items()
        ]
        if self.coming is not None:
            found.append(
                ("appointment", f"{_('Next appointment')}: {self._when(self.coming)} {self.coming.name}")
            )
        found += [(code, f"{one.name} · {title(one.role)}") for code, one in self.here.items()]
        return [*found, ("declined", _("They do not want to know"))]

    def _when(self, coming: Coming) -> str:
        time = words.clock_time(coming.starts, self.actor.zone)
        return _("%(day)s at %(time)s") % {"day": words.day_long(coming.day), "time": time}

    def _hours(self, one: Session) -> str:
        """When a drop-in is held, as the card says it."""
        zone = self.actor.zone
        day = words.day_long(one.starts.astimezone(zone).date())
        return f"{day}, {words.clock_time(one.starts, zone)}–{words.clock_time(one.ends, zone)}"

    def chosen(self, data: dict[str, Any]) -> NextHelp:
        """What the card says, in its own language."""
        code, language = data["helps"], data["language"]
        with words.spoken(language, actor=self.actor):
            if code in self.places:
                place = self.places[code]
                return NextHelp(
                    what="place",
                    name=title(place.titles),
                    place=place.place,
                    when=_said(place),
                    phone=place.phone,
                    language=language,
                )
            if code in self.drop_ins:
                held = self.drop_ins[code]
                return NextHelp(
                    what="drop-in",
                    name=", ".join(part for part in (held.title, held.by) if part),
                    place=", ".join(part for part in (meeting.here(self.actor), held.room) if part),
                    when=self._hours(held),
                    language=language,
                )
            if code == "appointment" and self.coming is not None:
                return NextHelp(
                    what="appointment",
                    name=self.coming.name,
                    place=self.coming.place,
                    when=self._when(self.coming),
                    language=language,
                )
            if code in self.here:
                at = data["at"]
                now = clock.now().astimezone(self.actor.zone)
                instant = now.replace(hour=at.hour, minute=at.minute) if at else now
                time = words.clock_time(instant, self.actor.zone)
                return NextHelp(
                    what="colleague",
                    name=self.here[code].name,
                    place=str(self.actor.facts.get("centre", "")),
                    when=_("%(day)s at %(time)s") % {"day": words.day_long(now.date()), "time": time},
                    language=language,
                )
        return NextHelp(what="declined", language=language)


def _said(place: Place) -> str:
    return title({str(code): text for code, text in place.when.items()}) if place.when else ""


@needs("queue.call")
def crisis(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """Who can meet them now, what to say, and who helps next."""
    visit = meeting.in_crisis(actor, visit_id)
    if "asked" in request.GET and visit.asked:
        pages.say(request, _("%(name)s is asked to come to the door.") % {"name": words.apart(visit.asked)})
    if "texted" in request.GET:
        pages.say(request, _("The card goes out as a text."))
    elif "kept" in request.GET and visit.next_help:
        pages.say(request, _("Saved."))
    return _page(request, actor, visit)


def _page(
    request: HttpRequest,
    actor: Actor,
    visit: InCrisis,
    form: NextHelpForm | None = None,
    *,
    status: int = 200,
) -> HttpResponseBase:
    here = meeting.here_now(actor)
    ways = Ways(actor, visit, here)
    number = meeting.safe_number(visit.person_id) if visit.person_id else ""
    return render(
        request,
        "frontdesk/crisis.html",
        {
            "visit": visit,
            "say": words.quoted(meeting.at_once(actor)),
            "colleagues": [_colleague(actor, one) for one in here],
            "nearest": NEAREST,
            "form": form
            or NextHelpForm(ways.choices(), initial={"key": new_id(), "language": visit.language}),
            "record": number[-3:],
            "asked_at": words.clock_time(visit.asked_at, actor.zone) if visit.asked_at else "",
            "key": new_id(),
        },
        status=status,
    )


def _colleague(actor: Actor, one: Here) -> dict[str, Any]:
    if one.busy:
        state = _("With a visitor")
    elif one.next_at is None:
        state = _("Free")
    elif one.free:
        state = _("Free until %(time)s") % {"time": words.clock_time(one.next_at, actor.zone)}
    else:
        state = _("Appointment at %(time)s") % {"time": words.clock_time(one.next_at, actor.zone)}
    return {
        "id": one.staff_id,
        "name": one.name,
        "role": title(one.role),
        "organisation": one.organisation,
        "free": one.free,
        "state": state,
    }


@needs("queue.call", methods=("POST",))
def ask(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """Ask a colleague to come to the door."""
    try:
        staff_id = uuid.UUID(request.POST.get("staff", ""))
    except ValueError as trouble:
        raise Http404 from trouble
    actions.ask_to_come(
        actor, visit_id, staff_id, key=f"ask:{request.POST.get('key', '')[:60] or new_id()}:{staff_id}"
    )
    page = "promises" if request.POST.get("back") == "promises" else "crisis"
    return redirect(f"{reverse(page, args=[visit_id])}?asked")


@needs("queue.call", methods=("POST",))
def next_help(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """Hold who helps next, and print or text the card. What was typed stays where something is wrong."""
    visit = meeting.in_crisis(actor, visit_id)
    ways = Ways(actor, visit, meeting.here_now(actor))
    form = NextHelpForm(ways.choices(), request.POST)
    how = request.POST.get("how", "")
    if not form.is_valid():
        return _page(request, actor, visit, form, status=422)
    helps = ways.chosen(form.cleaned_data)
    key = f"{form.cleaned_data['key']}"
    try:
        with all_or_nothing():
            actions.say_next_help(actor, visit_id, helps, key=key)
            if how == "text" and helps.what != "declined":
                _text(actor, visit, helps, form.cleaned_data["phone"], key=key)
    except Refused as trouble:
        form.add_error("phone", str(trouble.message))
        return _page(request, actor, visit, form, status=422)
    said = "texted" if how == "text" and helps.what != "declined" else "kept"
    return redirect(f"{reverse('crisis', args=[visit_id])}?{said}")


def _text(actor: Actor, visit: InCrisis, helps: NextHelp, typed: str, *, key: str) -> None:
    """To the number they gave now, else to the safe one on record."""
    recorded = meeting.safe_number(visit.person_id) if visit.person_id and not typed.strip() else ""
    if not typed.strip() and not recorded:
        raise Refused(_("Ask for a number that is safe for a text, or print the card."), code="no-number")
    to = (
        outbox.To(kind="person", id=visit.person_id, address=recorded, name=visit.name)
        if recorded
        else outbox.To(kind="address", address=typed)
    )
    body = cards.as_text(
        actor,
        {
            "name": helps.name,
            "place": helps.place,
            "when": helps.when,
            "phone": helps.phone,
            "language": helps.language,
        },
    )
    actions.text_the_card(actor, visit.id, body, to=to, language=helps.language, key=key)


@needs("queue.call")
def help_card(request: HttpRequest, actor: Actor, visit_id: uuid.UUID) -> HttpResponseBase:
    """The card on paper. That it was printed is in the history."""
    visit = meeting.in_crisis(actor, visit_id)
    if not visit.next_help or visit.next_help["what"] == "declined":
        raise Http404
    actions.card_printed(actor, visit.id, visit.person_id)
    made = cards.printed(actor, visit.next_help)
    return pages.to_save(made.content, name="card.pdf", media_type="application/pdf")
