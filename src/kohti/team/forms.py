"""What comes in from the team's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.design.fields import DayField

from .actions import ENDED
from .roster import Choices

BECAUSE = {
    "left": _("They have left"),
    "moved": _("They work somewhere else in the service now"),
    "changed": _("They have another role now"),
    "mistake": _("It was given by mistake"),
    "other": _("Another reason"),
}
assert set(BECAUSE) == set(ENDED)


class PlaceForm(forms.Form):
    """A role at a centre, from a day on."""

    role = forms.ChoiceField(label=_("Role"))
    centre = forms.ChoiceField(label=_("Centre"))
    organisation = forms.ChoiceField(label=_("Organisation"))
    starts = DayField(label=_("From"))

    def __init__(self, choices: Choices, today: date, *args: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        for name, options in (
            ("role", choices.roles),
            ("centre", choices.centres),
            ("organisation", choices.organisations),
        ):
            # Nothing is chosen by itself: a role is given on purpose.
            self.fields[name].choices = [("", _("Choose")), *options]  # type: ignore[attr-defined]

    def clean_starts(self) -> date:
        """A place begins today or on a day to come, within a year."""
        starts: date = self.cleaned_data["starts"]
        if starts < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        if (starts - self.today).days > 366:
            raise forms.ValidationError(_("This is more than a year away."))
        return starts


class InviteForm(PlaceForm):
    """Somebody who is to work here."""

    name = forms.CharField(
        label=_("Full name"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("name", "email", "role", "centre", "organisation", "starts", "key")


class EndForm(forms.Form):
    """When and why a place ends."""

    because = forms.ChoiceField(label=_("Why"), choices=tuple(BECAUSE.items()), widget=forms.RadioSelect)
    day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty to end it now. Otherwise it ends at the end of that day."),
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_day(self) -> date | None:
        """Not a day that is over, nor one years away."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is over. Leave it empty to end the place now."))
        if day is not None and (day - self.today).days > 731:
            raise forms.ValidationError(_("This is more than two years away."))
        return day
