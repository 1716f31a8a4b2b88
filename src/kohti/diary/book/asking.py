"""What comes in from the book's pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField
from kohti.kernel import clock, ids
from kohti.kernel.actor import Actor, may
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id, short
from kohti.people.promising import in_words

from ..suiting import Suits, a_room_for
from . import reading
from .reading import Column, Kind, Somebody


def identifier(text: str) -> uuid.UUID | None:
    """An identifier as the book's forms and addresses write it, short or long; None for whatever is none."""
    try:
        return ids.InAddresses().to_python(text)
    except ValueError:
        return None


def person_of(text: str) -> Somebody | None:
    """The person whom an address or a form names, where the reader sees them."""
    person_id = identifier(text) if text else None
    return reading.somebody(person_id) if person_id else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen at the actor's centre."""

    kinds: Sequence[Kind]
    colleagues: Sequence[Column]
    rooms: Sequence[Column]
    needs: Sequence[str] = ()
    """What the rooms that are named first have."""

    @classmethod
    def read(cls, actor: Actor, *, needs: Sequence[str] = ()) -> Choices:
        """Two statements."""
        colleagues, rooms = reading.choices(actor)
        return cls(reading.kinds(), colleagues, rooms, needs)

    def lacks(self, room_id: uuid.UUID | None) -> bool:
        """Whether a room, or none, is without something that is needed."""
        has = next((one.has for one in self.rooms if one.id == room_id), ())
        return not set(self.needs) <= set(has)

    def room_options(self) -> list[tuple[str, Any]]:
        """The rooms of a select; those that have what is needed first and by themselves, under what that is."""
        if not self.needs:
            return list(self.as_options(self.rooms, _("None")))
        suit = [one for one in self.rooms if not self.lacks(one.id)]
        rest = [one for one in self.rooms if one not in suit]
        none, *others = self.as_options(rest, _("None"))
        groups = ((in_words(self.needs), self.as_options(suit, "")[1:]), (_("Other rooms"), others))
        return [none, *((name, options) for name, options in groups if options)]

    def as_options(self, columns: Sequence[Column], nobody: str) -> list[tuple[str, str]]:
        """Those of a select, the empty one first."""
        return [("", nobody), *((short(one.id), one.name) for one in columns if one.id)]


class _WhenForm(forms.Form):
    """When, with whom, where."""

    day = DayField(label=gettext_lazy("Day"))
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M"),
        error_messages={
            "required": gettext_lazy("Give a time, as 9:30."),
            "invalid": gettext_lazy("Give a time, as 9:30."),
        },
    )
    staff = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    room = forms.ChoiceField(label=gettext_lazy("Room or desk"), required=False)
    beside = forms.BooleanField(
        label=gettext_lazy("Book it beside what the colleague has then"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = choices.as_options(choices.colleagues, _("Nobody yet"))  # type: ignore[attr-defined]
        self.fields["room"].choices = choices.room_options()  # type: ignore[attr-defined]

    def starts(self, actor: Actor) -> datetime:
        """The instant that is meant."""
        said: date = self.cleaned_data["day"]
        return clock.local(said, f"{self.cleaned_data['at']:%H:%M}", actor.zone)

    def chosen(self, name: str) -> uuid.UUID | None:
        """The identifier that was chosen, or none."""
        return identifier(self.cleaned_data[name]) if self.cleaned_data[name] else None

    def refused(self, trouble: Refused, actor: Actor) -> None:
        """Say why not, and offer whoever may to book beside what a colleague has already."""
        self.add_error(None, str(trouble.message))
        if trouble.code == "clash" and may(actor, "diary.overbook"):
            self.fields["beside"].widget = forms.CheckboxInput()


class NewForm(_WhenForm):
    """An appointment to be."""

    kind = forms.ChoiceField(label=gettext_lazy("For"))
    person = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.TextInput,
        help_text=gettext_lazy("Whoever greets them reads it. Never a diagnosis."),
    )
    where = forms.ChoiceField(label=gettext_lazy("Centre"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, choices: Choices, *args: Any, centres: Mapping[str, tuple[str, str]], **kwargs: Any
    ) -> None:
        """`centres`: at which free times can be looked for, name and telephone by key, the actor's own first."""
        super().__init__(choices, *args, **kwargs)
        self.centres = centres
        names = [(key if n else "", name) for n, (key, (name, _phone)) in enumerate(centres.items())]
        self.fields["where"].choices = [*names, ("all", _("Every centre"))]  # type: ignore[attr-defined]
        if len(names) < 2:
            self.fields["where"].widget = forms.HiddenInput()
        self.kinds = {short(one.id): one for one in choices.kinds}
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (key, _("%(kind)s, %(num)s minutes") % {"kind": one.title, "num": one.minutes})
            for key, one in self.kinds.items()
        ]

    def booking(self, actor: Actor, make: Callable[..., Any]) -> Any:
        """What is to be booked."""
        said = self.cleaned_data
        kind = self.kinds[said["kind"]]
        return make(
            starts=self.starts(actor),
            minutes=kind.minutes,
            kind_id=kind.id,
            person_id=identifier(said["person"]) if said["person"] else None,
            staff_id=self.chosen("staff"),
            room_id=self.chosen("room"),
            note=said["note"].strip(),
            beside=said["beside"],
        )


class MoveForm(_WhenForm):
    """Where an appointment goes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def where(self, actor: Actor) -> dict[str, Any]:
        """As `actions.move` takes it."""
        room_id = self.chosen("room")
        return {
            "starts": self.starts(actor),
            "staff_id": self.chosen("staff"),
            "room_id": room_id,
            "without_room": room_id is None,
            "beside": self.cleaned_data["beside"],
            "version": self.cleaned_data["version"],
            "key": f"move:{self.cleaned_data['key']}",
        }


class CancelForm(forms.Form):
    """Why an appointment does not come about."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Staff read it, such as “rang, is ill”."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)


def with_a_room(actor: Actor, choices: Choices, asked: dict[str, Any]) -> dict[str, Any]:
    """What a form begins with, in a free room that has what is needed; as it is, where one is chosen or time is open."""
    if not choices.needs or asked.get("room") or not choices.kinds or not {"day", "at"} <= set(asked):
        return asked
    starts = clock.local(asked["day"], f"{asked['at']:%H:%M}", actor.zone)
    kind = choices.kinds[0]
    found = a_room_for(actor, choices.needs, starts, starts + timedelta(minutes=kind.minutes))
    return asked | {"room": short(found.id)} if found else asked


def from_press(pressed: Mapping[str, Any]) -> dict[str, Any]:
    """What a press on a free time says: whose or which, the day, the time; anything else is left open."""
    key, _dot, rest = str(pressed.get("at", "")).partition(".")
    said_day, _dot, said_time = rest.partition(".")
    found: dict[str, Any] = {"key": new_id()}
    with suppress(ValueError):
        found["day"] = date.fromisoformat(str(pressed.get("day", "")))
    with suppress(ValueError):  # no press, or none of ours: the form begins empty
        found |= {"day": date.fromisoformat(said_day), "at": time.fromisoformat(said_time)}
    if key[1:] and identifier(key[1:]):
        found["staff" if key[0] == "s" else "room"] = key[1:]
    someone = str(pressed.get("for", ""))
    if someone and identifier(someone):
        found["person"] = someone
    return found


def as_it_is(found: reading.Appointment, actor: Actor) -> dict[str, Any]:
    """What the form to move an appointment begins with: where it stands."""
    block = found.block
    local = block.starts.astimezone(actor.zone)
    return {
        "day": block.day,
        "at": local.time(),
        "staff": short(block.staff_id) if block.staff_id else "",
        "room": short(block.room_id) if block.room_id else "",
        "version": block.version,
        "key": f"{block.id}.{block.version}.{new_id().hex[-8:]}",
    }


def as_sent(begins: Mapping[str, Any], suits: Suits) -> dict[str, str]:
    """The form to move an appointment as a page sends it: as it stands, only into this room."""
    day: date = begins["day"]
    return {
        "day_0": str(day.day),
        "day_1": str(day.month),
        "day_2": str(day.year),
        "at": f"{begins['at']:%H:%M}",
        "staff": begins["staff"],
        "room": short(suits.id),
        "version": str(begins["version"]),
        "key": begins["key"],
    }
