"""Form fields that people fill in the way they say things."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def wall_time(label: Any, *, required: bool = True, step: int | None = None) -> forms.TimeField:
    """A time of day as clocks on the wall show it. `step`: in seconds, how far the browser's arrows move it."""
    said = gettext_lazy("Give a time, as 9:30.")
    attrs = {"type": "time"} | ({"step": str(step)} if step else {})
    return forms.TimeField(
        label=label,
        required=required,
        widget=forms.TimeInput(attrs=attrs, format="%H:%M"),
        error_messages={"required": said, "invalid": said},
    )


class ThreeInputs(forms.MultiWidget):
    """Day, month and year; drawn by `form_field` of design/parts.html."""

    def __init__(self, *, autocomplete: str = "") -> None:
        super().__init__([forms.TextInput(), forms.TextInput(), forms.TextInput()])
        self.autocomplete = autocomplete

    def decompress(self, value: date | None) -> list[Any]:
        """The three numbers of a day."""
        return [value.day, value.month, value.year] if value else ["", "", ""]

    def id_for_label(self, id_: str) -> str:
        """Where the error summary leads: the first of the three."""
        return f"{id_}_0" if id_ else ""


class DayField(forms.MultiValueField):
    """A day typed as three numbers, as a date; nothing typed is None. Spaces and leading zeros are no matter.

    latest  the last day that can be meant, or a function that says it (today, for what has happened)
    own_birthday  the browser may offer what it knows of the reader; never where staff ask about others
    """

    widget: ThreeInputs

    def __init__(self, *, own_birthday: bool = False, latest: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ThreeInputs(autocomplete="bday" if own_birthday else ""))
        self.latest = latest
        super().__init__(
            fields=[forms.CharField(required=False, max_length=10) for _part in range(3)],
            require_all_fields=False,
            **kwargs,
        )
        self.error_messages["required"] = gettext_lazy("Give a day, a month and a year.")

    def compress(self, data_list: list[str]) -> date | None:
        """The date. Raises ValidationError that names what is missing or cannot be."""
        typed = [part.strip() for part in data_list or []]
        if not any(typed):
            return None
        missing = [
            name for name, part in zip((_("day"), _("month"), _("year")), typed, strict=True) if not part
        ]
        if missing:
            raise forms.ValidationError(_("Something is missing: %(parts)s.") % {"parts": ", ".join(missing)})
        try:
            day, month, year = (int(part) for part in typed)
            found = date(year, month, day)
        except ValueError:
            raise forms.ValidationError(_("There is no such day. Use numbers, as in 27 3 1984.")) from None
        if not 1850 <= found.year <= 2200:
            raise forms.ValidationError(_("Give the year with four figures, as in 1984."))
        latest = self.latest() if callable(self.latest) else self.latest
        if latest is not None and found > latest:
            raise forms.ValidationError(_("This day is still to come."))
        return found
