"""The waiting list for earlier times, and asking to be on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField
from kohti.kernel import clock, history, ids, links, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id, short
from kohti.kernel.once import all_or_nothing
from kohti.people.bar import bar
from kohti.people.queries import PersonCard, open_person
from kohti.team.models import Staff

from . import actions, earlier, offering
from .book.asking import Choices, identifier
from .book.reading import Somebody, somebody
from .earlier import Earlier, Waits
from .models import Booking, Offer, Wish


class EarlierForm(forms.Form):
    """When a time would suit, and by when: for whoever has an appointment, or for whoever has none (`without`)."""

    kind = forms.ChoiceField(label=gettext_lazy("For"))
    staff = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    anybody = forms.BooleanField(label=gettext_lazy("With another colleague too"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days that suit"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until what time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    until = DayField(label=gettext_lazy("By when"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, without: Choices | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = words.locale(words.language()).days["stand-alone"]["wide"]
        self._choose("weekdays", [(str(day), names[day].capitalize()) for day in range(7)])
        if without is None:
            del self.fields["kind"], self.fields["staff"]
            return
        del self.fields["anybody"]
        self.fields["until"].required = True
        self._choose("kind", [(short(one.id), one.title) for one in without.kinds])
        self._choose("staff", without.as_options(without.colleagues, _("Whoever has time")))

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        self.fields[name].choices = options  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """When it would suit, as the actions take it."""
        data = self.cleaned_data
        return {
            "weekdays": [int(day) for day in data["weekdays"]],
            "opens": data["opens"],
            "closes": data["closes"],
            "until": data["until"],
            "key": f"earlier:{data['key']}",
        }


def _asked(form: EarlierForm, ask: Callable[..., object], **how: Any) -> bool:
    """Put them on the list; False where the form says why not."""
    try:
        with all_or_nothing():
            ask(**how, **form.said())
    except Refused as trouble:
        form.add_error(None, str(trouble.message))
        return False
    return True


@needs("diary.book", methods=("GET", "POST"))
def ask_earlier(request: HttpRequest, actor: Actor, booking_id: uuid.UUID) -> HttpResponseBase:
    """Put the person of an appointment on the list: they would have it earlier."""
    found = Booking.objects.filter(id=booking_id, centre_id=actor.centre).select_related("staff").first()
    if found is None or found.person_id is None:
        raise NotThere("no such appointment here")
    wish = Wish.objects.filter(booking_id=booking_id, ended_at=None).first()
    before = {name: getattr(wish, name) for name in ("anybody", "opens", "closes", "until")} if wish else {}
    days = {"weekdays": [str(day) for day in wish.weekdays]} if wish else {}
    form = EarlierForm(None, request.POST or None, initial={"key": new_id()} | before | days)
    if request.method == "POST" and form.is_valid():
        how = {"actor": actor, "booking_id": booking_id, "anybody": form.cleaned_data["anybody"]}
        if _asked(form, actions.ask_earlier, **how):
            return redirect(f"{reverse('waiting_list')}?said")
    return render(
        request,
        "diary/ask_earlier.html",
        {
            "form": form,
            "booking_id": booking_id,
            "when": _when(actor, found.starts),
            "staff": found.staff.full_name if found.staff else "",
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("diary.book", methods=("GET", "POST"))
def ask_for_time(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Put somebody who has no appointment on the list: they come as soon as there is a time."""
    about: dict[str, Any] = {"about": None}
    person: PersonCard | Somebody | None
    if may(actor, "people.open"):
        person = open_person(actor, person_id)
        about = bar(actor, person, "appointments")
    elif (person := somebody(person_id)) is None:
        raise NotThere("no such person")
    else:
        about["person"] = person
        history.record("person.listed", "person", person.id, persons=[person.id])
    in_four_weeks = clock.today(actor.zone) + timedelta(weeks=4)
    form = EarlierForm(
        Choices.read(actor), request.POST or None, initial={"key": new_id(), "until": in_four_weeks}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        how = {"actor": actor, "person_id": person.id, "kind_id": identifier(data["kind"])}
        staff = {"staff_id": identifier(data["staff"]) if data["staff"] else None}
        if _asked(form, actions.ask_for_time, **how, **staff):
            return redirect(f"{reverse('waiting_list')}?said")
    return render(
        request,
        "diary/ask_for_time.html",
        about | {"form": form},
        status=422 if request.method == "POST" else 200,
    )


def _when(actor: Actor, starts: datetime) -> str:
    return f"{words.day_of(starts, actor.zone)}, {words.clock_time(starts, actor.zone)}"


def _press(one: Earlier) -> str:
    """What a press does; nothing where no time is free, or whoever reads does not see whom they would book."""
    if one.offer is None:
        return ""
    if one.who.booking_id is not None:
        return _("Move there")
    return _("Book an appointment") if one.who.name else ""


def _page_of(actor: Actor, who: Waits) -> str:
    """Where a line leads: to the appointment, or to whoever has none yet."""
    if who.booking_id is not None:
        return links.to("book_one", who.booking_id)
    return links.to("appointments", who.person_id) if who.name and may(actor, "people.open") else ""


@needs("diary.book")
def waiting_list(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who would come earlier, in order, and what is free for each."""
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    return _waiting_list(request, actor)


def _waiting_list(request: HttpRequest, actor: Actor, *, wrong: str = "") -> HttpResponseBase:
    found = earlier.waiting(actor, after=ids.typed(request.GET.get("after", "")))
    offers = offering.offered_to([one.who.id for one in found])
    free = {one.offer.staff_id for one in found if one.offer and one.offer.staff_id}
    colleagues = dict(Staff.objects.filter(id__in=free).order_by("id").values_list("id", "full_name"))
    return render(
        request,
        "diary/waiting_list.html",
        {
            "wrong": wrong,
            "further": found[-1].who.id if found and found[-1].further else "",
            "lines": [_line(actor, one, colleagues, offers.get(one.who.id, [])) for one in found],
        },
        status=409 if wrong else 200,
    )


MOST_OFFERS = 3
BECAME: dict[str, tuple[Callable[[], str], str]] = {
    Offer.State.OPEN: (lambda: _("Waiting"), "neutral"),
    Offer.State.YES: (lambda: _("Yes"), "success"),
    Offer.State.NO: (lambda: _("No"), "outline"),
    Offer.State.LATE: (lambda: _("No answer"), "outline"),
    Offer.State.GONE: (lambda: _("Taken by somebody else"), "outline"),
    Offer.State.TAKEN_BACK: (lambda: _("Taken back"), "outline"),
}


def _line(
    actor: Actor, one: Earlier, colleagues: dict[uuid.UUID, str], offers: Sequence[Offer]
) -> dict[str, Any]:
    who, free = one.who, one.offer
    with_whom = words.apart(colleagues.get(free.staff_id, "")) if free and free.staff_id else ""
    at = _when(actor, free.starts) if free else ""
    return {
        "id": who.id,
        "name": who.name,
        "href": _page_of(actor, who),
        "when": _when(actor, who.starts) if who.starts else "",
        "until": words.day_short(who.until) if who.until else "",
        "kind": who.kind,
        "press": _press(one),
        "staff": who.staff,
        "offer": _("%(time)s with %(name)s") % {"time": at, "name": with_whom} if with_whom else at,
        "offers": [
            {
                "id": asked.id,
                "open": asked.state == Offer.State.OPEN,
                "said": _("Asked %(asked)s whether %(time)s suits")
                % {"asked": _when(actor, asked.at), "time": _when(actor, asked.starts)},
                "until": offering.by(asked.until, actor),
                "state": BECAME[asked.state][0](),
                "tone": BECAME[asked.state][1],
            }
            for asked in offers[:MOST_OFFERS]
        ],
        "fields": {
            "starts": free.starts.isoformat(),
            "staff": str(free.staff_id),
            "version": str(who.version),
        }
        if free
        else {},
    }


@needs("diary.book", methods=("POST",))
def take_earlier(request: HttpRequest, actor: Actor, wish_id: uuid.UUID) -> HttpResponseBase:
    """Move their appointment to the earlier time."""
    staff_id, version = ids.typed(request.POST.get("staff", "")), request.POST.get("version", "")
    try:
        starts = datetime.fromisoformat(request.POST.get("starts", ""))
    except ValueError:
        return redirect("waiting_list")
    if staff_id is None or starts.tzinfo is None or not version.isdigit():
        return redirect("waiting_list")
    try:
        with all_or_nothing():
            actions.take_earlier(
                actor,
                wish_id,
                starts=starts,
                staff_id=staff_id,
                version=int(version),
                key=f"take-earlier:{wish_id}:{version}:{starts.isoformat()}",
            )
    except Refused as trouble:
        return _waiting_list(request, actor, wrong=str(trouble.message))
    return redirect(f"{reverse('waiting_list')}?said")


@needs("diary.book", methods=("POST",))
def end_wish(request: HttpRequest, actor: Actor, wish_id: uuid.UUID) -> HttpResponseBase:
    """They wait no longer."""
    actions.take_wish_back(actor, wish_id)
    return redirect(f"{reverse('waiting_list')}?said")


@needs("diary.book", methods=("POST",))
def offer_back(request: HttpRequest, actor: Actor, offer_id: uuid.UUID) -> HttpResponseBase:
    """The time is no longer offered to them."""
    actions.take_back_offer(actor, offer_id)
    return redirect(f"{reverse('waiting_list')}?said")
