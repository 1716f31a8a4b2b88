"""What comes in from the pages of the rota."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField, wall_time
from kohti.kernel import ids, words
from kohti.kernel.ids import new_id

from .actions import Placed
from .queries import Choices

ROWS, MORE = 4, 4
MOST_ROWS = 60


def colleagues(choices: Choices) -> list[tuple[str, Any]]:
    """The colleagues of a select, those of each organisation together."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for staff_id, name, organisation in choices.staff:
        groups.setdefault(organisation or _("Others"), []).append((str(staff_id), name))
    return [*groups.items()]


class RotaForm(forms.Form):
    """Whose rota it is, and from which day on."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    starts = DayField(
        label=gettext_lazy("From what day"),
        help_text=gettext_lazy("The rota of this organisation that holds now ends the day before."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_id()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        options = [("", "–"), *((str(one), name) for one, name in choices.organisations)]
        self.fields["organisation"].choices = options  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """Somebody's days, hours and place; with neither a name nor a weekday it is no line."""

    staff = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On which days"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose a day, or leave the person empty.")},
    )
    opens = wall_time(gettext_lazy("From"), step=300)
    closes = wall_time(gettext_lazy("Until what time"), step=300)
    room = forms.ChoiceField(label=gettext_lazy("Room or desk"), required=False)

    def __init__(self, choices: Choices, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"empty_permitted": True, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "staff": [("", _("Whoever they send")), *colleagues(choices)],
            "weekdays": [(str(day), words.weekday(day)) for day in range(7)],
            "room": [("", "–"), *((str(one), name) for one, name in choices.rooms)],
        }
        for name, options in offered.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """Whether it is a line at all."""
        return bool(self["weekdays"].data or self["staff"].data)

    def clean(self) -> dict[str, Any]:
        """An end comes after its beginning."""
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("The end comes before the beginning."))
        return data

    def lines(self) -> list[Placed]:
        """A line for each of the days."""
        if not self.has_changed():
            return []
        data = self.cleaned_data
        return [
            Placed(
                weekday=int(day),
                opens=data["opens"],
                closes=data["closes"],
                staff_id=ids.typed(data["staff"]),
                room_id=ids.typed(data["room"]),
            )
            for day in data["weekdays"]
        ]


def line_forms(choices: Choices, sent: Any, lines: Sequence[tuple[Placed, list[int]]]) -> list[LineForm]:
    """The lines as they were sent, or those of a rota; and a few empty ones."""
    if sent is not None:
        number = int(sent["rows"]) if str(sent.get("rows", "")).isdecimal() else ROWS
        number = min(MOST_ROWS, number)
        if "more" not in sent:
            return [LineForm(choices, sent, prefix=f"r{n}") for n in range(number)]
        given = [LineForm(choices, sent, prefix=f"r{n}") for n in range(number)]
        typed = [{name: form[name].value() for name in form.fields} for form in given]
        typed += [{} for _row in range(min(MORE, MOST_ROWS - number))]
        return [LineForm(choices, initial=one, prefix=f"r{n}") for n, one in enumerate(typed)]
    known = [
        {
            "staff": str(one.staff_id) if one.staff_id else "",
            "weekdays": [str(day) for day in days],
            "opens": one.opens,
            "closes": one.closes,
            "room": str(one.room_id) if one.room_id else "",
        }
        for one, days in lines
    ]
    known += [{} for _row in range(max(1, ROWS - len(known)))]
    return [LineForm(choices, initial=one, prefix=f"r{n}") for n, one in enumerate(known)]


EVERYBODY = "all:"


class ChangeForm(forms.Form):
    """Who is away from a day to a day, and who stands in."""

    who = forms.ChoiceField(label=gettext_lazy("Who is away"))
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: that one day.")
    )
    cover = forms.ChoiceField(
        label=gettext_lazy("Stands in"),
        required=False,
        help_text=gettext_lazy("At the same hours, in the same place."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, choices: Choices, placed: Sequence[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": new_id()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", "–"), *placed]  # type: ignore[attr-defined]
        self.fields["cover"].choices = [("", _("Nobody")), *colleagues(choices)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nobody stands in for a whole organisation."""
        data = super().clean() or {}
        if data.get("who", "").startswith(EVERYBODY) and data.get("cover"):
            self.add_error("cover", _("Somebody stands in for one person, not for all of them."))
        return data
