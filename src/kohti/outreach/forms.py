"""What is typed and pressed out there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField, wall_time
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from . import named
from .actions import NewEncounter, NewRound, SpotWords
from .actions.encounters import MOST_NICKNAME, MOST_TEXT
from .actions.rounds import watchers
from .queries import ReachedLine, SpotLine


def _text(label: Any, most: int, **how: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=how.pop("required", False), **how)


class EncounterForm(forms.Form):
    """An encounter: nothing but where has to be said."""

    spot = forms.ChoiceField(
        label=gettext_lazy("Where"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say where.")},
    )
    about = forms.MultipleChoiceField(
        label=gettext_lazy("What about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    given = forms.MultipleChoiceField(
        label=gettext_lazy("What was given"), required=False, widget=forms.CheckboxSelectMultiple
    )
    next = forms.ChoiceField(label=gettext_lazy("What next"), required=False, widget=forms.RadioSelect)
    reached = forms.ChoiceField(label=gettext_lazy("Met before"), required=False)
    nickname = _text(gettext_lazy("Nickname"), MOST_NICKNAME)
    text = _text(gettext_lazy("Anything else"), MOST_TEXT)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        actor: Actor,
        spots: Sequence[SpotLine],
        lately: Sequence[ReachedLine],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = named.words_of(actor)
        nameless = _("No nickname")
        chosen: dict[str, list[tuple[str, str]]] = {
            "spot": [(str(one.id), one.name) for one in spots],
            "about": list(known.about.items()),
            "given": list(known.given.items()),
            "next": list(known.next.items()),
            "reached": [
                ("", _("Somebody new")),
                *((str(one.id), f"{one.nickname or nameless} · {one.spot}") for one in lately),
            ],
        }
        for name, options in chosen.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def said(self) -> NewEncounter:
        """What was pressed."""
        data = self.cleaned_data
        return NewEncounter(
            spot_id=uuid.UUID(data["spot"]),
            reached_id=uuid.UUID(data["reached"]) if data["reached"] else None,
            nickname=data["nickname"],
            about=data["about"],
            given=data["given"],
            next=data["next"],
            text=data["text"],
        )


class RoundForm(forms.Form):
    """A round to be planned."""

    day = DayField(label=gettext_lazy("Day"))
    starts = wall_time(gettext_lazy("From"))
    back_by = wall_time(gettext_lazy("Back by"))
    spots = forms.MultipleChoiceField(
        label=gettext_lazy("Where"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say where.")},
    )
    goers = forms.MultipleChoiceField(
        label=gettext_lazy("Who goes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say who goes.")},
    )
    alone = forms.BooleanField(label=gettext_lazy("One goes alone, and that is agreed"), required=False)
    watcher = forms.ChoiceField(
        label=gettext_lazy("Who is told if you are not back"),
        help_text=gettext_lazy("A colleague who stays here. Later the team leader hears too."),
    )
    phone = _text(gettext_lazy("Phone on the round"), 40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, spots: Sequence[SpotLine], *args: Any, **kwargs: Any) -> None:
        now = clock.now().astimezone(actor.zone)
        soon = now + timedelta(minutes=-now.minute % 15)
        colleagues = list(watchers(actor))
        kwargs.setdefault(
            "initial",
            {
                "key": new_id(),
                "day": now.date(),
                "starts": soon.time(),
                "back_by": (soon + timedelta(hours=2)).time(),
                "goers": [str(actor.staff_id)],
            },
        )
        super().__init__(*args, **kwargs)
        chosen: dict[str, list[tuple[str, str]]] = {
            "spots": [(str(one.id), one.name) for one in spots],
            "goers": list({str(one.staff_id): one.staff.full_name for one in colleagues}.items()),
            "watcher": [
                ("", "–"),
                *((str(one.id), one.staff.full_name) for one in colleagues if one.id != actor.member_id),
            ],
        }
        for name, options in chosen.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two go, unless somebody says that one does."""
        data = super().clean() or {}
        if len(data.get("goers") or ()) == 1 and not data.get("alone"):
            self.add_error("alone", _("Two go as a rule. Choose a second one, or tick this."))
        return data

    def wanted(self) -> NewRound:
        """What was typed."""
        data = self.cleaned_data
        return NewRound(
            day=data["day"],
            starts=data["starts"],
            back_by=data["back_by"],
            spots=[uuid.UUID(one) for one in data["spots"]],
            goers=[uuid.UUID(one) for one in data["goers"]],
            watcher=uuid.UUID(data["watcher"]),
            phone=data["phone"],
        )


class SpotForm(forms.Form):
    """A place where people are met."""

    name = _text(gettext_lazy("Name"), 80, required=True)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    place = _text(gettext_lazy("Where it is"), 200)
    safety = _text(
        gettext_lazy("What to watch out for there"),
        500,
        help_text=gettext_lazy("Whoever goes there reads it first."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, spot: SpotLine | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_id()} | (
            {"name": spot.name, "kind": spot.kind, "place": spot.place, "safety": spot.safety} if spot else {}
        )
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(named.words_of(actor).spots.items())  # type: ignore[attr-defined]

    def said(self) -> SpotWords:
        """What was typed."""
        data = self.cleaned_data
        return SpotWords(name=data["name"], kind=data["kind"], place=data["place"], safety=data["safety"])


class PersonForm(forms.Form):
    """Who somebody is whom we met out there."""

    full_name = _text(gettext_lazy("Full name"), 200, required=True)
    called = _text(gettext_lazy("What to call them"), 80)
    phone = _text(gettext_lazy("Phone"), 40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    key = forms.UUIDField(widget=forms.HiddenInput)


class PeriodForm(forms.Form):
    """From which day to which is counted, both included."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end comes before the beginning."))
        return data
